//! Tests of `response`: the styles of real servers, and what hostile ones or hostile values could write.
#![allow(clippy::unwrap_used, clippy::panic)]

use serde_json::{Value, json};

use super::{Response, read};

const OPEN: &str = "<cas:serviceResponse xmlns:cas='http://www.yale.edu/tp/cas'>";

fn success(inside: &str) -> String {
    format!("{OPEN}<cas:authenticationSuccess>{inside}</cas:authenticationSuccess></cas:serviceResponse>")
}

#[track_caller]
fn claims(text: &str) -> Value {
    match read(text).unwrap() {
        Response::Success { claims, .. } => Value::Object(claims),
        other => panic!("{other:?}"),
    }
}

#[test]
fn reads_attributes_within_their_element_as_apereo_and_lemonldap_write_them() {
    // LemonLDAP::NG does not escape values.
    let text = success(
        "\n\t<cas:user> adupont </cas:user>\n\t<cas:attributes>
            <cas:cn>Aline\n Dupont</cas:cn><cas:memberOf>r&amp;d</cas:memberOf><cas:memberOf>L3 R & D</cas:memberOf>
            <cas:mail></cas:mail><cas:phone/></cas:attributes>\n",
    );
    let expected = json!({"user": "adupont", "cn": "Aline\n Dupont", "memberOf": ["r&d", "L3 R & D"]});
    assert_eq!(claims(&text), expected);
    assert_eq!(claims(&text.replace("cas:", "c:").replace("xmlns:cas", "xmlns:c")), expected);
    assert_eq!(claims(&text.replace("cas:", "").replace("xmlns:cas", "xmlns")), expected);
    assert_eq!(claims(&format!("<?xml version='1.0'?>\n<!-- -->{text}\n")), expected);
}

#[test]
fn reads_attributes_as_pairs_beside_the_user_or_within() {
    let pairs = r#"<cas:attribute name="cn" value="A &lt;D&gt;"/><cas:attribute value="a" name="g"/><cas:attribute name="g">b</cas:attribute>"#;
    let expected = json!({"user": "adupont", "cn": "A <D>", "g": ["a", "b"]});
    assert_eq!(claims(&success(&format!("{pairs}<cas:user>adupont</cas:user>"))), expected);
    assert_eq!(
        claims(&success(&format!("<cas:user>adupont</cas:user><cas:attributes>{pairs}</cas:attributes>"))),
        expected
    );
}

#[test]
fn reads_attributes_beside_the_user_as_rubycas_writes_them() {
    let text = success(
        "<cas:user>adupont</cas:user><cn><![CDATA[A & <D>]]></cn><cas:g>a</cas:g><cas:g>b</cas:g>
         <cas:proxies><cas:proxy>https://a</cas:proxy></cas:proxies>",
    );
    assert_eq!(claims(&text), json!({"user": "adupont", "cn": "A & <D>", "g": ["a", "b"]}));
}

#[test]
fn takes_an_attribute_once_that_is_said_in_two_styles() {
    let text = success(
        r#"<cas:user>adupont</cas:user><cas:attributes><cas:g>a</cas:g><cas:g>b</cas:g></cas:attributes>
        <cas:attribute name="g" value="a"/><cas:attribute name="g" value="b"/><cas:attribute name="h" value="c"/>"#,
    );
    assert_eq!(claims(&text), json!({"user": "adupont", "g": ["a", "b"], "h": "c"}));
}

#[test]
fn an_attribute_is_never_the_user() {
    for attributes in [
        "<cas:attributes><cas:user>admin</cas:user></cas:attributes>",
        r#"<cas:attribute name="user" value="admin"/>"#,
        "<user>admin</user>",
    ] {
        assert_eq!(claims(&success(&format!("<cas:user>adupont</cas:user>{attributes}"))), json!({"user": "adupont"}));
    }
}

#[test]
fn a_comment_does_not_cut_a_name() {
    let text =
        success("<cas:user>admin<!-- -->.dupont</cas:user><cas:attributes><cas:cn>A<?x?>D</cas:cn></cas:attributes>");
    assert_eq!(claims(&text), json!({"user": "admin.dupont", "cn": "AD"}));
}

#[test]
fn reads_what_concerns_proxies() {
    let text = success("<cas:user>a</cas:user><cas:proxyGrantingTicket>\n PGTIOU-1\n</cas:proxyGrantingTicket>");
    let Response::Success { left_as, claims } = read(&text).unwrap() else { panic!("{text}") };
    assert_eq!((left_as.as_deref(), claims.len()), (Some("PGTIOU-1"), 1));
    let text = format!(
        "{OPEN}<cas:proxySuccess><cas:proxyTicket>PT-1</cas:proxyTicket></cas:proxySuccess></cas:serviceResponse>"
    );
    assert_eq!(read(&text).unwrap(), Response::Proxy("PT-1".to_owned()));
}

