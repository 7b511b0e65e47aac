//! Signature wrapping: what was signed is moved aside, and something else stands where the signed was. The eight shapes of
//! Somorovsky and others (2012), and more.

use identity::FailureKind;

use super::forge::{Forge, form, template};
use super::{attempt, failure, finish, now, site};

/// The end of an opening tag, and so where what is in the element begins.
fn inside(element: &str) -> usize {
    element.find('>').unwrap() + 1
}

/// The signature in an element, taken out, and the rest.
fn take_signature(element: &str) -> (String, String) {
    let (from, to) = (element.find("<ds:Signature ").unwrap(), element.find("</ds:Signature>").unwrap() + 15);
    (element[from..to].to_owned(), format!("{}{}", &element[..from], &element[to..]))
}

/// The same for somebody else, with an id of its own.
fn evil(element: &str) -> String {
    element
        .replace("adupont", "mallory")
        .replace("ID=\"assertion-1\"", "ID=\"evil-1\"")
        .replace("ID=\"response-1\"", "ID=\"evil-2\"")
}

/// Puts a text before the end of an element.
fn append(element: &str, text: &str) -> String {
    let end = element.rfind("</").unwrap();
    format!("{}{text}{}", &element[..end], &element[end..])
}

/// All of these are refused, whatever the ids are, and so they are around an encrypted sign-in's plaintext.
async fn all_refused(forge: &Forge, shapes: &[(&str, String)]) {
    for (name, shape) in shapes {
        assert!(shape.contains("mallory"), "{name} is an attack");
        for response in [shape.clone(), shape.replace("evil-1", "assertion-1").replace("evil-2", "response-1")] {
            let result = forge.finish(&response).await;
            assert!(result.is_err(), "{name}");
            let failure = failure(result);
            assert_eq!(failure.kind, FailureKind::Invalid, "{name}: {failure}");
        }
    }
}

#[tokio::test]
async fn refuses_what_is_wrapped_around_a_signed_response() {
    let forge = testbed::need!(Forge::new());
    let good = forge.signed_response(&forge.unsigned());
    assert!(forge.finish(&good).await.is_ok());
    let (signature, bare) = take_signature(&good);
    let forged = evil(&bare);
    let at = forged.find("<samlp:Status>").unwrap();
    let with_signature = |inner: &str| {
        let signature = signature.replace("</ds:Signature>", &format!("{inner}</ds:Signature>"));
        format!("{}{signature}{}", &forged[..at], &forged[at..])
    };
    let object = |inner: &str| format!("<ds:Object>{inner}</ds:Object>");
    all_refused(
        &forge,
        &[
            ("XSW1: the signed response in the signature", with_signature(&bare)),
            ("XSW1 in an object of the signature", with_signature(&object(&bare))),
            (
                "XSW2: the signed response beside the signature",
                format!("{}{bare}{signature}{}", &forged[..at], &forged[at..]),
            ),
            ("the signed response whole, in the forged one", format!("{}{good}{}", &forged[..at], &forged[at..])),
            (
                "the signed response in the extensions",
                format!("{}{signature}<samlp:Extensions>{bare}</samlp:Extensions>{}", &forged[..at], &forged[at..]),
            ),
            (
                "the signed response in the status",
                with_signature("").replace(
                    "</samlp:Status>",
                    &format!("<samlp:StatusDetail>{bare}</samlp:StatusDetail></samlp:Status>"),
                ),
            ),
            ("the signed response at the end", append(&with_signature(""), &bare)),
            ("a second assertion in the signed response", append(&good, &evil(&forge.unsigned()))),
        ],
    )
    .await;
}

