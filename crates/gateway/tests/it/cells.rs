//! The app of a campus at several cells: its pages ask all of them, and whoever signed in at one is signed in at the others.

use axum::body::Body;
use http::Request;
use identity::{Chance, Keyring};
use serde_json::json;
use testbed::need;

use crate::identity::visitors::{ELSEWHERE, Key, Phone, items_of, own_set, person, set_for};
use crate::schools::{Answer, CAMPUSES, Given, Schools, website};

/// One cell of both campuses.
struct Place {
    schools: Schools,
    /// Where it is, with `CAMPUS` for a campus.
    host: String,
}

/// Below the operator's name, and below each school's own.
const ADDRESSES: [(&str, &str); 2] = [
    ("https://{campus}.CELL.preau.example", "CAMPUS.CELL.preau.example"),
    ("https://CELL.{host}", "CELL.www.CAMPUS.example"),
];

/// Two cells with the same keys, which know each other.
async fn cells(website_at: &str) -> [Place; 2] {
    cells_at(website_at, ADDRESSES[0]).await
}

async fn cells_at(website_at: &str, (address, host): (&'static str, &str)) -> [Place; 2] {
    let chance: Chance = std::sync::Arc::new(|bytes: &mut [u8]| aws_lc_rs::rand::fill(bytes).unwrap());
    let keys = Keyring::generate(&chance);
    let declare = |campus: &str| {
        let [ours, grades] = [set_for("members", "ours"), own_set("grades")];
        ELSEWHERE.to_owned() + &website(&format!("{website_at}/{campus}")) + &ours + &grades
    };
    let cells = ["dc1", "dc2"].map(|name| {
        let given = Given { cell: name, address, keys: Some(keys.clone()), ..Given::default() };
        Place { schools: Schools::with(given, declare), host: host.replace("CELL", name) }
    });
    for cell in &cells {
        cell.schools.has_cells(["dc1", "dc2"]).await;
    }
    cells
}

impl Place {
    fn host(&self, campus: &str) -> String {
        self.host.replace("CAMPUS", campus)
    }

    fn origin(&self, campus: &str) -> String {
        format!("https://{}", self.host(campus))
    }

    /// What it answers at its own address of a campus.
    async fn send(&self, method: &str, campus: &str, path: &str, headers: &[(&str, &str)], form: &str) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        request = request.header("host", self.host(campus));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.schools.send(request.body(Body::from(form.to_owned())).unwrap()).await
    }

    async fn post(&self, campus: &str, path: &str, headers: &[(&str, &str)], form: &str) -> Answer {
        self.send("POST", campus, path, headers, form).await
    }

    /// A code for whoever signed in here.
    async fn code(&self, phone: &Phone) -> String {
        let (origin, cookies) = (self.origin(phone.campus), phone.cookies());
        let headers = [("origin", &*origin), ("cookie", &cookies)];
        let answer = self.post(phone.campus, "/api/session/elsewhere", &headers, "").await;
        assert_eq!((answer.status, answer.header("cache-control")), (200, "no-store"), "{}", answer.text());
        answer.json()["code"].as_str().unwrap().to_owned()
    }

    /// Hands a code over, as the page at `from` does.
    async fn hand_over(&self, campus: &str, from: &str, code: &str) -> Answer {
        let headers = [("origin", from), ("sec-fetch-site", "same-site")];
        self.post(campus, "/api/session/here", &headers, &format!("code={code}")).await
    }
}

/// The cookies that an answer sets, as they come back.
fn cookies(answer: &Answer) -> String {
    let set = answer.headers.get_all("set-cookie").iter();
    let pairs = set.map(|cookie| cookie.to_str().unwrap().split(';').next().unwrap().to_owned());
    pairs.collect::<Vec<_>>().join("; ")
}

