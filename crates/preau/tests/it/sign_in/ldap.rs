//! LDAP: the form is ours, over OpenLDAP; and the pages in two languages.

use testbed::{PEOPLE, Slapd, need};

use super::stage::Stage;
use super::visit::Visit;

#[test]
fn a_student_signs_in_at_our_own_form_and_out_again() {
    let stage = Stage::new();
    let directory = need!(testbed::slapd(PEOPLE));
    let browser = need!(testbed::chromium());
    stage.declare(
        "rivage",
        &format!(
            "[login]\nmethod = \"ldap\"\nurl = \"ldap://{}\"\nbase = \"ou=people,{}\"\nbind_dn = \"{}\"\nbind_password = \"{}\"\n",
            directory.address(),
            Slapd::BASE,
            Slapd::READER,
            Slapd::READER_PASSWORD
        ),
    );
    let _serving = stage.serve();
    let visit = Visit { stage: &stage, browser: &browser };

    // French unless the browser likes English better; what is wrong is said in both.
    for (languages, title, refused) in [
        ("de, fr;q=0.8, en;q=0.5", "Connexion", "Identifiant ou mot de passe incorrect"),
        ("en-GB, fr;q=0.5", "Sign in", "Wrong user name or password"),
    ] {
        browser.prefer(languages);
        visit.is_nobody_at("rivage");
        visit.set_out();
        assert_eq!(browser.text("h1"), title);
        browser.type_into("#user", "adupont");
        browser.type_into("#password", "wrong");
        browser.click("main form button");
        assert_eq!(browser.text("#problem h2"), refused);
        let typed = browser
            .execute("return [document.querySelector('#user').value, document.querySelector('#password').value]");
        assert_eq!(typed, serde_json::json!(["adupont", ""]), "the name stays, the password does not");
    }
    browser.type_into("#password", "demo");
    browser.click("main form button");
    visit.arrives();
    visit.leave();
    visit.is_signed_out();
}
