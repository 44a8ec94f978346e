//! Holds statements of means against the hidden truth of a simulated district.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::path::Path;

use polars::prelude::*;
use wherewithal::capacity::{self, CapacityParams, CapacityRules, CapacityStatement, CoverageRatio, Finding};
use wherewithal::domain::{Money, PseudonymKey};
use wherewithal::schema::SourceTables;
use wherewithal::snapshot;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// What a user in that district would supply: monthly living costs by household.
const LIVING_COSTS: &str = "first_person,further_person,instrument,article,in_force_from,in_force_to,region,verified,note\n\
    900,500,for this check,,2010-01-01,,,false,\n";

/// One debtor: the statement beside the truth.
pub(crate) struct Pair {
    pub(crate) statement: CapacityStatement,
    /// The sum of what was found, as valued, in fen.
    pub(crate) found: f64,
    /// The true means over what is owed on the day, hidden means and cash at home included.
    pub(crate) means: f64,
    /// The same without hidden means and cash at home.
    pub(crate) visible: f64,
    /// The true class over all cases that ever came: none, partial, full.
    pub(crate) class: String,
    /// Kinds of holders of which no full answer was in.
    pub(crate) unanswered: usize,
}

impl Pair {
    /// Coverage under the low, expected and high scenario.
    pub(crate) fn coverage(&self) -> [f64; 3] {
        let coverage = self.statement.coverage();
        [coverage.low, coverage.expected, coverage.high].map(|ratio: CoverageRatio| ratio.value().unwrap_or(1.0))
    }

    /// What was found over what is owed.
    pub(crate) fn found_ratio(&self) -> f64 {
        self.found / self.statement.owed.fen().max(1) as f64
    }

    /// The high less the low coverage.
    pub(crate) fn width(&self) -> f64 {
        let [low, _, high] = self.coverage();
        high - low
    }

    /// On which side of the bounds a true ratio lies, within two hundredths; all above the claim is alike.
    pub(crate) fn side(&self, truth: f64) -> Ordering {
        let ([low, _, high], truth) = (self.coverage(), truth.min(1.0));
        if truth < low - 0.02 {
            Ordering::Less
        } else if truth > high + 0.02 {
            Ordering::Greater
        } else {
            Ordering::Equal
        }
    }

    /// Whether a true ratio lies within the bounds.
    pub(crate) fn holds(&self, truth: f64) -> bool {
        self.side(truth).is_eq()
    }
}

/// States the means of every debtor so many days after the first filing, and lays the truth beside it.
pub(crate) fn pairs(tables: &SourceTables, told: &Path, (key, days): (&PseudonymKey, i32)) -> Outcome<Vec<Pair>> {
    let filed = tables.scan("case_parties")?.filter(col("role").eq(lit("debtor")));
    let filed = filed.group_by([col("entity_id")]).agg([col("event_on").min()]).collect()?;
    let entities: Vec<i64> = filed.column("entity_id")?.i64()?.iter().flatten().collect();
    let on: Vec<i32> = filed.column("event_on")?.date()?.phys.iter().flatten().map(|day| day + days).collect();
    let on = Series::new("as_of".into(), on).cast(&DataType::Date)?;
    let samples = DataFrame::new(entities.len(), vec![Column::new("entity_id".into(), entities), on.into()])?;
    let known = snapshot::as_of_each(tables, &samples)?;
    let rules = CapacityRules::standard()?.with_living_costs(LIVING_COSTS)?;
    let table = capacity::assess(&known, &rules, &CapacityParams::default().horizon_months(12))?;
    let truths = truths(told, key)?;
    let open = table.statements().iter().filter(|statement| statement.owed > Money::ZERO);
    Ok(open.filter_map(|statement| Some(pair(statement, truths.get(&statement.entity_id)?))).collect())
}

struct Truth {
    means: f64,
    visible: f64,
    class: String,
}

fn pair(statement: &CapacityStatement, truth: &Truth) -> Pair {
    let paid: Money = statement.claims.iter().map(|claim| claim.paid.total()).sum();
    let ratio = |fen: f64| (fen - paid.fen() as f64).max(0.0) / statement.owed.fen().max(1) as f64;
    let found: Money = statement.assets.iter().filter_map(|asset| asset.value).sum();
    let unanswered = statement.findings.iter().filter(|finding| matches!(finding, Finding::Unanswered { .. })).count();
    Pair {
        statement: statement.clone(),
        found: found.fen() as f64,
        means: ratio(truth.means),
        visible: ratio(truth.visible),
        class: truth.class.clone(),
        unanswered,
    }
}

/// Reads `truth/truth.csv` of a folder that the example `simulate` wrote.
fn truths(folder: &Path, key: &PseudonymKey) -> Outcome<HashMap<i64, Truth>> {
    let path = folder.join("truth/truth.csv");
    let mut reader = csv::Reader::from_path(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let header = reader.headers()?.clone();
    let at = |name: &str| header.iter().position(|column| column == name).ok_or(format!("no column {name}"));
    let (id, class, means, visible) = (at("entity_id")?, at("class")?, at("means_fen")?, at("visible_fen")?);
    let mut truths = HashMap::new();
    for record in reader.records() {
        let record = record?;
        let field = |at: usize| record.get(at).unwrap_or_default();
        let (means, visible) = (field(means).parse()?, field(visible).parse()?);
        truths.insert(key.pseudonym("party", field(id)), Truth { means, visible, class: field(class).to_owned() });
    }
    Ok(truths)
}

/// The probability that a random event ranks above a random other; ties count half.
pub(crate) fn auc(pairs: &[Pair], score: impl Fn(&Pair) -> f64, event: impl Fn(&Pair) -> bool) -> f64 {
    let mut scored: Vec<(f64, bool)> = pairs.iter().map(|pair| (score(pair), event(pair))).collect();
    scored.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut below, mut wins, mut events) = (0.0, 0.0, 0.0);
    for ties in scored.chunk_by(|a, b| a.0.total_cmp(&b.0).is_eq()) {
        let hits = ties.iter().filter(|row| row.1).count() as f64;
        let others = ties.len() as f64 - hits;
        wins += hits * (below + others / 2.0);
        (below, events) = (below + others, events + hits);
    }
    wins / (events * below)
}

/// The share of the pairs chosen for which something holds, and their number.
pub(crate) fn share(pairs: &[Pair], chosen: impl Fn(&Pair) -> bool, holds: impl Fn(&Pair) -> bool) -> (f64, usize) {
    let chosen: Vec<&Pair> = pairs.iter().filter(|pair| chosen(pair)).collect();
    (chosen.iter().filter(|pair| holds(pair)).count() as f64 / chosen.len().max(1) as f64, chosen.len())
}
