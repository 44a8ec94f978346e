//! Help of the program and of every command, in both languages.

use std::process::Command;

const COMMANDS: [&[&str]; 16] = [
    &[],
    &["inspect"],
    &["assess"],
    &["portrait"],
    &["capacity"],
    &["fit"],
    &["score-table"],
    &["link"],
    &["screen"],
    &["store"],
    &["store", "show"],
    &["store", "fold"],
    &["centre"],
    &["monitor"],
    &["simulate"],
    &["completion"],
];

fn help(command: &[&str], language: &str) -> String {
    let mut program = Command::new(env!("CARGO_BIN_EXE_wherewithal"));
    let run = program.args(["--lang", language]).args(command).arg("--help").output().unwrap();
    assert!(run.status.success(), "{command:?}");
    String::from_utf8(run.stdout).unwrap()
}

#[test]
fn help_is_as_it_was_in_both_languages() {
    for language in ["en", "zh"] {
        let pages: Vec<String> = COMMANDS.iter().map(|command| help(command, language)).collect();
        insta::assert_snapshot!(format!("help_{language}"), pages.join("\n────────\n\n"));
    }
}

/// Every command that help lists stands in the golden files.
#[test]
fn no_command_is_without_a_golden_page() {
    let listed = help(&[], "en");
    let commands = listed.split("Commands:").nth(1).unwrap().split("\n\n").next().unwrap();
    for line in commands.lines().filter(|line| line.starts_with("  ") && !line.starts_with("   ")) {
        let name = line.split_whitespace().next().unwrap();
        assert!(COMMANDS.iter().any(|command| command.first() == Some(&name)), "{name} is missing here");
    }
}

#[test]
fn chinese_help_is_chinese() {
    for command in COMMANDS {
        let page = help(command, "zh");
        for english in ["Usage", "Options", "Commands", "Print ", "default:", "OPTIONS"] {
            assert!(!page.contains(english), "{command:?} says {english}: {page}");
        }
        let is_told = |line: &&str| !line.trim_start().starts_with(['-', '<', '[']) && line.trim().len() > 1;
        for line in page.lines().filter(is_told) {
            assert!(line.chars().any(|c| c > '\u{2e80}'), "{command:?}: {line}");
        }
    }
}
