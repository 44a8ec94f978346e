//! The entry point: joins records by identifiers, then by scored pairs.
//!
//! ```text
//! records ─► canonical order ─► identifiers, documents ─► blocks ─► patterns ─► model ─► scored pairs
//!                                                                                           │
//!                              parties ◄── best pair first, refusing what cannot be one ◄───┘
//! ```

use std::cmp::Ordering;
use std::collections::BTreeSet;

use rayon::prelude::*;

use super::blocking::{Blocks, blocks, is_first};
use super::cluster::Forest;
use super::compare::{Comparator, MISSING, level_of};
use super::entity_map::{Decision, EntityMap, Link};
use super::estimate::{fit, pairs_of};
use super::household::Household;
use super::identity::Identity;
use super::model::{FittedComparison, LinkageModel, probability};
use super::namesakes::{Decided, review_namesakes};
use super::params::LinkageParams;
use super::prepared::Prepared;
use super::records::{Records, index_of, number};
use crate::error::{Error, Result};
use crate::progress::Progress;
use crate::sentence::Sentence;

/// Says which records are the same party.
///
/// Sound identifiers join first. What is left is compared within blocks, weighed by a
/// Fellegi–Sunter model fitted to the same records without labels, and joined from the best pair
/// down, except where that would put two different sound identifiers or kinds into one party.
///
/// # Errors
///
/// [`Error::Setting`] when a setting is out of range; [`Error::TooLittle`] when no record has any column the settings
/// name; [`Error::Table`] from 2³² records on.
///
/// # Examples
///
/// ```
/// use wherewithal::linkage::{LinkageParams, Records, link};
/// use wherewithal::progress::Silent;
///
/// // A record of a kind of table that the settings do not know is an error, not a set of single parties.
/// let mut records = Records::new(["colour"]);
/// records.push("1", ["red"])?;
/// let error = link(&records, &LinkageParams::default(), &Silent).unwrap_err();
/// assert!(matches!(error, wherewithal::Error::TooLittle { .. }));
/// # Ok::<(), wherewithal::Error>(())
/// ```
pub fn link(records: &Records, params: &LinkageParams, progress: &dyn Progress) -> Result<EntityMap> {
    params.check()?;
    let names = params.columns();
    if !records.is_empty() && !names.iter().any(|name| records.column(name).is_some()) {
        return Err(Error::too_little("link records", "none of their columns", Sentence::names(names)));
    }
    if u32::try_from(records.len()).is_err() {
        return Err(Error::table("records", records.len(), "fewer than 4294967296 rows"));
    }
    progress.begin("order records", None, "records");
    let mut prepared = Prepared::new(records, params);
    let (table, forms) = (&prepared.table, &prepared.forms);
    let rules = blocks(params, table, forms);
    progress.end();
    prepared.counts.left_out_of_blocks = rules.iter().map(|rule| rule.left_out).sum();

    let comparator = Comparator::new(&params.comparisons, table, forms);
    progress.begin("learn agreement", None, "pairs");
    let model = fit(params, &comparator, &rules);
    progress.end();
    let scorer = PairScorer::new(&model, &comparator);
    let roots: Vec<u32> = (0..number(table.len())).map(|row| prepared.forest.root(row)).collect();
    let ground = LinkContext { identity: &prepared.identity, roots: &roots, rules: &rules };
    progress.begin("compare pairs", Some(rules.iter().map(|rule| rule.pairs).sum()), "pairs");
    let (mut links, compared) = score(params, &scorer, (&ground, progress));
    progress.end();
    prepared.counts.pairs_compared = compared;
    links.sort_by(by_weight);
    let held = held(params, &links, &comparator);
    prepared.counts.held_as_household = u64::from(number(held.len()));
    decide(params, &mut links, (&held, &prepared.identity, &mut prepared.forest));
    let (identity, forest, counts) = (&prepared.identity, &mut prepared.forest, &mut prepared.counts);
    let decided = Decided { table, forms, identity, forest, counts, links: &mut links };
    review_namesakes(params, (&comparator, |left, right| scorer.bits(left, right)), decided);
    links.sort_by(by_weight);
    Ok(finished(records, (params, model), (prepared, links)))
}

/// The heaviest first, ties in the order of content.
fn by_weight(a: &Link, b: &Link) -> Ordering {
    b.bits.total_cmp(&a.bits).then_with(|| (a.left, a.right).cmp(&(b.left, b.right)))
}

/// The places of the likely pairs that may be two members of one household.
fn held(params: &LinkageParams, links: &[Link], comparator: &Comparator<'_>) -> BTreeSet<usize> {
    let Some(household) = Household::new(params) else { return BTreeSet::new() };
    let likely = links.iter().enumerate().take_while(|(_, link)| link.probability >= params.link_from);
    let held = likely.filter(|(_, link)| household.may_be_two(comparator, (link.left, link.right)));
    held.map(|(at, _)| at).collect()
}

/// What is settled before pairs are compared.
struct LinkContext<'a> {
    identity: &'a Identity,
    roots: &'a [u32],
    rules: &'a [Blocks],
}

/// As many records of one party as make no value common.
const OWN_RECORDS: u32 = 4;

/// Adds up a pair's weights.
pub(super) struct PairScorer<'a> {
    model: &'a LinkageModel,
    comparator: &'a Comparator<'a>,
    bits: Vec<Vec<f64>>,
    prior: f64,
}

impl<'a> PairScorer<'a> {
    pub(super) fn new(model: &'a LinkageModel, comparator: &'a Comparator<'a>) -> Self {
        Self { model, comparator, bits: model.bits(), prior: model.prior_bits() }
    }

