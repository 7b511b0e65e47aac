//! Where a campus answers, and the addresses of it that an identity provider knows.

use std::fmt;

use url::Url;

/// The origin at which a campus is reached now, and the addresses below it that take part in signing in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    origin: Url,
}

impl Site {
    /// Where the provider sends the browser back to: OIDC's `redirect_uri`, the service of CAS, SAML's assertion consumer.
    pub const CALLBACK: &str = "/api/login/callback";
    /// Where the provider tells us that somebody signed out (OIDC Back-Channel Logout).
    pub const NOTICE: &str = "/api/login/notice";
    /// The service provider's metadata (SAML), which is its entity id too.
    pub const METADATA: &str = "/api/login/metadata";
    /// Where a CAS server leaves proxy-granting tickets (`pgtUrl`).
    pub const PROXY: &str = "/api/login/proxy";

    /// The site of an origin; what follows the origin in `url` is dropped.
    ///
    /// # Errors
    /// The address has no host.
    pub fn new(url: &Url) -> Result<Self, String> {
        let mut origin = url.clone();
        if origin.host_str().is_none() || !matches!(origin.scheme(), "http" | "https") {
            return Err(format!("{:?} is no web address", url.scheme()));
        }
        origin.set_path("/");
        origin.set_query(None);
        origin.set_fragment(None);
        Ok(Self { origin })
    }

    /// The origin itself, with a final slash.
    #[must_use]
    pub fn origin(&self) -> &Url {
        &self.origin
    }

    /// The address of a path.
    #[must_use]
    pub fn at(&self, path: &str) -> Url {
        let mut url = self.origin.clone();
        url.set_path(path);
        url
    }
}

impl fmt::Display for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.origin.as_str().trim_end_matches('/'))
    }
}
