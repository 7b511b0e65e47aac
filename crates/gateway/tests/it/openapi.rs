//! The API's own description: complete, and valid in shape.

use std::collections::BTreeSet;

use identity::Site;
use serde_json::Value;
use testbed::need;

use crate::identity::visitors::{ELSEWHERE, own_set, person};
use crate::schools::{Schools, news, set, website};

async fn document() -> Value {
    let schools = Schools::new(|_| website("http://127.0.0.1:9") + &set("news", "news"));
    schools.get("rivage", "/openapi.json").await.json()
}

#[tokio::test]
async fn every_route_is_described_and_every_description_is_a_route() {
    let routes = include_str!("../../src/routes.rs").split(".route(\"").skip(1);
    let routes = routes.map(|rest| rest.split('"').next().unwrap()).chain([
        Site::CALLBACK,
        Site::NOTICE,
        Site::METADATA,
        Site::PROXY,
    ]);
    let routes: BTreeSet<_> = routes.collect();
    let document = document().await;
    let described: BTreeSet<_> = document["paths"].as_object().unwrap().keys().map(String::as_str).collect();
    assert!(routes.len() >= 10);
    assert_eq!(routes, described);
}

#[tokio::test]
async fn is_openapi_3_1_whose_references_all_lead_somewhere() {
    let document = document().await;
    assert_eq!(document["openapi"], "3.1.0");
    assert!(document["info"]["title"].is_string() && document["info"]["version"].is_string());
    let references = references(&document);
    assert!(references.len() > kinds::all().len());
    for reference in references {
        let pointer = reference.strip_prefix('#').unwrap_or_else(|| panic!("{reference} leads outside"));
        assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
    }
    let mut ids = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            assert!(["get", "post"].contains(&method.as_str()));
            assert!(ids.insert(operation["operationId"].as_str().unwrap()), "{path}: ids are unique");
            assert!(operation["summary"].as_str().is_some_and(|summary| summary.ends_with('.')), "{path}");
            let parameters = operation["parameters"].as_array().unwrap();
            for name in path.split('{').skip(1).map(|rest| rest.split('}').next().unwrap()) {
                let of = |parameter: &&Value| parameter["name"] == name && parameter["in"] == "path";
                assert_eq!(parameters.iter().find(of).unwrap()["required"], true, "{path}: {name}");
            }
            for parameter in parameters {
                assert!(["path", "query", "header"].contains(&parameter["in"].as_str().unwrap()));
                assert!(parameter["schema"].is_object() && parameter["description"].is_string(), "{parameter}");
            }
            for (status, response) in operation["responses"].as_object().unwrap() {
                assert!(status == "default" || status.parse::<u16>().is_ok_and(|status| (100..600).contains(&status)));
                assert!(response["$ref"].is_string() || response["description"].is_string(), "{path} {status}");
            }
        }
    }
}

#[tokio::test]
async fn knows_every_problem_that_there_is() {
    let document = document().await;
    let types = document["components"]["schemas"]["problem"]["properties"]["type"]["enum"].as_array().unwrap();
    let slugs: Vec<_> = gateway::PROBLEMS.iter().map(|(slug, ..)| format!("urn:preau:problem:{slug}")).collect();
    assert_eq!(*types, slugs);
}

#[tokio::test]
async fn tells_of_who_asks_and_of_what_works_as_it_is_described() {
    let server = need!(testbed::nginx(""));
    server.write("www/news.json", news("rivage", 3));
    let schools = Schools::new(|_| {
        let dead = website("http://127.0.0.1:9").replace("website", "dead")
            + &set("events", "events").replace("website", "dead");
        ELSEWHERE.to_owned() + &website(&server.url("")) + &set("news", "news") + &own_set("grades") + &dead
    });
    let document = schools.get("rivage", "/openapi.json").await.json();
    let phone = schools.phone("rivage", person("adupont", &["l3"]));
    for set in ["news", "events"] {
        schools.get("rivage", &format!("/api/data/{set}")).await;
    }
    for (name, path) in [
        ("me", "/api/me"),
        ("status", "/api/status"),
        ("explanation", "/api/explain/news"),
        ("explanation", "/api/explain/events"),
        ("explanation", "/api/explain/grades"),
    ] {
        let schema = &document["components"]["schemas"][name];
        for answer in [schools.get("rivage", path).await, schools.get_by(&phone, path).await] {
            assert_eq!(strangers(schema, &answer.json(), name), Vec::<String>::new(), "{path}");
        }
    }
}

fn references(value: &Value) -> Vec<String> {
    match value {
        Value::Object(members) => {
            let own = members.get("$ref").and_then(Value::as_str).map(str::to_owned);
            own.into_iter().chain(members.values().flat_map(references)).collect()
        }
        Value::Array(values) => values.iter().flat_map(references).collect(),
        _ => Vec::new(),
    }
}

/// What of a value its schema does not know, and what it requires and is not there.
pub fn strangers(schema: &Value, value: &Value, place: &str) -> Vec<String> {
    let schema = match schema["oneOf"].as_array() {
        Some(either) => either.iter().find(|one| (one["type"] == "null") == value.is_null()).unwrap(),
        None => schema,
    };
    let mut found = Vec::new();
    for required in schema["required"].as_array().into_iter().flatten() {
        if value.get(required.as_str().unwrap()).is_none() {
            found.push(format!("{place} lacks {required}"));
        }
    }
    for (name, value) in value.as_object().into_iter().flatten() {
        let known = schema["properties"].get(name).or(schema.get("additionalProperties"));
        match known {
            Some(schema) => found.extend(strangers(schema, value, &format!("{place}.{name}"))),
            None if schema.get("properties").is_none() => {}
            None => found.push(format!("{place} has {name}")),
        }
    }
    for value in value.as_array().into_iter().flatten() {
        found.extend(strangers(&schema["items"], value, place));
    }
    found
}
