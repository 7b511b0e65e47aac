//! nginx: a school's website, with the faults that websites have.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use crate::process::{Process, free_port, installed};

/// Locations with one fault each; what lies in `www` is served elsewhere with `ETag` and `Last-Modified`.
///
/// - `/moved` redirects to `/`, `/loop` to itself, `/elsewhere` to the same server under another host name;
/// - `/429` and `/503` ask to be left alone for 120 s;
/// - `/secret/…` wants the user `ade` with the password `ade`, for what lies in `www`;
/// - `/slow/…` sends what lies in `www` at 200 bytes a second, head included, `/limited/…` only once a second;
/// - `/closed` closes without an answer.
pub const FAULTS: &str = r#"
    location = /moved { return 301 /; }
    location = /loop { return 302 /loop; }
    location = /elsewhere { return 302 http://localhost:$server_port/; }
    location = /429 { add_header Retry-After 120 always; return 429; }
    location = /503 { add_header Retry-After 120 always; return 503; }
    location = /closed { return 444; }
    location /secret/ { alias www/; auth_basic school; auth_basic_user_file passwords; }
    location /slow/ { alias www/; limit_rate 200; }
    location /limited/ { alias www/; limit_req zone=second; limit_req_status 429; add_header Retry-After 1 always; }
"#;

/// Asked for by the log's reader only, never counted.
const MARK: &str = "/testbed-mark";

/// A running nginx.
pub struct Nginx {
    process: Process,
    address: SocketAddr,
}

/// Starts nginx with these directives in its `server` block ([`FAULTS`], or own ones; `""` serves `www` only). Relative
/// paths start at the server's own directory. `None` where it is not installed.
#[must_use]
pub fn nginx(directives: &str) -> Option<Nginx> {
    nginx_with(&[], directives)
}

/// The same with files that the directives name: certificates and keys.
#[must_use]
pub fn nginx_with(files: &[(&str, &str)], directives: &str) -> Option<Nginx> {
    if !installed("nginx") {
        return crate::missing("nginx", "nginx-light");
    }
    let mut process = Process::new("www-data", "TERM");
    let address = free_port();
    process.write("nginx.conf", configuration(address, directives, &process.path("")).as_bytes());
    process.write("passwords", b"ade:{PLAIN}ade\n");
    files.iter().for_each(|(name, contents)| process.write(name, contents.as_bytes()));
    std::fs::create_dir_all(process.directory().join("www")).expect("a folder");
    process.start(&["nginx", "-p", &process.path(""), "-e", "error.log", "-c", "nginx.conf"], |_| {
        TcpStream::connect(address).is_ok()
    });
    Some(Nginx { process, address })
}

impl Nginx {
    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its address for a path.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Writes a file into its directory: `www/feed.xml` is served as `/feed.xml`. nginx makes the `ETag` of the second
    /// and the size, so a test that expects another one changes the size.
    pub fn write(&self, name: &str, contents: impl AsRef<[u8]>) {
        self.process.write(name, contents.as_ref());
    }

    /// Finished requests in order, as `GET /feed.xml 200`.
    #[must_use]
    pub fn requests(&self) -> Vec<String> {
        // A client may have its answer before the log has its line. One process serves all in turn: once it answers
        // another request, the lines of the former ones are written.
        let mut stream = TcpStream::connect(self.address).expect("nginx listens");
        write!(stream, "GET {MARK} HTTP/1.0\r\n\r\n").expect("nginx reads");
        stream.read_to_end(&mut Vec::new()).expect("nginx answers");
        let log = std::fs::read_to_string(self.process.directory().join("access.log")).expect("an access log");
        log.lines().filter(|line| !line.contains(MARK)).map(Into::into).collect()
    }

    /// How many finished requests asked for a path, whatever their query and answer.
    #[must_use]
    pub fn calls(&self, path: &str) -> usize {
        let asked = |line: &String| line.split(' ').nth(1).and_then(|uri| uri.split('?').next()) == Some(path);
        self.requests().iter().filter(|line| asked(line)).count()
    }

    /// Takes the website down.
    pub fn stop(&mut self) {
        self.process.pause();
    }

    /// Brings it back, at the same address.
    pub fn start(&mut self) {
        let address = self.address;
        self.process.resume(|_| TcpStream::connect(address).is_ok());
    }
}

/// One process (a master killed outright would leave its worker), logs unbuffered, everything below the directory.
fn configuration(address: SocketAddr, directives: &str, directory: &str) -> String {
    let directives = directives.replace("alias www/", &format!("alias {directory}www/"));
    format!(
        "daemon off; master_process off; pid pid; error_log error.log;
events {{}}
http {{
    include /etc/nginx/mime.types; types {{ text/calendar ics; }} default_type application/octet-stream;
    etag on; gzip on; gzip_types *;
    log_format line '$request_method $request_uri $status'; access_log access.log line;
    client_body_temp_path t1; proxy_temp_path t2; fastcgi_temp_path t3; uwsgi_temp_path t4; scgi_temp_path t5;
    limit_req_zone $binary_remote_addr zone=second:1m rate=1r/s;
    server {{ listen {address}; root www;
{directives}
    }}
}}
"
    )
}
