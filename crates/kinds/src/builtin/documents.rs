//! The person's documents: certificates, transcripts, invoices.

use serde_json::json;

use crate::duration::{days, hours};
use crate::{Audience, Field, Kind, Lifetimes};

pub(super) fn kind() -> Kind {
    Kind::new("documents", "Documents", "Documents")
        .about("Papers that the school holds for a person or asks of them: certificates, transcripts, agreements.")
        .identified_by("The document's key; its address may carry a signature that changes each time.")
        .fields([
            Field::text("title").required().means_change().about("What the document is."),
            Field::text("category").about("One heading: `Scolarité`, `Stages`, `Finances`."),
            Field::choice("status", &["available", "pending", "requested", "refused", "expired"])
                .means_change()
                .about("`available` without it; `requested` is a paper that the person has to hand in."),
            Field::date("date").means_change().about("The day it was issued, or requested."),
            Field::date("due").means_change().about("The last day to hand it in."),
            Field::text("year").about("The academic year it is about: `2026-2027`."),
            Field::url("url").about("Where to open it, or to hand it in."),
            Field::text("format").about("What the file is: `PDF`."),
            Field::integer("size").about("The size of the file, in bytes."),
            Field::text("note").about("What the school adds."),
        ])
        .at("date")
        .newest_first()
        .audience(Audience::Personal)
        .lifetimes(Lifetimes { fresh_for: hours(1), stale_for: days(1), on_device: days(30) })
        .sample(json!([
            {
                "id": "piece-cvec-2026",
                "title": "Attestation d’acquittement de la CVEC",
                "category": "Scolarité",
                "status": "requested",
                "date": "2026-10-01",
                "due": "2026-11-30",
                "url": "https://scolarite.univ-demo.fr/pieces/cvec",
                "note": "Dossier incomplet sans cette pièce."
            },
            {
                "id": "certificat-2026",
                "title": "Certificat de scolarité",
                "category": "Scolarité",
                "status": "available",
                "date": "2026-09-10",
                "year": "2026-2027",
                "url": "https://scolarite.univ-demo.fr/documents/certificat-2026.pdf",
                "format": "PDF",
                "size": 84213
            },
            {
                "id": "releve-2025-s4",
                "title": "Relevé de notes du semestre 4",
                "category": "Résultats",
                "date": "2026-07-02",
                "year": "2025-2026"
            }
        ]))
}
