//! Everything else that must not sign anybody in.

use identity::{FailureKind, Site};
use serde_json::json;
use url::Url;

use super::forge::{Forge, IDP, after_issuer, form, metadata, template};
use super::{attempt, failure, finish, later, login, now, settings, site};

const SIGNATURE: &str = "/*/*[local-name()='Signature']";

/// The message of what a response of the forge is refused with.
async fn refused(forge: &Forge, response: &str) -> String {
    let failure = failure(forge.finish(response).await);
    assert_eq!(failure.kind, FailureKind::Invalid, "{failure}");
    failure.message
}

#[tokio::test]
async fn refuses_what_is_not_signed_or_by_another_key() {
    let forge = testbed::need!(Forge::new());
    let unsigned = forge.unsigned();
    assert!(refused(&forge, &forge.response(&unsigned)).await.contains("neither it nor its assertion is signed"));
    // The certificate comes along in KeyInfo, and is not believed.
    let mallory = testbed::rsa("idp.univ-demo.fr");
    let by_mallory = forge.sign_assertion_with(&mallory, &unsigned);
    assert!(by_mallory.contains("X509Certificate"));
    assert!(
        refused(&forge, &forge.response(&by_mallory)).await.contains("a key that is not in the provider's metadata")
    );
    let shown: String = forge.idp.certificate.lines().filter(|line| !line.starts_with('-')).collect();
    let start = by_mallory.find("<ds:X509Certificate>").unwrap() + "<ds:X509Certificate>".len();
    let end = by_mallory.find("</ds:X509Certificate>").unwrap();
    let pretended = format!("{}{shown}{}", &by_mallory[..start], &by_mallory[end..]);
    assert!(
        refused(&forge, &forge.response(&pretended)).await.contains("a key that is not in the provider's metadata")
    );
    // Good on the inside does not make up for bad on the outside, nor the other way round.
    let good = forge.signed();
    let outside = after_issuer(&forge.response(&good), &template("response-1"));
    let outside = forge.tool.sign(&outside, SIGNATURE, &mallory);
    assert!(refused(&forge, &outside).await.contains("a key that is not in the provider's metadata"));
    assert!(refused(&forge, &forge.signed_response(&by_mallory)).await.contains("a key that is not in the provider's"));
}

#[tokio::test]
async fn refuses_what_was_changed_after_it_was_signed() {
    let forge = testbed::need!(Forge::new());
    let (assertion, response) = (forge.response(&forge.signed()), forge.signed_response(&forge.unsigned()));
    for good in [&assertion, &response] {
        assert!(refused(&forge, &good.replace("adupont", "mallory")).await.contains("changed after it was signed"));
        let added =
            good.replace("</saml:AttributeStatement>", "<saml:Attribute Name=\"uid\"/></saml:AttributeStatement>");
        assert!(refused(&forge, &added).await.contains("changed after it was signed"));
    }
    assert!(
        refused(&forge, &response.replace("ID=\"response-1\"", "ID=\"response-2\"")).await.contains("something else")
    );
    let digest = assertion.find("<ds:DigestValue>").unwrap() + "<ds:DigestValue>".len();
    let other = if &assertion[digest..=digest] == "A" { "B" } else { "A" };
    let changed = format!("{}{other}{}", &assertion[..digest], &assertion[digest + 1..]);
    assert!(refused(&forge, &changed).await.contains("a key that is not in the provider's metadata"));
}

