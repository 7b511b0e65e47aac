//! What a campus makes of its app: colours, logo and icon, screens in their order, texts of its own.

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use kinds::Bilingual;
use serde::Serialize;

/// How an app looks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Theme {
    /// The school's main colour, `#RRGGBB`.
    pub color: Option<String>,
    /// What is written on it, where that is neither the black nor the white that is read better.
    pub on_color: Option<String>,
    /// The colour in the dark, where the brighter one that is derived does not do.
    pub dark_color: Option<String>,
    /// What is written on that.
    pub on_dark_color: Option<String>,
    /// The school's sign: a drawing (SVG) or a picture (PNG).
    pub logo: Option<Image>,
    /// What stands for the app among others: a square PNG of 512 pixels or more.
    pub icon: Option<Image>,
}

/// A picture of the campus's folder, as a whole.
#[derive(Clone, PartialEq, Eq)]
pub struct Image {
    /// Its media type: `image/svg+xml` or `image/png`.
    pub media: &'static str,
    /// The file.
    pub bytes: Arc<[u8]>,
    /// Which one it is: 16 hexadecimal digits of its SHA-256.
    pub digest: String,
}

/// A place of the app, which shows one or several data sets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Screen {
    /// Its name in addresses of the app.
    pub id: String,
    /// What people call it.
    pub title: Bilingual,
    /// Its sign, one of [`ICONS`].
    pub icon: &'static str,
    /// The data sets that it shows.
    pub data: Vec<Arc<str>>,
    /// Whether it is one of the few that are always in sight.
    pub tab: bool,
    /// Whether the first screen has a card of it.
    pub home: bool,
}

/// What the school says of the accessibility of its app.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Accessibility {
    /// How far the app conforms.
    pub level: Conformity,
    /// Where to tell that something cannot be used: a `mailto:` or `https:` address.
    pub contact: String,
    /// The statement, in paragraphs that are apart by an empty line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub statement: Option<Bilingual>,
}

/// How far an app conforms to what the law asks for (RGAA 4, WCAG 2.1 AA).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Conformity {
    /// It does not, or nobody has looked.
    None,
    /// In most points.
    Partial,
    /// In all points.
    Full,
}

/// Signs of screens, by the names that Lucide (<https://lucide.dev>) gives them.
pub const ICONS: &[&str] = &[
    "home",
    "calendar",
    "calendar-days",
    "graduation-cap",
    "newspaper",
    "megaphone",
    "ticket",
    "users",
    "contact",
    "book-open",
    "library",
    "utensils",
    "bus",
    "map-pin",
    "life-buoy",
    "file-text",
    "book",
    "link",
    "bell",
    "menu",
    "settings",
    "user",
    "star",
    "clock",
    "heart",
    "briefcase",
    "globe",
    "phone",
    "mail",
    "wifi",
    "shield",
    "info",
    "wrench",
    "camera",
    "music",
    "trophy",
    "leaf",
    "ambulance",
    "key",
    "credit-card",
    "building",
    "search",
];

impl Image {
    pub(crate) fn new(media: &'static str, bytes: Vec<u8>) -> Self {
        let hash = digest(&SHA256, &bytes);
        let digest = hash.as_ref().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        Self { media, bytes: bytes.into(), digest }
    }
}

impl fmt::Debug for Image {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {} bytes, {}", self.media, self.bytes.len(), self.digest)
    }
}
