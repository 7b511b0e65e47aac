//! The person's loans and holds at the library.

use serde_json::json;

use crate::duration::{days, minutes};
use crate::{Audience, Field, Kind, Lifetimes};

pub(super) fn kind() -> Kind {
    Kind::new("loans", "Prêts", "Loans")
        .about("What a person borrowed or asked for: books, computers, keys.")
        .identified_by("The number of the loan (Koha's `checkout_id`), not of the copy, which others borrow next.")
        .fields([
            Field::text("title").required().means_change().about("What was borrowed."),
            Field::text("author").about("Who wrote it."),
            Field::choice("status", &["loaned", "overdue", "requested", "ready", "returned"])
                .means_change()
                .about("`loaned` without it; `ready` waits at the desk for the person."),
            Field::date("borrowed").about("The day it was lent."),
            Field::date("due").means_change().about("The last day to return it, or to collect it."),
            Field::time_of_day("due_time").means_change().about("The hour of that day, for short loans."),
            Field::text("library").about("Where it was lent, or waits."),
            Field::text("call_number").about("Its place on the shelves: `004.6 TAN`."),
            Field::boolean("renewable").about("Whether the person may keep it longer."),
            Field::integer("renewals").about("How many times it was renewed."),
            Field::integer("position").about("The person's place in the queue for what they asked for."),
            Field::text("fee").means_change().about("What is owed for it, in words: `2,40 €`."),
            Field::url("url").about("Where to renew or to cancel it."),
            Field::url("image").about("Its cover."),
        ])
        .at("due")
        .audience(Audience::Personal)
        .lifetimes(Lifetimes { fresh_for: minutes(15), stale_for: days(1), on_device: days(7) })
        .sample(json!([
            {
                "id": "checkout-90412",
                "title": "Réseaux",
                "author": "Andrew Tanenbaum",
                "status": "overdue",
                "borrowed": "2026-10-19",
                "due": "2026-11-16",
                "library": "BU Sciences",
                "call_number": "004.6 TAN",
                "renewable": false,
                "fee": "1,40 €"
            },
            {
                "id": "checkout-90533",
                "title": "Ordinateur portable no 14",
                "due": "2026-11-23",
                "due_time": "19:30",
                "library": "BU Sciences"
            },
            {
                "id": "hold-2207",
                "title": "Introduction à l’algorithmique",
                "author": "Thomas Cormen",
                "status": "requested",
                "library": "BU Lettres",
                "position": 2,
                "url": "https://bu.univ-demo.fr/compte/reservations"
            }
        ]))
}
