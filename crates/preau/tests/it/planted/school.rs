//! A school whose every word about a person carries a mark: identity providers, a database, interfaces that fail loudly.

use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use testbed::{Postgres, Slapd};

use crate::school::School;

/// What every mark begins with; campus and attribute follow, so that a finding says what it is of.
pub const MARK: &str = "zqxjkv7planted";

/// Numbers and days that are somebody's own.
pub const NUMBERS: [&str; 3] = ["17.480263915", "1987-03-29", "41.990276351"];

/// What they sign in with. The CAS server's is everybody's.
pub fn password(campus: &str) -> String {
    if campus == "colline" { "demo".to_owned() } else { format!("{MARK}{campus}password") }
}

/// How the interfaces answer.
#[derive(Clone, Copy)]
pub enum Mood {
    Well,
    /// As if the person had no right.
    Refuses,
    /// With an error of its own that repeats the question.
    Fails,
    /// With what is no JSON, no XML and no calendar.
    Babbles,
}

/// The claims of the one person of a campus, by their login, in JSON.
pub fn attributes(campus: &str) -> String {
    let mark = |what: &str| format!("{MARK}{campus}{what}");
    let person = json!({
        "name": format!("Zoé {}", mark("name")), "displayName": format!("Zoé {}", mark("name")),
        "email": mark("mail"), "mail": mark("mail"), "birthdate": NUMBERS[1],
        "supannEtuId": mark("user"), "supannCodeINE": mark("ine"), "groups": [mark("group"), mark("other")],
        "memberOf": [mark("group"), mark("other")], "eduPersonAffiliation": [mark("affiliation"), "student"],
        "eduPersonPrincipalName": mark("principal"),
    });
    json!({ mark("login"): person }).to_string()
}

/// The directory's person.
pub fn people() -> String {
    let mark = |what: &str| format!("{MARK}falaise{what}");
    format!(
        "dn: uid={login},ou=people,dc=univ-demo,dc=fr\nobjectClass: inetOrgPerson\nobjectClass: eduPerson\n\
         objectClass: supannPerson\nuid: {login}\ncn: {name}\nsn: {name}\ndisplayName: {name}\nmail: {}\n\
         userPassword: {password}\nsupannEtuId: {}\nsupannCodeINE: {}\nmemberOf: cn={},ou=groups,dc=univ-demo,dc=fr\n\
         eduPersonAffiliation: {}\nsupannEtuInscription: [etab={{UAI}}{}][etape={{UAI:1}}{}]\n",
        mark("mail"),
        mark("user"),
        mark("ine"),
        mark("group"),
        mark("affiliation"),
        mark("school"),
        mark("stage"),
        login = mark("login"),
        name = mark("name"),
        password = password("falaise"),
    )
}

const WHO: &str = "user = \".supannEtuId\"\nattributes = { mail = \".mail // .email\", ine = \".supannCodeINE\" }\n";

pub fn openid(issuer: &str) -> String {
    format!(
        "[login]\nmethod = \"oidc\"\nissuer = \"{issuer}\"\nclient_id = \"campus\"\nclient_secret = \"secret-of-campus\"\n\
         refresh = true\nparameters = {{ prompt = \"consent\" }}\n{WHO}"
    )
}

pub fn cas(url: &str) -> String {
    format!("[login]\nmethod = \"cas\"\nurl = \"{url}\"\n{WHO}")
}

pub fn ldap(directory: &Slapd) -> String {
    format!(
        "[login]\nmethod = \"ldap\"\nurl = \"ldap://{}\"\nbase = \"ou=people,{}\"\nbind_dn = \"{}\"\nbind_password = \"{}\"\n{WHO}",
        directory.address(),
        Slapd::BASE,
        Slapd::READER,
        Slapd::READER_PASSWORD
    )
}

/// Its systems behind the data sets.
pub struct Upstream {
    mood: Arc<AtomicU8>,
    /// Access tokens that it was asked with.
    pub tokens: Arc<Mutex<Vec<String>>>,
    interface: School,
    database: String,
}

const DECLARATION: &str = r#"
name = "{campus}"
zone = "eu"
timezone = "Europe/Paris"
languages = ["fr"]

[sources.records]
connector = "sql"
url = "{database}"

[data.grades]
source = "records"
query = "select id, title, value, comment from grade where student = told(:user)"
server_copy = "authorised"
fresh_for = "1s"
stale_for = "1h"
[data.grades.map]
each = ".[]"
id = ".id"
title = ".title"
value = ".value"
comment = ".comment"

# Some records are refused, with all their words.
[data.absences]
source = "records"
query = "select id, title, value, comment from grade where student = :user"
[data.absences.map]
each = ".[]"
id = ".id"
title = '.title | error("nothing is right in \(.)")'
start = ".comment"

# The database repeats what it cannot read.
[data.loans]
source = "records"
query = "select cast(:user as integer) as id, 'book' as title"
[data.loans.map]
each = ".[]"
id = ".id"
title = ".title"

