// Lists under headings, and the heading that is chosen: it is part of the address, so that going back finds it again.
import { router } from "../router.svelte";

/** Items under their names, in the order in which names come up. */
export function grouped<T, K>(items: readonly T[], nameOf: (item: T) => K): { name: K; items: T[] }[] {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const group = groups.get(nameOf(item));
    if (group) group.push(item);
    else groups.set(nameOf(item), [item]);
  }
  return [...groups].map(([name, items]) => ({ name, items }));
}

/** The headings of items, each once. */
export function categoriesOf(items: readonly { category?: string | null }[]): string[] {
  return [...new Set(items.map((item) => item.category ?? ""))].filter(Boolean);
}

/** Items by their place under their heading; those without one come last, in the order of the school. */
export function inOrder<T extends { order?: number | null }>(items: readonly T[]): T[] {
  const place = (item: T) => item.order ?? Number.MAX_SAFE_INTEGER;
  return [...items].sort((one, other) => place(one) - place(other));
}

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
