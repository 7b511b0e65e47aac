// Loans as screens order them: what waits or is late comes first, then what is due soonest.
import type { ItemOf } from "../../api/types";
import { minutes } from "../opening/hours";

export type Loan = ItemOf<"loans"> & { id: string };

export type Status = NonNullable<Loan["status"]>;

/** A loan at a moment. */
export interface Standing {
  status: Status;
  /** Days until it has to be back or collected; less than nothing once that day is over. */
  days: number | null;
  /** Whether its day and hour are now, today or tomorrow. */
  urgent: boolean;
}

export type Heading = "now" | "lent" | "asked" | "over";

/** How a loan stands on `day` at `minute`: a phone without network knows that a day is over before the library says so. */
export function standingOf(loan: Loan, day: string, minute: number): Standing {
  const status = loan.status ?? "loaned";
  const days = loan.due ? Math.round((Date.parse(loan.due) - Date.parse(day)) / 86_400_000) : null;
  const over = days !== null && (days < 0 || (days === 0 && !!loan.due_time && minutes(loan.due_time) < minute));
  const late = status === "loaned" && over;
  return {
    status: late ? "overdue" : status,
    days,
    urgent: status === "ready" || status === "overdue" || late || (status === "loaned" && days !== null && days <= 2),
  };
}

export function groupOf({ status, urgent }: Standing): Heading {
  if (status === "returned") return "over";
  if (urgent) return "now";
  return status === "requested" ? "asked" : "lent";
}

/** In order of what has to be done: waiting at the desk, late, soonest due. */
export function ordered(loans: Loan[], day: string, minute: number): { loan: Loan; standing: Standing }[] {
  const first = (status: Status) => ["ready", "overdue"].indexOf(status) + 1 || 3;
  return loans
    .map((loan) => ({ loan, standing: standingOf(loan, day, minute) }))
    .sort(
      (one, other) =>
        first(one.standing.status) - first(other.standing.status) ||
        (one.standing.days ?? 1e6) - (other.standing.days ?? 1e6),
    );
}

/** What has to be done within the week. */
export function soon(loans: Loan[], day: string, minute: number): { loan: Loan; standing: Standing }[] {
  return ordered(loans, day, minute).filter(
    ({ standing: { status, days, urgent } }) => urgent || (status === "loaned" && days !== null && days <= 6),
  );
}
