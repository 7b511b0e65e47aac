//! Settings into structs, and what is wrong with them.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// A setting that cannot be right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingError {
    /// Its key, dotted from the table's top: `pagination.next`.
    pub key: String,
    /// Byte range within the value, where the value is an expression or a template.
    pub span: Option<std::ops::Range<usize>>,
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
}

/// Reads a table of settings.
///
/// # Errors
/// The first value that does not fit, by its key.
pub fn read<T: DeserializeOwned>(settings: Value) -> Result<T, Vec<SettingError>> {
    let table = settings.as_object().cloned().unwrap_or_default();
    serde_json::from_value(settings).map_err(|error| {
        let message = error.to_string();
        vec![wrong(&culprit::<T>(table, &message).unwrap_or_default(), message)]
    })
}

/// An error without a place or help.
#[must_use]
pub fn wrong(key: &str, message: impl Into<String>) -> SettingError {
    SettingError { key: key.to_owned(), span: None, message: message.into(), help: None }
}

/// The key that fails alone as it fails among the others.
fn culprit<T: DeserializeOwned>(table: Map<String, Value>, message: &str) -> Option<String> {
    let fails_so = |key: &String, value: Value| {
        let alone = serde_json::from_value::<T>(Value::Object(Map::from_iter([(key.clone(), value)])));
        alone.is_err_and(|error| error.to_string() == message)
    };
    if message.starts_with("missing field") {
        return None;
    }
    table.into_iter().find_map(|(key, value)| fails_so(&key, value).then_some(key))
}
