//! Pictures as PNG (ISO/IEC 15948): true colour with alpha, 8 bits a sample.

use std::io::Write;

use flate2::write::ZlibEncoder;
use flate2::{Compression, Crc};

const SIGNATURE: [u8; 8] = [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n'];

/// 8 bits a sample, RGBA, deflate, filters by line, not interlaced (11.2.2).
const FORMAT: [u8; 5] = [8, 6, 0, 0, 0];

/// A square picture whose side is `side` pixels, each of which `pixel` gives as RGBA by column and line.
pub(super) fn square(side: u32, pixel: impl Fn(u32, u32) -> [u8; 4]) -> Vec<u8> {
    let mut lines = ZlibEncoder::new(Vec::new(), Compression::default());
    for y in 0..side {
        // Plain areas need no filter.
        let line: Vec<u8> = std::iter::once(0).chain((0..side).flat_map(|x| pixel(x, y))).collect();
        // Memory takes whatever is written.
        let _ = lines.write_all(&line);
    }
    let head = [&side.to_be_bytes()[..], &side.to_be_bytes(), &FORMAT].concat();
    let lines = lines.finish().unwrap_or_default();
    [&SIGNATURE[..], &chunk(*b"IHDR", &head), &chunk(*b"IDAT", &lines), &chunk(*b"IEND", &[])].concat()
}

/// Length, type, data and their check (5.3).
fn chunk(name: [u8; 4], data: &[u8]) -> Vec<u8> {
    let mut crc = Crc::new();
    crc.update(&name);
    crc.update(data);
    let length = u32::try_from(data.len()).unwrap_or_default();
    [&length.to_be_bytes()[..], &name, data, &crc.sum().to_be_bytes()].concat()
}
