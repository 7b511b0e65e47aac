//! The app's icon where a campus has none of its own: a roof over columns, in the campus's colour.

use bytes::Bytes;
use campus::Colour;
use web::File;

use super::png;

/// An icon: what its address ends with, its side in pixels, its form.
pub(super) struct Icon {
    pub name: &'static str,
    pub side: u32,
    pub form: Form,
}

/// What surrounds the sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// A square with round corners.
    Any,
    /// A whole square that systems cut as they like; what is outside of the middle four fifths may be lost
    /// (<https://www.w3.org/TR/appmanifest/#icon-masks>).
    Maskable,
    /// A whole square whose corners the system rounds.
    Apple,
}

/// All that are drawn.
pub(super) const ICONS: [Icon; 4] = [
    Icon { name: "any-192.png", side: 192, form: Form::Any },
    Icon { name: "any-512.png", side: 512, form: Form::Any },
    Icon { name: "maskable-512.png", side: 512, form: Form::Maskable },
    Icon { name: "apple-180.png", side: 180, form: Form::Apple },
];

/// Of a square of side 1: how round its corners are, the corners of the roof, and the columns.
const ROUND: f64 = 0.22;
const ROOF: [(f64, f64); 3] = [(0.5, 0.235), (0.815, 0.425), (0.185, 0.425)];
const COLUMNS: [f64; 3] = [0.295, 0.5, 0.705];
const COLUMN: (f64, f64) = (0.045, 0.12);
const MIDDLE: f64 = 0.62;
/// Round edges of the sign.
const SOFT: f64 = 0.025;

impl Icon {
    /// The icon in a colour.
    pub(super) fn draw(&self, colour: Colour) -> File {
        let (ground, ink, side) = (colour, colour.ink(), f64::from(self.side));
        let scale = if self.form == Form::Maskable { 0.85 } else { 1.0 };
        let pixel = |x: u32, y: u32| {
            let (x, y) = ((f64::from(x) + 0.5) / side, (f64::from(y) + 0.5) / side);
            let within =
                if self.form == Form::Any { cover(block(x, y, (0.5, 0.5), (0.5, 0.5), ROUND), side) } else { 1.0 };
            let (x, y) = ((x - 0.5) / scale + 0.5, (y - 0.5) / scale + 0.5);
            let [red, green, blue] = ground.towards(ink, cover(sign(x, y), side * scale)).rgb();
            [red, green, blue, share(within)]
        };
        File::new("image/png", Bytes::from(png::square(self.side, pixel)))
    }
}

/// The icon as a drawing, of any size.
pub(super) fn svg(colour: Colour) -> String {
    let thousandth = |length: f64| (length * 1000.0).round();
    let [(a, b), (c, d), (e, f)] = ROOF.map(|(x, y)| (thousandth(x), thousandth(y)));
    let (width, height, soft) = (thousandth(2.0 * COLUMN.0), thousandth(2.0 * COLUMN.1), thousandth(SOFT));
    let top = thousandth(MIDDLE - COLUMN.1);
    let columns: String = COLUMNS
        .iter()
        .map(|x| {
            format!(
                "<rect x=\"{}\" y=\"{top}\" width=\"{width}\" height=\"{height}\" rx=\"{soft}\"/>",
                thousandth(x - COLUMN.0)
            )
        })
        .collect();
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 1000 1000\"><rect width=\"1000\" height=\"1000\" rx=\"{}\" \
         fill=\"{colour}\"/><g fill=\"{ink}\"><path d=\"M{a} {b}L{c} {d}L{e} {f}Z\" stroke=\"{ink}\" stroke-width=\"{}\" \
         stroke-linejoin=\"round\"/>{columns}</g></svg>",
        thousandth(ROUND),
        2.0 * soft,
        ink = colour.ink(),
    )
}

/// How far a point is from the sign; less than nothing within.
fn sign(x: f64, y: f64) -> f64 {
    let columns = COLUMNS.map(|middle| block(x, y, (middle, MIDDLE), COLUMN, SOFT));
    columns.into_iter().fold(roof(x, y), f64::min)
}

