//! `fit --target-amount` on a table as people write it, and `score-table` with the card.

use crate::own_table::{Bench, Ran};

/// Claims, a kind and what came in, written with separators; a column that is the amount in another form.
fn lots() -> String {
    let mut text = "claim,kind,came in,copy\n".to_owned();
    for row in 0..600_u32 {
        let (claim, kind) = (1_000 + 37 * (row * 7_919 % 400), ["house", "car", "wage"][(row % 3) as usize]);
        let share = [60, 30, 10][(row % 3) as usize];
        let received = claim * share / 100 + row * 31 % 40;
        let written = match row {
            5 => String::new(),
            6 => "unknown to us".to_owned(),
            7 => "inf".to_owned(),
            _ => format!("\"{},{:03}.50\"", received / 1_000, received % 1_000),
        };
        text += &format!("{claim},{kind},{written},{}\n", received * 3);
    }
    text
}

fn fit(bench: &Bench, more: &[&str]) -> Ran {
    bench.run("fit", ("lots.csv", lots().as_bytes()), &[&["--target-amount", "came in"], more].concat())
}

fn cells(text: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect()
}

#[test]
fn amounts_are_learnt_and_every_row_is_accounted_for() {
    let bench = Bench::new();
    let ran = fit(&bench, &["--drop", "copy"]);
    assert_eq!(ran.code, Some(0), "{}", ran.errors);
    ran.says(&[
        "target came in: amounts from",
        "1 infinite, read as missing",
        "3 rows without a known amount are scored, not learnt from",
        "600 rows scored, 597 learnt from, 597 judged by cards fitted without them",
        "held out: R² 0.9",
        "of the 597 rows judged",
        "the tenth of the rows with the largest predictions holds",
    ]);
    let line: serde_json::Value = serde_json::from_str(&ran.said).unwrap();
    assert!(line["r2"].as_f64().unwrap() > 0.95, "{line}");
    assert!((line["predicted"].as_f64().unwrap() / line["received"].as_f64().unwrap() - 1.0).abs() < 0.02, "{line}");
    let reasons = cells(&ran.file("reasons.csv"));
    assert_eq!(reasons.len(), 601);
    let scores = cells(&ran.file("scores.csv"));
    for (reason, score) in reasons.iter().zip(&scores).skip(1) {
        let numbers: Vec<f64> = reason.iter().map(|cell| cell.parse().unwrap()).collect();
        let sum: f64 = numbers[1..numbers.len() - 2].iter().sum();
        assert!((sum - numbers[numbers.len() - 2]).abs() < 1e-6, "{reason:?}");
        assert_eq!(reason.last(), score.get(2));
    }
    assert_eq!(scores.iter().filter(|row| row[3].is_empty()).count(), 3);
    for name in ["model.sql", "model.pmml", "bins.csv", "columns.csv", "validation.json"] {
        assert!(!ran.file(name).is_empty(), "{name}");
    }
}

#[test]
fn a_card_of_amounts_scores_a_table_alike_and_says_what_it_never_met() {
    let bench = Bench::new();
    let fitted = fit(&bench, &["--drop", "copy"]);
    let model = fitted.path("model.json");
    let model = ["--model", model.as_str()];
    let again = bench.run("score-table", ("again.csv", lots().as_bytes()), &model);
    assert_eq!(again.code, Some(0), "{}", again.errors);
    let (before, after) = (cells(&fitted.file("scores.csv")), cells(&again.file("scores.csv")));
    assert!(before.iter().zip(&after).skip(1).all(|(a, b)| a[1..3] == b[1..3]));
    let new = bench.run("score-table", ("new.csv", b"claim,kind\n1e9,boat\n,house\n"), &model);
    assert_eq!(new.code, Some(0), "{}", new.errors);
    new.says(&[
        "1 rows with 1 levels that the card never met",
        "adds",
        "rows have a sum below the least amount learnt from",
    ]);
    let named = [&model[..], &["--id", "id"]].concat();
    let named =
        bench.run("score-table", ("named.csv", b"id,claim,kind\na,1,house\na,2,house\n,3,house\nb,4,house\n"), &named);
    named.says(&["--id: 1 rows have none and 1 that of a row before"]);
}

#[test]
fn what_tells_the_amount_alone_is_warned_of_and_odd_targets_are_refused() {
    let bench = Bench::new();
    let ran = fit(&bench, &[]);
    ran.says(&["warning: copy alone parts the larger half of the amounts from the others with an AUC of 1.000"]);
    for (column, values, found) in [
        ("text", "slow", "most of its values are no numbers"),
        ("day", "2024-03-05", "it holds days, not amounts"),
        ("same", "7", "7 in each of 600 rows"),
        ("blank", "", "most of its values are no numbers"),
    ] {
        let table: String = (0..600).map(|row| format!("{row}.5,{values}\n")).collect();
        let table = format!("x,{column}\n{table}");
        let ran = bench.run("fit", ("odd.csv", table.as_bytes()), &["--target-amount", column]);
        assert!(matches!(ran.code, Some(1 | 2)), "{column}: {}", ran.errors);
        ran.says(&[found]);
    }
    for (more, found) in [
        (&["--learner", "woe"][..], "amounts are boosted"),
        (&["--event", "1"], "--target"),
        (&["--calibration", "platt"], "--calibration"),
        (&["--path"], "--path"),
        (&["--id", "came in"], "cannot be both --target-amount and --id"),
    ] {
        let ran = fit(&bench, more);
        assert_eq!(ran.code, Some(2), "{more:?}: {}", ran.errors);
        ran.says(&[found]);
    }
}

