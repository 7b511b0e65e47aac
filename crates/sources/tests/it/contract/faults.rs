//! What upstreams do, and what each connector makes of it.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use outbound::{FailureKind, Rules};
use sources::Reply;
use tokio::net::TcpListener;

use super::{HIDDEN, SUBJECTS, Subject};
use crate::upstream::{Upstream, answer, context};

async fn upstream(subject: &Subject, status: u16, body: &str) -> Upstream {
    let (content_type, body) = (subject.content_type, body.to_owned());
    Upstream::start(move |_| answer(status, &[("content-type", content_type)], body.clone())).await
}

#[tokio::test]
async fn a_document_is_read() {
    for subject in SUBJECTS {
        let upstream = upstream(subject, 200, &(subject.document)("bonjour")).await;
        let text = subject.decoded(&format!("{}{HIDDEN}", upstream.url), Rules::default()).await;
        assert!(text.as_ref().is_ok_and(|text| text.contains("bonjour")), "{}: {text:?}", subject.connector);
        assert_eq!(upstream.targets(), [HIDDEN], "{}", subject.connector);
    }
}

#[tokio::test]
async fn an_upstream_that_is_down_is_unavailable() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}{HIDDEN}", listener.local_addr().unwrap());
    drop(listener);
    for subject in SUBJECTS {
        assert_eq!(subject.failure(&url, Rules::default()).await, FailureKind::Unavailable, "{}", subject.connector);
    }
}

#[tokio::test]
async fn a_silent_upstream_is_unavailable_within_its_time() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}{HIDDEN}", listener.local_addr().unwrap());
    for subject in SUBJECTS {
        let rules = Rules { first_byte_timeout: Duration::from_millis(100), ..Rules::default() };
        let begun = Instant::now();
        assert_eq!(subject.failure(&url, rules).await, FailureKind::Unavailable, "{}", subject.connector);
        assert!(begun.elapsed() < Duration::from_secs(4), "{}", subject.connector);
    }
}

#[tokio::test]
async fn a_status_means_the_same_everywhere() {
    for subject in SUBJECTS {
        for (status, kind) in [
            (401, FailureKind::Refused),
            (403, FailureKind::Refused),
            (404, FailureKind::Rejected),
            (429, FailureKind::Unavailable),
            (503, FailureKind::Unavailable),
        ] {
            let upstream = upstream(subject, status, "hidden").await;
            let url = format!("{}{HIDDEN}", upstream.url);
            assert_eq!(subject.failure(&url, Rules::default()).await, kind, "{} {status}", subject.connector);
        }
    }
}

#[tokio::test]
async fn a_login_page_in_place_of_a_document_is_malformed() {
    for subject in SUBJECTS {
        for content_type in ["text/html; charset=utf-8", subject.content_type] {
            let page = "<!DOCTYPE html>\n<html><body><form action='hidden'>Connexion</form></body></html>";
            let upstream = Upstream::start(move |_| answer(200, &[("content-type", content_type)], page)).await;
            let url = format!("{}{HIDDEN}", upstream.url);
            let kind = subject.failure(&url, Rules::default()).await;
            assert_eq!(kind, FailureKind::Malformed, "{} {content_type}", subject.connector);
        }
    }
}

#[tokio::test]
async fn garbage_is_malformed() {
    // Any line is CSV.
    for subject in SUBJECTS.iter().filter(|subject| subject.content_type != "text/csv") {
        for garbage in ["%%% hidden", "\u{0}\u{1}\u{2}", "{\"hidden", "<hidden", "BEGIN:VCALENDAR\r\nhidden"] {
            let upstream = upstream(subject, 200, garbage).await;
            let url = format!("{}{HIDDEN}", upstream.url);
            let kind = subject.failure(&url, Rules::default()).await;
            assert_eq!(kind, FailureKind::Malformed, "{} {garbage:?}", subject.connector);
        }
    }
}

#[tokio::test]
async fn an_answer_beyond_the_limit_is_malformed() {
    for subject in SUBJECTS {
        let upstream = upstream(subject, 200, &(subject.document)(&"x".repeat(20_000))).await;
        let rules = Rules { max_body: 10_000, ..Rules::default() };
        let kind = subject.failure(&format!("{}{HIDDEN}", upstream.url), rules).await;
        assert_eq!(kind, FailureKind::Malformed, "{}", subject.connector);
    }
}

#[tokio::test]
async fn an_address_inside_that_nobody_declared_is_rejected() {
    for subject in SUBJECTS {
        for host in ["10.0.0.1", "169.254.169.254", "[::1]"] {
            let kind = subject.failure(&format!("https://{host}{HIDDEN}"), Rules::default()).await;
            assert_eq!(kind, FailureKind::Rejected, "{} {host}", subject.connector);
        }
    }
}

#[tokio::test]
async fn a_document_that_did_not_change_is_not_sent_again() {
    for subject in SUBJECTS {
        let (content_type, document) = (subject.content_type, (subject.document)("bonjour"));
        let upstream = Upstream::start(move |asked| match asked.header("if-none-match") {
            "\"v1\"" => answer(304, &[("etag", "\"v1\"")], ""),
            _ => answer(200, &[("etag", "\"v1\""), ("content-type", content_type)], document.clone()),
        })
        .await;
        let context = context(Rules::default());
        let url = format!("{}{HIDDEN}", upstream.url);
        let first = subject.fetch(&url, &context, None).await.unwrap();
        let Reply::Records { validators: Some(validators), bytes, .. } = first else { panic!("{first:?}") };
        assert!(bytes > 0, "{}", subject.connector);
        let second = subject.fetch(&url, &context, Some(&validators)).await.unwrap();
        assert!(matches!(second, Reply::Unchanged(_)), "{}: {second:?}", subject.connector);
        assert_eq!(upstream.asked().len(), 2);
    }
}

#[tokio::test]
async fn two_campuses_never_share_an_answer() {
    for subject in SUBJECTS {
        let (content_type, document, calls) = (subject.content_type, subject.document, AtomicUsize::new(0));
        let upstream = Upstream::start(move |_| {
            let call = calls.fetch_add(1, Ordering::SeqCst);
            answer(200, &[("content-type", content_type)], document(&format!("campus-{call}")))
        })
        .await;
        let url = format!("{}{HIDDEN}", upstream.url);
        for expected in ["campus-0", "campus-1"] {
            let text = subject.decoded(&url, Rules::default()).await.unwrap();
            assert!(text.contains(expected), "{}: {text}", subject.connector);
        }
    }
}
