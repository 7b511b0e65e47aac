//! Schools' systems that were taken over, or broke: each answer is cut, refused or read for what it is, within bounds, and
//! the other campus is answered meanwhile.

use std::fmt::Write as _;
use std::io::{Result, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::{SignedDuration, Timestamp};
use testbed::Raw;

use crate::process::PATIENCE;
use crate::school::School;
use crate::site::{Serving, Site, declaration};

/// Memory at most, of a build that is not optimised: an answer of 16 MiB as bytes, text, values and items, and the
/// allocator's leftovers.
const MOST_MIB: u64 = 512;

/// What is written to who asks.
type Writes = dyn Fn(&mut TcpStream) -> Result<()> + Send + Sync;

/// What a system does to who asks it.
struct Attack {
    name: &'static str,
    connector: &'static str,
    kind: &'static str,
    answer: Box<Writes>,
    outcome: Outcome,
}

/// What becomes of an attack.
enum Outcome {
    /// This problem, which staff is told in these words.
    Problem(&'static str, &'static str),
    /// So many items of this title, and so many records that were rejected.
    Items(usize, String, u64),
}

fn malformed(words: &'static str) -> Outcome {
    Outcome::Problem("source-malformed", words)
}

fn unavailable(words: &'static str) -> Outcome {
    Outcome::Problem("source-unavailable", words)
}

fn rejected(words: &'static str) -> Outcome {
    Outcome::Problem("source-rejected", words)
}

/// One item of this title.
fn shows(title: impl Into<String>) -> Outcome {
    Outcome::Items(1, title.into(), 0)
}

/// So many events, and a record that tells of more.
fn cut_at(events: usize) -> Outcome {
    Outcome::Items(events, "x".to_owned(), 1)
}

fn nothing() -> Outcome {
    Outcome::Items(0, String::new(), 0)
}

fn attack(
    name: &'static str,
    outcome: Outcome,
    answer: impl Fn(&mut TcpStream) -> Result<()> + Send + Sync + 'static,
) -> Attack {
    Attack { name, connector: "http", kind: "links", answer: Box::new(answer), outcome }
}

/// An answer that is whole, of a type.
fn body(name: &'static str, outcome: Outcome, of: &'static str, body: impl Into<Vec<u8>>) -> Attack {
    let body = body.into();
    attack(name, outcome, move |stream| {
        write!(
            stream,
            "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-type: {of}\r\ncontent-length: {}\r\n\r\n",
            body.len()
        )?;
        stream.write_all(&body)
    })
}

fn calendar(name: &'static str, outcome: Outcome, text: &str) -> Attack {
    let text = format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{text}END:VCALENDAR\r\n");
    Attack { connector: "ical", kind: "events", ..body(name, outcome, "text/calendar", text) }
}

/// An event of a second, long ago.
fn event(more: &str) -> String {
    event_on("20260101", more)
}

/// The same tomorrow.
fn tomorrow(more: &str) -> String {
    let tomorrow = Timestamp::now() + SignedDuration::from_hours(24);
    event_on(&tomorrow.strftime("%Y%m%d").to_string(), more)
}

fn event_on(day: &str, more: &str) -> String {
    format!(
        "BEGIN:VEVENT\r\nUID:1\r\nDTSTART:{day}T080000Z\r\nDTEND:{day}T080001Z\r\nSUMMARY:x\r\n{more}END:VEVENT\r\n"
    )
}

fn feed(name: &'static str, outcome: Outcome, text: impl Into<Vec<u8>>) -> Attack {
    Attack { connector: "feed", kind: "news", ..body(name, outcome, "application/rss+xml", text) }
}

fn link(title: &str) -> String {
    format!(r#"[{{"id": 1, "title": "{title}", "url": "https://a.example/"}}]"#)
}

/// The same in XML.
const LINK: &str = "<id>1</id><title>x</title><url>https://a.example/</url>";

/// When news are of.
const DATE: &str = "<pubDate>Mon, 05 Oct 2026 08:00:00 GMT</pubDate>";

/// The campus `lac`, whose systems attack, and `mont`, whose does not.
struct Scene {
    serving: Serving,
    site: Site,
    _upstream: Raw,
    attacks: Arc<Vec<Attack>>,
}

impl Scene {
    fn of(attacks: Vec<Attack>) -> Self {
        let attacks = Arc::new(attacks);
        let known = Arc::clone(&attacks);
        let upstream = testbed::raw(move |path, stream| {
            let attack = known.iter().find(|attack| path.trim_matches('/') == attack.name);
            attack.map_or(Ok(()), |attack| (attack.answer)(stream))
        });
        let school = School::of_links();
        let site = Site::new(&school.url(), "");
        let mut lac = "name = \"Lac\"\nzone = \"eu\"\ntimezone = \"Europe/Paris\"\n".to_owned();
        for Attack { name, connector, kind, .. } in attacks.iter() {
            let url = upstream.url(&format!("/{name}"));
            let _ = write!(
                lac,
                "[sources.{name}]\nconnector = \"{connector}\"\nurl = \"{url}\"\n\
                 [data.{name}]\nkind = \"{kind}\"\nsource = \"{name}\"\naudience = \"public\"\n"
            );
            if *connector == "http" {
                let _ = write!(
                    lac,
                    "[data.{name}.map]\neach = \".[]\"\nid = \".id\"\ntitle = \".title\"\nurl = \".url\"\n"
                );
            }
        }
        site.declare("lac", &lac);
        Self { serving: site.serve(), site, _upstream: upstream, attacks }
    }

    /// Suffers each attack, one after the other.
    fn suffers(&self) {
        for attack in self.attacks.iter() {
            self.suffer(attack);
        }
        self.is_well();
    }

    fn suffer(&self, attack: &Attack) {
        let began = Instant::now();
        let name = attack.name;
        let answer = self.serving.get("lac", &format!("/api/data/{name}"));
        assert!(began.elapsed() < PATIENCE, "{name}: {:?}", began.elapsed());
        assert_eq!(self.serving.get("mont", "/api/data/links").items().len(), 2, "{name}");
        match &attack.outcome {
            Outcome::Problem(problem, words) => {
                assert_eq!(answer.json()["type"], format!("urn:preau:problem:{problem}"), "{name}");
                let told = self.told(name);
                assert!(told.contains(words), "{name}: {told}");
            }
            Outcome::Items(number, title, rejected) => {
                let items = answer.items();
                let other = items.iter().find(|item| item["title"] != **title);
                assert!(items.len() == *number && other.is_none(), "{name}: {} with {other:.200?}", items.len());
                let account = self.serving.get("lac", &format!("/api/explain/{name}")).json()["account"].clone();
                assert_eq!(account["rejected"], *rejected, "{name}: {account}");
            }
        }
    }

    /// What staff is told of a system's last failure.
    fn told(&self, source: &str) -> String {
        let status = self.site.admin("/status").json();
        let campus = status["campuses"].as_array().unwrap().iter().find(|campus| campus["campus"] == "lac").unwrap();
        campus["sources"][source]["last_failure"]["message"].as_str().unwrap().to_owned()
    }

    fn is_well(&self) {
        assert_eq!(self.serving.get("mont", "/api/data/links").items().len(), 2);
        assert_eq!(self.serving.get("mont", "/api/status").json()["sources"]["portal"]["state"], "ok");
        let peak = self.serving.preau.peak_mib();
        assert!(peak < MOST_MIB, "{peak} MiB");
    }
}

#[test]
fn documents_that_nest_or_grow_without_end_are_refused() {
    let items = (0..1_000_000).fold("[".to_owned(), |text, number| text + &format!("{{\"id\":{number}}},")) + "{}]";
    let deep = |start: &str, many| start.repeat(many);
    Scene::of(vec![
        body("lists", malformed("nested deeper than 64 levels"), "application/json", deep("[", 1_000_000)),
        body("objects", malformed("nested deeper than 64 levels"), "application/json", deep("{\"a\":", 1_000_000)),
        body("items", malformed("more than 2000000 values"), "application/json", items),
        body("text", shows("x".repeat(15 << 20)), "application/json", link(&"x".repeat(15 << 20))),
        body("escapes", shows("A".repeat(2 << 20)), "application/json", link(&"\\u0041".repeat(2 << 20))),
        body(
            "numbers",
            malformed("more than 2000000 values"),
            "application/json",
            format!("[{}0]", "0,".repeat(4_000_000)),
        ),
        body("digits", malformed("number out of range"), "application/json", format!("[{}]", "9".repeat(10 << 20))),
        body(
            "elements",
            malformed("nested deeper than 64 levels"),
            "application/xml",
            deep("<a>", 200_000) + &deep("</a>", 200_000),
        ),
        body("unclosed", malformed("nested deeper than 64 levels"), "application/xml", deep("<a>", 1_000_000)),
        body(
            "attributes",
            shows("x"),
            "application/xml",
            format!("<a {}>{LINK}</a>", (0..500_000).map(|n| format!("a{n}='' ")).collect::<String>()),
        ),
        body("columns", malformed("the table has more than 1000 columns"), "text/csv", deep("a;", 4_000_000)),
        body(
            "quote",
            malformed("a quote is opened and never closed at line 2"),
            "text/csv",
            "id;title\n1;\"".to_owned() + &"x\n".repeat(4_000_000),
        ),
        feed(
            "entries",
            malformed("more than 200000 elements"),
            format!("<rss><channel>{}</channel></rss>", "<item><title>x</title></item>".repeat(200_000)),
        ),
        feed(
            "nested-feed",
            malformed("nested deeper than 64 levels"),
            format!("<rss><channel>{}", "<item>".repeat(200_000)),
        ),
        feed(
            "nested-html",
            shows("x"),
            format!(
                "<rss><channel><item><title>x</title>{DATE}<description>{}</description></item></channel></rss>",
                "&lt;b&gt;".repeat(100_000)
            ),
        ),
    ])
    .suffers();
}

#[test]
fn entities_are_neither_multiplied_nor_fetched() {
    let laughs = (1..12).fold("<!DOCTYPE a [<!ENTITY l0 \"lol\">".to_owned(), |text, level| {
        text + &format!("<!ENTITY l{level} \"{}\">", format!("&l{};", level - 1).repeat(10))
    });
    let quadratic = format!("<!DOCTYPE a [<!ENTITY a \"{}\">]><a>{}</a>", "x".repeat(1 << 20), "&a;".repeat(100_000));
    let rss =
        |dtd: &str, text: &str| format!("{dtd}<rss><channel><item><title>{text}</title>{DATE}</item></channel></rss>");
    let xxe = "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>";
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&asked);
    let elsewhere = testbed::raw(move |_, _| {
        counted.fetch_add(1, Ordering::SeqCst);
        Ok(())
    });
    let remote = format!("<!DOCTYPE a SYSTEM \"{}\">", elsewhere.url("/dtd"));
    let scene = Scene::of(vec![
        body(
            "laughs",
            malformed("a document type with declarations of its own is refused"),
            "application/xml",
            laughs.clone() + "]><a>&l11;</a>",
        ),
        body(
            "quadratic",
            malformed("a document type with declarations of its own is refused"),
            "application/xml",
            quadratic,
        ),
        body(
            "xxe",
            malformed("a document type with declarations of its own is refused"),
            "application/xml",
            format!("{xxe}<a>&x;</a>"),
        ),
        body("remote", shows("x"), "application/xml", format!("{remote}<a>{LINK}</a>")),
        feed("laughs-feed", shows("&l11;"), rss(&(laughs + "]>"), "&l11;")),
        feed("xxe-feed", shows("&x;"), rss(xxe, "&x;")),
        feed("remote-feed", shows("x"), rss(&remote, "x")),
    ]);
    scene.suffers();
    assert_eq!(asked.load(Ordering::SeqCst), 0, "nothing is fetched that a document names");
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn coded(name: &'static str, words: &'static str, coding: &'static str, bytes: Vec<u8>) -> Attack {
    attack(name, malformed(words), move |stream| {
        write!(
            stream,
            "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-encoding: {coding}\r\ncontent-length: {}\r\n\r\n",
            bytes.len()
        )?;
        stream.write_all(&bytes)
    })
}

#[test]
fn what_unpacks_to_gigabytes_is_cut_at_its_limit() {
    // A gibibyte in members of 4 MiB each.
    let bomb = gzip(&vec![b' '; 4 << 20]).repeat(256);
    // 1.6 KB of brotli can be a gibibyte; whatever it is, it was not asked for.
    let scene = Scene::of(vec![
        coded("bomb", "more than 16 MiB", "gzip", bomb.clone()),
        coded("nested", "compressed its answer as \"gzip, gzip\"", "gzip, gzip", gzip(&gzip(link("x").as_bytes()))),
        coded("nested-bomb", "not JSON: expected value", "gzip", gzip(&bomb)),
        coded("brotli", "compressed its answer as \"br\"", "br", b"\xcf\xff\xff\x7f\xf8\x27\x00".repeat(200)),
        coded("unknown", "compressed its answer as \"planted\"", "planted", link("x").into_bytes()),
        coded("no-gzip", "gzip that does not decompress", "gzip", link("x").into_bytes()),
    ]);
    scene.suffers();
    let peak = scene.serving.preau.peak_mib();
    assert!(peak < 256, "{peak} MiB");
}

#[test]
fn bodies_and_heads_without_end_are_cut() {
    let ok = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";
    let (cut, broken) = ("answered more than 16 MiB", "broke off in the middle of its answer");
    let unread = "broke off before it answered";
    let endless = |name, outcome, head: String, piece: Vec<u8>| {
        attack(name, outcome, move |stream| {
            stream.write_all(head.as_bytes())?;
            loop {
                stream.write_all(&piece)?;
            }
        })
    };
    Scene::of(vec![
        endless("length", malformed(cut), format!("{ok}content-length: 1073741824\r\n\r\n"), vec![b' '; 1 << 16]),
        endless("closed", malformed(cut), format!("{ok}\r\n"), vec![b' '; 1 << 16]),
        endless(
            "chunks",
            malformed(cut),
            format!("{ok}transfer-encoding: chunked\r\n\r\n"),
            b"10000\r\n".iter().copied().chain([b' '; 1 << 16]).chain(*b"\r\n").collect(),
        ),
        endless(
            "small-chunks",
            unavailable(broken),
            format!("{ok}transfer-encoding: chunked\r\n\r\n"),
            b"1;x=y\r\n \r\n".repeat(1000),
        ),
        endless(
            "trailers",
            unavailable(broken),
            format!("{ok}transfer-encoding: chunked\r\n\r\n0\r\n"),
            b"x: y\r\n".repeat(1000),
        ),
        endless("one-header", unavailable(unread), format!("{ok}x: "), vec![b'x'; 1 << 16]),
        endless("headers", unavailable(unread), ok.to_owned(), b"x: y\r\n".repeat(1000)),
        endless(
            "informational",
            unavailable("did not answer within 5 s"),
            String::new(),
            b"HTTP/1.1 100 Continue\r\n\r\n".repeat(1000),
        ),
        endless("garbage", unavailable(unread), String::new(), vec![0xff; 1 << 16]),
        attack("short", unavailable(broken), |stream| {
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n[")
        }),
    ])
    .suffers();
}

#[test]
fn systems_that_take_for_ever_are_left_while_others_are_asked() {
    let (head, body) = ("did not answer within 5 s", "sends its answer at less than 1000 bytes a second");
    let drip = |name, words, start: &'static str, piece: &'static str| {
        attack(name, unavailable(words), move |stream| {
            stream.write_all(start.as_bytes())?;
            loop {
                stream.write_all(piece.as_bytes())?;
                sleep(Duration::from_secs(1));
            }
        })
    };
    let scene = Scene::of(vec![
        drip("slow-body", body, "HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n", " "),
        drip("slow-head", head, "HTTP/1.1 200 OK\r\nx: ", "y"),
        drip("slow-headers", head, "HTTP/1.1 200 OK\r\n", "x: y\r\n"),
        drip("slow-chunks", body, "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", "1\r\n \r\n"),
        attack("silent", unavailable(head), |_| {
            loop {
                sleep(PATIENCE);
            }
        }),
    ]);
    // All at once: nobody waits for the sum of them.
    std::thread::scope(|threads| {
        let suffering: Vec<_> = scene.attacks.iter().map(|attack| threads.spawn(|| scene.suffer(attack))).collect();
        suffering.into_iter().for_each(|thread| thread.join().unwrap());
    });
    scene.is_well();
}

#[test]
fn calendars_that_recur_without_end_are_cut_or_refused() {
    let dates = (0..1_000_000).fold("RDATE:20260101T080000Z".to_owned(), |text, _| text + ",20260101T080000Z") + "\r\n";
    let folded = "DESCRIPTION:x\r\n".to_owned() + &" yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\r\n".repeat(260_000);
    Scene::of(vec![
        calendar("secondly", cut_at(999), &event("RRULE:FREQ=SECONDLY\r\n")),
        calendar("count", cut_at(0), &event("RRULE:FREQ=SECONDLY;COUNT=4000000000\r\n")),
        calendar("until", cut_at(1_000), &event("RRULE:FREQ=MINUTELY;UNTIL=99991231T235959Z\r\n")),
        calendar("never", nothing(), &tomorrow("RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30\r\n")),
        calendar("never-second", nothing(), &tomorrow("RRULE:FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30\r\n")),
        calendar(
            "by-everything",
            shows("x"),
            &tomorrow(&format!("RRULE:FREQ=YEARLY;BYSECOND={}\r\n", "1,".repeat(100_000) + "1")),
        ),
        calendar(
            "many-rules",
            malformed("more than 50,000 occurrences"),
            &event("RRULE:FREQ=SECONDLY\r\n").repeat(2_000),
        ),
        calendar("dates", malformed("more than 16 MiB"), &event(&dates)),
        calendar("folded", shows("x"), &tomorrow(&folded)),
        calendar("recursive", malformed("more than 50,000 occurrences"), &"BEGIN:VEVENT\r\n".repeat(100_000)),
        calendar("duration", shows("x"), &tomorrow("DURATION:P99999999999999999999W\r\n")),
    ])
    .suffers();
}

#[test]
fn what_is_shown_has_nothing_in_it_that_cannot_be_seen() {
    let json = |name, text: &str| body(name, shows("Universit\u{e9}"), "application/json", link(text));
    let latin = link("Universit\u{e9}").chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect::<Vec<_>>();
    let utf16: Vec<u8> =
        [0xff, 0xfe].into_iter().chain(link("Universit\u{e9}").encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let scene = Scene::of(vec![
        json("nul", r"Universit\u00e9\u0000"),
        json("bidi", r"\u202eUniversit\u00e9\u202c\u2066\u2069"),
        json("escape", r"\u001b[31mUniversit\u00e9\u009b0m\u0007".replace("[31m", "").replace("0m", "").as_str()),
        body("latin", shows("Universit\u{e9}"), "application/json; charset=utf-8", latin),
        body("utf16", shows("Universit\u{e9}"), "application/json", utf16),
        body("label", shows("Universit\u{e9}"), "application/json; charset=planted", link("Universit\u{e9}")),
        body("mark", shows("Universit\u{e9}"), "application/json", "\u{feff}".to_owned() + &link("Universit\u{e9}")),
        body(
            "twice",
            shows("Universit\u{e9}"),
            "application/json",
            link("x").replace("\"title\"", "\"title\": 7, \"title\": \"Universit\u{e9}\", \"x\""),
        ),
        body(
            "surrogate",
            malformed("unexpected end of hex escape"),
            "application/json",
            link(r"Universit\u00e9\ud800"),
        ),
        body("not-a-number", malformed("expected value"), "application/json", link("x").replace("1,", "NaN,")),
        body("huge-number", malformed("number out of range"), "application/json", link("x").replace("1,", "1e400,")),
        body("page", malformed("answered an HTML page"), "text/html", "<!DOCTYPE html><title>Maintenance</title>"),
        body(
            "page-as-json",
            malformed("answered an HTML page"),
            "application/json",
            "<!DOCTYPE html><title>Maintenance</title>",
        ),
        body("nothing", malformed("EOF while parsing"), "application/json", ""),
        body("cut", malformed("EOF while parsing"), "application/json", "[{\"id\": 1"),
    ]);
    scene.suffers();
}

#[test]
fn redirects_lead_nowhere_inside() {
    let (metadata, private) =
        ("a cloud's metadata address, which no source ever reaches", "10.0.0.1 is a private address");
    let (no_web, circle) = ("redirects to something that is no web address", "redirects more than 3 times");
    let redirect = |name: &'static str, words, to: &'static str| {
        attack(name, rejected(words), move |stream| {
            write!(stream, "HTTP/1.1 302 Found\r\nconnection: close\r\nlocation: {to}\r\ncontent-length: 0\r\n\r\n")
        })
    };
    Scene::of(vec![
        redirect("metadata", metadata, "http://169.254.169.254/latest/meta-data/"),
        redirect("decimal", metadata, "http://2852039166/"),
        redirect("octal", metadata, "http://0251.0376.0251.0376/"),
        redirect("short-hex", private, "http://0xa.1/"),
        redirect("ten", private, "http://10.0.0.1/"),
        redirect("any", "0.0.0.0 is an unspecified address", "http://0.0.0.0/"),
        redirect("mapped", "10.0.0.1, a private address", "http://[::ffff:10.0.0.1]/"),
        redirect("unique-local", "fd00::1 is a private address", "http://[fd00::1]/"),
        redirect("link-local", "fe80::1 is a link-local address", "http://[fe80::1]/"),
        redirect("file", no_web, "file:///etc/passwd"),
        redirect("gopher", no_web, "gopher://127.0.0.1/"),
        redirect("loop", circle, "/loop"),
        redirect("nothing", circle, ""),
    ])
    .suffers();
}

#[test]
fn a_declaration_of_any_size_costs_its_own_campus_alone() {
    let scene = Scene::of(vec![body("good", shows("x"), "application/json", link("x"))]);
    scene.suffers();
    let former = declaration("Lac", "http://127.0.0.1:9");
    for (place, hostile) in [
        former.replace("\".title\"", &format!("\"{}.title\"", "(".repeat(100_000))),
        former.replace("\".title\"", &format!("\"{}1\"", ".title | ".repeat(1_000_000))),
        former.replace("\".title\"", &format!("'.title | test(\"{}\")'", "(a+)+".repeat(10_000))),
        format!("{former}x = {}", "[".repeat(1_000_000)),
        former.clone()
            + &(0..100_000).map(|number| format!("[data.d{number}]\nsource = \"portal\"\n")).collect::<String>(),
        former.replace(
            "title = \".title\"",
            &(0..10_000).map(|number| format!("titel{number} = \".title\"\n")).collect::<String>(),
        ),
        former.replace("\".title\"", &format!("'[{}1]'", "test(\"a\"),".repeat(1_000))),
        "\u{feff}\0".repeat(1 << 20),
    ]
    .into_iter()
    .enumerate()
    {
        // Each time under another name, so that each is waited for.
        scene.site.declare(&format!("lac{place}"), &hostile);
        crate::process::eventually("it is looked at", || {
            let log = scene.serving.preau.err.so_far();
            log.lines().any(|line| line.contains("not loaded") && line.contains(&format!("lac{place}"))).then_some(())
        });
        assert_eq!(scene.serving.get("mont", "/api/data/links").items().len(), 2, "{place}");
    }
    scene.is_well();
}
