//! The entry point: boosts features, then pairs, and averages the bags.
//!
//! ```text
//! columns ─► fine bins ─► bags (features) ─► pairs scanned, boosted, judged ─► shapes ─► layout ─► card
//!                           └───────── held-out sums ─► calibration, validation ─────────────────────┘
//! ```

#![allow(clippy::indexing_slicing, reason = "features, pairs and bins are addressed by their own ranges")]

use super::axis::Axis;
use super::bags::Bags;
use super::boost::{Grower, Term};
use super::card::Cast;
use super::features::{Feature, features};
use super::loss::Loss;
use super::pairs::{Field, Pair};
use super::shapes::{Frame, Shapes, mean};
use super::{AdditiveParams, CELLS};
use crate::error::{Error, Result};
use crate::model::column::Column;
use crate::model::fit::Table;
use crate::model::folds::{assign, scatter};
use crate::model::scorecard::{CardBody, Fitted, Scorecard};
use crate::model::selection::{Exclusion, ExclusionReason, named_reasons};
use crate::model::{Calibrator, Target, ValidationReport};
use crate::sentence::says;

/// Shapes and pairs as boosted, and the sum of each row by the bag that was boosted without it.
pub(in crate::model) struct Boosting {
    pub(in crate::model) fitted: Fitted,
    pub(in crate::model) held_out: Vec<f64>,
}

/// Boosts an additive card on rows whose weights are effective.
pub(in crate::model) fn fit_additive(table: &Table<'_>, params: &AdditiveParams) -> Result<Scorecard> {
    let target = &table.target;
    let Boosting { fitted, held_out } = boosting(&table.columns, target, params)?;
    let mut body = CardBody::new(fitted, target, &params.card);
    body.additive = Some(params.clone());
    if params.card.calibration_folds >= 2 {
        let (log_odds, target) = by_party(&held_out, target)?;
        body.calibrator = Calibrator::fit(params.card.calibration, &log_odds, &target)?;
        let probabilities: Vec<f64> = log_odds.iter().map(|x| body.calibrator.probability(*x).value()).collect();
        body.held_out = Some(ValidationReport::new(&probabilities, &target)?);
    }
    Scorecard::seal(body)
}

