//! The API's own description: complete, and valid in shape.

use std::collections::BTreeSet;

use identity::Site;
use serde_json::Value;

use crate::schools::{Schools, set, website};

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
