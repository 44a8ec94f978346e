//! Holds statements of means against the hidden truth of a simulated district.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use polars::prelude::*;
use wherewithal::capacity::{
    self, AssetClass, CapacityParams, CapacityRules, CapacityStatement, CoverageRatio, Finding,
};
use wherewithal::domain::{Money, PseudonymKey};
use wherewithal::simulate::{self, Manifest};
use wherewithal::snapshot;
use wherewithal::tables::SourceTables;

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
    /// The same of those things only that the statement knows of.
    pub(crate) known: f64,
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

    /// Whether nothing was paid on the claims by that day.
    pub(crate) fn is_unpaid(&self) -> bool {
        self.statement.claims.iter().all(|claim| claim.paid.total() == Money::ZERO)
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
}

/// States the means of every debtor so many days after the first filing, and lays the truth beside it.
pub(crate) fn pairs(tables: &SourceTables, told: &Path, (key, days): (&PseudonymKey, i32)) -> Outcome<Vec<Pair>> {
    let parties = tables.columns("case_parties", &["entity_id", "event_on", "role"])?;
    let named = parties.column("entity_id")?.i64()?.iter().zip(parties.column("event_on")?.date()?.phys.iter());
    let mut filed: BTreeMap<i64, i32> = BTreeMap::new();
    for ((entity, on), role) in named.zip(parties.column("role")?.str()?.iter()) {
        if let (Some(entity), Some(on), Some("debtor")) = (entity, on, role) {
            filed.entry(entity).and_modify(|first| *first = on.min(*first)).or_insert(on);
        }
    }
    let (entities, on): (Vec<i64>, Vec<i32>) = filed.into_iter().map(|(entity, on)| (entity, on + days)).unzip();
    let on = Series::new("as_of".into(), on).cast(&DataType::Date)?;
    let samples = DataFrame::new(entities.len(), vec![Column::new("entity_id".into(), entities), on.into()])?;
    let known = snapshot::as_of_each(tables, &samples)?;
    let rules = CapacityRules::standard()?.with_living_costs(LIVING_COSTS)?;
    let table = capacity::assess(&known, &rules, &CapacityParams::default().horizon_months(12))?;
    let truths = truths(told, key)?;
    let things = things(told, key)?;
    let open = table.statements().iter().filter(|statement| statement.owed > Money::ZERO);
    let none = Vec::new();
    let pair_of = |statement: &CapacityStatement| {
        let of = &statement.entity_id;
        Some(pair(statement, truths.get(of)?, things.get(of).unwrap_or(&none)))
    };
    Ok(open.filter_map(pair_of).collect())
}

struct Truth {
    means: f64,
    visible: f64,
    class: String,
}

/// A thing by its pseudonym, or income (`None`), and what it truly yields in fen.
type Thing = (Option<i64>, f64);

fn pair(statement: &CapacityStatement, truth: &Truth, things: &[Thing]) -> Pair {
    let is_known = |item: Option<i64>| match item {
        Some(item) => statement.assets.iter().any(|asset| asset.item == item),
        None => statement.assets.iter().any(|asset| asset.class == AssetClass::Income),
    };
    let known: f64 = things.iter().filter(|(item, _)| is_known(*item)).map(|(_, net)| net).sum();
    let paid: Money = statement.claims.iter().map(|claim| claim.paid.total()).sum();
    let ratio = |fen: f64| (fen - paid.fen() as f64).max(0.0) / statement.owed.fen().max(1) as f64;
    let found: Money = statement.assets.iter().filter_map(|asset| asset.value).sum();
    let unanswered = statement.findings.iter().filter(|finding| matches!(finding, Finding::Unanswered { .. })).count();
    Pair {
        statement: statement.clone(),
        found: found.fen() as f64,
        means: ratio(truth.means),
        visible: ratio(truth.visible),
        known: ratio(known),
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

/// What each thing truly yields: made again from the parameters in the folder's manifest.
fn things(folder: &Path, key: &PseudonymKey) -> Outcome<HashMap<i64, Vec<Thing>>> {
    let path = folder.join("manifest.json");
    let text = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let manifest: Manifest = serde_json::from_str(&text)?;
    let frame = simulate::generate(&manifest.params)?.things().frame()?;
    let text = |name: &str| -> Outcome<Vec<Option<&str>>> { Ok(frame.column(name)?.str()?.iter().collect()) };
    let owners = text("entity_id")?.into_iter().zip(text("table")?);
    let yields = text("item")?.into_iter().zip(frame.column("net_fen")?.i64()?.iter());
    let mut things: HashMap<i64, Vec<Thing>> = HashMap::new();
    for ((owner, table), (item, net)) in owners.zip(yields) {
        let (Some(owner), Some(net)) = (owner, net) else { continue };
        let realm = if table == Some("equity") { "party" } else { "item" };
        let thing = (item.map(|item| key.pseudonym(realm, item)), net as f64);
        things.entry(key.pseudonym("party", owner)).or_default().push(thing);
    }
    Ok(things)
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
