//! What could be recovered, in which order of law, between which bounds?
//!
//! The law asks whether a debtor is able to perform all or a part, after what he must be left to live on
//! (法释〔2024〕13号, art. 5). A learned score does not answer that; a statement of means does. Each asset goes from its
//! gross value through haircut, costs, secured claims, co-owners' shares, exemptions and earlier seizures to what is
//! available; incomes count over a stated horizon; what is available is distributed among this court's claims and the
//! others'; and what they get over what they are owed is the coverage, with the finding none, part or all.
//!
//! Whatever is uncertain has a stated range. The bounds come from **interval propagation**: `low` puts every range at
//! the end that is unfavourable to recovery, `high` at the favourable one, `expected` at the stated central value.
//! Every step is monotone in each of its ranges, so no combination of values within the ranges lies outside the bounds.
//! They hold as far as the ranges do, for the assets that were found; the rules say how often that is meant to be
//! ([`CapacityStatement::level`]). Where a holder of information has not answered, the upper bound is one on what was
//! found, and the statement says so.
//!
//! # Validated on
//!
//! Simulated districts with a hidden truth, 30 days after each debtor's first filing
//! (`cli/examples/capacity_truth`). On the bundled one (1,254 debtors) coverage ranks those able to
//! perform all with an AUC of .836 and those able to perform anything with .841, against .781 and
//! .788 for the sum of found assets; on one of 50,000 cases that nothing was set by (seed 20261125,
//! 31,544 debtors) .861 and .864 against .820 and .821.
//!
//! The bounds are bounds on what the things known by that day yield, and meant to hold for nineteen in twenty of the
//! debtors of whom something is known that yields money. They hold for 96.0 % of 598 and 95.8 % of 15,880 such debtors;
//! where they lie apart for 94.8 % and 94.4 %. Of what every holder of information could have shown, known or not, they
//! hold 80.9 % and 82.5 % among debtors with such means, nearly all misses lying above; the fewer kinds of holders were
//! silent the more: 91.5 % of 1,225 at two, 71.5 % of 2,143 at six. Of all means, hidden ones too, they hold 83.9 % and
//! 84.5 % of all debtors.
//!
//! Amounts are integer fen. What remains after a step is rounded, half away from zero, and the step takes the
//! difference; what creditors share in proportion is given out fen by fen ([`participate`]).
//!
//! # Examples
//!
//! A company's machine, appraised at 1,000,000, is sold online. Another court seized it first for 300,000, this court
//! second, for a claim of 500,000 filed in March. Expected: the machine fetches 60 % of its value in the second round,
//! and costs take 6 % of the price, which leaves 564,000; the earlier seizure takes 300,000, this claim the other
//! 264,000, of 507,400 that are owed with the execution fee of 7,400.
//!
//! ```
//! use wherewithal::capacity::{
//!     Ability, Amount, Asset, AssetClass, Burden, BurdenKind, CapacityParams, CapacityRules, Claim, Estate,
//!     assess_estate,
//! };
//! use wherewithal::domain::{Day, Money, PartyKind};
//!
//! let yuan = |n: i64| Money::from_fen(n * 100);
//! let day = |month: u32| Day::new(2023, month, 1).ok_or("no such day");
//! let seizure = |record, holder: &str, since, our_case| Burden {
//!     record,
//!     kind: BurdenKind::Seizure,
//!     rank: 1,
//!     amount: Amount::Known(yuan(300_000)),
//!     since,
//!     until: None,
//!     holder: Some(holder.to_owned()),
//!     our_case,
//! };
//! let mut machine = Asset::new(1, AssetClass::Other, yuan(1_000_000));
//! machine.burdens = vec![seizure(2, "court A", day(1)?, None), seizure(3, "this court", day(2)?, Some(7))];
//! let mut estate = Estate::new(42, day(4)?, PartyKind::Company);
//! estate.assets.push(machine);
//! estate.claims.push(Claim { delayed_from: Some(day(5)?), ..Claim::new(7, yuan(500_000), day(3)?) });
//!
//! let rules = CapacityRules::standard()?;
//! let statement = assess_estate(&estate, &rules, &CapacityParams::default())?;
//! assert_eq!(statement.recovered.expected, yuan(264_000));
//! assert_eq!(statement.owed, yuan(507_400));
//! assert_eq!(statement.ability.expected, Ability::Part);
//! assert!(statement.is_conserved());
//!
//! // The same machine in the hands of a natural person: 564,000 for 507,400 here and 300,000 there, so 69.85 % each.
//! estate.party = PartyKind::Person;
//! let statement = assess_estate(&estate, &rules, &CapacityParams::default())?;
//! assert_eq!(statement.recovered.expected, Money::from_fen(35_443_845));
//! assert_eq!(statement.to_others.expected, Money::from_fen(20_956_155));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Invariants
//!
//! - **Law 3, conservation of money.** Gross value = haircut + costs + secured + co-owners + exempt + priority +
//!   available, to the fen, per asset and scenario; no layer is negative.
//! - **Law 4, monotone capacity.** More free assets never lower coverage; a new prior claim never raises it: exactly,
//!   for all claims together and for each alone.
//! - **Law 6, determinism.** The same bits for any number of threads and any order of debtors.
//! - **Law 7, unknown is not zero.** A security without an amount gives bounds, a source that did not answer a finding.
//!
//! # Why law 4 holds to the fen
//!
//! *An asset.* What it leaves is its gross value put through steps none of which leaves less of
//! more: a share of it (x ↦ ⌊r·x + ½⌋), all but an amount (x ↦ max(0, x − a)). Rounded is always
//! what remains, and a layer is the difference of two remainders, whence law 3. Two deductions from
//! the same price (costs, taxes, the rent left from the only home) would, rounded apart, take two
//! fen of one more; so each ends where a share of the price ends: ⌊(1 − r₁ − … − rₙ)·p + ½⌋. A
//! further burden is a further step, which leaves no more than it finds.
//!
//! *The estate.* What must come out of it as a whole (living costs, payments made since, tax
//! arrears) comes out asset by asset: of x and a rest p to be taken remain max(0, x − p) and max(0,
//! p − x). More in one asset leaves more of that asset and a smaller rest to the next.
//!
//! *The distribution.* In the order of seizure a claim's rest and the money go through the same two expressions. In
//! proportion, [`participate`] gives nobody less of more money, and nobody more beside a larger claim. A claim that its
//! own security pays a fen gets at most that fen less from the common pool. Where seizures of unknown amount claim a
//! share of what is available, another fen there is at most another fen of theirs, and of both nobody gets less.
//!
//! The tests of the law allow nothing for rounding. They hold estates against the same with a free
//! asset, a higher value or an income more, with a burden, a claim elsewhere or tax arrears more,
//! under the carried rules and under random ones; and compare all claims together, each claim and
//! each creditor under one title, in each scenario. Not part of the law: a value on record where
//! there was none (the range stated for want of one may lie above it), a measure or claim of this
//! court's own, and a second attachment of earnings by a table whose deduction leaps from band to
//! band.
//!
//! Absent here: learning, scores, outcomes, the clock. Numbers of the law stand in `data/capacity`, none in code; no
//! living costs are assumed. An order of priority that runs in a circle (tax before a retention, the retention before a
//! mortgage, the mortgage before the tax) is cut by letting retention go first.
//!
//! # References
//!
//! The instruments are cited row by row in `data/capacity/cn`.

