//! Logs: to standard error, as text or JSON. Nothing personal is ever given to them.

use tracing_subscriber::EnvFilter;

use crate::settings::{Format, Log};

/// Starts logging.
///
/// # Errors
/// The level is none.
pub(crate) fn start(log: &Log) -> Result<(), String> {
    let filter = EnvFilter::try_new(&log.level).map_err(|error| format!("log.level \"{}\": {error}", log.level))?;
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false);
    match log.format {
        Format::Text => builder.with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr())).init(),
        Format::Json => builder.json().flatten_event(true).init(),
    }
    Ok(())
}
