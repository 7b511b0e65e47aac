//! CAS at django-cas-server, with single logout; and proxy tickets, over TLS from end to end.

use serde_json::json;
use testbed::{Chromium, DjangoCas, need};

use super::stage::{Stage, ask};
use super::visit::Visit;
use crate::process::eventually;
use crate::school::School;

fn declare(stage: &Stage, cas: &DjangoCas, more: &str) {
    let login = format!("[login]\nmethod = \"cas\"\nurl = \"{}\"\nuser = \".supannEtuId\"\n{more}", cas.url());
    stage.declare("rivage", &login);
}

fn sign_in(browser: &Chromium) {
    browser.type_into("input[name=username]", "adupont");
    browser.type_into("input[name=password]", "demo");
    browser.click("button[type=submit]");
}

#[test]
fn a_student_signs_in_at_django_cas_server_and_out_again() {
    let stage = Stage::new();
    let cas = need!(testbed::django_cas());
    let browser = need!(testbed::chromium());
    declare(&stage, &cas, "");
    let _serving = stage.serve();
    let visit = Visit { stage: &stage, browser: &browser };

    visit.is_nobody_at("rivage");
    visit.set_out();
    sign_in(&browser);
    visit.arrives();

    // Signing out here signs out there.
    visit.leave();
    visit.is_signed_out();
    visit.set_out();
    sign_in(&browser);
    visit.arrives();

    // Signing out there signs out here.
    browser.goto(&format!("{}/logout", cas.url()));
    eventually("the server tells of it", || (visit.read("rivage", "/api/data/grades").0 == 401).then_some(()));
}

#[test]
fn a_source_behind_cas_is_asked_with_a_proxy_ticket() {
    let stage = Stage::with_settings("[tls]\ncertificate = \"certificate.pem\"\nkey = \"key.pem\"\n");
    let cas = need!(testbed::django_cas());
    let browser = need!(testbed::chromium());
    let identity = cas.authority().identity(&["rivage.localhost", "colline.localhost"]);
    stage.site.write("certificate.pem", &identity.certificate);
    stage.site.write("key.pem", &identity.key);
    // The interface checks each ticket at the CAS server, as any application of the school does.
    let validate = format!("{}/p3/proxyValidate", cas.url());
    let interface = School::start(move |request| {
        let lines = || request.lines();
        let host = lines().find_map(|line| line.to_lowercase().strip_prefix("host: ").map(str::to_owned)).unwrap();
        let (path, ticket) = lines().next().and_then(|line| line.split(' ').nth(1)?.split_once("?ticket=")).unwrap();
        let answer = ask(&format!("{validate}?service=http://{host}{path}&ticket={ticket}"), "");
        let user = answer.split_once("<cas:user>").and_then(|(_, rest)| rest.split_once("</cas:user>"));
        let proxied = answer.contains("/api/login/proxy</cas:proxy>");
        match user.filter(|_| proxied) {
            Some((user, _)) => (200, json!([{ "id": 1, "title": format!("Emprunt de {user}") }]).to_string()),
            None => (401, json!({ "error": answer }).to_string()),
        }
    });
    let library = format!(
        "proxy = true\n[sources.library]\nconnector = \"http\"\nurl = \"{}api/\"\nauth = {{ person = \"ticket\" }}\n\
         [data.loans]\nsource = \"library\"\npath = \"loans\"\n[data.loans.map]\neach = \".[]\"\nid = \".id\"\ntitle = \".title\"\n",
        interface.url()
    );
    declare(&stage, &cas, &library);
    let _serving = stage.serve();
    let visit = Visit { stage: &stage, browser: &browser };

    visit.set_out();
    sign_in(&browser);
    visit.arrives();
    for _ in 0..2 {
        assert_eq!(visit.title("loans"), "Emprunt de adupont", "each time with a ticket of its own");
    }
}
