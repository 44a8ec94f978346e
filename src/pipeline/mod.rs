//! What does the whole way look like in one call?
//!
//! [`assess`] reads a folder of sources into a store and brings what is known of one party under
//! one identifier. It trains a [`PerformanceModel`] or loads one, scores every debtor with an open
//! case, explains and portrays each, and writes its files; [`write_pages`] turns them into pages. A
//! [`Plan`] is the same run as tasks for any engine.
//!
//! A program that already holds tables calls the steps alone:
//! [`Sources::ingest_into`](crate::ingest::Sources::ingest_into), [`link_parties`],
//! [`TrainParams::train`] and [`PerformanceModel::score`].
//!
//! # Invariants
//!
//! The only room that sees every other; nobody imports it but the crate's root and `prelude`.
//! Nothing is decided here: it calls, joins and writes. Training at a day uses nothing known after
//! it, neither features nor outcomes. A folder and a store of it give the same bytes (law 11).
//!
//! # From a folder to a page
//!
//! ```no_run
//! use wherewithal::pipeline::{PageParams, write_pages};
//! use wherewithal::prelude::*;
//!
//! let train = ModelSource::Train(Box::new(TrainParams::standard()?));
//! assess(&AssessParams::new(Day::parse("2018-06-30")?, "out/run", train).sources("data/district"), &Silent)?;
//! let index = write_pages(&PageParams::new("out/run", "out/pages").language(Language::En), &Silent)?;
//! println!("open {}", index.display());
//! # Ok::<(), wherewithal::Error>(())
//! ```

mod assess;
mod batch;
mod card;
mod centre;
mod challenge;
mod clerk;
mod deliveries;
mod event;
mod facts;
mod files;
mod fill_plan;
mod forget;
mod impact;
mod ingest_into;
#[cfg(test)]
mod injected_tests;
mod link_parties;
mod money;
mod monitor;
mod outputs;
mod pages;
mod params;
mod performance_model;
mod plan;
mod portray;
mod resume;
mod rows;
mod run;
mod run_report;
mod samples;
mod score;
mod threads;
mod train;

pub use assess::{Assessment, assess, assess_with, scores_of};
pub use centre::{CentreParams, CentreReport, FiguresReport, centre, figures};
pub use clerk::{ClerkFact, ClerkReport};
pub use event::Event;
pub use files::FileNames;
pub use fill_plan::{FillPlan, FillReader, PlannedFilling};
pub use forget::{ForgottenInRun, forget_in_run};
pub use impact::impact;
pub use ingest_into::Intake;
pub use link_parties::{LinkedParties, link_parties};
pub use money::{MoneyReport, MoneyTraining};
pub use monitor::{MonitorParams, monitor};
pub use pages::{PageParams, write_page, write_pages};
pub use params::{AssessParams, ModelSource};
pub use performance_model::PerformanceModel;
pub use plan::{Plan, Worker};
pub use run_report::RunReport;
pub use score::{Scored, ScoringParams};
pub use train::{EventTraining, TrainParams, TrainingReport};
