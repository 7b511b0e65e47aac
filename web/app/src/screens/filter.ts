// What a list is narrowed to: part of the address, so that going back finds it again.
import { router } from "../router.svelte";

/** What the address says under a name, if it is one of those there are. */
export function chosen<T extends string>(name: string, among: readonly T[]): T | "" {
  return among.find((value) => value === router.query.get(name)) ?? "";
}

/** Says so in the address, beside what it says already; nothing takes the name away. */
export function choose(name: string, value: string): void {
  const query = new URLSearchParams(router.query);
  if (value) query.set(name, value);
  else query.delete(name);
  const text = query.toString();
  router.replace(`${router.path}${text && `?${text}`}`);
}
