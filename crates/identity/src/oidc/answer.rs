//! What the provider gave the browser for us: a code, or why there is none (RFC 6749, 4.1.2; RFC 9207).

use super::grant::in_brackets;
use super::metadata::Metadata;
use super::provider::Provider;
use crate::method::Form;
use crate::{Failure, FailureKind};

/// A code, in bytes at most: AD FS and Entra ID make them of two kilobytes.
const LONGEST: usize = 8 << 10;

/// The code.
pub(super) fn code<'f>(query: &'f Form, metadata: &Metadata, provider: &Provider) -> Result<&'f str, Failure> {
    let host = provider.host();
    // Before anything else: another provider's answer, or error, means nothing here.
    match query.get("iss") {
        Some(issuer) if !provider.issuer().is(issuer) => {
            return Err(Failure::invalid(format!("an answer that is not of {host} came back for it (`iss`)")));
        }
        None if metadata.names_itself => {
            return Err(Failure::invalid(format!("an answer came back that does not say it is of {host} (`iss`)")));
        }
        _ => {}
    }
    if let Some(error) = query.get("error") {
        return Err(refusal(error, host));
    }
    let code = query.get("code").filter(|code| !code.is_empty() && code.len() <= LONGEST);
    code.map(String::as_str).ok_or_else(|| Failure::invalid(format!("{host} sent the browser back without a code")))
}

fn refusal(error: &str, host: &str) -> Failure {
    let (kind, what) = match error {
        "access_denied" => (FailureKind::Denied, "did not let the person in, or the person turned back"),
        "login_required" | "interaction_required" | "consent_required" | "account_selection_required" => {
            (FailureKind::Denied, "wants the person to do something there first")
        }
        "server_error" | "temporarily_unavailable" => (FailureKind::Unavailable, "has a fault of its own"),
        _ => (FailureKind::Misconfigured, "does not take our request: is this site set up there as [login] says?"),
    };
    Failure::new(kind, format!("{host} {what}{}", in_brackets(error)))
}
