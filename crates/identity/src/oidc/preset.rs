//! What identity products do differently from each other.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::DefaultClaims;

/// An identity product, whose habits become the defaults of other settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Product {
    /// Microsoft Entra ID: `oid` is the person; one application for several tenants needs `tenants`.
    Entra,
    /// Microsoft AD FS 2019 or newer: `upn` is the person.
    Adfs,
    /// Keycloak: `preferred_username` is the person; groups, else realm roles.
    Keycloak,
    /// LemonLDAP::NG: `sub` is the person; its issuer ends with `/`.
    Lemonldap,
    /// Shibboleth IdP with its OIDC plugin: eduPerson attributes.
    Shibboleth,
}

/// The habits of a product.
pub(super) struct Preset {
    /// Whether refresh tokens have to be asked for (`offline_access`).
    pub(super) offline: bool,
    /// Where its claims hold what.
    pub(super) claims: DefaultClaims,
}

const AFFILIATION: &str = ".eduPersonAffiliation // .eduperson_affiliation";

/// Those of any provider that keeps to the standard.
const STANDARD: Preset = Preset {
    offline: true,
    claims: DefaultClaims { user: ".sub", name: ".name", groups: ".groups", affiliation: AFFILIATION },
};

const ENTRA: Preset = Preset {
    // `sub` differs for each application; `oid` is what Microsoft Graph and other systems know.
    claims: DefaultClaims { user: ".oid", name: ".name", groups: ".groups", affiliation: AFFILIATION },
    ..STANDARD
};

const ADFS: Preset = Preset {
    // It refuses scopes that nobody registered, and gives refresh tokens unasked.
    offline: false,
    claims: DefaultClaims {
        user: ".upn",
        name: ".name // .commonname // .unique_name",
        groups: ".groups // .group",
        affiliation: AFFILIATION,
    },
};

const KEYCLOAK: Preset = Preset {
    claims: DefaultClaims {
        user: ".preferred_username",
        name: ".name",
        groups: ".groups // .realm_access.roles",
        affiliation: AFFILIATION,
    },
    ..STANDARD
};

const SHIBBOLETH: Preset = Preset {
    claims: DefaultClaims {
        user: ".eduPersonPrincipalName // .eduperson_principal_name",
        name: ".name // .displayName",
        groups: ".groups // .isMemberOf // .is_member_of",
        affiliation: AFFILIATION,
    },
    ..STANDARD
};

impl Preset {
    /// Where claims hold what by default: without a product, and of each.
    pub(super) fn claims_by_product() -> Vec<(&'static str, DefaultClaims)> {
        let products = [
            ("", None),
            ("entra", Some(Product::Entra)),
            ("adfs", Some(Product::Adfs)),
            ("keycloak", Some(Product::Keycloak)),
            ("lemonldap", Some(Product::Lemonldap)),
            ("shibboleth", Some(Product::Shibboleth)),
        ];
        products.into_iter().map(|(name, product)| (name, Self::of(product).claims)).collect()
    }

    pub(super) fn of(product: Option<Product>) -> &'static Self {
        match product {
            None | Some(Product::Lemonldap) => &STANDARD,
            Some(Product::Entra) => &ENTRA,
            Some(Product::Adfs) => &ADFS,
            Some(Product::Keycloak) => &KEYCLOAK,
            Some(Product::Shibboleth) => &SHIBBOLETH,
        }
    }
}
