//! Joins records into parties and refuses to join what cannot be one.
//!
//! A forest of disjoint sets in which each set remembers the values that a party has once: its sound
//! identifier, its kind. Two sets that hold different ones are never joined, by whatever chain of pairs.
#![allow(clippy::indexing_slicing, reason = "records are places in the forest that was made for them")]

use std::collections::{BTreeMap, BTreeSet};

use super::identity::Identity;
use super::records::{NONE, index_of, number};

/// Disjoint sets of records, each with the values that a party has once.
#[derive(Debug)]
pub(super) struct Forest {
    parents: Vec<u32>,
    single: Vec<Vec<u32>>,
    /// Roots of sets that may be two members of one household.
    apart: BTreeMap<u32, BTreeSet<u32>>,
}

impl Forest {
    pub(super) fn new(identity: &Identity) -> Self {
        let parents = (0..number(identity.is_identified.len())).collect();
        Self { parents, single: identity.single.clone(), apart: BTreeMap::new() }
    }

    /// Joins records that hang together by documents, where all their single values agree; says how
    /// many joined another and how many documents joined nobody. What the lists' order is does not
    /// matter: all is judged before anything joins.
    pub(super) fn join_documents(&mut self, documents: &[Vec<u32>]) -> (u64, u64) {
        let (mut joined, before) = (0, documents.len());
        let direct: Vec<&Vec<u32>> = documents.iter().filter(|carriers| self.agree(carriers)).collect();
        let mut loose = Self { parents: self.parents.clone(), single: Vec::new(), apart: BTreeMap::new() };
        for (first, row) in direct.iter().flat_map(|carriers| carriers.iter().map(move |row| (carriers[0], *row))) {
            loose.join(first, row);
        }
        let mut together: BTreeMap<u32, Vec<&Vec<u32>>> = BTreeMap::new();
        for carriers in direct {
            together.entry(loose.root(carriers[0])).or_default().push(carriers);
        }
        let mut kept = 0;
        for documents in together.into_values() {
            let mut carriers: Vec<u32> = documents.iter().copied().flatten().copied().collect();
            carriers.sort_unstable();
            carriers.dedup();
            if self.agree(&carriers) {
                kept += documents.len();
                joined += carriers.iter().filter(|row| self.root(**row) != self.root(carriers[0])).count();
                for row in &carriers {
                    self.join(carriers[0], *row);
                }
            }
        }
        (u64::from(number(joined)), u64::from(number(before - kept)))
    }

    /// Whether no single value differs between the parties of these records.
    pub(super) fn agree(&mut self, rows: &[u32]) -> bool {
        let roots: Vec<usize> = rows.iter().map(|row| index_of(self.root(*row))).collect();
        self.single.iter().all(|codes| {
            let mut known = roots.iter().map(|root| codes[*root]).filter(|code| *code != NONE);
            known.next().is_none_or(|first| known.all(|code| code == first))
        })
    }

    pub(super) fn root(&mut self, row: u32) -> u32 {
        let mut root = row;
        while self.parents[index_of(root)] != root {
            let above = self.parents[index_of(self.parents[index_of(root)])];
            self.parents[index_of(root)] = above;
            root = above;
        }
        root
    }

    /// Keeps the sets of two records apart whatever joins either of them later.
    pub(super) fn keep_apart(&mut self, left: u32, right: u32) {
        let (a, b) = (self.root(left), self.root(right));
        self.apart.entry(a).or_default().insert(b);
        self.apart.entry(b).or_default().insert(a);
    }

    /// Joins the sets of two records unless they hold different single values or are kept apart;
    /// says whether they are one now.
    pub(super) fn join(&mut self, left: u32, right: u32) -> bool {
        let (a, b) = (self.root(left), self.root(right));
        if a == b {
            return true;
        }
        if self.apart.get(&a).is_some_and(|others| others.contains(&b)) {
            return false;
        }
        let (low, high) = (index_of(a.min(b)), index_of(a.max(b)));
        let excluded = |codes: &Vec<u32>| codes[low] != NONE && codes[high] != NONE && codes[low] != codes[high];
        if self.single.iter().any(excluded) {
            return false;
        }
        for codes in &mut self.single {
            if codes[low] == NONE {
                codes[low] = codes[high];
            }
        }
        self.parents[high] = number(low);
        for other in self.apart.remove(&number(high)).unwrap_or_default() {
            self.apart.entry(other).and_modify(|others| _ = others.remove(&number(high)));
            self.keep_apart(number(low), other);
        }
        true
    }

    /// The party of each record, numbered in the order of each party's first record.
    pub(super) fn parties(&mut self) -> (Vec<u32>, u32) {
        let (mut parties, mut count) = (vec![NONE; self.parents.len()], 0);
        for row in 0..self.parents.len() {
            let root = index_of(self.root(number(row)));
            if parties[root] == NONE {
                parties[root] = count;
                count += 1;
            }
            parties[row] = parties[root];
        }
        (parties, count)
    }
}
