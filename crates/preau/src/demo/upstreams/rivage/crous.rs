//! The regional CROUS's open data: restaurants, and menus whose HTML stands escaped within the XML.

use std::io;

use axum::Router;
use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

use crate::demo::upstreams::answer::Document;
use crate::demo::upstreams::clock::Clock;
use crate::demo::upstreams::text::escaped;

/// Restaurants: code, name, address, latitude, longitude, one line. The last one sends no menus.
const RESTAURANTS: [(&str, &str, &str, f64, f64, &str); 3] = [
    ("r101", "RU des Bernaches", "2 rue des Bernaches", 46.1489, -1.1571, "au pied de la bibliothèque"),
    ("r102", "Cafétéria du Port", "14 quai du Carénage", 46.1553, -1.1498, "sandwichs, salades, plat du jour"),
    ("r103", "RU de la Pointe", "allée de la Pointe", 46.1462, -1.1627, "rouvre après les travaux"),
];

const STARTERS: [&str; 6] = [
    "Carottes râpées au cumin",
    "Velouté de potimarron",
    "Salade de lentilles",
    "Œuf mayonnaise",
    "Betteraves et chèvre frais",
    "Soupe à l’oignon",
];
const MAINS: [&str; 7] = [
    "Merlu au beurre blanc, riz pilaf",
    "Blanquette de volaille",
    "Parmentier de canard",
    "Moules marinières, frites",
    "Bœuf bourguignon, carottes",
    "Lieu noir sauce citron, purée",
    "Poulet basquaise, semoule",
];
const VEGETARIAN: [&str; 5] = [
    "Curry de légumes, riz basmati",
    "Gratin de courge et châtaignes",
    "Dahl de lentilles corail",
    "Lasagnes aux épinards",
    "Galette de sarrasin, fondue de poireaux",
];
const DESSERTS: [&str; 5] =
    ["Fromage blanc, coulis de fruits rouges", "Pomme du pays", "Far aux pruneaux", "Riz au lait", "Crème caramel"];

/// Mondays to Sundays covered, the present week being the first.
const DAYS: i32 = 14;

/// The Wednesday of the second week: the kitchens close for a training day.
const TRAINING_DAY: i32 = 9;

pub fn routes(clock: &Clock) -> io::Result<Router> {
    let document = |text: String| Document::new("text/xml", text, &clock.day(0, jiff::civil::Time::midnight())?);
    Ok(Router::new()
        .route("/feed/rivage/externe/resto.xml", document(restaurants())?.route())
        .route("/feed/rivage/externe/menu.xml", document(menus(clock.monday(0)))?.route()))
}

fn restaurants() -> String {
    let restaurant = |&(id, name, address, latitude, longitude, line): &(&str, &str, &str, f64, f64, &str)| {
        format!(
            "<resto id=\"{id}\" title=\"{name}\" opening=\"110,110,110,110,110,000,000\" closing=\"0\" \
             short_desc=\"{line}\" lat=\"{latitude}\" lon=\"{longitude}\" zone=\"Rivage\" type=\"Restaurant\">\
             <infos><![CDATA[<h2>Horaires</h2><p>11 h 30 – 13 h 45</p>]]></infos>\
             <contact><![CDATA[<h2>{name}</h2><p>{address}, 17999 Rivage</p>]]></contact></resto>\n"
        )
    };
    let restaurants = RESTAURANTS.iter().map(restaurant).collect::<String>();
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<root>\n{restaurants}</root>\n")
}

/// Menus of all restaurants from a Monday on. No menu at all on Sundays.
pub fn menus(monday: Date) -> String {
    let menu = |restaurant: usize, day: i32| {
        let date = monday.saturating_add(day.days());
        let html = match date.weekday() {
            Weekday::Sunday => return String::new(),
            Weekday::Saturday => "<h4>Structure fermée</h4>".to_owned(),
            _ if day == TRAINING_DAY => "<h4>Structure fermée : journée de formation du personnel</h4>".to_owned(),
            _ => html(restaurant, usize::try_from(day).unwrap_or_default()),
        };
        format!("<menu date=\"{date}\">{}</menu>\n", escaped(&html))
    };
    let restaurants = RESTAURANTS.iter().enumerate().map(|(number, (id, ..))| match number {
        2 => format!("<resto id=\"{id}\"/>\n"),
        _ => format!("<resto id=\"{id}\">\n{}</resto>\n", (0..DAYS).map(|day| menu(number, day)).collect::<String>()),
    });
    let restaurants = restaurants.collect::<String>();
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<root>\n{restaurants}</root>\n")
}

/// The first restaurant serves twice a day, the second writes lists without closing them.
fn html(restaurant: usize, day: usize) -> String {
    if restaurant == 0 {
        return format!("{}{}", service("midi", day, "</li>"), service("soir", day + 3, "</li>"));
    }
    format!("{}<p>* sous réserve de disponibilité</p>", service("midi", day + 5, ""))
}

fn service(name: &str, day: usize, end: &str) -> String {
    let category = |name: &str, dishes: &[&str], count: usize| {
        let dishes = dishes.iter().cycle().skip(day % dishes.len()).take(count);
        let list = dishes.map(|dish| format!("<li>{dish}{end}")).collect::<String>();
        format!("<h4>{name}</h4><ul class=\"liste-plats\">{list}</ul>")
    };
    format!(
        "<h2>{name}</h2>{}{}{}{}",
        category("Entrées", &STARTERS, 2),
        category("Plats", &MAINS, 2),
        category("Plat végétarien", &VEGETARIAN, 1),
        category("Desserts", &DESSERTS, 2)
    )
}
