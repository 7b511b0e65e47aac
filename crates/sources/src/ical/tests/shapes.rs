//! What products write: ADE, HyperPlanning, Outlook, re-exports.

use super::*;

const ADE: &str = "BEGIN:VEVENT\r\nDTSTAMP:20260103T141130Z\r\nDTSTART:20260123T073000Z\r\nDTEND:20260123T093000Z\r\n\
    SUMMARY:CM Algorithmique\r\nLOCATION:Amphi A\\,Amphi B\r\n\
    DESCRIPTION:\\n\\nL3 INFO\\nMARTIN Jean\\n(Export\u{e9} le:03/01/2026 15:11)\r\n \\n\r\n\
    UID:ADE60554841323032352d323032362d393932322d302d34\r\nCREATED:19700101T000000Z\r\n\
    LAST-MODIFIED:20260103T141129Z\r\nSEQUENCE:2142107631\r\nEND:VEVENT\r\n";

#[test]
fn reads_an_event_of_ade() {
    insta::assert_json_snapshot!(json(&events(ADE)[0]), @r#"
    {
      "all_day": false,
      "cancelled": false,
      "categories": [],
      "description": "\n\nL3 INFO\nMARTIN Jean\n(Exporté le:03/01/2026 15:11)\n",
      "dtstamp": "2026-01-03T14:11:30Z",
      "end": "2026-01-23T10:30:00+01:00",
      "id": "ADE60554841323032352d323032362d393932322d302d34",
      "labels": {},
      "last_modified": "2026-01-03T14:11:29Z",
      "lines": [
        "L3 INFO",
        "MARTIN Jean"
      ],
      "location": "Amphi A,Amphi B",
      "organizer": null,
      "problem": null,
      "recurrence_of": null,
      "sequence": 2142107631,
      "start": "2026-01-23T08:30:00+01:00",
      "status": null,
      "summary": "CM Algorithmique",
      "uid": "ADE60554841323032352d323032362d393932322d302d34",
      "url": null,
      "x": {}
    }
    "#);
}

#[test]
fn reads_an_event_of_hyperplanning_by_its_labels() {
    let records = events(
        "BEGIN:VEVENT\r\nCATEGORIES:HYPERPLANNING\r\nDTSTAMP:20260103T141130Z\r\nLAST-MODIFIED:20260103T141130Z\r\n\
        UID:Cours-423101-5-L3-Index-Education\r\nDTSTART:20260126T080000Z\r\nDTEND:20260126T100000Z\r\n\
        SUMMARY;LANGUAGE=fr:Analyse - DUPONT A. - L3 MATHS - Groupe 1\r\nLOCATION;LANGUAGE=fr:B204\r\n\
        DESCRIPTION;LANGUAGE=fr:Mati\u{e8}re : Analyse : suites\\nEnseignant : DUPONT A.\\nEnseignant : LEROY B.\\nSalle\u{a0}: B204\\nM\u{e9}mo : \\n10:30 pause\\nhttps://visio.example/x\\n\r\n\
        X-ALT-DESC;FMTTYPE=text/html:Mati\u{e8}re : Analyse<br/>\r\nEND:VEVENT",
    );
    insta::assert_json_snapshot!(json(records[0].get("labels").unwrap()), @r#"
    {
      "Enseignant": "DUPONT A., LEROY B.",
      "Matière": "Analyse : suites",
      "Salle": "B204"
    }
    "#);
    assert_eq!(json(records[0].get("categories").unwrap()), serde_json::json!(["HYPERPLANNING"]));
    assert_eq!(json(records[0].get("x").unwrap()), serde_json::json!({ "x-alt-desc": "Matière : Analyse<br/>" }));
}

#[test]
fn an_export_at_another_time_differs_only_in_what_means_no_change() {
    let again = ADE.replace("DTSTAMP:20260103", "DTSTAMP:20260104").replace("03/01/2026 15:11", "04/01/2026 09:00");
    let (one, other) = (events(ADE), events(&again.replace("SEQUENCE:2142107631", "SEQUENCE:2142107999")));
    for name in ["id", "start", "end", "summary", "location"] {
        assert_eq!(text(&one[0], name), text(&other[0], name), "{name}");
    }
    assert_eq!(one[0].get("lines"), other[0].get("lines"));
    assert_ne!(one[0].get("description"), other[0].get("description"));
}

#[test]
fn unfolds_lines_however_they_end_and_wherever_they_break() {
    let mut body = b"BEGIN:VCALENDAR\nBEGIN:VEVENT\r\nUID:1\nDTSTART:20260105T080000Z\r\r\nSUM\n MARY:caf\xc3\r\n\t\xa9 \n cr\xc3\xa8me\nEND:VEVENT\nEND:VCALENDAR".to_vec();
    assert_eq!(each(&read(&body).unwrap(), "summary"), ["café crème"]);
    body.splice(0..0, *b"\xef\xbb\xbf");
    assert_eq!(each(&read(&body).unwrap(), "summary"), ["café crème"]);
}

#[test]
fn escapes_are_resolved_also_where_a_re_export_doubled_them() {
    let records = event("DTSTART:20260105T080000Z\nSUMMARY:a\\, b\\; c \\\\ d\nDESCRIPTION:un\\\\ndeux\\\\, trois");
    assert_eq!(text(&records[0], "summary"), r"a, b; c \ d");
    assert_eq!(text(&records[0], "description"), "un\ndeux, trois");
}

#[test]
fn a_description_with_raw_line_ends_is_read_whole() {
    let records = event("DTSTART:20260105T080000Z\nDESCRIPTION:un\ndeux trois\nSUMMARY:x\nSTATUS:CONFIRMED\njunk");
    assert_eq!(text(&records[0], "description"), "un\ndeux trois");
    assert_eq!(text(&records[0], "status"), "confirmed");
}

#[test]
fn several_calendars_in_one_body_are_read_in_order_and_an_empty_one_is_fine() {
    let one = |uid: &str| {
        format!("BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:{uid}\nDTSTART:20260105T080000Z\nEND:VEVENT\nEND:VCALENDAR\n")
    };
    let body = one("a") + "BEGIN:VCALENDAR\nEND:VCALENDAR\n" + &one("b");
    assert_eq!(each(&read(body.as_bytes()).unwrap(), "id"), ["a", "b"]);
    assert_eq!(read(b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"), Ok(Vec::new()));
}

#[test]
fn what_is_no_whole_calendar_is_refused_and_named() {
    let refusal = |body: &str| read(body.as_bytes()).unwrap_err();
    insta::assert_snapshot!(refusal("\r\n<!doctype html><title>Connexion</title>"), @"an HTML page, not a calendar: the address is wrong or asks for a login");
    insta::assert_snapshot!(refusal("{\"error\": \"login\"}"), @"JSON, not a calendar");
    insta::assert_snapshot!(refusal("<?xml version=\"1.0\"?><error/>"), @"XML, not a calendar");
    insta::assert_snapshot!(refusal(" \r\n"), @"nothing, not even an empty calendar");
    insta::assert_snapshot!(refusal("Fatal error: out of memory"), @"something else than a calendar");
    insta::assert_snapshot!(refusal("BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nDTSTART:2026"), @"a calendar that is cut off: it ends before END:VCALENDAR");
}

#[test]
fn one_event_that_cannot_be_read_is_told_and_costs_no_other() {
    let records = events(
        "BEGIN:VEVENT\nUID:bad\nSUMMARY:x\nDTSTART:tomorrow\nEND:VEVENT\nBEGIN:VEVENT\nUID:good\nDTSTART:20260105T080000Z\nEND:VEVENT",
    );
    assert_eq!(each(&records, "id"), ["bad", "good"]);
    assert_eq!(each(&records, "start"), ["", "2026-01-05T09:00:00+01:00"]);
    assert_eq!(text(&records[0], "problem"), "DTSTART cannot be read: tomorrow");
}

#[test]
fn an_unclosed_event_does_not_swallow_the_next_and_an_alarm_is_not_the_event() {
    let records = events(
        "BEGIN:VEVENT\nUID:1\nDTSTART:20260105T080000Z\nBEGIN:VALARM\nSUMMARY:alarm\nEND:VALARM\nSUMMARY:course\n\
        BEGIN:VEVENT\nUID:2\nDTSTART:20260106T080000Z\nEND:VEVENT",
    );
    assert_eq!(each(&records, "summary"), ["course", ""]);
    assert_eq!(each(&records, "id"), ["1", "2"]);
}

#[test]
fn cancelled_events_are_kept_and_marked() {
    let records = event("DTSTART:20260105T080000Z\nSTATUS:CANCELLED");
    assert_eq!(records[0].get("cancelled"), Some(&Value::Bool(true)));
    let body =
        "BEGIN:VCALENDAR\nMETHOD:CANCEL\nBEGIN:VEVENT\nUID:1\nDTSTART:20260105T080000Z\nEND:VEVENT\nEND:VCALENDAR";
    assert_eq!(read(body.as_bytes()).unwrap()[0].get("cancelled"), Some(&Value::Bool(true)));
}

#[test]
fn an_organizer_is_a_name_or_else_an_address() {
    let organizer = |line: &str| text(&event(&format!("DTSTART:20260105T080000Z\n{line}"))[0], "organizer").to_owned();
    assert_eq!(organizer("ORGANIZER;CN=\"Dupont: Anne; L3\":mailto:a@univ.example"), "Dupont: Anne; L3");
    assert_eq!(organizer("ORGANIZER:MAILTO:a@univ.example"), "a@univ.example");
    assert_eq!(organizer("ORGANIZER:Scolarité"), "Scolarité");
}

#[test]
fn only_what_touches_the_window_is_kept() {
    let records = |start: &str, end: &str| event(&format!("DTSTART:{start}\nDTEND:{end}")).len();
    assert_eq!(records("20251231T200000Z", "20260101T020000Z"), 1);
    assert_eq!(records("20251231T200000Z", "20251231T230000Z"), 0);
    assert_eq!(records("20261231T225959Z", "20270105T000000Z"), 1);
    assert_eq!(records("20261231T230000Z", "20270105T000000Z"), 0);
}
