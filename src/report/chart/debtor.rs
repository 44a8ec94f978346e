//! Charts of one debtor.
//!
//! The waterfall begins with the gross value of what was found and takes off, step by step, what the law
//! takes off: haircut, what was paid since, costs, secured claims, co-owners, exempt property, claims with
//! priority. What is left stands beside what is owed, on one scale, in fen.

use minijinja::Value;

use super::frame::{BLUE, BROWN, Caption, GREEN, SOFT};
use super::{Bar, Bars};
use crate::domain::Money;
use crate::error::Result;
use crate::profile::{DebtorProfile, Scenarios};
use crate::report::phrasebook::Phrasebook;
use crate::report::text::amount;

fn fen(money: Money) -> f64 {
    money.fen() as f64
}

/// From gross value, step by step, to what is within reach; last what is owed, on the same scale
/// and marked on every bar.
pub(in super::super) fn waterfall(profile: &DebtorProfile, phrases: &Phrasebook) -> Result<Value> {
    let Some(means) = &profile.means else { return Ok(Value::from("")) };
    let layers = &means.total;
    let (gross, owed) = (layers.gross.expected, means.owed);
    let line =
        |section: &str, name: &str, money: Money| (phrases.word(section, name), amount(money, phrases.language()));
    let mut bars = vec![Bar::new(line("layer", "gross", gross), BLUE, (0.0, fen(gross)))];
    let mut left = gross;
    let names = ["haircut", "paid_since", "costs", "secured", "co_owners", "exempt", "priority"];
    let expected = |part: Scenarios<Money>| part.expected;
    for (name, part) in names.into_iter().zip(layers.parts().map(expected)) {
        if part > Money::ZERO {
            left -= part;
            bars.push(Bar::new(line("layer", name, part), BROWN, (fen(left), fen(left + part))));
        }
    }
    let available = layers.available.expected;
    bars.push(Bar::new(line("layer", "available", available), GREEN, (0.0, fen(available))));
    let mut bars: Vec<Bar> = bars.into_iter().map(|bar| bar.mark(fen(owed))).collect();
    bars.push(Bar::new(line("means", "owed", owed), SOFT, (0.0, fen(owed))));
    let caption = Caption { id: "c-waterfall".to_owned(), title: phrases.word("means", "chart") };
    Bars::new(bars, (0.0, fen(gross.max(owed)))).drawn(&caption)
}

/// The points of each family, with the typical debtor's as a mark.
pub(in super::super) fn dimensions(profile: &DebtorProfile, phrases: &Phrasebook) -> Result<Value> {
    let all = || profile.dimensions.iter().flat_map(|dimension| [f64::from(dimension.points.0), dimension.typical]);
    let (low, high) = all().fold((0.0f64, 0.0f64), |(low, high), value| (low.min(value), high.max(value)));
    let bars = profile.dimensions.iter().map(|dimension| {
        let points = f64::from(dimension.points.0);
        let colour = if points < dimension.typical { BROWN } else { GREEN };
        let text = format!("{:+} ({:+.0})", dimension.points.0, dimension.typical);
        let label = dimension.label.text(phrases.language()).to_owned();
        Bar::new((label, text), colour, (points.min(0.0), points.max(0.0))).mark(dimension.typical)
    });
    let caption = Caption { id: "c-dimensions".to_owned(), title: phrases.word("why", "dimensions") };
    Bars::new(bars, (low, high)).ticks([(0.0, String::from("0"))]).drawn(&caption)
}
