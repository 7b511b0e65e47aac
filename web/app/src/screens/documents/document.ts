// Papers as screens order them: what the person has to hand in first, then what there is to open, then what is on its way.
import type { ItemOf } from "../../api/types";

export type Paper = ItemOf<"documents"> & { id: string };

export type Heading = "asked" | "available" | "coming" | "past";

export function groupOf({ status }: Paper): Heading {
  switch (status) {
    case "requested":
    case "refused":
      return "asked";
    case "pending":
      return "coming";
    case "expired":
      return "past";
    default:
      return "available";
  }
}

/** Those of a group: what has a last day by that day, the rest by its own, newest first. */
export function papersOf(papers: Paper[], group: Heading): Paper[] {
  const there = papers.filter((paper) => groupOf(paper) === group);
  return there.sort(
    (one, other) =>
      (one.due ?? "9").localeCompare(other.due ?? "9") || (other.date ?? "").localeCompare(one.date ?? ""),
  );
}

/** A size in bytes with the unit that suits it, of a thousand bytes each. */
export function sizeOf(bytes: number): { value: number; unit: "kilo" | "mega" } {
  const kilo = Math.max(1, Math.round(bytes / 1000));
  return kilo < 1000 ? { value: kilo, unit: "kilo" } : { value: Math.round(bytes / 100_000) / 10, unit: "mega" };
}
