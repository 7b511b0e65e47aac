//! HTTP/2 as no client writes it, frame by frame (RFC 9113): each ends its stream or its connection, and costs little.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use super::Pair;
use crate::client::connect;

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

// Types and flags of frames.
const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RESET: u8 = 3;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const GO_AWAY: u8 = 7;
const WINDOW: u8 = 8;
const CONTINUATION: u8 = 9;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;

/// The fields `:status: 200` and `404` as HPACK's static table has them.
const OK: u8 = 0x88;
const NOT_FOUND: u8 = 0x8d;

/// Reasons of an end.
const PROTOCOL: [u8; 4] = [0, 0, 0, 1];
const CALM: [u8; 4] = [0, 0, 0, 11];

struct Frame {
    kind: u8,
    stream: u32,
    payload: Vec<u8>,
}

impl Frame {
    /// Why something ends; of a connection, the last stream that was looked at comes before it.
    fn reason(&self) -> &[u8] {
        &self.payload[if self.kind == GO_AWAY { 4 } else { 0 }..]
    }
}

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

/// A literal field that is not kept (RFC 7541, 6.2.2), of up to 126 bytes each.
fn field(name: &str, value: &str) -> Vec<u8> {
    let text = |text: &str| [&[u8::try_from(text.len()).unwrap()], text.as_bytes()].concat();
    [vec![0], text(name), text(value)].concat()
}

fn fields(fields: &[(&str, &str)]) -> Vec<u8> {
    fields.iter().flat_map(|(name, value)| field(name, value)).collect()
}

const READ: [(&str, &str); 4] =
    [(":method", "GET"), (":scheme", "http"), (":authority", "lac.localhost"), (":path", "/api/data/links")];

/// A connection that has begun, with these settings.
fn begin(pair: &Pair, settings: &[u8]) -> TcpStream {
    let mut stream = connect(pair.address());
    stream.write_all(&[PREFACE, &frame(SETTINGS, 0, 0, settings)].concat()).unwrap();
    stream
}

/// The next frame; `None` where the connection has ended.
fn next(stream: &mut TcpStream) -> Option<Frame> {
    let mut head = [0; 9];
    let mut read = |bytes: &mut [u8]| match stream.read_exact(bytes) {
        Ok(()) => Some(()),
        Err(error) => {
            let ended = matches!(error.kind(), ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset);
            assert!(ended, "neither a frame nor the end: {error}");
            None
        }
    };
    read(&mut head)?;
    let [a, b, c, kind, _, number @ ..] = head;
    let mut payload = vec![0; u32::from_be_bytes([0, a, b, c]) as usize];
    read(&mut payload)?;
    Some(Frame { kind, stream: u32::from_be_bytes(number), payload })
}

/// What ends the first stream: its answer, its reset, or the end of the connection.
fn end(stream: &mut TcpStream) -> Option<Frame> {
    std::iter::from_fn(|| next(stream)).find(|frame| matches!(frame.kind, HEADERS | RESET | GO_AWAY))
}

/// Sends what may not all be read.
fn send(stream: &mut TcpStream, bytes: &[u8]) {
    let _ = stream.write_all(bytes);
}

/// Reads to a frame of a kind; whether it came before the end.
fn comes(stream: &mut TcpStream, kind: u8) -> bool {
    std::iter::from_fn(|| next(stream)).any(|frame| frame.kind == kind)
}

#[test]
fn a_request_is_answered() {
    let pair = Pair::start();
    let mut stream = begin(&pair, &[]);
    send(&mut stream, &frame(HEADERS, END_STREAM | END_HEADERS, 1, &fields(&READ)));
    let answer = std::iter::from_fn(|| next(&mut stream)).find(|frame| frame.kind == HEADERS).unwrap();
    assert_eq!((answer.stream, answer.payload[0]), (1, OK));
    assert!(comes(&mut stream, DATA));
}

