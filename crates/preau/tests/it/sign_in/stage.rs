//! Two campuses with personal data, a server for them, and what upstream systems ask of identity providers.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use sqlx::Connection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};

use crate::client::get;
use crate::process::eventually;
use crate::school::School;
use crate::site::{Serving, Site};

pub const CAMPUSES: [(&str, &str); 2] = [("rivage", "Université de Rivage"), ("colline", "École de la Colline")];

/// Grades from a database and documents from an interface, both asked with the person's id; `{…}` are replaced.
const DECLARATION: &str = r##"
name = "{name}"
zone = "eu"
timezone = "Europe/Paris"
languages = ["fr", "en"]
theme.color = "#0b6e8f"

[sources.records]
connector = "sql"
url = "sqlite:records.sqlite"

[data.grades]
source = "records"
query = "select id, title, value from grade where student = :user"
[data.grades.map]
each = ".[]"
id = ".id"
title = ".title"
value = ".value"

[sources.office]
connector = "http"
url = "{office}"

[data.documents]
source = "office"
path = "people/{user}.json"
[data.documents.map]
each = ".[]"
id = ".id"
title = ".title"

[sources.portal]
connector = "http"
url = "{office}"

[data.links]
source = "portal"
path = "people/everybody.json"
[data.links.map]
each = ".[]"
id = ".id"
title = ".title"
url = ".url"
"##;

/// Files of the server, and where it will answer.
pub struct Stage {
    pub site: Site,
    address: SocketAddr,
    scheme: &'static str,
    office: School,
}

impl Stage {
    /// Both campuses, whose people do not sign in yet.
    pub fn new() -> Self {
        Self::with_settings("")
    }

    /// A server with these settings; of its listener it has TLS where they have `[tls]`.
    pub fn with_settings(settings: &str) -> Self {
        // Providers have to know it before the server starts.
        let address = testbed::free_port();
        let scheme = if settings.contains("[tls]") { "https" } else { "http" };
        let stage = Self { site: Site::empty(settings), address, scheme, office: School::start(documents) };
        for (campus, _) in CAMPUSES {
            stage.declare(campus, "");
            stage.write_grades(campus);
        }
        stage
    }

    /// A campus with more in its declaration, such as `[login]`.
    pub fn declare(&self, campus: &str, more: &str) {
        let (_, name) = CAMPUSES.iter().find(|(known, _)| *known == campus).unwrap();
        let declaration = DECLARATION.replace("{name}", name).replace("{office}", &self.office.url());
        self.site.declare(campus, &format!("{declaration}\n{more}"));
    }

    /// An address of a campus.
    pub fn url(&self, campus: &str, path: &str) -> String {
        format!("{}://{campus}.localhost:{}{path}", self.scheme, self.address.port())
    }

    pub fn serve(&self) -> Serving {
        self.site.serve_with(&["--listen", &self.address.to_string()], &[])
    }

    /// Waits until the declaration is in service by which Rivage signs in so.
    pub fn wait_for(&self, method: &str) {
        eventually(method, || {
            let me = get(self.address, "rivage.localhost", "/api/me").json();
            (me["login"]["method"] == method).then_some(())
        });
    }

    /// What the server says of Rivage to the provider's staff.
    pub fn metadata(&self) -> String {
        let address = format!("rivage.localhost:{}", self.address.port());
        String::from_utf8(get(self.address, &address, "/api/login/metadata").body).unwrap()
    }

    fn write_grades(&self, campus: &str) {
        let file = self.site.path(&format!("campuses/{campus}/records.sqlite"));
        let work = async {
            let options = SqliteConnectOptions::new().filename(file).create_if_missing(true);
            let mut database = SqliteConnection::connect_with(&options).await?;
            let script = "create table grade(id text, student text, title text, value real);
                insert into grade values
                    ('1', '22204518', 'Partiel de 22204518', 14.5), ('2', '4711', 'Partiel de 4711', 9)";
            sqlx::raw_sql(script).execute(&mut database).await?;
            database.close().await
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(work).unwrap();
    }
}

/// What the office has of whom the path names.
fn documents(request: &str) -> (u16, String) {
    let who = request.split(['/', '.', ' ']).nth(3).unwrap();
    (200, format!(r#"[{{"id": 1, "title": "Certificat de {who}", "url": "https://www.univ-demo.fr/"}}]"#))
}

/// What is at an address, as one upstream system asks another: the whole answer.
pub fn ask(url: &str, headers: &str) -> String {
    let (address, path) = url.strip_prefix("http://").and_then(|rest| rest.split_once('/')).unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET /{path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n{headers}\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}
