//! Assertions that are encrypted for us.

use serde_json::json;
use testbed::Identity;

use super::forge::{Forge, IDP, form, metadata};
use super::{attempt, failure, finish, login, now, settings, site};

const GCM: [&str; 2] = ["aes-128", "http://www.w3.org/2009/xmlenc11#aes128-gcm"];
const GCM_256: [&str; 2] = ["aes-256", "http://www.w3.org/2009/xmlenc11#aes256-gcm"];
const CBC: [&str; 2] = ["aes-128", "http://www.w3.org/2001/04/xmlenc#aes128-cbc"];
const CBC_256: [&str; 2] = ["aes-256", "http://www.w3.org/2001/04/xmlenc#aes256-cbc"];
const OAEP: &str = "<xenc:EncryptionMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p\"/>";

fn encrypt(
    forge: &Forge,
    assertion: &str,
    [session, algorithm]: [&str; 2],
    receiver: &Identity,
    transport: &str,
) -> String {
    let template = format!(
        "<xenc:EncryptedData xmlns:xenc=\"http://www.w3.org/2001/04/xmlenc#\" \
         Type=\"http://www.w3.org/2001/04/xmlenc#Element\"><xenc:EncryptionMethod Algorithm=\"{algorithm}\"/>\
         <ds:KeyInfo xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><xenc:EncryptedKey>{transport}<xenc:CipherData>\
         <xenc:CipherValue/></xenc:CipherData></xenc:EncryptedKey></ds:KeyInfo><xenc:CipherData><xenc:CipherValue/>\
         </xenc:CipherData></xenc:EncryptedData>"
    );
    let data = forge.tool.encrypt(assertion, &template, session, receiver);
    assert!(!data.contains("adupont"), "{data}");
    format!("<saml:EncryptedAssertion>{data}</saml:EncryptedAssertion>")
}

/// Lasso puts the key beside the data.
fn beside(encrypted: &str) -> String {
    let (from, to) =
        (encrypted.find("<xenc:EncryptedKey>").unwrap(), encrypted.find("</xenc:EncryptedKey>").unwrap() + 20);
    let key = encrypted[from..to]
        .replace("<xenc:EncryptedKey>", "<xenc:EncryptedKey xmlns:xenc=\"http://www.w3.org/2001/04/xmlenc#\">");
    format!("{}{}", &encrypted[..from], &encrypted[to..])
        .replace("</saml:EncryptedAssertion>", &format!("{key}</saml:EncryptedAssertion>"))
}

#[tokio::test]
async fn opens_aes_gcm_around_a_signed_assertion() {
    let forge = testbed::need!(Forge::new());
    for algorithm in [GCM, GCM_256] {
        let encrypted = encrypt(&forge, &forge.signed(), algorithm, &forge.own, OAEP);
        for encrypted in [beside(&encrypted), encrypted] {
            assert_eq!(forge.finish(&forge.response(&encrypted)).await.unwrap().claims["uid"], "adupont");
            assert_eq!(forge.finish(&forge.signed_response(&encrypted)).await.unwrap().claims["uid"], "adupont");
        }
    }
}

#[tokio::test]
async fn an_unsigned_assertion_is_not_better_for_being_encrypted() {
    let forge = testbed::need!(Forge::new());
    let unsigned = encrypt(&forge, &forge.unsigned(), GCM, &forge.own, OAEP);
    let failure_ = failure(forge.finish(&forge.response(&unsigned)).await);
    assert!(failure_.message.contains("neither it nor its assertion is signed"), "{failure_}");
    assert!(forge.finish(&forge.signed_response(&unsigned)).await.is_ok(), "the response's signature covers it");
    let by_mallory = forge.sign_assertion_with(&testbed::rsa("mallory.example"), &forge.unsigned());
    let by_mallory = encrypt(&forge, &by_mallory, GCM, &forge.own, OAEP);
    assert!(failure(forge.finish(&forge.response(&by_mallory)).await).message.contains("a key that is not in"));
    let good = forge.signed();
    let both = format!("{unsigned}{good}");
    assert!(failure(forge.finish(&forge.response(&both)).await).message.contains("more than one assertion"));
}

#[tokio::test]
async fn aes_cbc_counts_only_where_a_signature_is_over_it() {
    let forge = testbed::need!(Forge::new());
    for algorithm in [CBC, CBC_256] {
        let encrypted = encrypt(&forge, &forge.signed(), algorithm, &forge.own, OAEP);
        let failure = failure(forge.finish(&forge.response(&encrypted)).await);
        assert!(failure.message.contains("AES-CBC and the response is not signed"), "{failure}");
        assert!(forge.finish(&forge.signed_response(&encrypted)).await.is_ok());
    }
}

#[tokio::test]
async fn refuses_what_was_encrypted_for_others_otherwise_or_changed() {
    let forge = testbed::need!(Forge::new());
    let other = encrypt(&forge, &forge.signed(), GCM, &testbed::rsa("other.example"), OAEP);
    assert!(failure(forge.finish(&forge.response(&other)).await).message.contains("for another key than ours"));
    let old = OAEP.replace("rsa-oaep-mgf1p", "rsa-1_5");
    let old = encrypt(&forge, &forge.signed(), GCM, &forge.own, &old);
    assert!(failure(forge.finish(&forge.response(&old)).await).message.contains("rsa-oaep-mgf1p"));
    let good = encrypt(&forge, &forge.signed(), GCM, &forge.own, OAEP);
    let at = good.rfind("<xenc:CipherValue>").unwrap() + 60;
    let changed = format!("{}{}{}", &good[..at], if &good[at..=at] == "A" { "B" } else { "A" }, &good[at + 1..]);
    assert!(failure(forge.finish(&forge.response(&changed)).await).message.contains("for another key than ours"));
    let short = format!(
        "{}{}",
        &good[..at - 50],
        "</xenc:CipherValue></xenc:CipherData></xenc:EncryptedData></saml:EncryptedAssertion>"
    );
    failure(forge.finish(&forge.response(&short)).await);
}

#[tokio::test]
async fn opens_what_is_encrypted_for_the_next_certificate_already() {
    let forge = testbed::need!(Forge::new());
    let next = testbed::rsa("rivage.example");
    let more = json!({
        "metadata": metadata(IDP, &[&forge.idp]), "next_certificate": next.certificate, "next_key": next.key
    });
    let login = login(settings(&forge.own, more)).unwrap();
    for (assertion, receiver) in [("assertion-1", &forge.own), ("assertion-2", &next)] {
        let assertion = forge.unsigned().replace("assertion-1", assertion);
        let encrypted = encrypt(&forge, &assertion, GCM, receiver, OAEP);
        let form = form(&forge.signed_response(&encrypted));
        assert!(finish(&login, &form, &site(), &attempt(1), now()).await.is_ok());
    }
    let published = login.metadata(&site()).unwrap().unwrap();
    assert_eq!(published.matches("use=\"signing\"").count(), 2);
    assert_eq!(published.matches("use=\"encryption\"").count(), 2);
}
