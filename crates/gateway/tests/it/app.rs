//! The student app as each campus's: its page, its files, its colours and icons, kept for as long as they may be.

use axum::body::Body;
use http::Request;
use serde_json::json;

use crate::schools::{Answer, CAMPUSES, Schools, set, website};

fn schools() -> Schools {
    Schools::new(|campus| {
        let color = if campus == "rivage" { "0b6e8f" } else { "ffd400" };
        let look = format!("languages = [\"fr\", \"en\"]\ntheme.color = \"#{color}\"\n");
        look + &website("http://127.0.0.1:9") + &set("places", "places") + &set("news", "news")
    })
}

/// What stands between two texts of an answer, where it does.
fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    text.split_once(before).and_then(|(_, rest)| rest.split_once(after)).map_or("", |(between, _)| between)
}

#[tokio::test]
async fn starts_at_every_place_in_the_language_of_the_browser_and_the_colours_of_the_campus() {
    let schools = schools();
    for campus in CAMPUSES {
        let start = schools.get(campus, "/").await;
        assert_eq!((start.status, start.header("content-type")), (200, "text/html; charset=utf-8"));
        assert_eq!(start.header("cache-control"), "no-cache");
        let page = start.text();
        assert!(page.contains("<html lang=\"fr\">") && !page.contains("%PREAU"), "{page}");
        assert!(page.contains(&format!("<title>Université {campus}</title>")), "{page}");
        for place in ["/timetable", "/timetable/2026-W41?day=3", "/a/b/c", "/inbox"] {
            assert_eq!(schools.get(campus, place).await.body, start.body, "{place}");
        }
        let english = schools.ask(campus, "/news", &[("accept-language", "en-GB, fr;q=0.4")]).await.text();
        assert!(english.contains("<html lang=\"en\">"), "{english}");
        assert_eq!(schools.get(campus, "/").await.headers.get_all("vary").iter().count(), 2);
    }
    assert_eq!(schools.at("nobody.localhost", "/timetable").await.problem(), "unknown-campus");
}

#[tokio::test]
async fn no_page_stands_where_a_file_or_the_api_would() {
    let schools = schools();
    for path in ["/api", "/api/nothing", "/assets/nothing.js", "/favicon.ico", "/.well-known/x", "/icons/any-7.png"] {
        assert_eq!(schools.get("rivage", path).await.problem(), "not-found", "{path}");
    }
    let posted = schools.post("rivage", "/timetable", &[], &[]).await;
    assert_eq!((posted.status, posted.problem().as_str()), (404, "not-found"));
}

#[tokio::test]
async fn its_page_runs_nothing_but_its_own_and_asks_nobody_but_its_cells() {
    let schools = schools();
    let policy = async || schools.get("rivage", "/").await.header("content-security-policy").to_owned();
    assert_eq!(
        policy().await,
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https: data: blob:; font-src 'self'; \
         connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; \
         frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types svelte-trusted-html preau"
    );
    schools.has_cells(["dc1", "dc2"]).await;
    let policy = policy().await;
    let cells = "connect-src 'self' https://rivage.dc1.preau.example https://rivage.dc2.preau.example https://www.rivage.example;";
    assert!(policy.contains(cells), "{policy}");
}

#[tokio::test]
async fn a_name_with_markup_or_a_hole_in_it_stays_a_name() {
    let name = "</title><script>%PREAU_LANG%%PREAU_HEAD%\\\"'&";
    let schools = schools();
    schools.name("rivage", name);
    let page = schools.get("rivage", "/").await.text();
    let shown = "&lt;/title&gt;&lt;script&gt;%PREAU_LANG%%PREAU_HEAD%&quot;&#39;&amp;";
    assert!(page.contains(&format!("<title>{shown}</title>")) && page.contains(&format!("<p>{shown}</p>")), "{page}");
    assert_eq!((page.matches("<script").count(), page.matches("theme.css").count()), (0, 1), "{page}");
    assert!(
        schools.get("rivage", "/manifest.webmanifest").await.json()["name"].as_str().unwrap().starts_with("</title>")
    );
}

