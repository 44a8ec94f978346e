//! Where the shapes of a chart lie: per cent across, pixels down.

use serde::Serialize;

use super::text::amount;
use crate::domain::{Day, Language, Money};
use crate::profile::{Batch, DebtorProfile, Moment};

/// Height of one bar with its line of text.
const ROW: i32 = 40;

/// Horizontal bars, each with a text at either end above it.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct Bars {
    height: i32,
    bars: Vec<Bar>,
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct Bar {
    pub(super) label: String,
    pub(super) text: String,
    pub(super) class: &'static str,
    /// Baseline of the text.
    y: i32,
    pub(super) x: f64,
    pub(super) width: f64,
    pub(super) mark: Option<f64>,
}

impl Bar {
    pub(super) fn new((label, text): (String, String), class: &'static str, (x, width): (f64, f64)) -> Self {
        Self { label, text, class, y: 0, x: clean(x), width: clean(width), mark: None }
    }

    pub(super) fn mark(mut self, at: f64) -> Self {
        self.mark = Some(clean(at));
        self
    }
}

impl Bars {
    pub(super) fn new(bars: impl IntoIterator<Item = Bar>) -> Self {
        let mut bars: Vec<Bar> = bars.into_iter().collect();
        for (row, bar) in (0..).zip(bars.iter_mut()) {
            bar.y = 16 + row * ROW;
        }
        let rows = i32::try_from(bars.len()).unwrap_or_default();
        Self { height: rows * ROW, bars }
    }
}

/// A position within the chart, to a hundredth.
fn clean(percent: f64) -> f64 {
    if percent.is_finite() { (percent.clamp(0.0, 100.0) * 100.0).round() / 100.0 } else { 0.0 }
}

fn share(part: Money, whole: Money) -> f64 {
    if whole > Money::ZERO { part.fen() as f64 / whole.fen() as f64 * 100.0 } else { 0.0 }
}

/// From gross value, step by step, to what is within reach; last what is owed, on the same scale.
pub(super) fn waterfall(profile: &DebtorProfile, word: &dyn Fn(&str) -> String, language: Language) -> Bars {
    let Some(means) = &profile.means else { return Bars::default() };
    let layers = &means.total;
    let gross = layers.gross.expected;
    let whole = gross.max(means.owed);
    let names = ["haircut", "costs", "secured", "co_owners", "exempt", "priority", "available"];
    let line = |name: &str, money: Money| (word(name), amount(money, language));
    let mut bars = vec![Bar::new(line("gross", gross), "gross", (0.0, share(gross, whole)))];
    let mut left = gross;
    for (name, part) in names.into_iter().zip(layers.parts()) {
        let part = part.expected;
        if name == "available" {
            bars.push(Bar::new(line(name, part), "keep", (0.0, share(part, whole))).mark(share(means.owed, whole)));
        } else if part > Money::ZERO {
            left -= part;
            bars.push(Bar::new(line(name, part), "take", (share(left, whole), share(part, whole))));
        }
    }
    Bars::new(bars)
}

/// The points of each family, with the typical debtor's as a mark.
pub(super) fn dimensions(profile: &DebtorProfile, language: Language) -> Bars {
    let points = |value: i32| f64::from(value);
    let all = profile.dimensions.iter().flat_map(|dimension| [points(dimension.points.0), dimension.typical, 0.0]);
    let (low, high) = all.fold((0.0f64, 0.0f64), |(low, high), value| (low.min(value), high.max(value)));
    let width = (high - low).max(1.0);
    let at = |value: f64| (value - low) / width * 100.0;
    Bars::new(profile.dimensions.iter().map(|dimension| {
        let value = points(dimension.points.0);
        let (from, to) = (at(value.min(0.0)), at(value.max(0.0)));
        let class = if value < dimension.typical { "take" } else { "keep" };
        let text = format!("{:+} ({:+.0})", dimension.points.0, dimension.typical);
        let label = dimension.label.text(language).to_owned();
        Bar::new((label, text), class, (from, to - from)).mark(at(dimension.typical))
    }))
}

