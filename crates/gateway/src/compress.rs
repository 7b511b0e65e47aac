//! Content codings (RFC 9110, 8.4): chosen by the client, applied once when an answer is kept.

use std::io::Write;

use bytes::Bytes;

/// A coding that we offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Coding {
    Zstd,
    Brotli,
    Gzip,
}

impl Coding {
    /// All, the best first.
    pub(crate) const ALL: [Self; 3] = [Self::Zstd, Self::Brotli, Self::Gzip];

    /// Its name in `Accept-Encoding` and `Content-Encoding`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Zstd => "zstd",
            Self::Brotli => "br",
            Self::Gzip => "gzip",
        }
    }

    /// The best coding that a client accepts. A weight other than 0 is not compared: every client of ours that names a
    /// coding is glad of it.
    pub(crate) fn accepted(accept_encoding: &str) -> Option<Self> {
        let accepts = |coding: &Self| {
            accept_encoding.split(',').any(|offer| {
                let mut parts = offer.split(';').map(str::trim);
                let name = parts.next().unwrap_or_default();
                let refused = parts.any(|weight| matches!(weight, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"));
                name.eq_ignore_ascii_case(coding.name()) && !refused
            })
        };
        Self::ALL.into_iter().find(accepts)
    }
}

/// Below this many bytes, a coding saves less than its header costs.
const WORTHWHILE: usize = 256;

/// Compresses; `None` where that is not worthwhile.
pub(crate) fn compress(plain: &Bytes, coding: Coding) -> Option<Bytes> {
    if plain.len() < WORTHWHILE {
        return None;
    }
    let coded = match coding {
        Coding::Zstd => zstd::bulk::compress(plain, 3).ok(),
        Coding::Brotli => brotli(plain),
        Coding::Gzip => gzip(plain),
    };
    coded.map(Bytes::from)
}

fn brotli(plain: &[u8]) -> Option<Vec<u8>> {
    let mut coded = Vec::new();
    let mut writer = brotli::CompressorWriter::new(&mut coded, 4096, 4, 22);
    writer.write_all(plain).ok()?;
    drop(writer);
    Some(coded)
}

fn gzip(plain: &[u8]) -> Option<Vec<u8>> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(6));
    writer.write_all(plain).ok()?;
    writer.finish().ok()
}