    /// The level of each comparison with its weight, the part for the value's rarity apart.
    pub(super) fn steps(&self, left: u32, right: u32) -> impl Iterator<Item = (u8, f64, f64)> {
        let pattern = self.comparator.pattern(left, right);
        self.bits.iter().enumerate().map(move |(i, bits)| {
            let level = level_of(pattern, i);
            let Some(weight) = bits.get(usize::from(level)).filter(|_| level != MISSING) else {
                return (level, 0.0, 0.0);
            };
            let fitted = self.model.comparisons.get(i).filter(|c| level == 0 && c.comparison.term_frequency);
            let rarity = fitted.map_or(0.0, |fitted| self.rarity(fitted, i, left));
            (level, *weight, rarity)
        })
    }

    /// What the rarity of the value adds on which the pair agrees. A stated share is a rare value's
    /// already: only a value that more records carry than one party has takes something off.
    fn rarity(&self, fitted: &FittedComparison, i: usize, left: u32) -> f64 {
        let usual = fitted.levels.first().map_or(1.0, |level| level.other);
        match fitted.unlearnt {
            None => (usual / self.comparator.shared_value(i, left, 0)).log2(),
            Some(_) => (usual / self.comparator.shared_value(i, left, OWN_RECORDS)).log2().min(0.0),
        }
    }

    pub(super) fn prior_bits(&self) -> f64 {
        self.prior
    }

    pub(super) fn bits(&self, left: u32, right: u32) -> f64 {
        self.prior + self.steps(left, right).map(|(_, weight, rarity)| weight + rarity).sum::<f64>()
    }
}

fn score(
    params: &LinkageParams,
    scorer: &PairScorer<'_>,
    (ground, progress): (&LinkContext<'_>, &dyn Progress),
) -> (Vec<Link>, u64) {
    let mut links = Vec::new();
    let mut compared = 0;
    for (at, rule) in ground.rules.iter().enumerate() {
        let of_block = |range: &(u32, u32)| {
            let block = rule.block(*range);
            let root = |row: u32| ground.roots.get(index_of(row));
            let fresh = pairs_of(block).filter(|(i, j)| {
                root(*i) != root(*j) && !ground.identity.exclude(*i, *j) && is_first(ground.rules, at, *i, *j)
            });
            let mut kept = Vec::new();
            let mut seen = 0u64;
            for (left, right) in fresh {
                let bits = scorer.bits(left, right);
                let probability = probability(bits);
                seen += 1;
                if probability >= params.review_from {
                    kept.push(Link { left, right, bits, probability, decision: Decision::Review });
                }
            }
            (kept, seen)
        };
        let found: Vec<(Vec<Link>, u64)> = rule.ranges.par_iter().map(of_block).collect();
        for (kept, seen) in found {
            links.extend(kept);
            compared += seen;
        }
        progress.advance(rule.pairs);
    }
    (links, compared)
}

/// Joins from the best pair down; ties are broken by content.
fn decide(
    params: &LinkageParams,
    links: &mut [Link],
    (held, identity, forest): (&BTreeSet<usize>, &Identity, &mut Forest),
) {
    let torn = torn(params, links, (identity, forest));
    let is_torn = |row: u32| torn.get(index_of(row)).copied().unwrap_or(false);
    for link in held.iter().filter_map(|at| links.get(*at)) {
        forest.keep_apart(link.left, link.right);
    }
    for (_, link) in links.iter_mut().enumerate().filter(|(at, _)| !held.contains(at)) {
        let (known_left, known_right) = (is_known(identity, link.left), is_known(identity, link.right));
        if link.probability < params.link_from {
            continue;
        }
        let ambiguous = (is_torn(link.left) && known_right) || (is_torn(link.right) && known_left);
        link.decision = match ambiguous {
            true => Decision::Ambiguous,
            false if forest.join(link.left, link.right) => Decision::Joined,
            false => Decision::Refused,
        };
    }
}

fn is_known(identity: &Identity, row: u32) -> bool {
    identity.is_identified.get(index_of(row)).copied().unwrap_or(false)
}

/// Records without a sound identifier that fit two identified parties about equally well.
fn torn(params: &LinkageParams, links: &[Link], (identity, forest): (&Identity, &mut Forest)) -> Vec<bool> {
    let n = identity.is_identified.len();
    let mut best: Vec<Option<(u32, f64)>> = vec![None; n];
    let mut torn = vec![false; n];
    for link in links {
        for (unknown, known) in [(link.left, link.right), (link.right, link.left)] {
            if is_known(identity, unknown) || !is_known(identity, known) {
                continue;
            }
            let root = forest.root(known);
            let Some(slot) = best.get_mut(index_of(unknown)) else { continue };
            match *slot {
                None => *slot = Some((root, link.bits)),
                Some((party, bits)) if party != root && bits - link.bits < params.ambiguity_bits => {
                    torn.get_mut(index_of(unknown)).into_iter().for_each(|torn| *torn = true);
                }
                Some(_) => {}
            }
        }
    }
    torn
}

fn finished(
    records: &Records,
    (params, model): (&LinkageParams, LinkageModel),
    (prepared, mut links): (Prepared, Vec<Link>),
) -> EntityMap {
    let Prepared { table, mut forest, mut counts, .. } = prepared;
    let (canonical, count) = forest.parties();
    let mut parties = vec![0; canonical.len()];
    for (row, party) in table.rows.iter().zip(canonical) {
        parties.get_mut(index_of(*row)).into_iter().for_each(|slot| *slot = party);
    }
    let original = |row: u32| table.rows.get(index_of(row)).copied().unwrap_or(row);
    for link in &mut links {
        (link.left, link.right) = (original(link.left), original(link.right));
    }
    counts.parties = u64::from(count);
    EntityMap { ids: records.ids().to_vec(), parties, links, model, params: params.clone(), counts }
}
