//! Cards of amounts: reasons add up, saved and deployed cards predict alike, trends hold, and a known truth is found.

use std::path::Path;

use polars::prelude::*;
use wherewithal::Error;
use wherewithal::domain::Share;
use wherewithal::explain::explain_amount;
use wherewithal::features::{FeatureTable, TableRoles};
use wherewithal::model::{
    AdditiveParams, AmountCard, AmountTarget, BinningParams, Placement, ScorecardParams, SpecialCode, Splits, Trend,
    Unseen, cross_validate_amount, fit_amount,
};
use wherewithal::score::{AmountScorer, AmountScores, ScorerParams};

use crate::additive::chance;
use crate::deploy::check;

const USES: [&str; 4] = ["shop \"A\"", "flat & <yard>", "仓库", "none"];

/// Rows whose amounts have a known truth; income and floor space act together.
struct Lots {
    income: Vec<Option<f64>>,
    space: Vec<f64>,
    uses: Vec<Option<&'static str>>,
    amounts: Vec<f64>,
    truth: Vec<f64>,
}

impl Lots {
    fn new(rows: usize, salt: u64) -> Self {
        let draw = |row: usize, of: u64| chance(row, salt * 37 + of);
        let mut lots = Self {
            income: Vec::new(),
            space: (0..rows).map(|row| (draw(row, 2) * 200.0).round()).collect(),
            uses: Vec::new(),
            amounts: Vec::new(),
            truth: Vec::new(),
        };
        for row in 0..rows {
            let income = (draw(row, 1) * 9_000.0).round();
            let of_use = (draw(row, 3) * 4.0) as usize;
            let space = lots.space[row];
            let together = if income > 5_000.0 && space > 120.0 { 9_000.0 } else { 0.0 };
            let truth = 2.0 * income + (space - 100.0).powi(2) + [4_000.0, 0.0, 2_500.0, -3_000.0][of_use] + together;
            let noise = 2_000.0 * (draw(row, 4) + draw(row, 5) - 1.0);
            lots.income.push(match draw(row, 6) {
                gap if gap < 0.06 => None,
                gap if gap < 0.1 => Some(-99.0),
                _ => Some(income),
            });
            lots.uses.push((draw(row, 7) > 0.05).then_some(USES[of_use]));
            lots.truth.push(truth);
            lots.amounts.push((truth + noise).max(0.0));
        }
        lots
    }

    fn table(&self) -> FeatureTable {
        let columns = vec![
            Column::new("income".into(), &self.income),
            Column::new("space m²".into(), &self.space),
            Column::new("use".into(), &self.uses),
        ];
        FeatureTable::from_frame(DataFrame::new(self.space.len(), columns).unwrap(), &TableRoles::default()).unwrap()
    }

    fn target(&self) -> AmountTarget {
        AmountTarget::new(self.amounts.clone()).unwrap()
    }

    fn csv(&self) -> String {
        let mut csv = csv::Writer::from_writer(Vec::new());
        csv.write_record(["income", "space m²", "use"]).unwrap();
        for ((income, space), of_use) in self.income.iter().zip(&self.space).zip(&self.uses) {
            let income = income.map(|x| x.to_string()).unwrap_or_default();
            csv.write_record([&income, &space.to_string(), of_use.unwrap_or_default()]).unwrap();
        }
        String::from_utf8(csv.into_inner().unwrap()).unwrap()
    }
}

fn params() -> AdditiveParams {
    let income = BinningParams::default().special_codes(vec![SpecialCode::Number(-99.0)]);
    let card = ScorecardParams::default().bin_feature("income", income);
    AdditiveParams::default().card(card).bags(4).max_rounds(400).max_pairs(2)
}

fn card(lots: &Lots) -> AmountCard {
    fit_amount(&lots.table(), &lots.target(), &params()).unwrap()
}

fn predicted(card: &AmountCard, lots: &Lots) -> AmountScores {
    let all = ScorerParams::default().min_known_share(Share::new(0.0).unwrap());
    AmountScorer::new(card, all).unwrap().predict(&lots.table()).unwrap()
}

