//! Columns under names of another case, width or language, without a name, or with one that stands twice; rows and
//! files that cannot be read.

use std::path::Path;

use crate::own_table::{Bench, bad, plain, rows};
use crate::program::run;

fn text(path: &Path) -> String {
    path.to_str().unwrap().to_owned()
}

#[test]
fn names_that_the_file_does_not_have_are_said_where_the_card_is_deployed() {
    let bench = Bench::new();
    let line = |_, [income, used]: [f64; 2], flag, event| {
        format!("x,{income},{},{used},{}\n", if flag { " Y " } else { "N" }, bad(event))
    };
    let table = format!("income,income,flag,,bad\n{}", rows(line));
    let ran = bench.fit("twice.csv", table, &[]);
    assert!(ran.features().contains(&"income_2".to_owned()) && ran.features().contains(&"column_4".to_owned()));
    ran.says(&[
        "column income stands twice; the second is called income_2",
        "column 4 has no name; it is called column_4",
        "model.sql, model.pmml: income_2 is column 2 of the file, where an earlier one is called income, too",
        "model.sql, model.pmml: column_4 is column 4 of the file, which has no name there",
    ]);
    let sql = ran.file("model.sql");
    assert!(sql.starts_with("-- model.sql, model.pmml: ") && sql.contains("column 4 of the file"), "{sql}");
    assert!(sql.contains("TRIM(CAST(r.\"flag\" AS VARCHAR)"), "{sql}");
}

