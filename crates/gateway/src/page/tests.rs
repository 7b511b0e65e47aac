//! Pages hold whatever they are given, and say what they must to everybody.

use identity::FailureKind;
use url::Url;

use super::*;

const HOSTILE: &str = "</title><script>alert(\"x\")</script>' onload='a&b\0\u{202e}";
const RIVAGE: School<'_> = School { name: "Université de Rivage", colour: Some("#0b6e8f"), channel: None };

/// Every page, with this text wherever text from outside may stand.
fn pages(text: &str) -> Vec<Page> {
    let school = School { name: text, colour: Some(text), channel: Some(text) };
    let mut pages = Vec::new();
    for language in [Language::French, Language::English] {
        let fields = [(text.to_owned(), text.to_owned())];
        let mut to = Url::parse("https://idp.example/sso").unwrap();
        to.set_query(Some(text));
        pages.extend([
            sign_in_form(school, language, text, text, Some(FormProblem::Refused)),
            sign_in_form(school, language, text, text, Some(FormProblem::TooMany { minutes: 3 })),
            sign_in_form(school, language, text, text, Some(FormProblem::Unavailable)),
            sign_in_form(school, language, text, text, None),
            post_form(school, language, &to, &fields),
        ]);
        pages.extend(KINDS.map(|kind| problem(school, language, kind, text)));
    }
    pages
}

const KINDS: [FailureKind; 6] = [
    FailureKind::Unavailable,
    FailureKind::Denied,
    FailureKind::Invalid,
    FailureKind::Stale,
    FailureKind::Misconfigured,
    FailureKind::TooMany,
];

#[test]
fn text_from_outside_stays_text_on_every_page() {
    for (hostile, plain) in pages(HOSTILE).into_iter().zip(pages("plain")) {
        // The same markup, tag by tag, whatever the words.
        let tags = |page: &Page| -> Vec<String> {
            let tags = page.html.split('<').skip(1).map(|tag| tag.split(['>', ' ']).next().unwrap().to_owned());
            tags.collect()
        };
        assert_eq!(tags(&hostile), tags(&plain));
        assert_eq!(hostile.html.matches('\'').count(), plain.html.matches('\'').count(), "{}", hostile.html);
        assert!(!hostile.html.contains("alert(\""), "{}", hostile.html);
        assert!(!hostile.html.contains('\0'));
        assert_eq!(hostile.policy, plain.policy);
    }
}

#[test]
fn nothing_runs_or_loads_but_what_the_policy_names_by_its_digest() {
    for page in pages("plain") {
        let inline = |tag: &str| {
            let (_, rest) = page.html.split_once(&format!("<{tag}>"))?;
            Some(source(rest.split_once(&format!("</{tag}>"))?.0))
        };
        let named = |directive: &str| {
            let mut directives = page.policy.split("; ");
            directives.find_map(|text| text.strip_prefix(directive)).map(|value| value.trim().to_owned())
        };
        assert_eq!(named("default-src").unwrap(), "'none'");
        assert_eq!(named("frame-ancestors").unwrap(), "'none'");
        assert_eq!((inline("style"), inline("script")), (named("style-src"), named("script-src")));
        assert!(!page.html.contains(" style=") && !page.html.contains(" src=") && !page.html.contains("<link"));
    }
}

#[test]
fn a_wrong_password_is_told_in_the_title_in_a_summary_and_at_both_fields() {
    let page = sign_in_form(RIVAGE, Language::French, "/api/login", "adupont", Some(FormProblem::Refused)).html;
    assert!(page.contains("<title>Erreur – Connexion – Université de Rivage</title>"), "{page}");
    assert_eq!(page.matches("aria-invalid=\"true\" aria-describedby=\"problem\"").count(), 2);
    assert!(page.contains("id=\"problem\" role=\"alert\"") && page.contains("href=\"#user\""));
    assert!(page.contains("value=\"adupont\" autocomplete=\"username\""));
    let calm = sign_in_form(RIVAGE, Language::French, "/api/login", "", None).html;
    assert!(!calm.contains("aria-invalid=") && !calm.contains("role=\"alert\""));
}

#[test]
fn trying_again_leads_back_to_where_the_person_wanted_to_go() {
    let page = problem(RIVAGE, Language::English, FailureKind::Stale, "/a?b=c&d=\"é").html;
    assert!(page.contains("href=\"/api/login?return=%2Fa%3Fb%3Dc%26d%3D%22%C3%A9\""), "{page}");
    assert!(page.contains("<html lang=\"en\">"));
}

#[test]
fn the_form_for_the_provider_has_a_button_for_those_without_script() {
    let to = Url::parse("https://idp.example/sso?a=1&b=2").unwrap();
    let page = post_form(RIVAGE, Language::French, &to, &[("SAMLRequest".to_owned(), "PHNhbWw+".to_owned())]).html;
    assert!(page.contains("action=\"https://idp.example/sso?a=1&amp;b=2\""), "{page}");
    assert!(page.contains("name=\"SAMLRequest\" value=\"PHNhbWw+\"") && page.contains("<button"));
}

#[test]
fn speaks_what_the_browser_likes_best_of_french_and_english() {
    for (asked, language) in [
        (None, Language::French),
        (Some("en"), Language::English),
        (Some("en-GB,en;q=0.9,fr;q=0.8"), Language::English),
        (Some("de, fr;q=0.4, EN;q=0.5"), Language::English),
        (Some("fr-CA, en"), Language::French),
        (Some("de"), Language::French),
        (Some("en;q=0"), Language::French),
        (Some("en;q=inf;;,,\u{e9}"), Language::English),
    ] {
        assert_eq!(Language::accepted(asked), language, "{asked:?}");
    }
}

#[test]
fn draws_the_letter_of_the_name_that_is_a_school_s_own() {
    for (name, letter) in
        [("Université de Rivage", "R"), ("École de la Colline", "C"), ("ensa", "e"), ("Éa", "É"), (" ", ""), ("", "")]
    {
        assert_eq!(initial(name), letter);
    }
}
