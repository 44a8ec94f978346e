//! The walls of the house: the table in `src/docs/architecture.md` is read and the code is held to it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

const GROUND: [&str; 7] = ["error", "sentence", "disk", "progress", "domain", "schema", "tables"];
/// Crates that only some rooms may use.
const WALLED: [&str; 4] = ["polars", "linfa", "ndarray", "rayon"];
const FORBIDDEN_NAMES: [&str; 8] =
    ["fn process", "fn handle", "fn run(", "fn get_", "Manager", "Engine", "mod utils", "mod helpers"];

/// The least share of documentation among the lines of the sources.
const LEAST_DOCS: f64 = 0.22;

struct Room {
    may: BTreeSet<String>,
    never: BTreeSet<String>,
}

pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn rooms() -> BTreeMap<String, Room> {
    let text = fs::read_to_string(root().join("src/docs/architecture.md")).unwrap();
    let list =
        |cell: &str| cell.split(',').map(|s| s.trim().to_owned()).filter(|s| s != "–" && !s.is_empty()).collect();
    text.lines()
        .filter(|line| line.starts_with("| `"))
        .map(|line| {
            let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
            (cells[0].trim_matches('`').to_owned(), Room { may: list(cells[2]), never: list(cells[3]) })
        })
        .collect()
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

/// Each source file with its room, its code without comments and its tests cut off.
pub(crate) fn files() -> Vec<(PathBuf, String, String)> {
    let mut paths = Vec::new();
    sources(&root().join("src"), &mut paths);
    paths
        .into_iter()
        .map(|path| {
            let inside = path.strip_prefix(root().join("src")).unwrap().to_path_buf();
            let room =
                inside.components().next().unwrap().as_os_str().to_str().unwrap().trim_end_matches(".rs").to_owned();
            let text = fs::read_to_string(&path).unwrap();
            let code: String = text
                .split("#[cfg(test)]\nmod tests {")
                .next()
                .unwrap()
                .lines()
                .filter(|line| !line.trim_start().starts_with("//") && !line.trim().is_empty())
                .map(|line| format!("{line}\n"))
                .collect();
            (inside, room, code)
        })
        .collect()
}

/// The rooms that a piece of code names after `crate::`, also inside braces.
fn imports(code: &str) -> BTreeSet<String> {
    let word = |text: &str| text.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect::<String>();
    let mut found = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        if let Some(group) = rest.strip_prefix('{') {
            let mut depth = 0;
            let mut item = String::new();
            for c in group.chars() {
                match c {
                    '{' => depth += 1,
                    '}' if depth == 0 => break,
                    '}' => depth -= 1,
                    ',' if depth == 0 => {
                        found.insert(word(item.trim()));
                        item.clear();
                        continue;
                    }
                    _ => {}
                }
                item.push(c);
            }
            found.insert(word(item.trim()));
        } else {
            found.insert(word(rest));
        }
    }
    found.retain(|name| !name.is_empty() && name.starts_with(|c: char| c.is_ascii_lowercase()));
    found
}

