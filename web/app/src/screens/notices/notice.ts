// Notices that are in force, the loudest first.
import type { ItemOf } from "../../api/types";
import type { IconName } from "../../ui/icons";
import { millis } from "../../words/time.svelte";

export type Announcement = ItemOf<"notices"> & { id: string };
export type Level = NonNullable<Announcement["level"]>;

const LEVELS: Level[] = ["urgent", "warning", "information"];

export const icons: Record<Level, IconName> = { urgent: "circle-alert", warning: "megaphone", information: "info" };

export function levelOf(notice: Announcement): Level {
  return notice.level ?? "information";
}

/** Those that were issued and have not expired: urgent ones, warnings, the rest; each the newest first. */
export function inForce(notices: Announcement[], now: number): Announcement[] {
  return notices
    .filter(({ expires }) => !expires || millis(expires) > now)
    .sort(
      (one, other) =>
        LEVELS.indexOf(levelOf(one)) - LEVELS.indexOf(levelOf(other)) ||
        millis(other.published) - millis(one.published),
    );
}