/// Boosts features by any loss.
///
/// Where more features are telling than the card may have, those that tell most are boosted once more without the
/// others.
pub(in crate::model) fn boosting<L: Loss>(
    columns: &[(&str, Column<'_>)],
    judge: &L,
    params: &AdditiveParams,
) -> Result<Boosting> {
    let (features, mut unbinned) = features(columns, judge.target(), params)?;
    let all = boosted(judge, (features, unbinned.clone()), params)?;
    let most = params.card.max_features;
    let names: Vec<&str> = all.fitted.features.iter().map(|feature| feature.map.feature.as_str()).collect();
    let Some((kept, gone)) = names.split_at_checked(most).filter(|(_, gone)| !gone.is_empty()) else {
        return Ok(all);
    };
    let parsimony = |name: &&str| Exclusion { feature: (*name).to_owned(), reason: ExclusionReason::Parsimony };
    unbinned.extend(gone.iter().map(parsimony));
    unbinned.extend(all.fitted.excluded.iter().filter(|out| out.reason == ExclusionReason::Flat).cloned());
    let narrow: Vec<_> = columns.iter().filter(|(name, _)| kept.contains(name)).cloned().collect();
    let (features, _) = self::features(&narrow, judge.target(), params)?;
    boosted(judge, (features, unbinned), params)
}

fn boosted<L: Loss>(
    judge: &L,
    (features, unbinned): (Vec<Feature>, Vec<Exclusion>),
    params: &AdditiveParams,
) -> Result<Boosting> {
    if features.is_empty() {
        return Err(nothing(&unbinned));
    }
    let folds = assign(judge.target(), params.bags, scatter(scatter(scatter(params.card.seed))));
    let mains: Vec<Term> = features
        .iter()
        .map(|feature| Term { codes: feature.codes.clone(), grower: Grower::Line(feature.line.clone()) })
        .collect();
    let mut bags = Bags::new((judge, folds), &mains, params)?;
    let axes = axes(&features, &bags, params);
    let field = Field { features: &features, axes: &axes, judge, params };
    let (pairs, terms) = pairs(&field, &mut bags, &mains);
    let held_out = bags.held_out(&mains, &terms);
    let frame = Frame {
        features: &features,
        curvature: by_code(&mains, judge, &held_out)
            .zip(&features)
            .map(|(sums, f)| sums[..f.map.bins.len()].to_vec())
            .collect(),
        axes: &axes,
        pairs: &pairs,
        params,
        unit: judge.unit(),
    };
    let by_bag: Vec<Shapes> = bags.bags.iter().map(|bag| frame.shapes(bag)).collect();
    let by_cell: Vec<Vec<f64>> = by_code(&terms, judge, &held_out).map(|sums| sums.to_vec()).collect();
    let layout = frame.layout(&mean(&by_bag), &by_cell);
    let cast = Cast::new(&frame, &layout, &by_bag);
    Ok(Boosting { held_out: cast.held_out(&bags), fitted: cast.fitted(unbinned, &terms, judge.target())? })
}

/// Rows in the order of their parties, where parties are said: sums of probabilities depend on the order of rows.
fn by_party(log_odds: &[f64], target: &Target) -> Result<(Vec<f64>, Target)> {
    let Some(groups) = target.row_groups() else { return Ok((log_odds.to_vec(), target.clone())) };
    let mut order: Vec<usize> = (0..groups.len()).collect();
    order.sort_by_key(|row| groups[*row]);
    Ok((order.iter().map(|row| log_odds[*row]).collect(), target.rows(&order)?))
}

fn nothing(excluded: &[Exclusion]) -> Error {
    let found = says!("none of {} features with two values or more{}", [excluded.len(), named_reasons(excluded)]);
    Error::too_little("boost a card", found, "at least one feature that differs between rows")
}

/// The lines along each feature, levels in the order of their mean shape.
fn axes<L: Loss>(features: &[Feature], bags: &Bags<'_, L>, params: &AdditiveParams) -> Vec<Axis> {
    let axis = |(at, feature): (usize, &Feature)| {
        let sum = |bin: usize| bags.bags.iter().map(|bag| f64::from(bag.mains.shapes[at][bin])).sum::<f64>();
        let shape: Vec<f64> = (0..feature.map.bins.len()).map(sum).collect();
        Axis::new(&feature.map, &shape, params.pair_lines)
    };
    features.iter().enumerate().map(axis).collect()
}

/// The pairs that stay, and their terms; every bag is boosted on them.
fn pairs<L: Loss>(field: &Field<'_, L>, bags: &mut Bags<'_, L>, mains: &[Term]) -> (Vec<Pair>, Vec<Term>) {
    if field.params.max_pairs == 0 || field.features.len() < 2 {
        return (Vec::new(), Vec::new());
    }
    let candidates = field.candidates(bags, mains);
    let mut pairs: Vec<Pair> = candidates.iter().flatten().copied().collect();
    pairs.sort_unstable();
    pairs.dedup();
    let terms = field.terms(&pairs);
    let is_candidate = |bag: usize, pair: usize| candidates[bag].contains(&pairs[pair]);
    bags.boost_pairs(mains, &terms, (&is_candidate, field.params));
    let pairs = field.surviving(bags, mains, (&pairs, &terms));
    let terms = field.terms(&pairs);
    bags.boost_pairs(mains, &terms, (&|_, _| true, field.params));
    (pairs, terms)
}

/// The curvature of the loss by code of each term.
fn by_code<'a, L: Loss>(terms: &'a [Term], judge: &L, sums: &[f64]) -> impl Iterator<Item = [f64; CELLS]> + use<'a, L> {
    let curvature = |(row, sum): (usize, &f64)| {
        // A multiple of a power of two: its sums do not depend on the order of rows.
        (judge.target().weight(row) * judge.slope(row, *sum).1 * 1_048_576.0).round() / 1_048_576.0
    };
    let curvatures: Vec<f64> = sums.iter().enumerate().map(curvature).collect();
    terms.iter().map(move |term| {
        let mut sums = [0.0; CELLS];
        term.codes.iter().zip(&curvatures).for_each(|(code, curvature)| sums[usize::from(*code)] += curvature);
        sums
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ScorecardParams;

    /// Rows that count for one to three, or as many rows that count for one.
    fn table(repeats: bool) -> Table<'static> {
        let uniform = |row: usize, salt: u64| (scatter(row as u64 ^ scatter(salt)) >> 11) as f64 / (1_u64 << 53) as f64;
        let times = |row: usize| if repeats { 1 + row % 3 } else { 1 };
        let rows: Vec<usize> = (0..900).flat_map(|row| vec![row; times(row)]).collect();
        let pick = |salt: u64| Column::Number(rows.iter().map(|row| (40.0 * uniform(*row, salt)).round()).collect());
        let rate = |row: usize| 1.0 / (1.0 + (3.0 - 4.0 * uniform(row, 1) - 2.0 * uniform(row, 2)).exp());
        let groups: Vec<u64> = rows.iter().map(|row| *row as u64).collect();
        let target =
            Target::new(rows.iter().map(|row| uniform(*row, 3) < rate(*row))).unwrap().groups(&groups).unwrap();
        let weights: Vec<f64> = rows.iter().map(|row| if repeats { 1.0 } else { (1 + row % 3) as f64 }).collect();
        Table {
            columns: vec![("a", pick(1)), ("b", pick(2))],
            target: target.weights(&weights).unwrap(),
            cross_fitted: None,
        }
    }

    #[test]
    fn weights_act_as_repeated_rows() {
        let card = ScorecardParams::default().calibration_folds(0);
        let params = AdditiveParams::default().card(card).bags(3).max_rounds(150).max_pairs(1).pair_price(0.0);
        let weighted = fit_additive(&table(false), &params).unwrap();
        let repeated = fit_additive(&table(true), &params).unwrap();
        assert_eq!(weighted.features().len(), repeated.features().len());
        for (one, other) in weighted.features().iter().zip(repeated.features()) {
            assert_eq!((one.name(), &one.map().cuts), (other.name(), &other.map().cuts));
            for (a, b) in one.log_odds().iter().zip(other.log_odds()) {
                assert!((a - b).abs() < 1e-4, "{a} {b}");
            }
        }
        assert_eq!(weighted.pairs().len(), repeated.pairs().len());
    }
}
