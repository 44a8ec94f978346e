//! `inspect` says what is in files and drafts a mapping that `assess` takes as it is.

use std::process::Command;

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
    let (code, page, errors) = run(&["--lang", "zh", "inspect", sources, "--out", draft]);
    assert_eq!(code, Some(0), "{errors}");
    for said in ["gb18030", "2 行标题在表头之上", "交易日期", "可填入 bank_transactions", "草稿已写入"]
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
    assert_eq!((code, found.draft()), (Some(0), text.as_str()));
    let (code, _, errors) = run(&["--lang", "en", "inspect", "no such folder"]);
    assert!(code == Some(1) && errors.contains("no such folder"), "{code:?} {errors}");
    let (code, _, errors) = run(&["--lang", "en", "inspect", sources, "--rows", "0"]);
    assert!(code == Some(2) && errors.contains("--rows"), "{code:?} {errors}");
}
