//! The entry point: runs every pattern over every sample and sorts the signals.

use super::acts::{Act, graded};
use super::debtor_context::DebtorContext;
use super::detectors::{Outflow, bought, breached, disposed, divorced, leased, opened, refused, sent, undeclared};
use super::{ConductParams, ConductSignal, Pattern, Shape};
use crate::error::Result;
use crate::snapshot::Snapshot;

/// Reads every pattern for every sample; signals come sorted by debtor, day, strength (strongest first) and pattern.
///
/// # Errors
///
/// [`Error::Setting`](crate::Error::Setting) when a parameter is out of range;
/// [`Error::Frame`](crate::Error::Frame) when a plan over the tables fails.
///
/// # Examples
///
/// ```
/// use wherewithal::conduct::{ConductParams, examine};
/// use wherewithal::domain::Day;
/// use wherewithal::{snapshot, tables::SourceTables};
///
/// // Nothing is known, so nothing is signalled.
/// let known = snapshot::as_of(&SourceTables::new(), Day::EPOCH)?;
/// assert_eq!(examine(&known, &ConductParams::default())?, []);
/// // A share of more than the whole is no setting.
/// assert!(examine(&known, &ConductParams::default().affiliate_share(1.5)).is_err());
/// # Ok::<(), wherewithal::Error>(())
/// ```
pub fn examine(snapshot: &Snapshot, params: &ConductParams) -> Result<Vec<ConductSignal>> {
    params.checked()?;
    let context = DebtorContext::new(snapshot, params)?;
    let mut signals = Vec::new();
    // Divorce patterns run last: they read the property that other patterns saw leaving.
    let (last, first): (Vec<&Pattern>, Vec<&Pattern>) =
        params.patterns.iter().partition(|pattern| matches!(pattern.shape, Shape::Divorce { .. }));
    for pattern in first.into_iter().chain(last) {
        let acts = acts(&context, pattern, &signals)?;
        signals.extend(graded(pattern, acts, &context.suit_starts));
    }
    signals.sort_by(|a: &ConductSignal, b| {
        let place = |signal: &ConductSignal| (signal.entity_id, signal.as_of);
        place(a).cmp(&place(b)).then(b.strength.cmp(&a.strength)).then_with(|| a.pattern.cmp(&b.pattern))
    });
    Ok(signals)
}

fn acts(context: &DebtorContext<'_>, pattern: &Pattern, before: &[ConductSignal]) -> Result<Vec<Act>> {
    match &pattern.shape {
        Shape::Outflow { kinds, to, until } => Ok(sent(context, pattern, Outflow { kinds, to: *to, until: *until })),
        Shape::Disposal { tables, any_price } => disposed(context, pattern, (tables, *any_price)),
        Shape::OrderBreach { kinds } => breached(context, pattern, kinds),
        Shape::Undeclared => undeclared(context, pattern),
        Shape::ReportRefused => refused(context),
        Shape::Divorce { within_days } => divorced(context, (pattern, *within_days), before),
        Shape::Lease { least_years } => leased(context, (pattern, *least_years)),
        Shape::Purchase => bought(context, pattern),
        Shape::NewAccount => opened(context, pattern),
    }
}