#[test]
fn what_breaks_the_rules_of_fields_is_never_answered_as_if_it_did_not() {
    let pair = Pair::start();
    let with = |more: &[(&str, &str)]| fields(&[&READ[..], more].concat());
    let without = |name: &str| fields(&READ.into_iter().filter(|(known, _)| *known != name).collect::<Vec<_>>());
    let to_path = |path| fields(&[READ[0], READ[1], READ[2], (":path", path)]);
    let to = |authority| fields(&[READ[0], READ[1], READ[3], (":authority", authority)]);
    let streams = [
        without(":method"),
        without(":path"),
        without(":scheme"),
        with(&[(":path", "/api/manifest")]),
        with(&[(":authority", "mont.localhost")]),
        with(&[(":status", "200")]),
        fields(&[("x", "a"), READ[0], READ[1], READ[2], READ[3]]),
        with(&[("connection", "close")]),
        with(&[("transfer-encoding", "chunked")]),
        with(&[("te", "gzip")]),
        with(&[("content-length", "5")]),
        with(&[("content-length", "-1")]),
        to_path(""),
        to_path("api/data/links"),
        to_path("/api/data/links x"),
        to("lac.localhost/x"),
    ];
    let connections = [
        with(&[(":planted", "x")]),
        with(&[("Host", "mont.localhost")]),
        with(&[("x", "a\r\nhost: mont.localhost")]),
        with(&[("x", "a\0b")]),
        with(&[("x\r\ny", "a")]),
        with(&[("", "a")]),
        // No field at all: an index beyond the table, a length beyond the frame.
        vec![0xff, 0xff, 0xff, 0xff, 0x7f],
        vec![0, 0x7f, 0xff, 0xff, 0xff, 0x0f],
    ];
    for (kind, reason, all) in [
        (RESET, &PROTOCOL[..], &streams[..]),
        (GO_AWAY, &PROTOCOL, &connections),
        (HEADERS, &[NOT_FOUND], &[to("mont.localhost@lac.localhost")]),
    ] {
        for wrong in all {
            let mut stream = begin(&pair, &[]);
            send(&mut stream, &frame(HEADERS, END_STREAM | END_HEADERS, 1, wrong));
            let end = end(&mut stream).expect("an end");
            let as_told = end.kind == kind && end.reason().starts_with(reason);
            assert!(as_told, "{:?}: {} {:?}", String::from_utf8_lossy(wrong), end.kind, end.reason());
        }
    }
    pair.is_well();
}

#[test]
fn a_host_beside_the_authority_is_not_believed() {
    let pair = Pair::start();
    let mut stream = begin(&pair, &[]);
    let both = fields(&[&READ[..], &[("host", "mont.localhost")]].concat());
    send(&mut stream, &frame(HEADERS, END_STREAM | END_HEADERS, 1, &both));
    let data = std::iter::from_fn(|| next(&mut stream)).find(|frame| frame.kind == DATA).expect("an answer");
    let text = String::from_utf8_lossy(&data.payload);
    assert!(text.contains("mark-of-lac") && !text.contains("mark-of-mont"), "{text:.200}");
    pair.is_well();
}

#[test]
fn a_length_that_the_data_do_not_have_ends_the_stream() {
    let pair = Pair::start();
    for (length, data) in [("3", "abcdef"), ("9", "abc")] {
        let mut stream = begin(&pair, &[]);
        let post = [(":method", "POST"), READ[1], READ[2], (":path", "/api/session/end"), ("content-length", length)];
        send(&mut stream, &frame(HEADERS, END_HEADERS, 1, &fields(&post)));
        send(&mut stream, &frame(DATA, END_STREAM, 1, data.as_bytes()));
        let answered = end(&mut stream).is_some_and(|frame| frame.kind == HEADERS && frame.payload[0] == OK);
        // Signing out without a session reads no body: then the stream is ended after its answer.
        assert!(!answered || comes(&mut stream, RESET), "{length}");
    }
    pair.is_well();
}

