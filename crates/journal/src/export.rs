//! The audit trail as a table that a spreadsheet opens (RFC 4180).

use serde_json::Value;

use crate::Past;

const COLUMNS: [&str; 7] = ["at", "campus", "what", "before", "after", "who", "version"];

impl Past {
    /// The first line of a table.
    #[must_use]
    pub fn csv_head() -> String {
        line(COLUMNS)
    }

    /// Its line of a table.
    #[must_use]
    pub fn csv(&self) -> String {
        let text = |value: &Value| if value.is_null() { String::new() } else { value.to_string() };
        line([
            &self.at.to_string(),
            self.campus.as_deref().unwrap_or_default(),
            &self.key.to_string(),
            &text(&self.before),
            &text(&self.value),
            &self.by,
            &self.version.to_string(),
        ])
    }
}

fn line(cells: [&str; COLUMNS.len()]) -> String {
    cells.map(cell).join(",") + "\r\n"
}

/// A cell in quotes; what a spreadsheet would compute is kept from it by an apostrophe.
fn cell(text: &str) -> String {
    let computed = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    format!("\"{}{}\"", if computed { "'" } else { "" }, text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spreadsheet_computes_nothing_of_it() {
        assert_eq!(
            line(["=1+1", "a\"b", "", "-x", "@y", "+z", "ok"]),
            "\"'=1+1\",\"a\"\"b\",\"\",\"'-x\",\"'@y\",\"'+z\",\"ok\"\r\n"
        );
    }
}
