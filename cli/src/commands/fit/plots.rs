//! Plots of a scorecard and its validation, as SVG.

use std::error::Error;

use plotters::coord::Shift;
use plotters::coord::ranged1d::ValueFormatter;
use plotters::coord::types::RangedCoordf64;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use wherewithal::model::{Scorecard, ValidationReport};

const SIZE: (u32, u32) = (640, 520);
const INK: RGBColor = RGBColor(27, 31, 36);
const SOFT: RGBColor = RGBColor(74, 83, 96);
const LINE: RGBColor = RGBColor(201, 208, 216);
const EVENT: RGBColor = RGBColor(29, 79, 145);
const OTHER: RGBColor = RGBColor(155, 58, 28);
/// Height of a line of words in the plots of bins and points.
const ROW: i32 = 24;

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Drawn = Result<(), Box<dyn Error>>;
type Flat = Cartesian2d<RangedCoordf64, RangedCoordf64>;

/// Every plot, by file name.
pub(super) fn all(
    card: &Scorecard,
    report: &ValidationReport,
    (probabilities, events): (&[f64], &[bool]),
) -> Result<Vec<(&'static str, String)>, Box<dyn Error>> {
    let curve = Shares::new(probabilities, events);
    Ok(vec![
        ("bins", bins(card)?),
        ("roc", roc(&curve, report)?),
        ("ks", ks(&curve, report)?),
        ("calibration", calibration(report)?),
        ("points", points(card)?),
    ])
}

/// Shares of events and of the others above each probability, falling.
struct Shares(Vec<(f64, f64)>);

impl Shares {
    fn new(probabilities: &[f64], events: &[bool]) -> Self {
        let mut rows: Vec<(f64, bool)> = probabilities.iter().copied().zip(events.iter().copied()).collect();
        rows.sort_by(|a, b| b.0.total_cmp(&a.0));
        let total = rows.iter().filter(|row| row.1).count() as f64;
        let others = rows.len() as f64 - total;
        let (mut event, mut other) = (0.0, 0.0);
        let mut shares = vec![(0.0, 0.0)];
        for equal in rows.chunk_by(|a, b| a.0.total_cmp(&b.0).is_eq()) {
            let found = equal.iter().filter(|row| row.1).count() as f64;
            event += found;
            other += equal.len() as f64 - found;
            shares.push((other / others, event / total));
        }
        // A few hundred points draw the same line as a million.
        let step = shares.len().div_ceil(400).max(1);
        let last = shares.last().copied();
        Self(shares.into_iter().step_by(step).chain(last).collect())
    }
}

fn roc(curve: &Shares, report: &ValidationReport) -> Result<String, Box<dyn Error>> {
    let title = format!("ROC, AUC {:.4} ± {:.4}", report.auc.value, report.auc.standard_error);
    plot(&title, 1.0, ("share of others above", "share of events above"), |chart| {
        chart.draw_series(LineSeries::new([(0.0, 0.0), (1.0, 1.0)], LINE.stroke_width(2)))?;
        chart.draw_series(LineSeries::new(curve.0.iter().copied(), EVENT.stroke_width(2)))?;
        Ok(())
    })
}

fn ks(curve: &Shares, report: &ValidationReport) -> Result<String, Box<dyn Error>> {
    let count = curve.0.len().max(2) as f64 - 1.0;
    let at = |share: fn(&(f64, f64)) -> f64| {
        curve.0.iter().enumerate().map(move |(place, shares)| (place as f64 / count, share(shares)))
    };
    let title = format!("KS {:.4}: events blue, others red", report.ks.value);
    plot(&title, 1.0, ("scores, highest first", "share above"), |chart| {
        chart.draw_series(LineSeries::new(at(|shares| shares.1), EVENT.stroke_width(2)))?;
        chart.draw_series(LineSeries::new(at(|shares| shares.0), OTHER.stroke_width(2)))?;
        Ok(())
    })
}

fn calibration(report: &ValidationReport) -> Result<String, Box<dyn Error>> {
    let pairs = || report.calibration.iter().map(|bin| (bin.predicted, bin.observed));
    let most = pairs().fold(0.01_f64, |most, pair| most.max(pair.0).max(pair.1));
    plot(&format!("Calibration, error {:.4}", report.ece), most, ("predicted", "observed"), |chart| {
        chart.draw_series(LineSeries::new([(0.0, 0.0), (most, most)], LINE.stroke_width(2)))?;
        chart.draw_series(pairs().map(|pair| Circle::new(pair, 5, EVENT.filled())))?;
        Ok(())
    })
}

