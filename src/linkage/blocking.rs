//! Which pairs are worth comparing: those with an equal key under some rule, each pair once.
//!
//! A million records make 5·10¹¹ pairs. A rule cuts them into blocks of equal keys (the sound of the name
//! and the day of birth, say), and only pairs within a block are compared. Blocks beyond
//! [`LinkageParams::max_block`](super::LinkageParams::max_block) are left out and counted.
#![allow(clippy::indexing_slicing, reason = "rows and ranges are places in the lists that made them")]

use rayon::prelude::*;

use super::compare::Forms;
use super::params::{BlockingRule, KeyPart, LinkageParams};
use super::records::{Canonical, NONE, index_of, number};
use crate::domain::mixed;

/// One rule over the records.
#[derive(Debug)]
pub(super) struct Blocks {
    /// The key of each record, 0 when it has none or its block is too large.
    keys: Vec<u64>,
    /// Records in the order of their keys.
    members: Vec<u32>,
    /// Where each block of two or more begins and ends among the members.
    pub(super) ranges: Vec<(u32, u32)>,
    /// Records in blocks that were left out.
    pub(super) left_out: u64,
    pub(super) pairs: u64,
}

pub(super) fn blocks(params: &LinkageParams, table: &Canonical, forms: &[Forms]) -> Vec<Blocks> {
    params.blocking.iter().map(|rule| Blocks::new(rule, params.max_block, (table, forms))).collect()
}

impl Blocks {
    fn new(rule: &BlockingRule, max_block: usize, (table, forms): (&Canonical, &[Forms])) -> Self {
        let mut keys = vec![SEED; table.len()];
        for part in &rule.keys {
            let Some(at) = table.position(&part.column) else { continue };
            let hashes = hashed(part, &forms[at]);
            keys.par_iter_mut().zip(&table.columns[at].codes).for_each(|(key, code)| {
                let hash = if *code == NONE { 0 } else { hashes[index_of(*code)] };
                *key = if hash == 0 || *key == 0 { 0 } else { mixed(*key ^ hash).max(1) };
            });
        }
        let mut order: Vec<(u64, u32)> =
            keys.iter().enumerate().filter(|(_, key)| **key != 0).map(|(row, key)| (*key, number(row))).collect();
        order.par_sort_unstable();
        let (mut ranges, mut left_out, mut pairs, mut begin) = (Vec::new(), 0, 0, 0);
        for block in order.chunk_by(|a, b| a.0 == b.0) {
            if block.len() > max_block {
                left_out += u64::from(number(block.len()));
                block.iter().for_each(|(_, row)| keys[index_of(*row)] = 0);
            } else if block.len() > 1 {
                let size = u64::from(number(block.len()));
                pairs += size * (size - 1) / 2;
                ranges.push((number(begin), number(begin + block.len())));
            }
            begin += block.len();
        }
        let members = order.into_iter().map(|(_, row)| row).collect();
        Self { keys, members, ranges, left_out, pairs }
    }

    /// How many records there are.
    pub(super) fn len(&self) -> usize {
        self.keys.len()
    }

    /// The records of a block.
    pub(super) fn block(&self, (begin, end): (u32, u32)) -> &[u32] {
        &self.members[index_of(begin)..index_of(end)]
    }

    /// Whether a block belongs to the share 1 / 2^`halvings` that is drawn for training; its content decides.
    pub(super) fn is_drawn(&self, range: (u32, u32), halvings: u32) -> bool {
        let key = self.block(range).first().map_or(0, |row| self.keys[index_of(*row)]);
        mixed(key) & ((1u64 << halvings) - 1) == 0
    }

    pub(super) fn joins(&self, left: u32, right: u32) -> bool {
        let key = self.keys[index_of(left)];
        key != 0 && key == self.keys[index_of(right)]
    }
}

/// Whether rule `at` is the first to bring two records together.
pub(super) fn is_first(rules: &[Blocks], at: usize, left: u32, right: u32) -> bool {
    !rules[..at].iter().any(|rule| rule.joins(left, right))
}

const SEED: u64 = 0x9e37_79b9_7f4a_7c15;

/// A hash for each distinct value, 0 for one that is too short for the part.
fn hashed(part: &KeyPart, forms: &Forms) -> Vec<u64> {
    let hash = |text: &String| {
        let cut = part.first.and_then(|n| text.char_indices().nth(n)).map_or(text.len(), |(end, _)| end);
        let too_short = text.is_empty() || part.first.is_some_and(|n| text.chars().count() < n);
        let bytes = text.as_bytes()[..cut].iter();
        let sum =
            bytes.fold(0xcbf2_9ce4_8422_2325u64, |sum, byte| (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3));
        if too_short { 0 } else { mixed(sum).max(1) }
    };
    forms.form(part.form).par_iter().map(hash).collect()
}
