//! Statements of many debtors, computed in parallel, and their ratios as features.
//!
//! A card may see ratios of the statement and no amounts: how much a debtor has is the statement's to say,
//! and the card learns what share of a claim tends to come in.

use std::collections::BTreeMap;

use polars::prelude::*;
use rayon::prelude::*;

use super::rules::Law;
use super::{
    AssetClass, CapacityParams, CapacityRules, CapacityStatement, Estate, Finding, Layer, Scenarios, assess_estate,
    reading::estates, statement,
};
use crate::domain::{Day, Money};
use crate::error::Result;
use crate::schema;
use crate::snapshot::Snapshot;

/// One statement per debtor and day, in the order of the estates.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CapacityTable {
    statements: Vec<CapacityStatement>,
}

/// States the means of every sample of a snapshot.
///
/// # Errors
///
/// [`Error::Frame`](crate::Error::Frame) when a table operation fails; [`Error::Setting`](crate::Error::Setting) when a
/// parameter is out of range.
///
/// ```
/// use wherewithal::capacity::{CapacityParams, CapacityRules, assess};
/// use wherewithal::domain::Day;
/// use wherewithal::{snapshot, tables::SourceTables};
///
/// let known = snapshot::as_of(&SourceTables::new(), Day::EPOCH)?;
/// let table = assess(&known, &CapacityRules::standard()?, &CapacityParams::default())?;
/// assert!(table.statements().is_empty()); // no case is open, so nobody is a debtor
/// # Ok::<(), wherewithal::Error>(())
/// ```
pub fn assess(snapshot: &Snapshot, rules: &CapacityRules, params: &CapacityParams) -> Result<CapacityTable> {
    assess_estates(&estates(snapshot)?, rules, params)
}

/// States the means of many debtors, in parallel; the result does not depend on the number of threads.
///
/// # Errors
///
/// [`Error::Setting`](crate::Error::Setting) when a parameter is out of range.
///
/// ```
/// use wherewithal::capacity::{CapacityParams, CapacityRules, CapacityTable, Estate, assess_estates};
/// use wherewithal::domain::{Day, PartyKind};
///
/// let estates = [1, 2].map(|id| Estate::new(id, Day::EPOCH, PartyKind::Person));
/// let table = assess_estates(&estates, &CapacityRules::standard()?, &CapacityParams::default())?;
/// assert_eq!(table.frame()?.shape(), (2, 2 + CapacityTable::RATIOS.len()));
/// assert!(table.statement(2, Day::EPOCH).is_some() && table.statement(3, Day::EPOCH).is_none());
/// # Ok::<(), wherewithal::Error>(())
/// ```
pub fn assess_estates(estates: &[Estate], rules: &CapacityRules, params: &CapacityParams) -> Result<CapacityTable> {
    params.checked()?;
    // Most debtors share a day and a place.
    let mut laws: BTreeMap<(Day, &str), Law<'_>> = BTreeMap::new();
    for estate in estates {
        let place = (estate.as_of, estate.region.as_str());
        laws.entry(place).or_insert_with(|| Law::new(rules, place.0, place.1));
    }
    let stated = |estate: &Estate| match laws.get(&(estate.as_of, estate.region.as_str())) {
        Some(law) => statement::stated(estate, (rules, law), params).bounded(),
        None => assess_estate(estate, rules, params),
    };
    Ok(CapacityTable { statements: estates.par_iter().map(stated).collect::<Result<_>>()? })
}

impl CapacityTable {
    /// The statements.
    pub fn statements(&self) -> &[CapacityStatement] {
        &self.statements
    }

    /// The statement of one debtor on one day, if there is one.
    pub fn statement(&self, entity_id: i64, as_of: crate::domain::AsOf) -> Option<&CapacityStatement> {
        self.statements.iter().find(|statement| statement.entity_id == entity_id && statement.as_of == as_of)
    }

    /// The ratios that join the feature table: `entity_id`, `as_of` and the columns of [`CapacityTable::RATIOS`].
    ///
    /// A ratio is null where its denominator is nothing, and all are null where no holder of information answered:
    /// unknown is not zero.
    ///
    /// # Errors
    ///
    /// [`Error::Frame`](crate::Error::Frame) when the columns cannot be joined into a frame.
    pub fn frame(&self) -> Result<DataFrame> {
        let rows = &self.statements;
        let entity: Vec<i64> = rows.iter().map(|row| row.entity_id).collect();
        let as_of: Vec<i32> = rows.iter().map(|row| row.as_of.number()).collect();
        let as_of = Series::new(schema::AS_OF.into(), as_of).cast(&DataType::Date)?;
        let mut columns = vec![Column::new(schema::ENTITY_ID.into(), entity), as_of.into()];
        let ratios: Vec<[Option<f64>; Self::RATIOS.len()]> = rows.par_iter().map(ratios).collect();
        for (position, name) in Self::RATIOS.iter().enumerate() {
            let values: Vec<Option<f64>> = ratios.iter().map(|row| row.get(position).copied().flatten()).collect();
            columns.push(Column::new((*name).into(), values));
        }
        Ok(DataFrame::new(rows.len(), columns)?)
    }

    /// Those of [`CapacityTable::RATIOS`] that no card may use: `width` grows with what is not
    /// known of a debtor, who must not be called more able for it.
    pub const OFF_CARD: [&'static str; 1] = ["capacity_coverage_width_ratio"];

    /// The columns of [`CapacityTable::frame`] after the keys.
    ///
    /// Coverage is what is recovered over what is owed; `width` is the high less the low coverage. Shares are of the
    /// expected gross value, but `elsewhere`, `income` and `ready` are of what is available.
    pub const RATIOS: [&'static str; 12] = [
        "capacity_coverage_low_ratio",
        "capacity_coverage_expected_ratio",
        "capacity_coverage_high_ratio",
        "capacity_coverage_width_ratio",
        "capacity_available_share",
        "capacity_haircut_share",
        "capacity_secured_share",
        "capacity_exempt_share",
        "capacity_priority_share",
        "capacity_elsewhere_share",
        "capacity_income_share",
        "capacity_ready_share",
    ];
}

fn ratios(statement: &CapacityStatement) -> [Option<f64>; CapacityTable::RATIOS.len()] {
    if statement.findings.contains(&Finding::NothingAsked) {
        return [None; CapacityTable::RATIOS.len()];
    }
    let Scenarios { low, expected, high } = statement.coverage().map(super::CoverageRatio::value);
    let gross = statement.gross().expected;
    let of_gross = |layer| share(statement.layer(layer).expected, gross);
    let lost = statement.layer(Layer::Haircut).expected + statement.layer(Layer::PaidSince).expected;
    let available = |of: fn(AssetClass) -> bool| -> Money {
        let assets = statement.assets.iter().filter(|asset| of(asset.class));
        assets.map(|asset| asset.available().expected).sum()
    };
    let all = available(|_| true);
    [
        low,
        expected,
        high,
        high.zip(low).map(|(high, low)| high - low),
        share(all, gross),
        share(lost, gross),
        of_gross(Layer::Secured),
        of_gross(Layer::Exempt),
        of_gross(Layer::Priority),
        share(statement.to_others.expected, all),
        share(available(|class| class == AssetClass::Income), all),
        share(available(AssetClass::is_ready_money), all),
    ]
}

fn share(part: Money, whole: Money) -> Option<f64> {
    super::CoverageRatio { recovered: part, owed: whole }.value()
}