/// A square plot from nothing to `most` both ways.
fn plot(
    title: &str,
    most: f64,
    (across, up): (&str, &str),
    draw: impl FnOnce(&mut ChartContext<'_, SVGBackend<'_>, Flat>) -> Drawn,
) -> Result<String, Box<dyn Error>>
where
    RangedCoordf64: ValueFormatter<f64>,
{
    drawing(SIZE, |area| {
        let mut chart = ChartBuilder::on(area)
            .caption(title, words(INK, HPos::Center))
            .margin(16)
            .x_label_area_size(48)
            .y_label_area_size(60)
            .build_cartesian_2d(0.0..most, 0.0..most)?;
        chart
            .configure_mesh()
            .x_labels(6)
            .y_labels(6)
            .max_light_lines(1)
            .bold_line_style(LINE)
            .light_line_style(TRANSPARENT)
            .axis_style(SOFT)
            .label_style(words(SOFT, HPos::Center))
            .x_desc(across)
            .y_desc(up)
            .draw()?;
        draw(&mut chart)
    })
}

/// The points of each feature's bins.
fn points(card: &Scorecard) -> Result<String, Box<dyn Error>> {
    let bounds = card.features().iter().flat_map(|feature| feature.points()).copied();
    let (least, most) = bounds.fold((0, 1), |(least, most), points| (least.min(points), most.max(points)));
    let rows = i32::try_from(card.features().len())?;
    let place = |points: i32| 250 + (points - least) * 460 / (most - least);
    drawing((740, u32::try_from(ROW * (rows + 3))?), |area| {
        area.draw(&Text::new("Points of each bin", (370, ROW), words(INK, HPos::Center)))?;
        let bottom = ROW * (rows + 2);
        for (at, name) in [(least, least.to_string()), (0, "0".to_owned()), (most, most.to_string())] {
            let x = place(at);
            area.draw(&PathElement::new([(x, ROW * 2 - 8), (x, bottom)], LINE.stroke_width(1)))?;
            area.draw(&Text::new(name, (x, bottom + ROW / 2), words(SOFT, HPos::Center)))?;
        }
        for (row, feature) in (2..).zip(card.features()) {
            let y = ROW * row;
            area.draw(&Text::new(feature.name().to_owned(), (238, y), words(INK, HPos::Right)))?;
            for points in feature.points() {
                area.draw(&Circle::new((place(*points), y), 4, EVENT.filled()))?;
            }
        }
        Ok(())
    })
}

/// Weight of evidence of every bin, a row of bars per feature.
fn bins(card: &Scorecard) -> Result<String, Box<dyn Error>> {
    let rows: usize = card.features().iter().map(|feature| feature.map().bins.len() + 2).sum();
    let most = card.features().iter().flat_map(|feature| &feature.map().bins).fold(0.1_f64, |m, b| m.max(b.woe.abs()));
    drawing((860, u32::try_from(rows)? * ROW.unsigned_abs() + 60), |area| {
        area.draw(&Text::new("Weight of evidence by bin", (430, ROW), words(INK, HPos::Center)))?;
        let mut y = 2 * ROW + 10;
        for feature in card.features() {
            area.draw(&Text::new(feature.name().to_owned(), (10, y), words(INK, HPos::Left)))?;
            for bin in &feature.map().bins {
                y += ROW;
                #[allow(clippy::cast_possible_truncation, reason = "rounded, and at most 180")]
                let size = (bin.woe.abs() / most * 180.0).round() as i32;
                let (from, colour) = if bin.woe < 0.0 { (520 - size, OTHER) } else { (520, EVENT) };
                let range: String = bin.range.to_string().chars().take(42).collect();
                area.draw(&Text::new(range, (328, y), words(SOFT, HPos::Right)))?;
                area.draw(&Rectangle::new([(from, y - 8), (from + size, y + 8)], colour.filled()))?;
                let told = format!("{:+.2}, {} rows", bin.woe, bin.counts.rows);
                area.draw(&Text::new(told, (712, y), words(SOFT, HPos::Left)))?;
            }
            y += 2 * ROW;
        }
        Ok(())
    })
}

