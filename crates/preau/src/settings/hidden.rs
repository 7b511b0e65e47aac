//! Secrets of the operator's settings, or where they are.

use std::path::PathBuf;

use ::settings::Secret;
use serde::Deserialize;

/// A secret, or where it is.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged, expecting = "a text, { env = \"NAME\" } or { file = \"PATH\" }")]
pub(crate) enum Hidden {
    Text(Secret),
    Variable { env: String },
    File { file: PathBuf },
}

impl Hidden {
    /// The secret itself; `key` names the setting.
    ///
    /// # Errors
    /// The setting leads nowhere; never what it holds.
    pub(crate) fn find(&self, key: &str) -> Result<String, String> {
        match self {
            Self::Text(secret) => Ok(secret.expose().to_owned()),
            Self::Variable { env } => {
                std::env::var(env).map_err(|_| format!("{key}: the environment variable {env} is not set"))
            }
            Self::File { file } => std::fs::read_to_string(file)
                .map(|text| text.trim().to_owned())
                .map_err(|error| format!("{key}: {} cannot be read: {error}", file.display())),
        }
    }
}
