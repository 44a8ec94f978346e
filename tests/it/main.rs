//! One integration binary: polars links slowly.
#![allow(
    clippy::unwrap_used,
    clippy::needless_borrows_for_generic_args,
    clippy::excessive_precision,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::print_stdout,
    clippy::float_cmp,
    clippy::disallowed_methods,
    reason = "a test fails loudly, says what it skips, and asks for the same bits"
)]

mod additive;
mod amounts;
mod archetypes;
mod architecture;
mod browser;
mod capacity;
mod centre;
mod challenge;
mod circles;
mod conduct;
mod counterfactual;
mod course;
#[cfg(feature = "sqlite")]
mod database;
mod deploy;
mod doors;
mod expected;
mod exports;
mod face;
mod features;
mod filled_apart;
mod formats;
mod fuzz;
mod ingest;
mod inspect;
mod intake;
mod kin;
mod law_ten;
mod linfa_classifiers;
mod linkage;
mod linked;
mod listed;
mod mapping;
mod masked;
mod monitoring;
mod names;
mod one_district;
mod one_way;
mod pipeline;
mod plan;
mod planted;
mod pronunciation;
mod province;
mod reference;
mod register;
mod report;
mod scorecard;
mod screening;
#[cfg(feature = "postgres")]
mod served;
mod sheets;
mod simulate;
mod sketch;
mod sound;
mod spellings;
mod splits;
mod steady;
mod store;
mod tasks;
mod training;
mod unread;
mod watched;