#[test]
fn holdouts_weights_and_parties_work_on_amounts() {
    let bench = Bench::new();
    // Two rows of each party.
    let who = |(row, line): (usize, &str)| match row {
        0 => format!("who,{line}\n"),
        _ => format!("P{},{line}\n", (row - 1) % 300),
    };
    let table: String = lots().lines().enumerate().map(who).collect();
    let asked = ["--drop", "copy", "--holdout", "0.3", "--weight", "claim", "--pairs", "0", "--id", "who"];
    let asked = [&["--target-amount", "came in"], &asked[..]].concat();
    let ran = bench.run("fit", ("parties.csv", table.as_bytes()), &asked);
    assert_eq!(ran.code, Some(0), "{}", ran.errors);
    ran.says(&["held out: ", "drawn, where 30 % were asked for"]);
    let line: serde_json::Value = serde_json::from_str(&ran.said).unwrap();
    assert_eq!(line["n_pairs"].as_u64(), Some(0));
    let mut held = std::collections::BTreeMap::<String, Vec<bool>>::new();
    // Rows 5 to 7 have no amount.
    for row in
        cells(&ran.file("scores.csv")).iter().skip(1).filter(|row| !["P5", "P6", "P7"].contains(&row[1].as_str()))
    {
        held.entry(row[1].clone()).or_default().push(row.last().is_some_and(|cell| !cell.is_empty()));
    }
    assert_eq!(held.len(), 297);
    assert!(held.values().all(|rows| rows.len() == 2 && rows[0] == rows[1]), "{held:?}");
    assert!(held.values().any(|rows| rows[0]) && held.values().any(|rows| !rows[0]));
}

#[test]
fn amounts_may_weigh_nothing_above_the_middle() {
    let bench = Bench::new();
    let line = |row: u32| format!("{},{},{}\n", row % 40, 10 * (row % 40) + row % 7, u32::from(row % 40 < 18));
    let table: String = (0..600).map(line).collect();
    let table = format!("x,paid,counts\n{table}");
    let ran = bench.run("fit", ("low.csv", table.as_bytes()), &["--target-amount", "paid", "--weight", "counts"]);
    assert_eq!(ran.code, Some(0), "{}", ran.errors);
    ran.says(&["330 rows of weight 0", "270 learnt from"]);
}

#[test]
fn reasons_have_a_column_for_each_feature_whatever_it_is_called() {
    let bench = Bench::new();
    let lots = lots().replacen("claim,kind,came in,copy", "base,Sum,came in,copy", 1);
    let ran = bench.run("fit", ("lots.csv", lots.as_bytes()), &["--target-amount", "came in", "--drop", "copy"]);
    assert_eq!(ran.code, Some(0), "{}", ran.errors);
    ran.says(&["reasons.csv: a feature is called base, so the card's own column is called card_base"]);
    let mut head = cells(&ran.file("reasons.csv"))[0].clone();
    for name in ["row", "base", "Sum", "card_base", "card_sum", "amount"] {
        assert_eq!(head.iter().filter(|column| *column == name).count(), 1, "{name} of {head:?}");
    }
    head.iter_mut().for_each(|name| name.make_ascii_lowercase());
    head.sort();
    assert!(head.windows(2).all(|pair| pair[0] != pair[1]), "{head:?}");
}

#[test]
fn a_card_that_predicts_worse_than_the_mean_says_so() {
    let bench = Bench::new();
    let mut table = "x,y,amount\n".to_owned();
    for row in 0..60_u64 {
        let drawn = |salt: u64| (row + 1).wrapping_mul(salt).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40;
        let amount = if row % 10 == 3 { 500_000 + drawn(7) % 1_000 } else { drawn(5) % 100 };
        table += &format!("{},{},{amount}\n", drawn(3) % 50, drawn(11) % 50);
    }
    let ran = bench.run("fit", ("noise.csv", table.as_bytes()), &["--target-amount", "amount"]);
    assert_eq!(ran.code, Some(0), "{}", ran.errors);
    let r2 = serde_json::from_str::<serde_json::Value>(&ran.said).unwrap()["r2"].as_f64().unwrap();
    let warned = ran.errors.contains("worse than the mean of all amounts");
    assert_eq!(warned, r2 < 0.0, "{r2}: {}", ran.errors);
    assert!(r2 < 0.0, "the table was to teach nothing: {r2}");
}
