//! The colour of a calendar, which RFC 7986 (5.9) names by a word of CSS.

use campus::Colour;

/// Words of CSS that stay apart from each other in a list of calendars.
const NAMED: [(&str, [u8; 3]); 20] = [
    ("black", [0, 0, 0]),
    ("gray", [128, 128, 128]),
    ("maroon", [128, 0, 0]),
    ("crimson", [220, 20, 60]),
    ("firebrick", [178, 34, 34]),
    ("tomato", [255, 99, 71]),
    ("chocolate", [210, 105, 30]),
    ("orange", [255, 165, 0]),
    ("gold", [255, 215, 0]),
    ("olive", [128, 128, 0]),
    ("forestgreen", [34, 139, 34]),
    ("darkgreen", [0, 100, 0]),
    ("teal", [0, 128, 128]),
    ("steelblue", [70, 130, 180]),
    ("royalblue", [65, 105, 225]),
    ("navy", [0, 0, 128]),
    ("indigo", [75, 0, 130]),
    ("rebeccapurple", [102, 51, 153]),
    ("orchid", [218, 112, 214]),
    ("deeppink", [255, 20, 147]),
];

/// The word whose colour is nearest to `#RRGGBB`.
pub(super) fn nearest(colour: &str) -> &'static str {
    let rgb = Colour::parse(colour).map_or([0; 3], Colour::rgb);
    let distance = |other: &[u8; 3]| -> u32 {
        rgb.iter().zip(other).map(|(one, other)| u32::from(one.abs_diff(*other)).pow(2)).sum()
    };
    NAMED.iter().min_by_key(|(_, other)| distance(other)).map_or("gray", |(name, _)| name)
}

#[cfg(test)]
mod tests {
    #[test]
    fn names_the_colour_that_people_would() {
        for (colour, name) in [("#0b6e8f", "teal"), ("#a33b20", "firebrick"), ("#6d3fa0", "rebeccapurple")] {
            assert_eq!(super::nearest(colour), name);
        }
    }
}
