//! Who signs in at the school: claims of its own, in French, and a right that makes a member of the staff an editor.

use serde_json::json;

use super::GROUPS;
use crate::demo::upstreams::provider::Person;
use crate::demo::upstreams::table::rows;

/// The students of the records, and a teacher who teaches at the university as well.
pub fn people() -> Vec<Person> {
    let student = |[key, first, last, group, _]: [&str; 5]| Person {
        about: GROUPS.iter().find(|(code, _)| *code == group).map_or(group, |(_, name)| *name).to_owned(),
        claims: json!({
            "sub": key,
            "name": format!("{first} {last}"),
            "email": format!("{key}@etu.colline.example"),
            "profil": "apprenant",
            "promotion": group,
            "droits": [],
        }),
    };
    let teacher = |[key, first, last, function, right]: [&str; 5]| Person {
        about: function.to_owned(),
        claims: json!({
            "sub": key,
            "name": format!("{first} {last}"),
            "email": format!("{key}@colline.example"),
            "profil": "intervenant",
            "droits": [right],
        }),
    };
    let students = rows(include_str!("students.txt")).map(student);
    students.chain(rows(include_str!("staff.txt")).map(teacher)).collect()
}
