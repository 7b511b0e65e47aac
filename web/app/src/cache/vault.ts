// Encryption at rest: AES-256-GCM under a key that no script can read and that is destroyed first.
import type { Database } from "./database";

/** Sealed bytes. */
export interface Sealed {
  iv: Uint8Array<ArrayBuffer>;
  data: ArrayBuffer;
}

export class Vault {
  private constructor(private readonly key: CryptoKey) {}

  /** The vault of this phone; a new one where there is none. */
  static async open(database: Database): Promise<Vault> {
    const kept = await database.get("vault", "key");
    if (kept) return new Vault(kept);
    const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
    // Another window may have made one meanwhile: the first one counts.
    const transaction = database.transaction("vault", "readwrite");
    const first = await transaction.store.get("key");
    if (!first) await transaction.store.put(key, "key");
    await transaction.done;
    return new Vault(first ?? key);
  }

  /** Destroys the key: what is sealed under it is lost at once, whatever happens to the rows. */
  static async destroy(database: Database): Promise<void> {
    await database.delete("vault", "key");
  }

  /** Seals a value for a place: it opens at no other one. */
  async seal(place: string, value: unknown): Promise<Sealed> {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const plain = new TextEncoder().encode(JSON.stringify(value));
    const data = await crypto.subtle.encrypt(this.#algorithm(place, iv), this.key, plain);
    return { iv, data };
  }

  /** The value, or nothing where it was sealed under another key or for another place. */
  async unseal(place: string, sealed: Sealed): Promise<unknown> {
    try {
      const plain = await crypto.subtle.decrypt(this.#algorithm(place, sealed.iv), this.key, sealed.data);
      return JSON.parse(new TextDecoder().decode(plain));
    } catch {
      return null;
    }
  }

  #algorithm(place: string, iv: Uint8Array<ArrayBuffer>): AesGcmParams {
    return { name: "AES-GCM", iv, additionalData: new TextEncoder().encode(place) };
  }
}
