//! What staff may do: roles that a school's claims give, and those that only the operator's own file gives.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::Person;

/// A role of staff. Each can do what it is for; none contains another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Runs the installation. Never given by a school's claims.
    Operator,
    /// Declares and publishes the campus.
    Admin,
    /// Writes messages and news.
    Editor,
    /// Reads statistics.
    Analyst,
    /// Answers tickets, and signs out a lost phone.
    Support,
}

/// Some people: `user:NAME` or `group:NAME`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub enum Who {
    /// The person of this user id.
    User(String),
    /// The members of this group.
    Group(String),
}

/// Who has which role at a campus, by the operator's own file.
pub type Staff = BTreeMap<Role, Vec<Who>>;

impl Role {
    /// All roles.
    pub const ALL: [Self; 5] = [Self::Operator, Self::Admin, Self::Editor, Self::Analyst, Self::Support];

    /// The roles of a person, sorted: those of the claims, but for `operator`, and those of the operator's file.
    #[must_use]
    pub fn of(person: &Person, staff: Option<&Staff>) -> Vec<Self> {
        let claimed = |role: Self| role != Self::Operator && person.roles.iter().any(|name| *name == role.to_string());
        let listed = |role| {
            staff.and_then(|staff| staff.get(&role)).is_some_and(|people| people.iter().any(|who| who.includes(person)))
        };
        Self::ALL.into_iter().filter(|role| claimed(*role) || listed(*role)).collect()
    }
}

impl Who {
    /// Whether a person is among them.
    #[must_use]
    pub fn includes(&self, person: &Person) -> bool {
        match self {
            Self::User(user) => person.user == *user,
            Self::Group(group) => person.groups.contains(group),
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Operator => "operator",
            Self::Admin => "admin",
            Self::Editor => "editor",
            Self::Analyst => "analyst",
            Self::Support => "support",
        })
    }
}

impl FromStr for Who {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let named = |name: &str| (!name.trim().is_empty()).then(|| name.to_owned());
        let who = match text.split_once(':') {
            Some(("user", name)) => named(name).map(Self::User),
            Some(("group", name)) => named(name).map(Self::Group),
            _ => None,
        };
        let shown: String = text.chars().take(40).collect();
        who.ok_or_else(|| format!("\"{shown}\" names nobody: write \"user:NAME\" or \"group:NAME\""))
    }
}

impl TryFrom<String> for Who {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn person(roles: &[&str]) -> Person {
        let texts = |texts: &[&str]| texts.iter().map(ToString::to_string).collect();
        Person {
            user: "jmartin".to_owned(),
            name: None,
            groups: texts(&["dsi"]),
            affiliations: vec![],
            roles: texts(roles),
            attributes: BTreeMap::new(),
        }
    }

    #[test]
    fn claims_give_a_schools_roles_and_never_the_operators() {
        assert_eq!(Role::of(&person(&["operator", "editor", "dean"]), None), [Role::Editor]);
    }

    #[test]
    fn the_operators_file_gives_any_role_to_users_and_groups() {
        let staff = Staff::from([
            (Role::Operator, vec!["user:jmartin".parse().unwrap()]),
            (Role::Support, vec!["group:dsi".parse().unwrap()]),
            (Role::Analyst, vec!["user:dsi".parse().unwrap(), "group:jmartin".parse().unwrap()]),
        ]);
        assert_eq!(Role::of(&person(&[]), Some(&staff)), [Role::Operator, Role::Support]);
    }

    #[test]
    fn refuses_what_names_nobody() {
        for text in ["jmartin", "user:", "group: ", "role:x"] {
            assert!(text.parse::<Who>().unwrap_err().contains("user:NAME"), "{text}");
        }
    }
}
