//! Which screens an app has: those that are declared, or one for each data set in the order of kinds.

use std::collections::BTreeMap;
use std::sync::Arc;

use kinds::{Audience, Bilingual};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::Builder;
use crate::declared::{DeclaredScreen, Labels, is_screen_id};
use crate::document::json;
use crate::look::ICONS;
use crate::schema::near_or_all;
use crate::{DataSet, Screen};

/// Screens always in sight at most, besides the first one and the way to all others.
const MOST_TABS: usize = 3;

/// More screens than a person looks through.
const MOST_SCREENS: usize = 40;

type Sets = BTreeMap<Arc<str>, Arc<DataSet>>;

impl<'a, 't> Builder<'a, 't> {
    /// The screens; what is wrong with them has been noted.
    pub(super) fn screens(&mut self, data: &Sets) -> Vec<Screen> {
        let Some(declared) = self.table.get("screens").and_then(|screens| screens.get_ref().as_array()) else {
            return usual(data);
        };
        let mut screens: Vec<Screen> = Vec::new();
        for value in declared {
            let Some(table) = value.get_ref().as_table() else { continue };
            let Some(screen) = self.screen(table, value, data) else { continue };
            let [id, named, tab] = ["id", "data", "tab"].map(|key| self.place(table, key));
            if screens.iter().any(|other| other.id == screen.id) {
                let help = "give one of the two another id = \"…\"".to_owned();
                let message = format!("there is a screen \"{}\" already", screen.id);
                self.document.error(id.or(named).unwrap_or(value.span()), message, Some(help));
            }
            if screen.tab && screens.iter().filter(|other| other.tab).count() == MOST_TABS {
                let help = "remove tab = true here or at another screen: it stays within reach".to_owned();
                let message = format!("{MOST_TABS} screens at most are always in sight");
                self.document.error(tab.unwrap_or(value.span()), message, Some(help));
            }
            if screens.len() == MOST_SCREENS {
                let help = Some("show several data sets on one".to_owned());
                self.document.error(value.span(), format!("an app has {MOST_SCREENS} screens at most"), help);
            }
            screens.push(screen);
        }
        screens
    }

    fn screen(&mut self, table: &'a DeTable<'t>, value: &Spanned<DeValue<'t>>, data: &Sets) -> Option<Screen> {
        let declared = serde_json::from_value::<DeclaredScreen>(json(table, &[])).ok()?;
        let span = self.place(table, "data").unwrap_or(value.span());
        let known: Vec<_> = self.section("data").into_iter().map(|(name, ..)| name).collect();
        for name in declared.data.names().iter().filter(|name| !known.contains(&name.as_str())) {
            let span = self.element(table, name).unwrap_or(span.clone());
            let help = near_or_all(name, &known, "data sets");
            self.document.error(span, format!("unknown data set \"{name}\""), Some(help));
        }
        let Some(first) = declared.data.names().first() else {
            let help = Some("name one of [data]".to_owned());
            self.document.error(span, "a screen shows at least one data set", help);
            return None;
        };
        // One that is declared but broken has been reported where it stands.
        let set = data.get(first.as_str())?;
        let usual = Usual::of(set);
        let id = declared.id.map_or_else(|| first.clone(), |id| id.0);
        if !is_screen_id(&id) {
            let help = Some("add id = \"…\": an address of the app itself begins with this name".to_owned());
            self.document.error(span, format!("a screen cannot be called \"{id}\""), help);
        }
        let icon = declared.icon.and_then(|icon| ICONS.iter().copied().find(|known| *known == icon.0));
        Some(Screen {
            id,
            title: declared.title.and_then(Labels::bilingual).unwrap_or(usual.title),
            icon: icon.unwrap_or(usual.icon),
            data: declared.data.names().iter().map(|name| name.as_str().into()).collect(),
            tab: declared.tab,
            home: declared.home,
        })
    }

    /// Where a name stands among those of `data`.
    fn element(&self, table: &DeTable<'_>, name: &str) -> Option<std::ops::Range<usize>> {
        let values = table.get("data")?.get_ref().as_array()?;
        values.iter().find(|value| value.get_ref().as_str() == Some(name)).map(Spanned::span)
    }
}

/// What a screen is where nothing else is declared.
struct Usual {
    title: Bilingual,
    icon: &'static str,
    home: bool,
}

impl Usual {
    fn of(set: &DataSet) -> Self {
        let (icon, home) = match &*set.kind.name {
            "news" => ("newspaper", true),
            "notices" => ("megaphone", true),
            "events" => ("ticket", true),
            "posts" => ("heart", false),
            "timetable" if set.audience == Audience::Personal => ("calendar", true),
            "timetable" => ("calendar-days", false),
            "courses" => ("book-open", false),
            "grades" => ("graduation-cap", true),
            "absences" | "opening" => ("clock", true),
            "profile" => ("user", false),
            "documents" => ("file-text", true),
            "directory" => ("contact", false),
            "loans" => ("library", true),
            "menus" => ("utensils", true),
            "departures" => ("bus", true),
            "places" => ("map-pin", false),
            "pages" => ("life-buoy", false),
            "links" => ("link", false),
            _ => ("star", false),
        };
        let title = match icon {
            _ if set.title != set.kind.title => set.title.clone(),
            // Beside the person's own.
            "calendar-days" => said("Emplois du temps", "Timetables"),
            "utensils" => said("Restaurants", "Restaurants"),
            _ => set.title.clone(),
        };
        Self { title, icon, home }
    }
}

fn said(fr: &str, en: &str) -> Bilingual {
    Bilingual { fr: fr.to_owned(), en: en.to_owned() }
}

/// A screen for each data set, in the order of kinds; what the library lends and when it is open are one. Of what people
/// look at most often, two are always in sight.
fn usual(data: &Sets) -> Vec<Screen> {
    let order = kinds::all();
    let place = |set: &DataSet| order.iter().position(|kind| kind.name == set.kind.name).unwrap_or(usize::MAX);
    let mut sets: Vec<_> = data.values().collect();
    sets.sort_by_key(|set| place(set));
    let library = sets.iter().any(|set| set.kind.name == "loans") && sets.iter().any(|set| set.kind.name == "opening");
    let mut screens: Vec<Screen> = Vec::new();
    for set in sets {
        let id = match &*set.kind.name {
            "loans" | "opening" if library => "library",
            "menus" if &*set.name == "menus" => "restaurants",
            _ => &set.name,
        };
        let of_library = screens.iter_mut().find(|screen| id == "library" && screen.id == id);
        if let Some(screen) = of_library {
            screen.data.push(Arc::clone(&set.name));
            continue;
        }
        let taken = screens.iter().any(|screen| screen.id == id) || !is_screen_id(id);
        let id = if taken { format!("data-{}", set.name) } else { id.to_owned() };
        let Usual { title, icon, home } = Usual::of(set);
        let title = if id == "library" { said("Bibliothèque", "Library") } else { title };
        screens.push(Screen { id, title, icon, data: vec![Arc::clone(&set.name)], tab: false, home });
    }
    let wanted = ["calendar", "graduation-cap", "calendar-days", "newspaper", "utensils", "ticket"];
    let first = |icon: &&str| screens.iter().position(|screen| screen.icon == *icon);
    let tabs: Vec<_> = wanted.iter().filter_map(first).take(2).collect();
    for (place, screen) in screens.iter_mut().enumerate() {
        screen.tab = tabs.contains(&place);
    }
    screens
}
