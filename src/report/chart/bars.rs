//! A bar chart as SVG.
//!
//! Each bar has its name at the left above it and its figure at the right, so that nothing is read off an
//! axis. A text too long for its place is shortened; the description of the picture, which a screen reader
//! speaks, has it whole.

use minijinja::Value;
use plotters::prelude::*;
use plotters::style::text_anchor::HPos;

use super::frame::{Area, Caption, Drawn, INK, LINE, NARROW, PALE, SOFT, letters, picture, unit, width};
use crate::error::Result;

/// Height of one bar with its line of text.
const ROW: i32 = 80;
/// Height of the line of ticks.
const AXIS: i32 = 44;
const WIDTH: i32 = NARROW as i32;

/// Horizontal bars on one scale, each with a text at either end above it.
#[derive(Debug, Clone, Default)]
pub(in super::super) struct Bars {
    bars: Vec<Bar>,
    scale: (f64, f64),
    ticks: Vec<(f64, String)>,
}

/// One bar.
#[derive(Debug, Clone)]
pub(in super::super) struct Bar {
    label: String,
    text: String,
    colour: RGBColor,
    span: (f64, f64),
    mark: Option<f64>,
}

impl Bar {
    /// A bar from one value to another.
    pub(in super::super) fn new((label, text): (String, String), colour: RGBColor, span: (f64, f64)) -> Self {
        Self { label, text, colour, span, mark: None }
    }

    /// An upright line across the bar.
    pub(in super::super) fn mark(mut self, at: f64) -> Self {
        self.mark = Some(at);
        self
    }
}

impl Bars {
    /// Bars on the scale from one value to another.
    pub(in super::super) fn new(bars: impl IntoIterator<Item = Bar>, scale: (f64, f64)) -> Self {
        Self { bars: bars.into_iter().collect(), scale, ticks: Vec::new() }
    }

    /// Ticks under the bars.
    pub(in super::super) fn ticks(mut self, ticks: impl IntoIterator<Item = (f64, String)>) -> Self {
        self.ticks = ticks.into_iter().collect();
        self
    }

    /// The chart; nothing when there is no bar.
    pub(in super::super) fn drawn(&self, caption: &Caption) -> Result<Value> {
        let rows = i32::try_from(self.bars.len()).unwrap_or_default();
        if rows == 0 {
            return Ok(Value::from(""));
        }
        let told: Vec<String> = self.bars.iter().map(|bar| format!("{} {}", bar.label, bar.text)).collect();
        let height = rows * ROW + if self.ticks.is_empty() { 0 } else { AXIS };
        let size = (NARROW, height.unsigned_abs());
        picture(size, (caption, told.join("; ").trim()), |area| self.draw(area, rows * ROW))
    }

    fn draw(&self, area: &Area<'_>, bottom: i32) -> Drawn {
        for (at, text) in &self.ticks {
            let x = self.x_of(*at);
            area.draw(&PathElement::new([(x, 0), (x, bottom)], LINE.stroke_width(2)))?;
            let side = if x <= 40 {
                HPos::Left
            } else if x >= WIDTH - 40 {
                HPos::Right
            } else {
                HPos::Center
            };
            area.draw(&Text::new(text.as_str(), (x, bottom + AXIS / 2), letters(SOFT, side)))?;
        }
        for (row, bar) in (0..).zip(&self.bars) {
            let (text, top) = (row * ROW + 24, row * ROW + 46);
            let bottom = top + 20;
            if self.ticks.is_empty() {
                area.draw(&Rectangle::new([(0, top), (WIDTH, bottom)], PALE.filled()))?;
            }
            let (from, to) = (self.x_of(bar.span.0), self.x_of(bar.span.1));
            area.draw(&Rectangle::new([(from, top), (to, bottom)], bar.colour.filled()))?;
            if let Some(mark) = bar.mark.map(|mark| self.x_of(mark)) {
                area.draw(&PathElement::new([(mark, top - 8), (mark, bottom + 8)], INK.stroke_width(4)))?;
            }
            let label = shortened(&bar.label, f64::from(WIDTH) - width(&bar.text) - 20.0);
            area.draw(&Text::new(label, (0, text), letters(INK, HPos::Left)))?;
            area.draw(&Text::new(bar.text.as_str(), (WIDTH, text), letters(INK, HPos::Right)))?;
        }
        Ok(())
    }

    /// Where a value lies across the chart; values beyond the scale lie at its end.
    fn x_of(&self, value: f64) -> i32 {
        let (low, high) = self.scale;
        let share = if high > low { (value - low) / (high - low) } else { 0.0 };
        unit(share.clamp(0.0, 1.0) * f64::from(WIDTH))
    }
}

/// As much of a text as fits; the description of the picture has the whole.
fn shortened(text: &str, room: f64) -> String {
    if width(text) <= room {
        return text.to_owned();
    }
    let mut short = String::new();
    for c in text.chars() {
        short.push(c);
        if width(&short) + width("…") > room {
            short.pop();
            break;
        }
    }
    format!("{}…", short.trim_end())
}

#[cfg(test)]
mod tests {
    use super::super::frame::BLUE;
    use super::*;

    #[test]
    fn places_stay_inside_the_chart_and_the_picture_tells_what_it_shows() {
        let bar = |from: f64, to: f64| Bar::new(("<b>".to_owned(), "1".to_owned()), BLUE, (from, to));
        let bars = Bars::new([bar(0.0, 5.0).mark(f64::INFINITY)], (0.0, 10.0));
        assert_eq!([-3.0, 2.5, 40.0].map(|value| bars.x_of(value)), [0, 180, 720]);
        let caption = Caption { id: "c".to_owned(), title: "A & B".to_owned() };
        let svg = bars.drawn(&caption).unwrap().to_string();
        assert!(
            svg.starts_with("<svg class=\"chart\" viewBox=\"0 0 720 80\" role=\"img\"") && svg.ends_with("</svg>\n")
        );
        assert!(svg.contains("<title id=\"c\">A &amp; B</title>") && svg.contains("&lt;b&gt;"), "{svg}");
        assert!(svg.contains("font-size=\"25\"") && svg.contains("width=\"360\""), "{svg}");
        assert_eq!([shortened("owed", 99.0), shortened("所有应履行金额", 100.0)], ["owed", "所有应…"]);
        assert_eq!(Bars::default().drawn(&caption).unwrap().to_string(), "");
    }
}
