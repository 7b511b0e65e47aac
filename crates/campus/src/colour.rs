//! Colours of a school, and what can be read on them and beside them (WCAG 2.2, 1.4.3).

use std::fmt;

/// A colour of sRGB.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colour([u8; 3]);

const BLACK: Colour = Colour([0, 0, 0]);
const WHITE: Colour = Colour([255, 255, 255]);

impl Colour {
    /// Where a school has declared none.
    pub const CALM: Self = Self([0x2f, 0x55, 0xa4]);

    /// Of the grounds of pages in light, the one that is nearest to the text upon it.
    pub const LIGHT: Self = Self([0xf4, 0xf5, 0xfa]);

    /// The same in the dark: a card's.
    pub const DARK: Self = Self([0x19, 0x1d, 0x2e]);

    /// The least contrast of text.
    pub const READABLE: f64 = 4.5;

    /// The least contrast of what is no text: the edge of a button, an icon (WCAG 2.2, 1.4.11).
    pub const VISIBLE: f64 = 3.0;

    /// In the dark, the colour glows: what is only readable looks dull.
    pub const BRIGHT: f64 = 7.0;

    /// `#RRGGBB`; nothing of any other text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let hexadecimal = |digits: &&str| digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        let digits = text.strip_prefix('#').filter(hexadecimal)?;
        let [_, rgb @ ..] = u32::from_str_radix(digits, 16).ok()?.to_be_bytes();
        Some(Self(rgb))
    }

    /// Black or white, whichever reads better on it: one of them always has more than 4.58.
    #[must_use]
    pub fn ink(self) -> Self {
        if self.contrast(WHITE) >= self.contrast(BLACK) { WHITE } else { BLACK }
    }

    /// The colour, moved away from a ground until it has this contrast to it.
    #[must_use]
    pub fn beside(self, ground: Self, least: f64) -> Self {
        let end = ground.ink();
        let mixed = (0..=20).map(|step| self.towards(end, f64::from(step) / 20.0));
        mixed.into_iter().find(|colour| colour.contrast(ground) >= least).unwrap_or(end)
    }

    /// What lies between two colours: this one at 0, the other at 1.
    #[must_use]
    pub fn towards(self, other: Self, share: f64) -> Self {
        let (Self(from), Self(to)) = (self, other);
        let mut mixed = from;
        for (channel, (from, to)) in mixed.iter_mut().zip(from.into_iter().zip(to)) {
            *channel = (f64::from(from) + (f64::from(to) - f64::from(from)) * share).round() as u8;
        }
        Self(mixed)
    }

    /// Red, green and blue.
    #[must_use]
    pub fn rgb(self) -> [u8; 3] {
        self.0
    }

    /// Contrast ratio of WCAG, from 1 to 21.
    #[must_use]
    pub fn contrast(self, other: Self) -> f64 {
        let (one, other) = (self.luminance() + 0.05, other.luminance() + 0.05);
        (one / other).max(other / one)
    }

    /// Relative luminance of WCAG, from 0 to 1.
    fn luminance(self) -> f64 {
        let Self([red, green, blue]) = self;
        let linear = |channel: u8| {
            let share = f64::from(channel) / 255.0;
            if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self([red, green, blue]) = self;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::Colour;

    #[test]
    fn every_colour_is_read_on_and_read_beside() {
        for rgb in (0..0x0100_0000).step_by(0x1111) {
            let colour = Colour::parse(&format!("#{rgb:06x}")).unwrap();
            assert!(colour.contrast(colour.ink()) >= Colour::READABLE, "{colour}");
            for (ground, least) in [(Colour::LIGHT, Colour::READABLE), (Colour::DARK, Colour::BRIGHT)] {
                let accent = colour.beside(ground, least);
                assert!(accent.contrast(ground) >= least, "{colour} on {ground}: {accent}");
                assert!(accent.contrast(accent.ink()) >= Colour::READABLE);
            }
        }
    }

    #[test]
    fn reads_six_digits_and_nothing_else() {
        for none in ["", "#", "#fff", "#0b6e8f;}", "0b6e8f", "#0b6e8g", "#+b6e8f", "#é6e8f"] {
            assert_eq!(Colour::parse(none), None, "{none}");
        }
        assert_eq!(Colour::parse("#0B6E8F").unwrap().to_string(), "#0b6e8f");
    }
}
