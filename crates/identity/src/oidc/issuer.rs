//! By which names a provider may call itself: one exactly or, at Entra ID, one for each tenant that may sign in.

use url::Url;

/// Entra's way to write any tenant in an issuer.
const ANY: &str = "{tenantid}";

/// The segments of Entra's issuers that stand for any tenant.
const SEVERAL: [&str; 2] = ["/organizations/", "/common/"];

/// A provider's declared issuer.
pub(super) struct Issuer {
    name: String,
    url: Url,
    tenants: Vec<String>,
}

/// Whether an issuer stands for several tenants of Entra ID.
pub(super) fn is_for_several_tenants(issuer: &str) -> bool {
    SEVERAL.iter().any(|segment| issuer.contains(segment))
}

impl Issuer {
    /// An issuer that was checked: tenants are declared where, and only where, it is for several.
    pub(super) fn new(name: String, url: Url, tenants: Vec<String>) -> Self {
        Self { name, url, tenants }
    }

    /// Its address.
    pub(super) fn url(&self) -> &Url {
        &self.url
    }

    /// Where its discovery document is (OpenID Connect Discovery 1.0, 4).
    pub(super) fn discovery(&self) -> Url {
        let mut url = self.url.clone();
        let path = self.url.path();
        url.set_path(&format!("{}/.well-known/openid-configuration", path.strip_suffix('/').unwrap_or(path)));
        url
    }

    /// How that document must call it.
    pub(super) fn announced(&self) -> String {
        let any = |name: String, segment: &&str| name.replace(*segment, &format!("/{ANY}/"));
        if self.tenants.is_empty() { self.name.clone() } else { SEVERAL.iter().fold(self.name.clone(), any) }
    }

    /// Whether it may call itself so to a browser.
    pub(super) fn is(&self, name: &str) -> bool {
        if self.tenants.is_empty() {
            return name == self.name;
        }
        self.tenants.iter().any(|tenant| for_tenant(&self.announced(), tenant) == name)
    }

    /// Whether it may call itself so in a token of a tenant (`tid`), signed by a key for `key_issuer`.
    pub(super) fn signs(&self, name: &str, tenant: Option<&str>, key_issuer: Option<&str>) -> bool {
        let named = match tenant.filter(|_| !self.tenants.is_empty()) {
            Some(tenant) => {
                self.tenants.iter().any(|declared| declared == tenant) && for_tenant(&self.announced(), tenant) == name
            }
            None => self.tenants.is_empty() && name == self.name,
        };
        named && key_issuer.is_none_or(|issuer| for_tenant(issuer, tenant.unwrap_or_default()) == name)
    }
}

fn for_tenant(issuer: &str, tenant: &str) -> String {
    issuer.replace(ANY, tenant)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn issuer(name: &str, tenants: &[&str]) -> Issuer {
        Issuer::new(name.to_owned(), Url::parse(name).unwrap(), tenants.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn keeps_a_final_slash_in_the_name_and_out_of_the_address_of_discovery() {
        let portal = issuer("https://auth.univ.fr/", &[]);
        assert_eq!(portal.discovery().as_str(), "https://auth.univ.fr/.well-known/openid-configuration");
        assert!(portal.is("https://auth.univ.fr/") && !portal.is("https://auth.univ.fr"));
    }

    #[test]
    fn takes_a_tenant_by_its_own_issuer_only() {
        let entra = issuer("https://login.microsoftonline.com/organizations/v2.0", &["t1", "t2"]);
        let name = |tenant: &str| format!("https://login.microsoftonline.com/{tenant}/v2.0");
        assert_eq!(entra.announced(), name("{tenantid}"));
        assert!(entra.signs(&name("t1"), Some("t1"), None));
        assert!(entra.signs(&name("t2"), Some("t2"), Some(&name("{tenantid}"))));
        for (issuer, tenant) in
            [("t1", Some("t2")), ("t3", Some("t3")), ("t1", None), ("{tenantid}", Some("{tenantid}"))]
        {
            assert!(!entra.signs(&name(issuer), tenant, None), "{issuer} {tenant:?}");
        }
        assert!(!entra.signs(&name("t1"), Some("t1"), Some(&name("t2"))), "a key of another tenant");
        assert!(entra.is(&name("t2")) && !entra.is(&name("t3")) && !entra.is(&name("organizations")));
    }

    #[test]
    fn takes_a_single_tenant_for_what_it_is() {
        let entra = issuer("https://login.microsoftonline.com/t1/v2.0", &[]);
        let name = "https://login.microsoftonline.com/t1/v2.0";
        assert!(entra.signs(name, Some("t1"), Some("https://login.microsoftonline.com/{tenantid}/v2.0")));
        assert!(!entra.signs(name, Some("t2"), Some("https://login.microsoftonline.com/{tenantid}/v2.0")));
    }
}
