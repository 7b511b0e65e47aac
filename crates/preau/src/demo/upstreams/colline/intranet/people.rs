//! The people one may need to reach at the school.

use serde_json::{Value, json};

use crate::demo::upstreams::table::rows;

/// All of them.
pub fn people() -> Vec<Value> {
    let person = |[key, name, heading, role, service, office, phone]: [&str; 7]| {
        json!({
            "cle": key,
            "nom_affiche": name,
            "rubrique": heading,
            "fonction": role,
            "service": service,
            "courriel": format!("{key}@colline.example"),
            "bureau": office,
            "telephone": (!phone.is_empty()).then_some(phone)
        })
    };
    rows(include_str!("../people.txt")).map(person).collect()
}
