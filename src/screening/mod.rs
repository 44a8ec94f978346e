//! Is this party on the list?
//!
//! The list of defaulters (失信被执行人名单) is embedded where people apply: for a loan, a tender, a seat
//! on a train. A [`DefaulterList`] is one dated edition. Numbers are in it as keyed tags only, so a
//! platform screens without handing over its customers and without holding the list in clear;
//! names, which are public, are found by sound and compared word by word. An answer is one of
//! three: *clear*; *match*, the same sound identifier and the same name; *review* for anything
//! else, with both values and the score. For the activity applied for, the answer says what the law
//! says that day about a listed party, its representative and its controller.
//!
//! ```
//! use wherewithal::domain::Day;
//! use wherewithal::screening::*;
//!
//! let record = PublicRecord {
//!     iname: "张三".into(), card_num: "11010519491231002X".into(), case_code: "（2024）苏0213执123号".into(),
//!     court_name: "无锡市梁溪区人民法院".into(), publish_date: "2025-01-10".into(), party_type_name: "自然人".into(),
//!     ..PublicRecord::default()
//! };
//! let edition = Day::parse("2026-01-05")?;
//! let list = DefaulterList::build(&[record.into_entry()?], ListKey::from_secret(b"shared"), edition)?;
//! let screener = Screener::new(list, Activities::standard()?, ScreeningParams::default())?;
//! let application = Application {
//!     application_id: "ticket-1".into(), name: "張三".into(), identifiers: vec!["110105491231002".into()],
//!     born_on: None, activity: Some("flight".into()), on: Day::parse("2026-01-06")?,
//! };
//! let answer = screen(&screener, &application)?;
//! assert_eq!(answer.outcome, Outcome::Match);
//! assert_eq!(answer.restrictions[0].effect, Effect::Forbidden);
//! assert_eq!(replay(&screener, &application, &answer.receipt)?, Replay::Same);
//! # Ok::<(), wherewithal::Error>(())
//! ```
//!
//! # Invariants
//!
//! - An applicant with a sound identifier of an entry in force is always hit; only an equal name
//!   makes it a match; an ambiguous hit never fires by itself (law 8).
//! - Number and day are looked at before the name: whoever is listed under a shown number that fits
//!   is never clear, however many bear the name. What is left out is counted in the answer.
//! - Removal, expiry and correction count from their day on; the next edition shares what it does
//!   not change, and a question asked of one edition is answered from that edition alone.
//! - An answer can be given again from its receipt, which holds no name and no number.
//! - A hit is evidence for review, never a verdict. Nothing here blocks or locks: the platform
//!   does, under its own rules.
//! - Absent here: scores, the clock, files, numbers in clear.
//!
//! # References
//!
//! 法释〔2017〕7号 (listing, removal, correction); 法释〔2015〕17号 (consumption); the rows of
//! `data/screening/activities.toml` cite instrument and article each. PIPL art. 51, 73
//! (de-identified data is personal data).

mod entry;
mod record;
mod source;
mod tag;
mod written;

mod index;
mod names;
mod numbers;

mod asked;
mod list;
mod part;
mod resemble;
mod shared;

mod activities;
mod answer;
mod receipt;
mod screen;

pub use activities::{Activities, Activity, ActivityRule, Effect, Subject};
pub use answer::{Application, Birthday, HitReason, LeftOut, Outcome, Restriction, ScreeningAnswer, ScreeningHit};
pub use entry::{ListEntry, Listing, Performance, RelatedPerson};
pub use index::{ExactIndex, INDEX_FORMAT_VERSION, Posting, Role};
pub use list::{Change, DefaulterList, Edition};
pub use names::NameIndex;
pub use receipt::{Disposition, Finding, RECEIPT_FORMAT_VERSION, Receipt, Replay, replay};
pub use record::PublicRecord;
pub use screen::{Screener, ScreeningParams, screen};
pub use shared::Shared;
pub use source::{ListForm, ListSource, RefusedRecord, read_applications, read_list};
pub use tag::{ListKey, Tag};
