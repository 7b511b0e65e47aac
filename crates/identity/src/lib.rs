//! Who asks: people sign in at their school's own identity provider; their sessions live sealed on their phones.

mod attempt;
mod claims;
mod failure;
mod method;
mod once;
mod person;
mod saml;
mod site;

pub use attempt::{Attempt, Chance};
pub use claims::{Claims, DeclaredClaims, DefaultClaims};
pub use failure::{Failure, FailureKind};
pub use method::{Answer, Begun, Context, Ended, Login, METHODS, Method, Proof, Tokens, find};
pub use once::Once;
pub use person::Person;
pub use site::Site;