#[tokio::test]
async fn whoever_signed_in_at_one_cell_is_signed_in_at_the_other() {
    let server = need!(testbed::nginx(""));
    for campus in CAMPUSES {
        server.write(&format!("www/{campus}/grades-adupont.json"), items_of("adupont", campus, 1));
    }
    let [first, second] = cells(&server.url("")).await;
    for campus in CAMPUSES {
        let phone = first.schools.phone(campus, person("adupont", &["l3"]));
        let code = first.code(&phone).await;
        let arrived = second.hand_over(campus, &first.origin(campus), &code).await;
        assert_eq!((arrived.status, arrived.json()), (200, json!({ "signed_in": true })));
        assert_eq!(arrived.header("access-control-allow-origin"), first.origin(campus));
        assert_eq!(arrived.header("access-control-allow-credentials"), "true");
        let cookies = cookies(&arrived);
        let origin = first.origin(campus);
        let headers = [("cookie", &*cookies), ("origin", &origin), ("sec-fetch-site", "same-site")];
        let me = second.send("GET", campus, "/api/me", &headers, "").await.json();
        assert_eq!((&me["user"], &me["groups"]), (&json!("adupont"), &json!(["l3"])));
        assert_eq!(second.send("GET", campus, "/api/data/grades", &headers, "").await.each("id"), ["adupont-1"]);
        // There it goes on by itself, and ends.
        assert_eq!(second.post(campus, "/api/session/refresh", &headers, "").await.status, 204);
        let ended = second.post(campus, "/api/session/end", &headers, "").await;
        assert_eq!((ended.status, ended.header("access-control-allow-origin")), (200, &*origin));
        assert!(ended.header("set-cookie").contains("Max-Age=0"));
        assert_eq!(second.send("GET", campus, "/api/me", &headers, "").await.json()["signed_in"], false);
    }
}

#[tokio::test]
async fn a_code_is_good_once_for_a_minute_at_its_campus_while_the_session_is() {
    let [first, second] = cells("http://127.0.0.1:9").await;
    let (phone, origin) = (first.schools.phone("rivage", person("adupont", &[])), first.origin("rivage"));
    let refused = async |campus: &str, origin: &str, code: &str| {
        let answer = second.hand_over(campus, origin, code).await;
        assert_eq!(answer.header("set-cookie"), "");
        answer.problem()
    };
    let code = first.code(&phone).await;
    assert_eq!(refused("colline", &first.origin("colline"), &code).await, "sign-in-refused", "another campus's");
    assert_eq!(second.hand_over("rivage", &origin, &code).await.status, 200);
    assert_eq!(refused("rivage", &origin, &code).await, "sign-in-refused", "used");
    let late = first.code(&phone).await;
    second.schools.pass(60);
    assert_eq!(refused("rivage", &origin, &late).await, "sign-in-refused", "a minute is over");
    for other in ["", "x", &phone.access, &phone.refresh] {
        assert_eq!(refused("rivage", &origin, other).await, "sign-in-refused", "{other}");
    }
    first.schools.pass(60);
    let ended = first.code(&phone).await;
    second
        .schools
        .remember(second.schools.sessions.end("rivage", &second.schools.session(&phone), second.schools.now()))
        .await;
    assert_eq!(refused("rivage", &origin, &ended).await, "sign-in-refused", "signed out meanwhile");
}

#[tokio::test]
async fn only_a_web_session_goes_elsewhere_and_without_what_renews_the_providers_tokens() {
    let [first, second] = cells("http://127.0.0.1:9").await;
    let origin = first.origin("rivage");
    let tokens =
        identity::Tokens { access: Some("upstream".into()), refresh: Some("renewing".into()), ..Default::default() };
    let (native, nobody) = (Key::new(), String::new());
    let native = first.schools.phone_with("rivage", person("adupont", &[]), tokens.clone(), Some(&native));
    for cookie in [native.cookies(), nobody, "__Host-preau-refresh=1.x".to_owned()] {
        let headers = [("origin", &*origin), ("cookie", &cookie)];
        let answer = first.post("rivage", "/api/session/elsewhere", &headers, "").await;
        assert_eq!(answer.problem(), "sign-in-required", "{cookie}");
    }
    let phone = first.schools.phone_with("rivage", person("adupont", &[]), tokens, None);
    let arrived = second.hand_over("rivage", &origin, &first.code(&phone).await).await;
    let refresh = cookies(&arrived).split("__Host-preau-refresh=1.").nth(1).unwrap().to_owned();
    let session = second.schools.sessions.refresh("rivage", &refresh, second.schools.now()).ok().unwrap();
    assert_eq!((session.tokens.access.as_deref(), session.tokens.refresh), (Some("upstream"), None));
}

