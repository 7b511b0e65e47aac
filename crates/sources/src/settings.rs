//! Settings into a connector's structs, and what is wrong with them.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::SettingError;

/// Reads a table of settings; an error names the key whose value is at fault.
pub(crate) fn read<T: DeserializeOwned>(settings: Value) -> Result<T, Vec<SettingError>> {
    let table = settings.as_object().cloned().unwrap_or_default();
    serde_json::from_value(settings).map_err(|error| {
        let message = error.to_string();
        vec![wrong(&culprit::<T>(table, &message).unwrap_or_default(), message)]
    })
}

/// An error without a place or help.
pub(crate) fn wrong(key: &str, message: impl Into<String>) -> SettingError {
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
