//! What a school declares, and what is asked of the upstream for it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse;
use outbound::{Outbound, Rules};
use records::{Malformed, Payload};
use serde_json::json;

use super::*;
use crate::{Call, Connector, Context, Fetch, Reply, SettingError, Validators, find};

fn context() -> Context {
    let rules = Rules { private: vec!["127.0.0.0/8".parse().unwrap()], ..Rules::default() };
    Context {
        outbound: Outbound::new(&[]).unwrap(),
        rules,
        folder: ".".into(),
        directories: Vec::new(),
        zone: paris(),
        limits: Limits::default(),
    }
}

fn fetch(source: serde_json::Value, request: serde_json::Value) -> Result<Arc<dyn Fetch>, Vec<SettingError>> {
    let params = ["group".to_owned(), "week".to_owned()];
    find("ical").unwrap().source(source, &context())?.request(request, &params)
}

fn refusal(source: serde_json::Value, request: serde_json::Value) -> String {
    let errors = fetch(source, request).err().unwrap();
    errors.iter().map(|error| format!("{}: {}", error.key, error.message)).collect::<Vec<_>>().join("; ")
}

#[test]
fn settings_that_cannot_be_right_are_refused_by_their_key() {
    let url = |url: &str| refusal(json!({ "url": url }), json!({}));
    assert_eq!(url("edt.univ.example/x.ics"), "url: this is no absolute address");
    assert_eq!(url("ftp://edt.univ.example/x.ics"), "url: the address is neither https: nor http:");
    assert_eq!(url("https://{group}.univ.example/x.ics"), "url: a parameter may not stand in the host");
    let good = json!({ "url": "https://edt.univ.example/" });
    assert!(refusal(good.clone(), json!({ "path": "{grp}.ics" })).starts_with("path: "));
    assert!(refusal(good.clone(), json!({ "query": { "r": "{grp}" } })).starts_with("query.r: "));
    assert!(refusal(good.clone(), json!({ "past": "soon" })).contains("no length of time"));
    assert!(refusal(good, json!({ "paht": "x" })).contains("unknown field"));
}

#[test]
fn an_event_maps_by_itself_into_a_timetable_or_an_agenda() {
    let scope = jq::Scope { zone: paris(), tables: BTreeMap::new() };
    let mapped = |kind: &str, lines: &str| {
        let (map, records) = (crate::ical::Ical.default_map(kind).unwrap(), event(lines));
        assert_eq!(map.each, ".[]");
        let mut fuel = jq::Fuel { steps: 10_000, bytes: 10_000 };
        let mut value = |expression: &str| {
            let program = jq::Program::compile(expression, &scope).unwrap();
            json(&program.one(&records[0], &mut fuel).unwrap().unwrap())
        };
        let fields = map.fields.iter().map(|(field, expression)| ((*field).to_owned(), value(expression)));
        serde_json::Value::Object(fields.collect())
    };
    let class = "DTSTART:20260123T073000Z\nSUMMARY:CM\nLOCATION:Amphi A\nDESCRIPTION:\\nL3\\nMARTIN\\n(Exporté le:03/01/2026 15:11)\\n";
    insta::assert_json_snapshot!(mapped("timetable", class), @r#"
    {
      "all_day": false,
      "cancelled": false,
      "end": null,
      "id": "e",
      "note": "L3\nMARTIN",
      "room": "Amphi A",
      "start": "2026-01-23T08:30:00+01:00",
      "title": "CM",
      "url": null
    }
    "#);
    let fair = "DTSTART;VALUE=DATE:20260123\nSUMMARY:Forum\nCATEGORIES:Orientation\nORGANIZER;CN=BDE:mailto:bde@univ.example\nURL:https://univ.example/forum";
    insta::assert_json_snapshot!(mapped("events", fair), @r#"
    {
      "all_day": true,
      "cancelled": false,
      "category": "Orientation",
      "end": "2026-01-24T00:00:00+01:00",
      "id": "e",
      "organizer": "BDE",
      "place": null,
      "start": "2026-01-23T00:00:00+01:00",
      "summary": "",
      "title": "Forum",
      "url": "https://univ.example/forum"
    }
    "#);
    assert_eq!(crate::ical::Ical.default_map("grades"), None);
}

/// What an upstream was asked, and what it answers.
#[derive(Clone, Default)]
struct Upstream {
    asked: Arc<Mutex<Vec<(String, HeaderMap)>>>,
    body: &'static str,
}

impl Upstream {
    async fn answer(State(upstream): State<Self>, request: Request) -> impl IntoResponse {
        let etag = [(header::ETAG, "\"one\"")];
        let known = request.headers().get(header::IF_NONE_MATCH).is_some_and(|known| known == "\"one\"");
        upstream.asked.lock().unwrap().push((request.uri().to_string(), request.headers().clone()));
        if known { (StatusCode::NOT_MODIFIED, etag, "") } else { (StatusCode::OK, etag, upstream.body) }
    }

    /// Serves on loopback; the address it is reached at.
    async fn serve(&self) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = axum::Router::new().fallback(Self::answer).with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        format!("http://{address}")
    }

    fn last(&self) -> (String, HeaderMap) {
        self.asked.lock().unwrap().last().unwrap().clone()
    }
}

async fn ask(fetch: &Arc<dyn Fetch>, validators: Option<&Validators>, now: &str) -> Result<Reply, outbound::Failure> {
    let params = BTreeMap::from([("group".to_owned(), "L3 INFO/é".to_owned())]);
    fetch.fetch(&Call { params: &params, validators, person: None, now: now.parse().unwrap() }).await
}

fn listed(pages: &[Payload]) -> Result<Vec<Value<'static>>, Malformed> {
    let [page] = pages else { panic!("{pages:?}") };
    match page.value(&Limits::default())?.into_owned() {
        Value::List(records) => Ok(records.into_iter().map(Value::into_owned).collect()),
        other => panic!("{other:?}"),
    }
}

