//! Logs: to standard error, as text or JSON. Nothing personal is ever given to them.

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::ParseError;

use crate::settings::{Format, Log};

/// Parts of others that log what they were told, at any level: what a database says by itself (`raise warning`) may repeat a
/// person's question.
const UNSAID: [&str; 1] = ["sqlx::postgres::notice"];

/// Starts logging.
///
/// # Errors
/// The level is none.
pub(crate) fn start(log: &Log) -> Result<(), String> {
    let wrong = |error: ParseError| format!("log.level \"{}\": {error}", log.level);
    let mut filter = EnvFilter::try_new(&log.level).map_err(wrong)?;
    for part in UNSAID {
        filter = filter.add_directive(format!("{part}=off").parse().map_err(wrong)?);
    }
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false);
    match log.format {
        Format::Text => builder.with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr())).init(),
        Format::Json => builder.json().flatten_event(true).init(),
    }
    Ok(())
}
