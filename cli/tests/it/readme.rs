//! The commands of the README that are marked as tried, one after the other.

use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The lines of the blocks under `<!-- tried -->`, without their comments.
fn tried() -> Vec<String> {
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    let blocks = readme.split("<!-- tried -->\n```sh\n").skip(1);
    let lines = blocks.flat_map(|block| block.split("```").next().unwrap().lines());
    lines.map(|line| line.split("  #").next().unwrap().trim().to_owned()).filter(|line| !line.is_empty()).collect()
}

#[test]
fn the_readmes_commands_run_as_they_stand() {
    // As on a fresh clone, there is no folder `out` yet.
    let clone = tempfile::tempdir().unwrap();
    let out = clone.path().join("out");
    let commands = tried();
    assert!(commands.len() >= 8, "{commands:?}");
    for command in commands {
        let words: Vec<String> = command
            .split_whitespace()
            .map(|word| match word.strip_prefix("out/") {
                Some(rest) => out.join(rest).to_string_lossy().into_owned(),
                None => word.to_owned(),
            })
            .collect();
        assert_eq!(words[0], "wherewithal", "{command}");
        let done = Command::new(env!("CARGO_BIN_EXE_wherewithal"))
            .args(&words[1..])
            .current_dir(root())
            .env("LC_ALL", "C.UTF-8")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success(), "{command}: {said}");
    }
}
