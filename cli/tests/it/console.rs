//! What all commands share: JSON for machines, words of old, readers who leave early, completion.

use std::io::Read;
use std::process::Stdio;

use crate::program::{DAY, data, good, program, run, trained};

/// A reader who leaves after the first line stops nothing: the night is taken in and assessed, and nobody complains.
#[test]
fn a_closed_pipe_ends_quietly_and_the_night_is_assessed() {
    let folder = tempfile::tempdir().unwrap();
    let (store, out) = (folder.path().join("store"), folder.path().join("out"));
    let mut child = program()
        .args(["assess", "--sources", &data("district"), "--as-of", DAY])
        .arg("--model")
        .arg(trained().join("model.json"))
        .arg("--store")
        .arg(&store)
        .arg("--out")
        .arg(&out)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let mut errors = String::new();
    child.stderr.take().unwrap().read_to_string(&mut errors).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0), "{errors}");
    // Without a key file the program says that the key is public, and nothing else.
    assert!(errors.lines().count() == 1 && errors.contains("--key-file"), "{errors}");
    let scores = std::fs::read(out.join("scores.parquet")).unwrap();
    assert!(scores == std::fs::read(trained().join("scores.parquet")).unwrap());
}

/// A disk that takes no more of the result is no closed pipe.
#[test]
fn a_result_that_cannot_be_written_is_a_failure() {
    let Ok(full) = std::fs::File::options().write(true).open("/dev/full") else { return };
    let store = trained().join("store");
    let run = program().args(["store", "show", "--store"]).arg(store).stdout(full).output().unwrap();
    let errors = String::from_utf8(run.stderr).unwrap();
    assert!(run.status.code() == Some(1) && errors.contains("standard output"), "{errors}");
}

#[test]
fn a_machine_reads_one_document() {
    let folder = tempfile::tempdir().unwrap();
    let out = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (run, store) = (trained().to_str().unwrap(), trained().join("store"));
    let (capacity, pages, simulated, answers) =
        (out("capacity"), out("pages"), out("simulated"), out("answers.ndjson"));
    let (district, list, asked) =
        (data("district"), data("screening/list.ndjson"), data("screening/applications.ndjson"));
    let commands: [(&[&str], &str); 5] = [
        (&["store", "show", "--store", store.to_str().unwrap()], "parts"),
        (&["capacity", "--sources", &district, "--as-of", DAY, "--out", &capacity], "statements"),
        (&["portrait", "--run", run, "--top", "2", "--out", &pages], "page"),
        (&["simulate", "--cases", "20", "--out", &simulated], "files"),
        (&["screen", "--list", &list, "--applications", &asked, "--out", &answers], "answers"),
    ];
    for (arguments, key) in commands {
        let said = good(&[arguments, &["--json"]].concat());
        let value: serde_json::Value = serde_json::from_str(&said).unwrap_or_else(|_| panic!("{arguments:?}: {said}"));
        assert!(value.get(key).is_some(), "{arguments:?}: {value}");
        assert_eq!(said.lines().count(), 1);
    }
}

#[test]
fn words_of_old_still_work() {
    for (old, new) in [("fit_scorecard", "fit"), ("score_table", "score-table")] {
        assert_eq!(good(&[old, "--help"]), good(&[new, "--help"]), "{old}");
    }
}

#[test]
fn shells_complete_every_command() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = good(&["completion", shell]);
        for command in ["assess", "score-table", "simulate", "store"] {
            assert!(script.contains(command), "{shell}: {command}");
        }
    }
    let ran = run(&["completion", "csh"]);
    assert!(ran.code == Some(2) && ran.errors.contains("bash"), "{ran:?}");
}
