//! Counterfactuals hold when the changed row is scored again.

use polars::prelude::*;
use wherewithal::explain::{CounterfactualParams, WhatIf};
use wherewithal::features::{FeatureCatalog, FeatureTable, TableRoles};
use wherewithal::model::{self, ScorecardParams, Target};
use wherewithal::score::Scorer;

const NAMES: [&str; 3] = ["deposits_balance_fen", "income_wage_12m_fen", "obligations_n_cases"];

fn catalog() -> FeatureCatalog {
    let family = |name: &str, rest: &str| {
        let family = name.split('_').next().unwrap();
        format!(
            "[family]\nname = \"{family}\"\nzh = \"{family}\"\nen = \"{family}\"\n\n\
             [[feature]]\nname = \"{name}\"\nzh = \"{name}\"\nen = \"{name}\"\n{rest}\n"
        )
    };
    let sum =
        |column: &str| format!("aggregation = \"sum\"\ncolumn = \"{column}\"\nunit = \"fen\"\ndirection = \"more\"");
    [
        family(NAMES[0], &format!("source = \"deposits\"\n{}", sum("balance_fen"))),
        family(NAMES[1], &format!("source = \"income\"\n{}", sum("amount_fen"))),
        family(NAMES[2], "source = \"cases\"\naggregation = \"count\"\nunit = \"count\"\ndirection = \"less\""),
    ]
    .iter()
    .fold(FeatureCatalog::new(), |catalog, text| catalog.extend_from_toml(text).unwrap())
}

fn table(rows: &[[f64; 3]]) -> FeatureTable {
    let column = |at: usize| {
        let values: Vec<Option<f64>> = rows.iter().map(|row| Some(row[at]).filter(|value| !value.is_nan())).collect();
        Column::new(NAMES[at].into(), values)
    };
    let frame = DataFrame::new(rows.len(), (0..3).map(column).collect()).unwrap();
    FeatureTable::from_frame(frame, &TableRoles::default()).unwrap()
}

fn rows() -> (Vec<[f64; 3]>, Vec<bool>) {
    let noise =
        |i: u32, salt: u32| f64::from(i.wrapping_mul(2_654_435_761).wrapping_add(salt * 40_503) >> 16 & 1023) / 1023.0;
    (0..3_000u32)
        .map(|i| {
            let (money, wage, cases) = (noise(i, 1) * 9e6, noise(i, 7) * 6e6, (noise(i, 13) * 5.0).floor());
            let means = money / 9e6 + wage / 6e6 - cases / 5.0;
            let unknown = i % 7 == 0;
            ([money.floor(), if unknown { f64::NAN } else { wage.floor() }, cases], means + noise(i, 29) * 0.8 > 0.9)
        })
        .unzip()
}

#[test]
fn the_grade_does_move_and_only_changeable_features_do() {
    let (rows, performed) = rows();
    let all = table(&rows);
    let card = model::fit(&all, &Target::new(performed).unwrap(), &ScorecardParams::default()).unwrap();
    let (scorer, catalog) = (Scorer::new(&card).unwrap(), catalog());
    let before = scorer.score(&all).unwrap();
    let mut checked = 0;
    for row in (0..rows.len()).step_by(9) {
        for way in WhatIf::new(&scorer, &catalog).counterfactuals(&all, row, &CounterfactualParams::default()).unwrap()
        {
            let mut changed = rows[row];
            for change in &way.changes {
                let at = NAMES.iter().position(|name| *name == change.feature).unwrap();
                assert_ne!(NAMES[at], "obligations_n_cases", "history cannot be changed");
                assert!(change.to > changed[at]);
                changed[at] = change.to;
            }
            let after = scorer.score(&table(&[changed])).unwrap();
            assert_eq!(after.total_points(0), Some(way.score));
            assert_eq!(after.grade(0), Some(way.to));
            assert!(before.grade(row).is_none_or(|grade| way.to < grade), "row {row}");
            checked += 1;
        }
    }
    assert!(checked > 100, "{checked}");
}

#[test]
fn the_answer_worth_most_is_of_the_source_that_is_missing() {
    let (rows, performed) = rows();
    let all = table(&rows);
    let card = model::fit(&all, &Target::new(performed).unwrap(), &ScorecardParams::default()).unwrap();
    let (scorer, catalog) = (Scorer::new(&card).unwrap(), catalog());
    let worth = |row: [f64; 3]| WhatIf::new(&scorer, &catalog).worth_asking(&table(&[row]), 0).unwrap();
    assert!(worth([1.0, 1.0, 1.0]).is_empty());
    let found = worth([f64::NAN, 1.0, 1.0]);
    assert_eq!(found.iter().map(|worth| worth.source.as_str()).collect::<Vec<_>>(), ["bank"]);
    assert!(found[0].expected_move > 0.0 && found[0].share.value() > 0.0);
}