#[tokio::test]
async fn its_files_are_kept_for_ever_compressed_and_never_taken_for_others() {
    let schools = schools();
    let script = "/assets/main-AbC.js";
    let plain = schools.get("rivage", script).await;
    assert_eq!((plain.status, plain.header("content-type")), (200, "text/javascript; charset=utf-8"));
    assert_eq!(plain.header("cache-control"), "public, max-age=31536000, immutable");
    let coded = schools.ask("rivage", script, &[("accept-encoding", "gzip, br")]).await;
    assert_eq!((coded.header("content-encoding"), coded.text().as_str()), ("br", "as if it were compressed"));
    assert_eq!(schools.get("rivage", "/assets/main-AbC.js.br").await.status, 404);
    assert_ne!(coded.header("etag"), plain.header("etag"));
    for tag in [coded.header("etag"), plain.header("etag")] {
        let known = schools.ask("rivage", script, &[("if-none-match", tag)]).await;
        assert_eq!((known.status, known.header("etag"), known.body.len()), (304, tag, 0));
    }
    let head = schools.request("rivage", Request::head(script), &[], Body::empty()).await;
    assert_eq!((head.status, head.header("etag"), head.body.len()), (200, plain.header("etag"), 0));
}

#[tokio::test]
async fn its_worker_is_another_one_when_the_look_changes_and_the_same_otherwise() {
    let schools = schools();
    let worker = async |campus| schools.get(campus, "/sw.js").await;
    let first = worker("rivage").await;
    assert_eq!(
        (first.header("content-type"), first.header("cache-control")),
        ("text/javascript; charset=utf-8", "no-cache")
    );
    let text = first.text();
    for address in between(&text, "EXTRA = \"", "\"").split(' ') {
        let kept = schools.get("rivage", address).await;
        assert_eq!(
            (kept.status, kept.header("cache-control")),
            (200, "public, max-age=31536000, immutable"),
            "{address}"
        );
    }
    let version = |answer: &Answer| between(&answer.text(), "VERSION = \"", "\"").to_owned();
    assert_eq!(version(&first).len(), 32);
    assert_ne!(version(&first), version(&worker("colline").await));
    let same = "theme.color = \"#0b6e8f\"\n".to_owned()
        + &website("http://127.0.0.1:8")
        + &set("places", "places")
        + &set("news", "news");
    schools.declare("rivage", &same);
    assert_eq!(version(&worker("rivage").await), version(&first));
    schools.declare("rivage", &same.replace("0b6e8f", "0b6e90"));
    assert_ne!(version(&worker("rivage").await), version(&first));
}

#[tokio::test]
async fn its_colours_are_the_campuss_and_an_address_of_other_ones_is_not_kept() {
    let schools = schools();
    let (rivage, colline) = (schools.get("rivage", "/theme.css").await, schools.get("colline", "/theme.css").await);
    assert!(
        rivage.text().starts_with(":root:root{--brand:#0b6e8f;--on-brand:#ffffff;--brand-text:#0b6e8f;"),
        "{}",
        rivage.text()
    );
    assert!(
        colline.text().starts_with(":root:root{--brand:#ffd400;--on-brand:#000000;--brand-text:#"),
        "{}",
        colline.text()
    );
    assert!(rivage.text().contains("@media (prefers-color-scheme:dark){:root:root:not([data-theme=light]){--brand:#"));
    assert!(rivage.text().contains(":root:root[data-theme=dark]{--brand:#"));
    assert_eq!(
        (rivage.header("content-type"), rivage.header("cache-control")),
        ("text/css; charset=utf-8", "no-cache")
    );
    let page = schools.get("rivage", "/").await.text();
    let address = format!("/theme.css?v={}", between(&page, "/theme.css?v=", "\""));
    assert_eq!(schools.get("rivage", &address).await.header("cache-control"), "public, max-age=31536000, immutable");
    assert_eq!(schools.get("colline", &address).await.header("cache-control"), "no-cache");
}

#[tokio::test]
async fn can_be_installed_under_its_name_with_icons_of_the_sizes_that_it_says() {
    let schools = schools();
    for campus in CAMPUSES {
        let answer = schools.get(campus, "/manifest.webmanifest").await;
        assert_eq!(answer.header("content-type"), "application/manifest+json");
        let manifest = answer.json();
        for (name, value) in [
            ("id", "/"),
            ("scope", "/"),
            ("start_url", "/"),
            ("display", "standalone"),
            ("lang", "fr"),
            ("background_color", "#f4f5fa"),
        ] {
            assert_eq!(manifest[name], value, "{name}");
        }
        assert_eq!(manifest["name"], format!("Université {campus}"));
        assert_eq!(manifest["shortcuts"][0], json!({ "name": "Actualités", "url": "/news" }));
        let icons = manifest["icons"].as_array().unwrap();
        assert!(icons.iter().any(|icon| icon["purpose"] == "maskable"));
        for icon in icons {
            let picture = schools.get(campus, icon["src"].as_str().unwrap()).await;
            assert_eq!((picture.status, picture.header("content-type")), (200, icon["type"].as_str().unwrap()));
            if icon["type"] == "image/png" {
                let side = u32::from_be_bytes(picture.body[16..20].try_into().unwrap());
                assert_eq!(icon["sizes"], format!("{side}x{side}"));
            }
        }
        let apple = schools.get(campus, "/icons/apple-180.png").await;
        assert_eq!(u32::from_be_bytes(apple.body[16..20].try_into().unwrap()), 180);
        let english = schools.ask(campus, "/manifest.webmanifest", &[("accept-language", "en")]).await.json();
        assert_eq!((&english["lang"], &english["shortcuts"][0]["name"]), (&json!("en"), &json!("News")));
    }
}

