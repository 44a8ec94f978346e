//! A card scores alike after save and load, one row at a time, from SQL and from PMML.

use std::path::Path;
use std::process::Command;

use polars::prelude::*;
use wherewithal::domain::Share;
use wherewithal::features::{FeatureTable, TableRoles};
use wherewithal::model::{
    self, AdditiveParams, BinningParams, CalibrationMethod, Calibrator, DeployedTable, Scorecard, ScorecardParams,
    SpecialCode, Target, UnknownTexts, Unseen,
};
use wherewithal::score::{Scorer, ScorerParams};
use wherewithal::tabular::{ColumnKind, TableParams, WrittenTable};

/// Names that quoting must carry, in SQL, XML and CSV.
const INCOME: &str = "月收入 \"net\" <k€>";
const HOUSING: &str = "housing & tenure";
const LEVELS: [&str; 7] = ["own", "rent", "o'clock", "a \"b\" <c> & d", "自有", "boat", "tent"];

/// A repeatable number between 0 and 1.
fn chance(row: usize, salt: u64) -> f64 {
    let mixed = (row as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ salt.wrapping_mul(0xd1b5_4a32_d192_ed03);
    let mixed = (mixed ^ (mixed >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    ((mixed ^ (mixed >> 32)) >> 11) as f64 / (1u64 << 53) as f64
}

struct Rows {
    income: Vec<Option<f64>>,
    age: Vec<Option<f64>>,
    housing: Vec<Option<&'static str>>,
}

/// Rows with gaps, special codes, and levels up to `levels` of the list.
fn rows(n: usize, (salt, levels): (u64, usize)) -> Rows {
    let income = |row: usize| match chance(row, salt) {
        c if c < 0.08 => None,
        c if c < 0.15 => Some(-99.0),
        c if c < 0.20 => Some(-98.0),
        _ => Some((chance(row, salt + 1) * 200.0).round() / 2.0),
    };
    Rows {
        income: (0..n).map(income).collect(),
        age: (0..n).map(|row| (chance(row, salt + 2) > 0.1).then(|| 18.0 + 60.0 * chance(row, salt + 3))).collect(),
        housing: (0..n)
            .map(|row| (chance(row, salt + 4) > 0.1).then(|| LEVELS[(chance(row, salt + 5) * levels as f64) as usize]))
            .collect(),
    }
}

impl Rows {
    fn table(&self) -> FeatureTable {
        let columns = vec![
            Column::new(INCOME.into(), &self.income),
            Column::new("age".into(), &self.age),
            Column::new(HOUSING.into(), &self.housing),
        ];
        FeatureTable::from_frame(DataFrame::new(self.age.len(), columns).unwrap(), &TableRoles::default()).unwrap()
    }

    fn target(&self) -> Target {
        let paid = (0..self.age.len()).map(|row| {
            let income = self.income[row].map_or(0.3, |x| if x < 0.0 { 0.6 } else { x / 110.0 });
            let age = self.age[row].map_or(0.0, |age| (age - 48.0).abs() / 100.0);
            let housing = self.housing[row].map_or(0.0, |level| level.len() as f64 / 80.0);
            chance(row, 77) < (0.1 + 0.7 * income - age + housing).clamp(0.02, 0.98)
        });
        Target::new(paid).unwrap()
    }

    fn csv(&self) -> String {
        let mut csv = csv::Writer::from_writer(Vec::new());
        csv.write_record([INCOME, "age", HOUSING]).unwrap();
        let text = |value: &Option<f64>| value.map(|x| x.to_string()).unwrap_or_default();
        for ((income, age), housing) in self.income.iter().zip(&self.age).zip(&self.housing) {
            csv.write_record([&text(income), &text(age), housing.unwrap_or_default()]).unwrap();
        }
        String::from_utf8(csv.into_inner().unwrap()).unwrap()
    }
}

fn card(method: CalibrationMethod, unseen: Unseen) -> Scorecard {
    let learnt = rows(6000, (3, 5));
    let codes = vec![SpecialCode::Number(-99.0), SpecialCode::Number(-98.0)];
    let params = ScorecardParams::default()
        .binning(BinningParams::default().unseen(unseen))
        .bin_feature(INCOME, BinningParams::default().special_codes(codes).unseen(unseen))
        .calibration(method)
        .calibration_folds(3);
    model::fit(&learnt.table(), &learnt.target(), &params).unwrap()
}

fn scorer(card: &Scorecard) -> Scorer {
    let all = ScorerParams::default().keep_points(true).min_known_share(Share::new(0.0).unwrap());
    Scorer::with(card, all).unwrap()
}

/// A card and rows it never met, with what it says of them, as files.
fn written(card: &Scorecard, rows: &Rows, folder: &Path) {
    let scores = scorer(card).score(&rows.table()).unwrap();
    let below: Vec<String> = card.features().iter().map(|feature| format!("below:{}", feature.name())).collect();
    let mut csv = csv::Writer::from_path(folder.join("scores.csv")).unwrap();
    let head = ["row", "score", "probability"].map(str::to_owned).into_iter();
    csv.write_record(head.chain(below)).unwrap();
    for row in 0..scores.height() {
        let (score, probability) = (scores.score(row).unwrap().0, scores.probability(row).unwrap().value());
        let points = card.features().iter().zip(scores.feature_points(row).unwrap());
        let below = points.map(|(feature, points)| (feature.typical_points().0 - points).to_string());
        let head = [(row + 1).to_string(), score.to_string(), probability.to_string()].into_iter();
        csv.write_record(head.chain(below)).unwrap();
    }
    csv.flush().unwrap();
    std::fs::write(folder.join("rows.csv"), rows.csv()).unwrap();
    std::fs::write(folder.join("model.json"), card.to_json().unwrap()).unwrap();
    std::fs::write(folder.join("model.sql"), card.to_sql("rows")).unwrap();
    std::fs::write(folder.join("model.pmml"), card.to_pmml().unwrap()).unwrap();
}

/// Runs one of the scripts, which say what they skip; its answer must be 0. Where an interpreter was named to run them
/// with, a skip is a failure.
pub(crate) fn check(script: &str, folder: &Path) {
    check_table(script, (folder, "rows.csv"));
}

fn check_table(script: &str, (folder, table): (&Path, &str)) {
    let chosen = std::env::var("WHEREWITHAL_PYTHON").ok().filter(|python| !python.is_empty());
    let must_run = chosen.is_some();
    let python = chosen.unwrap_or_else(|| "python3".to_owned());
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/peers").join(script);
    let run = Command::new(&python).arg(path).arg(folder.join(table)).arg(folder).output();
    let Ok(run) = run else {
        println!("skipped {script}: no {python} here");
        return;
    };
    let (said, errors) = (String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
    print!("{script}: {said}");
    assert!(run.status.success(), "{said}{errors}");
    assert!(!must_run || !said.contains("skipped"), "{said}{errors}");
}

#[test]
fn sql_and_pmml_score_rows_never_met_as_the_card_does() {
    let met = rows(4000, (900, LEVELS.len()));
    for (method, unseen) in [
        (CalibrationMethod::Platt, Unseen::Neutral),
        (CalibrationMethod::Beta, Unseen::Worst),
        (CalibrationMethod::Isotonic, Unseen::Rest),
        (CalibrationMethod::Curve, Unseen::Worst),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let card = card(method, unseen);
        assert_eq!(card.features().len(), 3, "{:?}", card.excluded());
        written(&card, &met, folder.path());
        check("sql_check.py", folder.path());
        check("pmml_check.py", folder.path());
    }
}

/// Cells as people write them: blanks of every kind around levels, words for "unknown", infinite numbers.
const CELLS: [&str; 14] = [
    "A",
    " A",
    "A ",
    "\tB",
    "B\u{3000}",
    "\u{a0}B\u{2003}",
    "C",
    "\u{85}C\n",
    "",
    "  ",
    "n/a",
    " #N/A",
    "keine",
    "Keine",
];

fn as_written(n: usize, salt: u64) -> String {
    let line = |row: usize| {
        let cell = CELLS[(chance(row, salt) * CELLS.len() as f64) as usize];
        let number = match chance(row, salt + 1) {
            c if c < 0.04 => "inf".to_owned(),
            c if c < 0.08 => "-Infinity".to_owned(),
            c if c < 0.12 => String::new(),
            _ => format!("{:.1}", 100.0 * chance(row, salt + 2)),
        };
        format!("\"{cell}\",{number},{:.1}\n", 9.0 * chance(row, salt + 3))
    };
    format!("grade,income,age\n{}", (0..n).map(line).collect::<String>())
}

/// The table as `fit` and `score-table` read it.
fn read_as_written(text: &str, params: &TableParams) -> FeatureTable {
    let written = WrittenTable::from_bytes("rows.csv", text.as_bytes().to_vec(), params).unwrap();
    let kinds = [ColumnKind::Category, ColumnKind::Number, ColumnKind::Number];
    let columns = written.columns().iter().zip(kinds).map(|(column, kind)| {
        let read = column.read(Some(kind), params);
        match kind {
            ColumnKind::Number => Column::new(read.name.into(), &read.numbers),
            _ => Column::new(read.name.into(), &read.levels),
        }
    });
    let frame = DataFrame::new(written.height(), columns.collect()).unwrap();
    FeatureTable::from_frame(frame, &TableRoles::default()).unwrap()
}

#[test]
fn a_cell_has_one_score_however_it_is_written() {
    let params = TableParams::default().missing(vec!["keine".to_owned()]);
    let text = as_written(4000, 50);
    let learnt = read_as_written(&text, &params);
    let level = |row: usize| CELLS[(chance(row, 50) * CELLS.len() as f64) as usize].trim();
    let paid = (0..4000).map(|row| {
        let by_level = match level(row) {
            "A" => 0.5,
            "B" => 0.2,
            "" => -0.1,
            _ => 0.0,
        };
        chance(row, 99) < 0.25 + by_level + if chance(row, 51) < 0.08 { 0.2 } else { 0.002 * 100.0 * chance(row, 52) }
    });
    let target = Target::new(paid.collect::<Vec<_>>()).unwrap();
    let (any_case, exact) = params.unknown_texts();
    let table = DeployedTable::new("rows").as_written(UnknownTexts { any_case, exact });
    let pairs = AdditiveParams::default().bags(3).max_rounds(60);
    for card in [
        model::fit(&learnt, &target, &ScorecardParams::default()).unwrap(),
        model::fit(&learnt, &target, &model::Learner::from(pairs)).unwrap(),
    ] {
        assert!(card.feature("grade").is_some() && card.feature("income").is_some(), "{:?}", card.excluded());
        let folder = tempfile::tempdir().unwrap();
        let met = as_written(2000, 700);
        let scores = scorer(&card).score(&read_as_written(&met, &params)).unwrap();
        let mut csv = "row,score,probability\n".to_owned();
        for row in 0..scores.height() {
            let (score, probability) = (scores.score(row).unwrap().0, scores.probability(row).unwrap().value());
            csv += &format!("{},{score},{probability}\n", row + 1);
        }
        std::fs::write(folder.path().join("scores.csv"), csv).unwrap();
        std::fs::write(folder.path().join("rows.csv"), met).unwrap();
        std::fs::write(folder.path().join("model.json"), card.to_json().unwrap()).unwrap();
        let (sql, pmml) = (card.to_sql_of(&table), card.to_pmml_of(&table).unwrap());
        // Where no evaluator is at hand, the query at least reads the cells it must.
        assert!(
            sql.contains("AS \"level_grade\"") && sql.contains("NOT IN ('', 'NA'") && sql.contains("NOT IN ('keine')")
        );
        assert!(
            sql.contains("OR NOT +r.\"income\" BETWEEN -1.7976931348623157e308 AND 1.7976931348623157e308")
                && pmml.contains("name=\"level_grade\"")
        );
        std::fs::write(folder.path().join("model.sql"), sql).unwrap();
        std::fs::write(folder.path().join("model.pmml"), pmml).unwrap();
        check("sql_check.py", folder.path());
        check("pmml_check.py", folder.path());
    }
}

/// Features called as the outputs are, in a table called as one of the query's parts is.
#[test]
fn columns_called_as_outputs_take_no_output_s_place() {
    let n = 3000;
    let score: Vec<f64> = (0..n).map(|row| (100.0 * chance(row, 1)).round()).collect();
    let util: Vec<f64> = (0..n).map(|row| (100.0 * chance(row, 2)).round()).collect();
    let points: Vec<&str> = (0..n).map(|row| ["a", "b", "c"][(3.0 * chance(row, 3)) as usize]).collect();
    let paid = (0..n)
        .map(|row| chance(row, 4) < (score[row] + util[row]) / 300.0 + if points[row] == "a" { 0.3 } else { 0.0 });
    let target = Target::new(paid.collect::<Vec<_>>()).unwrap();
    let columns = vec![
        Column::new("score".into(), &score),
        Column::new("Probability".into(), &util),
        Column::new("log_odds".into(), &util.iter().map(|x| (x * 7.0) % 50.0).collect::<Vec<_>>()),
        Column::new("points_score".into(), &points),
    ];
    let table = FeatureTable::from_frame(DataFrame::new(n, columns).unwrap(), &TableRoles::default()).unwrap();
    for method in [CalibrationMethod::Curve, CalibrationMethod::Isotonic] {
        let params = ScorecardParams::default().calibration(method);
        let card = model::fit(&table, &target, &params).unwrap();
        let names = card.output_names(&["row_number", "card_score"]);
        assert_eq!((names.score.as_str(), names.probability.as_str()), ("card_card_score", "card_probability"));
        assert!(names.points.contains(&"card_points_score".to_owned()), "{names:?}");

        let folder = tempfile::tempdir().unwrap();
        let scores = scorer(&card).score(&table).unwrap();
        let mut rows = "score,Probability,log_odds,points_score\n".to_owned();
        let mut csv = "row,score,probability\n".to_owned();
        for row in 0..n {
            rows += &format!("{},{},{},{}\n", score[row], util[row], (util[row] * 7.0) % 50.0, points[row]);
            let (score, probability) = (scores.score(row).unwrap().0, scores.probability(row).unwrap().value());
            csv += &format!("{},{score},{probability}\n", row + 1);
        }
        // A table called `points` meets a part of the query called so.
        std::fs::write(folder.path().join("points.csv"), rows).unwrap();
        std::fs::write(folder.path().join("scores.csv"), csv).unwrap();
        std::fs::write(folder.path().join("model.json"), card.to_json().unwrap()).unwrap();
        std::fs::write(folder.path().join("model.sql"), card.to_sql("points")).unwrap();
        std::fs::write(folder.path().join("model.pmml"), card.to_pmml().unwrap()).unwrap();
        check_table("sql_check.py", (folder.path(), "points.csv"));
        check_table("pmml_check.py", (folder.path(), "points.csv"));
    }
}

#[test]
fn a_saved_card_scores_alike_in_a_batch_and_one_row_at_a_time() {
    let met = rows(1500, (500, LEVELS.len())).table();
    let card = card(CalibrationMethod::Curve, Unseen::Worst);
    let loaded = Scorecard::from_json(&card.to_json().unwrap()).unwrap();
    let (first, again) = (scorer(&card).score(&met).unwrap(), scorer(&loaded).score(&met).unwrap());
    let single = scorer(&loaded);
    for row in 0..met.height() {
        let alone = single.score(&met.rows(&[row]).unwrap()).unwrap();
        assert_eq!((first.score(row), first.probability(row)), (again.score(row), again.probability(row)));
        assert_eq!((first.score(row), first.probability(row)), (alone.score(0), alone.probability(0)));
        assert_eq!(first.feature_points(row), alone.feature_points(0));
    }
}

#[test]
fn every_calibrator_is_monotone_and_survives_its_stored_form() {
    use CalibrationMethod::{Beta, Curve, Isotonic, Platt};
    for method in [Platt, Beta, Isotonic, Curve] {
        let card = card(method, Unseen::Rest);
        let calibrator = card.calibrator();
        let fits = match method {
            Platt => matches!(calibrator, Calibrator::Platt { .. }),
            Beta => matches!(calibrator, Calibrator::Beta { .. }),
            Isotonic => matches!(calibrator, Calibrator::Isotonic { .. }),
            Curve => matches!(calibrator, Calibrator::Curve { .. }),
        };
        assert!(fits, "{method:?}: {calibrator:?}");
        let by_score: Vec<f64> =
            (-2000..3000).map(|score| card.probability(wherewithal::domain::Points(score)).value()).collect();
        assert!(by_score.is_sorted() && by_score[0] < 0.2 && by_score[4999] > 0.8, "{method:?}");
        assert_eq!(
            &serde_json::from_str::<Calibrator>(&serde_json::to_string(calibrator).unwrap()).unwrap(),
            calibrator
        );
        let held_out = card.held_out().unwrap();
        assert!(held_out.ece.value < 0.03, "{method:?}: {}", held_out.ece);
    }
}

#[test]
fn a_level_that_xml_cannot_carry_is_refused_with_the_reason() {
    let levels: Vec<&str> = (0..600).map(|row| if row % 2 == 0 { "a\tb" } else { "c" }).collect();
    let frame = DataFrame::new(600, vec![Column::new("x".into(), levels)]).unwrap();
    let table = FeatureTable::from_frame(frame, &TableRoles::default()).unwrap();
    let target = Target::new((0..600).map(|row| row % 2 == 0 && row % 3 > 0)).unwrap();
    let card = model::fit(&table, &target, &ScorecardParams::default()).unwrap();
    let error = card.to_pmml().unwrap_err().to_string();
    assert!(error.contains("control characters") && error.contains(r"a\tb"), "{error}");
}
