//! How a campus's app looks, as files: made once for a declaration, sent many times.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use bytes::Bytes;
use campus::{Campus, Colour, Image, Theme};
use serde_json::{Value, json};
use web::{File, Web};

use super::icon::{self, Form, ICONS};
use super::shell;
use crate::compress::{Coding, KEPT, compress};
use crate::page::Language;

/// The app, and its looks so far: one per campus and channel, made again when what it is made of changes.
pub(crate) struct Looks {
    pub(super) web: Web,
    known: Mutex<HashMap<Place, Arc<Look>>>,
}

/// A campus and a channel.
type Place = (Arc<str>, Arc<str>);

/// What an app of one declaration is made of, besides the files of the build.
pub(super) struct Look {
    made_of: [Option<String>; 3],
    colour: Colour,
    pub theme: File,
    pub logo: Option<File>,
    icon: Icon,
    french: Words,
    english: Words,
    /// The service worker; none where the build has none.
    pub worker: Option<File>,
}

/// What stands for the app: a picture of the campus's own, which is all that it wants to be seen; else a drawing, and
/// pictures of it that are made when they are first asked for.
enum Icon {
    Own(File),
    Drawn(File, Box<[OnceLock<File>; ICONS.len()]>),
}

/// What an app of one declaration says in a language.
pub(super) struct Words {
    pub shell: File,
    pub manifest: File,
}

/// Screens that the app's icon offers at once.
const SHORTCUTS: usize = 4;

impl Looks {
    pub(crate) fn new(web: Web) -> Self {
        Self { web, known: Mutex::default() }
    }

    pub(super) fn of(&self, campus: &Campus) -> Arc<Look> {
        let place = (Arc::clone(&campus.id), Arc::clone(&campus.channel));
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        match known.get(&place) {
            Some(look) if look.made_of == made_of(campus) => Arc::clone(look),
            _ => {
                let look = Arc::new(Look::new(&self.web, campus));
                known.insert(place, Arc::clone(&look));
                look
            }
        }
    }
}

impl Look {
    fn new(web: &Web, campus: &Campus) -> Self {
        let colour = campus.theme.color.as_deref().and_then(Colour::parse).unwrap_or(Colour::CALM);
        let theme = coded(File::new("text/css; charset=utf-8", theme(&campus.theme, colour).into()));
        let file = |image: &Image| File::new(image.media, Bytes::from_owner(Arc::clone(&image.bytes)));
        let (logo, icon) =
            (campus.theme.logo.as_ref().map(file), Icon::of(campus.theme.icon.as_ref().map(file), colour));
        let [tab, home] = [icon.tab(), icon.at("apple-180.png")];
        let words = |language| {
            let manifest = manifest(campus, language, colour, &icon).to_string();
            let head = shell::Head { web, theme: &theme.digest, icons: [&tab, &home], colour };
            let shell = shell::fill(campus, language, &head);
            Words {
                shell: coded(File::new("text/html; charset=utf-8", shell.into())),
                manifest: coded(File::new("application/manifest+json", manifest.into())),
            }
        };
        let (french, english) = (words(Language::French), words(Language::English));
        let worker = web.file("sw.js").map(|file| {
            let logo = campus.theme.logo.as_ref().map(|logo| format!("/logo?v={}", logo.digest));
            let fixed = [Some(format!("/theme.css?v={}", theme.digest)), logo, Some(tab.clone())];
            let fixed = fixed.into_iter().flatten().collect::<Vec<_>>().join(" ");
            let whole = format!("{} {fixed} {} {}", web.digest(), french.shell.digest, english.shell.digest);
            let release = File::new("", whole.into()).digest;
            let text = String::from_utf8_lossy(&file.plain);
            let text = text.replace("%PREAU_VERSION%", &release).replace("%PREAU_EXTRA%", &fixed);
            coded(File::new(file.media, text.into()))
        });
        Self { made_of: made_of(campus), colour, theme, logo, icon, french, english, worker }
    }

    pub(super) fn words(&self, language: Language) -> &Words {
        language.of(&self.french, &self.english)
    }

    /// The icon of a name, and which look it is of.
    pub(super) fn icon(&self, name: &str) -> Option<(&File, &str)> {
        let file = match &self.icon {
            Icon::Own(own) => ICONS.iter().any(|icon| icon.name == name && icon.form != Form::Maskable).then_some(own),
            Icon::Drawn(drawing, _) if name == DRAWING => Some(drawing),
            Icon::Drawn(_, drawn) => {
                let (icon, drawn) = ICONS.iter().zip(drawn.iter()).find(|(icon, _)| icon.name == name)?;
                Some(drawn.get_or_init(|| icon.draw(self.colour)))
            }
        };
        Some((file?, self.icon.digest()))
    }
}

/// What decides about a look: the declaration, and the pictures, which may change without it in a folder.
fn made_of(campus: &Campus) -> [Option<String>; 3] {
    let digest = |image: &Option<Image>| image.as_ref().map(|image| image.digest.clone());
    [Some(campus.version.clone()), digest(&campus.theme.logo), digest(&campus.theme.icon)]
}

/// A file with its compressed copies.
fn coded(mut file: File) -> File {
    let copy = |coding: Coding| Some((coding.name(), compress(&file.plain, coding, &KEPT)?));
    file.coded = [Coding::Brotli, Coding::Gzip].into_iter().filter_map(copy).collect::<Vec<(_, Bytes)>>();
    file
}

