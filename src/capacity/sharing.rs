use super::Parts;
use super::flow::{Flow, Turn};
use super::rules::Sharing;
use crate::domain::Money;

/// Shares a sum among claims in proportion to them (参与分配, 民诉法解释 506–508): exact, never more than a claim.
///
/// # Formula
///
/// With sum S, claims cᵢ and C = Σcᵢ: if S ≥ C each gets cᵢ; otherwise claim i gets ⌊S·(c₁+…+cᵢ)/C⌋ − ⌊S·(c₁+…+cᵢ₋₁)/C⌋,
/// so the shares add up to S to the fen and none is off by a fen or more.
///
/// # Examples
///
/// A natural person's property yields 90,000 after secured claims. This court enforces 100,000 and 50,000, another
/// court has seized for 150,000: 300,000 in all, so each gets 90,000 / 300,000 = 30 %.
///
/// ```
/// use wherewithal::capacity::participate;
/// use wherewithal::domain::Money;
///
/// let yuan = |n: i64| Money::from_fen(n * 100);
/// let shares = participate(yuan(90_000), &[yuan(100_000), yuan(50_000), yuan(150_000)]);
/// assert_eq!(shares, [yuan(30_000), yuan(15_000), yuan(45_000)]);
///
/// // 100 fen among three equal claims of 50 fen: 33, 33 and 34.
/// let fen = Money::from_fen;
/// assert_eq!(participate(fen(100), &[fen(50), fen(50), fen(50)]), [fen(33), fen(33), fen(34)]);
/// ```
pub fn participate(sum: Money, claims: &[Money]) -> Vec<Money> {
    let total: i128 = claims.iter().map(|claim| i128::from(claim.or_zero().fen())).sum();
    let sum = i128::from(sum.or_zero().fen());
    if sum >= total {
        return claims.iter().map(|claim| claim.or_zero()).collect();
    }
    let (mut cumulated, mut given) = (0i128, 0i128);
    let share = |claim: &Money| {
        cumulated += i128::from(claim.or_zero().fen());
        let up_to_here = sum * cumulated / total;
        let share = up_to_here - given;
        given = up_to_here;
        Money::from_fen(i64::try_from(share).unwrap_or(i64::MAX))
    };
    claims.iter().map(share).collect()
}

/// Who gets what of an estate under one scenario.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shares {
    /// What each of this court's claims gets, in their order.
    pub(super) ours: Vec<Money>,
    /// What other creditors get beside them.
    pub(super) others: Money,
    /// What is left over.
    pub(super) surplus: Money,
}

/// Distributes what the assets make available, securities of our own first.
pub(super) fn distribute(flows: &[Flow], owed: &[Parts], others: Money, sharing: Sharing) -> Shares {
    let mut owed = owed.to_vec();
    let mut ours = vec![Money::ZERO; owed.len()];
    let mut pools: Vec<Money> = Vec::with_capacity(flows.len());
    for flow in flows {
        let mut pool = flow.available;
        for (claim, amount) in &flow.own_security {
            let paid = pay(&mut owed, &mut ours, *claim, *amount, Parts::total);
            pool += *amount - paid;
        }
        pools.push(pool);
    }
    let (mut left, to_others) = match sharing {
        Sharing::ProRata => pro_rata(pools.iter().copied().sum(), &mut owed, &mut ours, others),
        Sharing::SeizureOrder => by_seizure(flows, pools, &mut owed, &mut ours),
    };
    // The doubled part of delay interest comes after every titled debt (法释〔2014〕8号, art. 4).
    let delays: Vec<Money> = owed.iter().map(|parts| parts.delay).collect();
    for (got, share) in ours.iter_mut().zip(participate(left, &delays)) {
        *got += share;
        left -= share;
    }
    Shares { ours, others: to_others, surplus: left }
}

/// Pays up to `amount` to one claim, no more than `limit` of what it is still owed.
fn pay(owed: &mut [Parts], ours: &mut [Money], claim: usize, amount: Money, limit: fn(&Parts) -> Money) -> Money {
    let (Some(parts), Some(got)) = (owed.get_mut(claim), ours.get_mut(claim)) else { return Money::ZERO };
    let paid = amount.or_zero().min(limit(parts));
    *parts = parts.less(&parts.settled_by(paid));
    *got += paid;
    paid
}

fn pro_rata(pool: Money, owed: &mut [Parts], ours: &mut [Money], others: Money) -> (Money, Money) {
    let mut claims: Vec<Money> = owed.iter().map(Parts::titled).collect();
    claims.push(others);
    let shares = participate(pool, &claims);
    let mut left = pool;
    for (claim, share) in shares.iter().enumerate() {
        left -= *share;
        pay(owed, ours, claim, *share, Parts::titled);
    }
    (left, shares.last().copied().unwrap_or_default())
}

fn by_seizure(flows: &[Flow], pools: Vec<Money>, owed: &mut [Parts], ours: &mut [Money]) -> (Money, Money) {
    let (mut left, mut to_others) = (Money::ZERO, Money::ZERO);
    for (flow, mut pool) in flows.iter().zip(pools) {
        for turn in &flow.queue {
            match *turn {
                Turn::Ours(claim) => pool -= pay(owed, ours, claim, pool, Parts::titled),
                Turn::Other(amount) => {
                    let paid = amount.min(pool);
                    to_others += paid;
                    pool -= paid;
                }
                Turn::OtherShare(share) => {
                    let paid = share.of(pool).min(pool);
                    to_others += paid;
                    pool -= paid;
                }
            }
        }
        left += pool;
    }
    (left, to_others)
}
