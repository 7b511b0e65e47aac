//! People: who may read what, personal data, signing in and out, and those who try what they may not.

mod audiences;
mod budgets;
mod claims;
mod copies;
mod cross_site;
mod explained;
mod native;
mod own;
mod providers;
mod refreshing;
mod renewing;
mod sign_in;
mod staff;
pub mod visitors;
