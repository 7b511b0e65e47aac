// All that a page's origin keeps in the browser, as text to search in; and whether its sealed rows can be opened.
import { expect, type Page } from "@playwright/test";

/** IndexedDB, caches and storage: bytes as the text that they would be, keys by whether a script could read them. */
export function dump(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const asked = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const shown = (value: unknown): unknown => {
      if (value instanceof CryptoKey) return `key, extractable: ${value.extractable}`;
      if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) return new TextDecoder().decode(value);
      if (Array.isArray(value)) return value.map(shown);
      if (value === null || typeof value !== "object") return value;
      return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, shown(inner)]));
    };
    const found: unknown[] = [{ ...localStorage }, { ...sessionStorage }];
    for (const { name = "" } of await indexedDB.databases()) {
      const database = await asked(indexedDB.open(name));
      for (const store of database.objectStoreNames) {
        const { getAllKeys, getAll } = {
          getAllKeys: () => database.transaction(store).objectStore(store).getAllKeys(),
          getAll: () => database.transaction(store).objectStore(store).getAll(),
        };
        found.push({ name, store, keys: await asked(getAllKeys()), values: shown(await asked(getAll())) });
      }
      database.close();
    }
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      for (const request of await cache.keys()) found.push(request.url, await (await cache.match(request))?.text());
    }
    return JSON.stringify(found);
  });
}

/** Waits until what a person chose for the first time is written down: a page that is left at once forgets it. */
export async function chosen(page: Page): Promise<void> {
  await expect.poll(() => dump(page)).toContain('"choices"');
}

/** A row of the level-1 cache and what it holds, sealed. */
export interface Row {
  id: string;
  name: string;
  epoch: number;
  iv: number[];
  data: number[];
}

/** The rows of the level-1 cache, as somebody who copies them has them. */
export function rows(page: Page): Promise<Row[]> {
  return page.evaluate(async () => {
    const asked = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const database = await asked(indexedDB.open("preau"));
    const reading = database.transaction(["entries", "bodies"]);
    const found: Row[] = [];
    for (const { id, name, epoch } of await asked(reading.objectStore("entries").getAll())) {
      const body = await asked(reading.objectStore("bodies").get(id));
      if (body) found.push({ id, name, epoch, iv: [...body.iv], data: [...new Uint8Array(body.data)] });
    }
    database.close();
    return found;
  });
}

/** How many of these rows the key that is in the browser now opens. */
export function opened(page: Page, copied: Row[]): Promise<number> {
  return page.evaluate(async (copied) => {
    const asked = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const database = await asked(indexedDB.open("preau"));
    const key = await asked<CryptoKey | undefined>(database.transaction("vault").objectStore("vault").get("key"));
    database.close();
    if (!key) return 0;
    const opening = copied.map(({ id, iv, data }) => {
      const algorithm = { name: "AES-GCM", iv: new Uint8Array(iv), additionalData: new TextEncoder().encode(id) };
      return crypto.subtle.decrypt(algorithm, key, new Uint8Array(data)).then(
        () => true,
        () => false,
      );
    });
    return (await Promise.all(opening)).filter(Boolean).length;
  }, copied);
}
