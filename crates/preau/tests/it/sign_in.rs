//! Signing in as people do: the binary, two campuses, real identity providers, a browser.

mod cas;
mod ldap;
mod lemonldap;
mod oidc;
mod saml;
mod stage;
mod visit;