#[test]
fn a_card_finds_its_columns_in_other_capitals_and_says_so() {
    let bench = Bench::new();
    let fitted = bench.fit("plain.csv", plain(), &[]);
    let model = fitted.path("model.json");
    let score = |name: &str, header: &str, more: &[&str]| {
        let table = plain().replacen("income,used,flag,bad", header, 1);
        bench.run("score-table", (name, table.as_bytes()), &[&["--model", &model], more].concat())
    };
    let own = score("own.csv", "income,used,flag,bad", &[]);
    let other = score("other.csv", "INCOME,Ｕsed, FLAG,Bad", &["--id", "bad"]);
    assert_eq!(other.code, Some(0), "{}", other.errors);
    other.says(&[
        "3 columns are found by names that differ from the card's",
        "INCOME as income",
        "--id bad: the column Bad",
    ]);
    let line: serde_json::Value = serde_json::from_str(&other.said).unwrap();
    assert_eq!(line["alike_columns"], 3);
    let scores = |ran: &crate::own_table::Ran, at: usize| {
        let text = ran.file("scores.csv");
        text.lines().skip(1).map(|line| line.split(',').nth(at).unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(scores(&own, 1), scores(&other, 2));
    assert!(!own.errors.contains("are found by names"), "{}", own.errors);
    // Two that are alike are neither.
    let both = score("both.csv", "Income,INCOME,flag,used", &[]);
    both.says(&["warning: no column income, and several that differ from it in case, width or blanks alone"]);
}

#[test]
fn days_of_eight_digits_are_days_unless_they_are_declared_numbers() {
    let bench = Bench::new();
    let line = |row: usize, [income, used]: [f64; 2], _, event| {
        format!("{:04}{:02}{:02},{income},{used},{}\n", 2015 + row % 6, row % 12 + 1, row % 28 + 1, bad(event))
    };
    let table = format!("opened,income,used,bad\n{}", rows(line));
    let ran = bench.fit("days.csv", &table, &[]);
    ran.says(&["800 days of eight digits, as 20180701 (numbers if declared: --numeric)", "left out: days"]);
    assert!(ran.file("columns.csv").lines().any(|line| line.starts_with("opened,day,,800,")));
    let ran = bench.fit("days.csv", &table, &["--numeric", "opened"]);
    ran.says(&["800 are days of eight digits, read as numbers"]);
    assert!(ran.file("columns.csv").lines().any(|line| line.starts_with("opened,number,")));
    bench.fit("days.csv", &table, &["--time", "opened"]).says(&["2015-01"]);
}

#[test]
fn amounts_beyond_all_measure_are_refused_and_no_number_is_told_in_300_digits() {
    let bench = Bench::new();
    let table = |last: &str| {
        let rows: String = (0..300).map(|row| format!("{},{}\n", row % 40, 100 * (row % 40) + row * 7 % 13)).collect();
        format!("x,amount\n{rows}1,{last}\n2,\n")
    };
    let asked = ["--target-amount", "amount"];
    let ran = bench.run("fit", ("far.csv", table("-1e300").as_bytes()), &asked);
    assert_eq!(ran.code, Some(1), "{}", ran.errors);
    ran.says(&["1 amounts are beyond 1e100, the first is -1e300 in row 301"]);
    let ran = bench.run("fit", ("far.csv", table("1e40").as_bytes()), &asked);
    ran.says(&["amounts from 0 to 1e40"]);
    assert!(!ran.errors.contains("00000000000000000"), "{}", ran.errors);
    for (folds, found) in [
        (&[][..], "--folds 5: 3 rows have a known amount, expected at most as many folds"),
        (&["--folds", "3"], "3 of 3 folds judge rows of one amount alone"),
    ] {
        let ran = bench.run("fit", ("few.csv", b"x,amount\n1,2\n2,3\n3,1\n"), &[&asked, folds].concat());
        ran.says(&[found]);
        for word in ["outcome", "the event", "scorecard"] {
            assert!(!ran.errors.contains(word), "{word}: {}", ran.errors);
        }
    }
}

fn linked(folder: &Path, files: &[(&str, &str)]) -> (crate::program::Ran, std::path::PathBuf) {
    let (sources, out) = (folder.join("in"), folder.join("out"));
    std::fs::create_dir_all(&sources).unwrap();
    files.iter().for_each(|(name, text)| std::fs::write(sources.join(name), text).unwrap());
    (run(&["link", "--sources", &text(&sources), "--out", &text(&out)]), out)
}

#[test]
fn a_ragged_line_and_an_empty_file_cost_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let (ran, out) = linked(
        folder.path(),
        &[
            (
                "a.csv",
                "record_id,name,number\n1,张伟,11010519491231002X\n2,李娜\n3,王芳,320106198706150217,,\n4,赵强,1,2\n",
            ),
            ("b.csv", ""),
            ("c.csv", "记录编号,姓名,证件号码,出生日期\nc1,張偉,１１０１０５１９４９１２３１００２x,1949-12-31\n"),
            ("d.csv", "Record_ID, NAME ,Number\nd1,张伟,11010519491231002X\n"),
            ("e.csv", "record_id,name,number\n"),
        ],
    );
    assert_eq!(ran.code, Some(0), "{}", ran.errors);
    let all = format!("{}{}", ran.said, ran.errors);
    for word in [
        "a.csv: 2 rows refused for another number of fields than the header's 3, a quote that is not closed, or bytes that are no text, the first in line 3",
        "b.csv: an empty file, no records",
        "c.csv: 4 columns are found under other names: ",
        "姓名 as name",
        "d.csv: 3 columns are found under other names: NAME as name, Number as number, Record_ID as record_id",
        "e.csv: 0 records",
        "4 records are 2 parties",
    ] {
        assert!(all.contains(word), "{word}: {all}");
    }
    let refused = std::fs::read_to_string(out.join("refused/a.csv.csv")).unwrap();
    assert_eq!(
        refused,
        "line,column,reason,found,expected,is_escaped,row\n3,,fields,2 fields,3 fields,false,\"2,李娜\"\n\
         5,,fields,4 fields,3 fields,false,\"4,赵强,1,2\"\n"
    );
    assert!(!all.contains("李娜") && !all.contains("赵强"), "{all}");
    let counts: serde_json::Value = serde_json::from_slice(&std::fs::read(out.join("counts.json")).unwrap()).unwrap();
    assert_eq!(counts["records"], 4);
}

#[test]
fn a_quote_that_is_not_closed_takes_no_rows_in_silence() {
    let folder = tempfile::tempdir().unwrap();
    let many: String = (0..40).map(|row| format!("{row},某{row},\n")).collect();
    let (ran, out) = linked(folder.path(), &[("a.csv", &format!("record_id,name,number\n0,张伟,\nx,\"李\n{many}"))]);
    assert_eq!(ran.code, Some(0), "{}", ran.errors);
    assert!(ran.errors.contains("1 rows refused") && ran.said.contains("41 records;"), "{ran:?}");
    let refused = std::fs::read_to_string(out.join("refused/a.csv.csv")).unwrap();
    assert!(refused.contains("3,,quote,a quote that is not closed") && !refused.contains("39,某39"), "{refused}");
    // Two quotes at a distance swallow nobody between them, and bad bytes cost their own line.
    let folder = tempfile::tempdir().unwrap();
    let rows = "record_id,name,number\n0,张伟,\nx,\"李,\n1,王芳,\n2,赵强,\ny,\"李,\n3,钱一,\n";
    std::fs::create_dir_all(folder.path().join("in")).unwrap();
    let bad = [b"record_id,name,number\n4,\xe5\xbc\xa0\xff,\n".as_slice(), "5,孙二,\n6,周三,\n".as_bytes()].concat();
    std::fs::write(folder.path().join("in/b.csv"), bad).unwrap();
    let (ran, _) = linked(folder.path(), &[("a.csv", rows)]);
    assert!(ran.said.contains("a.csv: 4 records;") && ran.said.contains("b.csv: 2 records;"), "{ran:?}");
    assert!(ran.errors.contains("a.csv: 2 rows refused") && ran.errors.contains("b.csv: 1 rows refused"), "{ran:?}");
    // Nothing that can be linked is an error with a name.
    let folder = tempfile::tempdir().unwrap();
    let (ran, _) = linked(folder.path(), &[("a.csv", "name,number\n1,2,3\n"), ("b.csv", "\n")]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.errors.contains("no record to link: 1 rows refused"), "{}", ran.errors);
    let folder = tempfile::tempdir().unwrap();
    let (ran, _) = linked(folder.path(), &[("a.csv", "Name,NAME,number\n1,2,3\n")]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.errors.contains("no column name, and several that differ from it"), "{}", ran.errors);
}

#[test]
fn an_empty_list_is_named_as_that() {
    let folder = tempfile::tempdir().unwrap();
    let [list, asked] = ["list.csv", "asked.csv"].map(|name| folder.path().join(name));
    std::fs::write(&list, "\u{feff}\n").unwrap();
    std::fs::write(&asked, "application_id,name,on\na,张伟,2026-01-06\n").unwrap();
    let out = text(&folder.path().join("out.ndjson"));
    let ran = run(&["screen", "--list", &text(&list), "--applications", &text(&asked), "--out", &out]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.errors.contains("found an empty file") && ran.errors.contains("list.csv"), "{}", ran.errors);
}
