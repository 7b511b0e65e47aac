//! The school's colour, and what can be read on it and beside it (WCAG 2.2, 1.4.3).

use std::fmt;

/// A colour of sRGB.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Colour([u8; 3]);

const BLACK: Colour = Colour([0, 0, 0]);
const WHITE: Colour = Colour([255, 255, 255]);

impl Colour {
    /// Where a school has declared none.
    pub(crate) const CALM: Self = Self([0x2f, 0x55, 0xa4]);

    /// Of the grounds of pages in light, the one that is nearest to the text upon it.
    pub(crate) const LIGHT: Self = Self([0xf4, 0xf5, 0xfa]);

    /// The same in the dark: a card's.
    pub(crate) const DARK: Self = Self([0x19, 0x1d, 0x2e]);

    /// The least contrast of text.
    pub(crate) const READABLE: f64 = 4.5;

    /// In the dark, the colour glows: what is only readable looks dull.
    pub(crate) const BRIGHT: f64 = 7.0;

    /// `#RRGGBB`, or the calm one.
    pub(crate) fn of(declared: Option<&str>) -> Self {
        let hexadecimal = |digits: &&str| digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        let digits = declared.and_then(|text| text.strip_prefix('#')).filter(hexadecimal);
        let number = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
        number.map_or(Self::CALM, |number| {
            let [_, rgb @ ..] = number.to_be_bytes();
            Self(rgb)
        })
    }

    /// The variables that style.css reads: a ground of the colour, what is written on it, and the colour as text.
    pub(crate) fn style(self) -> String {
        let (light, dark) = (self.beside(Self::LIGHT, Self::READABLE), self.beside(Self::DARK, Self::BRIGHT));
        let block = |ground: Self, text: Self| {
            format!(":root{{--school:{ground};--on-school:{};--accent:{text}}}", ground.ink())
        };
        format!("{}@media(prefers-color-scheme:dark){{{}}}", block(self, light), block(dark, dark))
    }

    /// Black or white, whichever reads better on it: one of them always has more than 4.58.
    pub(crate) fn ink(self) -> Self {
        if self.contrast(WHITE) >= self.contrast(BLACK) { WHITE } else { BLACK }
    }

    /// The colour, moved away from a ground until it has this contrast to it.
    pub(crate) fn beside(self, ground: Self, least: f64) -> Self {
        let end = ground.ink();
        let mixed = (0..=20).map(|step| self.towards(end, f64::from(step) / 20.0));
        mixed.into_iter().find(|colour| colour.contrast(ground) >= least).unwrap_or(end)
    }

    /// What lies between two colours: this one at 0, the other at 1.
    pub(crate) fn towards(self, other: Self, share: f64) -> Self {
        let (Self(from), Self(to)) = (self, other);
        let mut mixed = from;
        for (channel, (from, to)) in mixed.iter_mut().zip(from.into_iter().zip(to)) {
            *channel = (f64::from(from) + (f64::from(to) - f64::from(from)) * share).round() as u8;
        }
        Self(mixed)
    }

    /// Red, green and blue.
    pub(crate) fn rgb(self) -> [u8; 3] {
        self.0
    }

    /// Contrast ratio of WCAG, from 1 to 21.
    pub(crate) fn contrast(self, other: Self) -> f64 {
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
