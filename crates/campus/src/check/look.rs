//! How a campus's app looks: colours held against what can be read, files of pictures against what phones show.

use std::collections::BTreeMap;
use std::io::Read;
use std::ops::Range;
use std::path::Path;

use kinds::Bilingual;
use sources::{Unreadable, confined};

use super::Builder;
use crate::declared::{DeclaredAccessibility, DeclaredTexts, DeclaredTheme, Prose};
use crate::document::json;
use crate::{Accessibility, Colour, Image, Theme, svg};

/// Files at most, in bytes: what a phone loads before it shows anything.
const MOST_LOGO: u64 = 64 << 10;
const MOST_ICON: u64 = 256 << 10;

/// The least side of an icon, in pixels: what installing asks for.
const LEAST_SIDE: u32 = 512;

impl<'a> Builder<'a, '_> {
    /// The theme; what is wrong with it has been noted.
    pub(super) fn theme(&mut self) -> Theme {
        self.check_written("color", "on_color");
        self.check_written("dark_color", "on_dark_color");
        if let Some(dark) = self.colour("dark_color") {
            self.check_contrast("dark_color", dark, ("the dark ground", Colour::DARK), Colour::VISIBLE);
        }
        let logo = self.image("logo", MOST_LOGO, |bytes| {
            if png_size(bytes).is_some() {
                return Ok("image/png");
            }
            let text = std::str::from_utf8(bytes).map_err(|_| "is neither SVG in UTF-8 nor PNG".to_owned())?;
            svg::check(text).map(|()| "image/svg+xml")
        });
        let icon = self.image("icon", MOST_ICON, |bytes| match png_size(bytes) {
            None => Err("is no PNG".to_owned()),
            Some((width, height)) if width != height => Err(format!("is {width} × {height} pixels and no square")),
            Some((width, _)) if width < LEAST_SIDE => {
                Err(format!("is {width} pixels wide, and should be {LEAST_SIDE}"))
            }
            Some((width, _)) if width > 4_096 => Err(format!("is {width} pixels wide, and should be 4096 at most")),
            Some(_) => Ok("image/png"),
        });
        let table = self.table.get("theme").and_then(|theme| theme.get_ref().as_table());
        let declared = table.and_then(|table| serde_json::from_value::<DeclaredTheme>(json(table, &[])).ok());
        let DeclaredTheme { color, on_color, dark_color, on_dark_color, .. } = declared.unwrap_or_default();
        let [color, on_color, dark_color, on_dark_color] =
            [color, on_color, dark_color, on_dark_color].map(|color| color.map(|color| color.0));
        Theme { color, on_color, dark_color, on_dark_color, logo, icon }
    }

    /// A text of the theme, and where it stands.
    fn of_theme(&self, key: &str) -> Option<(&'a str, Range<usize>)> {
        let value = self.table.get("theme")?.get_ref().get(key)?;
        Some((value.get_ref().as_str()?, value.span()))
    }

    fn colour(&self, key: &str) -> Option<(Colour, Range<usize>)> {
        let (text, span) = self.of_theme(key)?;
        Some((Colour::parse(text)?, span))
    }

    /// Whether what is written on a colour can be read there.
    fn check_written(&mut self, ground: &str, key: &str) {
        let Some(written) = self.colour(key) else { return };
        match self.colour(ground) {
            Some((on, _)) => self.check_contrast(key, written, (ground, on), Colour::READABLE),
            None if self.of_theme(ground).is_some() => {}
            None => {
                let (_, span) = written;
                let message = format!("{key} is what is written on {ground}, which is not there");
                self.document.error(span, message, Some(format!("add {ground} = \"#…\", or remove {key}")));
            }
        }
    }

    fn check_contrast(
        &mut self,
        key: &str,
        (colour, span): (Colour, Range<usize>),
        (what, ground): (&str, Colour),
        least: f64,
    ) {
        let contrast = colour.contrast(ground);
        if contrast < least {
            // Never rounded up to what it is not.
            let shown = (contrast * 10.0).floor() / 10.0;
            let message = format!("{key} has a contrast of {shown} : 1 to {what}, and should have {least} : 1");
            let help =
                format!("write {key} = \"{}\", the nearest that people can read there", colour.beside(ground, least));
            self.document.error(span, message, Some(help));
        }
    }

    /// A picture of the campus's folder, of the media type that `check` finds.
    fn image(&mut self, key: &str, most: u64, check: impl Fn(&[u8]) -> Result<&'static str, String>) -> Option<Image> {
        let (name, span) = self.of_theme(key)?;
        let read = read(Path::new(name), self.draft.folder, most);
        let image = read.and_then(|bytes| check(&bytes).map(|media| Image::new(media, bytes)));
        image
            .map_err(|wrong| {
                let help = match key {
                    "logo" => {
                        "give a drawing of shapes alone (\"plain SVG\", fonts as paths) or a PNG, of 64 KiB at most"
                    }
                    _ => "give a square PNG of 512 pixels or more and 256 KiB at most",
                };
                self.document.error(span, format!("the file \"{name}\" {wrong}"), Some(help.to_owned()));
            })
            .ok()
    }
}

