//! This court's claims: what is recorded of a claim, how it is split into costs, interest,
//! principal and delay interest, and how payments are set off against these parts.
//!
//! Set-off follows 法释〔2014〕8号 art. 4 and 民法典 art. 561 as the rules cite them: what came in settles costs
//! first, then interest, then principal, and doubled delay interest last.

use serde::{Deserialize, Serialize};

use super::Scenarios;
use super::delay::DelayClock;
use super::rules::{ArticleId, Bands, Law};
use crate::domain::{AsOf, Day, Money};

/// One of this court's claims against the debtor, as recorded.
///
/// # Examples
///
/// ```
/// use wherewithal::capacity::{CapacityParams, CapacityRules, Claim, Estate, Paid, assess_estate};
/// use wherewithal::domain::{Day, Money, PartyKind};
///
/// let (filed, today) = (Day::new(2023, 1, 1).ok_or("no day")?, Day::new(2023, 6, 1).ok_or("no day")?);
/// let mut claim = Claim::new(7, Money::from_fen(10_000_000), filed);
/// claim.payments.push(Paid { record: 9, on: today, amount: Money::from_fen(4_000_000), from_ready_money: false });
/// let mut estate = Estate::new(42, today, PartyKind::Person);
/// estate.claims.push(claim);
/// let statement = assess_estate(&estate, &CapacityRules::standard()?, &CapacityParams::default())?;
/// let stated = &statement.claims[0];
/// assert_eq!(stated.paid.total(), Money::from_fen(4_000_000));
/// assert_eq!(stated.claimed.total() - stated.paid.total(), stated.owed.total());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// The record of the case.
    pub record: i64,
    /// The case.
    pub case_id: i64,
    /// The titled money debt without general interest.
    pub principal: Money,
    /// General interest up to the filing day.
    #[serde(default)]
    pub interest: Money,
    /// Litigation costs awarded.
    #[serde(default)]
    pub costs: Money,
    /// The filing day; among claims without a seizure the earlier goes first where seizures decide.
    pub filed_on: Day,
    /// The first day of doubled delay interest: the day after the titled period, or the day the title took effect.
    #[serde(default)]
    pub delayed_from: Option<Day>,
    /// What was paid, and when.
    #[serde(default)]
    pub payments: Vec<Paid>,
    /// Days on which no doubled interest runs, both ends counted: stays and reviews that the debtor did not ask for.
    #[serde(default)]
    pub stays: Vec<(Day, Day)>,
    /// Several creditors under the one title, where their amounts are known.
    #[serde(default)]
    pub creditors: Vec<Creditor>,
}

impl Claim {
    /// A claim for `principal`, filed on a day, with nothing else to it.
    ///
    /// `record` is set to `case_id`; whoever has the row's own number sets it.
    pub fn new(case_id: i64, principal: Money, filed_on: Day) -> Self {
        Self {
            record: case_id,
            case_id,
            principal,
            interest: Money::ZERO,
            costs: Money::ZERO,
            filed_on,
            delayed_from: None,
            payments: Vec::new(),
            stays: Vec::new(),
            creditors: Vec::new(),
        }
    }
}

/// One payment on a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Paid {
    /// The record that shows it.
    pub record: i64,
    /// The day of payment, deduction or of the ruling that ended an auction.
    pub on: Day,
    /// The amount.
    pub amount: Money,
    /// Whether it may have come out of the debtor's ready money: balances seen before it may be lower by it now.
    #[serde(default)]
    pub from_ready_money: bool,
}

/// One of several creditors under one title, who share in proportion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Creditor {
    /// The creditor, as a keyed pseudonym.
    pub entity_id: i64,
    /// The creditor's part of the claim.
    pub amount: Money,
}

/// A claim split into the parts in which it is set off: costs, general interest, principal, doubled delay interest.
///
/// Amounts are in fen and never below zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parts {
    /// Litigation costs and the execution fee.
    pub costs: Money,
    /// General interest.
    pub interest: Money,
    /// Principal.
    pub principal: Money,
    /// The doubled part of delay interest.
    pub delay: Money,
}

impl Parts {
    /// All parts together.
    pub fn total(&self) -> Money {
        self.titled() + self.delay
    }

    /// All parts but the doubled interest, which ranks after them.
    pub fn titled(&self) -> Money {
        self.costs + self.interest + self.principal
    }

    /// What `amount` settles: costs, then interest, then principal, then doubled interest. What is
    /// more settles nothing.
    ///
    /// ```
    /// use wherewithal::capacity::Parts;
    /// use wherewithal::domain::Money;
    ///
    /// let yuan = |n: i64| Money::from_fen(n * 100);
    /// let owed = Parts { costs: yuan(10), interest: yuan(20), principal: yuan(100), delay: yuan(5) };
    /// let settled = owed.settled_by(yuan(45));
    /// assert_eq!((settled.costs, settled.interest, settled.principal), (yuan(10), yuan(20), yuan(15)));
    /// assert_eq!(owed.less(&settled).total(), yuan(90));
    /// ```
    #[must_use]
    pub fn settled_by(&self, amount: Money) -> Self {
        let mut left = amount.or_zero();
        let mut take = |part: Money| {
            let taken = part.min(left);
            left -= taken;
            taken
        };
        Self {
            costs: take(self.costs),
            interest: take(self.interest),
            principal: take(self.principal),
            delay: take(self.delay),
        }
    }

    pub(super) fn plus(&self, other: &Self) -> Self {
        Self {
            costs: self.costs + other.costs,
            interest: self.interest + other.interest,
            principal: self.principal + other.principal,
            delay: self.delay + other.delay,
        }
    }

