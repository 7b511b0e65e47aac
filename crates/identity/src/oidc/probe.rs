//! Whether the provider is there and can be used, and what its staff have to enter for us.

use jiff::Timestamp;

use super::kept::PAUSE;
use super::provider::Provider;
use crate::{Failure, FailureKind, Site, jws};

/// What was found, one line each.
pub(super) async fn probe(provider: &Provider, site: &Site, now: Timestamp) -> Result<Vec<String>, Failure> {
    let (metadata, host) = (provider.metadata(now).await?, provider.host());
    let wrong = |what| Failure::new(FailureKind::Misconfigured, format!("{host} {what}"));
    let accepted = |name: &String| name.parse().is_ok_and(|algorithm| jws::is_accepted(&algorithm));
    if metadata.algorithms.as_ref().is_some_and(|names| !names.iter().any(accepted)) {
        return Err(wrong(
            "signs ID tokens with no algorithm that is accepted: RS256, PS256, ES256 or EdDSA and their kin",
        ));
    }
    if metadata.pkce == Some(false) {
        return Err(wrong("announces PKCE without S256, which every sign-in uses"));
    }
    let keys = provider.keys(now, PAUSE).await?;
    let said = |said: bool, yes: &'static str, no: &'static str| if said { yes } else { no };
    let mut lines = vec![
        format!("{host} is an OpenID provider and calls itself as declared"),
        format!("it signs with {}", keys.describe()),
        said(
            metadata.pkce.is_some(),
            "it announces PKCE with S256",
            "it does not say whether it knows PKCE; it is used",
        )
        .to_owned(),
        format!("redirect URI to register there: {}", site.at(Site::CALLBACK)),
    ];
    if metadata.end_session.is_some() {
        lines.push(format!(
            "signing out here signs out there too; register the address to come back to: {}",
            site.origin()
        ));
    }
    if metadata.notices {
        lines.push(format!(
            "it can tell who signed out there; back-channel logout URI to register: {}",
            site.at(Site::NOTICE)
        ));
    }
    Ok(lines)
}