/// The colours that the app reads. Selectors are doubled: the app's own style sheet comes later and would win.
fn theme(theme: &Theme, colour: Colour) -> String {
    let given = |text: &Option<String>| text.as_deref().and_then(Colour::parse);
    let bright = given(&theme.dark_color).unwrap_or_else(|| colour.beside(Colour::DARK, Colour::BRIGHT));
    let light = Scheme { colour, ink: given(&theme.on_color), ground: Colour::LIGHT, trace: 0.1 }.variables();
    let dark =
        Scheme { colour: bright, ink: given(&theme.on_dark_color), ground: Colour::DARK, trace: 0.18 }.variables();
    format!(
        ":root:root{{{light}}}\n@media (prefers-color-scheme:dark){{:root:root:not([data-theme=light]){{{dark}}}}}\n\
         :root:root[data-theme=dark]{{{dark}}}\n"
    )
}

/// The colour in light or in the dark.
struct Scheme {
    colour: Colour,
    /// What is written on it; what is read best, without.
    ink: Option<Colour>,
    /// Of the grounds of pages, the one that is nearest to the text upon it.
    ground: Colour,
    /// How much of the colour is in a ground that is tinted with it.
    trace: f64,
}

impl Scheme {
    fn variables(&self) -> String {
        let Self { colour, ink, ground, trace } = self;
        let tint = ground.towards(*colour, *trace);
        format!(
            "--brand:{colour};--on-brand:{};--brand-text:{};--brand-tint:{tint};--on-brand-tint:{}",
            ink.unwrap_or_else(|| colour.ink()),
            colour.beside(*ground, Colour::READABLE),
            colour.beside(tint, Colour::READABLE)
        )
    }
}

/// The drawing's name among the icons.
const DRAWING: &str = "any.svg";

impl Icon {
    fn of(own: Option<File>, colour: Colour) -> Self {
        let drawing = || coded(File::new("image/svg+xml", icon::svg(colour).into()));
        own.map_or_else(|| Self::Drawn(drawing(), Box::new([const { OnceLock::new() }; ICONS.len()])), Self::Own)
    }

    /// All of a look change together.
    fn digest(&self) -> &str {
        let (Self::Own(file) | Self::Drawn(file, _)) = self;
        &file.digest
    }

    /// The address of one.
    fn at(&self, name: &str) -> String {
        format!("/icons/{name}?v={}", self.digest())
    }

    /// The one in a browser's tab.
    fn tab(&self) -> String {
        self.at(if matches!(self, Self::Own(_)) { "any-512.png" } else { DRAWING })
    }

    /// As the web app's manifest lists them.
    fn listed(&self) -> Vec<Value> {
        let listed = |name: &str, media: &str, sizes: String, purpose: &str| json!({ "src": self.at(name), "type": media, "sizes": sizes, "purpose": purpose });
        match self {
            Self::Own(file) => {
                // It has been checked to be a square.
                let side = file.plain.get(16..20).and_then(|side| side.try_into().ok()).map_or(512, u32::from_be_bytes);
                vec![listed("any-512.png", file.media, format!("{side}x{side}"), "any")]
            }
            Self::Drawn(..) => {
                let pictures = ICONS.iter().filter(|icon| icon.form != Form::Apple).map(|icon| {
                    let purpose = if icon.form == Form::Maskable { "maskable" } else { "any" };
                    listed(icon.name, "image/png", format!("{0}x{0}", icon.side), purpose)
                });
                pictures.chain([listed(DRAWING, "image/svg+xml", "any".to_owned(), "any")]).collect()
            }
        }
    }
}

/// The web app's manifest (<https://www.w3.org/TR/appmanifest/>).
fn manifest(campus: &Campus, language: Language, colour: Colour, icon: &Icon) -> Value {
    let tabs = campus.screens.iter().filter(|screen| screen.tab).take(SHORTCUTS);
    let shortcuts = tabs.map(
        |screen| json!({ "name": language.of(&screen.title.fr, &screen.title.en), "url": format!("/{}", screen.id) }),
    );
    json!({
        "id": "/",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "lang": language.tag(),
        "name": campus.name,
        "short_name": campus.short_name,
        "theme_color": colour.to_string(),
        "background_color": Colour::LIGHT.to_string(),
        "icons": icon.listed(),
        "shortcuts": shortcuts.collect::<Vec<_>>(),
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn whatever_the_colour_is_it_can_be_read() {
        for rgb in (0..0x0100_0000_u32).step_by(0x0002_1f1d) {
            let colour = Colour::parse(&format!("#{rgb:06x}")).unwrap();
            let style = theme(&Theme::default(), colour);
            let (light, dark) = style.split_once('\n').unwrap();
            for (variables, ground) in [(light, Colour::LIGHT), (dark, Colour::DARK)] {
                let named = |name: &str| {
                    let (_, value) = variables.split_once(&format!("{name}:")).unwrap();
                    Colour::parse(value.get(..7).unwrap()).unwrap()
                };
                for (text, ground) in [
                    (named("--on-brand"), named("--brand")),
                    (named("--brand-text"), ground),
                    (named("--on-brand-tint"), named("--brand-tint")),
                ] {
                    assert!(text.contrast(ground) >= Colour::READABLE, "{colour}: {style}");
                }
            }
        }
    }

    #[test]
    fn what_a_school_chose_of_its_colours_is_taken() {
        let chosen = |text: &str| Some(text.to_owned());
        let theme = theme(
            &Theme {
                on_color: chosen("#fffbe0"),
                dark_color: chosen("#ffb000"),
                on_dark_color: chosen("#201000"),
                ..Theme::default()
            },
            Colour::parse("#7a1f1f").unwrap(),
        );
        assert!(theme.starts_with(":root:root{--brand:#7a1f1f;--on-brand:#fffbe0;"), "{theme}");
        assert_eq!(theme.matches("{--brand:#ffb000;--on-brand:#201000;").count(), 2, "{theme}");
    }
}
