//! Whose answer it is: told by the host name alone, whatever else a request says.

use axum::Router;
use axum::body::Body;
use http::Request;
use testbed::{Nginx, need};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::schools::{CAMPUSES, Schools, mark, news, set, website};

fn schools(server: &Nginx) -> Schools {
    for campus in CAMPUSES {
        server.write(&format!("www/{campus}/news.json"), news(campus, 1));
    }
    Schools::new(|campus| website(&server.url(&format!("/{campus}"))) + &set("news", "news"))
}

#[tokio::test]
async fn every_spelling_of_a_host_leads_to_its_campus() {
    let server = need!(testbed::nginx(""));
    let schools = schools(&server);
    for campus in CAMPUSES {
        let spellings = [
            "{}.localhost",
            "{}.localhost:8080",
            "{}.LOCALHOST",
            "{}.localhost.",
            "www.{}.example",
            "WWW.{}.Example:443",
        ];
        for host in spellings.map(|host| host.replace("{}", campus)) {
            for host in [host.clone(), host.to_uppercase()] {
                let request = Request::get("/api/data/news").header("host", &host).body(Body::empty()).unwrap();
                let answer = schools.send(request).await;
                assert!(answer.status == 200 && answer.text().contains(&mark(campus)), "{host}: {}", answer.text());
                let absolute = Request::get(format!("http://{host}/api/data/news")).header("host", "none.localhost");
                let answer = schools.send(absolute.body(Body::empty()).unwrap()).await;
                assert!(answer.status == 200 && answer.text().contains(&mark(campus)), "{host}: {}", answer.text());
            }
        }
        assert_eq!(server.calls(&format!("/{campus}/news.json")), 1, "one campus, one cache");
    }
}

#[tokio::test]
async fn a_host_of_nobody_is_nobodys() {
    let server = need!(testbed::nginx(""));
    let schools = schools(&server);
    for host in [
        "",
        "localhost",
        "none.localhost",
        "rivage",
        "rivage.localhost.example",
        "rivage.localhost@colline.localhost",
        "rivage.localhost,colline.localhost",
        "rivage.localhost/colline",
        "..",
        ":80",
        "[::1]",
        "[::1]:80",
        "127.0.0.1",
        "rivage.localhost:80:80",
        "rivage.localhost:http",
        "xn--rivage-.localhost",
        "rivage_.localhost",
    ] {
        for path in ["/api/data/news", "/api/data?names=news", "/api/manifest", "/api/explain/news", "/api/status"] {
            let request = Request::get(path).header("host", host).body(Body::empty()).unwrap();
            let answer = schools.send(request).await;
            assert_eq!((answer.status, answer.problem().as_str()), (404, "unknown-campus"), "{host} {path}");
        }
    }
    assert_eq!(server.requests(), [""; 0]);
}

#[tokio::test]
async fn nothing_but_the_host_is_believed() {
    let server = need!(testbed::nginx(""));
    let schools = schools(&server);
    for (campus, other) in [("rivage", "colline"), ("colline", "rivage")] {
        let host = format!("{other}.localhost");
        for (name, value) in [
            ("x-forwarded-host", host.as_str()),
            ("forwarded", &format!("host={host};proto=https")),
            ("x-host", &host),
            ("x-original-host", &host),
            ("x-original-url", "/api/manifest"),
            ("x-rewrite-url", "/api/manifest"),
            ("x-http-method-override", "DELETE"),
            ("x-forwarded-proto", "gopher"),
            ("accept-language", "en"),
            ("cookie", "campus=another"),
            ("authorization", "Bearer another"),
        ] {
            let answer = schools.ask(campus, "/api/data/news", &[(name, value)]).await;
            assert!(answer.status == 200 && answer.text().contains(&mark(campus)), "{name}: {}", answer.text());
            assert!(!answer.text().contains(value) && answer.headers.values().all(|header| header != value));
        }
        let posing = schools.get(campus, &format!("/api/data/news?campus={other}")).await;
        assert_eq!(posing.problem(), "bad-parameter");
        assert_eq!(server.calls(&format!("/{campus}/news.json")), 1, "none of it makes another answer");
    }
}

#[tokio::test]
async fn a_connection_shared_by_two_campuses_keeps_them_apart() {
    let server = need!(testbed::nginx(""));
    let schools = schools(&server);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let api = schools.api.clone();
    let router = Router::new().fallback(move |request: Request<Body>| api.clone().answer(request, None));
    tokio::spawn(async move { axum::serve(listener, router).await });
    let ask = async |requests: &str| {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(requests.as_bytes()).await.unwrap();
        let mut answers = String::new();
        stream.read_to_string(&mut answers).await.unwrap();
        answers.split("HTTP/1.1 ").skip(1).map(str::to_owned).collect::<Vec<_>>()
    };
    let get = |target: &str, headers: &str| format!("GET {target} HTTP/1.1\r\n{headers}\r\n");
    let of = |campus: &str| get("/api/data/news", &format!("Host: {campus}.localhost\r\n"));
    let last = get("/healthz", "Host: localhost\r\nConnection: close\r\n");

    let answers = ask(&(0..10).map(|_| of("rivage") + &of("colline")).chain([last.clone()]).collect::<String>()).await;
    assert_eq!(answers.len(), 21);
    for (place, answer) in answers.iter().take(20).enumerate() {
        let (campus, other) = (CAMPUSES[place % 2], CAMPUSES[(place + 1) % 2]);
        assert!(answer.starts_with("200 OK") && answer.contains(&mark(campus)) && !answer.contains(&mark(other)));
    }

    let absolute = get("http://colline.localhost/api/data/news", "Host: rivage.localhost\r\n");
    let answers = ask(&(absolute + &last)).await;
    assert!(answers[0].contains(&mark("colline")), "the target's host is the one that counts (RFC 9112, 3.2.2)");
    let both = "Host: rivage.localhost\r\nHost: colline.localhost\r\n";
    for headers in [both, "", "Host:\r\n", "X-Forwarded-Host: rivage.localhost\r\n"] {
        let answers = ask(&(get("/api/data/news", headers) + &last)).await;
        assert!(answers[0].contains("urn:preau:problem:unknown-campus"), "{headers}: {}", answers[0]);
    }
}
