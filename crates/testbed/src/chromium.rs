//! Chromium without a screen, as people's browsers are, through its own driver (W3C WebDriver).

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use crate::process::{Process, free_port, installed};

/// How long something may take to appear in a page, on a machine that is busy with other tests.
const PATIENCE: Duration = Duration::from_secs(30);

/// Every name is this machine: nothing outside is contacted, and a test may call its servers as schools do. With the
/// debugger on a pipe the browser ends when the driver does.
const FLAGS: &[&str] = &[
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-proxy-server",
    "--host-resolver-rules=MAP * 127.0.0.1",
    "--remote-debugging-pipe",
];

/// What WebDriver calls a reference to an element (12.1).
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// A running browser with one window and no history. Methods wait for what they need and end the test where it does
/// not come.
pub struct Chromium {
    /// Stops the driver when dropped.
    _process: Process,
    driver: SocketAddr,
    session: String,
}

/// Starts Chromium. It takes any certificate. `None` where it is not installed.
#[must_use]
pub fn chromium() -> Option<Chromium> {
    for (program, package) in [("chromium", "chromium"), ("chromedriver", "chromium-driver")] {
        if !installed(program) {
            return crate::missing(program, package);
        }
    }
    let mut process = Process::new("www-data", "TERM");
    let driver = free_port();
    let home = format!("HOME={}", process.path(""));
    process.start(&["env", &home, "chromedriver", &format!("--port={}", driver.port())], |_| {
        TcpStream::connect(driver).is_ok()
    });
    let mut flags: Vec<_> = FLAGS.iter().map(ToString::to_string).collect();
    flags.push(format!("--user-data-dir={}", process.path("profile")));
    let mut browser = Chromium { _process: process, driver, session: String::new() };
    let wanted = json!({ "acceptInsecureCerts": true, "goog:chromeOptions": { "args": flags } });
    let session = browser.tell("POST", "", &json!({ "capabilities": { "alwaysMatch": wanted } }));
    browser.session = format!("/{}", text(session.get("sessionId").expect("a session")));
    Some(browser)
}

impl Chromium {
    /// Prefers languages from now on, in the words of `Accept-Language`.
    pub fn prefer(&self, languages: &str) {
        let headers = json!({ "headers": { "Accept-Language": languages } });
        for (command, parameters) in [("Network.enable", json!({})), ("Network.setExtraHTTPHeaders", headers)] {
            self.tell("POST", "/goog/cdp/execute", &json!({ "cmd": command, "params": parameters }));
        }
    }

    /// Opens an address and waits until it is loaded.
    pub fn goto(&self, url: &str) {
        self.tell("POST", "/url", &json!({ "url": url }));
    }

    /// Where it is.
    #[must_use]
    pub fn url(&self) -> String {
        self.told("/url")
    }

    /// Waits until it is at an address that begins so, and says at which.
    pub fn wait_for_url(&self, prefix: &str) -> String {
        wait(|| {
            let url = self.url();
            if url.starts_with(prefix) { Ok(url) } else { Err(format!("{url} does not begin with {prefix}")) }
        })
    }

    /// Waits for an element.
    pub fn find(&self, css: &str) {
        wait(|| self.first(css));
    }

    /// Whether the page has such an element now.
    #[must_use]
    pub fn has(&self, css: &str) -> bool {
        self.first(css).is_ok()
    }

    /// Types into a field, after what is there.
    pub fn type_into(&self, css: &str, typed: &str) {
        self.element(css, "POST", "value", &json!({ "text": typed }));
    }

    /// Clicks, and waits for the page that this leads to.
    pub fn click(&self, css: &str) {
        self.element(css, "POST", "click", &json!({}));
    }

    /// The text of an element, as it shows.
    #[must_use]
    pub fn text(&self, css: &str) -> String {
        text(&self.element(css, "GET", "text", &Value::Null))
    }

    /// The page's HTML.
    #[must_use]
    pub fn source(&self) -> String {
        self.told("/source")
    }

    /// The value that a function body in JavaScript returns, awaited where it is a promise.
    pub fn execute(&self, javascript: &str) -> Value {
        self.tell("POST", "/execute/sync", &json!({ "script": javascript, "args": [] }))
    }

    /// Cookies that the page would be asked for with: a list of objects with `name`, `value`, `path`, `domain`,
    /// `secure`, `httpOnly`, `sameSite`.
    #[must_use]
    pub fn cookies(&self) -> Value {
        self.tell("GET", "/cookie", &Value::Null)
    }

    /// What it shows, as a PNG.
    #[must_use]
    pub fn screenshot(&self) -> Vec<u8> {
        BASE64_STANDARD.decode(self.told("/screenshot")).expect("base64")
    }

    /// The driver's name of the first element of a selector.
    fn first(&self, css: &str) -> Result<String, String> {
        let found = self.ask("POST", "/element", &json!({ "using": "css selector", "value": css }))?;
        Ok(text(found.get(ELEMENT).expect("an element")))
    }

    /// A command to the first element of a selector, once it is there: the page may change after it was found.
    fn element(&self, css: &str, method: &str, command: &str, body: &Value) -> Value {
        wait(|| self.ask(method, &format!("/element/{}/{command}", self.first(css)?), body))
    }

    fn told(&self, path: &str) -> String {
        text(&self.tell("GET", path, &Value::Null))
    }

    fn tell(&self, method: &str, path: &str, body: &Value) -> Value {
        self.ask(method, path, body).expect("chromium obeys")
    }

    /// One command to the driver: what it gives, or its complaint.
    fn ask(&self, method: &str, path: &str, body: &Value) -> Result<Value, String> {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let head = format!(
            "{method} /session{}{path} HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            self.session,
            self.driver,
            body.len()
        );
        let answer = exchange(self.driver, &(head + &body)).map_err(|error| format!("the driver: {error}"))?;
        let mut answer: Value = serde_json::from_slice(&answer).map_err(|error| error.to_string())?;
        let value = answer.get_mut("value").map(Value::take).unwrap_or_default();
        match value.get("error") {
            Some(error) => Err(format!("{error}: {}", value.get("message").unwrap_or_default())),
            None => Ok(value),
        }
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        // Where the browser is gone already there is nothing to end.
        let _ = self.ask("DELETE", "", &Value::Null);
    }
}

/// One request and the body of its answer, which has a length.
fn exchange(driver: SocketAddr, request: &str) -> std::io::Result<Vec<u8>> {
    let mut stream = BufReader::new(TcpStream::connect(driver)?);
    stream.get_ref().set_read_timeout(Some(2 * PATIENCE))?;
    stream.get_mut().write_all(request.as_bytes())?;
    let (mut line, mut length) = (String::new(), 0);
    while stream.read_line(&mut line)? > 2 {
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
        line.clear();
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body)?;
    Ok(body)
}

fn wait<T>(mut look: impl FnMut() -> Result<T, String>) -> T {
    let end = Instant::now() + PATIENCE;
    loop {
        match look() {
            Ok(found) => return found,
            Err(missing) => assert!(Instant::now() < end, "{missing}"),
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}
