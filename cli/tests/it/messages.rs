//! The table of messages is complete: every sentence of program and library stands in it in Chinese, with the same
//! holes.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Rooms and files whose sentences nobody reads as messages: they have both languages themselves, write code for
/// machines, or hold words of their own.
const OTHER: [&str; 12] = [
    "schema/",
    "report/",
    "docs/",
    "model/deploy/sql.rs",
    "model/deploy/xml.rs",
    "model/binning/brute_force.rs",
    "capacity/references.rs",
    "capacity/labels.rs",
    "capacity/laws.rs",
    "capacity/laws/",
    "simulate/draw.rs",
    "commands/fit/plots.rs",
];
/// Sentences that are no messages: names of keys and ways to show a value to a programmer.
const NO_MESSAGES: [&str; 19] = [
    "wherewithal 2026 pseudonyms of parties, cases and accounts",
    "wherewithal 2026 signatures of models",
    "units by bucket, each a file, out of {cut}\n{}",
    "no key was given",
    "ShownNumber({} of {} characters)",
    "Refusal(line {}, {}, {})",
    "Records({} of {})",
    "(-inf, inf)",
    "(-inf, {}]",
    "zero is a share",
    " [one of: ",
    " is not in ",
    "NameIndex({} names)",
    "{} ({} rows, {} texts)",
    "SQLite format 3\0",
    "{asked} as {name}",
    "({}) as wanted",
    "{from} order by rowid",
    " order by {}",
];

/// How statements for a database begin.
const STATEMENTS: [&str; 7] =
    ["select ", "declare ", "fetch forward", "close wanted", "pragma ", "set client_encoding", "substring("];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
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

/// The texts between quotes in Rust code, comments and attributes other than `#[error]` left out.
fn literals(code: &str) -> Vec<String> {
    let chars: Vec<char> = code.chars().collect();
    let (mut found, mut at) = (Vec::new(), 0);
    // Where the attribute ends that the place is in.
    let mut silent_until = 0;
    while at < chars.len() {
        let rest = |n: usize| chars.get(at + n).copied().unwrap_or('\0');
        match chars[at] {
            '/' if rest(1) == '/' => {
                while at < chars.len() && chars[at] != '\n' {
                    at += 1;
                }
            }
            '#' if rest(1) == '[' || (rest(1) == '!' && rest(2) == '[') => {
                let start: String = chars[at..].iter().take(8).collect();
                if !start.starts_with("#[error") {
                    silent_until = end_of_attribute(&chars, at);
                }
                at += 1;
            }
            '\'' if rest(1) == '\\' => at += 2 + chars[at + 2..].iter().skip(1).position(|c| *c == '\'').unwrap() + 2,
            '\'' if rest(2) == '\'' => at += 3,
            'r' if (rest(1) == '"' || (rest(1) == '#' && matches!(rest(2), '"' | '#'))) && !is_word(&chars, at) => {
                let hashes = chars[at + 1..].iter().take_while(|c| **c == '#').count();
                let end: Vec<char> = std::iter::once('"').chain(std::iter::repeat_n('#', hashes)).collect();
                let start = at + 2 + hashes;
                let length = chars[start..].windows(end.len()).position(|window| window == end).unwrap();
                if at >= silent_until {
                    found.push(chars[start..start + length].iter().collect());
                }
                at = start + length + end.len();
            }
            '"' => {
                let (text, end) = quoted(&chars, at);
                if at >= silent_until {
                    found.push(text);
                }
                at = end;
            }
            _ => at += 1,
        }
    }
    found
}

fn is_word(chars: &[char], at: usize) -> bool {
    at > 0 && (chars[at - 1].is_alphanumeric() || chars[at - 1] == '_')
}

fn end_of_attribute(chars: &[char], from: usize) -> usize {
    let (mut depth, mut at) = (0, from);
    loop {
        match chars[at] {
            '"' => at = quoted(chars, at).1 - 1,
            '[' => depth += 1,
            ']' if depth == 1 => return at,
            ']' => depth -= 1,
            _ => {}
        }
        at += 1;
    }
}

/// The text of a literal that begins at a quote, and the place behind it.
fn quoted(chars: &[char], from: usize) -> (String, usize) {
    let (mut text, mut at) = (String::new(), from + 1);
    while chars[at] != '"' {
        if chars[at] != '\\' {
            text.push(chars[at]);
            at += 1;
            continue;
        }
        match chars[at + 1] {
            '\n' => {
                at += 2;
                while chars[at].is_whitespace() {
                    at += 1;
                }
            }
            'u' => {
                let end = at + chars[at..].iter().position(|c| *c == '}').unwrap();
                let code: String = chars[at + 3..end].iter().collect();
                text.push(char::from_u32(u32::from_str_radix(&code, 16).unwrap()).unwrap());
                at = end + 1;
            }
            'x' => at += 4,
            other => {
                text.push(match other {
                    'n' => '\n',
                    't' => '\t',
                    'r' => '\r',
                    '0' => '\0',
                    same => same,
                });
                at += 2;
            }
        }
    }
    (text, at + 1)
}