#[tokio::test]
async fn refuses_weak_and_foreign_algorithms() {
    let forge = testbed::need!(Forge::new());
    let (rsa, sha) = ("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", "http://www.w3.org/2001/04/xmlenc#sha256");
    let exclusive = "http://www.w3.org/2001/10/xml-exc-c14n#";
    let last = format!("<ds:Transform Algorithm=\"{exclusive}\"/></ds:Transforms>");
    let first = "<ds:Transforms>";
    let xslt = "<ds:Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xslt-19991116\"><xsl:stylesheet \
        xmlns:xsl=\"http://www.w3.org/1999/XSL/Transform\" version=\"1.0\"><xsl:template match=\"/\"><a/></xsl:template>\
        </xsl:stylesheet></ds:Transform>";
    let xpath = "<ds:Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xpath-19991116\"><ds:XPath>\
        not(ancestor-or-self::*[local-name()='AttributeStatement'])</ds:XPath></ds:Transform>";
    let inclusive = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315";
    for (was, is, why) in [
        (rsa, "http://www.w3.org/2000/09/xmldsig#rsa-sha1", "an algorithm that is not accepted"),
        (sha, "http://www.w3.org/2000/09/xmldsig#sha1", "a digest that is not accepted"),
        (first, &format!("{first}{xpath}"), "in a way that SAML does not allow"),
        (&last, &format!("{xpath}{last}"), "in a way that SAML does not allow"),
        (
            &last,
            &format!("{}{xpath}</ds:Transforms>", last.replace("</ds:Transforms>", "")),
            "in a way that SAML does not allow",
        ),
        (&last, "</ds:Transforms>", "in a way that SAML does not allow"),
        (&last, &last.replace(exclusive, inclusive), "in a way that SAML does not allow"),
        (
            "Method Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"",
            &format!("Method Algorithm=\"{inclusive}\""),
            "not over exclusive",
        ),
    ] {
        let template = template("assertion-1").replacen(was, is, 1);
        assert!(template != super::forge::template("assertion-1"), "{was}");
        // Signed for real: it is the shape that is refused.
        let signed = forge.tool.sign(&after_issuer(&forge.unsigned(), &template), SIGNATURE, &forge.idp);
        let message = refused(&forge, &forge.response(&signed)).await;
        assert!(message.contains(why), "{is}: {message}");
    }
    // What no honest provider signs need not hold to be refused.
    let good = forge.signed();
    for (was, is) in [
        (rsa, "http://www.w3.org/2000/09/xmldsig#hmac-sha1"),
        (rsa, "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256"),
        (rsa, ""),
        (first, &format!("{first}{xslt}")),
        ("</ds:KeyInfo>", "</ds:KeyInfo><ds:Object/>"),
        ("<ds:SignedInfo>", "<ds:SignedInfo/><ds:SignedInfo>"),
        ("</ds:Signature>", "</ds:Signature><ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"/>"),
        ("<ds:SignatureValue>", "<ds:SignatureValue>!"),
    ] {
        assert_ne!(good.replacen(was, is, 1), good, "{was}");
        refused(&forge, &forge.response(&good.replacen(was, is, 1))).await;
    }
}

#[tokio::test]
async fn takes_stronger_digests() {
    let forge = testbed::need!(Forge::new());
    for (rsa, sha) in [("rsa-sha384", "2001/04/xmldsig-more#sha384"), ("rsa-sha512", "2001/04/xmlenc#sha512")] {
        let template = template("assertion-1").replace("rsa-sha256", rsa).replace("2001/04/xmlenc#sha256", sha);
        let signed = forge.tool.sign(&after_issuer(&forge.unsigned(), &template), SIGNATURE, &forge.idp);
        assert!(forge.finish(&forge.response(&signed)).await.is_ok(), "{rsa}");
    }
}

#[tokio::test]
async fn a_comment_in_a_value_does_not_make_it_another_persons() {
    let forge = testbed::need!(Forge::new());
    let assertion = forge.unsigned().replace(">adupont<", ">admin.adupont<").replace(">name-1<", ">admin.name-1<");
    let signed = forge.sign_assertion(&assertion);
    // Canonical XML has no comments, so a signature holds with and without them.
    let with = signed.replace("admin.adupont", "admin<!-- -->.adupont").replace("admin.name-1", "admin<!---->.name-1");
    let proof = forge.finish(&forge.response(&with)).await.unwrap();
    assert_eq!((&proof.claims["uid"], &proof.claims["name_id"]), (&json!("admin.adupont"), &json!("admin.name-1")));
}

#[tokio::test]
async fn refuses_what_is_too_old_too_new_or_for_somebody_else() {
    let forge = testbed::need!(Forge::new());
    let request = format!("_{}", attempt(1).id());
    for (was, is, why) in [
        ("<saml:Audience>https://rivage", "<saml:Audience>https://other", "for another service"),
        (
            "</saml:AudienceRestriction>",
            "</saml:AudienceRestriction><saml:AudienceRestriction><saml:Audience>https://other.example</saml:Audience></saml:AudienceRestriction>",
            "for another service",
        ),
        (
            "<saml:AudienceRestriction><saml:Audience>https://rivage.example/api/login/metadata</saml:Audience></saml:AudienceRestriction>",
            "",
            "does not say which service",
        ),
        ("</saml:Conditions>", "<saml:Condition/></saml:Conditions>", "unknown condition"),
        ("</saml:Conditions>", "<x:OneTimeUse xmlns:x=\"urn:other\"/></saml:Conditions>", "unknown condition"),
        ("Recipient=\"https://rivage", "Recipient=\"https://other", "for another address"),
        (&format!("InResponseTo=\"{request}\""), "InResponseTo=\"_other\"", "does not answer the request"),
        (&format!("InResponseTo=\"{request}\" "), "", "does not answer the request"),
        ("NotOnOrAfter=\"2026-10-05T08:05:00Z\" Recipient", "Recipient", "until when it may be brought"),
        ("cm:bearer", "cm:holder-of-key", "may not be brought by a browser"),
        ("Version=\"2.0\"", "Version=\"1.1\"", "not of SAML 2.0"),
        (&format!("<saml:Issuer>{IDP}"), "<saml:Issuer>https://other.example", "from another provider"),
        (
            "<saml:Conditions NotBefore=\"2026-10-05T07:59:30Z\" NotOnOrAfter=\"2026-10-05T08:05:00Z\"",
            "<saml:Conditions NotBefore=\"2026-10-05T08:01:01Z\"",
            "not valid yet",
        ),
        (
            "NotOnOrAfter=\"2026-10-05T08:05:00Z\" Recipient",
            "NotOnOrAfter=\"2026-10-05T07:59:00Z\" Recipient",
            "not valid any more",
        ),
        ("NotOnOrAfter=\"2026-10-05T08:05:00Z\">", "NotOnOrAfter=\"2026-10-05T07:59:00Z\">", "not valid any more"),
        ("NotOnOrAfter=\"2026-10-05T08:05:00Z\">", "NotOnOrAfter=\"2026-10-05T10:05:00\">", "malformed time"),
        ("SessionIndex=\"session-1\"", "SessionNotOnOrAfter=\"2026-10-05T07:59:00Z\"", "is over"),
    ] {
        let assertion = forge.unsigned();
        let changed = assertion.replacen(was, is, 1);
        assert_ne!(changed, assertion, "{was}");
        let signed = forge.sign_assertion(&changed);
        let message = refused(&forge, &forge.response(&signed)).await;
        assert!(message.contains(why), "{is}: {message}");
    }
    for (was, is, why) in [
        ("Destination=\"https://rivage", "Destination=\"https://other", "for another address"),
        ("Destination=\"https://rivage.example/api/login/callback\"", "", "for another address"),
        (&format!("InResponseTo=\"{request}\""), "InResponseTo=\"_other\"", "does not answer the request"),
        (&format!("InResponseTo=\"{request}\""), "", "does not answer the request"),
        (&format!("<saml:Issuer>{IDP}"), "<saml:Issuer>https://other.example", "from another provider"),
        ("Version=\"2.0\"", "Version=\"1.1\"", "not of SAML 2.0"),
    ] {
        let response = forge
            .response("")
            .replacen(was, is, 1)
            .replace("</samlp:Response>", &format!("{}</samlp:Response>", forge.signed()));
        let message = refused(&forge, &response).await;
        assert!(message.contains(why), "{is}: {message}");
    }
}

#[tokio::test]
async fn allows_clocks_to_be_a_minute_apart() {
    let forge = testbed::need!(Forge::new());
    let form = form(&forge.response(&forge.signed()));
    for (seconds, holds) in [(-90, true), (-91, false), (0, true), (359, true), (360, false)] {
        let result = finish(&forge.login(), &form, &site(), &attempt(1), later(seconds)).await;
        assert_eq!(result.is_ok(), holds, "{seconds}");
    }
}

#[tokio::test]
async fn an_assertion_is_good_for_one_use_and_one_sign_in() {
    let forge = testbed::need!(Forge::new());
    let (login, form) = (forge.login(), form(&forge.response(&forge.signed())));
    assert!(finish(&login, &form, &site(), &attempt(1), now()).await.is_ok());
    let replayed = failure(finish(&login, &form, &site(), &attempt(1), later(60)).await);
    assert!(replayed.kind == FailureKind::Invalid && replayed.message.contains("used before"), "{replayed}");
    // Another server remembers nothing, but the sign-in is another one.
    let elsewhere = failure(finish(&forge.login(), &form, &site(), &attempt(2), now()).await);
    assert!(elsewhere.message.contains("does not answer the request of this sign-in"), "{elsewhere}");
    // Another campus, at the same provider.
    let other = Site::new(&Url::parse("https://lagune.example").unwrap()).unwrap();
    let elsewhere = failure(finish(&forge.login(), &form, &other, &attempt(1), now()).await);
    assert!(elsewhere.message.contains("for another address"), "{elsewhere}");
}

#[tokio::test]
async fn refuses_another_provider_that_is_known_elsewhere() {
    let forge = testbed::need!(Forge::new());
    let other = testbed::rsa("other.example");
    let known = metadata("https://other.example/idp", &[&other]);
    let login = login(settings(&forge.own, json!({"metadata": known}))).unwrap();
    let honest = forge.response(&forge.signed());
    let pretending = forge.sign_assertion(&forge.unsigned().replace(IDP, "https://other.example/idp"));
    let pretending = forge.response(&pretending).replace(IDP, "https://other.example/idp");
    for (response, why) in
        [(honest, "from another provider"), (pretending, "a key that is not in the provider's metadata")]
    {
        let Err(failure) = finish(&login, &form(&response), &site(), &attempt(1), now()).await else { panic!("{why}") };
        assert!(failure.message.contains(why), "{failure}");
    }
}

#[tokio::test]
async fn refuses_documents_that_are_made_to_harm() {
    let forge = testbed::need!(Forge::new());
    let good = forge.response(&forge.signed());
    let deep = format!("{}{}", "<a>".repeat(200_000), "</a>".repeat(200_000));
    let second = forge.unsigned().replace("assertion-1", "assertion-2");
    let second = after_issuer(&second, &template("assertion-2"));
    let second = forge.tool.sign(&second, SIGNATURE, &forge.idp);
    let bomb = "<!DOCTYPE a [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]>";
    for (harm, why) in [
        (format!("{bomb}{good}"), "document type"),
        (format!("<!DOCTYPE a SYSTEM \"http://127.0.0.1:1/x\">{good}"), "document type"),
        (
            format!("<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>{}", good.replace("adupont", "&x;")),
            "document type",
        ),
        (good.replace("adupont", "&x;"), "entity"),
        (good.replace("</samlp:Status>", &format!("{}</samlp:Status>", &deep[..300_000])), "deeper than 64"),
        (format!("{good}{}", " ".repeat(600 << 10)), "larger than 512 KiB"),
        ("x".repeat(4 << 20), "larger than 512 KiB"),
        (String::new(), "not a whole XML document"),
        (good.replace("adupont", "adu\u{0}pont"), "control character"),
        (
            good.replace("<samlp:Response ", "<samlp:ArtifactResponse ")
                .replace("</samlp:Response>", "</samlp:ArtifactResponse>"),
            "no response",
        ),
        (good.replace("<samlp:Response ", "<?php x ?><samlp:Response "), "processing instruction"),
        (good.replace("ID=\"response-1\"", "ID=\"assertion-1\""), "same id twice"),
        (good.replace("<samlp:Response ", "<samlp:Response xml:id=\"assertion-1\" "), "same id twice"),
        (forge.response(&format!("{0}{0}", forge.signed())), "same id twice"),
        (forge.response(&format!("{}{second}", forge.signed())), "more than one Assertion"),
    ] {
        let message = refused(&forge, &harm).await;
        assert!(message.contains(why), "{}: {message}", harm.get(..200).unwrap_or(&harm));
    }
    // Canonical forms repeat a namespace at each element that uses it.
    let grows = forge.signed().replacen("<ds:SignedInfo>", &format!("<ds:SignedInfo>{}", "<z:z/>".repeat(5_000)), 1);
    let grows = format!("{}{}", "<samlp:Response xmlns:z=\"", "z".repeat(150_000))
        + "\" "
        + &forge.response(&grows)["<samlp:Response ".len()..];
    assert!(refused(&forge, &grows).await.contains("canonical form is larger"));
    for length in (0..good.len()).step_by(97) {
        refused(&forge, &good[..length]).await;
    }
    let mut form = form(&good);
    form.insert("SAMLResponse".to_owned(), "%%%".to_owned());
    assert!(failure(finish(&forge.login(), &form, &site(), &attempt(1), now()).await).message.contains("Base64"));
    form.clear();
    assert!(
        failure(finish(&forge.login(), &form, &site(), &attempt(1), now()).await).message.contains("no SAMLResponse")
    );
}

#[tokio::test]
async fn a_provider_that_says_no_is_believed_whatever_else_it_sends() {
    let forge = testbed::need!(Forge::new());
    let success = "<samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Success\"/>";
    let status = "urn:oasis:names:tc:SAML:2.0:status:";
    for (top, inner, kind) in [
        ("Responder", "AuthnFailed", FailureKind::Denied),
        ("Responder", "RequestDenied", FailureKind::Denied),
        ("Responder", "NoPassive", FailureKind::Denied),
        ("Requester", "InvalidNameIDPolicy", FailureKind::Misconfigured),
        ("Responder", "mallory", FailureKind::Misconfigured),
        ("Success!", "Success", FailureKind::Misconfigured),
    ] {
        let code = format!(
            "<samlp:StatusCode Value=\"{status}{top}\"><samlp:StatusCode Value=\"{status}{inner}\"/></samlp:StatusCode>\
             <samlp:StatusMessage>adupont is unknown</samlp:StatusMessage>"
        );
        // With a good assertion inside, which does not help.
        let response = forge.response(&forge.signed()).replace(success, &code);
        assert_eq!(failure(forge.finish(&response).await).kind, kind, "{top} {inner}");
    }
}
