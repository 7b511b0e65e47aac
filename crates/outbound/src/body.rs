//! A body within its limit, decompressed while it arrives: it is the output that is bounded, because 1 kB of gzip can
//! become 1 MB.

use std::io::{self, ErrorKind, Write};

use bytes::Bytes;
use flate2::write::MultiGzDecoder;
use http::HeaderMap;
use http::header::CONTENT_ENCODING;
use tokio::time::{Instant, timeout};

use crate::failure::{seconds, size};
use crate::rules::Pace;
use crate::{Failure, FailureKind, Rules};

/// Reads the whole body of `site`'s answer.
pub(crate) async fn read(response: &mut reqwest::Response, site: &str, rules: &Rules) -> Result<Bytes, Failure> {
    let max = rules.max_body;
    let unavailable = |what: String| Failure::new(FailureKind::Unavailable, format!("{site} {what}"));
    // What is announced as too much is not read at all.
    if response.content_length().is_some_and(|length| length > max as u64) {
        return Err(explain(&ErrorKind::FileTooLarge.into(), site, max));
    }
    let mut sink = Sink::new(response.headers(), site, max)?;
    let mut received = 0_u64;
    let (began, Pace { bytes_per_second, after }) = (Instant::now(), rules.slowest);
    loop {
        let chunk = timeout(rules.between_bytes_timeout, response.chunk()).await;
        let silent = |_| {
            let limit = seconds(rules.between_bytes_timeout);
            unavailable(format!("sent nothing more for {limit} in the middle of its answer"))
        };
        let chunk = chunk.map_err(silent)?;
        let Some(chunk) = chunk.map_err(|_| unavailable("broke off in the middle of its answer".to_owned()))? else {
            return sink.finish().map_err(|error| explain(&error, site, max));
        };
        sink.take(&chunk).map_err(|error| explain(&error, site, max))?;
        received = received.saturating_add(chunk.len() as u64);
        let took = began.elapsed();
        if took > after && u128::from(received) * 1_000 < u128::from(bytes_per_second) * took.as_millis() {
            return Err(unavailable(format!("sends its answer at less than {bytes_per_second} bytes a second")));
        }
    }
}

enum Sink {
    Identity(Bounded),
    Gzip {
        decoder: Box<MultiGzDecoder<Bounded>>,
        /// Bytes that may still come: a compressed stream can be endless and expand to nothing.
        left: usize,
        begun: bool,
    },
}

impl Sink {
    fn new(headers: &HeaderMap, site: &str, max: usize) -> Result<Self, Failure> {
        let bounded = Bounded { bytes: Vec::new(), max };
        match headers.get(CONTENT_ENCODING).map(|value| value.as_bytes().to_ascii_lowercase()).as_deref() {
            None | Some(b"" | b"identity") => Ok(Self::Identity(bounded)),
            Some(b"gzip" | b"x-gzip") => {
                Ok(Self::Gzip { decoder: Box::new(MultiGzDecoder::new(bounded)), left: max, begun: false })
            }
            Some(other) => {
                let other: String = String::from_utf8_lossy(other).chars().take(40).collect();
                let message = format!("{site} compressed its answer as {other:?}, though only gzip was accepted");
                Err(Failure::new(FailureKind::Malformed, message))
            }
        }
    }

    fn take(&mut self, chunk: &[u8]) -> io::Result<()> {
        match self {
            Self::Identity(bounded) => bounded.write_all(chunk),
            Self::Gzip { decoder, left, begun } => {
                *left = left.checked_sub(chunk.len()).ok_or(ErrorKind::FileTooLarge)?;
                *begun |= !chunk.is_empty();
                decoder.write_all(chunk)
            }
        }
    }

    fn finish(self) -> io::Result<Bytes> {
        Ok(match self {
            Self::Identity(bounded) => bounded.bytes.into(),
            // Some servers say gzip of an empty answer too.
            Self::Gzip { begun: false, .. } => Bytes::new(),
            Self::Gzip { decoder, .. } => decoder.finish()?.bytes.into(),
        })
    }
}

struct Bounded {
    bytes: Vec<u8>,
    max: usize,
}

impl Write for Bounded {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        if self.bytes.len().saturating_add(buffer.len()) > self.max {
            return Err(ErrorKind::FileTooLarge.into());
        }
        if self.bytes.capacity() - self.bytes.len() < buffer.len() {
            // Twice as much each time, but never more than may be used.
            let wanted = (self.bytes.len() * 2).max(self.bytes.len() + buffer.len()).min(self.max);
            self.bytes.reserve_exact(wanted - self.bytes.len());
        }
        self.bytes.extend_from_slice(buffer);
        Ok(buffer.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn explain(error: &io::Error, site: &str, max: usize) -> Failure {
    let message = match error.kind() {
        ErrorKind::FileTooLarge => format!("{site} answered more than {}, the most that is taken", size(max)),
        _ => format!("{site} answered gzip that does not decompress"),
    };
    Failure::new(FailureKind::Malformed, message)
}
