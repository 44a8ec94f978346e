//! The boosting loop: rounds, step length, early stopping.
//!
//! Each round gives each term one small tree. Small steps in turn share an effect among features that say
//! much the same, instead of giving all of it to the one that came first.

#![allow(clippy::indexing_slicing, reason = "terms and their shapes are addressed by their own range")]

use super::crossed::Crossed;
use super::line::Line;
use super::loss::Loss;
use super::plane::Plane;
use super::rows::{Rows, Step, fixed};
use super::{AdditiveParams, CELLS, Cells};

/// Rounds after which curvatures are taken anew; in the first of them they are each time.
const RENEW: u32 = 4;

/// What one tree may move a sum at most.
const MOST_STEP: f64 = 4.0;

/// What is boosted: the codes of the rows, and how a tree may part them.
#[derive(Debug)]
pub(super) struct Term {
    pub(super) codes: Vec<u8>,
    pub(super) grower: Grower,
}

/// How a tree may part the codes of a term.
#[derive(Debug)]
pub(super) enum Grower {
    /// One feature.
    Line(Line),
    /// Two features together.
    Plane(Box<Plane>),
}

/// What boosting found: the part of each term in a sum by code, and how.
#[derive(Debug, Clone)]
pub(super) struct Boosted {
    pub(super) shapes: Vec<Step>,
    /// Rounds until the loss on the rows held out was least.
    pub(super) rounds: u32,
    /// That loss summed, in fixed point.
    pub(super) loss: i128,
}

impl Grower {
    fn tree(&self, gradient: &Cells, curvature: &Cells) -> Cells {
        match self {
            Self::Line(line) => line.tree(gradient, curvature),
            Self::Plane(plane) => plane.tree(gradient, curvature),
        }
    }
}

/// Boosts terms in turn, a small tree each, until the rows held out gain no more.
///
/// # References
///
/// Lou, Caruana and Gehrke, *Intelligible models for classification and regression* (2012); Nori et al., *InterpretML*
/// (2019).
pub(super) fn boost<L: Loss>(terms: &[&Term], mut rows: Rows<'_, L>, params: &AdditiveParams) -> Boosted {
    let mut shapes: Vec<Step> = vec![[0; CELLS]; terms.len()];
    let mut best = Boosted { shapes: shapes.clone(), rounds: 0, loss: i128::MAX };
    let mut curvatures: Vec<Cells> = vec![[0.0; CELLS]; terms.len()];
    let mut crossed: Option<Crossed> = None;
    for round in 0..=params.max_rounds {
        let renews = if L::IS_QUADRATIC { round == 0 } else { round < RENEW || round % RENEW == 0 };
        let loss = if crossed.is_some() { rows.held_out_loss() } else { rows.refresh(renews) };
        if loss < best.loss {
            best = Boosted { shapes: shapes.clone(), rounds: round, loss };
        }
        if round == params.max_rounds || round - best.rounds >= params.patience {
            break;
        }
        if round == 0 {
            crossed = Crossed::new(terms, &mut rows);
        }
        let mut pending: Option<(usize, Step)> = None;
        for (at, term) in terms.iter().enumerate() {
            let before = pending.as_ref().map(|(before, step)| (terms[*before].codes.as_slice(), step));
            let gradient = match &crossed {
                Some(crossed) => crossed.gradient(at),
                None => rows.visit(before, &term.codes),
            };
            if renews {
                curvatures[at] = rows.curvatures(&term.codes);
            }
            let tree = term.grower.tree(&gradient, &curvatures[at]);
            let step = tree.map(|value| fixed((params.learning_rate * value).clamp(-MOST_STEP, MOST_STEP)));
            shapes[at].iter_mut().zip(&step).for_each(|(sum, step)| *sum += step);
            if let Some(crossed) = &mut crossed {
                crossed.take(at, &step);
                rows.take_held_out(&term.codes, &step);
            } else {
                pending = step.iter().any(|step| *step != 0).then_some((at, step));
            }
        }
        if let Some((before, step)) = pending {
            rows.take(&terms[before].codes, &step);
        }
    }
    best
}