#[tokio::test]
async fn a_logo_and_an_icon_of_the_campuss_own_are_shown_in_place_of_ours() {
    let schools = schools();
    assert_eq!(schools.get("rivage", "/logo").await.problem(), "not-found");
    let (logo, former) = ("<svg xmlns=\"http://www.w3.org/2000/svg\"/>", schools.get("rivage", "/sw.js").await);
    let icon = schools.get("colline", "/icons/maskable-512.png").await.body;
    schools.put("rivage", "logo.svg", logo.as_bytes());
    schools.put("rivage", "icon.png", &icon);
    let theme = "theme = { color = \"#0b6e8f\", logo = \"logo.svg\", icon = \"icon.png\" }\n";
    schools.declare("rivage", &(theme.to_owned() + &website("http://127.0.0.1:9") + &set("news", "news")));
    let address = schools.get("rivage", "/api/manifest").await.json()["theme"]["logo"].as_str().unwrap().to_owned();
    let shown = schools.get("rivage", &address).await;
    assert_eq!((shown.text().as_str(), shown.header("content-type")), (logo, "image/svg+xml"));
    assert_eq!(shown.header("cache-control"), "public, max-age=31536000, immutable");
    assert!(shown.header("content-security-policy").contains("sandbox"), "somebody may open it by itself");
    assert_eq!(schools.get("rivage", "/logo?v=former").await.header("cache-control"), "no-cache");
    let icons = schools.get("rivage", "/manifest.webmanifest").await.json()["icons"].clone();
    let source = icons[0]["src"].as_str().unwrap();
    assert_eq!(icons, json!([{ "src": source, "type": "image/png", "sizes": "512x512", "purpose": "any" }]));
    assert_eq!(schools.get("rivage", source).await.body, icon);
    let page = schools.get("rivage", "/").await.text();
    assert!(page.contains(&format!("<link rel=\"icon\" href=\"{source}\">")), "{page}");
    assert_eq!(schools.get("rivage", "/icons/apple-180.png").await.body, icon);
    for none in ["/icons/any.svg", "/icons/maskable-512.png"] {
        assert_eq!(schools.get("rivage", none).await.status, 404, "{none}");
    }
    let worker = schools.get("rivage", "/sw.js").await.text();
    assert!(worker != former.text() && worker.contains(&address) && worker.contains(source), "{worker}");
}

#[tokio::test]
async fn a_picture_that_changes_alone_changes_the_look() {
    let schools = schools();
    let drawing = |side: u8| format!("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\"/>");
    let picture = async |side: &str| schools.get("rivage", &format!("/icons/any-{side}.png")).await.body;
    let (former, other) = (picture("512").await, schools.get("colline", "/icons/any-512.png").await.body);
    let declared = "theme = { logo = \"logo.svg\", icon = \"icon.png\" }\n".to_owned()
        + &website("http://127.0.0.1:9")
        + &set("news", "news");
    for (round, icon) in [former, other].into_iter().enumerate() {
        schools.put("rivage", "logo.svg", drawing(u8::try_from(round).unwrap() + 1).as_bytes());
        schools.put("rivage", "icon.png", &icon);
        schools.declare("rivage", &declared);
        let address = schools.get("rivage", "/api/manifest").await.json()["theme"]["logo"].as_str().unwrap().to_owned();
        let logo = schools.get("rivage", &address).await;
        assert_eq!(logo.header("cache-control"), "public, max-age=31536000, immutable");
        assert!(logo.text().contains(&format!("0 0 {0} {0}", round + 1)), "{}", logo.text());
        assert_eq!(picture("512").await, icon);
        assert!(schools.get("rivage", "/sw.js").await.text().contains(&address));
    }
}
