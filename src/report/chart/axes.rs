//! The frame of a chart of shares: its axes, their marks and letters.

use std::ops::Range;

use plotters::coord::types::RangedCoordf64;
use plotters::prelude::*;
use plotters::style::text_anchor::HPos;

use super::frame::{Area, Failed, LINE, SOFT, letters};

pub(in super::super) type Chart<'a> = ChartContext<'a, SVGBackend<'a>, Cartesian2d<RangedCoordf64, RangedCoordf64>>;

/// Something across, and shares up.
pub(in super::super) struct Axes<'a> {
    pub(in super::super) across: Range<f64>,
    pub(in super::super) shares: Range<f64>,
    /// About how many marks there are across and up.
    pub(in super::super) marks: (usize, usize),
    /// What is written below a mark across.
    pub(in super::super) name: &'a dyn Fn(&f64) -> String,
    /// Room on the right for what is written below the last mark.
    pub(in super::super) right: u32,
}

impl Axes<'_> {
    /// Draws them.
    pub(in super::super) fn on<'a>(&self, area: &Area<'a>) -> Result<Chart<'a>, Failed> {
        let mut chart = ChartBuilder::on(area)
            .margin_top(20)
            .margin_right(self.right)
            .x_label_area_size(56)
            .y_label_area_size(100)
            .build_cartesian_2d(self.across.clone(), self.shares.clone())?;
        chart
            .configure_mesh()
            .x_labels(self.marks.0)
            .y_labels(self.marks.1)
            .max_light_lines(1)
            .bold_line_style(LINE.stroke_width(2))
            .light_line_style(TRANSPARENT)
            .axis_style(SOFT.stroke_width(2))
            .label_style(letters(SOFT, HPos::Center))
            .x_label_formatter(self.name)
            .y_label_formatter(&|share| format!("{:.0} %", share * 100.0))
            .draw()?;
        Ok(chart)
    }
}
