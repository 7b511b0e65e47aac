// Searching what is on the phone: every word has to occur somewhere in an item, whatever its case and accents.

export function matches(item: object, wanted: string): boolean {
  const words = plain(wanted).split(/\s+/).filter(Boolean);
  if (!words.length) return true;
  const text = plain(
    Object.values(item)
      .flat()
      .filter((value) => typeof value === "string" || typeof value === "number")
      .join(" "),
  );
  return words.every((word) => text.includes(word));
}

function plain(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}
