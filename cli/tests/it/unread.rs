//! A run whose files could not all be read is no clean success, and says so to whoever reads its end.

use std::path::Path;

use crate::program::{Ran, run};

const CASES: &str = "case_id,event_on,known_at,kind\n（2017）苏0205执1号,2017-01-01,2017-01-01,first\n";
const DEPOSITS: &str = "entity_id,event_on,known_at,account,balance_fen\n\
                        320106198706150217,2018-02-01,2018-02-01,62220001,100\n\
                        320106198706150217,soon,2018-02-01,62220001,100\n";

struct Place(tempfile::TempDir);

impl Place {
    fn new(files: &[(&str, &[u8])]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("in")).unwrap();
        files.iter().for_each(|(name, bytes)| std::fs::write(folder.path().join("in").join(name), bytes).unwrap());
        Self(folder)
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).to_str().unwrap().to_owned()
    }

    /// Takes the folder into a new store.
    fn taken(&self, store: &str, more: &[&str]) -> Ran {
        let [sources, store, out] = ["in", store, "out"].map(|name| self.path(name));
        let own = ["assess", "--sources", &sources, "--store", &store, "--as-of", "2018-06-30", "--out", &out];
        run(&[&own[..], more].concat())
    }
}

fn report(store: &Path) -> serde_json::Value {
    let text = std::fs::read_to_string(store.join("refused/part-0001/ingest_report.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// What was read explains why nothing can be learnt: it is said before the error, in either language.
#[test]
fn what_was_read_is_said_where_training_finds_too_little() {
    let place = Place::new(&[
        ("cases.csv", CASES.as_bytes()),
        ("deposits.csv", DEPOSITS.as_bytes()),
        ("payments.csv", b"%PDF-1.7"),
        ("notes.txt", b"of nobody"),
    ]);
    let [sources, out] = ["in", "out"].map(|name| place.path(name));
    let train = ["assess", "--sources", &sources, "--train", "--as-of", "2018-06-30", "--out", &out];
    let ran = run(&train);
    assert!(ran.code == Some(1) && ran.errors.contains("too little data"), "{ran:?}");
    for part in [
        "read 3 rows of 3 files: 2 accepted, 0 left out on purpose, 1 refused",
        "refused 1 in deposits.csv, first in line 3: event_on day",
        "in payments.csv: damaged: ",
        "notes.txt",
        "refused rows stand in ",
    ] {
        assert!(ran.said.contains(part), "{part}: {}", ran.said);
    }
    let program = env!("CARGO_BIN_EXE_wherewithal");
    let output = std::process::Command::new(program).args(["--lang", "zh"]).args(train).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.contains("deposits.csv") && said.contains("退回 1 行") && !said.contains("refused 1"), "{said}");
}

#[test]
fn lost_files_are_exit_code_1_and_refused_rows_are_not() {
    let good = [("cases.csv", CASES.as_bytes()), ("deposits.csv", DEPOSITS.as_bytes())];
    let place = Place::new(&good);
    let ran = place.taken("store", &[]);
    assert!(ran.code == Some(0) && ran.said.contains("1 refused"), "{ran:?}");

    let place =
        Place::new(&[&good[..], &[("night.zip", &b"PK\x03\x04 no more"[..]), ("payments.csv", b"%PDF-1.7")]].concat());
    let ran = place.taken("store", &[]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    for part in ["2 of 4 files could not be read whole", "night.zip: ", "payments.csv: found a PDF document", "ignore"]
    {
        assert!(ran.errors.contains(part), "{part}: {}", ran.errors);
    }
    assert!(ran.said.contains("in night.zip: damaged: ") && ran.said.contains("the store holds"), "{}", ran.said);
    let report = report(Path::new(&place.path("store")));
    let damaged = report["files"].as_array().unwrap().iter().filter(|file| !file["damage"].is_null()).count();
    assert_eq!(damaged, 2);

    // The same, for machines and in Chinese.
    let [sources, out] = ["in", "capacity"].map(|name| place.path(name));
    let own = ["--json", "--lang", "zh", "capacity", "--sources", &sources, "--as-of", "2018-06-30", "--out", &out];
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_wherewithal")).args(own).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{errors}");
    assert!(serde_json::from_slice::<serde_json::Value>(&output.stdout).is_ok());
    assert!(errors.contains("4 个文件中有 2 个未能完整读取") && errors.contains("技术细节"), "{errors}");
    assert!(!errors.contains("系统信息"), "{errors}");

    // Left out on purpose, they are none that were lost.
    let mapping = place.path("mapping.toml");
    let rules = ["night.zip", "payments.csv"]
        .map(|file| format!("[[ignore]]\nfile = '{file}'\nreason = 'known to be damaged'\n"));
    std::fs::write(&mapping, format!("format_version = 1\nname = 'x'\n{}", rules.concat())).unwrap();
    let ran = place.taken("other", &["--mapping", &mapping]);
    assert!(ran.code == Some(0) && ran.said.contains("known to be damaged"), "{ran:?}");
}

#[test]
fn a_file_all_of_whose_rows_are_refused_is_lost() {
    let rows = "entity_id,event_on,known_at,account,balance_fen\n320106198706150217,soon,2018-02-01,62220001,100\n";
    let place = Place::new(&[("cases.csv", CASES.as_bytes()), ("deposits.csv", rows.as_bytes())]);
    let ran = place.taken("store", &[]);
    assert!(ran.code == Some(1) && ran.errors.contains("deposits.csv: all 1 rows refused"), "{ran:?}");
}
