//! What all charts share: size, colours, letters, and the frame that makes a drawing readable to
//! those who do not see it.

use minijinja::{HtmlEscape, Value};
use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::error::{Error, Result};
use crate::sentence::Sentence;

/// Width of a chart for a telephone; two units are one pixel there.
pub(in super::super) const NARROW: u32 = 720;
/// Width of a chart for a desk or a sheet of paper.
pub(super) const WIDE: u32 = 1_600;
/// Height of letters.
const LETTER: f64 = 25.0;

pub(in super::super) const INK: RGBColor = RGBColor(27, 31, 36);
pub(in super::super) const SOFT: RGBColor = RGBColor(74, 83, 96);
pub(super) const LINE: RGBColor = RGBColor(201, 208, 216);
pub(super) const PALE: RGBColor = RGBColor(236, 239, 243);
pub(super) const SPAN: RGBColor = RGBColor(164, 186, 217);
pub(in super::super) const BLUE: RGBColor = RGBColor(29, 79, 145);
pub(in super::super) const BROWN: RGBColor = RGBColor(138, 90, 43);
pub(super) const GREEN: RGBColor = RGBColor(26, 107, 60);

pub(in super::super) type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
pub(in super::super) type Failed = DrawingAreaErrorKind<std::io::Error>;
pub(in super::super) type Drawn = std::result::Result<(), Failed>;

/// The name of a chart and what it shows, in words.
#[derive(Debug, Clone)]
pub(in super::super) struct Caption {
    /// Unique on the page.
    pub(in super::super) id: String,
    pub(in super::super) title: String,
}

/// A drawing as it stands in the page: without width and height, so that it takes those of its
/// place, and with a title and a description, which the plotting crate does not write.
pub(in super::super) fn picture(
    size: (u32, u32),
    (caption, told): (&Caption, &str),
    draw: impl FnOnce(&Area<'_>) -> Drawn,
) -> Result<Value> {
    let mut svg = String::new();
    let area = SVGBackend::with_string(&mut svg, size).into_drawing_area();
    let drawn = draw(&area).and_then(|()| area.present());
    drop(area);
    drawn.map_err(|error| Error::setting("chart", Sentence::foreign(error.to_string()), "shapes that can be drawn"))?;
    let shapes = svg.split_once('>').map_or("", |(_, shapes)| shapes);
    let (id, title, told) = (HtmlEscape(&caption.id), HtmlEscape(&caption.title), HtmlEscape(told));
    let (width, height) = size;
    Ok(Value::from_safe_string(format!(
        "<svg class=\"chart\" viewBox=\"0 0 {width} {height}\" role=\"img\" aria-labelledby=\"{id}\" \
         aria-describedby=\"{id}-d\">\n<title id=\"{id}\">{title}</title>\n<desc id=\"{id}-d\">{told}</desc>{shapes}"
    )))
}

/// Letters of the page's own type: `across` says which end of the text lies at its place, whose height is the middle.
pub(super) fn letters(colour: RGBColor, across: HPos) -> TextStyle<'static> {
    // The back-end divides sizes by this factor.
    let font = FontDesc::new(FontFamily::Name("inherit"), LETTER * 1.24, FontStyle::Normal);
    TextStyle { color: colour.to_backend_color(), pos: Pos::new(across, VPos::Center), ..TextStyle::from(font) }
}

/// About how wide a text is: Chinese characters are as wide as high, others a little more than half.
pub(super) fn width(text: &str) -> f64 {
    text.chars().map(|c| if c.is_ascii() { 0.56 } else { 1.0 }).sum::<f64>() * LETTER
}

/// A whole unit of the drawing.
#[allow(clippy::cast_possible_truncation, reason = "rounded, and charts are a few thousand units large")]
pub(super) fn unit(position: f64) -> i32 {
    position.round() as i32
}
