//! Bags: one boosted model for each fold left out.
//!
//! A bag stops boosting on the fold that it never learnt from. So each row has exactly one bag that is a
//! fair judge of it, and what the card promises can be measured without a second fit.

#![allow(clippy::indexing_slicing, reason = "rows, terms and codes are addressed by their own ranges")]

use rayon::prelude::*;

use super::boost::{Boosted, Term, boost};
use super::loss::Loss;
use super::rows::{Rows, fixed, float};
use super::{AdditiveParams, CELLS, Cells};
use crate::error::{Error, Result};
use crate::sentence::says;

/// One bag: boosted without one fold, on which it stopped.
#[derive(Debug)]
pub(super) struct Bag {
    fold: u32,
    /// What every row starts from.
    pub(super) start: f64,
    pub(super) mains: Boosted,
    pub(super) pairs: Option<Boosted>,
}

/// All bags, and which rows each was boosted without.
#[derive(Debug)]
pub(super) struct Bags<'a, L> {
    judge: &'a L,
    folds: Vec<u32>,
    pub(super) bags: Vec<Bag>,
}

impl<'a, L: Loss> Bags<'a, L> {
    /// Boosts every bag on the terms of single features.
    ///
    /// # Errors
    ///
    /// [`Error::TooLittle`] when no two bags have rows to start from: with and without the event, or any where amounts
    /// are learnt.
    pub(super) fn new((judge, folds): (&'a L, Vec<u32>), terms: &[Term], params: &AdditiveParams) -> Result<Self> {
        let bag = |fold: u32| {
            let start = judge.start(&|row| folds[row] != fold)?;
            let rows = Rows::new(judge, vec![fixed(start); judge.target().height()], |row| folds[row] == fold);
            let terms: Vec<&Term> = terms.iter().collect();
            Some(Bag { fold, start, mains: boost(&terms, rows, params), pairs: None })
        };
        let bags: Vec<Bag> = (0..params.bags).into_par_iter().filter_map(bag).collect();
        if bags.len() < 2 {
            let found = says!("{} bags to learn from", [bags.len()]);
            let expected = "two or more, each with rows of both outcomes, or of an amount: more rows or fewer bags";
            return Err(Error::too_little("boost", found, expected));
        }
        Ok(Self { judge, folds, bags })
    }

    /// Boosts every bag on some of the pairs, its shapes of single features as they are; the other pairs stay flat in
    /// it.
    pub(super) fn boost_pairs(
        &mut self,
        mains: &[Term],
        pairs: &[Term],
        (is_of_bag, params): (&(dyn Fn(usize, usize) -> bool + Sync), &AdditiveParams),
    ) {
        let (judge, folds) = (self.judge, &self.folds);
        self.bags.par_iter_mut().enumerate().for_each(|(index, bag)| {
            let rows = Rows::new(judge, bag.sums(mains, &[]), |row| folds[row] == bag.fold);
            let own: Vec<usize> = (0..pairs.len()).filter(|pair| is_of_bag(index, *pair)).collect();
            let terms: Vec<&Term> = own.iter().map(|pair| &pairs[*pair]).collect();
            let boosted = boost(&terms, rows, params);
            let mut shapes = vec![[0; CELLS]; pairs.len()];
            for (pair, shape) in own.into_iter().zip(&boosted.shapes) {
                shapes[pair] = *shape;
            }
            bag.pairs = Some(Boosted { shapes, ..boosted });
        });
    }

    /// The sum of every row by one bag.
    pub(super) fn sums(&self, bag: usize, mains: &[Term]) -> Vec<f64> {
        self.bags[bag].sums(mains, &[]).into_iter().map(float).collect()
    }

    /// The bag that was boosted without a row; a row that every bag has learnt from has none.
    pub(super) fn bag_of(&self, row: usize) -> Option<usize> {
        self.bags.iter().position(|bag| bag.fold == self.folds[row])
    }

    /// What a row gets of which nothing is known.
    pub(super) fn prior(&self) -> f64 {
        self.judge.start(&|_| true).unwrap_or_default()
    }

    /// The sum of each row by the bag that was boosted without it.
    pub(super) fn held_out(&self, mains: &[Term], pairs: &[Term]) -> Vec<f64> {
        let prior = self.prior();
        let by_bag: Vec<Vec<i32>> = self.bags.par_iter().map(|bag| bag.sums(mains, pairs)).collect();
        (0..self.folds.len()).map(|row| self.bag_of(row).map_or(prior, |bag| float(by_bag[bag][row]))).collect()
    }
}

impl Bag {
    /// The sum of every row, in fixed point.
    fn sums(&self, mains: &[Term], pairs: &[Term]) -> Vec<i32> {
        let height = mains.first().map_or(0, |term| term.codes.len());
        let mut sums = vec![fixed(self.start); height];
        let of_pairs = self.pairs.iter().flat_map(|boosted| &boosted.shapes);
        for (term, shape) in mains.iter().zip(&self.mains.shapes).chain(pairs.iter().zip(of_pairs)) {
            sums.iter_mut().zip(&term.codes).for_each(|(sum, code)| *sum += shape[usize::from(*code)]);
        }
        sums
    }

    /// What a pair's cells add.
    pub(super) fn grid(&self, pair: usize) -> Option<Cells> {
        self.pairs.as_ref().and_then(|boosted| boosted.shapes.get(pair)).map(|shape| shape.map(float))
    }
}
