//! Files as somebody else's program writes them, at doors that are used less.

use std::path::Path;
use std::process::Command;

use crate::program::good;

const LIST: &str =
    "姓名,name,number\n甲,张伟,11010519491231002X\n乙,张卫,11010519491231002x\n丙,\"李,娜\",320106198706150217\n";

fn linked(files: &[(&str, &[u8])]) -> (String, String) {
    let folder = tempfile::tempdir().unwrap();
    let (sources, out) = (folder.path().join("in"), folder.path().join("out"));
    std::fs::create_dir(&sources).unwrap();
    files.iter().for_each(|(name, bytes)| std::fs::write(sources.join(name), bytes).unwrap());
    let text = |path: &Path| path.to_str().unwrap().to_owned();
    let said = good(&["link", "--sources", &text(&sources), "--out", &text(&out)]);
    let parties = std::fs::read_to_string(out.join("parties.csv")).unwrap();
    (said, parties.replace(&format!("{}/", text(&sources)), ""))
}

#[test]
fn records_to_link_come_in_any_encoding_and_delimiter() {
    let (said, expected) = linked(&[("a.csv", LIST.as_bytes())]);
    assert!(said.contains("3 records; 1 columns are not read (UTF-8, delimiter ,)"), "{said}");
    assert!(said.contains("3 records are 2 parties"), "{said}");
    let tabs = LIST.replace("\"李,娜\"", "李_娜").replace(',', "\t").replace('_', ",");
    let bars = LIST.replace("\"李,娜\"", "李_娜").replace(',', ";").replace('_', ",");
    let utf_16: Vec<u8> = [0xfe, 0xff].into_iter().chain(bars.encode_utf16().flat_map(u16::to_be_bytes)).collect();
    for (name, bytes, how) in [
        ("a.csv", encoding_rs::GB18030.encode(&bars).0.into_owned(), "(gb18030, delimiter ;)"),
        ("a.tsv", tabs.into_bytes(), "(UTF-8, delimiter \\t)"),
        ("a.csv", utf_16, "(UTF-16BE, delimiter ;)"),
        ("a.csv", [b"\xef\xbb\xbf", LIST.as_bytes()].concat(), "(UTF-8, delimiter ,)"),
    ] {
        let (said, parties) = linked(&[(name, &bytes)]);
        assert!(said.contains(how), "{how}: {said}");
        assert_eq!(parties.replace("a.tsv", "a.csv"), expected, "{how}");
    }
}

#[test]
fn a_day_of_receipt_that_nothing_needs_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("deposits.csv");
    std::fs::write(
        &file,
        "entity_id,event_on,known_at,account,balance_fen\n320106198706150217,2018-02-01,2018-02-03,1,100\n",
    )
    .unwrap();
    let inspect = |more: &[&str]| {
        let own = ["--lang", "en", "inspect", file.to_str().unwrap()];
        let ran = Command::new(env!("CARGO_BIN_EXE_wherewithal")).args(own).args(more).output().unwrap();
        String::from_utf8(ran.stdout).unwrap()
    };
    assert!(inspect(&["--received", "2018-03-01"]).contains("--received 2018-03-01 has no effect"));
    assert!(!inspect(&[]).contains("has no effect"));
    // Where the day is used, one before the latest in the files is marked.
    std::fs::write(&file, "entity_id,event_on,account,balance_fen\n320106198706150217,2018-02-01,1,100\n").unwrap();
    let draft = folder.path().join("draft.toml");
    let drafted = |day: &str| {
        let said = inspect(&["--received", day, "--out", draft.to_str().unwrap()]);
        assert!(!said.contains("has no effect"), "{said}");
        std::fs::read_to_string(&draft).unwrap()
    };
    assert!(drafted("2018-01-01").contains("the files have days up to 2018-02-01, which is later"));
    assert!(!drafted("2018-03-01").contains("which is later"));
}