const WEEKLY: &str = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:c\r\nDTSTART;TZID=Europe/Paris:20260105T080000\r\n\
    RRULE:FREQ=WEEKLY\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

#[tokio::test]
async fn asks_for_the_group_and_unrolls_the_days_around_today() {
    let upstream = Upstream { body: WEEKLY, ..Upstream::default() };
    let url = format!("{}/cal.jsp?projectId=2", upstream.serve().await);
    let request =
        json!({ "path": "/{group}.ics", "query": { "r": "{group}", "w": "{week}" }, "past": "7d", "ahead": "14d" });
    let fetch = fetch(json!({ "url": url }), request).unwrap();
    let Reply::Records { pages, bytes, .. } = ask(&fetch, None, "2026-03-25T12:00:00Z").await.unwrap() else {
        panic!()
    };
    assert_eq!(upstream.last().0, "/cal.jsp/L3%20INFO%2F%C3%A9.ics?projectId=2&r=L3+INFO%2F%C3%A9");
    assert_eq!(bytes, WEEKLY.len() as u64);
    let records = listed(&pages).unwrap();
    let starts = ["2026-03-23T08:00:00+01:00", "2026-03-30T08:00:00+02:00", "2026-04-06T08:00:00+02:00"];
    assert_eq!(each(&records, "start"), starts);
}

#[tokio::test]
async fn a_former_answer_is_good_for_its_day_only() {
    let upstream = Upstream { body: WEEKLY, ..Upstream::default() };
    let fetch = fetch(json!({ "url": upstream.serve().await }), json!({})).unwrap();
    let Reply::Records { validators, .. } = ask(&fetch, None, "2026-03-25T12:00:00Z").await.unwrap() else { panic!() };
    let same_day = ask(&fetch, validators.as_ref(), "2026-03-25T20:00:00Z").await.unwrap();
    assert!(matches!(same_day, Reply::Unchanged(_)));
    let next_day = ask(&fetch, validators.as_ref(), "2026-03-25T23:30:00Z").await.unwrap();
    assert!(matches!(next_day, Reply::Records { .. }));
    assert!(!upstream.last().1.contains_key(header::IF_NONE_MATCH));
}

#[tokio::test]
async fn a_login_page_is_a_failure_that_names_the_host_and_no_address() {
    let upstream = Upstream { body: "<html>Connexion</html>", ..Upstream::default() };
    let url = upstream.serve().await;
    let fetch = fetch(json!({ "url": format!("{url}/secret.ics?token=s3cret") }), json!({})).unwrap();
    let Reply::Records { pages, .. } = ask(&fetch, None, "2026-03-25T12:00:00Z").await.unwrap() else { panic!() };
    let Malformed { message } = listed(&pages).unwrap_err();
    assert!(message.ends_with("answered an HTML page, not a calendar: the address is wrong or asks for a login"));
    assert!(message.starts_with("127.0.0.1") && !message.contains("secret"), "{message}");
}

#[test]
fn a_sample_is_read_around_its_own_first_event() {
    let fetch =
        fetch(json!({ "url": "webcal://edt.univ.example/x.ics" }), json!({ "past": "1d", "ahead": "14d" })).unwrap();
    let pages = fetch.sample(WEEKLY.into()).unwrap().unwrap();
    assert_eq!(listed(&pages).unwrap().len(), 3);
}
