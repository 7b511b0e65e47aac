//! Tests of `date`.
#![allow(clippy::unwrap_used)]

use jiff::tz::TimeZone;

use super::instant;

#[track_caller]
fn same(texts: &[&str], expected: &str) {
    let paris = TimeZone::get("Europe/Paris").unwrap();
    for text in texts {
        let found = instant(text, &paris).map(|instant| instant.to_string());
        assert_eq!(found.as_deref(), Some(expected), "{text:?}");
    }
}

#[test]
fn reads_rfc_822_and_its_broken_forms() {
    let forms = [
        "Sat, 31 Jan 2026 08:05:09 +0100",
        "Sat, 31 Jan 2026 07:05:09 GMT",
        "31 Jan 2026 07:05:09 Z",
        "Sat,31 Jan 26 08:05:09 +01:00",
        "sat 31 january 2026 02:05:09 EST",
        "Saturday, 31-Jan-26 07:05:09 UT",
        "Sat Jan 31 07:05:09 UTC 2026",
        "31/01/2026 08:05:09",
        "01/31/2026 08:05:09 AM",
        "sam., 31 janv. 2026 08:05:09 CET",
        "Mon, 31 Jan 2026 08:05:09 GMT+1",
    ];
    same(&forms, "2026-01-31T07:05:09Z");
}

#[test]
fn reads_iso_8601_and_its_profiles() {
    same(
        &["2026-01-31T08:05:09.123+01:00", "2026-01-31 08:05:09", "2026-01-31t07:05:09z", "20260131T08:05:09+0100"],
        "2026-01-31T07:05:09Z",
    );
    same(&["2026-01-31", "20260131", "2026/01/31", "2026-01-30T24:00:00"], "2026-01-30T23:00:00Z");
    same(&["2026-01", "2026", "2026-01-01T00:00"], "2025-12-31T23:00:00Z");
}

#[test]
fn reads_french_months() {
    same(&["mar., 03 févr. 2026 12:00", "3 fev 2026 12:00"], "2026-02-03T11:00:00Z");
    same(&["01 juin 2026", "lun. 1 jui 2026"], "2026-05-31T22:00:00Z");
    same(&["14 juillet 2026 10:00"], "2026-07-14T08:00:00Z");
    same(&["15 août 2026 10:00"], "2026-08-15T08:00:00Z");
    same(&["25 déc. 2026 10:00 PM"], "2026-12-25T21:00:00Z");
}

#[test]
fn reads_seconds_that_leap() {
    same(&["2016-12-31T23:59:60Z"], "2016-12-31T23:59:59Z");
}

#[test]
fn a_text_without_a_date_has_no_instant() {
    for text in [
        "",
        "yesterday",
        "31",
        "Jan",
        "08:00",
        "99/99/9999",
        "2026-13-01",
        "99999999999999999999",
        "é".repeat(200).as_str(),
    ] {
        assert_eq!(instant(text, &TimeZone::UTC), None, "{text:?}");
    }
}

#[test]
fn reads_what_feeds_of_the_wild_write() {
    let forms = [
        "Sat Jan 31 07:05:09 2026 GMT",
        "Sat Jan 31 07:05:09 +0000 2026",
        "Sat, 31 Jan 2026 07:05:09 +0000 (UTC)",
        "Sat, 31 Jan 2026 09:05:09 +0200 (EET)",
        "2026-01-31T08:05:09+01",
        "2026-01-31T08:05:09 +01:00",
        "2026-01-31T07:05:09 Z",
        "2026-01-31 07:05:09 UTC",
        "2026-01-31 08:05:09 CET",
        "20260131T070509Z",
        "20260131 070509Z",
        "20260131070509Z",
        "2026-031T07:05:09Z",
        "2026031T07:05:09Z",
        "2026-1-31T7:5:9Z",
        "2026-01-31T07:05:09.000000Z",
        "2026-01-31T07:05:09,5Z",
        "2026-W05-6T07:05:09Z",
        "Sat, 31 Jan 2026 07:05:09 -0000",
        "Sat, 31st January 2026, 07:05:09 GMT",
        "January 31, 2026 07:05:09 GMT",
        "Jan 31, 2026 at 7:05:09 AM GMT",
        "Sat, 2026/01/31 07:05:09 GMT",
        "Sat, 31 Jan 2026 7h05m09 GMT",
        "31.01.2026 08:05:09",
        "31.1.2026, 8:05:09 Uhr",
        "samedi 31 janvier 2026 à 8:05:09",
        "Sat, 31 Jan 2026 08:05:09 Europe/Paris",
        "1769843109",
        "1769843109000",
        "Sa, 31 Jan 2026 08:05:09 MEZ",
        "lun, 31 ene 2026 08:05:09 +0100",
        "sab, 31 gen 2026 08:05:09 +0100",
    ];
    same(&forms, "2026-01-31T07:05:09Z");
}