#[tokio::test]
async fn refuses_what_is_wrapped_around_a_signed_assertion() {
    let forge = testbed::need!(Forge::new());
    let good = forge.signed();
    assert!(forge.finish(&forge.response(&good)).await.is_ok());
    let (signature, bare) = take_signature(&good);
    let (forged, at) = (evil(&bare), inside(&bare));
    let forged_with = |inner: &str| {
        let signature = signature.replace("</ds:Signature>", &format!("{inner}</ds:Signature>"));
        evil(&bare).replacen("</saml:Issuer>", &format!("</saml:Issuer>{signature}"), 1)
    };
    let response = |inside: &str| forge.response(inside);
    let extensions = |inner: &str| format!("<samlp:Extensions>{inner}</samlp:Extensions>");
    let confirmation = |assertion: &str, inner: &str| {
        let data = "Recipient=\"https://rivage.example/api/login/callback\"";
        assert!(
            assertion.contains(&format!("{data}></saml:SubjectConfirmationData>"))
                || assertion.contains(&format!("{data}/>"))
        );
        let assertion =
            assertion.replacen(&format!("{data}/>"), &format!("{data}>{inner}</saml:SubjectConfirmationData>"), 1);
        assertion.replacen(&format!("{data}></saml"), &format!("{data}>{inner}</saml"), 1)
    };
    all_refused(
        &forge,
        &[
            ("XSW3: the forged one first", response(&format!("{forged}{good}"))),
            ("XSW3 in the other order", response(&format!("{good}{forged}"))),
            ("XSW4: the signed one in the forged one", response(&append(&forged, &good))),
            ("XSW4 at its beginning", response(&format!("{}{good}{}", &forged[..at], &forged[at..]))),
            (
                "XSW5: the signature in the forged one, the signed one after",
                response(&format!("{}{bare}", forged_with(""))),
            ),
            ("XSW6: the signed one in the signature in the forged one", response(&forged_with(&bare))),
            ("XSW7: the signed one in the extensions", response(&format!("{}{forged}", extensions(&good)))),
            (
                "XSW8: the signed one in an object of the signature",
                response(&forged_with(&format!("<ds:Object>{bare}</ds:Object>"))),
            ),
            ("in the signature's key", response(&forged_with(&format!("<ds:KeyInfo>{bare}</ds:KeyInfo>")))),
            ("in the confirmation's data", response(&confirmation(&forged_with(""), &bare))),
            ("whole in the confirmation's data", response(&confirmation(&forged, &good))),
            ("the signature as the response's", response(&format!("{signature}{forged}{bare}"))),
            ("the signed one in an advice", response(&append(&forged, &format!("<saml:Advice>{good}</saml:Advice>")))),
            ("an assertion as the document", good.replace("adupont", "mallory")),
            (
                "the forged one in an assertion of another namespace",
                response(&format!("<saml:Wrapped xmlns:saml=\"urn:other\">{forged}</saml:Wrapped>{}", evil(&good))),
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn what_stands_beside_a_signed_assertion_is_never_read() {
    let forge = testbed::need!(Forge::new());
    let good = forge.signed();
    let stray = "<x:Assertion xmlns:x=\"urn:other\" ID=\"other\"><x:uid>mallory</x:uid></x:Assertion>";
    let response = forge.response(&format!("{stray}{good}")).replace(
        "</samlp:Status>",
        &format!("<samlp:StatusDetail>{}</samlp:StatusDetail></samlp:Status>", evil(&forge.unsigned())),
    );
    let extended = forge.response(&good).replace(
        "<samlp:Status>",
        &format!("<samlp:Extensions>{}</samlp:Extensions><samlp:Status>", evil(&forge.unsigned())),
    );
    for response in [response, extended] {
        assert!(response.contains("mallory"));
        assert_eq!(forge.finish(&response).await.unwrap().claims["uid"], "adupont");
        let same_id = response.replace("evil-1", "assertion-1");
        assert!(failure(forge.finish(&same_id).await).message.contains("same id twice"));
    }
}

#[tokio::test]
async fn refuses_a_signature_that_is_over_something_else_of_the_document() {
    let forge = testbed::need!(Forge::new());
    // The provider signs a part of what it sends, which an attacker takes for the signature of the whole.
    let subject = forge.unsigned().replace("<saml:Subject>", "<saml:Subject ID=\"subject-1\">");
    for (uri, assertion) in [("subject-1", subject), ("", forge.unsigned())] {
        let template = template(uri).replace("URI=\"#\"", "URI=\"\"");
        let assertion = super::after_issuer(&assertion, &template);
        let signed = forge.tool.sign(
            &assertion.replace("<saml:Assertion ", "<saml:Assertion xmlns:x=\"urn:x\" "),
            "/*/*[local-name()='Signature']",
            &forge.idp,
        );
        let form = form(&forge.response(&signed.replace("adupont", "mallory")));
        let result = finish(&forge.login(), &form, &site(), &attempt(1), now()).await;
        assert_eq!(failure(result).kind, FailureKind::Invalid, "{uri}");
    }
}
