//! The description is true: of routes, and of what goes in and comes out.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};
use wherewithal::screening::{Application, Change, LeftOut, ListEntry, Receipt, RelatedPerson, Restriction, Role};

use crate::client::{Heard, ask};
use crate::site::{NAME, NUMBER, Site, application, entry};

fn description() -> Value {
    serde_json::from_str(include_str!("../../openapi.json")).unwrap()
}

/// What does not fit: enough of JSON Schema for what the description says.
fn misfits(schema: &Value, value: &Value, at: &str) -> Vec<String> {
    if let Some(name) = schema["$ref"].as_str() {
        return misfits(&description()["components"]["schemas"][name.rsplit('/').next().unwrap()], value, at);
    }
    if let Some(ways) = schema["oneOf"].as_array() {
        let fitting = ways.iter().filter(|way| misfits(way, value, at).is_empty()).count();
        return if fitting == 1 { vec![] } else { vec![format!("{at}: fits {fitting} of several")] };
    }
    let mut found = Vec::new();
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let kinds = schema["type"].as_array().cloned().unwrap_or_else(|| vec![schema["type"].clone()]);
    if !kinds.iter().any(|known| known == kind || known == "number" && kind == "integer") {
        found.push(format!("{at}: {kind}, not {}", schema["type"]));
    }
    if schema["enum"].as_array().is_some_and(|known| !known.contains(value)) {
        found.push(format!("{at}: {value} is none of {}", schema["enum"]));
    }
    for (item, number) in value.as_array().into_iter().flatten().zip(0..) {
        found.extend(misfits(schema["prefixItems"].get(number).unwrap_or(&schema["items"]), item, &format!("{at}[]")));
    }
    if let Value::Object(fields) = value {
        let known = schema["properties"].as_object().cloned().unwrap_or_default();
        let required = schema["required"].as_array().cloned().unwrap_or_default();
        found.extend(
            required
                .iter()
                .filter(|name| !fields.contains_key(name.as_str().unwrap()))
                .map(|n| format!("{at}: no {n}")),
        );
        for (name, field) in fields {
            match known.get(name) {
                Some(schema) => found.extend(misfits(schema, field, &format!("{at}.{name}"))),
                None if schema["additionalProperties"] == false => found.push(format!("{at}: {name} is not described")),
                None => {}
            }
        }
    }
    found
}

fn fits(name: &str, value: &Value) {
    assert_eq!(misfits(&description()["components"]["schemas"][name], value, name), Vec::<String>::new());
}

/// The fields of a document and those described are the same ones.
fn same_fields(name: &str, value: &Value) {
    fits(name, value);
    let names = |fields: &Map<String, Value>| fields.keys().cloned().collect::<BTreeSet<_>>();
    let described = &description()["components"]["schemas"][name]["properties"];
    assert_eq!(names(described.as_object().unwrap()), names(value.as_object().unwrap()), "{name}");
}

#[test]
fn every_route_is_described_and_every_description_is_a_route() {
    let site = Site::new();
    let service = site.start();
    let served = ask(service.public, "GET", "/openapi.json", None, "").json();
    assert_eq!(served, description());
    let paths = served["paths"].as_object().unwrap();
    assert_eq!(paths.keys().collect::<Vec<_>>(), ["/changes", "/edition", "/openapi.json", "/screen"]);
    for (path, ways) in paths {
        for way in ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE"] {
            let heard = ask(service.public, way, path, Some("x"), "");
            assert!(way != "HEAD" || heard.body.is_empty(), "{path}");
            let is_described = ways.get(way.to_lowercase()).is_some();
            assert_eq!(heard.status != 405, is_described, "{way} {path}");
        }
    }
    let source = include_str!("../../src/routes.rs");
    let public = source.lines().filter(|line| line.contains("Side::Public, \"")).count();
    assert_eq!(public, paths.values().map(|ways| ways.as_object().unwrap().len()).sum::<usize>());
}

