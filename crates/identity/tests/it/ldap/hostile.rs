//! `ldap` against what claims to be a directory.

use identity::FailureKind;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::{context, failure, login, sign_in};

/// Something on this machine that answers whatever comes first with these bytes, and then closes or says no more: the
/// failure of a sign-in there.
async fn answered_with(bytes: Vec<u8>, closes: bool, kind: FailureKind) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.read_u8().await.unwrap();
        // The other side may have seen enough.
        let _ = stream.write_all(&bytes).await;
        if !closes {
            std::future::pending::<()>().await;
        }
    });
    let declared = json!({ "url": format!("ldap://{address}"), "timeout": "1s" });
    failure(sign_in(&*login(declared, &context(&[])), "adupont", "guess").await, kind)
}

/// An element of the message number 2, which the first request is.
fn message(operation: u8, parts: &[u8]) -> Vec<u8> {
    let [length, whole] = [parts.len(), parts.len() + 5].map(|length| u8::try_from(length).unwrap());
    [&[0x30, whole, 2, 1, 2, operation, length], parts].concat()
}

const DONE: &[u8] = &[10, 1, 0, 4, 0, 4, 0];
const REFERENCE: &[u8] = b"\x04\x0dldap://b/dc=b";

#[tokio::test]
async fn nothing_that_it_says_is_the_end_of_the_process() {
    let mut deep: Vec<u8> = Vec::new();
    for length in (0..150_000_u32).rev() {
        deep.extend([0x30, 0x84]);
        deep.extend((length * 6).to_be_bytes());
    }
    for bytes in [deep, b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec(), message(0x67, &[]), b"\x30\0".to_vec()] {
        let text = answered_with(bytes, false, FailureKind::Misconfigured).await;
        assert!(text.contains("does not speak LDAP"), "{text}");
    }
}

#[tokio::test]
async fn an_answer_is_refused_as_soon_as_it_says_that_it_is_too_large() {
    let text = answered_with(b"\x30\x84\x7f\xff\xff\xff".to_vec(), false, FailureKind::Misconfigured).await;
    assert!(text.contains("more than 1 MiB"), "{text}");
}

#[tokio::test]
async fn silence_and_goodbyes_are_a_directory_that_is_away() {
    let text = answered_with(Vec::new(), false, FailureKind::Unavailable).await;
    assert!(text.contains("within 1 s"), "{text}");
    let notice = [&[0x30, 12, 2, 1, 0, 0x78, 7], DONE].concat();
    for bytes in [Vec::new(), message(0x65, DONE)[..9].to_vec(), notice] {
        let text = answered_with(bytes, true, FailureKind::Unavailable).await;
        assert!(text.contains("broke off"), "{text}");
    }
}

#[tokio::test]
async fn references_to_other_directories_are_not_followed_nor_read_without_end() {
    let twice = [message(0x73, REFERENCE), message(0x73, REFERENCE), message(0x65, DONE)].concat();
    // Nobody was found, and the bind for nobody gets no answer.
    answered_with(twice, true, FailureKind::Unavailable).await;
    answered_with(message(0x73, REFERENCE).repeat(1000), false, FailureKind::Misconfigured).await;
    let referral = message(0x65, &[10, 1, 10, 4, 0, 4, 0]);
    let text = answered_with(referral, false, FailureKind::Misconfigured).await;
    assert!(text.contains("another directory"), "{text}");
}