#[test]
fn reasons_add_up_to_the_sum_and_the_bounds_hold() {
    let lots = Lots::new(3_000, 1);
    let card = card(&lots);
    assert_eq!(card.features().count(), 3);
    assert!(card.pairs().any(
        |pair| pair.pair().features() == ["income", "space m²"] || pair.pair().features() == ["space m²", "income"]
    ));
    let (least, most) = card.bounds();
    let met = Lots::new(500, 9);
    let amounts = predicted(&card, &met);
    let table = met.table();
    let (mut below, mut above) = (0, 0);
    for row in 0..500 {
        let why = explain_amount(&card, &table, row).unwrap();
        let units: i64 = why.parts.iter().map(|part| i64::from(part.units)).sum();
        let base = card.unit().offset() + i64::from(card.table().base_points().0);
        assert_eq!(amounts.units(row), Some(base + units));
        assert_eq!((amounts.sum(row), amounts.amount(row)), (Some(why.sum), Some(why.amount)));
        assert!((why.base + why.parts.iter().map(|part| part.amount).sum::<f64>() - why.sum).abs() < 1e-6);
        assert_eq!(why.amount, why.sum.clamp(least, most));
        below += usize::from(why.sum < least);
        above += usize::from(why.sum > most);
    }
    assert!(below > 0, "some sums must be below nothing, or the bound is not tested");
    assert_eq!(amounts.beyond(), (below, above));
}

#[test]
fn a_known_truth_is_found_and_weighed_right() {
    let (learnt, met) = (Lots::new(6_000, 2), Lots::new(2_000, 3));
    let card = card(&learnt);
    let amounts = predicted(&card, &met);
    // Where every value is known: without the grid of income and space the error is 2,200; what is left lies along the
    // edge of the corner in which both act together, which a grid of twelve lines meets within a line.
    let known = (0..2_000).filter(|row| met.income[*row].is_some_and(|x| x >= 0.0) && met.uses[*row].is_some());
    let errors: Vec<f64> = known.map(|row| (amounts.amount(row).unwrap() - met.truth[row].max(0.0)).powi(2)).collect();
    let root = (errors.iter().sum::<f64>() / errors.len() as f64).sqrt();
    assert!(root < 1_200.0, "{root}");
    let splits = Splits::folds(learnt.target().upper(), 4, 1).unwrap();
    let held_out = cross_validate_amount(&learnt.table(), &learnt.target(), &splits, &params()).unwrap();
    let report = held_out.report(&learnt.target()).unwrap();
    let bags = card.held_out().unwrap();
    assert!((report.r2.value - bags.r2.value).abs() < 0.01, "{} {}", report.r2, bags.r2);
    assert!((report.predicted / report.received - 1.0).abs() < 0.01, "{} {}", report.predicted, report.received);
    assert!(
        report.deciles.iter().take(9).all(|tenth| (tenth.ratio().unwrap() - 1.0).abs() < 0.08),
        "{:?}",
        report.deciles
    );
    assert!(report.top_tenth.unwrap().value <= report.top_tenth_at_best.unwrap());
    assert_eq!(report.folds.len(), 4);
}

#[test]
fn amounts_follow_the_trend_beside_every_other_value() {
    let lots = Lots::new(3_000, 4);
    let params = params();
    let trends = params.card.clone().expect_trend("income", Trend::Ascending);
    let card = fit_amount(&lots.table(), &lots.target(), &params.card(trends)).unwrap();
    let frame = |income: f64, space: f64| {
        let columns = vec![
            Column::new("income".into(), [income]),
            Column::new("space m²".into(), [space]),
            Column::new("use".into(), ["none"]),
        ];
        FeatureTable::from_frame(DataFrame::new(1, columns).unwrap(), &TableRoles::default()).unwrap()
    };
    let scorer = AmountScorer::new(&card, ScorerParams::default()).unwrap();
    for space in [0.0, 60.0, 119.0, 121.0, 200.0] {
        let at = |step: i32| scorer.predict(&frame(f64::from(step) * 150.0, space)).unwrap().sum(0).unwrap();
        let sums: Vec<f64> = (0..62).map(at).collect();
        assert!(sums.is_sorted(), "{space}: {sums:?}");
    }
}

#[test]
fn neither_order_nor_threads_nor_saving_change_a_bit() {
    let lots = Lots::new(1_200, 5);
    let (table, target) = (lots.table(), lots.target().groups(&(0..1_200).collect::<Vec<_>>()).unwrap());
    let card = fit_amount(&table, &target, &params()).unwrap();
    let order: Vec<usize> = (0..1_200).map(|row| (row * 7 + 3) % 1_200).collect();
    let again = fit_amount(&table.rows(&order).unwrap(), &target.rows(&order).unwrap(), &params()).unwrap();
    assert_eq!(card, again);
    let alone = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    assert_eq!(card, alone.install(|| fit_amount(&table, &target, &params()).unwrap()));
    let text = card.to_json().unwrap();
    assert_eq!(card, AmountCard::from_json(&text).unwrap());
    assert!(AmountCard::is_stored_in(&text));
    let wrong = text.replacen("\"least\": ", "\"least\": -1", 1);
    assert!(matches!(AmountCard::from_json(&wrong), Err(Error::Setting { .. } | Error::Json(_))));
    let newer = text.replacen("\"format_version\": 1", "\"format_version\": 2", 1);
    assert!(matches!(AmountCard::from_json(&newer), Err(Error::Version { found: 2, .. })));
}

