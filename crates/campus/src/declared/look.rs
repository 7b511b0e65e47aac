//! `[theme]`, `[[screens]]`, `[texts]` and `[accessibility]` as written.

use std::collections::BTreeMap;

use kinds::{Bilingual, DeclaredTitle};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Color, Contact, Icon, Label, Paragraphs, ScreenId, Table};
use crate::look::Conformity;

/// How the campus's app looks.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DeclaredTheme {
    /// The school's main colour: `#1b5e8c`.
    pub color: Option<Color>,
    /// What is written on `color`, in a contrast of 4.5 : 1 or more (WCAG 2.2, 1.4.3); without it black or white,
    /// whichever is read better.
    pub on_color: Option<Color>,
    /// The colour in the dark, in a contrast of 3 : 1 or more to the ground there; without it a brighter `color`.
    pub dark_color: Option<Color>,
    /// What is written on `dark_color`.
    pub on_dark_color: Option<Color>,
    /// The school's sign, a file of the campus's folder: SVG without scripts and references, or PNG; 64 KiB at most.
    #[expect(dead_code, reason = "read from its file, for the place of each mistake")]
    pub logo: Option<String>,
    /// What stands for the app among others, a file of the campus's folder: a square PNG of 512 pixels or more, 256 KiB
    /// at most. Phones cut its corners: what matters stands in the middle, and nothing of it is transparent, which iOS
    /// shows as black. It is offered as it is, and not as one to cut to any form (`maskable`): Android sets it into a
    /// form of its own.
    #[expect(dead_code, reason = "read from its file, for the place of each mistake")]
    pub icon: Option<String>,
    /// What is otherwise on a channel, by the channel's name: `[theme.on.beta]` with another colour for those who test.
    #[serde(default)]
    #[expect(dead_code, reason = "put over the theme before the rest is read")]
    pub on: BTreeMap<String, Table>,
}

/// A place of the app, which shows one or several data sets. The order of screens is the app's.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DeclaredScreen {
    /// Its name in addresses of the app; the first data set's without it.
    pub id: Option<ScreenId>,
    /// The data set that it shows, or several: names of `[data]`.
    pub data: Sets,
    /// What people call it: `{ fr = "Ma bibliothèque", en = "My library" }`; the kind's title without it.
    pub title: Option<Labels>,
    /// Its sign, by the name that Lucide gives it; the kind's without it.
    pub icon: Option<Icon>,
    /// Whether it is always in sight, as three at most are.
    #[serde(default)]
    pub tab: bool,
    /// Whether the first screen has a card of it.
    #[serde(default)]
    pub home: bool,
}

/// Names of data sets.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(crate) enum Sets {
    /// One.
    One(String),
    /// Several.
    Several(Vec<String>),
}

/// A name in both languages; one stands for both.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Labels {
    /// In French.
    pub fr: Option<Label>,
    /// In English.
    pub en: Option<Label>,
}

/// A text in both languages; one stands for both.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Prose {
    /// In French.
    pub fr: Option<Paragraphs>,
    /// In English.
    pub en: Option<Paragraphs>,
}

/// What the school says in its app: plain text of up to 4,000 characters, paragraphs apart by an empty line.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DeclaredTexts {
    /// What people read before they sign in for the first time.
    pub welcome: Option<Prose>,
    /// Where to find help.
    pub help: Option<Prose>,
    /// Who publishes the app: what the law of the country asks for.
    pub legal: Option<Prose>,
    /// What becomes of personal data, and whom to ask about it.
    pub privacy: Option<Prose>,
    /// What people read while the school's systems do not answer.
    pub maintenance: Option<Prose>,
}

/// What the school says of the accessibility of its app.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DeclaredAccessibility {
    /// How far the app conforms to what the law asks for (RGAA 4): `none`, `partial` or `full`.
    pub level: Conformity,
    /// Where to tell that something cannot be used: `mailto:accessibilite@univ-demo.fr`, or an https address.
    pub contact: Contact,
    /// The statement, as one of `[texts]`.
    pub statement: Option<Prose>,
}

impl Sets {
    pub(crate) fn names(&self) -> &[String] {
        match self {
            Self::One(name) => std::slice::from_ref(name),
            Self::Several(names) => names,
        }
    }
}

impl Labels {
    pub(crate) fn bilingual(self) -> Option<Bilingual> {
        DeclaredTitle { fr: self.fr.map(|text| text.0), en: self.en.map(|text| text.0) }.bilingual()
    }
}

impl Prose {
    pub(crate) fn bilingual(self) -> Option<Bilingual> {
        DeclaredTitle { fr: self.fr.map(|text| text.0), en: self.en.map(|text| text.0) }.bilingual()
    }
}
