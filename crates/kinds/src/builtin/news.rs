//! News of the campus: articles of its websites and feeds.

use serde_json::json;

use crate::duration::{days, minutes};
use crate::{Field, Kind, Lifetimes};

pub(super) fn kind() -> Kind {
    Kind::new("news", "Actualités", "News")
        .about("Articles that the campus publishes: a website's feed, WordPress posts, a student union's page.")
        .identified_by("A feed's `guid` or `id`, else the article's address; never its title.")
        .fields([
            Field::text("title").required().means_change().about("The headline."),
            Field::text("summary").means_change().about("One or two sentences for the list, without markup."),
            Field::html("content").about("The article itself; without it, phones open `url`."),
            Field::url("url").about("The article's page."),
            Field::url("image").about("A picture for the list and the head of the article."),
            Field::text("author").about("Who wrote it, as readers know them."),
            Field::text("category").about("One heading by which readers filter: `Vie étudiante`."),
            Field::instant("published").required().about("When it appeared."),
            Field::instant("updated").about("When it was last edited."),
        ])
        .at("published")
        .newest_first()
        .lifetimes(Lifetimes { fresh_for: minutes(15), stale_for: days(1), on_device: days(7) })
        .sample(json!([
            {
                "id": "https://www.univ-demo.fr/?p=4211",
                "title": "La bibliothèque ouvre jusqu’à 22 h pendant les révisions",
                "summary": "Du 30 novembre au 18 décembre, la BU Sciences reste ouverte en soirée du lundi au jeudi.",
                "content": "<p>Du 30 novembre au 18 décembre, la <strong>BU Sciences</strong> ferme à 22 h.</p>",
                "url": "https://www.univ-demo.fr/actualites/bu-revisions",
                "image": "https://www.univ-demo.fr/medias/bu-soir.jpg",
                "author": "Service communication",
                "category": "Bibliothèques",
                "published": "2026-11-23T09:30:00+01:00",
                "updated": "2026-11-23T11:05:00+01:00"
            },
            {
                "id": "https://www.univ-demo.fr/?p=4207",
                "title": "Bourses de mobilité : dossiers à déposer avant le 15 décembre",
                "summary": "Les départs en échange au second semestre sont concernés.",
                "url": "https://www.univ-demo.fr/actualites/bourses-mobilite",
                "category": "International",
                "published": "2026-11-20T16:00:00+01:00"
            },
            {
                "id": "https://bde.univ-demo.fr/articles/gala",
                "title": "Gala d’hiver : la billetterie est ouverte",
                "author": "BDE",
                "category": "Vie étudiante",
                "published": "2026-11-18T12:00:00+01:00"
            }
        ]))
}
