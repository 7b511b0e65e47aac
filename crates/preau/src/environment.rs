//! What surrounds the campuses on this machine: the settings' allowances and the process's environment.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use campus::{Origin, Surroundings};
use outbound::{HostPattern, Outbound, Rules};

use crate::settings::Settings;

/// Surroundings under these settings; `extra` are variables that win over the environment's.
///
/// # Errors
/// A setting that cannot be right, by its name.
pub(crate) fn surroundings(
    settings: &Settings,
    extra: BTreeMap<String, String>,
    secrets_required: bool,
) -> Result<Surroundings, String> {
    let authorities = authorities(settings)?;
    let private = settings.outbound.private.clone();
    let hosts = hosts(settings)?;
    let variables = Variables::new(settings.variables.clone(), extra)?;
    let rules = move |campus: &str| Rules {
        hosts: hosts.clone(),
        private: ["*", campus].iter().filter_map(|who| private.get(*who)).flatten().copied().collect(),
        ..Rules::default()
    };
    Ok(Surroundings {
        outbound: Outbound::new(&authorities)?.with_egress(settings.outbound.egress.clone()),
        rules: Arc::new(rules),
        directories: settings.directories.clone(),
        zone: settings.zone.clone(),
        environment: Arc::new(move |campus, origin, name| variables.get(campus, origin, name)),
        secrets_required,
    })
}

/// The authorities that the operator adds to the machine's (PEM).
pub(crate) fn authorities(settings: &Settings) -> Result<Vec<Vec<u8>>, String> {
    let read = |path: &PathBuf| {
        std::fs::read(path).map_err(|error| format!("outbound.authorities: {} cannot be read: {error}", path.display()))
    };
    settings.outbound.authorities.iter().map(read).collect()
}

/// The hosts that may be reached from this server's zone; any where there are none.
pub(crate) fn hosts(settings: &Settings) -> Result<Vec<HostPattern>, String> {
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

/// Environment variables, and which campus may have them.
struct Variables {
    /// Names and beginnings of names, by campus.
    bound: BTreeMap<String, Vec<String>>,
    /// Variables that win over the environment's.
    extra: BTreeMap<String, String>,
}

/// Préau's own variables hold keys that no school's declaration may name.
const OWN: &str = "PREAU_";

impl Variables {
    fn new(bound: BTreeMap<String, Vec<String>>, extra: BTreeMap<String, String>) -> Result<Self, String> {
        for pattern in bound.values().flatten() {
            let name = pattern.strip_suffix('*').unwrap_or(pattern);
            if name.starts_with(OWN) || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
                return Err(format!(
                    "variables: \"{pattern}\" cannot be given to a campus: write a name, or how names begin and \"*\"; those of {OWN}… are Préau's"
                ));
            }
        }
        Ok(Self { bound, extra })
    }

    fn get(&self, campus: &str, origin: Origin, name: &str) -> Result<Option<String>, String> {
        let mut bound = ["*", campus].into_iter().filter_map(|who| self.bound.get(who)).flatten();
        let is_bound = bound.any(|pattern| match pattern.strip_suffix('*') {
            Some(beginning) => name.starts_with(beginning),
            None => name == pattern,
        });
        if origin == Origin::Publication && !is_bound {
            return Err(format!("the operator can bind it in preau.toml, [variables]: {campus} = [\"{name}\"]"));
        }
        let given = || std::env::var(name).ok().filter(|_| !name.starts_with(OWN));
        Ok(self.extra.get(name).cloned().or_else(given))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn variables(bound: &[(&str, &[&str])]) -> Result<Variables, String> {
        let texts = |texts: &[&str]| texts.iter().map(ToString::to_string).collect();
        let bound = bound.iter().map(|(campus, names)| ((*campus).to_owned(), texts(names))).collect();
        let extra =
            ["LAC_URL", "LAC_LOGIN_SECRET", "MONT_URL", "PROXY"].map(|name| (name.to_owned(), "here".to_owned()));
        Variables::new(bound, extra.into())
    }

    #[test]
    fn a_publication_may_name_what_the_operator_bound_to_its_campus() {
        let variables = variables(&[("lac", &["LAC_URL", "LAC_LOGIN_*"]), ("*", &["PROXY"])]).unwrap();
        let asked = |campus: &str, name: &str| variables.get(campus, Origin::Publication, name);
        for name in ["LAC_URL", "LAC_LOGIN_SECRET", "PROXY"] {
            assert_eq!(asked("lac", name), Ok(Some("here".to_owned())), "{name}");
        }
        assert_eq!(asked("lac", "LAC_LOGIN_NONE"), Ok(None));
        let remedy = "the operator can bind it in preau.toml, [variables]: mont = [\"LAC_URL\"]";
        assert_eq!(asked("mont", "LAC_URL"), Err(remedy.to_owned()));
        for name in ["MONT_URL", "LAC_URL2", "LAC_LOGI", "PATH", "PREAU_SESSION_KEYS"] {
            assert!(asked("lac", name).is_err(), "{name}");
        }
    }

    #[test]
    fn a_folder_of_this_machine_may_name_any_but_ours() {
        let variables = variables(&[]).unwrap();
        assert_eq!(variables.get("lac", Origin::Folder, "MONT_URL"), Ok(Some("here".to_owned())));
        assert!(variables.get("lac", Origin::Folder, "PATH").unwrap().is_some());
        assert_eq!(variables.get("lac", Origin::Folder, "PREAU_SESSION_KEYS"), Ok(None));
    }

    #[test]
    fn our_own_variables_are_bound_to_nobody() {
        for pattern in ["PREAU_SESSION_KEYS", "PREAU_*", "*LAC", "A B", "A*B"] {
            assert!(variables(&[("lac", &[pattern])]).is_err_and(|error| error.contains(pattern)), "{pattern}");
        }
        let all = variables(&[("lac", &["*"])]).unwrap();
        assert_eq!(all.get("lac", Origin::Publication, "PREAU_SESSION_KEYS"), Ok(None));
    }

    #[test]
    fn hosts_of_a_zone_need_a_zone() {
        let mut settings = Settings::load(None).unwrap();
        settings.outbound.zones = BTreeMap::from([("eu".to_owned(), vec!["*.univ-demo.fr".to_owned()])]);
        let refusal = hosts(&settings).unwrap_err();
        assert!(refusal.ends_with("add zone = \"eu\""), "{refusal}");
        settings.zone = Some("eu".to_owned());
        assert_eq!(hosts(&settings).unwrap(), ["*.univ-demo.fr".parse().unwrap()]);
        settings.zone = Some("ch".to_owned());
        assert!(hosts(&settings).unwrap().is_empty());
        settings.outbound.zones.insert("ch".to_owned(), vec!["https://univ-demo.ch".to_owned()]);
        assert!(hosts(&settings).unwrap_err().contains("outbound.zones: \"https://univ-demo.ch\""));
    }
}
