//! Three cells on this machine, as three data centres would have them: a PostgreSQL and a node each, and ways in between.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{Method, StatusCode};
use jiff::Timestamp;
use journal::postgres::{Address as Site, Cell, Status, Watch};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::time::{Instant, sleep};

use super::database::{self, Database};
use super::disk::Disk;
use super::link::{Link, Way};
use super::node::{Address, Node};
use super::told;
use crate::cli::CellAction;
use crate::commands::cell::act;
use crate::demo::Demo;
use crate::node;
use crate::settings::Settings;

/// How many.
pub(super) const CELLS: usize = 3;

/// The campus that they serve.
pub(super) const CAMPUS: &str = "rivage";

/// All of it; dropped, it is gone.
pub(super) struct Cells {
    /// By cell.
    pub nodes: Vec<Node>,
    pub databases: Vec<Database>,
    cells: Vec<Cell>,
    links: BTreeMap<(usize, usize), Link>,
    /// The cell that has a small disk, where there can be one.
    pub disk: Option<(usize, Disk)>,
    demo: Demo,
    _folder: TempDir,
}

impl Cells {
    /// Starts three servers and sets up a cell at each, one of which may have a small disk; no node runs yet.
    ///
    /// # Errors
    /// Something that is needed is not on this machine.
    pub(super) async fn create(parent: Option<&Path>, small: bool) -> Result<Self, String> {
        let mut builder = tempfile::Builder::new();
        let builder = builder.prefix("preau-drill-");
        let made = parent.map_or_else(|| builder.tempdir(), |parent| builder.tempdir_in(parent));
        let folder = made.map_err(|error| format!("the drill's folder cannot be made: {error}"))?;
        // The databases run as another user, who has to get through.
        database::folder(folder.path()).await?;
        let demo = Demo::start(Timestamp::now()).await?;
        let ports = ports(CELLS * 2)?;
        let (databases, nodes) = ports.split_at(CELLS);
        let mut links = BTreeMap::new();
        for from in 0..CELLS {
            for (to, port) in databases.iter().enumerate().filter(|(to, _)| *to != from) {
                links.insert((from, to), Link::open(*port).await?);
            }
        }
        let folders: Vec<PathBuf> = (0..CELLS).map(|cell| folder.path().join(name(cell))).collect();
        for folder in &folders {
            database::folder(folder).await?;
        }
        let disk = folders.last().filter(|_| small).and_then(|folder| Disk::mount(folder));
        let disk = disk.map(|disk| (CELLS - 1, disk));
        let creating = folders.iter().zip(databases).map(|(folder, port)| Database::create(folder, *port));
        let databases = futures_util::future::try_join_all(creating).await?;
        let mut cells = Self { nodes: Vec::new(), databases, cells: Vec::new(), links, disk, demo, _folder: folder };
        let keys = identity::Keyring::generate(&crate::keys::chance());
        for (cell, (folder, port)) in folders.iter().zip(nodes).enumerate() {
            let own = folder.join("node");
            std::fs::create_dir_all(&own).map_err(told)?;
            std::fs::write(own.join("session.keys"), keys.as_bytes()).map_err(told)?;
            let file = own.join("preau.toml");
            std::fs::write(&file, cells.settings(cell, &own, *port)).map_err(told)?;
            let settings = Settings::load(Some(&file))?;
            cells.cells.push(settings.cell.as_ref().ok_or("no [cell]")?.resolve(&settings)?);
            let address = Address { port: *port, socket: own.join("admin.sock") };
            cells.nodes.push(Node::new(address, file, cells.demo.environment()));
        }
        for cell in 0..CELLS {
            cells.act(cell, &CellAction::Init { tune: true }).await?;
        }
        for cell in 0..CELLS {
            cells.act(cell, &CellAction::Join).await?;
        }
        Ok(cells)
    }

    /// Starts all nodes and publishes the campus at the first; returns when all serve it.
    ///
    /// # Errors
    /// They do not.
    pub(super) async fn publish(&mut self) -> Result<(), String> {
        for node in &mut self.nodes {
            node.start(0).await?;
        }
        let folder = self.demo.campus(Path::new(CAMPUS))?;
        let mut files = BTreeMap::new();
        collect(&folder, &folder, &mut files).map_err(told)?;
        let body = json!({ "campus": CAMPUS, "channel": "production", "files": files, "note": "drill", "by": "drill" });
        let (status, answer) = self.address(0)?.admin(Method::POST, "/publications", "", &body).await?;
        if status != StatusCode::OK {
            return Err(format!("{CAMPUS} was not published: {answer}"));
        }
        for cell in 0..CELLS {
            self.ready(cell).await?;
        }
        Ok(())
    }