fn described(way: &str, path: &str, heard: &Heard) {
    let response = &description()["paths"][path][way]["responses"][heard.status.to_string()];
    let schema = &response["content"]["application/json"]["schema"];
    assert!(schema.is_object(), "{way} {path} {} is not described: {}", heard.status, heard.body);
    assert_eq!(misfits(schema, &heard.json(), path), Vec::<String>::new());
    let fields = response["headers"].as_object().cloned().unwrap_or_default();
    assert!(fields.keys().all(|name| heard.fields.contains_key(name)), "{fields:?} {heard:?}");
}

#[test]
fn what_comes_out_is_as_described() {
    let site = Site::new();
    let service = site.start();
    let heard = service.screen(
        Some(&site.bank),
        &application(NAME, NUMBER, "loan").replace("\"on\"", "\"born_on\":\"1949-12-31\",\"on\""),
    );
    let mut answer = heard.json();
    same_fields("Answer", &answer);
    answer["hits"][0]["birthday"] = json!("same"); // the list of the test has no days of birth
    same_fields("Hit", &answer["hits"][0]);
    same_fields("Edition", &answer["edition"]);
    same_fields(
        "Receipt",
        &serde_json::to_value(serde_json::from_value::<Receipt>(answer["receipt"].clone()).unwrap()).unwrap(),
    );
    same_fields("Restriction", &answer["restrictions"][0]);
    serde_json::from_value::<Restriction>(answer["restrictions"][0].clone()).unwrap();
    same_fields("LeftOut", &serde_json::to_value(LeftOut::default()).unwrap());
    let asked = |key: Option<&str>, body: &str| service.screen(key, body);
    let long = application(&"长".repeat(300), NUMBER, "loan");
    for body in
        [&application(NAME, NUMBER, "loan"), &application(NAME, NUMBER, "hotel"), "{", "{}", &long, &"x".repeat(40_000)]
    {
        for key in [Some(site.bank.as_str()), None] {
            described("post", "/screen", &asked(key, body));
        }
    }
    for body in
        ["[\"2026-01-06\",[]]", "{", "[]", "[\"2026-01-06\",[{\"remove\":{\"entry_id\":\"x\",\"on\":\"2026-01-06\"}}]]"]
    {
        for key in [&site.owner, &site.bank] {
            described("post", "/changes", &ask(service.public, "POST", "/changes", Some(key), body));
        }
    }
    described("post", "/screen", &ask(service.public, "POST", "/screen", Some(&site.bank), ""));
    (0..30).for_each(|_| described("get", "/edition", &ask(service.public, "GET", "/edition", Some(&site.owner), "")));
    described("get", "/edition", &ask(service.public, "GET", "/edition", None, "x"));
}

#[test]
fn what_goes_in_is_as_described() {
    let whole = application(NAME, NUMBER, "loan").replace("\"on\"", "\"born_on\":\"1949-12-31\",\"on\"");
    let application: Application = serde_json::from_str(&whole).unwrap();
    same_fields("Application", &serde_json::to_value(application).unwrap());
    let mut added: ListEntry = serde_json::from_str(&entry("8", NAME, NUMBER)).unwrap();
    added.related.push(RelatedPerson { role: Role::Controller, name: NAME.to_owned(), identifiers: vec![] });
    added.listing.born_on = added.listing.filed_on.or(Some(added.listing.listed_on));
    let value = serde_json::to_value(&added).unwrap();
    same_fields("Entry", &value);
    same_fields("Listing", &value["listing"]);
    same_fields("RelatedPerson", &value["related"][0]);
    let on = added.listing.listed_on;
    let changes = [
        Change::Add(Box::new(added.clone())),
        Change::Correct(Box::new(added)),
        Change::Remove { entry_id: "8".to_owned(), on },
    ];
    fits("Changes", &serde_json::to_value((on, &changes)).unwrap());
    for change in &changes {
        fits("Change", &serde_json::to_value(change).unwrap());
    }
}
