//! `inspect` says what is in files and drafts a mapping that `assess` takes as it is.

use std::process::Command;

use crate::program::{DAY, data, good, trained};

const STATEMENT: &str = "某银行对账单,,,\n户名：某某公司,,打印日期：2018-04-02,单位：元\n交易日期,摘要,收入,支出\n\
                         2018-01-05,货款,\"1,200.00\",0.00\n2018-01-09,手续费,0.00,5.00\n\
                         2018-01-11,货款,\"3,200.00\",0.00\n2018-02-09,手续费,0.00,5.00\n合计,,\"4,400.00\",10.00\n";

fn run(arguments: &[&str]) -> (Option<i32>, String, String) {
    let run = Command::new(env!("CARGO_BIN_EXE_wherewithal")).args(arguments).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (run.status.code(), text(run.stdout), text(run.stderr))
}

#[test]
fn a_page_for_people_a_document_for_machines_and_a_draft_that_runs() {
    let folder = tempfile::tempdir().unwrap();
    let (sources, draft) = (folder.path().join("in"), folder.path().join("draft.toml"));
    std::fs::create_dir(&sources).unwrap();
    std::fs::write(sources.join("对账单.csv"), &encoding_rs::GB18030.encode(STATEMENT).0).unwrap();
    let (sources, draft) = (sources.to_str().unwrap(), draft.to_str().unwrap());
    let (code, page, errors) = run(&["--lang", "zh", "inspect", sources, "--columns", "--out", draft]);
    assert_eq!(code, Some(0), "{errors}");
    for said in ["gb18030", "2 行标题在表头之上", "交易日期", "可填入 bank_transactions", "草稿已写入", "确定"]
    {
        assert!(page.contains(said), "{said}: {page}");
    }
    let text = std::fs::read_to_string(draft).unwrap();
    assert!(
        text.contains("unless = { \"交易日期\" = [\"合计\"]") || text.contains("\"交易日期\" = [\"合计\"]"),
        "{text}"
    );
    wherewithal::ingest::Mapping::parse(&text).unwrap();
    let (code, json, _) = run(&["--lang", "en", "--json", "inspect", sources]);
    let found: wherewithal::inspect::Inspection = serde_json::from_str(&json).unwrap();
    assert_eq!(code, Some(0));
    let again = wherewithal::ingest::Mapping::parse(&found.draft().to_string()).unwrap();
    assert_eq!(again, wherewithal::ingest::Mapping::parse(&text).unwrap(), "comments alone differ between languages");
    let (code, _, errors) = run(&["--lang", "en", "inspect", "no such folder"]);
    assert!(code == Some(1) && errors.contains("no such folder"), "{code:?} {errors}");
    let (code, _, errors) = run(&["--lang", "en", "inspect", sources, "--rows", "0"]);
    assert!(code == Some(2) && errors.contains("--rows"), "{code:?} {errors}");
}

/// The draft of a folder with the schema's own columns changes nothing, and the page is a line for each file.
#[test]
fn the_draft_of_the_bundled_district_assesses_as_no_mapping_does() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (district, draft, out) = (data("district"), path("draft.toml"), path("out"));
    let page = good(&["inspect", &district, "--out", &draft]);
    let files = std::fs::read_dir(&district).unwrap();
    let files = files.filter(|file| file.as_ref().unwrap().path().extension().is_some_and(|ending| ending == "csv"));
    // The two files of the truth feed nothing and say why.
    assert!(page.lines().count() <= files.count() + 7, "{page}");
    assert!(page.lines().any(|line| line.starts_with("case_parties.csv: feeds case_parties, ")), "{page}");
    let marked = std::fs::read_to_string(&draft).unwrap().matches("[check] ").count();
    let said = match marked {
        0 => "nothing in it is marked [check]".to_owned(),
        1 => "1 thing to check, marked [check]".to_owned(),
        more => format!("{more} things to check, each marked [check]"),
    };
    assert!(page.lines().last().unwrap().ends_with(&said), "{said}: {page}");
    good(&["assess", "--sources", &district, "--mapping", &draft, "--train", "--as-of", DAY, "--out", &out]);
    for name in ["scores.parquet", "scores.csv"] {
        let (plain, drafted) =
            (std::fs::read(trained().join(name)), std::fs::read(folder.path().join("out").join(name)));
        assert!(plain.unwrap() == drafted.unwrap(), "{name} differs");
    }
}

/// Two English words in a row, outside what stands between quotes and outside these names.
fn english(text: &str, names: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    for line in text.lines() {
        let bare: Vec<&str> = line.split('"').step_by(2).collect();
        let plain = names.iter().fold(bare.join(" · "), |plain, name| plain.replace(name.as_str(), "·"));
        let words: Vec<&str> = plain.split(' ').collect();
        let is_word = |word: &str| word.len() > 1 && word.bytes().all(|b| b.is_ascii_alphabetic());
        found.extend(words.windows(2).filter(|pair| pair.iter().all(|word| is_word(word))).map(|_| line.to_owned()));
    }
    found
}

