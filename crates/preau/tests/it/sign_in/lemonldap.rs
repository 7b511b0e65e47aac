//! LemonLDAP::NG over OpenLDAP, as a school has both: by OpenID Connect, CAS and SAML.

use testbed::{Applications, Chromium, LemonLdap, PEOPLE, need};

use super::saml;
use super::stage::Stage;
use super::visit::Visit;

fn sign_in(browser: &Chromium) {
    browser.type_into("input[name=user]", "adupont");
    browser.type_into("input[name=password]", "demo");
    browser.click("button[type=submit]");
}

#[test]
fn a_student_signs_in_at_lemonldap_by_each_of_its_protocols() {
    let stage = Stage::new();
    let directory = need!(testbed::slapd(PEOPLE));
    let browser = need!(testbed::chromium());
    // Its settings have our metadata, and our declaration its address.
    let own = testbed::rsa("rivage.localhost");
    saml::declare(&stage, &own, "http://127.0.0.1:9/");
    let _serving = stage.serve();
    let portal = need!(testbed::lemonldap(&directory, |_| Applications {
        redirect: stage.url("rivage", "/api/login/callback"),
        signed_out: stage.url("rivage", "/"),
        service: stage.url("rivage", "/api/login/callback"),
        metadata: stage.metadata(),
        ..Applications::default()
    }));
    let visit = Visit { stage: &stage, browser: &browser };

    let client = format!("client_id = \"{}\"\nclient_secret = \"{}\"", LemonLdap::CLIENT, LemonLdap::CLIENT_SECRET);
    let issuer = format!("provider = \"lemonldap\"\nissuer = \"{}\"\nuser = \".supannEtuId\"", portal.url(""));
    stage.declare("rivage", &format!("[login]\nmethod = \"oidc\"\n{issuer}\n{client}\n"));
    stage.wait_for("oidc");
    visit.is_nobody_at("rivage");
    visit.set_out();
    sign_in(&browser);
    visit.arrives();
    visit.leave();
    visit.is_signed_out();

    let url = portal.url("cas");
    stage.declare("rivage", &format!("[login]\nmethod = \"cas\"\nurl = \"{url}\"\nuser = \".supannEtuId\"\n"));
    stage.wait_for("cas");
    visit.set_out();
    sign_in(&browser);
    visit.arrives();
    visit.leave();
    visit.is_signed_out();

    saml::declare(&stage, &own, &portal.url("saml/metadata"));
    stage.wait_for("saml");
    visit.set_out();
    sign_in(&browser);
    visit.arrives();
    visit.leave();
    visit.is_signed_out();
}
