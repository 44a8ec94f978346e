//! Joins records into parties and refuses to join what cannot be one.
#![allow(clippy::indexing_slicing, reason = "records are places in the forest that was made for them")]

use super::identity::Identity;
use super::records::{NONE, number, place};

/// Disjoint sets of records, each with the values that a party has once.
#[derive(Debug)]
pub(super) struct Forest {
    parents: Vec<u32>,
    single: Vec<Vec<u32>>,
}

impl Forest {
    pub(super) fn new(identity: &Identity) -> Self {
        let parents = (0..number(identity.is_identified.len())).collect();
        Self { parents, single: identity.single.clone() }
    }

    pub(super) fn root(&mut self, row: u32) -> u32 {
        let mut root = row;
        while self.parents[place(root)] != root {
            let above = self.parents[place(self.parents[place(root)])];
            self.parents[place(root)] = above;
            root = above;
        }
        root
    }

    /// Joins the sets of two records unless they hold different single values; says whether they are one now.
    pub(super) fn join(&mut self, left: u32, right: u32) -> bool {
        let (a, b) = (self.root(left), self.root(right));
        if a == b {
            return true;
        }
        let (low, high) = (place(a.min(b)), place(a.max(b)));
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
        true
    }

    /// The party of each record, numbered in the order of each party's first record.
    pub(super) fn parties(&mut self) -> (Vec<u32>, u32) {
        let (mut parties, mut count) = (vec![NONE; self.parents.len()], 0);
        for row in 0..self.parents.len() {
            let root = place(self.root(number(row)));
            if parties[root] == NONE {
                parties[root] = count;
                count += 1;
            }
            parties[row] = parties[root];
        }
        (parties, count)
    }
}
