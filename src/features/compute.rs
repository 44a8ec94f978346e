//! Computes all features of a catalogue for all samples, reading each source once.

use std::collections::{BTreeMap, BTreeSet};

use polars::prelude::*;

use super::mask::Block;
use super::reduce::Reduced;
use super::rows::SourceRows;
use super::{Aggregate, Definition, FeatureCatalog, FeatureSpec, FeatureTable, TableRoles};
use crate::error::{Error, Result};
use crate::schema::{ANSWERS, AS_OF, ENTITY_ID};
use crate::snapshot::Snapshot;

/// The ledger of queries, which tells what an absence of rows means.
const LEDGER: &str = "queries";
/// Rows worked on together: what was found out about them stays in the cache.
const BLOCK: usize = 1 << 12;

/// Computes every feature of the catalogue for every sample of the snapshot.
///
/// Each source is read once, whatever the number of its features: every condition is worked out
/// once per block of rows, and every feature adds the rows that count to its sample. Rows of the
/// table are the samples, sorted by party and day; columns stand in the order of the catalogue.
///
/// # Properties
///
/// The same bits for any order of the source rows and any number of threads (law 6); a row known after a sample's day
/// changes nothing (law 1).
///
/// # Errors
///
/// [`Error::Frame`](crate::Error::Frame) when a source cannot be read.
pub fn compute(snapshot: &Snapshot, catalog: &FeatureCatalog) -> Result<FeatureTable> {
    let samples = snapshot.keys();
    let mut sources: BTreeMap<&str, Vec<(&FeatureSpec, &Aggregate)>> = BTreeMap::new();
    for spec in catalog.features() {
        if let Some(aggregate) = spec.aggregate() {
            sources.entry(aggregate.source.as_str()).or_default().push((spec, aggregate));
        }
    }
    let of_ledger = sources.remove(LEDGER).unwrap_or_default();
    let ledger = Reading::read(snapshot, LEDGER, of_ledger.iter().map(|(_, aggregate)| *aggregate))?;
    let of_ledger = of_ledger.iter().map(|(spec, _)| *spec).zip(ledger.reduced).collect();
    let answered = answered(&ledger.rows, samples.len())?;
    let nobody = vec![false; samples.len()];
    let mut columns = snapshot.samples().columns().to_vec();
    let mut finish = |rows: &SourceRows, has_rows: &[bool], of: Vec<(&FeatureSpec, Reduced<'_>)>| -> Result<()> {
        for (spec, reduced) in of {
            let answered = reduced.asked().map(|holder| answered.get(holder).unwrap_or(&nobody).as_slice());
            columns.push(reduced.finish((rows, samples), answered, has_rows)?.with_name(spec.name.as_str().into()));
        }
        Ok(())
    };
    finish(&ledger.rows, &ledger.has_rows, of_ledger)?;
    for (source, features) in &sources {
        let reading = Reading::read(snapshot, source, features.iter().map(|(_, aggregate)| *aggregate))?;
        let of = features.iter().map(|(spec, _)| *spec).zip(reading.reduced).collect();
        finish(&reading.rows, &reading.has_rows, of)?;
    }
    let mut frame = DataFrame::new(samples.len(), columns)?;
    let derived = catalog.features().iter().filter_map(|spec| derived(spec, &frame).transpose());
    for column in derived.collect::<Result<Vec<_>>>()? {
        frame.with_column(column)?;
    }
    let names = catalog.features().iter().map(|spec| spec.name.as_str());
    let frame = frame.select([ENTITY_ID, AS_OF].into_iter().chain(names))?;
    FeatureTable::from_frame(frame, &TableRoles::sample())
}

/// For each holder of information, whether the ledger has an answer of it, sample by sample.
fn answered(ledger: &SourceRows, samples: usize) -> Result<BTreeMap<String, Vec<bool>>> {
    let rows = ledger.read_rows();
    let (sources, answers) = (rows.codes("source")?, rows.codes("answer")?);
    let is_answer: Vec<bool> = answers.texts().iter().map(|text| ANSWERS.contains(&text.as_str())).collect();
    let mut answered = vec![vec![false; samples]; sources.texts().len()];
    let codes = sources.range(0..rows.len()).zip(answers.range(0..rows.len()));
    for (sample, (source, answer)) in rows.samples().iter().zip(codes) {
        if let (Some(source), Some(true)) = (source, answer.and_then(|answer| is_answer.get(answer)))
            && let Some(slot) = answered.get_mut(source).and_then(|of_source| of_source.get_mut(*sample))
        {
            *slot = true;
        }
    }
    Ok(sources.texts().iter().cloned().zip(answered).collect())
}