#[test]
fn each_room_imports_only_what_its_line_allows() {
    let rooms = rooms();
    let mut wrong = Vec::new();
    for (path, room, code) in files() {
        if ["lib", "pipeline", "prelude"].contains(&room.as_str()) {
            continue;
        }
        let Some(line) = rooms.get(&room) else {
            wrong.push(format!("{}: room `{room}` has no line in architecture.md", path.display()));
            continue;
        };
        for name in imports(&code) {
            let ground = GROUND.contains(&name.as_str());
            if name != room && !ground && !line.may.contains(&name) {
                wrong.push(format!("{}: `{room}` imports `{name}`", path.display()));
            }
        }
        for name in &line.never {
            let named = code.contains(&format!("{name}::")) || code.contains(&format!("use {name}"));
            let error_in_frames = room == "error" && name == "polars";
            if named && !error_in_frames {
                wrong.push(format!("{}: `{room}` uses `{name}`", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Lines of the architecture that begin with a word: what stands in backticks in each.
pub(crate) fn listed(word: &str) -> Vec<Vec<String>> {
    let text = fs::read_to_string(root().join("src/docs/architecture.md")).unwrap();
    let lines = text.lines().filter_map(|line| line.strip_prefix(&format!("- {word} ")));
    lines.map(|line| line.split('`').skip(1).step_by(2).map(str::to_owned).collect()).collect()
}

#[test]
fn a_crate_with_an_owner_is_used_by_nobody_else() {
    let owned = listed("crate");
    assert!(owned.len() > 10, "{}", owned.len());
    let mut wrong = Vec::new();
    for (path, _, code) in files() {
        for names in &owned {
            let (name, owners) = names.split_first().unwrap();
            let is_named = code
                .match_indices(&format!("{name}::"))
                .any(|(at, _)| !code[..at].ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':'));
            if is_named && !owners.iter().any(|owner| path.starts_with(owner)) {
                wrong.push(format!("{}: `{name}` belongs to {}", path.display(), owners.join(", ")));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_line_of_the_table_has_its_room_and_every_module_its_line() {
    let rooms = rooms();
    let root_module = fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let modules: BTreeSet<String> = root_module
        .lines()
        .filter_map(|line| line.trim_start_matches("pub ").strip_prefix("mod "))
        .map(|name| name.trim_end_matches(';').to_owned())
        .filter(|name| !["pipeline", "prelude"].contains(&name.as_str()))
        .collect();
    assert_eq!(rooms.keys().cloned().collect::<BTreeSet<_>>(), modules);
    for room in rooms.values() {
        assert!(room.may.iter().all(|name| modules.contains(name)), "{:?}", room.may);
        assert!(room.never.iter().all(|name| WALLED.contains(&name.as_str()) || name == "std::fs"), "{:?}", room.never);
    }
}

#[test]
fn imports_are_found_in_every_form() {
    let found = imports(
        "use crate::{error::{Error, Result}, score};\nuse crate::model::Scorecard;\nlet x = crate::cohort::sample();",
    );
    assert_eq!(found.into_iter().collect::<Vec<_>>(), ["cohort", "error", "model", "score"]);
}

#[test]
fn files_are_small_and_names_are_the_fields() {
    let mut wrong = Vec::new();
    for (path, room, code) in files() {
        let lines = code.lines().count();
        if lines > 400 {
            wrong.push(format!("{}: {lines} code lines, at most 400", path.display()));
        }
        for name in FORBIDDEN_NAMES {
            if code.contains(name) {
                wrong.push(format!("{}: `{name}` in `{room}`", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The lines of a source file outside its tests that are documentation, other comments, and code.
fn kinds_of_lines(text: &str) -> [usize; 3] {
    let mut kinds = [0; 3];
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let is_doc = line.starts_with("///") || line.starts_with("//!");
        kinds[if is_doc { 0 } else { 1 + usize::from(!line.starts_with("//")) }] += 1;
    }
    kinds
}

/// Prints what the house rules count, and holds them.
#[test]
fn files_are_short_lines_are_short_and_docs_are_thick() {
    let (mut total, mut sizes, mut long) = ([0; 3], Vec::new(), Vec::new());
    for folder in ["src", "cli/src", "python/src"] {
        let mut paths = Vec::new();
        sources(&root().join(folder), &mut paths);
        for path in paths {
            let text = fs::read_to_string(&path).unwrap();
            let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
            let too_long = text.lines().enumerate().filter(|(_, line)| line.chars().count() > 120);
            long.extend(too_long.map(|(at, _)| format!("{}:{}", path.display(), at + 1)));
            if folder == "src" {
                let kinds = kinds_of_lines(text);
                sizes.push(kinds[2]);
                total.iter_mut().zip(kinds).for_each(|(sum, lines)| *sum += lines);
            }
        }
    }
    // The guide, the pages of `docs` and the README are documentation that the docs include.
    let mut pages = vec![root().join("README.md")];
    for folder in ["src/docs", "src/docs/guide"] {
        let files = fs::read_dir(root().join(folder)).unwrap().map(|entry| entry.unwrap().path());
        pages.extend(files.filter(|path| path.extension().is_some_and(|ending| ending == "md")));
    }
    let lines =
        pages.iter().map(|path| fs::read_to_string(path).unwrap().lines().filter(|l| !l.trim().is_empty()).count());
    let pages: usize = lines.sum();
    sizes.sort_unstable();
    let [docs, comments, code] = total.map(|lines| lines as f64);
    let median = sizes[sizes.len() / 2];
    let share = docs / (docs + comments + code);
    let with_pages = (docs + pages as f64) / (docs + comments + code + pages as f64);
    println!(
        "{} files, {code} code lines, median {median}, most {}; docs {:.1} % ({:.1} % with pages), // {:.1} %",
        sizes.len(),
        sizes[sizes.len() - 1],
        100.0 * share,
        100.0 * with_pages,
        100.0 * comments / (docs + comments + code)
    );
    assert!(median <= 120 && sizes[sizes.len() - 1] <= 400);
    assert!(share >= LEAST_DOCS, "docs are {share:.3} of the lines");
    assert!(comments / (docs + comments + code) <= 0.03);
    assert!(long.is_empty(), "longer than 120 columns:\n{}", long.join("\n"));
}

#[test]
fn nothing_forbidden_is_a_column() {
    let forbidden = [
        "sex",
        "gender",
        "age",
        "birth",
        "ethnic",
        "nation",
        "relig",
        "health",
        "disease",
        "educat",
        "hukou",
        "household_origin",
    ];
    for table in wherewithal::schema::TABLES {
        for column in table.columns() {
            let words: Vec<&str> = column.name.split('_').collect();
            let hit = forbidden.iter().find(|name| words.contains(name) || column.name.starts_with(**name));
            assert_eq!(hit, None, "{}.{}", table.name, column.name);
        }
    }
}
