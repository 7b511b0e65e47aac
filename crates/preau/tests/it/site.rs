//! A server with two campuses, for a test of its own: settings, declarations, socket and key in one folder.

use std::net::SocketAddr;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::client::{Answer, ask, get};
use crate::process::{Ended, Preau};

/// Files of a server.
pub struct Site {
    folder: TempDir,
}

/// The server, running.
pub struct Serving {
    pub preau: Preau,
    pub address: SocketAddr,
}

/// A public data set `links` from a source `portal`; `{…}` are replaced by [`Site::declare`].
const DECLARATION: &str = r#"
name = "{name}"
zone = "eu"
timezone = "Europe/Paris"
languages = ["fr"]

[sources.portal]
connector = "http"
url = "{url}"

[data.links]
source = "portal"
path = "links.json"
audience = "public"

[data.links.map]
each = ".[]"
id = ".id"
title = ".title"
url = ".url"
"#;

impl Site {
    /// The campuses `lac` and `mont`, whose systems answer at this address. `settings` are added to those that give the
    /// server a free port and files of its own.
    pub fn new(upstream: &str, settings: &str) -> Self {
        let site = Self::empty(settings);
        for (id, name) in [("lac", "Université du Lac"), ("mont", "École du Mont")] {
            site.declare(id, &declaration(name, upstream));
        }
        site
    }

    /// No campus yet.
    pub fn empty(settings: &str) -> Self {
        let site = Self { folder: tempfile::tempdir().unwrap() };
        let own = site.folder.path().display();
        site.write(
            "preau.toml",
            &format!(
                "listen = \"127.0.0.1:0\"\nadmin_socket = \"{own}/admin.sock\"\nsigning_key = \"{own}/signing.key\"\n\
                 session_keys = \"{own}/session.keys\"\noutbound.private = {{ \"*\" = [\"127.0.0.0/8\"] }}\n{settings}"
            ),
        );
        site
    }

    pub fn declare(&self, id: &str, declaration: &str) {
        self.write(&format!("campuses/{id}/campus.toml"), declaration);
    }

    pub fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn text(&self, name: &str) -> String {
        self.path(name).display().to_string()
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Starts the server.
    pub fn serve(&self) -> Serving {
        self.serve_with(&[], &[])
    }

    /// Starts the server with more flags and variables, in its own folder.
    pub fn serve_with(&self, flags: &[&str], variables: &[(&str, &str)]) -> Serving {
        let preau = self.start_with(flags, variables);
        let line = preau.err.line_with("serving");
        let address = line.split('"').find_map(|word| word.parse().ok()).expect("an address");
        Serving { preau, address }
    }

    /// Starts the server with more flags.
    pub fn start(&self, flags: &[&str]) -> Preau {
        self.start_with(flags, &[])
    }

    fn start_with(&self, flags: &[&str], variables: &[(&str, &str)]) -> Preau {
        let (campuses, settings) = (self.text("campuses"), self.text("preau.toml"));
        let arguments = [&["serve", "--campuses", &campuses, "--settings", &settings], flags].concat();
        Preau::start_in(self.folder(), &arguments, variables)
    }

    /// What its admin socket answers.
    pub fn admin(&self, path: &str) -> Answer {
        let answer = ask(&mut UnixStream::connect(self.path("admin.sock")).unwrap(), "admin", path);
        assert_eq!(answer.status, 200, "{answer:?}");
        answer
    }

    /// Runs `preau cache …` or `preau status` against it.
    pub fn command(&self, arguments: &[&str]) -> Ended {
        Preau::run(&[arguments, &["--admin-socket", &self.text("admin.sock")]].concat())
    }
}

impl Serving {
    pub fn get(&self, campus: &str, path: &str) -> Answer {
        get(self.address, &format!("{campus}.localhost"), path)
    }
}

/// A campus of this name, whose system answers at this address.
pub fn declaration(name: &str, upstream: &str) -> String {
    DECLARATION.replace("{name}", name).replace("{url}", upstream)
}
