#![allow(clippy::indexing_slicing, reason = "rows, terms and codes are addressed by their own ranges")]

use rayon::prelude::*;

use super::boost::{Boosted, Term, boost};
use super::rows::{Rows, fixed, float};
use super::{AdditiveParams, CELLS, Cells};
use crate::error::{Error, Result};
use crate::model::Target;

/// One bag: boosted without one fold, on which it stopped.
#[derive(Debug)]
pub(super) struct Bag {
    fold: u32,
    /// The log-odds that every row starts from.
    pub(super) start: f64,
    pub(super) mains: Boosted,
    pub(super) pairs: Option<Boosted>,
}

/// All bags, and which rows each was boosted without.
#[derive(Debug)]
pub(super) struct Bags<'a> {
    target: &'a Target,
    folds: Vec<u32>,
    pub(super) bags: Vec<Bag>,
}

impl<'a> Bags<'a> {
    /// Boosts every bag on the terms of single features.
    ///
    /// # Errors
    ///
    /// [`Error::TooLittle`] when no bag has rows with and without the event.
    pub(super) fn new(
        (target, folds): (&'a Target, Vec<u32>),
        terms: &[Term],
        params: &AdditiveParams,
    ) -> Result<Self> {
        let bag = |fold: u32| {
            let start = start(target, |row| folds[row] != fold)?;
            let rows = Rows::new(target, vec![fixed(start); target.height()], |row| folds[row] == fold);
            let terms: Vec<&Term> = terms.iter().collect();
            Some(Bag { fold, start, mains: boost(&terms, rows, params), pairs: None })
        };
        let bags: Vec<Bag> = (0..params.bags).into_par_iter().filter_map(bag).collect();
        if bags.len() < 2 {
            let found = format!("{} bags with and without the event", bags.len());
            return Err(Error::too_little("boost", found, "rows of both outcomes in two bags or more: fewer bags"));
        }
        Ok(Self { target, folds, bags })
    }

    /// Boosts every bag on some of the pairs, its shapes of single features as they are; the other pairs stay flat in it.
    pub(super) fn boost_pairs(
        &mut self,
        mains: &[Term],
        pairs: &[Term],
        (is_of_bag, params): (&(dyn Fn(usize, usize) -> bool + Sync), &AdditiveParams),
    ) {
        let (target, folds) = (self.target, &self.folds);
        self.bags.par_iter_mut().enumerate().for_each(|(index, bag)| {
            let rows = Rows::new(target, bag.log_odds(mains, &[]), |row| folds[row] == bag.fold);
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

    /// The log-odds of every row by one bag.
    pub(super) fn log_odds(&self, bag: usize, mains: &[Term]) -> Vec<f64> {
        self.bags[bag].log_odds(mains, &[]).into_iter().map(float).collect()
    }

    /// The bag that was boosted without a row; a row that every bag has learnt from has none.
    pub(super) fn bag_of(&self, row: usize) -> Option<usize> {
        self.bags.iter().position(|bag| bag.fold == self.folds[row])
    }

    /// The log-odds of each row by the bag that was boosted without it.
    pub(super) fn held_out(&self, mains: &[Term], pairs: &[Term]) -> Vec<f64> {
        let prior = self.target.log_odds();
        let by_bag: Vec<Vec<i32>> = self.bags.par_iter().map(|bag| bag.log_odds(mains, pairs)).collect();
        (0..self.target.height()).map(|row| self.bag_of(row).map_or(prior, |bag| float(by_bag[bag][row]))).collect()
    }
}

impl Bag {
    /// The log-odds of every row, in fixed point.
    fn log_odds(&self, mains: &[Term], pairs: &[Term]) -> Vec<i32> {
        let height = mains.first().map_or(0, |term| term.codes.len());
        let mut log_odds = vec![fixed(self.start); height];
        let of_pairs = self.pairs.iter().flat_map(|boosted| &boosted.shapes);
        for (term, shape) in mains.iter().zip(&self.mains.shapes).chain(pairs.iter().zip(of_pairs)) {
            log_odds.iter_mut().zip(&term.codes).for_each(|(sum, code)| *sum += shape[usize::from(*code)]);
        }
        log_odds
    }

    /// The log-odds of a pair's cells.
    pub(super) fn grid(&self, pair: usize) -> Option<Cells> {
        self.pairs.as_ref().and_then(|boosted| boosted.shapes.get(pair)).map(|shape| shape.map(float))
    }
}

/// The log-odds of the event over some rows; none when they are all of one class.
fn start(target: &Target, is_learnt: impl Fn(usize) -> bool) -> Option<f64> {
    let mut weights = (0.0, 0.0);
    for (row, event) in target.events().iter().enumerate().filter(|(row, _)| is_learnt(*row)) {
        let side = if *event { &mut weights.0 } else { &mut weights.1 };
        *side += target.weight(row);
    }
    let log_odds = (weights.0 / weights.1).ln();
    log_odds.is_finite().then_some(log_odds)
}