    /// Waits until a node is ready.
    ///
    /// # Errors
    /// It takes too long.
    pub(super) async fn ready(&self, cell: usize) -> Result<(), String> {
        let end = Instant::now() + Duration::from_secs(30);
        while !matches!(self.address(cell)?.phone("localhost", "/readyz").await, Ok((StatusCode::OK, _))) {
            if Instant::now() > end {
                return Err(format!("{} is not ready", name(cell)));
            }
            sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }

    /// Where a node answers.
    pub(super) fn address(&self, cell: usize) -> Result<&Address, String> {
        self.nodes.get(cell).map(|node| &node.address).ok_or_else(|| none(cell))
    }

    pub(super) fn node(&mut self, cell: usize) -> Result<&mut Node, String> {
        self.nodes.get_mut(cell).ok_or_else(|| none(cell))
    }

    pub(super) fn database(&mut self, cell: usize) -> Result<&mut Database, String> {
        self.databases.get_mut(cell).ok_or_else(|| none(cell))
    }

    /// Sets the way on which a cell reaches the database of another.
    pub(super) fn set(&self, from: usize, to: usize, way: Way) {
        self.links.get(&(from, to)).into_iter().for_each(|link| link.set(way));
    }

    /// Does at a cell what `preau cell …` does there, and gives what it told.
    ///
    /// # Errors
    /// What the command says.
    pub(super) async fn act(&self, cell: usize, action: &CellAction) -> Result<Vec<String>, String> {
        let (own, database) = self.cells.get(cell).zip(self.databases.get(cell)).ok_or_else(|| none(cell))?;
        let admin = Site::parse(&database.admin_url(), Vec::new())?;
        let mut lines = Vec::new();
        act(own, &admin, action, &mut |line| lines.push(line.to_owned())).await?;
        Ok(lines)
    }

    /// What `preau cell status` shows at a cell.
    ///
    /// # Errors
    /// There is no such cell.
    pub(super) async fn status(&self, cell: usize) -> Result<Status, String> {
        let Cell { origin, database, peers, .. } = self.cells.get(cell).ok_or_else(|| none(cell))?;
        Ok(Watch::new(database, origin.clone(), peers, node::clock()).look().await)
    }

    /// What all cells hold, where all hold the same: journals row by row, and read models.
    ///
    /// # Errors
    /// How they differ.
    pub(super) async fn same(&self) -> Result<i64, String> {
        let held = futures_util::future::try_join_all(self.databases.iter().map(Database::held)).await?;
        let counts: Vec<_> = held.iter().map(|held| held.entries).collect();
        if held.iter().any(|held| held.conflicts > 0) {
            return Err("entries arrived under the number of another one: see preau.conflict".to_owned());
        }
        let [first, others @ ..] = held.as_slice() else { return Err("no cell".to_owned()) };
        if others.iter().any(|other| other != first) {
            return Err(format!("the journals hold {counts:?} entries, which are not the same"));
        }
        let mut models = BTreeSet::new();
        for (cell, node) in self.nodes.iter().enumerate() {
            let (_, state) = node.address.admin(Method::GET, "/state", "", &Value::Null).await?;
            let alarms = state.get("alarms").and_then(Value::as_array).map(Vec::len);
            if alarms != Some(0) {
                return Err(format!("the node of {} has an alarm: {state}", name(cell)));
            }
            models.insert(state.get("digest").map(Value::to_string));
        }
        if models.len() == 1 { Ok(first.entries) } else { Err("the read models differ".to_owned()) }
    }

    fn settings(&self, cell: usize, own: &Path, port: u16) -> String {
        let peers: String = self
            .links
            .iter()
            .filter(|((from, _), _)| *from == cell)
            .map(|((_, to), link)| format!("{} = \"postgres://peer:drill@127.0.0.1:{}/preau\"\n", name(*to), link.port))
            .collect();
        let database = self.databases.get(cell).map(Database::port).unwrap_or_default();
        let (own, files, name) = (own.display(), self.demo.folder().join("files"), name(cell));
        format!(
            "listen = \"127.0.0.1:{port}\"\nzone = \"eu\"\nadmin_socket = \"{own}/admin.sock\"\nstate = \"{own}/state\"\n\
             signing_key = \"{own}/signing.key\"\nsession_keys = \"{own}/session.keys\"\ndirectories = [\"{}\"]\n\
             outbound.private = {{ \"*\" = [\"127.0.0.0/8\"] }}\nvariables = {{ {CAMPUS} = [\"RIVAGE_*\"] }}\n\
             log.level = \"warn\"\n[cell]\nname = \"{name}\"\nurl = \"http://{{campus}}.localhost:{port}\"\n\
             database = \"postgres://preau:drill@127.0.0.1:{database}/preau\"\n\
             guest = {{ user = \"peer\", password = \"drill\" }}\n[cell.peers]\n{peers}",
            files.display(),
        )
    }
}

/// What a cell is called.
pub(super) fn name(cell: usize) -> String {
    format!("dc{}", cell + 1)
}

fn none(cell: usize) -> String {
    format!("there is no {}", name(cell))
}

/// Ports of this machine that nobody listens on. Those above are given to connections that go out: while a server is
/// down, one of them might take its port.
fn ports(count: usize) -> Result<Vec<u16>, String> {
    let own = u16::try_from(std::process::id().wrapping_mul(61) % 20_000).unwrap_or_default();
    let free = |port: &u16| std::net::TcpListener::bind((std::net::Ipv4Addr::LOCALHOST, *port)).is_ok();
    let ports: Vec<u16> = (10_000 + own..32_000).filter(free).take(count).collect();
    if ports.len() == count { Ok(ports) } else { Err("no ports are free below 32000".to_owned()) }
}

/// The files of a folder, in base64, by their paths in it.
fn collect(root: &Path, folder: &Path, files: &mut BTreeMap<String, String>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(root, &path, files)?;
        } else if let Some(name) = path.strip_prefix(root).ok().and_then(Path::to_str) {
            files.insert(name.to_owned(), STANDARD.encode(std::fs::read(&path)?));
        }
    }
    Ok(())
}
