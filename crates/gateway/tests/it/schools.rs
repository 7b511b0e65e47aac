//! Two schools behind one gateway, under a clock that only the test moves.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::response::Response;
use campus::{Campuses, Surroundings};
use gateway::{Api, Cell, Gateway, Identity, Parts, Peer, Revoked, SigningKey};
use http::request::Builder;
use http::{HeaderMap, Request};
use identity::{Chance, Handle, Keyring, Sessions, Staff};
use jiff::Timestamp;
use journal::{Ack, Durability, Entry, Fact, Failure, Head, Hybrid, Journal, Record, SqliteJournal, State, Stream};
use outbound::{Outbound, Rules};
use serde_json::{Value, json};
use tempfile::TempDir;
use tower::ServiceExt;
use url::form_urlencoded;
use web::Web;

/// The two campuses of every scenario: what one of them answers never holds the other's [`mark`].
pub const CAMPUSES: [&str; 2] = ["rivage", "colline"];

/// When every scenario begins.
pub const BEGINNING: &str = "2026-10-05T08:00:00Z";

/// A word that a campus's records hold and no other campus's may.
pub fn mark(campus: &str) -> String {
    format!("mark-of-{campus}")
}

/// One gateway for both campuses.
pub struct Schools {
    pub api: Api,
    admin: Router,
    /// Of another process of the same installation: the same keys, the same list of who signed out.
    pub sessions: Sessions,
    pub state: Arc<State>,
    /// Whether the journal's database is away.
    pub away: Arc<AtomicBool>,
    pub gateway: Arc<Gateway>,
    campuses: Arc<Campuses>,
    folder: TempDir,
    address: &'static str,
    now: Arc<AtomicI64>,
}

/// A build of the app, in small.
fn app() -> [(String, Bytes); 6] {
    let page = "<!doctype html><html lang=\"%PREAU_LANG%\"><title>%PREAU_TITLE%</title>%PREAU_HEAD%<p>%PREAU_NAME%</p>";
    let script = "export const answer = 42;\n".repeat(40);
    [
        ("index.html", page.to_owned()),
        ("sw.js", "const VERSION = \"%PREAU_VERSION%\", EXTRA = \"%PREAU_EXTRA%\".split(\" \");".to_owned()),
        ("assets/main-AbC.js", script),
        ("assets/main-AbC.js.br", "as if it were compressed".to_owned()),
        ("assets/fr-1a2b.js", "export default {};".to_owned()),
        ("assets/en-3c4d.js", "export default {};".to_owned()),
    ]
    .map(|(path, text)| (path.to_owned(), Bytes::from(text)))
}

/// What a scenario is given besides its declarations.
pub struct Given {
    /// Who is staff by the operator's own file, at both campuses.
    pub staff: Staff,
    /// How long servers may take to answer.
    pub patience: Duration,
    /// The cell that it is of.
    pub cell: &'static str,
    /// Where cells are, with `CELL` for a cell's name.
    pub address: &'static str,
    /// The keys of sessions, where another cell has them too.
    pub keys: Option<String>,
    /// From when on requests are slow.
    pub slow: Duration,
}

/// An answer, whole.
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Bytes,
}

/// A journal whose database comes and goes.
struct Leaving {
    journal: SqliteJournal,
    away: Arc<AtomicBool>,
}

#[async_trait::async_trait]
impl Journal for Leaving {
    async fn append(&self, records: Vec<Record>, want: Durability) -> Result<Vec<Ack>, Failure> {
        match self.away.load(Ordering::SeqCst) {
            true => Err(Failure::Unavailable("its database is away".to_owned())),
            false => self.journal.append(records, want).await,
        }
    }

    async fn read(&self, stream: &Stream, after: u64, max: usize) -> Result<Vec<Entry>, Failure> {
        self.journal.read(stream, after, max).await
    }

    async fn heads(&self) -> Result<Vec<Head>, Failure> {
        self.journal.heads().await
    }

    fn wake(&self) -> tokio::sync::watch::Receiver<()> {
        self.journal.wake()
    }
}

impl Schools {
    /// Serves both campuses; `declare` gives the sources and data sets of each.
    pub fn new(declare: impl Fn(&str) -> String) -> Self {
        Self::with(Given::default(), declare)
    }

