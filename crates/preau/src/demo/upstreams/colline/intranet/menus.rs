//! What the school's cafeteria serves.

use jiff::ToSpan;
use jiff::civil::Date;
use serde_json::{Value, json};

use crate::demo::upstreams::clock::Clock;

/// A dish: its name, its allergens, whether it is vegetarian.
type Dish = (&'static str, &'static [&'static str], bool);

const STARTERS: [Dish; 4] = [
    ("Salade lyonnaise", &["œuf", "moutarde"], false),
    ("Velouté de courge", &["lait"], true),
    ("Taboulé aux herbes", &["gluten"], true),
    ("Œuf mimosa", &["œuf", "moutarde"], true),
];
const MAINS: [Dish; 6] = [
    ("Quenelle sauce Nantua", &["gluten", "crustacés", "lait"], false),
    ("Poulet fermier, gratin de cardons", &["lait"], false),
    ("Saucisson brioché, lentilles", &["gluten", "œuf"], false),
    ("Filet de truite, haricots verts", &["poisson"], false),
    ("Bœuf mijoté, polenta", &["céleri"], false),
    ("Brandade de morue", &["poisson", "lait"], false),
];
const VEGETARIAN: [Dish; 5] = [
    ("Tarte aux poireaux", &["gluten", "lait", "œuf"], true),
    ("Chili de haricots rouges", &[], true),
    ("Risotto aux champignons", &["lait"], true),
    ("Couscous de légumes", &["gluten"], true),
    ("Ravioles du Royans", &["gluten", "lait", "œuf"], true),
];
const DESSERTS: [Dish; 4] = [
    ("Tarte aux pralines", &["gluten", "lait", "fruits à coque"], true),
    ("Cervelle de canut", &["lait"], true),
    ("Salade d’agrumes", &[], true),
    ("Bugnes au citron", &["gluten", "œuf"], true),
];

/// The day on which the cafeteria is closed: Friday of the second week.
const CLOSED: i32 = 11;

/// Mondays to Fridays of this week and the next.
pub fn menus(clock: &Clock) -> Value {
    let weekdays = (0..14).filter(|day| day % 7 < 5);
    let menus: Vec<_> = weekdays.map(|day| menu(day, clock.monday(0).saturating_add(day.days()))).collect();
    let restaurant = json!({ "code": "belvedere", "nom": "Cafétéria du Belvédère", "tarif": "Formule à 5,90 €" });
    json!({ "restaurant": restaurant, "menus": menus })
}

fn menu(day: i32, date: Date) -> Value {
    let turn = usize::try_from(day).unwrap_or_default();
    let sections = (day != CLOSED).then(|| {
        json!([
            section("Entrées", &STARTERS, turn, 2),
            section("Plats", &MAINS, turn, 1),
            section("Végétarien", &VEGETARIAN, turn, 1),
            section("Desserts", &DESSERTS, turn, 2)
        ])
    });
    json!({
        "jour": date.strftime("%d/%m/%Y").to_string(),
        "service": "dejeuner",
        "fermeture": (day == CLOSED).then_some("Inventaire"),
        "rubriques": sections
    })
}

fn section(title: &str, dishes: &[Dish], turn: usize, count: usize) -> Value {
    let dishes = dishes.iter().cycle().skip(turn % dishes.len()).take(count);
    let dishes = dishes
        .map(|(name, allergens, vegetarian)| json!({ "nom": name, "allergenes": allergens, "vegetarien": vegetarian }));
    json!({ "titre": title, "plats": dishes.collect::<Vec<_>>() })
}
