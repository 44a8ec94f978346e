//! How does a person read it?
//!
//! The only room that turns numbers into words, in Chinese and in English. It formats what a
//! [`crate::profile`] holds and adds nothing (law 10).
//!
//! ```
//! use wherewithal::domain::Language;
//! use wherewithal::profile::DebtorProfile;
//! use wherewithal::report;
//!
//! let text = report::portrait(&DebtorProfile::default(), Language::Zh);
//! assert!(text.contains("数据不足"));
//! ```
//!
//! [`portrait`] and [`ranking`] are for a terminal. [`document`] is one debtor's page, and
//! [`Pages`] fills those of a whole run: each a self-contained HTML file with its charts as inline
//! SVG, readable without script, in print and on a phone. Charts are drawn by `plotters` for the
//! width of a telephone and scale up to a column; the timeline is drawn for a desk too. What the
//! plotting crate does not write, a role, a title and a description for those who do not see it,
//! the frame around each drawing adds.
//!
//! ```
//! use wherewithal::advice::{AdviceRules, advise};
//! use wherewithal::domain::Language;
//! use wherewithal::profile::DebtorProfile;
//! use wherewithal::report;
//!
//! let profile = DebtorProfile::default();
//! let advice = advise(&profile, &AdviceRules::standard()?)?;
//! let page = report::document(&profile, &advice, Language::En)?;
//! assert!(page.contains("Insufficient data") && !page.contains("https://"));
//! # Ok::<(), wherewithal::Error>(())
//! ```
//!
//! # Invariants
//!
//! Every number on a page stands in the profile or in the advice drawn from it, rounded for display (law 10).
//!
//! Absent here: tables, models, arithmetic beyond rounding for display.
//!
//! # Which call for which reader
//!
//! | reader | call | what comes |
//! |---|---|---|
//! | a judge at a terminal | [`portrait`], [`ranking`] | text in columns; Chinese characters take two |
//! | a judge with a browser | [`document`], [`Pages::portrait`] | one HTML file per debtor |
//! | who decides where to look | [`Pages::batch`] | the page of all debtors |
//! | who answers for the model | [`Pages::model`], [`Pages::impact`] | card, validation, impact on people |
//! | a command centre | [`CentrePages`] | province, courts, teams |
//! | who watches a model in use | [`Pages::monitor`] | alerts, and what they rest on |

mod portrait;
mod ranking;
mod text;
mod words;

mod phrasebook;

mod batch_view;
mod chart;
mod model_view;
mod pages;

mod centre;
mod monitor;

pub use centre::{CentrePage, CentrePages, CentreView};
pub use monitor::MonitorView;
pub use pages::{Links, Pages, document};
pub use portrait::portrait;
pub use ranking::ranking;
pub use words::source_name;