    /// The same, given more.
    pub fn with(given: Given, declare: impl Fn(&str) -> String) -> Self {
        let Given { staff, patience, cell, address, keys, slow } = given;
        let folder = tempfile::tempdir().unwrap();
        for campus in CAMPUSES {
            std::fs::create_dir(folder.path().join(campus)).unwrap();
            write(&folder, "Europe/Paris", campus, &declare(campus));
        }
        let beginning: Timestamp = BEGINNING.parse().unwrap();
        let now = Arc::new(AtomicI64::new(beginning.as_second()));
        let clock = Arc::clone(&now);
        let clock = Arc::new(move || Timestamp::from_second(clock.load(Ordering::SeqCst)).unwrap());
        let campuses =
            Arc::new(Campuses::load(Some(folder.path()), surroundings(patience, Arc::clone(&clock) as _)).unwrap());
        for campus in CAMPUSES {
            assert!(campuses.broken(campus).is_none(), "{:#?}", campuses.broken(campus));
        }
        let chance: Chance = Arc::new(|bytes: &mut [u8]| aws_lc_rs::rand::fill(bytes).unwrap());
        let hybrid = Hybrid::new(Arc::clone(&clock) as _);
        let journal = SqliteJournal::in_memory(cell.parse().unwrap(), Arc::clone(&hybrid)).unwrap();
        let away = Arc::new(AtomicBool::new(false));
        let journal = Leaving { journal, away: Arc::clone(&away) };
        let state = State::open(Arc::new(journal), None, hybrid).unwrap();
        tokio::spawn(Arc::clone(&state).follow());
        let keys = keys.unwrap_or_else(|| Keyring::generate(&chance));
        let sessions = || {
            let keys = Keyring::parse(&keys, Arc::clone(&chance)).unwrap();
            Sessions::new(keys, Arc::clone(&chance), Arc::new(Revoked(Arc::clone(&state))))
        };
        let staff = CAMPUSES.map(|campus| (campus.to_owned(), staff.clone())).into();
        let identity = Identity { sessions: sessions(), staff, chance: Arc::clone(&chance) };
        let gateway = Gateway::new(Parts {
            campuses: Arc::clone(&campuses),
            capacity: 64 << 20,
            disk: None,
            signing_key: SigningKey::generate().unwrap(),
            identity,
            state: Arc::clone(&state),
            publications: folder.path().join("publications"),
            cell: Some(Cell { name: cell.to_owned(), url: address.replace("CELL", cell) }),
            web: Web::of(app()),
            slow,
            collectors: Vec::new(),
            clock,
        });
        let api = Api::new(Arc::clone(&gateway));
        let admin = gateway::admin_router(Arc::clone(&gateway));
        Self { api, admin, gateway, sessions: sessions(), state, away, campuses, folder, address, now }
    }

    /// Ends sessions, as another process of the same installation does.
    pub async fn remember(&self, ended: Vec<identity::Revocation>) {
        let fact = |identity::Revocation { handle: Handle(handle), at, until }| {
            Fact::Revocation(journal::Revocation { handle, at, until })
        };
        let facts: Vec<_> = ended.into_iter().map(fact).collect();
        self.state.write(&facts, None, Durability::Local).await.unwrap();
    }

    /// The present instant.
    pub fn now(&self) -> Timestamp {
        Timestamp::from_second(self.now.load(Ordering::SeqCst)).unwrap()
    }

    /// Lets time pass.
    pub fn pass(&self, seconds: i64) {
        self.now.fetch_add(seconds, Ordering::SeqCst);
    }

    /// Another declaration of a campus, in service at once.
    pub fn declare(&self, campus: &str, declaration: &str) {
        self.declare_in("Europe/Paris", campus, declaration);
    }

    /// Another name of a campus, in the words of TOML's basic strings.
    pub fn name(&self, campus: &str, name: &str) {
        let file = self.folder.path().join(campus).join("campus.toml");
        let declared = std::fs::read_to_string(&file).unwrap();
        std::fs::write(file, declared.replace(&format!("Université {campus}"), name)).unwrap();
        self.campuses.reload(campus);
        assert!(self.campuses.broken(campus).is_none(), "{:#?}", self.campuses.broken(campus));
    }

    /// Other host names of a campus.
    pub fn has_hosts(&self, campus: &str, hosts: &[&str]) {
        let file = self.folder.path().join(campus).join("campus.toml");
        let declared = std::fs::read_to_string(&file).unwrap();
        let (before, after) = declared.split_once("hosts = [").unwrap();
        let (_, after) = after.split_once(']').unwrap();
        let declared = format!("{before}hosts = {hosts:?}{after}");
        std::fs::write(file, declared).unwrap();
        self.campuses.reload(campus);
        assert!(self.campuses.broken(campus).is_none(), "{:#?}", self.campuses.broken(campus));
    }