#[test]
fn under_zh_every_sentence_is_chinese_and_every_name_stays() {
    assert_eq!(english("未用：its own：no amounts here", &["its own".to_owned()]).len(), 1, "the test can fail");
    let exports = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/inspect");
    let folder = tempfile::tempdir().unwrap();
    let mut tables = 0;
    for export in ["estate", "feedback", "insurance", "statement", "vehicles", "odd"] {
        let sources = folder.path().join(export);
        std::fs::create_dir(&sources).unwrap();
        if export == "odd" {
            let text = "案号,its own,no value twice,到账日期,到账金额,方式\n\
                        （2017）苏0205执1号,x,1,03/04/2017,5,扣划\n（2017）苏0205执2号,y,2,05/06/2017,6,某种\n";
            std::fs::write(sources.join("执行款到账.csv"), text).unwrap();
            std::fs::write(sources.join("refused 3 in a.csv, first in line 7.doc"), "x").unwrap();
        } else {
            for entry in std::fs::read_dir(exports.join(export)).unwrap() {
                let path = entry.unwrap().path();
                if path.extension().is_some_and(|ending| ending == "csv") {
                    std::fs::copy(&path, sources.join(path.file_name().unwrap())).unwrap();
                }
            }
        }
        let draft = folder.path().join(format!("{export}.toml"));
        let run = |language: &str, more: &[&str]| {
            let shared = ["--lang", language, "inspect", sources.to_str().unwrap()];
            let (code, page, errors) = run(&[&shared, more].concat());
            assert_eq!(code, Some(0), "{errors}");
            page
        };
        let page = run("zh", &["--columns", "--out", draft.to_str().unwrap()]);
        let draft = std::fs::read_to_string(draft).unwrap();
        let found: wherewithal::inspect::Inspection = serde_json::from_str(&run("zh", &["--json"])).unwrap();
        assert!(run("en", &["--columns"]).contains("looks like") && !run("en", &[]).contains("looks like"));
        let mut names: Vec<_> = found.passed.iter().map(|file| file.file.clone()).collect();
        for table in &found.tables {
            tables += 1;
            names.extend(std::iter::once(table.file.clone()).chain(table.columns.iter().map(|held| held.name.clone())));
            for column in &table.columns {
                let line = format!("  {} | {:.0} % | ", column.name, column.empty * 100.0);
                assert!(page.contains(&line), "{export}: {line}\n{page}");
                assert!(
                    column.use_in_draft.to_string().is_ascii() || !column.name.is_ascii(),
                    "a machine reads English"
                );
            }
        }
        for name in &names {
            assert!(page.contains(name.as_str()), "{export}: {name}\n{page}");
        }
        assert_eq!(english(&page, &names), Vec::<String>::new(), "{export}: the page");
        assert_eq!(english(&draft, &names), Vec::<String>::new(), "{export}: the draft");
        let mapping = wherewithal::ingest::Mapping::parse(&draft).unwrap();
        assert_eq!(mapping, wherewithal::ingest::Mapping::parse(&found.draft().to_string()).unwrap(), "{export}");
    }
    assert!(tables >= 6, "{tables}");
}

/// A folder of which nothing can be fed gets no draft, and the page says what was looked at and what is missing.
#[test]
fn nothing_to_feed_gives_no_draft_and_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let (sources, draft) = (folder.path().join("in"), folder.path().join("draft.toml"));
    std::fs::create_dir(&sources).unwrap();
    std::fs::write(sources.join("案件.csv"), "案号,被执行人\n（2018）苏0205执1号,某公司\n（2018）苏0205执2号,某厂\n")
        .unwrap();
    std::fs::write(sources.join("说明.doc"), "x").unwrap();
    let (sources, draft) = (sources.to_str().unwrap(), draft.to_str().unwrap());
    let (code, page, errors) = run(&["--lang", "en", "inspect", sources, "--out", draft]);
    assert_eq!(code, Some(1), "{page}");
    assert!(page.contains("  cases is not fed: no column tells event_on (the day it happened)"), "{page}");
    assert!(errors.contains("no draft was written to") && errors.contains("of 1 tables") && errors.contains("1 files"));
    assert!(!std::path::Path::new(draft).exists());
    let (code, page, _) = run(&["--lang", "zh", "inspect", sources]);
    assert_eq!(code, Some(0), "{page}");
    assert!(page.contains("不填入 cases：没有列说明 event_on (发生日期)") && page.contains("查看了 1 张表"), "{page}");
    let (code, _, errors) = run(&["--lang", "zh", "inspect", sources, "--out", draft]);
    assert!(code == Some(1) && errors.contains("未写入草稿") && errors.contains("查看了 1 张表"), "{errors}");
}
