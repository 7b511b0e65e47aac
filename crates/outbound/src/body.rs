//! A body within its limit, decompressed while it arrives: it is the output that is bounded, because 1 kB of gzip can
//! become 1 MB.

use std::io::{self, ErrorKind, Write};

use bytes::Bytes;
use flate2::write::MultiGzDecoder;
use http::HeaderMap;
use http::header::CONTENT_ENCODING;

use crate::failure::size;
use crate::{Failure, FailureKind};

/// Reads the whole body of `site`'s answer.
pub(crate) async fn read(response: &mut reqwest::Response, site: &str, max: usize) -> Result<Bytes, Failure> {
    let mut sink = Sink::new(response.headers(), site, max)?;
    let broken = |_| Failure::new(FailureKind::Unavailable, format!("{site} broke off in the middle of its answer"));
    while let Some(chunk) = response.chunk().await.map_err(broken)? {
        sink.take(&chunk).map_err(|error| explain(&error, site, max))?;
    }
    sink.finish().map_err(|error| explain(&error, site, max))
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