[sources.interface]
connector = "http"
url = "{interface}"
fails_when = '.error? // false'
failure_message = ".error"

[data.timetable]
source = "interface"
path = "people/{user}/timetable.json"
query = { mail = "{user_mail}" }
[data.timetable.map]
each = ".items[]"
id = ".id"
title = ".title"
start = ".start"
teacher = ".comment"

[data.documents]
source = "interface"
path = "documents"
method = "POST"
headers = { x-ine = "{user_ine}" }
body = { form = { user = "{user}" } }
[data.documents.map]
each = '.items[] | if .title then error("\(.)") else . end'
id = ".id"
title = ".title"

[data.profile]
source = "interface"
path = "people/{user}.xml"
format = "xml"
[data.profile.map]
each = ".person"
id = ".id"
name = ".name"
email = ".mail"

[data.posts]
kind = "news"
source = "interface"
path = "people/{user}.csv"
format = "csv"
audience = "self"
[data.posts.map]
each = ".[]"
id = ".id"
title = ".title"
published = '.date | date("%d/%m/%Y")'

[data.events]
source = "interface"
path = "people/{user}/events.json"
audience = "self"
[data.events.map]
each = ".items[]"
id = ".id"
title = ".title | tonumber"
start = ".start"

[sources.calendar]
connector = "ical"
url = "{interface}"

[data.agenda]
kind = "timetable"
source = "calendar"
path = "people/{user}.ics"
audience = "self"
"#;

/// Asked with the access tokens of the OpenID provider, which the others do not have.
const OWN: &str = r#"
[sources.own]
connector = "http"
url = "{interface}"
auth = { person = "token" }

[data.directory]
source = "own"
path = "people/{user}/own.json"
audience = "self"
[data.directory.map]
each = ".items[]"
id = ".id"
name = ".title"
"#;

impl Upstream {
    pub fn start(postgres: &Postgres) -> Self {
        let database = postgres.create("records");
        // A database may say something by itself, of its own accord and to whoever asks.
        let table = "create table grade(student text, id text, title text, value float8, comment text);
                     grant select on grade to records;
                     create function told(who text) returns text language plpgsql as $$ begin
                         raise warning 'asked for %', who; raise info 'asked for %', who; return who; end $$;";
        postgres.sql("records", table);
        for campus in ["rivage", "colline", "falaise"] {
            let mark = |what: &str| format!("{MARK}{campus}{what}");
            let [value, day, _] = NUMBERS;
            let row = |id: &str| {
                let (user, title, comment) = (mark("user"), mark("title"), mark("comment"));
                format!("('{user}', '{}{id}', '{title}', {value}, '{comment} {day}')", mark("id"))
            };
            postgres.sql("records", &format!("insert into grade values {}, {};", row("1"), row("2")));
        }
        let mood = Arc::new(AtomicU8::new(0));
        let tokens = Arc::new(Mutex::new(Vec::new()));
        let (shared, told) = (Arc::clone(&mood), Arc::clone(&tokens));
        let interface = School::start(move |request| {
            let token = request.lines().find_map(|line| line.split_once(": Bearer "));
            told.lock().unwrap().extend(token.map(|(_, token)| token.to_owned()));
            answer(request, shared.load(Ordering::SeqCst))
        });
        Self { mood, tokens, interface, database }
    }

    pub fn is(&self, mood: Mood) {
        self.mood.store(mood as u8, Ordering::SeqCst);
    }

    pub fn declaration(&self, campus: &str, login: &str) -> String {
        let own = if campus == "rivage" { OWN } else { "" };
        let declaration =
            format!("{DECLARATION}{own}").replace("{campus}", campus).replace("{database}", &self.database);
        format!("{}\n{login}", declaration.replace("{interface}", &self.interface.url()))
    }
}

fn answer(request: &str, mood: u8) -> (u16, String) {
    let words = format!("{MARK}answer of {request}");
    match mood {
        1 => (403, json!({ "error": words }).to_string()),
        2 => (if request.contains("timetable") { 200 } else { 500 }, json!({ "error": words }).to_string()),
        3 => (200, format!("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n{words};;\"{{<&")),
        _ if request.contains(".xml") => {
            (200, format!("<person><id>1</id><name>{MARK}</name><mail>{words}</mail></person>"))
        }
        _ if request.contains(".csv") => (200, format!("id;title;date\n1;{MARK};{MARK}\n")),
        _ if request.contains(".ics") => {
            let event = format!("UID:{MARK}\r\nSUMMARY:{MARK}\r\nDTSTART:{MARK}\r\nRRULE:FREQ={MARK}");
            (
                200,
                format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\n{event}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"),
            )
        }
        _ => {
            let item = |id: &str, start: &str| json!({ "id": format!("{MARK}{id}"), "title": MARK, "start": start, "comment": words });
            let items: Vec<Value> = vec![item("1", "2026-11-23T10:15:00+01:00"), item("2", NUMBERS[2])];
            (200, json!({ "items": items }).to_string())
        }
    }
}
