//! How a campus's app looks, as files: made once for a declaration, sent many times.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use bytes::Bytes;
use campus::Campus;
use serde_json::{Value, json};
use web::{File, Web};

use super::icon::{self, Form, ICONS};
use super::shell;
use crate::compress::{Coding, KEPT, compress};
use crate::manifest::screens;
use crate::page::{Colour, Language};

/// The app, and its looks so far: one per campus and channel, made again when the declaration changes.
pub(crate) struct Looks {
    pub(super) web: Web,
    known: Mutex<HashMap<(Arc<str>, Arc<str>), Arc<Look>>>,
}

/// What an app of one declaration is made of, besides the files of the build.
pub(super) struct Look {
    version: String,
    colour: Colour,
    pub theme: File,
    pub icon: File,
    icons: [OnceLock<File>; ICONS.len()],
    /// What depends on the language.
    french: Words,
    english: Words,
    /// The service worker; none where the build has none.
    pub worker: Option<File>,
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
            Some(look) if look.version == campus.version => Arc::clone(look),
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
        let colour = Colour::of(campus.theme.color.as_deref());
        let theme = coded(File::new("text/css; charset=utf-8", theme(colour).into()));
        let icon = coded(File::new("image/svg+xml", icon::svg(colour).into()));
        let version = &icon.digest;
        let fixed = [
            format!("/theme.css?v={}", theme.digest),
            format!("/icons/any.svg?v={version}"),
            format!("/icons/any-192.png?v={version}"),
        ];
        let words = |language| {
            let manifest = manifest(campus, language, colour, version).to_string();
            let head = shell::Head { web, theme: &theme.digest, icon: version, colour };
            let shell = shell::fill(campus, language, &head);
            Words {
                shell: coded(File::new("text/html; charset=utf-8", shell.into())),
                manifest: coded(File::new("application/manifest+json", manifest.into())),
            }
        };
        let (french, english) = (words(Language::French), words(Language::English));
        let worker = web.file("sw.js").map(|file| {
            let whole = format!("{} {} {}", web.digest(), french.shell.digest, english.shell.digest);
            let release = File::new("", whole.into()).digest;
            let text = String::from_utf8_lossy(&file.plain);
            let text = text.replace("%PREAU_VERSION%", &release).replace("%PREAU_EXTRA%", &fixed.join(" "));
            coded(File::new(file.media, text.into()))
        });
        Self {
            version: campus.version.clone(),
            colour,
            theme,
            icon,
            icons: [const { OnceLock::new() }; ICONS.len()],
            french,
            english,
            worker,
        }
    }

    pub(super) fn words(&self, language: Language) -> &Words {
        language.of(&self.french, &self.english)
    }

    /// The icon of a name, drawn when it is first asked for.
    pub(super) fn picture(&self, name: &str) -> Option<&File> {
        let (icon, drawn) = ICONS.iter().zip(&self.icons).find(|(icon, _)| icon.name == name)?;
        Some(drawn.get_or_init(|| icon.draw(self.colour)))
    }
}

/// A file with its compressed copies.
fn coded(mut file: File) -> File {
    let copy = |coding: Coding| Some((coding.name(), compress(&file.plain, coding, &KEPT)?));
    file.coded = [Coding::Brotli, Coding::Gzip].into_iter().filter_map(copy).collect::<Vec<(_, Bytes)>>();
    file
}

/// The colours that the app reads. Selectors are doubled: the app's own style sheet comes later and would win.
fn theme(colour: Colour) -> String {
    let light = block(colour, Colour::LIGHT, Colour::READABLE, 0.1);
    let dark = block(colour.beside(Colour::DARK, Colour::BRIGHT), Colour::DARK, Colour::BRIGHT, 0.18);
    format!(
        ":root:root{{{light}}}\n@media (prefers-color-scheme:dark){{:root:root:not([data-theme=light]){{{dark}}}}}\n\
         :root:root[data-theme=dark]{{{dark}}}\n"
    )
}

/// Variables of a scheme: the colour as a ground and as text, what is written on it, and a trace of it in the ground.
fn block(colour: Colour, ground: Colour, least: f64, trace: f64) -> String {
    let tint = ground.towards(colour, trace);
    format!(
        "--brand:{colour};--on-brand:{};--brand-text:{};--brand-tint:{tint};--on-brand-tint:{}",
        colour.ink(),
        colour.beside(ground, least),
        colour.beside(tint, least)
    )
}

/// The web app's manifest (<https://www.w3.org/TR/appmanifest/>).
fn manifest(campus: &Campus, language: Language, colour: Colour, version: &str) -> Value {
    let pictures = ICONS.iter().filter(|icon| icon.form != Form::Apple).map(|icon| {
        let purpose = if icon.form == Form::Maskable { "maskable" } else { "any" };
        let sizes = format!("{0}x{0}", icon.side);
        json!({ "src": format!("/icons/{}?v={version}", icon.name), "type": "image/png", "sizes": sizes, "purpose": purpose })
    });
    let drawing = json!({ "src": format!("/icons/any.svg?v={version}"), "type": "image/svg+xml", "sizes": "any", "purpose": "any" });
    let shortcuts = screens(campus).into_iter().take(SHORTCUTS).filter_map(|name| {
        let title = &campus.data.get(name)?.kind.title;
        Some(json!({ "name": language.of(&title.fr, &title.en), "url": format!("/{name}") }))
    });
    json!({
        "id": "/",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "lang": language.tag(),
        "name": campus.name,
        "short_name": campus.name,
        "theme_color": colour.to_string(),
        "background_color": Colour::LIGHT.to_string(),
        "icons": pictures.chain([drawing]).collect::<Vec<_>>(),
        "shortcuts": shortcuts.collect::<Vec<_>>(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_the_colour_is_it_can_be_read() {
        for rgb in (0..0x0100_0000_u32).step_by(0x0002_1f1d) {
            let colour = Colour::of(Some(&format!("#{rgb:06x}")));
            for (colour, ground, least, trace) in [
                (colour, Colour::LIGHT, Colour::READABLE, 0.1),
                (colour.beside(Colour::DARK, Colour::BRIGHT), Colour::DARK, Colour::BRIGHT, 0.18),
            ] {
                let block = block(colour, ground, least, trace);
                let named = |name: &str| {
                    let value = block.split(';').find_map(|pair| pair.strip_prefix(name)?.strip_prefix(':'));
                    Colour::of(value)
                };
                for (text, ground) in [
                    (named("--on-brand"), named("--brand")),
                    (named("--brand-text"), ground),
                    (named("--on-brand-tint"), named("--brand-tint")),
                ] {
                    assert!(text.contrast(ground) >= Colour::READABLE, "{colour}: {block}");
                }
            }
        }
    }
}
