//! The running balance of one asset: every step takes an amount from what is left and records it as
//! a line, so the lines always add up to the gross value.
//!
//! ```text
//! gross ─ haircut ─ paid since ─ costs ─ secured ─ co-owners ─ exempt ─ priority ─► available
//! ```

use super::rules::ArticleId;
use super::{Layer, Rate};
use crate::domain::Money;

/// One asset on its way from gross value to what is available, under one scenario.
///
/// Every step takes from what is left and notes what it took, so that the layers add up to the gross value by
/// construction and none is negative. The steps taken do not depend on the scenario; the amounts do.
#[derive(Debug, Clone, Default)]
pub(super) struct Flow {
    pub(super) gross: Money,
    pub(super) left: Money,
    pub(super) lines: Vec<FlowLine>,
    pub(super) available: Money,
    /// What one of our claims gets first, by the position of the claim.
    pub(super) own_security: Vec<(usize, Money)>,
    /// Whose turn it is on what is available, where seizures decide.
    pub(super) queue: Vec<Turn>,
    /// The round in which it is sold; `None` unsold or not put up for sale.
    pub(super) round: Option<u32>,
    /// What it is sold for.
    pub(super) price: Money,
    /// The share of that price which costs and taxes leave.
    pub(super) net: Rate,
}

/// One step of a flow.
#[derive(Debug, Clone, Copy)]
pub(super) struct FlowLine {
    pub(super) layer: Layer,
    pub(super) amount: Money,
    pub(super) record: Option<i64>,
    pub(super) article: Option<ArticleId>,
}

/// Whose turn it is in the order of seizures.
#[derive(Debug, Clone, Copy)]
pub(super) enum Turn {
    Ours(usize),
    Other(Money),
    OtherShare(Rate),
}

impl Flow {
    pub(super) fn new(gross: Money) -> Self {
        let gross = gross.or_zero();
        Self { gross, left: gross, ..Self::default() }
    }

    /// Takes up to `amount` from what is left; returns what was taken.
    pub(super) fn take(&mut self, layer: Layer, amount: Money, source: Source) -> Money {
        let amount = amount.or_zero().min(self.left);
        self.left -= amount;
        self.lines.push(FlowLine { layer, amount, record: source.record, article: source.article });
        amount
    }

    /// Takes all but a share of what is left.
    pub(super) fn keep(&mut self, layer: Layer, share: Rate, source: Source) -> Money {
        self.leave(layer, share.applied_to(self.left), source)
    }

    /// Takes all but an amount of what is left.
    pub(super) fn leave(&mut self, layer: Layer, amount: Money, source: Source) -> Money {
        self.take(layer, self.left - amount, source)
    }

    /// Ends the flow: what is left is available.
    pub(super) fn end(mut self) -> Self {
        self.available = self.take(Layer::Available, self.left, Source::default());
        self
    }
}

/// The record and the article behind a step.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Source {
    pub(super) record: Option<i64>,
    pub(super) article: Option<ArticleId>,
}

impl Source {
    pub(super) fn record(record: i64) -> Self {
        Self { record: Some(record), article: None }
    }

    pub(super) fn cite(self, article: Option<ArticleId>) -> Self {
        Self { article, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn money(fen: i64) -> Money {
        Money::from_fen(fen)
    }

    #[test]
    fn nothing_is_taken_twice_and_nothing_gets_lost() {
        let mut flow = Flow::new(money(1_000));
        assert_eq!(flow.take(Layer::Costs, money(-5), Source::default()), Money::ZERO);
        assert_eq!(flow.keep(Layer::Haircut, Rate::from_millionths(700_000), Source::record(7)), money(300));
        assert_eq!(flow.leave(Layer::CoOwners, money(600), Source::default()), money(100));
        assert_eq!(
            flow.leave(Layer::CoOwners, money(900), Source::default()),
            Money::ZERO,
            "there are no 900 to leave"
        );
        assert_eq!(flow.take(Layer::Secured, money(250), Source::default()), money(250));
        let flow = flow.end();
        assert_eq!((flow.gross, flow.left, flow.available), (money(1_000), Money::ZERO, money(350)));
        assert_eq!(flow.lines.iter().map(|line| line.amount).sum::<Money>(), flow.gross);
        assert_eq!((flow.lines[1].record, flow.lines[2].record), (Some(7), None));

        let mut short = Flow::new(money(10));
        assert_eq!(short.take(Layer::Secured, money(11), Source::default()), money(10));
        assert_eq!(short.end().available, Money::ZERO);
        assert_eq!(Flow::new(money(-10)).gross, Money::ZERO);
    }
}
