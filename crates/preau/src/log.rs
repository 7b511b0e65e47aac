//! Logs: to standard error, as text or JSON, one line an event. Nothing personal is ever given to them.

use std::fmt::Write as _;
use std::io::{self, IsTerminal, Write};

use tracing_subscriber::filter::ParseError;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, Registry};

use crate::settings::{Format, Log};
use crate::telemetry::Telemetry;

/// Parts of others that log what they were told, at any level: what a database says by itself (`raise warning`) may repeat a
/// person's question.
const UNSAID: [&str; 1] = ["sqlx::postgres::notice"];

/// Starts logging, and tracing where that is wanted.
///
/// # Errors
/// The level is none.
pub(crate) fn start(log: &Log, telemetry: Option<&Telemetry>) -> Result<(), String> {
    let wrong = |error: ParseError| format!("log.level \"{}\": {error}", log.level);
    let mut filter = EnvFilter::try_new(&log.level).map_err(wrong)?;
    for part in UNSAID {
        filter = filter.add_directive(format!("{part}=off").parse().map_err(wrong)?);
    }
    let colours = log.format == Format::Text && io::stderr().is_terminal();
    let lines = tracing_subscriber::fmt::layer()
        .with_ansi(colours)
        .with_target(false)
        .with_writer(move || Lines { to: io::stderr(), colours });
    let lines: Box<dyn Layer<Registry> + Send + Sync> = match log.format {
        Format::Text => Box::new(lines.with_filter(filter)),
        Format::Json => Box::new(lines.json().flatten_event(true).with_filter(filter)),
    };
    tracing_subscriber::registry().with(lines).with(telemetry.map(Telemetry::layer)).init();
    Ok(())
}

/// Writes each event as one line, whatever upstreams and clients put into it: no character of theirs begins another line,
/// drives a terminal or turns the reading direction.
struct Lines<W> {
    to: W,
    /// Whether there are colours in it, which are all that a terminal is told.
    colours: bool,
}

impl<W: Write> Write for Lines<W> {
    /// Is given whole events.
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(event);
        let text = text.strip_suffix('\n').unwrap_or(&text);
        let mut line = String::with_capacity(text.len() + 1);
        for (place, c) in text.char_indices() {
            match c {
                '\u{1b}' if self.colours && text.get(place..).is_some_and(is_colour) => line.push(c),
                _ if is_foul(c) => drop(write!(line, "\\u{:04x}", u32::from(c))),
                _ => line.push(c),
            }
        }
        line.push('\n');
        self.to.write_all(line.as_bytes())?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

/// Whether a text begins with an order to change colour: `ESC [`, digits, `m`.
fn is_colour(text: &str) -> bool {
    let order = text.strip_prefix("\u{1b}[").map(|rest| rest.trim_start_matches(|c: char| c.is_ascii_digit()));
    order.is_some_and(|end| end.starts_with('m'))
}

/// Control characters, separators of lines, and marks of direction (UAX 9).
fn is_foul(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<u8>>>);

    impl Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// What somebody would have us believe, in each place of an event.
    const FORGED: &str = "a\r\n2026-10-05T08:00:00Z ERROR forged\u{1b}[2K\u{9b}31m\u{202e}b\u{2028}c\u{7}\u{0}\"}\n{\"level\":\"ERROR\"}";

    fn logged(json: bool, colours: bool) -> String {
        let kept = Kept::default();
        let to = kept.clone();
        let layer =
            tracing_subscriber::fmt::layer().with_ansi(colours).with_writer(move || Lines { to: to.clone(), colours });
        let layer: Box<dyn Layer<Registry> + Send + Sync> =
            if json { Box::new(layer.json().flatten_event(true)) } else { Box::new(layer) };
        tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), || {
            let span = tracing::info_span!("source", site = FORGED, other = %FORGED);
            span.in_scope(|| tracing::warn!(text = FORGED, shown = %FORGED, debug = ?FORGED, "{FORGED}"));
        });
        String::from_utf8(kept.0.lock().unwrap().clone()).unwrap()
    }

    #[test]
    fn nobody_writes_a_line_of_ours() {
        for (json, colours) in [(false, false), (false, true), (true, false)] {
            let text = logged(json, colours);
            assert_eq!(text.matches('\n').count(), 1, "{text:?}");
            let line = text.strip_suffix('\n').unwrap();
            let orders = line.match_indices('\u{1b}').map(|(place, _)| is_colour(&line[place..]));
            assert!(orders.into_iter().all(|colour| colour && colours), "{line:?}");
            assert!(line.chars().all(|c| c == '\u{1b}' || !is_foul(c)), "{line:?}");
            assert!(line.contains("forged"), "{line:?}");
            if json {
                let object: serde_json::Value = serde_json::from_str(line).unwrap();
                assert_eq!((&object["level"], &object["text"]), (&"WARN".into(), &FORGED.into()), "{line}");
            }
        }
    }
}