#[tokio::test]
async fn a_cell_is_below_the_schools_own_name_where_the_operator_says_so() {
    let [first, second] = cells_at("http://127.0.0.1:9", ADDRESSES[1]).await;
    for campus in CAMPUSES {
        for cell in [&first, &second] {
            let manifest = cell.send("GET", campus, "/api/manifest", &[], "").await.json();
            assert_eq!(manifest["campus"], campus);
            let urls: Vec<_> = manifest["cells"].as_array().unwrap().iter().map(|cell| cell["url"].clone()).collect();
            assert!(
                [&first, &second].map(|cell| cell.origin(campus)).iter().all(|origin| urls.contains(&json!(origin)))
            );
        }
        let nowhere = first.schools.at(&format!("dc2.www.{campus}.example"), "/api/manifest").await;
        assert_eq!(nowhere.problem(), "unknown-campus", "another cell's");
    }
    // A campus without a name of its own is at the server's own.
    first.schools.has_hosts("rivage", &[]);
    let manifest = first.schools.at("dc1.rivage.localhost", "/api/manifest").await.json();
    assert_eq!(manifest["cells"][0]["url"], "https://dc1.rivage.localhost");
}

#[tokio::test]
async fn the_app_that_was_opened_at_the_schools_own_name_asks_every_cell() {
    for address in ADDRESSES {
        let [first, second] = cells_at("http://127.0.0.1:9", address).await;
        for campus in CAMPUSES {
            let (opened, code) = (
                format!("https://www.{campus}.example"),
                first.code(&first.schools.phone(campus, person("adupont", &[]))).await,
            );
            let arrived = second.hand_over(campus, &opened, &code).await;
            assert_eq!((arrived.status, arrived.header("access-control-allow-origin")), (200, &*opened));
            let page = second.schools.at(&format!("www.{campus}.example"), "/").await;
            let policy = page.header("content-security-policy");
            let asked = policy.split("connect-src 'self' ").nth(1).unwrap().split(';').next().unwrap();
            let known = [first.origin(campus), second.origin(campus), opened];
            assert!(known.iter().all(|origin| asked.split(' ').any(|asked| asked == origin)), "{policy}");
            assert_eq!(asked.split(' ').count(), 3, "{policy}");
        }
        // What another campus has it has alone, whoever declares it too.
        first.schools.has_hosts("colline", &["www.colline.example", "www.rivage.example"]);
        let headers = [("origin", "https://www.rivage.example"), ("sec-fetch-site", "cross-site")];
        assert_eq!(first.post("colline", "/api/session/end", &headers, "").await.problem(), "cross-site");
    }
}

#[tokio::test]
async fn names_of_this_machine_are_reached_in_plain_text_at_the_ports_of_cells() {
    let given = Given { address: "http://CELL.{host}:8081", ..Given::default() };
    let schools = Schools::with(given, |_| ELSEWHERE.to_owned() + &website("http://127.0.0.1:9"));
    schools.has_hosts("rivage", &["rivage.localhost"]);
    schools.has_cells(["dc1"]).await;
    for (origin, known) in [
        ("http://rivage.localhost:8081", true),
        ("http://dc1.rivage.localhost:8081", true),
        ("https://rivage.localhost", false),
        ("http://rivage.localhost:8082", false),
        ("http://colline.localhost:8081", false),
    ] {
        let answer = schools.ask("rivage", "/api/me", &[("origin", origin)]).await;
        assert_eq!(answer.header("access-control-allow-origin"), if known { origin } else { "" }, "{origin}");
    }
}

#[tokio::test]
async fn no_campus_takes_the_address_of_another_at_a_cell() {
    for address in ADDRESSES {
        let [first, _] = cells_at("http://127.0.0.1:9", address).await;
        first.schools.has_hosts("colline", &["www.colline.example", &first.host("rivage")]);
        assert_eq!(first.send("GET", "rivage", "/api/manifest", &[], "").await.json()["campus"], "rivage");
    }
}

