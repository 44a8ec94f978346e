//! Within a room files lean on each other in one direction, but for the circles that the architecture lists with a
//! reason.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::architecture::{files, listed, root};

type Graph = BTreeMap<String, BTreeSet<String>>;

/// The first word of each item behind a path: one item, or those of a pair of braces.
fn first_words(rest: &str) -> Vec<String> {
    let word = |text: &str| text.trim().chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
    let Some(group) = rest.strip_prefix('{') else { return vec![word(rest)] };
    let (mut depth, mut items, mut item) = (0, Vec::new(), String::new());
    for c in group.chars() {
        match c {
            '}' if depth == 0 => break,
            ',' if depth == 0 => items.push(std::mem::take(&mut item)),
            _ => {
                depth += i32::from(c == '{') - i32::from(c == '}');
                item.push(c);
            }
        }
    }
    items.push(item);
    items.iter().map(|item| word(item)).collect()
}

/// What stands behind a path that nothing precedes, such as `super::` but not `super::super::`.
fn behind<'c>(code: &'c str, path: &str) -> Vec<&'c str> {
    let is_whole = |at: usize| !code[..at].ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':');
    code.match_indices(path).filter(|(at, _)| is_whole(*at)).map(|(at, _)| &code[at + path.len()..]).collect()
}

/// The modules of a room, and which module each name comes from that the room hands on.
fn names_of(room: &str) -> Option<BTreeMap<String, String>> {
    let text = std::fs::read_to_string(root().join("src").join(room).join("mod.rs")).ok()?;
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.starts_with("//")).collect();
    let plain = |line: &str| line.split_once(") ").map_or(line, |(_, rest)| rest).trim_start_matches("pub ").to_owned();
    let modules = lines.iter().filter_map(|line| Some(plain(line).strip_prefix("mod ")?.strip_suffix(';')?.to_owned()));
    let mut names: BTreeMap<String, String> = modules.map(|name| (name.clone(), name)).collect();
    for statement in lines.join(" ").split(';').filter(|text| text.contains("pub")) {
        let Some((_, path)) = statement.rsplit_once("use ") else { continue };
        let Some((module, items)) = path.split_once("::").filter(|(module, _)| names.contains_key(*module)) else {
            continue;
        };
        let words = items.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').filter(|word| !word.is_empty());
        for word in words {
            names.entry(word.to_owned()).or_insert_with(|| module.to_owned());
        }
    }
    Some(names)
}

/// Which module of each room names which.
fn graphs() -> BTreeMap<String, Graph> {
    let mut graphs: BTreeMap<String, Graph> = BTreeMap::new();
    for (path, room, code) in files() {
        let Some(names) = names_of(&room) else { continue };
        let inside: Vec<&str> = path.iter().skip(1).map(|part| part.to_str().unwrap()).collect();
        let Some(module) = inside.first().map(|name| name.trim_end_matches(".rs")).filter(|name| *name != "mod") else {
            continue;
        };
        let depth = inside.len() - usize::from(path.ends_with(Path::new("mod.rs")));
        let graph = graphs.entry(room.clone()).or_default();
        for rest in
            behind(&code, &"super::".repeat(depth)).into_iter().chain(behind(&code, &format!("crate::{room}::")))
        {
            let named = first_words(rest).into_iter().filter_map(|word| names.get(&word).cloned());
            graph.entry(module.to_owned()).or_default().extend(named.filter(|name| name != module));
        }
    }
    graphs
}

/// The modules that can be reached from a module by going from name to name.
fn reached(graph: &Graph, from: &str) -> BTreeSet<String> {
    let (mut found, mut open) = (BTreeSet::new(), vec![from.to_owned()]);
    while let Some(next) = open.pop() {
        open.extend(graph.get(&next).into_iter().flatten().filter(|name| found.insert((*name).clone())).cloned());
    }
    found
}

fn circles(graph: &Graph) -> BTreeSet<BTreeSet<String>> {
    let reached: BTreeMap<&String, BTreeSet<String>> = graph.keys().map(|name| (name, reached(graph, name))).collect();
    let is_back = |name: &&String, other: &String| reached.get(other).is_some_and(|names| names.contains(*name));
    let of = |name: &String| reached[name].iter().filter(|other| is_back(&name, other)).cloned().collect();
    graph.keys().filter(|name| is_back(name, name)).map(of).collect()
}

#[test]
fn no_circle_but_those_with_a_reason() {
    let kept: Vec<(String, BTreeSet<String>)> =
        listed("circle").into_iter().map(|names| (names[0].clone(), names[1..].iter().cloned().collect())).collect();
    let mut wrong = Vec::new();
    for (room, graph) in graphs() {
        for circle in circles(&graph) {
            if !kept.iter().any(|(kept, modules)| *kept == room && circle.is_subset(modules)) {
                wrong.push(format!("{room}: {circle:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "circles without a reason in architecture.md:\n{}", wrong.join("\n"));
}

#[test]
fn circles_are_found() {
    let graph = |edges: &[(&str, &str)]| {
        let mut graph = Graph::new();
        for (from, to) in edges {
            graph.entry((*from).into()).or_default().insert((*to).into());
        }
        graph
    };
    assert!(circles(&graph(&[("a", "b"), ("b", "c"), ("a", "c")])).is_empty());
    let found = circles(&graph(&[("a", "b"), ("b", "c"), ("c", "b"), ("d", "a")]));
    assert_eq!(found, BTreeSet::from([BTreeSet::from(["b".to_owned(), "c".to_owned()])]));
    assert_eq!(first_words("{files::{self, joined}, Store, rows::Piece}"), ["files", "Store", "rows"]);
    assert_eq!(behind("use super::super::a; use super::b;", "super::super::"), ["a; use super::b;"]);
    let snapshot = &graphs()["snapshot"];
    assert!(snapshot["view"].contains("last") && snapshot["debtors"].contains("view"), "{snapshot:?}");
}