#[test]
fn requests_that_are_taken_back_at_once_end_the_connection() {
    let pair = Pair::start();
    let mut stream = begin(&pair, &[]);
    let asked = fields(&READ);
    let rapid: Vec<u8> = (0..10_000)
        .flat_map(|number| {
            let id = number * 2 + 1;
            [frame(HEADERS, END_STREAM | END_HEADERS, id, &asked), frame(RESET, 0, id, &[0, 0, 0, 8])].concat()
        })
        .collect();
    send(&mut stream, &rapid);
    // To its end: whether the last frame still arrives is the network's.
    while next(&mut stream).is_some() {}
    pair.is_well();
}

#[test]
fn a_head_without_end_ends_the_connection() {
    let pair = Pair::start();
    let more = [vec![0, 1, b'x', 100], vec![b'y'; 100]].concat().repeat(150);
    for empty in [false, true] {
        let mut stream = begin(&pair, &[]);
        send(&mut stream, &frame(HEADERS, END_STREAM, 1, &fields(&READ)));
        for _ in 0..20_000 {
            let piece = frame(CONTINUATION, 0, 1, if empty { &[] } else { &more });
            if stream.write_all(&piece).is_err() {
                break;
            }
        }
        while next(&mut stream).is_some() {}
    }
    pair.is_well();
}

#[test]
fn fields_that_unpack_to_megabytes_are_refused() {
    let pair = Pair::start();
    let mut stream = begin(&pair, &[]);
    // One field of 4,000 bytes is kept (RFC 7541, 6.2.1), and then meant 15,000 times with a byte each.
    let kept = [&[0x40, 1, b'x', 0x7f, 0xa1, 0x1e][..], &[b'y'; 4000]].concat();
    let bomb = [fields(&READ), kept, vec![0xbe; 12_000]].concat();
    send(&mut stream, &frame(HEADERS, END_STREAM | END_HEADERS, 1, &bomb));
    let end = end(&mut stream).expect("an end");
    assert!(end.kind == GO_AWAY && end.reason().starts_with(&CALM), "{} {:?}", end.kind, end.reason());
    pair.is_well();
}

#[test]
fn clients_that_take_nothing_hold_nothing_up() {
    let pair = Pair::start();
    // No window for any stream (SETTINGS_INITIAL_WINDOW_SIZE).
    let mut stream = begin(&pair, &[0, 4, 0, 0, 0, 0]);
    for number in 0..100 {
        send(&mut stream, &frame(HEADERS, END_STREAM | END_HEADERS, number * 2 + 1, &fields(&READ)));
    }
    let heads = std::iter::from_fn(|| next(&mut stream)).filter(|frame| frame.kind == HEADERS).take(100);
    assert_eq!(heads.filter(|frame| frame.payload[0] == OK).count(), 100);
    pair.is_well();
    // A window that overflows, of nothing, or for nobody.
    for (id, size) in [(1, 0x7fff_ffff_u32), (1, 0), (0, 0), (999, 1)] {
        send(
            &mut stream,
            &[frame(WINDOW, 0, id, &size.to_be_bytes()), frame(WINDOW, 0, id, &size.to_be_bytes())].concat(),
        );
    }
    while next(&mut stream).is_some() {}
    pair.is_well();
}

#[test]
fn floods_of_what_needs_an_answer_are_bounded() {
    let pair = Pair::start();
    for flood in
        [frame(PING, 0, 0, &[0; 8]), frame(SETTINGS, 0, 0, &[]), frame(DATA, 0, 0, &[]), frame(0x77, 0, 0, &[0; 100])]
    {
        let mut stream = begin(&pair, &[]);
        // Nothing is read: what the server would answer piles up with it, or it stops to read us.
        stream.set_write_timeout(Some(Duration::from_millis(500))).unwrap();
        let _ = (0..2_000).try_for_each(|_| stream.write_all(&flood.repeat(500)));
    }
    pair.is_well();
}
