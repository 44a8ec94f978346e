//! Distributes money among creditors, in the order of seizure or in proportion to their claims.
//!
//! In the order of seizure a claim is paid in full before the next one gets a fen. In proportion all are
//! paid alike, whoever seized first; [`participate`] gives out the odd fen so that nobody loses by more
//! money.

use super::Parts;
use super::flow::{Flow, Turn};
use super::rules::Sharing;
use crate::domain::Money;

/// Shares a sum among claims in proportion to them (参与分配, 民诉法解释 506–508): exact, never more than a claim.
///
/// # Formula
///
/// With sum S, claims cᵢ and C = Σcᵢ: if S ≥ C each gets cᵢ. Otherwise each gets ⌊S·cᵢ/C⌋, and of the fen that are then
/// left, fewer than there are claims, each goes to the claim with the highest cᵢ/(aᵢ+1), aᵢ being what it has so far;
/// of equals, to the first. That is the method of Jefferson and D'Hondt: claim i gets as many fen as it has among the
/// S highest of the quotients cᵢ/k of all claims.
///
/// # Properties
///
/// The shares add up to min(S, C), and none is below its proportion rounded down. To the fen, and for each claim: a
/// larger sum gives none less, and another claim, or a larger one, gives no one else more. Rounding each proportion to
/// the nearest fen, or giving the rest to the largest remainders, has not that property (the Alabama paradox).
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
/// // 100 fen among three equal claims of 50 fen: 33 each by proportion, and the odd fen to the first.
/// let fen = Money::from_fen;
/// assert_eq!(participate(fen(100), &[fen(50), fen(50), fen(50)]), [fen(34), fen(33), fen(33)]);
/// ```
///
/// # References
///
/// Balinski and Young, *Fair Representation*, 1982: only such divisor methods have these properties.
pub fn participate(sum: Money, claims: &[Money]) -> Vec<Money> {
    let wide = |money: &Money| i128::from(money.or_zero().fen());
    let claims: Vec<i128> = claims.iter().map(wide).collect();
    let (sum, total) = (wide(&sum), claims.iter().sum::<i128>());
    let share = |claim: &i128| if sum >= total { *claim } else { sum * claim / total };
    let mut shares: Vec<(i128, i128)> = claims.iter().map(|claim| (*claim, share(claim))).collect();
    let given: i128 = shares.iter().map(|(_, share)| share).sum();
    for _ in given..sum.min(total) {
        let next = shares.iter_mut().reduce(|best, other| {
            let is_higher = other.0 * (best.1 + 1) > best.0 * (other.1 + 1);
            if is_higher { other } else { best }
        });
        if let Some((_, share)) = next {
            *share += 1;
        }
    }
    shares.iter().map(|(_, share)| Money::from_fen(i64::try_from(*share).unwrap_or(i64::MAX))).collect()
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
                    let paid = share.applied_to(pool).min(pool);
                    to_others += paid;
                    pool -= paid;
                }
            }
        }
        left += pool;
    }
    (left, to_others)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn fen(amounts: &[i64]) -> Vec<Money> {
        amounts.iter().copied().map(Money::from_fen).collect()
    }

    fn shared(sum: i64, claims: &[i64]) -> Vec<i64> {
        participate(Money::from_fen(sum), &fen(claims)).into_iter().map(Money::fen).collect()
    }

    /// By the definition: the quotients cᵢ/k, the highest first, of equals the first claim's.
    fn by_quotients(sum: i64, claims: &[i64]) -> Vec<i64> {
        let of = |(n, claim): (usize, &i64)| (1..=*claim).map(move |k| (n, k)).collect::<Vec<_>>();
        let mut quotients: Vec<(usize, i64)> = claims.iter().enumerate().flat_map(of).collect();
        quotients.sort_by(|(n, k), (m, l)| (claims[*m] * k).cmp(&(claims[*n] * l)).then(n.cmp(m)));
        let mut shares = vec![0; claims.len()];
        quotients.iter().take(usize::try_from(sum).unwrap()).for_each(|(n, _)| shares[*n] += 1);
        shares
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 10_000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn shares_are_those_of_the_highest_quotients(sum in 0i64..400, claims in prop::collection::vec(0i64..80, 0..7)) {
            prop_assert_eq!(shared(sum, &claims), by_quotients(sum, &claims));
        }

        #[test]
        fn shares_follow_the_sum_and_yield_to_other_claims(
            sum in prop_oneof![0i64..300, 0i64..2_000_000_000_000],
            claims in prop::collection::vec(prop_oneof![0i64..80, 0i64..900_000_000_000], 1..7),
            (more, new, at) in (1i64..50, 0i64..1_000_000_000, any::<prop::sample::Index>()),
        ) {
            let shares = shared(sum, &claims);
            let total: i64 = claims.iter().sum();
            prop_assert_eq!(shares.iter().sum::<i64>(), sum.min(total));
            prop_assert!(shares.iter().zip(&claims).all(|(share, claim)| share <= claim));

            let richer = shared(sum + more, &claims);
            prop_assert!(richer.iter().zip(&shares).all(|(after, before)| after >= before));

            let at = at.index(claims.len());
            let mut joined = claims.clone();
            joined.insert(at, new);
            let mut yielded = shared(sum, &joined);
            yielded.remove(at);
            prop_assert!(yielded.iter().zip(&shares).all(|(after, before)| after <= before));

            // A claim that is paid one fen of itself elsewhere loses at most that fen here, and no other loses.
            let mut paid = claims.clone();
            paid[at] = (paid[at] - 1).max(0);
            let paid = shared(sum, &paid);
            let mut pairs = paid.iter().zip(&shares).enumerate();
            prop_assert!(pairs.all(|(n, (after, before))| after + i64::from(n == at) >= *before));
        }
    }
}
