//! Who signs in at the university, as its directory describes them: attributes of SupAnn.

use serde_json::json;

use super::GROUPS;
use crate::demo::upstreams::provider::Person;
use crate::demo::upstreams::table::rows;

/// The students of the records, and a teacher.
pub fn people() -> Vec<Person> {
    let student = |[number, ine, last, first, login, _, _, programme, group]: [&str; 9]| {
        let group = GROUPS.iter().find(|(known, _)| *known == group).map_or(group, |(_, name)| *name);
        Person {
            about: programme.to_owned(),
            claims: json!({
                "sub": login,
                "name": format!("{first} {last}"),
                "given_name": first,
                "family_name": last,
                "email": format!("{login}@etu.univ-rivage.example"),
                "eduPersonAffiliation": ["member", "student"],
                "supannEtuId": number,
                "supannCodeINE": ine,
                "groups": [group, "etudiants"],
            }),
        }
    };
    let teacher = |[number, last, first, login, _, function]: [&str; 6]| Person {
        about: function.to_owned(),
        claims: json!({
            "sub": login,
            "name": format!("{first} {last}"),
            "given_name": first,
            "family_name": last,
            "email": format!("{login}@univ-rivage.example"),
            "eduPersonAffiliation": ["employee", "member", "teacher"],
            "supannEmpId": number,
            "groups": ["enseignants"],
        }),
    };
    let students = rows(include_str!("students.txt")).map(student);
    students.chain(rows(include_str!("staff.txt")).map(teacher)).collect()
}
