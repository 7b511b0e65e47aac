//! A setting that must not be printed: passwords, keys, and addresses that carry them.

use std::borrow::Cow;
use std::fmt;

/// A resolved setting whose value never shows. In campus.toml it is a text, `{ env = "NAME" }` or `{ file = "PATH" }`;
/// the latter two are resolved before it is read.
#[derive(Clone, PartialEq, Eq, serde::Deserialize)]
pub struct Secret(String);

impl Secret {
    /// A secret of this text.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text, for the request it belongs into.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

impl schemars::JsonSchema for Secret {
    fn schema_name() -> Cow<'static, str> {
        "Secret".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "A text, `{ env = \"NAME\" }` or `{ file = \"PATH\" }`",
            "anyOf": [
                { "type": "string" },
                reference("env", "The environment variable that holds it."),
                reference("file", "The file that holds it, in the campus folder or in a directory that the operator opened."),
            ]
        })
    }
}

fn reference(how: &str, about: &str) -> serde_json::Value {
    serde_json::json!({
        "type": "object",
        "properties": { how: { "type": "string", "description": about } },
        "required": [how],
        "additionalProperties": false
    })
}
