//! Data sets of real databases, through the whole path: one in PostgreSQL and one in MariaDB for each campus.

use serde_json::json;
use testbed::need;

use crate::schools::{CAMPUSES, Schools, mark};

const TABLE: &str =
    "create table lieu (code integer, nom varchar(80), site varchar(20), places integer, ouvert boolean)";

fn rows(campus: &str) -> String {
    format!(
        "{TABLE}; insert into lieu values (1, 'Amphithéâtre Curie, {mark}', 'nord', 300, true),
         (2, 'Salle fermée, {mark}', 'nord', 20, false), (3, 'BU « Évariste », {mark}', 'sud', null, true);",
        mark = mark(campus)
    )
}

#[tokio::test]
async fn rows_become_items_of_their_own_campus() {
    let postgres = need!(testbed::postgres());
    let mariadb = need!(testbed::mariadb());
    for campus in CAMPUSES {
        let _ = (postgres.create(campus), mariadb.create(campus));
        postgres.sql(campus, &(rows(campus) + &format!("alter table lieu owner to {campus};")));
        mariadb.sql(campus, &rows(campus));
    }
    let schools = Schools::new(|campus| {
        let databases = [("postgres", postgres.address()), ("mariadb", mariadb.address())];
        let declared = databases.map(|(product, address)| {
            format!(
                r#"
                [sources.{product}]
                connector = "sql"
                url = "{product}://{campus}:password-of-{campus}@{address}/{campus}"
                [data.{product}]
                kind = "places"
                source = "{product}"
                query = "select * from lieu where ouvert and site = :site::text order by code"
                [data.{product}.params.site]
                default = "nord"
                [data.{product}.map]
                each = ".[]"
                id = ".code"
                name = ".nom"
                capacity = ".places"
                "#
            )
        });
        declared.concat()
    });
    for campus in CAMPUSES {
        for product in ["postgres", "mariadb"] {
            let get = async |query: &str| schools.get(campus, &format!("/api/data/{product}{query}")).await;
            let curie =
                json!([{ "id": "1", "name": format!("Amphithéâtre Curie, {}", mark(campus)), "capacity": 300 }]);
            assert_eq!(json!(get("").await.items()), curie, "{product} of {campus}");
            let library = json!([{ "id": "3", "name": format!("BU « Évariste », {}", mark(campus)) }]);
            assert_eq!(json!(get("?site=sud").await.items()), library);
            assert_eq!(get("?site=%27+or+1%3D1+--").await.items().len(), 0, "a value is never part of the question");
            assert_eq!(get("").await.origin(), "hit");
        }
    }
    postgres.sql("rivage", "drop table lieu;");
    mariadb.sql("rivage", "drop table lieu;");
    for campus in CAMPUSES {
        schools.admin("POST", "/cache/purge", json!({ "campus": campus })).await;
        for product in ["postgres", "mariadb"] {
            let answer = schools.get(campus, &format!("/api/data/{product}")).await;
            match campus {
                "rivage" => assert_eq!((answer.status, answer.problem().as_str()), (502, "source-rejected")),
                _ => assert_eq!(answer.items().len(), 1, "the other campus has its own database"),
            }
        }
    }
}
