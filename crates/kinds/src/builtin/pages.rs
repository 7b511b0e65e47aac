//! Pages of the knowledge base: answers that stay true.

use serde_json::json;

use crate::duration::{days, hours};
use crate::{Field, Kind, Lifetimes};

pub(super) fn kind() -> Kind {
    Kind::new("pages", "Infos pratiques", "Knowledge base")
        .about("Answers that stay true for months: how to enrol, whom to ask, what to do when ill. Read offline too.")
        .identified_by("The page's number or its address.")
        .fields([
            Field::text("title").required().means_change().about("The question, or the subject."),
            Field::text("summary").about("The answer in one or two sentences."),
            Field::html("content").means_change().about("The whole page; without it, phones open `url`."),
            Field::text("category").about("One heading it stands under: `Santé`."),
            Field::text("keywords").list().about("Words people search for that the page does not contain."),
            Field::integer("order").about("Its place under the heading, from 1."),
            Field::url("url").about("The page on the web."),
            Field::url("image").about("A picture."),
            Field::instant("updated").about("When it was last edited."),
        ])
        .lifetimes(Lifetimes { fresh_for: hours(1), stale_for: days(7), on_device: days(30) })
        .sample(json!([
            {
                "id": "kb-12",
                "title": "Je suis malade le jour d’un examen",
                "summary": "Transmettez un certificat médical à la scolarité sous sept jours.",
                "content": "<p>Transmettez un <strong>certificat médical</strong> à la scolarité sous sept jours.</p>",
                "category": "Examens",
                "keywords": ["absence", "justificatif", "session 2"],
                "order": 1,
                "updated": "2026-09-01T10:00:00+02:00"
            },
            {
                "id": "kb-27",
                "title": "Prendre rendez-vous avec un psychologue",
                "summary": "Gratuit et confidentiel, sans avance de frais.",
                "category": "Santé",
                "url": "https://www.univ-demo.fr/sante/psychologue"
            },
            {
                "id": "kb-31",
                "title": "Se connecter au Wi-Fi eduroam",
                "content": "<ol><li>Choisissez <em>eduroam</em>.</li><li>Saisissez votre adresse.</li></ol>",
                "category": "Numérique"
            }
        ]))
}