/// Whether a text has words that follow each other, or a word and a hole.
fn is_sentence(text: &str) -> bool {
    let mut chars = Vec::new();
    let mut depth = 0_usize;
    for c in text.chars() {
        depth -= usize::from(c == '}' && depth > 0);
        if depth == 0 {
            chars.push(c);
        }
        depth += usize::from(c == '{');
    }
    let at = |place: usize| chars.get(place).copied().unwrap_or('\0');
    (1..chars.len()).any(|space| {
        let before = match at(space - 1) {
            ',' | ':' | ';' | ')' if space >= 3 => [2, 3].iter().all(|back| at(space - back).is_ascii_alphabetic()),
            c => c.is_ascii_alphabetic() || c == '}',
        };
        let word = at(space + 1).is_ascii_lowercase() && at(space + 2).is_ascii_lowercase();
        let two = space >= 2 && [1, 2].iter().all(|back| at(space - back).is_ascii_alphabetic());
        at(space) == ' ' && before && (word || (two && at(space + 1) == '{'))
    })
}

/// A text with its holes by name, without the way they are shown.
fn standard(text: &str) -> (String, BTreeSet<String>) {
    let (mut told, mut holes, mut unnamed) = (String::new(), BTreeSet::new(), 0);
    let mut rest = text.trim();
    while let Some((before, after)) = rest.split_once('{') {
        told += before;
        let Some((hole, after)) = after.split_once('}') else { break };
        let name = hole.split(':').next().unwrap();
        let name = if name.is_empty() { unnamed.to_string() } else { name.to_owned() };
        unnamed += usize::from(hole.split(':').next().unwrap().is_empty());
        told += &format!("{{{name}}}");
        holes.insert(name);
        rest = after;
    }
    (told + rest, holes)
}

fn section(name: &str) -> BTreeMap<String, String> {
    let text = fs::read_to_string(root().join("data/messages/zh.toml")).unwrap();
    let table: toml::Table = text.parse().unwrap();
    let section = table[name].as_table().unwrap().clone();
    section.into_iter().map(|(english, chinese)| (english, chinese.as_str().unwrap().to_owned())).collect()
}

/// Every sentence of the source with the file that says it.
fn said() -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for folder in ["src", "cli/src"] {
        let mut paths = Vec::new();
        sources(&root().join(folder), &mut paths);
        for path in paths {
            let inside = path.strip_prefix(root().join(folder)).unwrap().to_str().unwrap().to_owned();
            if OTHER.iter().any(|other| inside.starts_with(other)) || inside.ends_with("tests.rs") {
                continue;
            }
            let code = fs::read_to_string(&path).unwrap();
            let code = code.split("#[cfg(test)]\nmod tests {").next().unwrap().to_owned();
            for text in literals(&code) {
                let is_statement = STATEMENTS.iter().any(|start| text.starts_with(start));
                if is_sentence(&text) && !is_statement && !NO_MESSAGES.contains(&text.as_str()) {
                    found.insert(standard(&text).0, format!("{folder}/{inside}"));
                }
            }
        }
    }
    found
}

#[test]
fn every_sentence_is_in_the_table() {
    let said = said();
    assert!(said.len() > 600, "{} sentences found", said.len());
    let known: BTreeSet<String> = ["message", "help", "foreign", "finding"]
        .iter()
        .flat_map(|name| section(name).into_keys().collect::<Vec<_>>())
        .map(|english| standard(&english).0)
        .collect();
    let missing: Vec<String> = said
        .iter()
        .filter(|(text, _)| !known.contains(*text))
        .map(|(text, file)| format!("{file}: {text:?}"))
        .collect();
    assert!(
        missing.is_empty(),
        "{} sentences have no Chinese; write them into data/messages/zh.toml, section message:\n{}",
        missing.len(),
        missing.join("\n")
    );
}

#[test]
fn nothing_in_the_table_is_left_over() {
    let said = said();
    let all = ["message", "finding"].into_iter().flat_map(section);
    let unused: Vec<String> = all.map(|(text, _)| text).filter(|text| !said.contains_key(&standard(text).0)).collect();
    assert!(unused.is_empty(), "said nowhere any more: {unused:#?}");
}

#[test]
fn both_languages_have_the_same_holes() {
    for name in ["message", "help", "foreign", "finding"] {
        for (english, chinese) in section(name) {
            assert!(!chinese.is_ascii() || english == chinese, "{english} is not Chinese: {chinese}");
            let (have, want) = (standard(&chinese).1, standard(&english).1);
            assert!(have.is_subset(&want), "{english}: {have:?} against {want:?}");
            assert!(name != "message" || have.len() + 1 >= want.len(), "{english}: {want:?} became {have:?}");
        }
    }
}