#[test]
fn a_stored_card_beyond_its_bounds_is_refused_by_name() {
    let lots = Lots::new(600, 11);
    let stored: serde_json::Value = serde_json::from_str(&card(&lots).to_json().unwrap()).unwrap();
    type Change = fn(&mut serde_json::Value);
    let changes: [(&str, Change); 7] = [
        ("amount.least", |amount| amount["least"] = 1e12.into()),
        ("amount.unit.exponent", |amount| amount["unit"]["exponent"] = i32::MIN.into()),
        ("amount.unit.exponent", |amount| amount["unit"]["exponent"] = 301.into()),
        ("amount.unit.offset", |amount| amount["unit"]["offset"] = i64::MAX.into()),
        ("amount.unit.offset", |amount| amount["unit"]["offset"] = i64::MIN.into()),
        ("amount.means", |amount| drop(amount["means"].as_array_mut().unwrap().pop())),
        ("amount.means", |amount| drop(amount["means"][0].as_array_mut().unwrap().pop())),
    ];
    for (name, change) in changes {
        let mut stored = stored.clone();
        change(&mut stored["amount"]);
        match AmountCard::from_json(&stored.to_string()) {
            Err(Error::Setting { setting, .. }) => assert_eq!(setting.to_string(), name),
            other => panic!("{name}: {other:?}"),
        }
    }
}

#[test]
fn weights_act_as_repeated_rows() {
    let lots = Lots::new(700, 6);
    let target = lots.target().groups(&(0..700).collect::<Vec<_>>()).unwrap();
    let times: Vec<usize> = (0..700).map(|row| 1 + row % 3).collect();
    let rows: Vec<usize> = (0..700).flat_map(|row| vec![row; times[row]]).collect();
    let repeated = fit_amount(&lots.table().rows(&rows).unwrap(), &target.rows(&rows).unwrap(), &params()).unwrap();
    let weights: Vec<f64> = times.iter().map(|times| *times as f64).collect();
    let weighted = fit_amount(&lots.table(), &target.weights(&weights).unwrap(), &params()).unwrap();
    assert!((weighted.mean() / repeated.mean() - 1.0).abs() < 1e-5);
    assert_eq!(weighted.features().count(), repeated.features().count());
    // Weights count as effective rows, of which there are fewer: sums are near, not the same.
    let (a, b) = (predicted(&weighted, &lots), predicted(&repeated, &lots));
    let gap = (0..700).map(|row| (a.amount(row).unwrap() - b.amount(row).unwrap()).abs()).sum::<f64>() / 700.0;
    assert!(gap < 0.05 * weighted.mean(), "{gap} of {}", weighted.mean());
}

#[test]
fn targets_that_are_none_are_refused_by_name() {
    let lots = Lots::new(300, 7);
    let told = |amounts: Vec<f64>| AmountTarget::new(amounts).unwrap_err().to_string();
    assert!(told(vec![5.0; 300]).contains("5 in each of 300 rows"));
    assert!(told(vec![f64::INFINITY, 1.0]).contains("inf in row 1"));
    let short = AmountTarget::new(vec![1.0, 2.0]).unwrap();
    assert!(matches!(fit_amount(&lots.table(), &short, &params()), Err(Error::Table { .. })));
    let peak = AdditiveParams::default().card(ScorecardParams::default().expect_trend("income", Trend::Peak));
    assert!(matches!(fit_amount(&lots.table(), &lots.target(), &peak), Err(Error::Setting { .. })));
    let noise = DataFrame::new(300, vec![Column::new("one".into(), vec![1.0; 300])]).unwrap();
    let noise = FeatureTable::from_frame(noise, &TableRoles::default()).unwrap();
    assert!(matches!(fit_amount(&noise, &lots.target(), &params()), Err(Error::TooLittle { .. })));
}