/// The same of the roof, a triangle whose edges are `SOFT` further out.
fn roof(x: f64, y: f64) -> f64 {
    let [first, second, third] = ROOF;
    let beyond = |(ax, ay): (f64, f64), (bx, by): (f64, f64)| {
        let (dx, dy) = (bx - ax, by - ay);
        ((x - ax) * dy - (y - ay) * dx) / dx.hypot(dy)
    };
    let edges = [(first, second), (second, third), (third, first)].map(|(from, to)| beyond(from, to));
    let inside = edges.into_iter().fold(f64::MIN, f64::max);
    if inside <= 0.0 {
        return inside - SOFT;
    }
    let along = |(ax, ay): (f64, f64), (bx, by): (f64, f64)| {
        let (dx, dy) = (bx - ax, by - ay);
        let place = (((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy)).clamp(0.0, 1.0);
        (x - ax - place * dx).hypot(y - ay - place * dy)
    };
    let edges = [(first, second), (second, third), (third, first)].map(|(from, to)| along(from, to));
    edges.into_iter().fold(f64::MAX, f64::min) - SOFT
}

/// The same of a block around a middle, of half this width and height, with round corners.
fn block(x: f64, y: f64, (cx, cy): (f64, f64), (width, height): (f64, f64), round: f64) -> f64 {
    let (dx, dy) = ((x - cx).abs() - width + round, (y - cy).abs() - height + round);
    dx.max(0.0).hypot(dy.max(0.0)) + dx.max(dy).min(0.0) - round
}

/// How much of a pixel lies within, by the distance of its middle.
fn cover(distance: f64, side: f64) -> f64 {
    (0.5 - distance * side).clamp(0.0, 1.0)
}

fn share(part: f64) -> u8 {
    (part * 255.0).round() as u8
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use std::io::Read;

    use super::*;

    /// The pixels of a picture that this crate wrote.
    fn pixels(png: &[u8], side: usize) -> Vec<[u8; 4]> {
        let length = u32::from_be_bytes(png[33..37].try_into().unwrap()) as usize;
        assert_eq!((&png[..8], &png[12..16], &png[37..41]), (&b"\x89PNG\r\n\x1a\n"[..], &b"IHDR"[..], &b"IDAT"[..]));
        let mut lines = Vec::new();
        flate2::read::ZlibDecoder::new(&png[41..41 + length]).read_to_end(&mut lines).unwrap();
        assert_eq!(lines.len(), side * (4 * side + 1));
        lines.chunks(4 * side + 1).flat_map(|line| line[1..].chunks(4)).map(|pixel| pixel.try_into().unwrap()).collect()
    }

    #[test]
    fn draws_the_sign_in_ink_upon_the_colour_and_leaves_round_corners_empty() {
        let colour = Colour::parse("#0b6e8f").unwrap();
        for icon in &ICONS {
            let (file, side) = (icon.draw(colour), icon.side as usize);
            let pixels = pixels(&file.plain, side);
            let at = |x: f64, y: f64| pixels[(y * side as f64) as usize * side + (x * side as f64) as usize];
            assert_eq!(at(0.0, 0.0)[3], if icon.form == Form::Any { 0 } else { 255 }, "{}", icon.name);
            assert_eq!(at(0.5, 0.1), [0x0b, 0x6e, 0x8f, 255], "{}", icon.name);
            assert_eq!(at(0.5, 0.6), [255, 255, 255, 255], "{}", icon.name);
            let inked = pixels.iter().filter(|pixel| pixel[..3] == [255, 255, 255]).count() * 100 / pixels.len();
            assert!((6..25).contains(&inked), "{}: {inked} %", icon.name);
        }
    }

    #[test]
    fn what_systems_may_cut_off_holds_nothing_of_the_sign() {
        let pixels = pixels(&ICONS[2].draw(Colour::CALM).plain, 512);
        for (place, pixel) in pixels.iter().enumerate() {
            let (x, y) = ((place % 512) as f64 - 255.5, (place / 512) as f64 - 255.5);
            assert!(x.hypot(y) < 0.4 * 512.0 || *pixel == pixels[0], "{x} {y}");
        }
    }
}
