//! The pages of the command centre (执行指挥中心): province, court, team, and a wall screen.
//!
//! | page | for whom | what it shows first |
//! |---|---|---|
//! | `index.html` | the high court | figures of the province, rankings, matters that need doing |
//! | `wall.html` | the wall | the same figures, large, and the first matters by court |
//! | `court-NNN.html` | a court | its figures beside the province's, its teams |
//! | team pages | a team | its open matters with their terms |

mod charts;
mod cities;
mod lines;
mod pages;

pub use pages::{CentrePage, CentrePages, CentreView};
