//! What surrounds the campuses on this machine: the settings' allowances and the process's environment.

use std::collections::BTreeMap;
use std::sync::Arc;

use campus::Surroundings;
use identity::Chance;
use outbound::{Outbound, Rules};

use crate::settings::Settings;

/// Surroundings under these settings; `extra` are variables that win over the environment's.
///
/// # Errors
/// An authority's file that cannot be read.
pub(crate) fn surroundings(
    settings: &Settings,
    extra: BTreeMap<String, String>,
    secrets_required: bool,
) -> Result<Surroundings, String> {
    let authorities = settings.outbound.authorities.iter().map(|path| {
        std::fs::read(path).map_err(|error| format!("outbound.authorities: {} cannot be read: {error}", path.display()))
    });
    let authorities = authorities.collect::<Result<Vec<_>, _>>()?;
    let private = settings.outbound.private.clone();
    let rules = move |campus: &str| Rules {
        private: ["*", campus].iter().filter_map(|who| private.get(*who)).flatten().copied().collect(),
        ..Rules::default()
    };
    Ok(Surroundings {
        outbound: Outbound::new(&authorities)?,
        rules: Arc::new(rules),
        directories: settings.directories.clone(),
        environment: Arc::new(move |name| extra.get(name).cloned().or_else(|| std::env::var(name).ok())),
        secrets_required,
    })
}

/// The machine's randomness.
#[expect(clippy::expect_used, reason = "without randomness there are no secrets, and nothing may go on")]
pub(crate) fn chance() -> Chance {
    Arc::new(|bytes| aws_lc_rs::rand::fill(bytes).expect("the machine's randomness"))
}