#[test]
fn reads_the_code_of_a_failure_and_nothing_of_its_text() {
    let failure = |code: &str| {
        format!(
            "{OPEN}<cas:authenticationFailure{code}>\n\t\tticket ST-1 \n</cas:authenticationFailure></cas:serviceResponse>"
        )
    };
    for (text, code) in [
        (failure(" code='INVALID_TICKET'"), "INVALID_TICKET"),
        (failure(" code=\" INVALID_SERVICE \""), "INVALID_SERVICE"),
        (failure("").replace("authentication", "proxy"), ""),
        (failure(" code='ticket ST-1'"), ""),
        (failure(&format!(" code='{}'", "A".repeat(41))), ""),
    ] {
        assert_eq!(read(&text).unwrap(), Response::Failure(code.to_owned()), "{text}");
    }
}

#[test]
fn a_success_within_a_failure_or_beside_one_is_none() {
    let success = "<cas:authenticationSuccess><cas:user>admin</cas:user></cas:authenticationSuccess>";
    let failure =
        |inside: &str| format!("<cas:authenticationFailure code='INVALID_TICKET'>{inside}</cas:authenticationFailure>");
    let document = |inside: &str| format!("{OPEN}{inside}</cas:serviceResponse>");
    assert_eq!(read(&document(&failure(success))).unwrap(), Response::Failure("INVALID_TICKET".to_owned()));
    for inside in
        [success.repeat(2), format!("{success}{}", failure("")), format!("{}{success}", failure("")), String::new()]
    {
        assert!(read(&document(&inside)).is_err(), "{inside}");
    }
}

#[test]
fn a_value_that_writes_elements_of_its_own_does_not_become_somebody() {
    let name = "x</cas:cn></cas:attributes><cas:user>admin</cas:user><cas:attributes><cas:cn>";
    let text =
        success(&format!("<cas:user>adupont</cas:user><cas:attributes><cas:cn>{name}</cas:cn></cas:attributes>"));
    assert!(read(&text).is_err());
    let nested =
        "<cas:user>adupont</cas:user><cas:attributes><cas:cn>x<cas:user>admin</cas:user></cas:cn></cas:attributes>";
    assert_eq!(claims(&success(nested)), json!({"user": "adupont"}));
    assert!(read(&success("<cas:user>adupont<b>admin</b></cas:user>")).is_err());
}

#[test]
fn refuses_what_is_no_answer_of_cas_without_repeating_it() {
    let good = success("<cas:user>mark</cas:user>");
    for text in [
        String::new(),
        "mark".to_owned(),
        "<!DOCTYPE html><html><body>mark</body></html>".to_owned(),
        "<html><body>mark</body></html>".to_owned(),
        "yes\nmark\n".to_owned(),
        good.replace("yale", "evil"),
        good.replace(" xmlns:cas='http://www.yale.edu/tp/cas'", ""),
        good.replace("<cas:user>", "<cas:user xmlns:cas='urn:mark'>"),
        good.replace("<cas:authenticationSuccess>", "<cas:authenticationSuccess xmlns:cas='urn:mark'>"),
        good.replace("serviceResponse", "response"),
        good.replace("Success", "Maybe"),
        good.replace("cas:user", "cas:mark"),
        good.replace("mark", " "),
        good.replace("</cas:user>", "</mark>"),
        format!("{good}{good}"),
        format!("{good}mark"),
        format!("{good}</mark>"),
        good.trim_end_matches('>').to_owned(),
    ] {
        let what = read(&text).unwrap_err();
        assert!(!what.contains("mark"), "{what}");
    }
}

#[test]
fn refuses_document_types_depth_and_size() {
    let good = success("<cas:user>adupont</cas:user>");
    let bomb = "<!DOCTYPE a [<!ENTITY x 'ha'><!ENTITY y '&x;&x;'>]>";
    for (text, what) in [
        (format!("{bomb}{good}"), "a document type"),
        (format!("<!DOCTYPE a SYSTEM 'file:///etc/passwd'>{good}"), "a document type"),
        ("<a>".repeat(50_000), "too deeply"),
        (success(&"<cas:g>a</cas:g>".repeat(11_000)), "too many"),
        (success(&"a".repeat(super::xml::LARGEST)), "more XML"),
        (
            success(&format!(
                "<cas:user {}>a</cas:user>",
                (0..11_000).map(|n| format!("a{n}='' ")).collect::<String>()
            )),
            "too many",
        ),
    ] {
        assert!(read(&text).unwrap_err().contains(what), "{what}");
    }
    // An entity that nobody declared stays what it is.
    assert_eq!(claims(&success("<cas:user>&xxe;</cas:user>")), json!({"user": "&xxe;"}));
}

proptest::proptest! {
    #[test]
    fn reads_or_refuses_any_answer_and_takes_no_failure_for_a_success(
        pieces in proptest::collection::vec(proptest::sample::select(vec![
            "<", ">", "/", "&", "&amp;", "'", " ", "a", "<!--", "-->", "<![CDATA[", "]]>", "<cas:user>", "</cas:user>", "adupont",
            "<cas:attributes>", "</cas:attributes>", "</cas:authenticationFailure>", "<cas:authenticationSuccess>", "\u{0}", "é",
        ]), 0..30),
    ) {
        let inside = pieces.concat();
        let _ = read(&inside);
        let _ = read(&success(&inside));
        let failed = format!("{OPEN}<cas:authenticationFailure code='INVALID_TICKET'>{inside}</cas:authenticationFailure></cas:serviceResponse>");
        proptest::prop_assert!(!matches!(read(&failed), Ok(Response::Success { .. })), "{}", failed);
    }
}
