//! The pages of `docs::guide`: every command on them is run, and what it printed is what the page shows.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

fn pages() -> Vec<PathBuf> {
    let guide = Path::new(env!("CARGO_MANIFEST_DIR")).join("../src/docs/guide");
    let contents = fs::read_to_string(guide.join("mod.md")).unwrap();
    let names = contents.lines().filter_map(|line| line.strip_prefix("| [`")?.split_once("`]"));
    names.map(|(name, _)| guide.join(name).with_extension("md")).collect()
}

/// The blocks of a page: language and lines.
fn blocks(page: &str) -> Vec<(&str, Vec<&str>)> {
    let (mut blocks, mut open) = (Vec::new(), None);
    for line in page.lines() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(language)) => open = Some((language, Vec::new())),
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (Some((_, lines)), None) => lines.push(line),
            (None, None) => {}
        }
    }
    blocks
}

/// Runs a command of a page in the repository, with `out/` elsewhere, and gives what it printed.
fn run(command: &str, out: &Path) -> String {
    let words = command.split_whitespace().map(|word| match word.strip_prefix("out/") {
        Some(rest) => out.join(rest).to_string_lossy().into_owned(),
        None => word.to_owned(),
    });
    let words: Vec<String> = words.collect();
    assert_eq!(words[0], "wherewithal", "{command}");
    let printed = out.with_extension("printed");
    let file = File::create(&printed).unwrap();
    let status = Command::new(env!("CARGO_BIN_EXE_wherewithal"))
        .args(&words[1..])
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(".."))
        .env("LC_ALL", "C.UTF-8")
        .stdout(file.try_clone().unwrap())
        .stderr(file)
        .status()
        .unwrap();
    let printed = fs::read_to_string(printed).unwrap().replace(&*out.to_string_lossy(), "out");
    assert!(status.success(), "{command}: {printed}");
    printed
}

/// Whether lines are those shown; `…` alone stands for any lines, at the end of a line for its rest.
fn fits(shown: &[&str], lines: &[&str]) -> bool {
    match (shown.split_first(), lines.split_first()) {
        (None, None) => true,
        (Some((&"…", rest)), _) => (0..=lines.len()).any(|skipped| fits(rest, &lines[skipped..])),
        (Some((first, shown)), Some((line, lines))) => {
            let same = first.strip_suffix('…').map_or(line == first, |start| line.starts_with(start));
            same && fits(shown, lines)
        }
        _ => false,
    }
}

#[test]
fn the_guides_commands_print_what_its_pages_show() {
    let clone = tempfile::tempdir().unwrap();
    let out = clone.path().join("out");
    let (mut commands, mut compared) = (0, 0);
    for path in pages() {
        let page = fs::read_to_string(&path).unwrap();
        let mut printed = String::new();
        for (language, lines) in blocks(&page) {
            match language {
                "sh" => {
                    printed = lines.iter().map(|command| run(command, &out)).collect();
                    commands += lines.len();
                }
                "text" => {
                    let name = path.file_name().unwrap().to_string_lossy();
                    let found: Vec<&str> = printed.lines().map(str::trim_end).collect();
                    assert!(fits(&lines, &found), "{name} shows\n{}\nand found was\n{printed}", lines.join("\n"));
                    compared += 1;
                }
                // The draft that the page's command wrote.
                "toml" => {
                    let draft = fs::read_to_string(out.join("draft.toml")).unwrap();
                    assert!(fits(&lines, &draft.lines().collect::<Vec<_>>()), "{}", lines.join("\n"));
                    compared += 1;
                }
                _ => {}
            }
        }
    }
    assert!(commands >= 12 && compared >= 10, "{commands} commands, {compared} outputs");
}

#[test]
fn lines_left_out_are_the_only_ones_that_may_differ() {
    assert!(fits(&["a", "…", "c"], &["a", "b", "b", "c"]));
    assert!(fits(&["took 0…"], &["took 0.2 s"]));
    assert!(!fits(&["a", "c"], &["a", "b", "c"]));
    assert!(!fits(&["…", "d"], &["a", "b", "c"]));
}