/// A source read once for all that is asked of it.
struct Reading<'a> {
    rows: SourceRows,
    reduced: Vec<Reduced<'a>>,
    /// Whether there are any rows, sample by sample.
    has_rows: Vec<bool>,
}

impl<'a> Reading<'a> {
    fn read(snapshot: &Snapshot, source: &str, aggregates: impl Iterator<Item = &'a Aggregate>) -> Result<Self> {
        let samples = snapshot.keys();
        let aggregates: Vec<&Aggregate> = aggregates.collect();
        let columns: BTreeSet<&str> = aggregates.iter().flat_map(|aggregate| Reduced::columns(aggregate)).collect();
        let beside: &[&str] = if source == LEDGER { &["source", "answer"] } else { &[] };
        let rows = SourceRows::read(snapshot, (source, &columns), beside)?;
        let mut reduced: Vec<Reduced<'a>> =
            aggregates.into_iter().map(|aggregate| Reduced::new(aggregate, samples.len())).collect::<Result<_>>()?;
        let mut has_rows = vec![false; samples.len()];
        for sample in rows.samples() {
            has_rows.get_mut(*sample).into_iter().for_each(|has| *has = true);
        }
        for start in (0..rows.len()).step_by(BLOCK) {
            let mut block = Block::new(&rows, start..(start + BLOCK).min(rows.len()))?;
            reduced.iter_mut().try_for_each(|reduced| reduced.add(&mut block))?;
        }
        Ok(Self { rows, reduced, has_rows })
    }
}

/// A feature that is worked out of two others; unknown where either is, and a ratio to nothing is unknown too.
fn derived(spec: &FeatureSpec, frame: &DataFrame) -> Result<Option<Column>> {
    let (first, second, of): (_, _, fn(f64, f64) -> Option<f64>) = match &spec.definition {
        Definition::Aggregate(_) => return Ok(None),
        Definition::Ratio(of, to) => (of, to, |of, to| (to != 0.0).then(|| of / to)),
        Definition::Difference(of, less) => (of, less, |of, less| Some(of - less)),
    };
    let [first, second] = [first, second].map(|name| Ok::<_, Error>(frame.column(name)?.f64()?));
    let values: Float64Chunked = first?.iter().zip(second?.iter()).map(|(a, b)| of(a?, b?)).collect();
    Ok(Some(values.with_name(spec.name.as_str().into()).into_column()))
}

#[cfg(test)]
mod tests {
    use super::super::FeatureColumn;
    use super::*;
    use crate::snapshot;
    use crate::tables::SourceTables;

    fn days(name: &str, numbers: &[i32]) -> Column {
        Column::new(name.into(), numbers).cast(&DataType::Date).unwrap()
    }

    fn frame(columns: Vec<Column>) -> DataFrame {
        DataFrame::new(columns[0].len(), columns).unwrap()
    }

    fn with(tables: SourceTables, name: &str, ids: &[i64], clocks: &[(i32, i32)], own: Vec<Column>) -> SourceTables {
        let (events, known): (Vec<i32>, Vec<i32>) = clocks.iter().copied().unzip();
        let mut columns =
            vec![Column::new("entity_id".into(), ids), days("event_on", &events), days("known_at", &known)];
        columns.extend(own);
        tables.with_frame(name, frame(columns)).unwrap()
    }

    /// Party 1 has rows, party 2 was asked about in vain, about party 3 nobody answered, party 4 was not asked about.
    fn tables() -> SourceTables {
        let ledger = vec![
            Column::new("source".into(), ["bank", "bank", "bank"]),
            Column::new("answer".into(), ["nothing_found", "no_answer", "rolled_back"]),
        ];
        let tables = with(SourceTables::new(), "queries", &[2, 3, 3], &[(5, 6), (5, 6), (7, 7)], ledger);
        let clocks = [(10, 10), (50, 51), (90, 90), (90, 90), (100, 100), (95, 101)];
        let transactions = vec![
            Column::new("direction".into(), ["in", "out", "in", "in", "out", "in"]),
            Column::new("kind".into(), ["salary", "cash", "salary", "other", "cash", "salary"]),
            Column::new("amount_fen".into(), [1000i64, 300, 500, 200, 100, 9999]),
            Column::new("balance_fen".into(), [Some(1000i64), None, Some(1200), Some(1400), None, Some(1)]),
            Column::new("counterparty_id".into(), [Some(7i64), None, Some(8), Some(7), None, Some(9)]),
        ];
        let tables = with(tables, "bank_transactions", &[1; 6], &clocks, transactions);
        let homes = vec![
            Column::new("unit".into(), [1i64, 2, 2, 3]),
            Column::new("kind".into(), ["home", "home", "home", "office"]),
            Column::new("area_m2".into(), [Some(0.1), Some(80.0), Some(0.2), None]),
            Column::new("is_only_home".into(), [None, Some(true), Some(false), None]),
        ];
        let tables = with(tables, "real_estate", &[1; 4], &[(3, 3), (3, 4), (3, 5), (3, 3)], homes);
        with(
            tables,
            "income",
            &[1],
            &[(30, 30)],
            vec![Column::new("kind".into(), ["wage"]), Column::new("amount_fen".into(), [700i64])],
        )
    }

