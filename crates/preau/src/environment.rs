//! What surrounds the campuses on this machine: the settings' allowances and the process's environment.

use std::collections::BTreeMap;
use std::sync::Arc;

use campus::Surroundings;
use outbound::{HostPattern, Outbound, Rules};

use crate::settings::Settings;

/// Surroundings under these settings; `extra` are variables that win over the environment's.
///
/// # Errors
/// An authority's file that cannot be read, or a host that is none.
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
    let hosts = hosts(settings)?;
    let rules = move |campus: &str| Rules {
        hosts: hosts.clone(),
        private: ["*", campus].iter().filter_map(|who| private.get(*who)).flatten().copied().collect(),
        ..Rules::default()
    };
    Ok(Surroundings {
        outbound: Outbound::new(&authorities)?,
        rules: Arc::new(rules),
        directories: settings.directories.clone(),
        zone: settings.zone.clone(),
        environment: Arc::new(move |name| {
            // Préau's own variables hold keys that no school's declaration may name.
            let own = name.starts_with("PREAU_");
            extra.get(name).cloned().or_else(|| std::env::var(name).ok().filter(|_| !own))
        }),
        secrets_required,
    })
}

/// The hosts that may be reached from this server's zone; any where there are none.
fn hosts(settings: &Settings) -> Result<Vec<HostPattern>, String> {
    let zones = &settings.outbound.zones;
    let Some(zone) = &settings.zone else {
        return match zones.keys().next() {
            Some(zone) => {
                Err(format!("outbound.zones says what a zone may reach, and zone is not set: add zone = \"{zone}\""))
            }
            None => Ok(Vec::new()),
        };
    };
    let hosts = zones.get(zone).into_iter().flatten();
    hosts.map(|host| host.parse().map_err(|error| format!("outbound.zones: {error}"))).collect()
}
