//! Which records are the same party?
//!
//! A ladder. Records with the same sound, checked identifier are one party. Records that hang
//! together by equal documents without a check, such as passports, are one party unless their sound
//! identifiers contradict it. Where identifiers are missing or damaged, the Fellegi–Sunter model
//! weighs names (Chinese with variant characters and pinyin, Latin), days of birth, telephones,
//! addresses and related identifiers: a pair's weight is log₂ of how much likelier its agreements
//! are between records of one party than between records of two. The shares are learnt from the
//! records themselves by expectation–maximisation, without labels; agreement on a rare value weighs
//! more. Blocks say which pairs are compared at all, and pairs join from the best down.
//!
//! ```
//! use wherewithal::linkage::{LinkageParams, Records, link};
//! use wherewithal::progress::Silent;
//!
//! let mut records = Records::new(["name", "number", "born_on"]);
//! records.push("bank-1", ["王小明", "11010519491231002X", ""])?;
//! records.push("tax-9", ["王曉明", "１１０１０５４９１２３１００２", "1949-12-31"])?; // the older 15 digits
//! records.push("registry-3", ["王小明", "440524188001010014", ""])?;
//! let map = link(&records, &LinkageParams::default(), &Silent)?;
//! assert_eq!(map.party(0), map.party(1));
//! assert_ne!(map.party(0), map.party(2)); // the same name, another sound number
//! # Ok::<(), wherewithal::Error>(())
//! ```
//!
//! # Invariants
//!
//! - The parties depend neither on the order of the rows nor on the names of the records (law 8), nor on the number of
//!   threads.
//! - Two different sound identifiers never stand in one party, however alike the rest is.
//! - A document that two different sound identifiers claim joins nobody to either.
//! - A damaged identifier is evidence like a telephone number. It is never repaired.
//! - A record that fits two identified parties about equally well joins neither.
//! - A value that stands for nothing, or that many records share, is no evidence; how many cells that are is counted.
//! - Two names that are written differently never join on what a household shares alone.
//! - Two parties with one name that nothing tells apart are looked at, or counted where too many bear the name.
//! - Where the records teach no shares, stated ones stand in, and the model says so.
//! - Every joined, refused or doubtful pair can be explained as a sum ([`Waterfalls`]).
//! - Absent here: scores, the clock, files.
//!
//! # References
//!
//! Fellegi, Sunter, *A theory for record linkage*, JASA 64 (1969); Winkler, *Using the EM algorithm for weight
//! computation in the Fellegi–Sunter model of record linkage* (2000); Linacre et al., *Splink*, IJPDS 7 (2022).

mod params;
mod records;

mod name;
mod namesakes;
mod pronunciation;
mod similarity;

mod blocking;
mod compare;
mod day_form;
mod identity;
mod nulls;
mod prepared;
mod shared;

mod estimate;
mod model;
mod stated;

mod cluster;
mod entity_map;
mod household;
mod link;
mod waterfall;

pub use entity_map::{Decision, EntityMap, Link, LinkageCounts, NoEvidence};
pub use link::link;
pub use model::{FORMAT_VERSION, FittedComparison, FittedLevel, LinkageModel, Unlearnt};
pub(crate) use name::{fingerprint, is_han};
pub use name::{folded, standard_name};
pub use params::{BlockingRule, Comparison, ComparisonKind, KeyForm, KeyPart, LinkageParams};
pub use pronunciation::sound;
pub use records::Records;
pub use similarity::{NameReason, NameSimilarity, PreparedName, name_similarity};
pub use waterfall::{MatchWaterfall, Waterfalls, WeightStep};
