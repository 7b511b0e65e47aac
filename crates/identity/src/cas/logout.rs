//! Single logout: the CAS server posts which ticket's sign-in is over.
//!
//! The message looks like SAML and is not signed: that it names the ticket, which nobody can guess and only the browser,
//! the server and we have seen, is its proof. It can end no other sign-in than that ticket's.

use super::xml;

/// The namespace of SAML 2.0's messages.
const SAML: &str = "urn:oasis:names:tc:SAML:2.0:protocol";

/// The ticket that a `logoutRequest` names.
///
/// # Errors
/// What it is instead.
pub(super) fn ticket(text: &str) -> Result<String, &'static str> {
    let root = xml::read(text, SAML)?;
    if !root.is("LogoutRequest") {
        return Err("something that is no logout request");
    }
    let ticket = root.child("SessionIndex")?.map(|index| index.text().to_owned());
    ticket.filter(|ticket| super::is_service_ticket(ticket)).ok_or("a logout request that names no service ticket")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::ticket;

    fn request(index: &str) -> String {
        format!(
            r#"<samlp:LogoutRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="a" Version="2.0">
            <saml:NameID xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">@NOT_USED@</saml:NameID>{index}</samlp:LogoutRequest>"#
        )
    }

    #[test]
    fn reads_the_ticket_whatever_the_prefix_and_the_white_space() {
        assert_eq!(ticket(&request("<samlp:SessionIndex>\n ST-1-a \n</samlp:SessionIndex>")).unwrap(), "ST-1-a");
        let other = r#"<LogoutRequest xmlns="urn:oasis:names:tc:SAML:2.0:protocol"><SessionIndex>ST-1-a</SessionIndex></LogoutRequest>"#;
        assert_eq!(ticket(other).unwrap(), "ST-1-a");
    }

    #[test]
    fn refuses_what_names_no_one_service_ticket() {
        let index = "<samlp:SessionIndex>ST-1</samlp:SessionIndex>";
        for text in [
            String::new(),
            "ST-1".to_owned(),
            request(""),
            request("<SessionIndex>ST-1</SessionIndex>"),
            request("<samlp:SessionIndex>PGT-1</samlp:SessionIndex>"),
            request(&index.repeat(2)),
            request(index).replace("SAML:2.0:protocol", "SAML:1.1:protocol"),
            request(index).replace("LogoutRequest", "LogoutResponse"),
            format!("<!DOCTYPE a>{}", request(index)),
            "<a>".repeat(100_000),
        ] {
            assert!(ticket(&text).is_err(), "{text:.200}");
        }
    }
}
