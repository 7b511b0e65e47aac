// Addresses of items: on the screen of one set, or of one of several.
import { app } from "../app.svelte";
import { router } from "../router.svelte";

/** The page of an item; `embedded` where its screen shows several sets. */
export function hrefOf(set: string, id: string, embedded: boolean, screen = router.parts[0] ?? set): string {
  const parts = embedded ? [screen, set, id] : [screen, id];
  return `/${parts.map(encodeURIComponent).join("/")}`;
}

/** The page of an item of a set that `href`, a screen's address, shows. */
export function hrefBelow(href: string, set: string, id: string): string {
  const screen = app.screens.find(({ id }) => `/${id}` === href);
  return hrefOf(set, id, (screen?.data.length ?? 1) > 1, screen?.id);
}
