//! The student app's files as the binary holds them: each with its media type, its digest and its compressed copies.

use std::collections::BTreeMap;

use aws_lc_rs::digest::{SHA256, digest};
use bytes::Bytes;

/// A build of the app: `index.html`, `sw.js` and `assets/…`.
#[derive(Debug, Clone, Default)]
pub struct Web {
    files: BTreeMap<String, File>,
    digest: String,
}

/// A file, ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its media type.
    pub media: &'static str,
    /// Which content it is: 32 hexadecimal digits of its SHA-256.
    pub digest: String,
    /// Its bytes.
    pub plain: Bytes,
    /// The same compressed, by the name of the content coding (RFC 9110, 8.4.1), the best first.
    pub coded: Vec<(&'static str, Bytes)>,
}

/// Codings, and how the names of compressed copies end.
const CODINGS: [(&str, &str); 2] = [("br", ".br"), ("gzip", ".gz")];

/// Media types by the ends of names (HTML, 4.12.1 for scripts; RFC 9239).
const MEDIA: &[(&str, &str)] = &[
    (".html", "text/html; charset=utf-8"),
    (".js", "text/javascript; charset=utf-8"),
    (".css", "text/css; charset=utf-8"),
    (".svg", "image/svg+xml"),
    (".png", "image/png"),
    (".woff2", "font/woff2"),
    (".json", "application/json"),
    (".txt", "text/plain; charset=utf-8"),
];

impl Web {
    /// The build that is in this binary; a page that tells how to get one, where there is none.
    #[must_use]
    pub fn embedded() -> Self {
        const FILES: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/files.rs"));
        Self::of(FILES.iter().map(|(path, bytes)| ((*path).to_owned(), Bytes::from_static(bytes))))
    }

    /// A build of these files, by their paths. `a.js.br` and `a.js.gz` are copies of `a.js`.
    #[must_use]
    pub fn of(files: impl IntoIterator<Item = (String, Bytes)>) -> Self {
        let mut all: BTreeMap<String, Bytes> = files.into_iter().collect();
        let plain = |path: &String| CODINGS.iter().all(|(_, end)| !path.ends_with(end));
        let paths: Vec<_> = all.keys().filter(|path| plain(path)).cloned().collect();
        let mut files = BTreeMap::new();
        for path in paths {
            let Some(bytes) = all.remove(&path) else { continue };
            let mut file = File::new(media(&path), bytes);
            let copies = CODINGS.iter().map(|(coding, end)| (*coding, all.remove(&format!("{path}{end}"))));
            file.coded = copies.filter_map(|(coding, bytes)| Some((coding, bytes?))).collect();
            files.insert(path, file);
        }
        let lines = files.iter().map(|(path, file)| format!("{} {path}\n", file.digest));
        let digest = hexadecimal(lines.collect::<String>().as_bytes());
        Self { files, digest }
    }

    /// The file at a path without a leading `/`.
    #[must_use]
    pub fn file(&self, path: &str) -> Option<&File> {
        self.files.get(path)
    }

    /// All paths, in their order.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    /// Which build it is: another one has another digest.
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.digest
    }
}

impl File {
    /// A file without compressed copies.
    #[must_use]
    pub fn new(media: &'static str, plain: Bytes) -> Self {
        Self { media, digest: hexadecimal(&plain), plain, coded: Vec::new() }
    }
}

fn media(path: &str) -> &'static str {
    MEDIA.iter().find(|(end, _)| path.ends_with(end)).map_or("application/octet-stream", |(_, media)| media)
}

fn hexadecimal(bytes: &[u8]) -> String {
    digest(&SHA256, bytes).as_ref().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn web(files: &[(&str, &'static str)]) -> Web {
        Web::of(files.iter().map(|(path, text)| ((*path).to_owned(), Bytes::from_static(text.as_bytes()))))
    }

    #[test]
    fn a_file_has_its_type_its_digest_and_its_copies_and_a_copy_is_no_file() {
        let web = web(&[("assets/a.js", "let a"), ("assets/a.js.gz", "gz"), ("assets/a.js.br", "br"), ("x", "")]);
        let file = web.file("assets/a.js").unwrap();
        assert_eq!((file.media, &*file.plain), ("text/javascript; charset=utf-8", &b"let a"[..]));
        assert_eq!(file.coded, [("br", Bytes::from("br")), ("gzip", Bytes::from("gz"))]);
        assert_eq!(file.digest, "21f1173fff072ee5e8022cb485956b08");
        assert_eq!(web.file("x").unwrap().media, "application/octet-stream");
        assert_eq!(web.paths().collect::<Vec<_>>(), ["assets/a.js", "x"]);
    }

    #[test]
    fn another_content_or_name_is_another_build() {
        let first = web(&[("a", "1"), ("b", "2")]);
        assert_eq!(first.digest(), web(&[("b", "2"), ("a", "1")]).digest());
        for other in [web(&[("a", "1"), ("b", "3")]), web(&[("a", "1"), ("c", "2")]), web(&[("a", "1")])] {
            assert_ne!(first.digest(), other.digest());
        }
    }

    #[test]
    fn something_is_always_there_to_be_shown() {
        let page = Web::embedded().file("index.html").unwrap().plain.clone();
        let page = std::str::from_utf8(&page).unwrap().to_owned();
        for hole in ["%PREAU_LANG%", "%PREAU_TITLE%", "%PREAU_HEAD%", "%PREAU_NAME%"] {
            assert!(page.contains(hole), "{hole} in {page}");
        }
    }
}