#[tokio::test]
async fn no_other_origin_reads_or_writes() {
    let [first, second] = cells("http://127.0.0.1:9").await;
    let phone = first.schools.phone("rivage", person("adupont", &[]));
    let (code, cookie) = (first.code(&phone).await, phone.cookies());
    for origin in [
        "null",
        "https://evil.example",
        "https://colline.dc1.preau.example",
        "https://rivage.dc3.preau.example",
        "http://rivage.dc1.preau.example",
        "https://rivage.dc1.preau.example:8443",
        "https://rivage.dc1.preau.example.evil.example",
        "https://rivage.dc1.preau.example/",
        "https://RIVAGE.dc1.preau.example",
        "https://rivage.dc1.preau.example:443",
        "https://rivage.dc1.preau.example.",
        "https://rivage.dc1.preau.example https://evil.example",
        "http://www.rivage.example",
        "https://www.rivage.example:8443",
        "https://www.colline.example",
        "https://example",
        "https://x.www.rivage.example",
        "http://rivage.localhost",
        "https://rivage.localhost",
        "",
    ] {
        let headers = [("origin", origin), ("sec-fetch-site", "same-site"), ("cookie", &*cookie)];
        for path in ["/api/session/here", "/api/session/elsewhere", "/api/session/end", "/api/session/refresh"] {
            let answer = second.post("rivage", path, &headers, &format!("code={code}")).await;
            assert_eq!(answer.problem(), "cross-site", "{path} {origin}");
        }
        let asks = [("origin", origin), ("access-control-request-method", "POST")];
        let preflight = second.send("OPTIONS", "rivage", "/api/session/here", &asks, "").await;
        let read = second.send("GET", "rivage", "/api/me", &headers, "").await;
        for answer in [preflight, read] {
            assert!(!answer.headers.keys().any(|name| name.as_str().starts_with("access-control-")), "{origin}");
            assert!(answer.headers.get_all("vary").iter().any(|vary| vary == "Origin"));
        }
    }
    assert_eq!(second.send("GET", "rivage", "/api/me", &[("cookie", &cookie)], "").await.json()["signed_in"], true);
}

#[tokio::test]
async fn a_browser_that_asks_first_is_told_what_a_page_of_another_cell_may_send_and_read() {
    let [first, second] = cells("http://127.0.0.1:9").await;
    let origin = first.origin("rivage");
    let asks = [
        ("origin", &*origin),
        ("access-control-request-method", "GET"),
        ("access-control-request-headers", "if-none-match"),
    ];
    let told = second.send("OPTIONS", "rivage", "/api/data/ours", &asks, "").await;
    assert_eq!((told.status, told.header("access-control-allow-origin")), (204, &*origin));
    assert_eq!(told.header("access-control-allow-methods"), "GET, POST");
    for sent in ["if-none-match", "preau-channel", "idempotency-key"] {
        assert!(told.header("access-control-allow-headers").contains(sent), "{sent}");
    }
    let problem = second.send("GET", "rivage", "/api/data/ours", &[("origin", &*origin)], "").await;
    assert_eq!(
        (problem.problem().as_str(), problem.header("access-control-allow-origin")),
        ("sign-in-required", &*origin)
    );
    let manifest = second.send("GET", "rivage", "/api/manifest", &[("origin", &*origin)], "").await;
    for shown in
        ["signature", "signature-input", "content-digest", "etag", "age", "cache-status", "retry-after", "date"]
    {
        let exposed = manifest.header("access-control-expose-headers");
        assert!(exposed.split(", ").any(|name| name == shown), "{shown}");
    }
    // Without another cell, nobody is another cell.
    let alone = Schools::new(|_| ELSEWHERE.to_owned() + &website("http://127.0.0.1:9"));
    let headers = [("origin", "https://rivage.dc1.preau.example")];
    assert_eq!(alone.ask("rivage", "/api/me", &headers).await.header("access-control-allow-origin"), "");
}
