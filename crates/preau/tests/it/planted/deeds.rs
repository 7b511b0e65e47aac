//! What a person does who uses everything, and much that they should not.

use std::io::Write;

use url::Url;

use super::SETS;
use super::school::{MARK, password};
use crate::client::{ask, connect, receive};
use crate::phone::Phone;

impl Phone {
    /// Whole, filtered, several at once, and why.
    pub fn reads_everything(&mut self) {
        for set in SETS {
            for more in ["".to_owned(), "?limit=1".to_owned(), format!("?q={MARK}")] {
                self.get(&format!("/api/data/{set}{more}"));
            }
            self.get(&format!("/api/explain/{set}"));
        }
        self.get(&format!("/api/data?names={}", SETS.join(",")));
        for address in self.calendars.clone() {
            self.get(&address);
            self.get(&address.replace(".ics", &format!("{MARK}.ics")));
        }
        for path in ["/", "/api/me", "/api/status", "/api/manifest"] {
            assert_eq!(self.get(path).status, 200, "{path}");
        }
    }

    /// Lets a calendar program look at what is about the person.
    pub fn subscribes(&mut self) {
        for set in ["timetable", "agenda"] {
            let answer = self.post("/api/calendar", &[("name", set), ("language", "en")]);
            let url = Url::parse(answer.json()["url"].as_str().unwrap()).unwrap();
            let calendar = String::from_utf8(self.get(url.path()).body).unwrap();
            assert!(calendar.starts_with("BEGIN:VCALENDAR"), "{calendar}");
            assert!(set == "agenda" || calendar.contains(MARK), "{calendar}");
            self.secrets.push(url.path().to_owned());
            self.calendars.push(url.path().to_owned());
        }
    }

    pub fn makes_mistakes_before_signing_in(&mut self) {
        let user = format!("{MARK}{}login", self.campus);
        self.get("/api/login");
        self.post("/api/login", &[("user", &user), ("password", &format!("{MARK}wrong"))]);
        self.post("/api/login", &[("user", &format!("{MARK}nobody")), ("password", &password(self.campus))]);
        let state = self.cookies.get("__Host-preau-attempt").cloned().unwrap_or_default();
        for query in [
            format!("state={MARK}&code={MARK}"),
            format!("state={state}&ticket=ST-{MARK}"),
            format!("error=access_denied&error_description={MARK}&state={MARK}"),
            format!("error={MARK}"),
        ] {
            self.get(&format!("/api/login/callback?{query}"));
            self.get(&format!("/api/login?{query}&return=/{MARK}"));
        }
        // With the state that the provider was given, as whoever meddles with an answer has it.
        let begun = self.get("/api/login");
        if let Some(location) = begun.header("location") {
            let location = Url::parse(location).unwrap();
            let service =
                location.query_pairs().find(|(name, _)| name == "service").map(|(_, service)| service.into_owned());
            let holder = service.map_or(location, |service| Url::parse(&service).unwrap());
            let (_, state) = holder.query_pairs().find(|(name, _)| name == "state").unwrap();
            for (name, value) in
                [("code", MARK.to_owned()), ("ticket", format!("ST-{MARK}")), ("error", MARK.to_owned())]
            {
                let begun = self.cookies.clone();
                self.get(&format!("/api/login/callback?state={state}&{name}={value}&error_description={MARK}"));
                self.cookies = begun;
            }
        }
    }

    /// Wrong parameters, and tokens and names in odd places.
    pub fn makes_mistakes(&mut self) {
        let own = self.cookies["__Host-preau"].clone();
        let refresh = self.cookies["__Host-preau-refresh"].clone();
        for path in [
            format!("/api/data/{MARK}"),
            format!("/api/data/grades?{MARK}={MARK}"),
            format!("/api/data/grades?user={MARK}"),
            format!("/api/data/grades?from={MARK}"),
            format!("/api/data/grades?cursor={MARK}"),
            format!("/api/data?names={MARK},grades"),
            format!("/api/explain/{MARK}?user={MARK}"),
            format!("/api/data/grades/{own}"),
            format!("/api/me?token={own}"),
            format!("/{MARK}%00/{refresh}"),
        ] {
            self.get(&path);
        }
        for header in [
            format!("Authorization: Bearer {MARK}\r\n"),
            format!("Authorization: Bearer {refresh}\r\n"),
            format!("Authorization: Basic {own}\r\n"),
            format!("User-Agent: {MARK}\r\nReferer: http://{MARK}/{own}\r\nX-Forwarded-For: {MARK}\r\n"),
            format!("If-None-Match: \"{MARK}\"\r\nAccept-Language: {MARK}\r\ntraceparent: {MARK}\r\n"),
            format!("Cookie: __Host-preau={own}\r\n{MARK}: {MARK}\r\n"),
            format!("Content-Length: {MARK}\r\n"),
            format!("{MARK}\r\n"),
        ] {
            // Some of these are no HTTP at all.
            let mut stream = connect(self.address);
            let cookie = format!("__Host-preau={own}");
            write!(
                stream,
                "GET /api/data/grades?{MARK} HTTP/1.1\r\nHost: {}\r\nCookie: {cookie}\r\n{header}\r\n",
                self.host()
            )
            .unwrap();
            receive(&mut stream);
        }
        for (path, form) in [
            ("/api/session/token", vec![("grant_type", MARK), ("code", &own)]),
            ("/api/session/token", vec![("grant_type", "authorization_code"), ("code", &own)]),
            ("/api/session/refresh", vec![("refresh_token", &*own)]),
            ("/api/session/refresh", vec![("refresh_token", &*refresh), (MARK, MARK)]),
            ("/api/staff/sign-out", vec![("user", MARK)]),
            ("/api/login/notice", vec![("logout_token", MARK)]),
            ("/api/login/callback", vec![("logoutRequest", MARK)]),
            ("/api/login/callback", vec![("SAMLResponse", MARK), ("RelayState", MARK)]),
        ] {
            let cookies = self.cookies.clone();
            self.post(path, &form);
            self.cookies = cookies;
        }
        self.send("POST", "/api/session/end", &format!("Origin: http://{MARK}\r\n"), "");
        self.get(&format!("/api/login/proxy?pgtIou=PGTIOU-{MARK}&pgtId=PGT-{MARK}"));
    }

    /// What everybody can read of the campus.
    pub fn what_everybody_sees(&self, sets: &[&str]) -> Vec<(String, Vec<u8>)> {
        let paths = ["/", "/api/status", "/metrics", "/api/manifest", "/openapi.json", "/readyz"];
        let paths = paths.into_iter().map(str::to_owned).chain(sets.iter().map(|set| format!("/api/explain/{set}")));
        paths
            .map(|path| {
                let answer = ask(&mut connect(self.address), &self.host(), &path);
                (format!("{} {path}", self.campus), [answer.head.into_bytes(), answer.body].concat())
            })
            .collect()
    }
}