/// The points of two cards bin by bin: a row of bars per bin, one card left and the other right, features by name;
/// pairs below.
pub(super) fn side_by_side(left: (&str, &Scorecard), right: (&str, &Scorecard)) -> Result<String, Box<dyn Error>> {
    let mut names: Vec<&str> = [left.1, right.1].iter().flat_map(|card| card.features()).map(|f| f.name()).collect();
    names.sort_unstable();
    names.dedup();
    let bins = |card: &Scorecard, name: &str| card.feature(name).map_or(1, |feature| feature.map().bins.len());
    let heights: Vec<usize> = names.iter().map(|name| 2 + bins(left.1, name).max(bins(right.1, name))).collect();
    let pairs = left.1.pairs().len() + right.1.pairs().len();
    let rows = heights.iter().sum::<usize>() + pairs + 3;
    let points = [left.1, right.1].into_iter().flat_map(|card| card.features()).flat_map(|feature| feature.points());
    let most = points.map(|points| points.unsigned_abs()).max().unwrap_or(1).max(1);
    drawing((1_240, u32::try_from(rows)? * ROW.unsigned_abs() + 40), |area| {
        for (at, (learner, card)) in [(0, left), (620, right)] {
            let title = format!("{learner}: points, base {}", card.base_points().0);
            area.draw(&Text::new(title, (at + 310, ROW), words(INK, HPos::Center)))?;
            let mut y = 2 * ROW;
            for (name, height) in names.iter().zip(&heights) {
                shape(area, (card, name), (at, y, most))?;
                y += ROW * i32::try_from(*height)?;
            }
            for pair in card.pairs() {
                let told = format!("{}: {} to {} points", pair.name(), least(pair.points()), greatest(pair.points()));
                area.draw(&Text::new(told, (at + 10, y), words(SOFT, HPos::Left)))?;
                y += ROW;
            }
        }
        Ok(())
    })
}

fn least(points: &[i32]) -> i32 {
    points.iter().copied().min().unwrap_or_default()
}

fn greatest(points: &[i32]) -> i32 {
    points.iter().copied().max().unwrap_or_default()
}

/// The bars of one feature of one card; says so where the card is without it.
fn shape(area: &Area<'_>, (card, name): (&Scorecard, &str), (at, top, most): (i32, i32, u32)) -> Drawn {
    let Some(feature) = card.feature(name) else {
        area.draw(&Text::new(format!("{name}: not on this card"), (at + 10, top), words(SOFT, HPos::Left)))?;
        return Ok(());
    };
    area.draw(&Text::new(name.to_owned(), (at + 10, top), words(INK, HPos::Left)))?;
    for (row, (bin, points)) in (1..).zip(feature.map().bins.iter().zip(feature.points())) {
        let y = top + ROW * row;
        let size = i32::try_from(u64::from(points.unsigned_abs()) * 120 / u64::from(most))?;
        let (from, colour) = if *points < 0 { (at + 430 - size, OTHER) } else { (at + 430, EVENT) };
        let range: String = bin.range.to_string().chars().take(36).collect();
        area.draw(&Text::new(range, (at + 290, y), words(SOFT, HPos::Right)))?;
        area.draw(&Rectangle::new([(from, y - 8), (from + size, y + 8)], colour.filled()))?;
        area.draw(&Text::new(format!("{points:+}"), (at + 565, y), words(SOFT, HPos::Left)))?;
    }
    Ok(())
}

fn drawing(size: (u32, u32), draw: impl FnOnce(&Area<'_>) -> Drawn) -> Result<String, Box<dyn Error>> {
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, size).into_drawing_area();
        area.fill(&WHITE)?;
        draw(&area)?;
        area.present()?;
    }
    Ok(svg)
}

fn words(colour: RGBColor, across: HPos) -> TextStyle<'static> {
    let font = FontDesc::new(FontFamily::SansSerif, 17.36, FontStyle::Normal);
    TextStyle { color: colour.to_backend_color(), pos: Pos::new(across, VPos::Center), ..TextStyle::from(font) }
}
