//! OpenID Connect against a provider that tests bend, and against real ones.

mod bench;
mod keys;
mod logout;
mod provider_down;
mod real;
mod renewal;
mod settings;
mod sign_in;
mod tokens;
