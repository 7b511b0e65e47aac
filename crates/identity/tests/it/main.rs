//! Login methods against real providers, and the browser that tries them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod cas;
mod ldap;
mod lemonldap;
mod oidc;
mod rehearsal;
mod saml;
mod visit;
