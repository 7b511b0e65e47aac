//! The language of a page: what the browser asks for, of those that we write.

/// A language that pages are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// French.
    #[default]
    French,
    /// English.
    English,
}

impl Language {
    /// What an `Accept-Language` (RFC 9110, 12.5.4) likes best; French where it names neither.
    #[must_use]
    pub fn accepted(header: Option<&str>) -> Self {
        let (mut best, mut language) = (0.0, Self::default());
        for range in header.unwrap_or_default().split(',').take(20) {
            let mut parts = range.split(';').map(str::trim);
            let named = match parts.next().and_then(|range| range.split('-').next()).unwrap_or_default() {
                tag if tag.eq_ignore_ascii_case("fr") => Self::French,
                tag if tag.eq_ignore_ascii_case("en") => Self::English,
                _ => continue,
            };
            let weight = parts.find_map(|part| part.strip_prefix("q=")).map_or(1.0, |q| q.parse().unwrap_or(0.0));
            if weight > best {
                (best, language) = (weight, named);
            }
        }
        language
    }

    /// Its tag (BCP 47).
    #[must_use]
    pub fn tag(self) -> &'static str {
        self.of("fr", "en")
    }

    /// The words of this language.
    #[must_use]
    pub fn of<T>(self, french: T, english: T) -> T {
        match self {
            Self::French => french,
            Self::English => english,
        }
    }
}
