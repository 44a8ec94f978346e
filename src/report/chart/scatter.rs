//! The calibration plot as SVG: predicted probabilities against observed shares.

use minijinja::Value;
use plotters::prelude::*;
use plotters::style::text_anchor::HPos;

use super::frame::{BLUE, Caption, LINE, NARROW, SOFT, letters, picture};
use crate::error::Result;

/// Predicted across, observed up, both from 0 to 1; where they agree points lie on the diagonal.
/// The more rows, the larger the point.
pub(in super::super) fn calibration(points: &[(f64, f64, usize)], caption: &Caption) -> Result<Value> {
    let most = points.iter().map(|point| point.2).max().unwrap_or_default().max(1) as f64;
    let percent = |share: f64| format!("{:.0} %", share * 100.0);
    let told: Vec<String> = points.iter().map(|point| format!("{} → {}", percent(point.0), percent(point.1))).collect();
    picture((NARROW, 640), (caption, &told.join("; ")), |area| {
        let mut chart = ChartBuilder::on(area)
            .margin_top(20)
            .margin_right(36)
            .x_label_area_size(56)
            .y_label_area_size(90)
            .build_cartesian_2d(0.0..1.0, 0.0..1.0)?;
        chart
            .configure_mesh()
            .x_labels(6)
            .y_labels(6)
            .max_light_lines(1)
            .bold_line_style(LINE.stroke_width(2))
            .light_line_style(TRANSPARENT)
            .axis_style(SOFT.stroke_width(2))
            .label_style(letters(SOFT, HPos::Center))
            .x_label_formatter(&|share| percent(*share))
            .y_label_formatter(&|share| percent(*share))
            .draw()?;
        chart.draw_series([PathElement::new([(0.0, 0.0), (1.0, 1.0)], SOFT.stroke_width(2))])?;
        chart.draw_series(points.iter().map(|(predicted, observed, rows)| {
            let radius = 8.0 + 10.0 * (*rows as f64 / most).sqrt();
            Circle::new((*predicted, *observed), super::frame::unit(radius), BLUE.filled())
        }))?;
        Ok(())
    })
}
