//! The manifest: what a phone needs to know of its school, under a signature that it can check offline.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::json;

use crate::schools::{Answer, CAMPUSES, Schools, mark, set, website};

fn declaration(campus: &str) -> String {
    let color = format!("[theme]\ncolor = \"#{}\"\n", if campus == "rivage" { "0b6e8f" } else { "8f0b2e" });
    let own = format!("[data.news.params.group]\nabout = \"{}\"\n", mark(campus));
    let personal =
        set("private", "news").replace("[data.private]", "[data.private]\naudience = \"self\"\non_device = \"30d\"");
    color + &website("http://127.0.0.1:9") + &set("places", "places") + &set("news", "news") + &own + &personal
}

/// Whether the signature of an answer is by one of the keys, over its body (RFC 9421, 2.5 and 3.2).
async fn signed(schools: &Schools, campus: &str, answer: &Answer) -> bool {
    let keys = schools.get(campus, "/api/keys").await.json();
    let params = answer.header("signature-input").strip_prefix("preau=").unwrap();
    let digest = format!("sha-256=:{}:", STANDARD.encode(digest(&SHA256, &answer.body)));
    let base = format!("\"content-digest\": {}\n\"@signature-params\": {params}", answer.header("content-digest"));
    let signature = answer.header("signature").strip_prefix("preau=:").unwrap().strip_suffix(':').unwrap();
    let signature = STANDARD.decode(signature).unwrap();
    let mut keys = keys["keys"].as_array().unwrap().iter();
    let key = keys.find(|key| params.contains(&format!("keyid={}", key["kid"]))).unwrap();
    assert_eq!((&key["kty"], &key["crv"], &key["use"]), (&json!("EC"), &json!("P-256"), &json!("sig")));
    assert!(
        params.ends_with(";alg=\"ecdsa-p256-sha256\"") && params.starts_with("(\"content-digest\");created="),
        "{params}"
    );
    let [x, y] = ["x", "y"].map(|name| URL_SAFE_NO_PAD.decode(key[name].as_str().unwrap()).unwrap());
    let key = [&[4][..], &x, &y].concat();
    let valid = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, key).verify(base.as_bytes(), &signature).is_ok();
    valid && digest == answer.header("content-digest")
}

#[tokio::test]
async fn is_signed_by_a_published_key_and_nothing_else_passes_for_it() {
    let schools = Schools::new(declaration);
    for campus in CAMPUSES {
        let mut manifest = schools.get(campus, "/api/manifest").await;
        assert!(signed(&schools, campus, &manifest).await);
        assert!(
            manifest.header("signature-input").contains(";created=1791187200;"),
            "signed now: {:?}",
            manifest.headers
        );
        let genuine = manifest.body.clone();
        manifest.body = manifest.text().replace("news", "nows").into();
        assert!(!signed(&schools, campus, &manifest).await, "another body");
        manifest.body = genuine;
        let later = manifest.header("signature-input").replace("1791187200", "1791187201");
        manifest.headers.insert("signature-input", later.parse().unwrap());
        assert!(!signed(&schools, campus, &manifest).await, "another time");
    }
    let signatures = CAMPUSES.map(async |campus| schools.get(campus, "/api/manifest").await);
    let [rivage, colline] = signatures;
    let (mut rivage, colline) = (rivage.await, colline.await);
    rivage.body = colline.body.clone();
    assert!(!signed(&schools, "rivage", &rivage).await, "another school's");
}

