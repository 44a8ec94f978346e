//! What does the whole way look like in one call?
//!
//! [`assess`] reads a folder, brings what is known of one party under one identifier, trains a [`PerformanceModel`] or
//! loads one, scores every debtor with an open case, explains and portrays each, and writes its files. [`link_parties`],
//! [`train`] and [`score`] are its middle parts, for programs that hold their tables already.
//!
//! # Invariants
//!
//! The only room that sees every other; nobody imports it but the crate's root and `prelude`. Nothing is decided here:
//! it calls, joins and writes. Training at a day uses nothing known after it, neither features nor outcomes.

mod abreast;
mod assess;
mod batch;
mod card;
mod event;
mod facts;
mod files;
mod link_parties;
mod outputs;
mod performance_model;
mod portray;
mod province;
mod resume;
mod score;
mod take_in;
mod train;

pub use assess::{AssessParams, Assessment, ModelSource, RunReport, assess};
pub use card::model_card;
pub use event::Event;
pub use files::FileNames;
pub use link_parties::{LinkedParties, link_parties};
pub use performance_model::PerformanceModel;
pub use province::{ProvinceParams, ProvinceReport, assess_store};
pub use score::{Scored, score};
pub use take_in::take_in;
pub use train::{EventTraining, TrainParams, TrainingReport, train};
