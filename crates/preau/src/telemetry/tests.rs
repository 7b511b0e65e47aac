//! Who is traced.

use super::*;

const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331";

fn choice(share: f64) -> Choice {
    Choice { share, asked: AtomicU64::new(0), trusted: vec!["10.2.0.7/32".parse().unwrap()] }
}

fn traced(choice: &Choice, peer: &str, parents: &[&str]) -> Option<Context> {
    let peer = Peer { address: peer.parse().unwrap(), tls: false };
    let headers = parents.iter().map(|parent| (http::HeaderName::from_static("traceparent"), parent.parse().unwrap()));
    choice.traced(peer, &headers.collect())
}

#[test]
fn as_many_requests_are_traced_as_the_operator_says() {
    for (share, least, most) in [(0.0, 0, 0), (0.01, 95, 105), (0.5, 4_990, 5_010), (1.0, 10_000, 10_000)] {
        let choice = choice(share);
        let traced = (0..10_000).filter(|_| traced(&choice, "192.0.2.7", &[]).is_some()).count();
        assert!((least..=most).contains(&traced), "{share}: {traced}");
    }
}

#[test]
fn a_stranger_neither_asks_for_a_trace_nor_names_it() {
    let never = choice(0.0);
    for peer in ["192.0.2.7", "127.0.0.1", "10.2.0.8", "::ffff:10.2.0.8"] {
        assert!(traced(&never, peer, &[&format!("{PARENT}-01")]).is_none(), "{peer}");
    }
    let always = choice(1.0);
    let context = traced(&always, "192.0.2.7", &[&format!("{PARENT}-00")]).unwrap();
    assert!(!context.span().span_context().is_valid());
}

#[test]
fn a_trusted_proxys_trace_goes_on_as_it_says() {
    for (share, flag, goes_on) in [(0.0, "01", true), (1.0, "01", true), (1.0, "00", false)] {
        for peer in ["10.2.0.7", "::ffff:10.2.0.7"] {
            let context = traced(&choice(share), peer, &[&format!("{PARENT}-{flag}")]);
            assert_eq!(context.is_some(), goes_on, "{share} {flag}");
            let id = context.map(|context| context.span().span_context().trace_id().to_string());
            assert_eq!(id.as_deref(), goes_on.then_some("0af7651916cd43dd8448eb211c80319c"));
        }
    }
    for wrong in ["", "00", "00-0-0-01", "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "\u{e9}"] {
        assert!(traced(&choice(0.0), "10.2.0.7", &[wrong]).is_none(), "{wrong}");
    }
}