#[tokio::test]
async fn tells_the_app_what_it_is_and_changes_with_the_declaration() {
    let schools = Schools::new(declaration);
    for campus in CAMPUSES {
        let first = schools.get(campus, "/api/manifest").await;
        let manifest = first.json();
        assert_eq!(manifest["campus"], campus);
        assert_eq!(manifest["name"], format!("Université {campus}"));
        assert_eq!(manifest["timezone"], "Europe/Paris");
        assert_eq!(manifest["theme"]["color"], if campus == "rivage" { "#0b6e8f" } else { "#8f0b2e" });
        let screens: Vec<_> = manifest["screens"].as_array().unwrap().iter().map(|screen| &screen["id"]).collect();
        assert_eq!(screens, ["news", "private", "places"], "in the order of the kinds");
        assert_eq!(manifest["data"]["private"]["on_device"], 30 * 86_400);
        assert_eq!(manifest["data"]["private"]["audience"], "self");
        assert_eq!(manifest["data"]["news"]["parameters"]["group"]["about"], mark(campus));
        assert!(!first.text().contains("127.0.0.1"), "addresses of the school are not the phone's business");

        schools.pass(3600);
        let again = schools.get(campus, "/api/manifest").await;
        assert_eq!((&again.body, again.header("signature")), (&first.body, first.header("signature")));
        let tag = first.header("etag");
        assert!(tag.starts_with('"') && tag.ends_with('"') && tag.len() > 20);
        let known = schools.ask(campus, "/api/manifest", &[("if-none-match", tag)]).await;
        assert_eq!((known.status, known.body.len(), known.header("etag")), (304, 0, tag));
        assert_eq!(known.header("cache-control"), first.header("cache-control"));

        schools.declare(campus, &declaration(campus).replace("[theme]\n", "languages = [\"fr\"]\n[theme]\n"));
        let changed = schools.ask(campus, "/api/manifest", &[("if-none-match", tag)]).await;
        assert_eq!((changed.status, &changed.json()["languages"]), (200, &json!(["fr"])));
        assert_ne!(changed.json()["version"], manifest["version"]);
        assert!(signed(&schools, campus, &changed).await);

        schools.spoil(campus, "[data.news]\nsource = \"nowhere\"\n");
        assert_eq!(schools.get(campus, "/api/manifest").await.body, changed.body, "a broken one changes nothing");
    }
}

#[tokio::test]
async fn tells_what_a_school_makes_of_its_app_as_the_description_says() {
    let schools = Schools::new(|campus| {
        let own = "[kinds.clubs]\ntitle = { fr = \"Associations\" }\ntime = \"founded\"\n[kinds.clubs.fields]\n\
                   founded = { type = \"date\", required = true, means_change = true, title = { fr = \"Fondée\", en = \"Founded\" } }\n\
                   opening_days = { type = \"choice\", list = true, choices = [\"mon\", \"tue\"] }\n";
        let clubs = "[data.clubs]\nsource = \"website\"\npath = \"clubs.json\"\n\
                     map = { each = \".[]\", id = \".id\", founded = \".date\" }\n";
        let app = format!(
            "short_name = \"Démo\"\n[texts]\nhelp = {{ fr = \"Appelez.\" }}\n[accessibility]\nlevel = \"partial\"\n\
             contact = \"mailto:a@{campus}.example\"\n[[screens]]\ndata = \"clubs\"\nicon = \"heart\"\ntab = true\n"
        );
        app + own + &website("http://127.0.0.1:9") + &set("news", "news") + clubs
    });
    let manifest = schools.get("rivage", "/api/manifest").await.json();
    assert_eq!(manifest["short_name"], "Démo");
    assert_eq!(manifest["texts"], json!({ "help": { "fr": "Appelez.", "en": "Appelez." } }));
    assert_eq!(manifest["accessibility"], json!({ "level": "partial", "contact": "mailto:a@rivage.example" }));
    assert_eq!(
        manifest["screens"],
        json!([{
            "id": "clubs", "title": { "fr": "Associations", "en": "Associations" }, "icon": "heart",
            "data": ["clubs"], "tab": true, "home": false,
        }])
    );
    let clubs = &manifest["data"]["clubs"];
    assert_eq!(clubs["time"], json!({ "start": "founded", "end": null, "newest_first": false }));
    assert_eq!(clubs["changes"], json!(["founded"]));
    assert_eq!(
        clubs["fields"],
        json!([
            { "name": "founded", "type": "date", "list": false, "required": true, "choices": [], "title": { "fr": "Fondée", "en": "Founded" } },
            { "name": "opening_days", "type": "choice", "list": true, "required": false, "choices": ["mon", "tue"],
              "title": { "fr": "Opening days", "en": "Opening days" } },
        ])
    );
    assert!(manifest["data"]["news"].get("fields").is_none(), "phones know them");
    let description = schools.get("rivage", "/openapi.json").await.json();
    let schema = &description["components"]["schemas"]["manifest"];
    assert_eq!(crate::openapi::strangers(schema, &manifest, "manifest"), Vec::<String>::new());
}
