//! Text in the charsets that schools' older systems still write, and in XML.

/// ISO-8859-15 inside XML: what the charset lacks becomes a character reference.
pub fn latin9(text: &str) -> Vec<u8> {
    const OWN: [(char, u8); 8] =
        [('€', 0xa4), ('Š', 0xa6), ('š', 0xa8), ('Ž', 0xb4), ('ž', 0xb8), ('Œ', 0xbc), ('œ', 0xbd), ('Ÿ', 0xbe)];
    let mut bytes = Vec::with_capacity(text.len());
    for c in text.chars() {
        match (OWN.iter().find(|(own, _)| *own == c), u8::try_from(c)) {
            (Some((_, byte)), _) => bytes.push(*byte),
            (None, Ok(byte)) if !OWN.iter().any(|(_, own)| *own == byte) => bytes.push(byte),
            _ => bytes.extend(format!("&#{};", u32::from(c)).into_bytes()),
        }
    }
    bytes
}

/// Windows-1252; what it lacks becomes a question mark.
pub fn windows_1252(text: &str) -> Vec<u8> {
    const OWN: [(char, u8); 8] =
        [('€', 0x80), ('…', 0x85), ('Œ', 0x8c), ('’', 0x92), ('“', 0x93), ('”', 0x94), ('–', 0x96), ('œ', 0x9c)];
    let byte = |c: char| match OWN.iter().find(|(own, _)| *own == c) {
        Some((_, byte)) => *byte,
        None => u8::try_from(c).ok().filter(|byte| !(0x80..0xa0).contains(byte)).unwrap_or(b'?'),
    };
    text.chars().map(byte).collect()
}

/// Text between tags or quotes of XML.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