mod class;
mod estate;
mod rate;
mod scenario;

mod rules;

mod claim;
mod delay;

mod burdens;
mod earnings;
mod estate_context;
mod flow;
mod labels;
mod realise;
mod scenario_choice;
mod sharing;
mod waterfall;

mod evaluate;
mod finding;
mod findings;
mod sensitivity;

mod coverage;
#[cfg(test)]
mod laws;
mod params;
mod reading;
#[cfg(test)]
mod references;
mod statement;
mod summary;
mod table;

pub use claim::{Claim, ClaimStatement, Creditor, Paid, Parts};
pub use class::AssetClass;
pub use coverage::CoverageRatio;
pub use estate::{Amount, Asset, Burden, BurdenKind, Estate, Income, OtherClaim, Ownership, Valuation};
pub use finding::{Ability, Finding, Outturn, TurningPoint};
pub use params::CapacityParams;
pub use rate::Rate;
pub use reading::estates;
pub use rules::{ArticleId, Band, Bands, CapacityRules, Citation, Parameter, Round, SalePath, Sharing};
pub use scenario::{Scenario, Scenarios};
pub use scenario_choice::Factor;
pub use sharing::participate;
pub use statement::{CapacityStatement, assess_estate};
pub use table::{CapacityTable, assess, assess_estates};
pub use waterfall::{Layer, Waterfall, WaterfallLine};
