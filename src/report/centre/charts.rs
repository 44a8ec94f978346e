//! Drawings of the command centre: a line over the months, a funnel of courts, a curve of waiting.
//!
//! A funnel shows each court by its number of cases and its rate, within the limits that chance alone would
//! keep it in. A small court with an odd rate lies within them; a ranking by the bare rate would call it
//! the best or the worst of the province.

use minijinja::{HtmlEscape, Value};
use plotters::prelude::*;

use crate::error::Result;
use crate::indicators::{Call, Ranking, Survival};
use crate::report::chart::{Axes, BLUE, Caption, INK, NARROW, SOFT, WARM, picture};

/// A line over the months, without words: the figures stand in the data beside the page.
pub(super) fn spark(months: &[Option<f64>]) -> Value {
    const WIDTH: f64 = 110.0;
    const HEIGHT: f64 = 26.0;
    let known = || months.iter().flatten().copied();
    let (low, high) = known().fold((f64::MAX, f64::MIN), |(low, high), value| (low.min(value), high.max(value)));
    if months.len() < 2 || known().count() < 2 {
        return Value::from("");
    }
    let span = if high > low { high - low } else { 1.0 };
    let x = |at: usize| 3.0 + at as f64 / (months.len() - 1) as f64 * (WIDTH - 6.0);
    let y = |value: f64| HEIGHT - 4.0 - (value - low) / span * (HEIGHT - 8.0);
    let mut path = String::new();
    let mut is_down = false;
    for (at, value) in months.iter().enumerate() {
        let Some(value) = value else {
            is_down = false;
            continue;
        };
        path.push_str(&format!("{}{:.1} {:.1}", if is_down { "L" } else { "M" }, x(at), y(*value)));
        is_down = true;
    }
    let last = months.iter().enumerate().rev().find_map(|(at, value)| value.map(|value| (x(at), y(value))));
    let dot = last.map_or_else(String::new, |(x, y)| format!("<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"2.5\"/>"));
    Value::from_safe_string(format!(
        "<svg class=\"spark\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" aria-hidden=\"true\"><path d=\"{}\"/>{dot}</svg>",
        HtmlEscape(&path)
    ))
}

/// Courts by cases and rate within the limits that chance sets.
pub(super) fn funnel(ranking: &Ranking, caption: &Caption, told: &str) -> Result<Value> {
    let most = ranking.courts.iter().map(|court| court.counts.1).max().unwrap_or(1).max(2);
    // Limits begin at the smallest court: below it they are wide and tell nothing.
    let least = ranking.courts.iter().map(|court| court.counts.1).min().unwrap_or(1).clamp(1, most);
    let sizes: Vec<u64> = (0..=60).map(|step| least + (most - least) * step / 60).collect();
    let limits: Vec<(f64, [(f64, f64); 2])> = sizes.iter().map(|n| (*n as f64, ranking.limits(*n))).collect();
    // The frame holds every limit that is drawn, so that none is bent along its edge.
    let bounds = limits.iter().flat_map(|(_, both)| both.iter().flat_map(|(low, high)| [*low, *high]));
    let shown = ranking.courts.iter().map(|court| court.share).chain(bounds);
    let (low, high) = shown.fold((ranking.rate, ranking.rate), |(low, high), at| (low.min(at), high.max(at)));
    let room = ((high - low) * 0.05).max(0.03);
    let (bottom, top) = ((low - room).max(0.0), (high + room).min(1.0));
    picture((NARROW, 640), (caption, told), |area| {
        let axes = Axes {
            across: 0.0..most as f64 * 1.04,
            shares: bottom..top,
            marks: (5, 6),
            name: &|cases| format!("{cases:.0}"),
            right: 36,
        };
        let mut chart = axes.on(area)?;
        let within = |value: f64| value.clamp(bottom, top);
        for (nth, width) in [(0, 2), (1, 4)] {
            for is_high in [false, true] {
                let line = limits.iter().filter_map(|(n, both)| {
                    let (low, high) = both.get(nth)?;
                    Some((*n, within(if is_high { *high } else { *low })))
                });
                if nth == 0 {
                    chart.draw_series(DashedLineSeries::new(line, 10, 8, SOFT.stroke_width(width)))?;
                } else {
                    chart.draw_series(LineSeries::new(line, SOFT.stroke_width(width)))?;
                }
            }
        }
        chart
            .draw_series([PathElement::new([(0.0, ranking.rate), (most as f64, ranking.rate)], INK.stroke_width(2))])?;
        // Shape and fill tell the calls apart, not colour alone.
        for court in &ranking.courts {
            let at = (court.counts.1 as f64, within(court.share));
            match court.raw_call {
                Call::Above => chart.draw_series([TriangleMarker::new(at, 13, BLUE.filled())])?,
                Call::Below => chart.draw_series([Cross::new(at, 11, WARM.stroke_width(5))])?,
                Call::Within | Call::TooFew => chart.draw_series([Circle::new(at, 7, INK.stroke_width(2))])?,
            };
        }
        Ok(())
    })
}

/// The share to whom it has happened, by days.
pub(super) fn curve(survival: &Survival, caption: &Caption, told: &str) -> Result<Value> {
    let last = survival.steps.last().map_or(30, |step| step.days).max(30) as f64;
    let most = survival.steps.last().map_or(0.1, |step| 1.0 - step.waiting + 1.96 * step.error).clamp(0.05, 1.0);
    picture((NARROW, 560), (caption, told), |area| {
        let axes = Axes {
            across: 0.0..last,
            shares: 0.0..most * 1.05,
            marks: (6, 5),
            name: &|days| format!("{days:.0}"),
            right: 36,
        };
        let mut chart = axes.on(area)?;
        let steps = |reach: f64| {
            let mut held = 0.0;
            let mut path = vec![(0.0, 0.0)];
            for step in &survival.steps {
                let share = (1.0 - step.waiting + reach * step.error).clamp(0.0, most * 1.05);
                path.push((step.days as f64, held));
                path.push((step.days as f64, share));
                held = share;
            }
            path
        };
        for reach in [-1.96, 1.96] {
            chart.draw_series(LineSeries::new(steps(reach), SOFT.stroke_width(2)))?;
        }
        chart.draw_series(LineSeries::new(steps(0.0), BLUE.stroke_width(5)))?;
        Ok(())
    })
}
