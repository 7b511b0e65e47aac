// Where an item of a set is, from outside its own screen.
import { app } from "../../../app.svelte";

export function itemHref(screen: string, set: string, id: string): string {
  const several = app.screens.some(({ id, data }) => `/${id}` === screen && data.length > 1);
  return `${screen}${several ? `/${encodeURIComponent(set)}` : ""}/${encodeURIComponent(id)}`;
}
