//! Who asks: people sign in at their school's own identity provider; their sessions live sealed on their phones.

mod attempt;
mod brake;
mod cas;
mod claims;
pub mod dpop;
mod failure;
mod jws;
mod ldap;
mod method;
mod oidc;
mod once;
mod person;
mod rehearsal;
mod revocation;
mod role;
mod saml;
mod seal;
mod session;
mod site;

pub use attempt::{Attempt, Chance};
pub use brake::Brake;
pub use claims::{Claims, DeclaredClaims, DefaultClaims};
pub use failure::{Failure, FailureKind};
pub use method::{Answer, Begun, Context, Ended, Form, Login, METHODS, Method, Proof, Tokens, WayBack, find};
pub use once::Once;
pub use person::Person;
pub use rehearsal::{Given, Rehearsal};
pub use revocation::{Handle, Revocation, Revocations};
pub use role::{Role, Staff, Who};
pub use seal::{Keyring, LONGEST, Purpose};
pub use session::{ACCESS, Issued, Opened, Refused, Session, Sessions, Subscription};
pub use site::Site;
