//! SAML at SimpleSAMLphp, which learns of the campus by the metadata that the binary serves.

use testbed::{Identity, SimpleSamlPhp, need};

use super::stage::Stage;
use super::visit::Visit;

/// Rivage signs in at the provider of this metadata, with a key of its own.
pub fn declare(stage: &Stage, own: &Identity, metadata: &str) {
    stage.site.write("campuses/rivage/saml.pem", &own.certificate);
    stage.site.write("campuses/rivage/saml.key", &own.key);
    let login = format!(
        "[login]\nmethod = \"saml\"\nmetadata_url = \"{metadata}\"\ncertificate = {{ file = \"saml.pem\" }}\n\
         key = {{ file = \"saml.key\" }}\nuser = \".supannEtuId\"\n"
    );
    stage.declare("rivage", &login);
}

#[test]
fn a_student_signs_in_at_simplesamlphp_and_out_again() {
    let stage = Stage::new();
    let provider = need!(testbed::simplesamlphp(""));
    let browser = need!(testbed::chromium());
    declare(&stage, &testbed::rsa("rivage.localhost"), &provider.entity_id());
    let _serving = stage.serve();
    provider.know("rivage", &stage.metadata());
    let visit = Visit { stage: &stage, browser: &browser };

    visit.is_nobody_at("rivage");
    visit.set_out();
    browser.type_into("#username", SimpleSamlPhp::STUDENT);
    browser.type_into("#password", "demo");
    browser.click("#submit_button");
    visit.arrives();

    // Of SAML's logout we speak nothing: it is over here, and the provider goes on knowing who sits there.
    visit.leave();
    visit.is_signed_out();
    visit.set_out();
    visit.arrives();
}