fn read(name: &Path, folder: &Path, most: u64) -> Result<Vec<u8>, String> {
    let path = confined(name, folder, &[]).map_err(|error| error.to_string())?;
    let unreadable = |error| Unreadable::Refused(error).to_string();
    // Opening a pipe would wait for who writes into it.
    if !std::fs::metadata(&path).map_err(unreadable)?.is_file() {
        return Err("is no regular file".to_owned());
    }
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(unreadable)?;
    file.take(most + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > most {
        return Err(format!("is larger than {} KiB", most >> 10));
    }
    Ok(bytes)
}

/// Width and height of a PNG, as its header tells them (PNG, 11.2.1).
fn png_size(bytes: &[u8]) -> Option<(u32, u32)> {
    let header = bytes.strip_prefix(b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR")?;
    let (width, rest) = header.split_first_chunk()?;
    let (height, _) = rest.split_first_chunk()?;
    Some((u32::from_be_bytes(*width), u32::from_be_bytes(*height)))
}

pub(super) fn texts(declared: DeclaredTexts) -> BTreeMap<&'static str, Bilingual> {
    let DeclaredTexts { welcome, help, legal, privacy, maintenance } = declared;
    let texts =
        [("welcome", welcome), ("help", help), ("legal", legal), ("privacy", privacy), ("maintenance", maintenance)];
    texts.into_iter().filter_map(|(name, text)| Some((name, text?.bilingual()?))).collect()
}

pub(super) fn accessibility(declared: DeclaredAccessibility) -> Accessibility {
    let DeclaredAccessibility { level, contact, statement } = declared;
    Accessibility { level, contact: contact.0, statement: statement.and_then(Prose::bilingual) }
}

/// Characters of a name under an icon at most.
const SHORT: usize = 12;

/// What a name says of which school it is, in few characters: `Université de Rivage` is `Rivage`.
pub(super) fn short(name: &str) -> String {
    const GENERIC: &[&str] =
        &["université", "university", "école", "institut", "lycée", "de", "du", "des", "la", "le", "les", "of"];
    let fits = |text: &str| text.chars().count() <= SHORT;
    if fits(name) {
        return name.to_owned();
    }
    let words: Vec<_> = name.split_whitespace().collect();
    let own = words.iter().skip_while(|word| GENERIC.contains(&word.to_lowercase().as_str()));
    let own = own.copied().collect::<Vec<_>>().join(" ");
    if !own.is_empty() && fits(&own) {
        return own;
    }
    let initials = words.iter().filter_map(|word| word.chars().next());
    initials.filter(|c| c.is_uppercase() || c.is_numeric()).take(SHORT).collect()
}

#[cfg(test)]
mod tests {
    use super::short;

    #[test]
    fn a_short_name_is_what_tells_a_school_from_others() {
        for (name, expected) in [
            ("INSA Lyon", "INSA Lyon"),
            ("Université de Rivage", "Rivage"),
            ("École de la Colline", "Colline"),
            ("Université Claude Bernard Lyon 1", "UCBL1"),
        ] {
            assert_eq!(short(name), expected);
        }
    }
}