    fn computed(features: &[(&str, &str)]) -> FeatureTable {
        let text: String = features
            .iter()
            .map(|(name, rest)| format!("[[feature]]\nname = '{name}'\nzh = '某'\nen = 'some'\n{rest}\n"))
            .collect();
        let catalog = FeatureCatalog::new()
            .extend_from_toml(&format!("[family]\nname = 'own'\nzh = '自有'\nen = 'own'\n{text}"))
            .unwrap();
        let samples = frame(vec![Column::new("entity_id".into(), [4i64, 3, 2, 1]), days("as_of", &[100; 4])]);
        compute(&snapshot::as_of_each(&tables(), &samples).unwrap(), &catalog).unwrap()
    }

    /// The values of one feature of bank transactions for parties 1 to 4.
    fn values(unit: &str, rest: &str) -> Vec<Option<f64>> {
        let table = computed(&[("x", &format!("unit = '{unit}'\nsource = 'bank_transactions'\n{rest}"))]);
        table.frame().column("x").unwrap().f64().unwrap().iter().collect()
    }

    const IN: &str = "where = [{ column = 'direction', is = 'in' }]";
    const OUT: &str = "where = [{ column = 'direction', is = 'out' }]";

    #[test]
    fn counts_and_sums_are_zero_only_where_somebody_answered() {
        let known = |value| vec![Some(value), Some(0.0), None, None];
        assert_eq!(values("count", "aggregation = 'count'"), known(5.0));
        assert_eq!(values("count", &format!("aggregation = 'count'\n{IN}")), known(3.0));
        assert_eq!(values("count", "aggregation = 'count'\nwindow_days = 30"), known(3.0));
        assert_eq!(values("count", "aggregation = 'count'\nwindow_days = 50"), known(3.0));
        assert_eq!(values("count", "aggregation = 'count'\nwindow_days = 51"), known(4.0));
        assert_eq!(values("count", "aggregation = 'count'\nwindow_days = 30\nskip_days = 30"), known(1.0));
        assert_eq!(values("fen", &format!("aggregation = 'sum'\ncolumn = 'amount_fen'\n{IN}")), known(1700.0));
        assert_eq!(values("count", "aggregation = 'n_unique'\ncolumn = 'counterparty_id'"), known(2.0));
        assert_eq!(values("count", "aggregation = 'periods'\nperiod_days = 30"), known(3.0));
        assert_eq!(
            values("flag", "aggregation = 'any'\nwhere = [{ column = 'kind', in = ['cash', 'fee'] }]"),
            known(1.0)
        );
        assert_eq!(values("flag", "aggregation = 'any'\nwhere = [{ column = 'kind', is = 'fee' }]"), known(0.0));
    }

    #[test]
    fn a_sum_of_nothing_known_is_unknown() {
        let sum = values("fen", &format!("aggregation = 'sum'\ncolumn = 'balance_fen'\n{OUT}"));
        assert_eq!(sum, [None, Some(0.0), None, None]);
    }

