// The phone's database: the vault's key, sealed entries, and notes about the app itself.
import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import type { Times } from "./lifetimes";
import type { Sealed } from "./vault";

/** What is known of an entry of the level-1 cache without opening it. */
export interface Row extends Times {
  /** Digest of the set's name and its parameters. */
  id: string;
  /** The set, for its rule. */
  name: string;
  /** When it was last looked at, in milliseconds since 1970 by the phone's clock: the oldest leaves first. */
  used: number;
  /** Its size in bytes. */
  size: number;
}

interface Schema extends DBSchema {
  vault: { key: string; value: CryptoKey };
  entries: { key: string; value: Row };
  /** What entries hold, by their ids. */
  bodies: { key: string; value: Sealed };
  notes: { key: string; value: Sealed };
}

export type Database = IDBPDatabase<Schema>;

/** Opens it. A newer version of the app in another window takes it over at once. */
export function openDatabase(name = "preau"): Promise<Database> {
  return openDB<Schema>(name, 1, {
    upgrade(database) {
      database.createObjectStore("vault");
      database.createObjectStore("entries", { keyPath: "id" });
      database.createObjectStore("bodies");
      database.createObjectStore("notes");
    },
    blocking(_current, _blocked, event) {
      (event.target as IDBDatabase).close();
    },
  });
}
