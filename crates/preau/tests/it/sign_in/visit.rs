//! A person at a campus's pages, in a browser.

use serde_json::Value;
use testbed::Chromium;

use super::stage::Stage;

/// The student of all identity providers.
pub const NAME: &str = "Aline Dupont";
pub const USER: &str = "22204518";

/// A browser at the pages of Rivage.
pub struct Visit<'a> {
    pub stage: &'a Stage,
    pub browser: &'a Chromium,
}

impl Visit<'_> {
    /// What an address of a campus answers: the status and the document.
    #[track_caller]
    pub fn read(&self, campus: &str, path: &str) -> (u64, Value) {
        self.browser.goto(&self.stage.url(campus, path));
        let status = self.browser.execute("return performance.getEntriesByType('navigation')[0].responseStatus");
        let text = self.browser.text("pre");
        (status.as_u64().unwrap(), serde_json::from_str(&text).unwrap_or_else(|_| panic!("no JSON: {text}")))
    }

    /// The title of the one item of a data set.
    #[track_caller]
    pub fn title(&self, name: &str) -> String {
        let (status, answer) = self.read("rivage", &format!("/api/data/{name}"));
        assert_eq!(status, 200, "{answer}");
        answer["items"][0]["title"].as_str().unwrap().to_owned()
    }

    /// Goes where the app sends who wants to sign in.
    pub fn set_out(&self) {
        self.browser.goto(&self.stage.url("rivage", "/api/login?return=%2Fapi%2Fme"));
    }

    /// Signs out as the app does, and goes on to the provider where there is something to end.
    pub fn leave(&self) {
        self.browser.goto(&self.stage.url("rivage", "/api/me"));
        self.browser.execute(
            "return fetch('/api/session/end', { method: 'POST' }).then(answer => answer.json())\
             .then(({ provider }) => { location.href = provider ?? '/' })",
        );
    }

    /// Comes back to where it was going, signed in.
    #[track_caller]
    pub fn arrives(&self) {
        self.browser.wait_for_url(&self.stage.url("rivage", "/api/me"));
        self.is_signed_in();
    }

    /// Is the student, who reads what is theirs; nobody is known next door.
    #[track_caller]
    pub fn is_signed_in(&self) {
        let (_, me) = self.read("rivage", "/api/me");
        assert_eq!((&me["signed_in"], &me["user"], &me["name"]), (&true.into(), &USER.into(), &NAME.into()), "{me}");
        assert_eq!(me["data"]["grades"], "allowed");
        assert_eq!(self.title("grades"), format!("Partiel de {USER}"));
        assert_eq!(self.title("documents"), format!("Certificat de {USER}"));
        let (_, me) = self.read("colline", "/api/me");
        assert_eq!((&me["signed_in"], &me["user"]), (&false.into(), &Value::Null), "{me}");
        self.is_nobody_at("colline");
    }

    /// Comes back to the campus's app, signed out.
    #[track_caller]
    pub fn is_signed_out(&self) {
        self.browser.find("link[href='/manifest.webmanifest']");
        assert!(self.browser.url().starts_with(&self.stage.url("rivage", "/")), "{}", self.browser.url());
        self.is_nobody_at("rivage");
    }

    /// Is nobody there.
    #[track_caller]
    pub fn is_nobody_at(&self, campus: &str) {
        let (status, problem) = self.read(campus, "/api/data/grades");
        assert_eq!((status, &problem["status"]), (401, &401.into()), "{problem}");
    }
}