    #[test]
    fn extremes_means_and_ends_are_unknown_without_rows() {
        let known = |value| vec![Some(value), None, None, None];
        let balance = |aggregation| values("fen", &format!("aggregation = '{aggregation}'\ncolumn = 'balance_fen'"));
        assert_eq!(balance("min"), known(1000.0));
        assert_eq!(balance("max"), known(1400.0));
        assert_eq!(balance("mean"), known(1200.0));
        assert_eq!(balance("last"), known(1400.0));
        assert_eq!(balance("first"), known(1000.0));
        assert_eq!(values("days", &format!("aggregation = 'days_since_last'\n{IN}")), known(10.0));
        assert_eq!(values("days", "aggregation = 'days_since_first'"), known(90.0));
        assert_eq!(values("days", "aggregation = 'span_days'"), known(90.0));
        assert_eq!(values("share", &format!("aggregation = 'share'\n{IN}")), known(0.6));
        let salary = "aggregation = 'share'\ncolumn = 'amount_fen'\nwhere = [{ column = 'kind', is = 'salary' }]";
        assert_eq!(
            values("share", &format!("{salary}\namong = [{{ column = 'direction', is = 'in' }}]")),
            known(1500.0 / 1700.0)
        );
        assert_eq!(values("share", &format!("{salary}\nwindow_days = 5")), known(0.0));
    }

    #[test]
    fn conditions_on_the_unknown_follow_their_rule() {
        let count = |test: &str| values("count", &format!("aggregation = 'count'\nwhere = [{test}]"))[0];
        assert_eq!(count("{ column = 'balance_fen', below = 1200 }"), Some(1.0));
        assert_eq!(count("{ column = 'balance_fen', at_least = 1200 }"), Some(2.0));
        assert_eq!(count("{ column = 'balance_fen', not = [1000, 1200] }"), Some(3.0));
        assert_eq!(count("{ column = 'balance_fen', known = false }"), Some(2.0));
        assert_eq!(count("{ column = 'event_on', open = true }"), Some(0.0));
        assert_eq!(count("{ column = 'event_on', open = false }"), Some(5.0));
    }

    #[test]
    fn categories_are_text() {
        let rest = format!("unit = 'code'\nsource = 'bank_transactions'\naggregation = 'last'\ncolumn = 'kind'\n{IN}");
        let table = computed(&[("x", &rest)]);
        assert_eq!(table.column("x"), Some(FeatureColumn::Text(vec![Some("salary"), None, None, None])));
    }

    #[test]
    fn states_give_their_last_observation_and_decimals_add_exactly() {
        let homes = |unit: &str, rest: &str| {
            let table = computed(&[("x", &format!("unit = '{unit}'\nsource = 'real_estate'\n{rest}"))]);
            table.frame().column("x").unwrap().f64().unwrap().get(0)
        };
        assert_eq!(homes("number", "aggregation = 'sum'\ncolumn = 'area_m2'"), Some(0.3));
        assert_eq!(homes("flag", "aggregation = 'any'\ncolumn = 'is_only_home'"), Some(0.0));
        let offices = "aggregation = 'any'\ncolumn = 'is_only_home'\nwhere = [{ column = 'kind', is = 'office' }]";
        assert_eq!(homes("flag", offices), None);
        let land = offices.replace("office", "land");
        assert_eq!(homes("flag", &land), Some(0.0));
    }

    #[test]
    fn derived_features_know_no_more_than_their_parts() {
        let part = |direction: &str| {
            format!(
                "unit = 'fen'\nsource = 'bank_transactions'\naggregation = 'sum'\ncolumn = 'amount_fen'\n{direction}"
            )
        };
        let table = computed(&[
            ("r", "unit = 'ratio'\nratio = ['a', 'b']"),
            ("d", "unit = 'fen'\ndifference = ['a', 'b']"),
            ("a", &part(IN)),
            ("b", &part(OUT)),
        ]);
        let values = |name| table.frame().column(name).unwrap().f64().unwrap().iter().collect::<Vec<_>>();
        assert_eq!(values("r"), [Some(4.25), None, None, None]);
        assert_eq!(values("d"), [Some(1300.0), Some(0.0), None, None]);
        assert_eq!(table.names().collect::<Vec<_>>(), ["r", "d", "a", "b"]);
    }

    #[test]
    fn another_holder_needs_an_answer_of_its_own() {
        let count = |asked: &str, kind: &str| {
            let rest = format!("aggregation = 'count'\n{asked}where = [{{ column = 'kind', is = '{kind}' }}]");
            let table = computed(&[("x", &format!("unit = 'count'\nsource = 'income'\n{rest}"))]);
            table.frame().column("x").unwrap().f64().unwrap().get(0)
        };
        assert_eq!(count("", "housing_fund"), Some(0.0));
        assert_eq!(count("asked = 'housing_fund'\n", "housing_fund"), None);
        assert_eq!(count("asked = 'housing_fund'\n", "wage"), Some(1.0));
    }
}
