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
//! Simulated districts with a hidden truth, 30 days after each debtor's first filing (example `capacity_truth`). On the
//! bundled one (1,254 debtors) coverage ranks those able to perform all with an AUC of .837 and those able to perform
//! anything with .842, against .781 and .788 for the sum of found assets; on one of 50,000 cases (31,948 debtors) .865
//! and .864 against .822 and .823. The bounds, meant to hold for nine debtors in ten, hold the means that agencies could
//! have shown for 89.1 % and 90.0 %; where at most two kinds of holders were silent for 93.3 % and 95.9 %, among debtors
//! with such means for 80.9 % and 82.8 %. What debtors hid lies outside: of all means, hidden ones too, they hold 83.9 %
//! and 85.1 %.
//!
//! Amounts are integer fen. A share of an amount is rounded once, half away from zero; a pro-rata share is rounded so
//! that the parts add up exactly.
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
//!     Ability, Amount, Asset, AssetClass, Burden, BurdenKind, CapacityParams, CapacityRules, Claim, Estate, assess_estate,
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
//! assert_eq!(statement.recovered.expected, Money::from_fen(35_443_844));
//! assert_eq!(statement.to_others.expected, Money::from_fen(20_956_156));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Invariants
//!
//! - **Law 3, conservation of money.** Gross value = haircut + costs + secured + co-owners + exempt + priority +
//!   available, to the fen, per asset and scenario; no layer is negative.
//! - **Law 4, monotone capacity.** More free assets never lower coverage; a new prior claim never raises it; both up to
//!   the few fen by which rounding the layers of an asset can differ.
//! - **Law 6, determinism.** The same bits for any number of threads and any order of debtors.
//! - **Law 7, unknown is not zero.** A security without an amount gives bounds, a source that did not answer a finding.
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
mod flow;
mod ground;
mod labels;
mod realise;
mod sharing;
mod view;
mod waterfall;

mod evaluate;
mod finding;
mod findings;
mod turning;

mod coverage;
#[cfg(test)]
mod laws;
mod params;
mod reading;
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
pub use sharing::participate;
pub use statement::{CapacityStatement, assess_estate};
pub use table::{CapacityTable, assess, assess_estates};
pub use view::Factor;
pub use waterfall::{Layer, Waterfall, WaterfallLine};
