// Addresses of items.
import { router } from "../router.svelte";

/** Where an item of a set is shown; a screen of several sets names the set too. */
export function hrefOf(set: string, id: string, embedded: boolean): string {
  const screen = router.parts[0] ?? set;
  return `/${[screen, ...(embedded ? [set] : []), id].map(encodeURIComponent).join("/")}`;
}
