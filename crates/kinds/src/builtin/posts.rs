//! Posts of the campus on social networks.

use serde_json::json;

use crate::duration::{days, minutes};
use crate::{Field, Kind, Lifetimes};

const NETWORKS: &[&str] = &[
    "bluesky",
    "facebook",
    "instagram",
    "linkedin",
    "mastodon",
    "peertube",
    "threads",
    "tiktok",
    "x",
    "youtube",
    "other",
];

pub(super) fn kind() -> Kind {
    Kind::new("posts", "Réseaux sociaux", "Social networks")
        .about("What the campus and its associations post on social networks; a video's title is its text.")
        .identified_by("The post's id or address on its network.")
        .fields([
            Field::text("text").means_change().about("The post itself, or the title of a video."),
            Field::text("author").about("The account's name: `Univ. de Démonstration`."),
            Field::choice("network", NETWORKS).about("Which network it is on."),
            Field::url("url").about("The post on its network."),
            Field::url("image").about("Its picture, or the preview of its video."),
            Field::instant("published").required().about("When it was posted."),
        ])
        .at("published")
        .newest_first()
        .lifetimes(Lifetimes { fresh_for: minutes(15), stale_for: days(1), on_device: days(7) })
        .sample(json!([
            {
                "id": "https://mastodon.example/@univ-demo/113520",
                "text": "Nos étudiantes du club robotique sont en finale nationale ! Rendez-vous samedi à Lyon.",
                "author": "Univ. de Démonstration",
                "network": "mastodon",
                "url": "https://mastodon.example/@univ-demo/113520",
                "image": "https://mastodon.example/media/robot.jpg",
                "published": "2026-11-22T17:12:00+01:00"
            },
            {
                "id": "yt:video:d3m0V1d30",
                "text": "Visite guidée de la nouvelle bibliothèque",
                "author": "Univ. de Démonstration",
                "network": "youtube",
                "url": "https://video.example/watch?v=d3m0V1d30",
                "published": "2026-11-19T10:00:00+01:00"
            },
            {
                "id": "bde-7781",
                "author": "BDE Démo",
                "network": "instagram",
                "image": "https://photos.example/bde/7781.jpg",
                "published": "2026-11-17T21:45:00+01:00"
            }
        ]))
}
