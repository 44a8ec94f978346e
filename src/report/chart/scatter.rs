//! The calibration plot as SVG: predicted probabilities against observed shares.

use minijinja::Value;
use plotters::prelude::*;

use super::axes::Axes;
use super::frame::{BLUE, Caption, NARROW, SOFT, picture};
use crate::error::Result;

/// Predicted across, observed up, both from 0 to 1; where they agree points lie on the diagonal.
/// The more rows, the larger the point.
pub(in super::super) fn calibration(points: &[(f64, f64, usize)], caption: &Caption) -> Result<Value> {
    let most = points.iter().map(|point| point.2).max().unwrap_or_default().max(1) as f64;
    let percent = |share: f64| format!("{:.0} %", share * 100.0);
    let told: Vec<String> = points.iter().map(|point| format!("{} → {}", percent(point.0), percent(point.1))).collect();
    picture((NARROW, 640), (caption, &told.join("; ")), |area| {
        let axes =
            Axes { across: 0.0..1.0, shares: 0.0..1.0, marks: (6, 6), name: &|share| percent(*share), right: 36 };
        let mut chart = axes.on(area)?;
        chart.draw_series([PathElement::new([(0.0, 0.0), (1.0, 1.0)], SOFT.stroke_width(2))])?;
        chart.draw_series(points.iter().map(|(predicted, observed, rows)| {
            let radius = 8.0 + 10.0 * (*rows as f64 / most).sqrt();
            Circle::new((*predicted, *observed), super::frame::unit(radius), BLUE.filled())
        }))?;
        Ok(())
    })
}
