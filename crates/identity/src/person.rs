//! A person, as the school's own claims describe them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A person who signed in. It exists in memory while a request is answered, and sealed on the person's phone; it has no
/// `Debug`, so that no log can hold it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// How the school's systems know them: a student number, a login.
    pub user: String,
    /// How they are called.
    pub name: Option<String>,
    /// Groups they belong to, sorted.
    pub groups: Vec<String>,
    /// What they are to the school: `student`, `employee` (eduPersonAffiliation), sorted.
    pub affiliations: Vec<String>,
    /// Names of staff roles that their school's claims give them, sorted.
    pub roles: Vec<String>,
    /// Further values that the school's sources are asked with, by the names it declared.
    pub attributes: BTreeMap<String, String>,
}