/// Debtors by grade.
pub(super) fn grades(batch: &Batch, word: &dyn Fn(&str) -> String) -> Bars {
    let most = batch.grades.iter().map(|group| group.debtors).max().unwrap_or_default().max(1);
    Bars::new(batch.grades.iter().map(|group| {
        let letter = group.grade.map(crate::profile::Grade::letter);
        let label = letter.map_or_else(|| word("none"), |letter| format!("{letter} {}", word(letter)));
        let width = group.debtors as f64 / most as f64 * 100.0;
        Bar::new((label, group.debtors.to_string()), "gross", (0.0, width))
    }))
}

/// What is within reach, by class of property.
pub(super) fn classes(batch: &Batch, word: &dyn Fn(&str) -> String, language: Language) -> Bars {
    let most = batch.classes.iter().map(|group| group.available).max().unwrap_or_default();
    Bars::new(batch.classes.iter().map(|group| {
        let label = format!("{} ({})", word(group.class.code()), group.debtors);
        Bar::new((label, amount(group.available, language)), "keep", (0.0, share(group.available, most)))
    }))
}

/// What was known when, one lane per table.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct Timeline {
    height: i32,
    days: Vec<DayMark>,
    lanes: Vec<Lane>,
}

#[derive(Debug, Clone, Serialize)]
struct DayMark {
    x: f64,
    y: i32,
    anchor: &'static str,
    text: String,
}

#[derive(Debug, Clone, Serialize)]
struct Lane {
    label: String,
    y: i32,
    spans: Vec<Span>,
    dots: Vec<f64>,
}

#[derive(Debug, Clone, Serialize)]
struct Span {
    from: f64,
    to: f64,
}

/// Lanes with events, the day described at the right edge; events older than three years before it begin at the left edge.
pub(super) fn timeline(profile: &DebtorProfile, word: &dyn Fn(&str) -> String, language: Language) -> Timeline {
    let Some(as_of) = profile.as_of.filter(|_| !profile.timeline.is_empty()) else { return Timeline::default() };
    let oldest = as_of.plus_months(-36);
    let first = profile.timeline.iter().map(|moment| moment.first_on.min(moment.known_at)).min().unwrap_or(oldest);
    let start = first.max(oldest);
    let width = f64::from(as_of.days_since(start).max(1));
    let at = |day: Day| clean(f64::from(day.days_since(start)) / width * 100.0);
    let mut lanes: Vec<Lane> = Vec::new();
    let mut named: Vec<&str> = Vec::new();
    for moment in &profile.timeline {
        let place = named.iter().position(|table| *table == moment.table).unwrap_or_else(|| {
            named.push(&moment.table);
            lanes.push(lane(moment, lanes.len(), language));
            lanes.len() - 1
        });
        if let Some(lane) = lanes.get_mut(place) {
            lane.spans.push(Span { from: at(moment.first_on), to: at(moment.last_on) });
            lane.dots.push(at(moment.known_at));
        }
    }
    let height = lanes.last().map_or(0, |lane| lane.y + 24);
    let mark = |day: Day, text: String, y: i32| {
        let x = at(day);
        let anchor = if x > 60.0 { "end" } else { "start" };
        DayMark { x, y, anchor, text }
    };
    let filed = profile.cases.iter().map(|case| case.filed_on).filter(|day| *day >= start).min();
    let filed = filed.map(|day| mark(day, format!("{} {day}", word("filed")), 34));
    let end = [mark(start, start_text(first, start), 14), mark(as_of, as_of.to_string(), 14)];
    Timeline { height, days: end.into_iter().chain(filed).collect(), lanes }
}

/// The first day shown is a day of the profile only where nothing was cut off.
fn start_text(first: Day, start: Day) -> String {
    if first < start { "…".to_owned() } else { start.to_string() }
}

fn lane(moment: &Moment, place: usize, language: Language) -> Lane {
    let row = i32::try_from(place).unwrap_or_default();
    Lane { label: moment.label.text(language).to_owned(), y: 58 + row * 38, spans: Vec::new(), dots: Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_stay_inside_the_chart() {
        assert_eq!([clean(-3.0), clean(33.3333), clean(400.0), clean(f64::NAN)], [0.0, 33.33, 100.0, 0.0]);
        let bars = Bars::new([Bar::new((String::new(), String::new()), "keep", (0.0, 50.0))]);
        assert_eq!((bars.height, bars.bars[0].y), (40, 16));
    }
}
