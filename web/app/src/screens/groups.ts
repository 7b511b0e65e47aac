// Lists under headings.

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
