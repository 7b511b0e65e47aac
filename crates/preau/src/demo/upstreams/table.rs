//! Tables of the demo's content: plain text, a line of headings, cells between bars.

/// Rows below the headings; cells missing at the end of a row are empty.
pub fn rows<const CELLS: usize>(table: &'static str) -> impl Iterator<Item = [&'static str; CELLS]> {
    table.lines().skip(1).filter(|line| !line.trim().is_empty()).map(|line| {
        let mut cells = line.split('|').map(str::trim);
        std::array::from_fn(|_| cells.next().unwrap_or_default())
    })
}
