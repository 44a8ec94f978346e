//! Statements as a flat table, one row per debtor and one group of columns per scenario.
//!
//! `capacity.parquet` of a run is this table. Amounts are in fen; `ability` is `none`, `part` or `all`.

use polars::prelude::*;

use super::{Ability, CapacityStatement, CapacityTable, CoverageRatio, Scenarios, Waterfall};
use crate::domain::Money;
use crate::error::Result;
use crate::schema;

/// What one statement says of one scenario, as cells.
struct Cells {
    gross: i64,
    available: i64,
    recovered: i64,
    coverage: Option<f64>,
    ability: &'static str,
}

impl CapacityTable {
    /// One line per statement: keys, `owed_fen`, and per scenario (`low`, `expected`, `high`) `…_gross_fen`,
    /// `…_available_fen`, `…_recovered_fen`, `…_coverage_ratio` (null where nothing is owed) and `…_ability`.
    ///
    /// # Errors
    ///
    /// [`Error::Frame`](crate::Error::Frame) when the columns cannot be joined into a frame.
    pub fn summary(&self) -> Result<DataFrame> {
        let rows = self.statements();
        let as_of: Vec<i32> = rows.iter().map(|row| row.as_of.number()).collect();
        let mut columns = vec![
            Column::new(schema::ENTITY_ID.into(), rows.iter().map(|row| row.entity_id).collect::<Vec<_>>()),
            Column::new(schema::AS_OF.into(), as_of).cast(&DataType::Date)?,
            Column::new("owed_fen".into(), rows.iter().map(|row| row.owed.fen()).collect::<Vec<_>>()),
        ];
        let cells: Vec<Scenarios<Cells>> = rows.iter().map(cells).collect();
        let low: Vec<&Cells> = cells.iter().map(|cells| &cells.low).collect();
        let expected: Vec<&Cells> = cells.iter().map(|cells| &cells.expected).collect();
        let high: Vec<&Cells> = cells.iter().map(|cells| &cells.high).collect();
        for (name, cells) in [("low", low), ("expected", expected), ("high", high)] {
            let whole = |what: &str, cell: fn(&Cells) -> i64| {
                Column::new(format!("{name}_{what}_fen").into(), cells.iter().map(|row| cell(row)).collect::<Vec<_>>())
            };
            columns.push(whole("gross", |row| row.gross));
            columns.push(whole("available", |row| row.available));
            columns.push(whole("recovered", |row| row.recovered));
            let coverage: Vec<Option<f64>> = cells.iter().map(|row| row.coverage).collect();
            columns.push(Column::new(format!("{name}_coverage_ratio").into(), coverage));
            let ability: Vec<&str> = cells.iter().map(|row| row.ability).collect();
            columns.push(Column::new(format!("{name}_ability").into(), ability));
        }
        Ok(DataFrame::new(rows.len(), columns)?)
    }
}

fn cells(statement: &CapacityStatement) -> Scenarios<Cells> {
    let gross = statement.gross();
    let available: Scenarios<Money> = statement.assets.iter().map(Waterfall::available).sum();
    let coverage = statement.coverage().map(|ratio: &CoverageRatio| ratio.value());
    let ability = statement.ability.map(|ability| match ability {
        Ability::None => "none",
        Ability::Part => "part",
        Ability::All => "all",
    });
    let cells = |gross: Money, available: Money, recovered: Money, coverage: Option<f64>, ability: &'static str| {
        Cells { gross: gross.fen(), available: available.fen(), recovered: recovered.fen(), coverage, ability }
    };
    let recovered = statement.recovered;
    Scenarios {
        low: cells(gross.low, available.low, recovered.low, coverage.low, ability.low),
        expected: cells(gross.expected, available.expected, recovered.expected, coverage.expected, ability.expected),
        high: cells(gross.high, available.high, recovered.high, coverage.high, ability.high),
    }
}
