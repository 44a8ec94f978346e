//! A scorecard on a table of one's own: read as it is written, fitted, judged on rows it never saw, saved and deployed.
//!
//! ```sh
//! cargo run --example scorecard
//! ```
#![allow(clippy::print_stdout, reason = "a program prints")]

use polars::prelude::{Column, DataFrame};
use wherewithal::features::{FeatureTable, TableRoles};
use wherewithal::model::{self, Scorecard, ScorecardParams, Splits, Target};
use wherewithal::score::Scorer;
use wherewithal::tabular::{TableParams, WrittenTable};

/// A thousand loans: incomes written with signs and commas, some unknown.
fn loans() -> String {
    let row = |i: u32| {
        let income = (i * 7919) % 9000 + 1000;
        let written =
            if i % 20 == 19 { "无".to_owned() } else { format!("\"￥{},{:03}.00\"", income / 1000, income % 1000) };
        let (place, more) = if i.is_multiple_of(2) { ("本地", 2000) } else { ("外地", 0) };
        let paid = (i * 104_729) % 10_000 < income + more;
        format!("{written},{place},{}\n", u8::from(paid))
    };
    format!("income,place,paid\n{}", (0..1000).map(row).collect::<String>())
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let reading = TableParams::default();
    let written = WrittenTable::from_bytes("loans.csv", loans().into_bytes(), &reading)?;
    let (income, place) =
        (written.column("income")?.read(None, &reading), written.column("place")?.read(None, &reading));
    println!("income: {} ({income}); place: {} ({place})", income.kind, place.kind);
    let columns = vec![Column::new("income".into(), &income.numbers), Column::new("place".into(), &place.levels)];
    let table = FeatureTable::from_frame(DataFrame::new(written.height(), columns)?, &TableRoles::default())?;
    let paid = written.column("paid")?;
    let events: Vec<bool> = (0..paid.len()).map(|row| paid.text(row) == "1").collect();
    let target = Target::new(events)?;

    let params = ScorecardParams::default();
    let card = model::fit(&table, &target, &params)?;
    let folds: Vec<u32> = (0..1000).map(|row| row % 5).collect();
    let report = model::cross_validate(&table, &target, &Splits::labels(&target, &folds)?, &params)?.report(&target)?;
    println!("{} features, AUC {:.3} on rows held out", card.features().len(), report.auc.value);

    let again = Scorecard::from_json(&card.to_json()?)?;
    let scores = Scorer::new(&again)?.score(&table)?;
    println!(
        "first row: {:?} points, probability {:?}",
        scores.score(0).map(|p| p.0),
        scores.probability(0).map(|p| p.value())
    );
    println!("{}", card.to_sql("loans"));
    Ok(())
}