    /// Puts a file into a campus's folder.
    pub fn put(&self, campus: &str, name: &str, bytes: &[u8]) {
        std::fs::write(self.folder.path().join(campus).join(name), bytes).unwrap();
    }

    /// There are cells of these names in the campuses' zone.
    pub async fn has_cells<const COUNT: usize>(&self, names: [&str; COUNT]) {
        for name in names {
            let cell = json!({ "zone": "eu", "url": self.address.replace("CELL", name) });
            let key = journal::Key::Cell(name.to_owned());
            self.state.set(None, key, cell, "socket:root", None, Durability::Local).await.unwrap();
        }
    }

    /// The same, in another time zone.
    pub fn declare_in(&self, zone: &str, campus: &str, declaration: &str) {
        write(&self.folder, zone, campus, declaration);
        self.campuses.reload(campus);
        assert!(self.campuses.broken(campus).is_none(), "{:#?}", self.campuses.broken(campus));
    }

    /// Another declaration of a campus, which has errors.
    pub fn spoil(&self, campus: &str, declaration: &str) {
        write(&self.folder, "Europe/Paris", campus, declaration);
        self.campuses.reload(campus);
        assert!(self.campuses.broken(campus).is_some(), "{declaration}");
    }

    /// A campus leaves: its folder is gone.
    pub fn remove(&self, campus: &str) {
        std::fs::remove_dir_all(self.folder.path().join(campus)).unwrap();
        self.campuses.reload(campus);
    }

    /// What a campus answers to a plain GET.
    pub async fn get(&self, campus: &str, path: &str) -> Answer {
        self.ask(campus, path, &[]).await
    }

    /// What a campus answers to a GET with these headers.
    pub async fn ask(&self, campus: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.request(campus, Request::get(path), headers, Body::empty()).await
    }

    /// What a campus answers to a form with these headers.
    pub async fn post(&self, campus: &str, path: &str, headers: &[(&str, &str)], form: &[(&str, &str)]) -> Answer {
        let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let request = Request::post(path).header("content-type", "application/x-www-form-urlencoded");
        self.request(campus, request, headers, form.into()).await
    }

    /// What a campus answers to a request, which never holds the other's mark.
    pub async fn request(&self, campus: &str, request: Builder, headers: &[(&str, &str)], body: Body) -> Answer {
        let mut request = request.header("host", format!("{campus}.localhost"));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = self.send(request.body(body).unwrap()).await;
        for other in CAMPUSES.into_iter().filter(|other| *other != campus) {
            let body = String::from_utf8_lossy(&answer.body);
            assert!(!body.contains(&mark(other)), "{campus} answers with what is {other}'s: {body}");
        }
        answer
    }

    /// What the gateway answers to any request.
    pub async fn send(&self, request: Request<Body>) -> Answer {
        Answer::of(self.api.clone().answer(request, None).await).await
    }

    /// What it answers at a host name.
    pub async fn at(&self, host: &str, path: &str) -> Answer {
        self.send(Request::get(path).header("host", host).body(Body::empty()).unwrap()).await
    }

    /// What it answers to a request from an address.
    pub async fn from(&self, peer: &str, path: &str) -> Answer {
        let peer = Peer { address: peer.parse().unwrap(), tls: false };
        let request = Request::get(path).body(Body::empty()).unwrap();
        Answer::of(self.api.clone().answer(request, Some(peer)).await).await
    }

    /// What the admin socket answers.
    pub async fn admin(&self, method: &str, path: &str, body: Value) -> Answer {
        let request = Request::builder().method(method).uri(path).header("content-type", "application/json");
        let request = request.body(Body::from(body.to_string())).unwrap();
        Answer::of(self.admin.clone().oneshot(request).await.unwrap()).await
    }

    /// Changes lifetimes of `news` as an operator does.
    pub async fn change(&self, campus: &str, change: Value) -> Answer {
        self.admin("PUT", "/cache/lifetimes", json!({ "campus": campus, "data": "news", "change": change })).await
    }

    /// The first answer of which `holds` is true: what is refreshed behind a reader's back takes its time.
    pub async fn until(&self, campus: &str, path: &str, holds: impl Fn(&Answer) -> bool) -> Answer {
        let end = Instant::now() + Duration::from_secs(20);
        loop {
            let answer = self.get(campus, path).await;
            if holds(&answer) {
                return answer;
            }
            assert!(Instant::now() < end, "still {} {:?}: {}", answer.status, answer.headers, answer.text());
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }
}

impl Default for Given {
    /// Nobody is staff, and servers have less time than upstreams of a real school.
    fn default() -> Self {
        let address = "https://{campus}.CELL.preau.example";
        Self {
            staff: Staff::new(),
            patience: Duration::from_secs(1),
            cell: "dc1",
            address,
            keys: None,
            slow: Duration::MAX,
        }
    }
}

impl Answer {
    async fn of(response: Response) -> Self {
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap();
        Self { status: parts.status.as_u16(), headers: parts.headers, body }
    }

