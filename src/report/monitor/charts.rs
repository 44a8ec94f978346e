//! Drawings of what is watched: an index between its bounds, and what was foretold and came, month by month.

use minijinja::Value;
use plotters::prelude::*;

use crate::error::Result;
use crate::monitoring::{MonthReport, Stability};
use crate::report::chart::{Axes, BLUE, Caption, INK, NARROW, WARM, picture};

/// An index between its bounds, and the limit, without words: the figures stand beside it.
pub(super) fn reach(moved: &Stability, limit: f64, most: f64) -> Value {
    const WIDTH: f64 = 150.0;
    let x = |value: f64| 4.0 + (value / most.max(1e-9)).clamp(0.0, 1.0) * (WIDTH - 8.0);
    let (low, high, index, limit) = (x(moved.low), x(moved.high), x(moved.index), x(limit));
    Value::from_safe_string(format!(
        "<svg class=\"reach\" viewBox=\"0 0 {WIDTH} 20\" aria-hidden=\"true\"><path class=\"limit\" d=\"M{limit:.1} \
         1V19\"/><path d=\"M{low:.1} 10H{high:.1}\"/><circle cx=\"{index:.1}\" cy=\"10\" r=\"4\"/></svg>"
    ))
}

/// Predicted and observed shares by month: rings are foretold, dots with bounds came, triangles are to be expected.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place among some months")]
pub(super) fn months(months: &[MonthReport], caption: &Caption, told: &str) -> Result<Value> {
    let last = months.len().max(2) as f64 - 1.0;
    let shown = months.iter().flat_map(|month| {
        let observed = month.observed.map(|(_, (low, high))| [low, high]).unwrap_or([month.predicted; 2]);
        [month.predicted, month.awaited.unwrap_or(month.predicted), observed[0], observed[1]]
    });
    let (low, high) = shown.fold((1.0_f64, 0.0_f64), |(low, high), at| (low.min(at), high.max(at)));
    let room = ((high - low) * 0.1).max(0.02);
    let (bottom, top) = ((low - room).max(0.0), (high + room).min(1.0).max(low + 0.01));
    let name = |at: &f64| {
        let is_whole = (at - at.round()).abs() < 1e-6;
        months.get(at.round() as usize).filter(|_| is_whole).map(|month| month.month.clone()).unwrap_or_default()
    };
    picture((NARROW, 560), (caption, told), |area| {
        let axes = Axes { across: -0.4..last + 0.4, shares: bottom..top, marks: (5, 5), name: &name, right: 50 };
        let mut chart = axes.on(area)?;
        for (at, month) in months.iter().enumerate() {
            let x = at as f64;
            if let Some((observed, (low, high))) = month.observed {
                chart.draw_series([PathElement::new([(x, low), (x, high)], BLUE.stroke_width(4))])?;
                chart.draw_series([Circle::new((x, observed), 8, BLUE.filled())])?;
            }
            if let Some(awaited) = month.awaited {
                let at = (x, awaited.clamp(bottom, top));
                chart.draw_series([TriangleMarker::new(at, 12, WARM.filled())])?;
            }
            chart.draw_series([Circle::new((x, month.predicted), 11, INK.stroke_width(3))])?;
        }
        Ok(())
    })
}
