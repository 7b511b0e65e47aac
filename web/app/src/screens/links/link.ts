// Links: what kind of door each is, and which ones are for emergencies.
import type { ItemOf } from "../../api/types";
import type { IconName } from "../../ui/icons";

export type Door = ItemOf<"links"> & { id: string };

const EMERGENCY = /urgence|emergenc|secours|\bsos\b/i;

/** For an emergency: its heading says so. */
export function isEmergency(link: Door): boolean {
  return EMERGENCY.test(link.category ?? "");
}

export function iconOf(link: Door): IconName {
  if (link.url.startsWith("tel:")) return "phone";
  if (link.url.startsWith("mailto:")) return "mail";
  if (link.url.startsWith("geo:")) return "map-pin";
  return "globe";
}

/** The number or the e-mail address of a link, as people write it: `+33 3 00 00 00 18`; nothing for pages. */
export function readable(link: Door): string {
  const [scheme, rest = ""] = link.url.split(/:(.*)/s);
  if (scheme === "mailto") return rest.split("?")[0] ?? "";
  if (scheme !== "tel") return "";
  const french = /^(\+33)(\d)((?:\d\d){4})$/.exec(rest.replace(/[ .-]/g, ""));
  return french ? `${french[1]} ${french[2]} ${french[3]?.replace(/(\d\d)(?!$)/g, "$1 ")}` : rest;
}
