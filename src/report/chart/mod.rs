//! Charts as inline SVG: drawn here, so that a page needs neither script nor network.

mod frame;

mod axes;
mod bars;
mod scatter;

mod batch;
mod debtor;
mod timeline;

pub(super) use axes::Axes;
pub(super) use bars::{Bar, Bars};
pub(super) use batch::{classes, grades};
pub(super) use debtor::{dimensions, waterfall};
pub(super) use frame::{BLUE, BROWN as WARM, Caption, INK, NARROW, SOFT, picture};
pub(super) use scatter::calibration;
pub(super) use timeline::timeline;
