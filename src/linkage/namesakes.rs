//! Parties of one name that no block brings together: blocks ask for a second value, and there may be none.
//!
//! Two records that are called alike and have nothing else may be one party or two; nobody can say. They
//! are shown for review, up to a few bearers of a name, and counted where a name is common.

use std::collections::{BTreeMap, BTreeSet};

use super::cluster::Forest;
use super::compare::{Comparator, Forms, MISSING, level_of};
use super::entity_map::{Decision, Link, LinkageCounts};
use super::identity::Identity;
use super::model::probability;
use super::params::{ComparisonKind, LinkageParams};
use super::records::{Canonical, index_of, number};

/// A name that more parties bear is counted and not looked at pair by pair.
const BEARERS: usize = 5;

/// The records once every pair of a block is decided.
pub(super) struct Decided<'a> {
    pub(super) table: &'a Canonical,
    pub(super) forms: &'a [Forms],
    pub(super) identity: &'a Identity,
    pub(super) forest: &'a mut Forest,
    pub(super) counts: &'a mut LinkageCounts,
    pub(super) links: &'a mut Vec<Link>,
}

/// Adds a pair to review for any two parties that bear one name, where the name is all there is to
/// compare or the rest speaks for one party, and nothing tells them apart; counts names of too
/// many.
pub(super) fn review_namesakes(
    params: &LinkageParams,
    (comparator, weight): (&Comparator<'_>, impl Fn(u32, u32) -> f64),
    decided: Decided<'_>,
) {
    let Decided { table, forms, identity, forest, counts, links } = decided;
    let mut seen: BTreeSet<(u32, u32)> = links.iter().map(|link| roots(forest, (link.left, link.right))).collect();
    for (at, comparison) in params.comparisons.iter().enumerate().filter(|(_, c)| c.kind == ComparisonKind::Name) {
        let Some(column) = table.position(&comparison.column) else { continue };
        let (Some(column), Some(forms)) = (table.columns.get(column), forms.get(column)) else { continue };
        let mut bearers: BTreeMap<u32, BTreeMap<u32, u32>> = BTreeMap::new();
        for (row, code) in (0u32..).zip(&column.codes).filter(|(_, code)| !forms.is_nothing(**code)) {
            let Some(name) = forms.folded_code.get(index_of(*code)) else { continue };
            bearers.entry(*name).or_default().entry(forest.root(row)).or_insert(row);
        }
        for rows in
            bearers.into_values().filter(|rows| rows.len() > 1).map(|rows| rows.into_values().collect::<Vec<_>>())
        {
            if rows.len() > BEARERS {
                count_common(&rows, identity, counts);
                continue;
            }
            for (left, right) in pairs(&rows) {
                if !forest.agree(&[left, right]) || !seen.insert(roots(forest, (left, right))) {
                    continue;
                }
                let pattern = comparator.pattern(left, right);
                let is_alone = (0..params.comparisons.len()).all(|i| i == at || level_of(pattern, i) == MISSING);
                let bits = weight(left, right);
                let probability = probability(bits);
                if is_alone || probability >= params.review_from {
                    counts.equal_names_alone += u64::from(is_alone);
                    links.push(Link { left, right, bits, probability, decision: Decision::Review });
                }
            }
        }
    }
}

/// Counts a name and those of its bearers whom no sound identifier tells apart.
fn count_common(rows: &[u32], identity: &Identity, counts: &mut LinkageCounts) {
    let is_known = |row: &&u32| identity.is_identified.get(index_of(**row)).copied().unwrap_or(false);
    let unknown = rows.len() - rows.iter().filter(is_known).count();
    counts.common_names += u64::from(unknown > 0);
    counts.common_name_parties += u64::from(number(unknown));
}

fn roots(forest: &mut Forest, (left, right): (u32, u32)) -> (u32, u32) {
    let (a, b) = (forest.root(left), forest.root(right));
    (a.min(b), a.max(b))
}

fn pairs(rows: &[u32]) -> impl Iterator<Item = (u32, u32)> + '_ {
    rows.iter()
        .zip(1..)
        .flat_map(|(left, after)| rows.iter().skip(after).map(|right| (*left.min(right), *left.max(right))))
}
