//! Amounts instead of outcomes: what stood open of a debtor's claims and what came in within the
//! window.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::claims::{Claim, Step, open_claims};
use crate::domain::Money;
use crate::error::Result;
use crate::snapshot::Snapshot;

/// What stood open of a debtor's claims on a day, and what came in of it within the window.
///
/// ```
/// use wherewithal::cohort::Received;
/// use wherewithal::domain::Money;
///
/// let half = Received { open: Money::from_fen(200), received: Money::from_fen(100) };
/// assert_eq!(half.share(), Some(0.5));
/// assert_eq!(Received { open: Money::ZERO, received: Money::ZERO }.share(), None); // no share of nothing
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Received {
    /// The principal of all open cases less what had been paid by the day.
    pub open: Money,
    /// Of that, what was performed within the window.
    pub received: Money,
}

impl Received {
    /// The share that came in; none where nothing stood open.
    #[expect(clippy::cast_precision_loss, reason = "a ratio of amounts below 2^53 fen")]
    pub fn share(&self) -> Option<f64> {
        (self.open > Money::ZERO).then(|| self.received.fen() as f64 / self.open.fen() as f64)
    }
}

/// What came in of one case: all of it, none, or of a part what was paid; unknown where a part was
/// performed and no payment is known.
pub(super) fn received(claim: &Claim, step: Step) -> Option<Received> {
    let open = claim.open_fen?.max(0);
    let received = match step {
        Step::All => open,
        Step::None => 0,
        Step::Part => Some(claim.recovered_fen.min(open)).filter(|fen| *fen > 0)?,
    };
    Some(Received { open: Money::from_fen(open), received: Money::from_fen(received) })
}

/// The sum over the cases of a debtor; unknown where one is.
pub(super) fn together(mut cases: impl Iterator<Item = Option<Received>>) -> Option<Received> {
    let none = Received { open: Money::ZERO, received: Money::ZERO };
    cases.try_fold(none, |sum, case| {
        let case = case?;
        Some(Received { open: sum.open + case.open, received: sum.received + case.received })
    })
}

/// What stands open of the claims against each debtor of a snapshot, by party and day; unknown where a claim is.
///
/// # Errors
///
/// [`Error::Frame`](crate::Error::Frame) when a table operation fails.
pub(crate) fn open_amounts(snapshot: &Snapshot) -> Result<HashMap<(i64, i32), Option<Money>>> {
    let mut open: HashMap<(i64, i32), Option<Money>> = HashMap::new();
    for ((party, day, _), claim) in open_claims(snapshot)? {
        let fen = claim.open_fen.map(|fen| Money::from_fen(fen.max(0)));
        let sum = open.entry((party, day)).or_insert(Some(Money::ZERO));
        *sum = sum.zip(fen).map(|(sum, fen)| sum + fen);
    }
    Ok(open)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_what_was_paid_and_never_more_than_stood_open() {
        let claim = |open_fen: Option<i64>, recovered_fen| Claim { open_fen, recovered_fen, ..Claim::default() };
        let fen = |claim: &Claim, step| received(claim, step).map(|found| found.received.fen());
        assert_eq!(fen(&claim(Some(100), 30), Step::Part), Some(30));
        assert_eq!(fen(&claim(Some(100), 130), Step::Part), Some(100));
        assert_eq!(fen(&claim(Some(100), 0), Step::Part), None);
        assert_eq!(fen(&claim(Some(100), 0), Step::All), Some(100));
        assert_eq!(fen(&claim(Some(100), 99), Step::None), Some(0));
        assert_eq!(fen(&claim(None, 99), Step::All), None);
        assert_eq!(received(&claim(Some(-5), 0), Step::All).unwrap().share(), None);
        let parts = [received(&claim(Some(100), 30), Step::Part), received(&claim(Some(300), 0), Step::None)];
        assert_eq!(together(parts.into_iter()).unwrap().share(), Some(0.075));
        assert!(together([parts[0], None].into_iter()).is_none());
    }
}
