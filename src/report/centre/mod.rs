//! The pages of the command centre: province, court, team.

mod charts;
mod cities;
mod lines;
mod pages;

pub use pages::{CentrePage, CentrePages, CentreView};
