//! How much there was, out of the target column.

use wherewithal::model::AmountTarget;
use wherewithal::sentence::Sentence;
use wherewithal::tabular::{ColumnKind, TableParams, WrittenColumn};

use super::outcome::same;
use crate::failure::Failure;
use crate::words::says;

/// The rows whose amount is known, and these amounts; what the column holds is said.
///
/// Blank amounts, those declared to be open, infinite ones and what is no number are counted and left out: such rows
/// are scored, not learnt from.
pub(super) fn received(
    column: &WrittenColumn,
    open: &[String],
    (params, said): (&TableParams, &mut Vec<Sentence>),
) -> Result<(Vec<usize>, Vec<f64>), Failure> {
    let name = column.name();
    if column.read(None, params).kind == ColumnKind::Day {
        return Err(Failure::usage(says!("--target-amount {name}: it holds days, not amounts", name)));
    }
    let read = column.read(Some(ColumnKind::Number), params);
    let odd: u64 = read.odd.iter().map(|word| word.rows).sum();
    if read.known <= odd {
        let account = read.account();
        return Err(Failure::usage(says!(
            "--target-amount {name}: most of its values are no numbers ({account}); expected an amount in each row",
            name,
            account
        )));
    }
    let is_open = |row: usize| open.iter().any(|value| same(column.text(row), value));
    let known = read.numbers.iter().copied().enumerate();
    let known = known.filter(|(row, amount)| amount.is_finite() && !is_open(*row));
    let (rows, amounts): (Vec<usize>, Vec<f64>) = known.unzip();
    let is_beyond = |amount: &f64| !AmountTarget::holds(*amount);
    if let Some((row, amount)) = rows.iter().zip(&amounts).find(|(_, amount)| is_beyond(amount)) {
        return Err(Failure::work(says!(
            "--target-amount {name}: {count} amounts are beyond {most}, the first is {amount} in row {row}; write \
             them in a \
             larger unit, or leave them out with --indeterminate",
            name,
            count = amounts.iter().filter(|amount| is_beyond(amount)).count(),
            most = AmountTarget::MOST,
            amount,
            row = row + 1
        )));
    }
    let (least, most) = amounts
        .iter()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(least, most), amount| (least.min(*amount), most.max(*amount)));
    let without = column.len() - rows.len();
    said.push(says!(
        "target {name}: amounts from {least} to {most}; {}; {without} rows without a known amount are scored, not \
         learnt from",
        [read.account()],
        name,
        least,
        most,
        without
    ));
    Ok((rows, amounts))
}
