//! Content codings (RFC 9110, 8.4): chosen by the client, applied once when an answer is kept, or for one reader.

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
        Self::ALL.into_iter().find(|coding| Self::is_accepted(coding.name(), accept_encoding))
    }

    /// Whether a client accepts the coding of a name.
    pub(crate) fn is_accepted(coding: &str, accept_encoding: &str) -> bool {
        accept_encoding.split(',').any(|offer| {
            let mut parts = offer.split(';').map(str::trim);
            let name = parts.next().unwrap_or_default();
            let refused = parts.any(|weight| matches!(weight, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"));
            name.eq_ignore_ascii_case(coding) && !refused
        })
    }
}

/// How hard to try, by coding: what is kept is sent many times, what is made for one reader costs more than it saves.
pub(crate) struct Effort {
    zstd: i32,
    brotli: u32,
    gzip: u32,
}

/// For an answer that is kept.
pub(crate) const KEPT: Effort = Effort { zstd: 3, brotli: 4, gzip: 6 };

/// For one reader: a quarter of the time that gzip takes above, for a fifth more bytes.
pub(crate) const PASSING: Effort = Effort { zstd: 3, brotli: 2, gzip: 2 };

/// Below this many bytes, a coding saves less than its header costs.
const WORTHWHILE: usize = 256;

/// Compresses; `None` where that is not worthwhile.
pub(crate) fn compress(plain: &Bytes, coding: Coding, effort: &Effort) -> Option<Bytes> {
    if plain.len() < WORTHWHILE {
        return None;
    }
    let coded = match coding {
        Coding::Zstd => zstd::bulk::compress(plain, effort.zstd).ok(),
        Coding::Brotli => brotli(plain, effort.brotli),
        Coding::Gzip => gzip(plain, effort.gzip),
    };
    // The room that a coder took may be many times what it needed.
    coded.map(|coded| coded.into_boxed_slice().into())
}

fn brotli(plain: &[u8], quality: u32) -> Option<Vec<u8>> {
    let mut coded = Vec::new();
    let mut writer = brotli::CompressorWriter::new(&mut coded, 4096, quality, 22);
    writer.write_all(plain).ok()?;
    drop(writer);
    Some(coded)
}

fn gzip(plain: &[u8], level: u32) -> Option<Vec<u8>> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(level));
    writer.write_all(plain).ok()?;
    writer.finish().ok()
}