#[test]
fn huge_and_tiny_amounts_predict_alike() {
    let lots = Lots::new(1_000, 8);
    let plain = predicted(&card(&lots), &lots);
    for (factor, shift) in [(2_f64.powi(40), 0.0), (2_f64.powi(-40), 0.0), (1.0, 1e12)] {
        let amounts = lots.amounts.iter().map(|amount| factor * amount + shift).collect();
        let other = fit_amount(&lots.table(), &AmountTarget::new(amounts).unwrap(), &params()).unwrap();
        let other = predicted(&other, &lots);
        let deviation = 8_000.0;
        for row in 0..1_000 {
            let (a, b) = (plain.amount(row).unwrap(), (other.amount(row).unwrap() - shift) / factor);
            assert!((a - b).abs() < 2e-3 * deviation, "{factor} {shift}: {a} {b}");
        }
    }
}

fn written(card: &AmountCard, lots: &Lots, folder: &Path) {
    let amounts = predicted(card, lots);
    let table = lots.table();
    let below: Vec<String> = card.features().map(|part| format!("below:{}", part.feature().name())).collect();
    let of_pairs = card.pairs().map(|part| format!("below:{}", part.pair().name()));
    let mut csv = csv::Writer::from_path(folder.join("scores.csv")).unwrap();
    let head = ["row", "units", "amount"].map(str::to_owned).into_iter();
    csv.write_record(head.chain(below).chain(of_pairs)).unwrap();
    for row in 0..amounts.height() {
        let why = explain_amount(card, &table, row).unwrap();
        let features = card.features().map(|part| part.feature().typical_points().0);
        let typical: Vec<i32> = features.chain(card.pairs().map(|part| part.pair().typical_points().0)).collect();
        let below = why.parts.iter().zip(&typical).map(|(part, typical)| (typical - part.units).to_string());
        let head = [(row + 1).to_string(), amounts.units(row).unwrap().to_string(), why.amount.to_string()];
        csv.write_record(head.into_iter().chain(below)).unwrap();
    }
    csv.flush().unwrap();
    std::fs::write(folder.join("rows.csv"), lots.csv()).unwrap();
    std::fs::write(folder.join("model.json"), card.to_json().unwrap()).unwrap();
    std::fs::write(folder.join("model.sql"), card.to_sql("rows")).unwrap();
    std::fs::write(folder.join("model.pmml"), card.to_pmml().unwrap()).unwrap();
}

#[test]
fn sql_and_pmml_predict_rows_never_met_as_the_card_does() {
    for (unseen, placement) in [(Unseen::Rest, Placement::Own), (Unseen::Worst, Placement::Nearest)] {
        let learnt = Lots::new(2_000, 10);
        let binning = BinningParams::default().unseen(unseen).missing(placement);
        let with_codes = binning.clone().special_codes(vec![SpecialCode::Number(-99.0)]);
        let settings = ScorecardParams::default().binning(binning).bin_feature("income", with_codes);
        let card = fit_amount(&learnt.table(), &learnt.target(), &params().card(settings)).unwrap();
        let folder = tempfile::tempdir().unwrap();
        written(&card, &Lots::new(1_500, 11), folder.path());
        check("sql_check.py", folder.path());
        check("pmml_check.py", folder.path());
    }
}

/// The query over SQLite, which every court has.
#[cfg(feature = "sqlite")]
#[test]
fn sqlite_predicts_as_the_card_does() {
    let learnt = Lots::new(1_500, 12);
    let card = card(&learnt);
    let met = Lots::new(400, 13);
    let amounts = predicted(&card, &met);
    let base = rusqlite::Connection::open_in_memory().unwrap();
    base.execute("create table lots (place integer, income real, \"space m²\" real, use text)", ()).unwrap();
    for row in 0..400 {
        let values = (row as i64, met.income[row], met.space[row], met.uses[row]);
        base.execute("insert into lots values (?, ?, ?, ?)", values).unwrap();
    }
    let sql = card.to_sql("lots");
    let query = format!("select units, amount from ({}) order by place", sql.split_once('\n').unwrap().1);
    let mut statement = base.prepare(&query).unwrap();
    let found = statement.query_map((), |row| Ok((row.get::<_, i64>(0)?, row.get::<_, f64>(1)?))).unwrap();
    let mut rows = 0;
    for (row, found) in found.enumerate() {
        let (units, amount) = found.unwrap();
        assert_eq!((Some(units), Some(amount)), (amounts.units(row), amounts.amount(row)));
        rows += 1;
    }
    assert_eq!(rows, 400);
}