    /// A header's value; empty where there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub fn text(&self) -> String {
        String::from_utf8(self.body.to_vec()).unwrap()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    /// The items of a data set that was answered.
    pub fn items(&self) -> Vec<Value> {
        assert_eq!(self.status, 200, "{}", self.text());
        self.json()["items"].as_array().unwrap().clone()
    }

    /// One field of each item.
    pub fn each(&self, field: &str) -> Vec<String> {
        self.items().iter().map(|item| item[field].as_str().unwrap_or_default().to_owned()).collect()
    }

    /// How the cache had it: `hit`, `stale`, `miss` or `collapsed`.
    pub fn origin(&self) -> &'static str {
        match self.header("cache-status") {
            status if status.contains("detail=") => "stale",
            status if status.starts_with("Preau; hit;") => "hit",
            status if status.contains("; collapsed;") => "collapsed",
            status if status.starts_with("Preau; fwd=miss;") => "miss",
            status => panic!("no origin in \"{status}\": {} {}", self.status, self.text()),
        }
    }

    /// The last part of a problem's type.
    pub fn problem(&self) -> String {
        let problem = self.json();
        assert_eq!(self.header("content-type"), "application/problem+json", "{problem}");
        assert_eq!(problem["status"], self.status);
        assert!(problem["title"].is_string() && problem["detail"].is_string(), "{problem}");
        problem["type"].as_str().unwrap().strip_prefix("urn:preau:problem:").unwrap().to_owned()
    }

    /// What a problem says.
    pub fn detail(&self) -> String {
        self.json()["detail"].as_str().unwrap_or_default().to_owned()
    }
}

fn write(folder: &TempDir, zone: &str, campus: &str, declaration: &str) {
    let head = format!("name = \"Université {campus}\"\ntimezone = \"{zone}\"\nhosts = [\"www.{campus}.example\"]\n\n");
    std::fs::write(folder.path().join(campus).join("campus.toml"), head + declaration).unwrap();
}

/// Servers on loopback may be reached.
fn surroundings(patience: Duration, clock: outbound::Clock) -> Surroundings {
    let rules = Rules {
        private: vec!["127.0.0.0/8".parse().unwrap()],
        first_byte_timeout: patience,
        total_timeout: 3 * patience,
        ..Rules::default()
    };
    Surroundings {
        outbound: Outbound::new(&[]).unwrap().with_clock(clock),
        rules: Arc::new(move |_| rules.clone()),
        directories: Vec::new(),
        zone: None,
        environment: Arc::new(|_, _, _| Ok(None)),
        secrets_required: true,
    }
}

/// The mapping of a set whose records have the fields of their kind.
pub fn map(fields: &[&str]) -> String {
    let fields = fields.iter().map(|field| format!("{field} = \".{field}\"\n"));
    format!("each = \".[]\"\n{}", fields.collect::<String>())
}

/// A data set of `website`, with the mapping of its kind's own fields.
pub fn set(name: &str, kind: &str) -> String {
    let fields: &[&str] = match kind {
        "news" => &["id", "title", "summary", "url", "published"],
        "events" => &["id", "title", "start", "end", "place", "summary"],
        "places" => &["id", "name", "summary"],
        other => panic!("no fields of {other}"),
    };
    format!(
        "[data.{name}]\nkind = \"{kind}\"\nsource = \"website\"\npath = \"{name}.json\"\n[data.{name}.map]\n{}\n",
        map(fields)
    )
}

/// `[sources.website]`, whose paths start at an address.
pub fn website(url: &str) -> String {
    format!("[sources.website]\nconnector = \"http\"\nurl = \"{url}\"\n\n")
}

/// News of a campus, the newest first.
pub fn news(campus: &str, count: usize) -> String {
    let item = |number: usize| {
        json!({
            "id": format!("n{number}"),
            "title": format!("Article {number}, {}", mark(campus)),
            "published": format!("2026-10-01T{:02}:{:02}:00Z", 23 - number / 60 % 24, 59 - number % 60),
        })
    };
    Value::from((1..=count).map(item).collect::<Vec<_>>()).to_string()
}
