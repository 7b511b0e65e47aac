//! `[cell]`: one cell of several, its database and its peers.

use std::collections::BTreeMap;

use journal::Origin;
use journal::postgres::{self, Address, Login, Peer};
use serde::Deserialize;

use super::{Hidden, Settings};

/// A cell, as it is written.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Cell {
    pub name: Origin,
    pub url: String,
    database: Hidden,
    guest: Guest,
    #[serde(default)]
    peers: BTreeMap<Origin, Hidden>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Guest {
    user: String,
    password: Hidden,
}

impl Cell {
    /// The cell with what its settings refer to.
    ///
    /// # Errors
    /// Which setting leads nowhere, or is no address; never what it holds.
    pub(crate) fn resolve(&self, settings: &Settings) -> Result<postgres::Cell, String> {
        let [id, host] = gateway::Cell::HOLES;
        let once = self.url.matches(id).count() + self.url.matches(host).count() == 1;
        let whole = self.url.replace(id, "campus").replace(host, "campus").parse::<url::Url>();
        if !once || !whole.is_ok_and(|url| url.host().is_some()) {
            let (url, name) = (&self.url, &self.name);
            return Err(format!(
                "cell.url: \"{url}\" is no address with either {id} or {host} in it: write https://{id}.{name}.preau.example, or \
                 https://{name}.{host}"
            ));
        }
        let mut trusted = sources::machine_authorities().to_owned().into_bytes();
        for path in &settings.outbound.authorities {
            let wrong = |error| format!("outbound.authorities: {} cannot be read: {error}", path.display());
            trusted.extend(std::fs::read(path).map_err(wrong)?);
        }
        let address = |key: &str, hidden: &Hidden| {
            let text = hidden.find(key)?;
            Address::parse(&text, trusted.clone()).map_err(|error| format!("{key}: {error}"))
        };
        let mut peers = Vec::new();
        for (origin, hidden) in &self.peers {
            if *origin == self.name {
                return Err(format!("cell.peers: {origin} is this cell itself: name the others"));
            }
            peers.push(Peer { origin: origin.clone(), address: address(&format!("cell.peers.{origin}"), hidden)? });
        }
        let password = self.guest.password.find("cell.guest.password")?;
        let guest = Login { user: self.guest.user.clone(), password };
        Ok(postgres::Cell {
            origin: self.name.clone(),
            database: address("cell.database", &self.database)?,
            guest,
            peers,
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn resolve(text: &str) -> Result<postgres::Cell, String> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("preau.toml");
        std::fs::write(&file, text.replace("FOLDER", &folder.path().display().to_string())).unwrap();
        std::fs::write(folder.path().join("peer"), "postgres://peer:hidden@127.0.0.1:6002/preau\n").unwrap();
        let settings = Settings::load(Some(&file))?;
        settings.cell.as_ref().unwrap().resolve(&settings)
    }

    const CELL: &str = "[cell]\nname = \"dc1\"\nurl = \"https://{campus}.dc1.preau.example\"\n\
        database = \"postgres://preau:hidden@127.0.0.1/preau\"\nguest = { user = \"peer\", password = \"hidden\" }\n\
        peers = { dc2 = { file = \"FOLDER/peer\" } }\n";

    #[test]
    fn a_cell_is_read_and_its_passwords_never_show() {
        let cell = resolve(CELL).unwrap();
        assert_eq!((cell.origin.as_str(), cell.peers.len()), ("dc1", 1));
        assert!(!format!("{cell:?}").contains("hidden"));
    }

    #[test]
    fn a_mistake_is_told_by_its_key_and_without_the_secret() {
        for (from, to, told) in [
            ("https://{campus}.", "https://", "cell.url"),
            ("https://{campus}.", "https://{campus}.{host}.", "cell.url"),
            ("\"dc1\"", "\"DC1\"", "cell's name"),
            ("dc2 =", "dc1 =", "is this cell itself"),
            ("postgres://preau:hidden@127.0.0.1/preau", "hidden", "cell.database"),
            ("{ file = \"FOLDER/peer\" }", "{ env = \"PREAU_NO_SUCH\" }", "cell.peers.dc2: the environment variable"),
            ("{ file = \"FOLDER/peer\" }", "{ hidden = 1 }", "a text, { env"),
            ("/preau\"\nguest", "/preau\nguest", ":4: "),
        ] {
            let error = resolve(&CELL.replacen(from, to, 1)).unwrap_err();
            assert!(error.contains(told) && !error.contains("hidden"), "{from}: {error}");
        }
    }
}
