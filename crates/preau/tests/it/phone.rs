//! A person's phone: a browser without pages, with cookies, that signs in as the people of its campus do.

use std::collections::BTreeMap;
use std::io::Write;
use std::net::SocketAddr;

use identity::{Begun, Rehearsal};
use outbound::{Outbound, Rules};
use settings::Secret;
use url::{Url, form_urlencoded};

use crate::client::{Answer, connect, receive};

pub struct Phone {
    pub campus: &'static str,
    pub address: SocketAddr,
    pub cookies: BTreeMap<String, String>,
    /// Tokens, codes and tickets that it was given.
    pub secrets: Vec<String>,
    /// Addresses of calendars that it subscribed to.
    pub calendars: Vec<String>,
}

impl Phone {
    pub fn new(address: SocketAddr, campus: &'static str) -> Self {
        Self { campus, address, cookies: BTreeMap::new(), secrets: Vec::new(), calendars: Vec::new() }
    }

    pub fn is_signed_in(&mut self) -> bool {
        self.get("/api/me").json()["signed_in"] == true
    }

    pub fn get(&mut self, path: &str) -> Answer {
        self.send("GET", path, "", "")
    }

    /// Posts a form as a page of the campus does.
    pub fn post(&mut self, path: &str, form: &[(&str, &str)]) -> Answer {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        self.send("POST", path, "Sec-Fetch-Site: same-origin\r\n", &body)
    }

    pub fn send(&mut self, method: &str, path: &str, headers: &str, body: &str) -> Answer {
        let cookies: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let host = self.host();
        let mut stream = connect(self.address);
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: {host}\r\nCookie: {}\r\n{headers}Content-Length: {}\r\n\r\n{body}",
            cookies.join("; "),
            body.len()
        )
        .unwrap();
        let answer = receive(&mut stream);
        for line in answer.head.lines().filter_map(|line| line.strip_prefix("set-cookie: ")) {
            let (name, value) = line.split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
            self.secrets.extend((value.len() > 20).then(|| value.to_owned()));
        }
        answer
    }

    pub fn host(&self) -> String {
        format!("{}.localhost:{}", self.campus, self.address.port())
    }

    /// Signs in where the campus sends its people, and comes back with the same answer once more, which is worth nothing.
    pub fn signs_in(&mut self, user: &str, password: &str) {
        let begun = self.get("/api/login?return=/api/me");
        let answer = match begun.header("location") {
            None => self.post("/api/login", &[("user", user), ("password", password)]),
            Some(location) => {
                let callback = format!("/api/login/callback?{}", self.at_the_provider(location, user, password));
                let before = self.cookies.clone();
                let answer = self.get(&callback);
                let signed_in = std::mem::replace(&mut self.cookies, before);
                assert_eq!(self.get(&callback).status, 400, "a code or a ticket is good once");
                self.cookies = signed_in;
                answer
            }
        };
        assert_eq!((answer.status, answer.header("location")), (303, Some("/api/me")), "{answer:?}");
    }

    fn at_the_provider(&mut self, location: &str, user: &str, password: &str) -> String {
        let rules = Rules { private: vec!["127.0.0.0/8".parse().unwrap()], ..Rules::default() };
        let site = identity::Site::new(&Url::parse(&format!("http://{}/", self.host())).unwrap()).unwrap();
        let begun = Begun::Redirect(Url::parse(location).unwrap());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let given = runtime.block_on(async {
            let mut browser = Rehearsal::new(&Outbound::new(&[]).unwrap(), rules);
            browser.sign_in(begun, &site, user, &Secret::new(password)).await
        });
        let query = given.unwrap_or_else(|failure| panic!("{failure}")).query;
        self.secrets.extend(["code", "ticket", "state"].iter().filter_map(|name| query.get(*name).cloned()));
        form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish()
    }

    /// Gets its tokens anew, and says how that ended.
    pub fn refreshes(&mut self) -> u16 {
        self.post("/api/session/refresh", &[]).status
    }

    pub fn signs_out(&mut self) {
        let answer = self.post("/api/session/end", &[("everywhere", "true")]);
        assert_eq!(answer.status, 200, "{answer:?}");
    }
}