    /// What remains after a settlement.
    #[must_use]
    pub fn less(&self, settled: &Self) -> Self {
        Self {
            costs: (self.costs - settled.costs).or_zero(),
            interest: (self.interest - settled.interest).or_zero(),
            principal: (self.principal - settled.principal).or_zero(),
            delay: (self.delay - settled.delay).or_zero(),
        }
    }
}

/// What is owed on a claim on the day of the statement, and what the estate would settle of it.
///
/// `claimed` = `paid` + `owed`, part by part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClaimStatement {
    /// The case.
    pub case_id: i64,
    /// The record of the case.
    pub record: i64,
    /// Everything that was ever owed on it up to the day: the execution fee and doubled interest included.
    pub claimed: Parts,
    /// The execution fee among the costs.
    pub execution_fee: Money,
    /// The article of the execution fee.
    pub fee_article: Option<ArticleId>,
    /// Days on which doubled interest ran.
    pub delay_days: i32,
    /// The article of doubled interest.
    pub delay_article: Option<ArticleId>,
    /// What was paid, by part.
    pub paid: Parts,
    /// The records of the payments.
    pub payments: Vec<i64>,
    /// What is still owed.
    pub owed: Parts,
    /// What the estate would bring to it.
    pub recovered: Scenarios<Money>,
    /// The same by part, in the order of set-off.
    pub settled: Scenarios<Parts>,
    /// The same by creditor under the title, where their amounts are known.
    pub creditors: Vec<Scenarios<Money>>,
    /// The article of the order of set-off.
    pub set_off_article: Option<ArticleId>,
}

/// States what is owed on `claim` on the evening of `as_of`.
pub(super) fn stated(claim: &Claim, as_of: AsOf, law: &Law<'_>) -> ClaimStatement {
    let applied = claim.principal.or_zero() + claim.interest.or_zero() + claim.costs.or_zero();
    let fee = law.bands("execution_fee");
    let execution_fee = fee.map_or(Money::ZERO, |fee| fee.due_on(applied));
    let mut claimed = Parts {
        costs: claim.costs.or_zero() + execution_fee,
        interest: claim.interest.or_zero(),
        principal: claim.principal.or_zero(),
        delay: Money::ZERO,
    };
    let mut payments: Vec<Paid> = claim.payments.iter().filter(|paid| paid.on <= as_of).copied().collect();
    payments.sort_by_key(|paid| (paid.on, paid.record, paid.amount));
    let (mut owed, mut paid) = (claimed, Parts::default());
    let mut clock = DelayClock::new(claim, law);
    for payment in &payments {
        clock.advance(payment.on, owed.principal);
        owed.delay = clock.interest() - paid.delay;
        let settled = owed.settled_by(payment.amount);
        owed = owed.less(&settled);
        paid = paid.plus(&settled);
    }
    clock.advance(as_of, owed.principal);
    claimed.delay = clock.interest();
    owed.delay = claimed.delay - paid.delay;
    ClaimStatement {
        case_id: claim.case_id,
        record: claim.record,
        claimed,
        execution_fee,
        fee_article: fee.map(Bands::article),
        delay_days: clock.days(),
        delay_article: clock.article(),
        paid,
        payments: payments.iter().map(|payment| payment.record).collect(),
        owed,
        recovered: Scenarios::default(),
        settled: Scenarios::default(),
        creditors: Vec::new(),
        set_off_article: law.principle("set_off"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capacity::CapacityRules;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    fn yuan(amount: i64) -> Money {
        Money::from_fen(amount * 100)
    }

    fn on(claim: &Claim, as_of: &str) -> ClaimStatement {
        let rules = CapacityRules::standard().unwrap();
        stated(claim, day(as_of), &Law::new(&rules, day(as_of), ""))
    }

    fn claim() -> Claim {
        Claim { delayed_from: Some(day("2022-01-01")), ..Claim::new(1, yuan(100_000), day("2022-03-01")) }
    }

    #[test]
    fn a_year_of_delay_on_100_000_is_6_387_50() {
        let stated = on(&claim(), "2022-12-31");
        assert_eq!((stated.delay_days, stated.claimed.delay), (365, Money::from_fen(638_750)));
        assert_eq!(stated.execution_fee, yuan(1_400));
    }

    #[test]
    fn stays_do_not_count_and_overlap_once() {
        let stays = vec![(day("2022-02-01"), day("2022-02-20")), (day("2022-02-11"), day("2022-03-02"))];
        let stated = on(&Claim { stays, ..claim() }, "2022-12-31");
        assert_eq!(stated.delay_days, 365 - 30);
    }

    #[test]
    fn a_payment_goes_to_costs_then_interest_then_principal_and_stops_delay_on_what_it_settles() {
        let payments = vec![Paid { record: 9, on: day("2022-07-19"), amount: yuan(52_400), from_ready_money: false }];
        let claim = Claim { interest: yuan(1_000), payments, ..claim() };
        let stated = on(&claim, "2022-12-31");
        // Fee on 101,000: 50 + 1.5 % of 91,000 = 1,415. To principal: 52,400 - 1,415 - 1,000 = 49,985.
        assert_eq!(stated.paid.principal, yuan(49_985));
        // 200 days on 100,000, then 165 days on 50,015.
        let expected = (10_000_000 * 200 + 5_001_500 * 165) * 175 / 1_000_000;
        assert_eq!(stated.claimed.delay, Money::from_fen(expected));
        assert_eq!(stated.owed.total(), yuan(50_015) + stated.claimed.delay);
    }

    #[test]
    fn nothing_runs_before_its_start_nor_before_the_rule() {
        assert_eq!(on(&claim(), "2021-12-31").delay_days, 0);
        let old = Claim { delayed_from: Some(day("2014-07-01")), ..claim() };
        assert_eq!(on(&old, "2014-08-10").delay_days, 10);
    }
}
