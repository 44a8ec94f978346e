//! Tables as people write them: `fit` reads them, says what it did, and `score-table` scores with what it saved.

use std::io::Write;
use std::path::Path;

use serde_json::Value;

use crate::fit::read;
use crate::program::run;

/// A repeatable number between 0 and 1.
fn chance(row: usize, salt: u64) -> f64 {
    let mixed = (row as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ salt.wrapping_mul(0xd1b5_4a32_d192_ed03);
    let mixed = (mixed ^ (mixed >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    ((mixed ^ (mixed >> 32)) >> 11) as f64 / (1u64 << 53) as f64
}

/// 800 rows of two telling numbers, a telling flag and an outcome of 0 and 1, `write` saying how each is written.
pub(crate) fn rows(write: impl Fn(usize, [f64; 2], bool, bool) -> String) -> String {
    let row = |row: usize| {
        let (income, use_) = ((chance(row, 1) * 9000.0 + 1000.0).round(), (chance(row, 2) * 100.0).round() / 100.0);
        let flag = chance(row, 3) < 0.4;
        let risk = 0.15 + 0.5 * use_ - income / 30_000.0 + if flag { 0.25 } else { 0.0 };
        write(row, [income, use_], flag, chance(row, 4) < risk)
    };
    (0..800).map(row).collect()
}

pub(crate) fn bad(bad: bool) -> u8 {
    u8::from(bad)
}

pub(crate) fn plain() -> String {
    let line = |_, [income, used]: [f64; 2], flag, event| {
        format!("{income},{used},{},{}\n", if flag { "Y" } else { "N" }, bad(event))
    };
    format!("income,used,flag,bad\n{}", rows(line))
}

pub(crate) struct Bench(pub(crate) tempfile::TempDir);

/// What a run said, and its folder.
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) said: String,
    pub(crate) errors: String,
    folder: std::path::PathBuf,
}

impl Bench {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn run(&self, command: &str, (name, table): (&str, &[u8]), more: &[&str]) -> Ran {
        let path = self.0.path().join(name);
        std::fs::write(&path, table).unwrap();
        let folder = self.0.path().join(format!("out-{command}-{name}-{}", more.join("-").replace(['/', '*'], "_")));
        let own = [command, "--json", "--table", path.to_str().unwrap(), "--out", folder.to_str().unwrap()];
        let ran = run(&[&own, more].concat());
        Ran { code: ran.code, said: ran.said, errors: ran.errors, folder }
    }

    pub(crate) fn fit(&self, name: &str, table: impl AsRef<[u8]>, more: &[&str]) -> Ran {
        let ran = self.fails(name, table, more);
        assert_eq!(ran.code, Some(0), "{name}: {}", ran.errors);
        ran
    }

    pub(crate) fn fails(&self, name: &str, table: impl AsRef<[u8]>, more: &[&str]) -> Ran {
        let target = if more.contains(&"--target") { &[][..] } else { &["--target", "bad"] };
        let event = if more.contains(&"--event") { &[][..] } else { &["--event", "1"] };
        self.run("fit", (name, table.as_ref()), &[target, event, more].concat())
    }
}

impl Ran {
    pub(crate) fn auc(&self) -> f64 {
        let line: Value = serde_json::from_str(&self.said).unwrap();
        line["auc"].as_f64().unwrap()
    }

    pub(crate) fn file(&self, name: &str) -> String {
        read(&self.folder, name)
    }

    pub(crate) fn path(&self, name: &str) -> String {
        self.folder.join(name).to_string_lossy().into_owned()
    }

    pub(crate) fn features(&self) -> Vec<String> {
        let card: Value = serde_json::from_str(&self.file("model.json")).unwrap();
        let features = card["scorecard"]["features"].as_array().unwrap().iter();
        let mut names: Vec<String> = features.map(|f| f["map"]["feature"].as_str().unwrap().to_owned()).collect();
        names.sort_unstable();
        names
    }

    pub(crate) fn says(&self, words: &[&str]) {
        for word in words {
            assert!(self.said.contains(word) || self.errors.contains(word), "{word}: {}{}", self.said, self.errors);
        }
    }
}

#[test]
fn a_number_is_one_however_it_is_dressed() {
    let bench = Bench::new();
    let clean = bench.fit("clean.csv", plain(), &[]);
    let dressed = |dress: &dyn Fn(f64) -> String| {
        let line = |_, [income, used]: [f64; 2], flag, event| {
            format!("\"{}\",{used},{},{}\n", dress(income), if flag { "Y" } else { "N" }, bad(event))
        };
        format!("income,used,flag,bad\n{}", rows(line))
    };
    let grouped =
        |x: f64| if x < 1000.0 { x.to_string() } else { format!("{},{:03}", x as u64 / 1000, x as u64 % 1000) };
    let wide =
        |x: f64| x.to_string().chars().map(|c| char::from_u32(u32::from(c) + 0xfee0).unwrap()).collect::<String>();
    let ways: [&dyn Fn(f64) -> String; 5] =
        [&grouped, &|x| format!("￥{}", grouped(x)), &|x| format!("{x}.00元"), &wide, &|x| format!("=\"\"{x}\"\"")];
    for (at, way) in ways.into_iter().enumerate() {
        let ran = bench.fit(&format!("dress{at}.csv"), dressed(way), &[]);
        assert_eq!(ran.file("model.json"), clean.file("model.json"), "{at}");
    }
    let marks = |x: f64| if x > 5000.0 { format!("{}万", x / 10_000.0) } else { format!("({x})") };
    bench.fit("marks.csv", dressed(&marks), &[]).says(&["in brackets, read as negative", "with 千, 万 or 亿, read as"]);
    let comma = dressed(&|x| format!("{},00", grouped(x).replace(',', "."))).replace(",\"", ";\"");
    bench.fit("comma.csv", &comma, &["--delimiter", ","]).says(&["800 are numbers if written with a decimal comma"]);
    let ran = bench.fit("comma.csv", comma, &["--decimal-comma", "--delimiter", ","]);
    assert!(ran.features().contains(&"income".to_owned()), "{:?}", ran.features());
}

#[test]
fn words_for_nothing_and_infinite_numbers_are_counted_and_cost_no_column() {
    let bench = Bench::new();
    let clean = bench.fit("clean.csv", plain(), &[]);
    let words = ["无", "NULL", "\\N", "None", "N/A", "#DIV/0!", "-", ".", "inf", "-inf", "nan", ""];
    let line = |row, [income, used]: [f64; 2], flag, event| {
        let income = words.get(row).map_or_else(|| income.to_string(), ToString::to_string);
        format!("{income},{used},{},{}\n", if flag { "Y" } else { "N" }, bad(event))
    };
    let ran = bench.fit("words.csv", format!("income,used,flag,bad\n{}", rows(line)), &[]);
    assert_eq!(ran.features(), clean.features());
    assert!((ran.auc() - clean.auc()).abs() < 0.03, "{} {}", ran.auc(), clean.auc());
    ran.says(&["788 known", "10 missing", "\"无\" × 1 from row 1", "2 infinite, read as missing"]);
    let columns = ran.file("columns.csv");
    assert!(columns.lines().any(|line| line.starts_with("income,number,feature,788,")), "{columns}");

    // One odd cell is one odd cell.
    let odd = plain().replacen("\n", "\nabc,0.5,Y,0\n", 1);
    let ran = bench.fit("odd.csv", odd, &[]);
    assert_eq!(ran.features(), clean.features());
    ran.says(&["1 no numbers, read as missing: (a text of 3 characters × 1 from row 1)"]);
}

#[test]
fn encodings_delimiters_and_packing_change_nothing() {
    let bench = Bench::new();
    let named = plain().replacen("income", "收入", 1).replace(",Y,", ",是,");
    let clean = bench.fit("clean.csv", &named, &[]).file("model.json");
    let semicolons = named.replace(',', ";");
    let (gb, _, _) = encoding_rs::GB18030.encode(&semicolons);
    let utf_16: Vec<u8> = [0xff, 0xfe].into_iter().chain(named.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let mut zipped = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    zipped.write_all(named.as_bytes()).unwrap();
    for (name, bytes) in [
        ("gb.csv", gb.into_owned()),
        ("bars.txt", named.replace(',', "|").into_bytes()),
        ("tabs.tsv", named.replace(',', "\t").into_bytes()),
        ("utf16.csv", utf_16),
        ("mac.csv", named.replace('\n', "\r").into_bytes()),
        ("zipped", zipped.finish().unwrap()),
    ] {
        assert_eq!(bench.fit(name, bytes, &[]).file("model.json"), clean, "{name}");
    }
    let headless: String = named.lines().skip(1).map(|line| format!("{line}\n")).collect();
    let ran = bench.fit("headless.csv", &headless, &["--header", "收入,used,flag,bad"]);
    assert_eq!(ran.file("model.json"), clean);
    bench.fails("bare.csv", headless, &[]).says(&["--header a,b,c"]);
    bench.fails("book.xlsx", b"PK\x03\x04...", &[]).says(&["zip archive"]);
}

/// A Parquet file of the same table, its columns of other types, gives the same card.
#[test]
fn parquet_says_what_text_says() {
    use polars::prelude::{Column, DataFrame, ParquetCompression, ParquetWriter};
    let bench = Bench::new();
    let clean = bench.fit("clean.csv", plain(), &[]);
    let lines: Vec<Vec<String>> =
        plain().lines().skip(1).map(|line| line.split(',').map(str::to_owned).collect()).collect();
    let number = |at: usize| lines.iter().map(|line| line[at].parse().unwrap()).collect::<Vec<f64>>();
    let texts: Vec<&str> = lines.iter().map(|line| line[2].as_str()).collect();
    let mut frame = DataFrame::new(
        lines.len(),
        vec![
            Column::new("income".into(), number(0).into_iter().map(|x| x as i64).collect::<Vec<_>>()),
            Column::new("used".into(), number(1).into_iter().map(|x| x as f32).collect::<Vec<_>>()),
            Column::new("flag".into(), texts),
            Column::new("bad".into(), number(3).into_iter().map(|x| x > 0.5).collect::<Vec<_>>()),
        ],
    )
    .unwrap();
    let mut bytes = Vec::new();
    let writer = ParquetWriter::new(&mut bytes).with_compression(ParquetCompression::Uncompressed);
    writer.with_row_group_size(Some(300)).finish(&mut frame).unwrap();
    let ran = bench.fit("table.parquet", &bytes, &["--event", "true"]);
    assert_eq!(ran.file("model.json"), clean.file("model.json"));
    let cut = bench.fails("cut.parquet", &bytes[..bytes.len() / 2], &["--event", "true"]);
    assert!(matches!(cut.code, Some(1 | 2)) && cut.errors.contains("cut.parquet"), "{}", cut.errors);
}

/// The same days in other orders, and days that could be two.
#[test]
fn times_are_days_or_refused() {
    let bench = Bench::new();
    let timed = |day: &dyn Fn(u32, u32) -> String| {
        let line = |row, [income, used]: [f64; 2], flag, event| {
            let (month, day_) = (row as u32 / 67 + 1, row as u32 % 28 + 1);
            let used = if month > 6 { 1.0 - used } else { used };
            format!("{income},{used},{},{},{}\n", if flag { "Y" } else { "N" }, day(month, day_), bad(event))
        };
        format!("income,used,flag,when,bad\n{}", rows(line))
    };
    let held = ["--time", "when", "--holdout", "0.25"];
    let iso = bench.fit("iso.csv", timed(&|m, d| format!("2023-{m:02}-{d:02}")), &held);
    let periods: Value = serde_json::from_str(&iso.file("validation.json")).unwrap();
    let months: Vec<&str> =
        periods["periods"].as_array().unwrap().iter().map(|p| p["period"].as_str().unwrap()).collect();
    assert_eq!(months, ["2023-09", "2023-10", "2023-11", "2023-12"]);
    let ways: [&dyn Fn(u32, u32) -> String; 5] = [
        &|m, d| format!("2023/{m}/{d}"),
        &|m, d| format!("{m}/{d}/2023"),
        &|m, d| format!("{d}.{m}.2023 08:30"),
        &|m, d| format!("2023年{m}月{d}日"),
        &|m, d| format!("2023{m:02}{d:02}"),
    ];
    for (at, way) in ways.into_iter().enumerate() {
        let ran = bench.fit(&format!("day{at}.csv"), timed(way), &held);
        assert_eq!(ran.file("validation.json"), iso.file("validation.json"), "{at}");
    }
    let two = timed(&|m, d| format!("{}/{}/2023", m.min(12), d % 12 + 1));
    bench.fails("two.csv", &two, &held).says(&["--day-order"]);
    bench.fit("told.csv", &two, &[&held[..], &["--day-order", "mdy"]].concat());
    bench.fails("soon.csv", timed(&|m, d| format!("soon {m} {d}")), &held).says(&["--time", "in row 1"]);
    // Nothing is left to learn from, and why.
    let same =
        bench.fails("one.csv", timed(&|m, d| format!("2023-{m:02}-{d:02}")), &[&held[..], &["--id", "flag"]].concat());
    same.says(&["0 rows to learn from", "neither side"]);
}

#[test]
fn a_flag_that_is_blank_or_not_is_a_feature() {
    let bench = Bench::new();
    let flags = |blank: &str| {
        let line = |_, _, flag, event| format!("{},{}\n", if flag { "Y" } else { blank }, bad(event));
        format!("flag,bad\n{}", rows(line))
    };
    let (blank, no) = (bench.fit("blank.csv", flags(""), &[]), bench.fit("no.csv", flags("N"), &[]));
    assert_eq!(blank.features(), ["flag"]);
    assert!((blank.auc() - no.auc()).abs() < 1e-9, "{} {}", blank.auc(), no.auc());
}

#[test]
fn every_value_of_the_target_is_declared() {
    let bench = Bench::new();
    let third = plain().replacen(",0\n", ",2\n", 40);
    bench.fails("third.csv", &third, &[]).says(&["\"2\" × ", "\"0\" × ", "--no-event", "--indeterminate"]);
    let ran = bench.fit("third.csv", &third, &["--no-event", "0", "--indeterminate", "2"]);
    ran.says(&["neither: \"2\" × ", "no event: \"0\" × "]);
    let open = third.lines().filter(|line| line.ends_with(",2")).count();
    ran.says(&[&format!("800 rows scored, {} learnt from", 800 - open)]);
    bench.fails("third.csv", &third, &["--no-event", "0"]).says(&["\"2\" × "]);
    bench.fails("third.csv", &third, &["--no-event", "0,2,3"]).says(&["--no-event 3"]);
    bench.fit("floats.csv", plain().replace(",1\n", ",1.0\n").replace(",0\n", ",0.0\n"), &[]);
    let amount = ["--target", "income", "--event", "5000"];
    let numbers = plain().replacen("\n", "\n5000,0.5,Y,0\n", 1);
    bench.fails("amount.csv", numbers, &amount).says(&["different numbers", "not", "how much", "--target"]);
    let private = "who,x,bad\n".to_owned() + &"320106198706150217,1,0\n320106198706150218,2,1\n".repeat(30);
    let refused = bench.fails("private.csv", private, &["--target", "who", "--event", "no"]);
    assert!(!refused.errors.contains("198706"), "{}", refused.errors);
}

#[test]
fn weights_of_nothing_and_scales_of_weights_change_nothing() {
    let bench = Bench::new();
    let weighted = |scale: f64, more: &str| {
        let line = |row, [income, used]: [f64; 2], flag, event| {
            format!(
                "{income},{used},{},{},{}\n",
                if flag { "Y" } else { "N" },
                scale * (1 + row % 3) as f64,
                bad(event)
            )
        };
        format!("income,used,flag,wt,bad\n{more}{}", rows(line))
    };
    let clean = bench.fit("clean.csv", weighted(1.0, ""), &["--weight", "wt"]);
    let absent = "99999,0.01,Y,0,1\n".repeat(200);
    let zero = bench.fit("zero.csv", weighted(1.0, &absent), &["--weight", "wt"]);
    zero.says(&["200 rows of weight 0"]);
    for (name, ran) in [("zero", zero), ("ten", bench.fit("ten.csv", weighted(10.0, ""), &["--weight", "wt"]))] {
        assert_eq!(ran.file("model.json"), clean.file("model.json"), "{name}");
    }
}

#[test]
fn a_weight_that_is_none_is_named_and_no_scale_is_too_small() {
    let bench = Bench::new();
    let weighted = |wrong: &str, scale: &str| {
        let line = |row: usize, [income, used]: [f64; 2], _, event| {
            let weight = if row % 100 == 7 { wrong.to_owned() } else { format!("{}{scale}", 1 + row % 3) };
            format!("{income},{used},{weight},{}\n", bad(event))
        };
        format!("income,used,wt,bad\n{}", rows(line))
    };
    for (name, wrong) in [("minus.csv", "-3"), ("inf.csv", "inf"), ("blank.csv", ""), ("word.csv", "many")] {
        let ran = bench.fails(name, weighted(wrong, ""), &["--weight", "wt"]);
        ran.says(&["--weight wt: 8 rows have no weight", "row 8"]);
        assert_eq!(ran.code, Some(1), "{}", ran.errors);
    }
    bench.fails("zero.csv", weighted("0", "e-400"), &["--weight", "wt"]).says(&["--weight wt: every row"]);
    let plain = bench.fit("plain.csv", weighted("2", ""), &["--weight", "wt"]);
    for scale in ["e-300", "e300"] {
        let scaled =
            bench.fit(&format!("scaled{scale}.csv"), weighted(&format!("2{scale}"), scale), &["--weight", "wt"]);
        assert!((scaled.auc() - plain.auc()).abs() < 1e-9, "{scale}: {} {}", scaled.auc(), plain.auc());
        assert_eq!(scaled.features(), plain.features());
        assert!(!scaled.file("validation.json").contains("null"), "{scale}");
    }
}

#[test]
fn what_is_held_out_and_what_no_row_has_is_said() {
    let bench = Bench::new();
    let timed = |row: usize, [income, used]: [f64; 2], _, event| {
        format!("{income},{used},2023-{:02}-05,{}\n", row / 70 + 1, bad(event))
    };
    let table = format!("income,used,when,bad\n{}", rows(timed));
    let ran = bench.fit("months.csv", &table, &["--time", "when", "--holdout", "0.3"]);
    ran.says(&["held out: 240 of 800 rows, those of 2023-09 and later, where 30 % were asked for"]);
    bench.fit("drawn.csv", &table, &["--drop", "when", "--holdout", "0.3"]).says(&["rows, drawn, where 30 %"]);
    let ran =
        bench.fit("unmet.csv", plain(), &["--indeterminate", "open", "--missing", "keine", "--special", "income=-9"]);
    ran.says(&[
        "--indeterminate open: no row of bad has it",
        "--missing keine: no cell of the table holds it",
        "--special income=-9: no row has it",
    ]);
    let mixed = table.replacen("2023-01-05", "1/15/2023", 1);
    bench.fails("mixed.csv", mixed, &["--time", "when"]).says(&["days of two orders", "\"1/15/2023\" in row 1"]);
}

#[test]
fn what_tells_too_much_or_nothing_is_said() {
    let bench = Bench::new();
    let line = |row, [income, used]: [f64; 2], flag, event| {
        let (settled, note) = (if event { "" } else { "2024-03-01" }, if event { "c" } else { "ok" });
        format!(
            "{},K{row}x,{income},{used},{},2023-{:02}-05,{settled},{note},7,{}\n",
            row + 1,
            if flag { "Y" } else { "N" },
            row / 70 + 1,
            bad(event)
        )
    };
    let table = format!(",key,income,used,flag,when,settled,note,same,bad\n{}", rows(line));
    let ran = bench.fit("leaks.csv", table, &["--time", "when"]);
    ran.says(&[
        "warning: note alone ranks the outcome",
        "warning: settled alone ranks the outcome",
        "warning: settled is later than when in",
        "column_1",
        "an identifier",
        "one value in every row",
    ]);
    bench.fit("sex.csv", plain().replacen("flag", "sex", 1), &[]).says(&["warning: sex says \"sex\"", "--drop sex"]);
    bench.fails("alone.csv", "bad\n".to_owned() + &"1\n0\n".repeat(30), &[]).says(&["no column is left"]);
    let noise = (0..300).map(|row| format!("{},{}\n", (row * 7919) % 301, usize::from((row * 7907) % 3 == 0)));
    let noise = format!("x,bad\n{}", noise.collect::<String>());
    let ran = bench.fails("noise.csv", noise, &[]);
    assert!(matches!(ran.code, Some(1 | 2)));
    ran.says(&["none of 1 features informative (x: ", "300 known"]);
}

#[test]
fn bins_kinds_and_trends_are_chosen() {
    let bench = Bench::new();
    let few = bench.fit("few.csv", plain(), &["--max-bins", "2"]);
    let bins = |ran: &Ran, name: &str| ran.file("bins.csv").lines().filter(|line| line.starts_with(name)).count();
    assert!(bins(&few, "income,") <= 2 && bins(&few, "used,") <= 2);
    let coarse = bench.fit("coarse.csv", plain(), &["--min-share", "0.3"]);
    assert!(bins(&coarse, "used,") <= 3);
    bench.fit("trend.csv", plain(), &["--trend", "used=ascending"]);
    bench.fails("trend.csv", plain(), &["--trend", "used=up"]).says(&["ascending", "descending"]);
    bench.fails("trend.csv", plain(), &["--trend", "flag=ascending"]).says(&["--numeric"]);
    bench.fails("kinds.csv", plain(), &["--categorical", "nothing"]).says(&["no column nothing"]);
    bench.fails("kinds.csv", plain(), &["--categorical", "bad"]).says(&["--target"]);
    let line = |_, _, flag, event| format!("{},{}\n", if flag { 7 } else { 3 }, bad(event));
    let codes = format!("code,bad\n{}", rows(line));
    let ran = bench.fit("codes.csv", &codes, &["--categorical", "code"]);
    assert!(ran.file("columns.csv").contains("code,category,feature"), "{}", ran.file("columns.csv"));
    let ran = bench.fit("codes.csv", &codes, &["--special", "*=3;7"]);
    assert_eq!(bins(&ran, "code,special"), 2, "{}", ran.file("bins.csv"));
}

#[test]
fn scores_carry_ids_and_what_cards_without_them_say() {
    let bench = Bench::new();
    let line = |row, [income, used]: [f64; 2], flag, event| {
        format!("P{},{income},{used},{},{}\n", row % 300, if flag { "Y" } else { "N" }, bad(event))
    };
    let ran = bench.fit("ids.csv", format!("who,income,used,flag,bad\n{}", rows(line)), &["--id", "who"]);
    let scores = ran.file("scores.csv");
    let mut lines = scores.lines();
    assert_eq!(lines.next(), Some("row,id,score,probability,held_out_probability"));
    assert!(lines.clone().all(|line| line.split(',').count() == 5 && !line.ends_with(',')));
    assert!(lines.next().unwrap().starts_with("1,P0,"), "{scores}");
}

#[test]
fn names_of_outputs_are_said_where_they_change() {
    let bench = Bench::new();
    let table = plain().replacen("income,used", "score,points_flag", 1);
    let ran = bench.fit("names.csv", table, &[]);
    ran.says(&["the table has a column score, so the card's own output is called card_score"]);
    let sql = ran.file("model.sql");
    assert!(sql.contains(" AS card_score\n") && sql.contains("AS \"card_points_flag\""), "{sql}");
    assert!(ran.file("model.pmml").contains("<OutputField name=\"card_score\""));
}

fn scored(folder: &Path) -> Vec<(String, String)> {
    let text = read(folder, "scores.csv");
    let cells = |line: &str| line.split(',').map(str::to_owned).collect::<Vec<_>>();
    text.lines().skip(1).map(|line| (cells(line)[1].clone(), cells(line)[2].clone())).collect()
}

#[test]
fn a_saved_card_scores_new_rows_and_says_what_it_never_met() {
    let bench = Bench::new();
    let fitted = bench.fit("loans.csv", plain(), &[]);
    let model = fitted.folder.join("model.json");
    let model = ["--model", model.to_str().unwrap()];
    let again = bench.run("score-table", ("again.csv", plain().as_bytes()), &model);
    assert_eq!(again.code, Some(0), "{}", again.errors);
    assert_eq!(scored(&again.folder), scored(&fitted.folder));

    let new = "who,used,flag\nA,\"12%\",Y\nB,无,maybe\nC,0.4,\n";
    let ran = bench.run("score-table", ("new.csv", new.as_bytes()), &[&model[..], &["--id", "who"]].concat());
    assert_eq!(ran.code, Some(0), "{}", ran.errors);
    ran.says(&[
        "warning: no column income: unknown in all 3 rows",
        "1 rows with 1 levels that the card never met (a text of 5 characters)",
        "\"无\" × 1 from row 2",
        "1 with a percent sign",
    ]);
    let scores = ran.file("scores.csv");
    assert!(scores.starts_with("row,id,score,probability,known_share\n1,A,"), "{scores}");
    let line: Value = serde_json::from_str(&ran.said).unwrap();
    assert_eq!((line["rows"].as_u64(), line["unmet_levels"].as_u64()), (Some(3), Some(1)));

    assert!(line["beyond_range"].as_object().unwrap().is_empty(), "{line}");

    let far = "income,used,flag\n500,0.5,Y\n5000,0.5,Y\n99999,0.5,N\n1e9,0.5,N\n,0.5,N\n";
    let ran = bench.run("score-table", ("far.csv", far.as_bytes()), &model);
    ran.says(&[
        "warning: income: 1 rows below 10",
        " points each) and 2 above 99",
        "beyond all that the card learnt from",
    ]);
    let line: Value = serde_json::from_str(&ran.said).unwrap();
    assert_eq!(line["beyond_range"], serde_json::json!({ "income": { "below": 1, "above": 2 } }));

    let other = bench.run("score-table", ("other.csv", b"a,b\n1,2\n"), &model);
    assert!(matches!(other.code, Some(1 | 2)));
    other.says(&["none of the card's columns", "it has a, b"]);
    let cut = bench.0.path().join("cut.json");
    std::fs::write(&cut, &fitted.file("model.json")[..500]).unwrap();
    let cut = bench.run("score-table", ("new.csv", new.as_bytes()), &["--model", cut.to_str().unwrap()]);
    assert!(matches!(cut.code, Some(1 | 2)));
    cut.says(&["cut.json"]);
}

/// The small inputs of public bug reports, where the folder with them stands beside the clone.
#[test]
fn reported_tables_give_their_right_values() {
    let bench = Bench::new();
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/cases");
    if !cases.is_dir() {
        println!("skipped: no folder shared/cases beside the clone");
        return;
    }
    let fit = |file: &str, more: &[&str]| {
        let table = std::fs::read(cases.join(file)).unwrap();
        bench.fit(&file.replace('/', "-"), table, more)
    };
    let clean = fit("10-inf/clean.csv", &[]);
    for file in ["10-inf/inf.csv", "11-number-dress/thousands.csv", "11-number-dress/wu.csv"] {
        let ran = fit(file, &[]);
        assert_eq!(ran.features(), clean.features(), "{file}");
        assert!((ran.auc() - clean.auc()).abs() < 0.02, "{file}: {} {}", ran.auc(), clean.auc());
    }
    let held = ["--time", "when", "--holdout", "0.25"];
    let (iso, slash) = (fit("12-time-order/iso.csv", &held), fit("12-time-order/slash.csv", &held));
    assert_eq!(iso.file("validation.json"), slash.file("validation.json"));
    assert!((slash.auc() - 0.611).abs() < 0.01, "{}", slash.auc());
    let (regular, special) = (fit("15-all-special/t.csv", &[]), fit("15-all-special/t.csv", &["--special", "k=1;2;3"]));
    assert!((regular.auc() - special.auc()).abs() < 0.01 && special.features() == ["k", "v"], "{}", special.auc());
    fit("17-output-names/score.csv", &[]).says(&["card_score"]);
    let clean = fit("18-weights/clean.csv", &["--weight", "wt"]).file("model.json");
    assert_eq!(fit("18-weights/zero.csv", &["--weight", "wt"]).file("model.json"), clean);
    let tenfold = fit("18-weights/times10.csv", &["--weight", "wt"]).file("model.json");
    let text = std::fs::read_to_string(cases.join("18-weights/times10.csv")).unwrap();
    let tenth = |line: &str| match line.rsplit_once(',') {
        Some((rest, weight)) => {
            format!("{rest},{}\n", weight.parse().map_or("wt".to_owned(), |w: f64| (w / 10.0).to_string()))
        }
        None => String::new(),
    };
    let ran = bench.fit("tenth.csv", text.lines().map(tenth).collect::<String>(), &["--weight", "wt"]);
    assert_eq!(ran.file("model.json"), tenfold);
    let (blank, no) = (fit("22-flag/y_blank.csv", &[]), fit("22-flag/y_n.csv", &[]));
    assert!((blank.auc() - no.auc()).abs() < 1e-9 && blank.features().contains(&"flag".to_owned()), "{}", blank.auc());

    let status = ["--target", "status", "--event", "1"];
    let recupera = std::fs::read(cases.join("real/recupera.csv")).unwrap();
    bench.fit("recupera.csv", &recupera, &status).says(&["warning: tempo_pag alone", "column_1", "an identifier"]);
    let refused = bench.fails("recupera.csv", recupera, &[&status[..], &["--drop", "tempo_pag"]].concat());
    assert!(matches!(refused.code, Some(1 | 2)));
    refused.says(&["none of 1 features informative (consulta: ", "an identifier", "--drop"]);

    let invoices = std::fs::read_to_string(cases.join("real/receivables/in/receivables.csv")).unwrap();
    let mut lines = invoices.lines();
    let late = |line: &str| u8::from(line.rsplit(',').next() != Some("0"));
    let head = lines.next().unwrap();
    let labelled: String = lines.map(|line| format!("{line},{}\n", late(line))).collect();
    let labelled = format!("{head},late\n{labelled}");
    let asked = ["--target", "late", "--time", "InvoiceDate", "--holdout", "0.25", "--drop", "DaysLate,DaysToSettle"];
    let ran = bench.fit("receivables.csv", &labelled, &asked);
    let report: Value = serde_json::from_str(&ran.file("validation.json")).unwrap();
    let periods = report["periods"].as_array().unwrap();
    assert!(periods.iter().all(|period| period["period"].as_str().unwrap() >= "2013-05"), "{periods:?}");
    ran.says(&["warning: SettledDate is later than InvoiceDate in"]);
    let grouped = bench.fails("receivables.csv", labelled, &[&asked[..], &["--id", "customerID"]].concat());
    grouped.says(&["0 rows to learn from", "neither side"]);
}
