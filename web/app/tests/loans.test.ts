// How loans stand, and in which order.
import { expect, test } from "vitest";
import { groupOf, type Loan, ordered, soon, standingOf } from "../src/screens/loans/loan";

const loan = (id: string, more: Partial<Loan> = {}): Loan => ({ id, title: id, ...more });
const TODAY = "2026-11-24";
const at = (more: Partial<Loan>, minute = 600) => standingOf(loan("x", more), TODAY, minute);

test("a loan whose day is over is late, whatever the library said last", () => {
  expect(at({ due: "2026-11-23" })).toEqual({ status: "overdue", days: -1, urgent: true });
});

test("a short loan is late once its hour is over", () => {
  expect(at({ due: TODAY, due_time: "10:00" }, 599).status).toBe("loaned");
  expect(at({ due: TODAY, due_time: "10:00" }, 601).status).toBe("overdue");
});

test("what is due within two days is to be done, what is later is not", () => {
  expect(groupOf(at({ due: "2026-11-26" }))).toBe("now");
  expect(groupOf(at({ due: "2026-11-27" }))).toBe("lent");
  expect(groupOf(at({ status: "requested", due: "2026-11-25" }))).toBe("asked");
  expect(groupOf(at({ status: "returned", due: "2026-11-01" }))).toBe("over");
});

test("what waits at the desk comes first, then what is late, then by its day", () => {
  const loans = [
    loan("none"),
    loan("later", { due: "2026-12-09" }),
    loan("soon", { due: "2026-11-28" }),
    loan("late", { status: "overdue", due: "2026-11-18" }),
    loan("ready", { status: "ready", due: "2026-12-01" }),
  ];
  expect(ordered(loans, TODAY, 0).map(({ loan }) => loan.id)).toEqual(["ready", "late", "soon", "later", "none"]);
});

test("the first screen tells of what is due within the week only", () => {
  const loans = [loan("next", { due: "2026-11-30" }), loan("later", { due: "2026-12-01" }), loan("none")];
  expect(soon(loans, TODAY, 0).map(({ loan }) => loan.id)).toEqual(["next"]);
});
