//! Plots as SVG, by hand: lines, bars and words.

use std::fmt::Write;

use wherewithal::model::{Scorecard, ValidationReport};

const SIZE: (f64, f64) = (420.0, 320.0);
const EDGE: f64 = 45.0;
const EVENT: &str = "#1b6ca8";
const OTHER: &str = "#c8553d";

/// One drawing with axes from `x` to `y`.
struct Plot {
    body: String,
    x: (f64, f64),
    y: (f64, f64),
}

/// Every plot, by file name.
pub(super) fn all(
    card: &Scorecard,
    report: &ValidationReport,
    (probabilities, events): (&[f64], &[bool]),
) -> Vec<(&'static str, String)> {
    let curve = Shares::new(probabilities, events);
    vec![
        ("bins", bins(card)),
        ("roc", roc(&curve, report)),
        ("ks", ks(&curve, report)),
        ("calibration", calibration(report)),
        ("points", points(card)),
    ]
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

fn roc(curve: &Shares, report: &ValidationReport) -> String {
    let mut plot = Plot::new((0.0, 1.0), (0.0, 1.0));
    plot.line(&[(0.0, 0.0), (1.0, 1.0)], "#999");
    plot.line(&curve.0, EVENT);
    let title = format!("ROC, AUC {:.4} ± {:.4}", report.auc.value, report.auc.standard_error);
    plot.finish(&title, ("share of others above", "share of events above"))
}

fn ks(curve: &Shares, report: &ValidationReport) -> String {
    let mut plot = Plot::new((0.0, 1.0), (0.0, 1.0));
    let count = curve.0.len().max(2) as f64 - 1.0;
    let at = |share: fn(&(f64, f64)) -> f64| -> Vec<(f64, f64)> {
        curve.0.iter().enumerate().map(|(place, shares)| (place as f64 / count, share(shares))).collect()
    };
    plot.line(&at(|shares| shares.1), EVENT);
    plot.line(&at(|shares| shares.0), OTHER);
    plot.finish(&format!("KS {:.4}", report.ks.value), ("scores, highest first", "share above"))
}

fn calibration(report: &ValidationReport) -> String {
    let pairs: Vec<(f64, f64)> = report.calibration.iter().map(|bin| (bin.predicted, bin.observed)).collect();
    let most = pairs.iter().fold(0.01_f64, |most, pair| most.max(pair.0).max(pair.1));
    let mut plot = Plot::new((0.0, most), (0.0, most));
    plot.line(&[(0.0, 0.0), (most, most)], "#999");
    pairs.iter().for_each(|pair| plot.dot(*pair, EVENT));
    plot.finish(&format!("Calibration, error {:.4}", report.ece), ("predicted", "observed"))
}

/// The range of each feature's points.
fn points(card: &Scorecard) -> String {
    let bounds = card.features().iter().flat_map(|feature| feature.points()).copied();
    let (least, most) = bounds.fold((0, 1), |(least, most), points| (least.min(points), most.max(points)));
    let height = 22.0 * card.features().len() as f64 + 60.0;
    let width = 640.0;
    let place = |points: i32| 230.0 + f64::from(points - least) / f64::from(most - least) * (width - 260.0);
    let mut svg = open((width, height), "Points of each bin");
    for (row, feature) in card.features().iter().enumerate() {
        let y = 50.0 + 22.0 * row as f64;
        word(&mut svg, (222.0, y + 4.0), ("end", feature.name()));
        for points in feature.points() {
            let _ = write!(svg, r#"<circle cx="{:.1}" cy="{y:.1}" r="4" fill="{EVENT}"/>"#, place(*points));
        }
    }
    let zero = place(0);
    let _ = write!(svg, r##"<line x1="{zero:.1}" x2="{zero:.1}" y1="36" y2="{:.1}" stroke="#999"/>"##, height - 10.0);
    svg + "</svg>\n"
}

/// Weight of evidence of every bin, a row of bars per feature.
fn bins(card: &Scorecard) -> String {
    let rows: usize = card.features().iter().map(|feature| feature.map().bins.len() + 2).sum();
    let most = card.features().iter().flat_map(|feature| &feature.map().bins).fold(0.1_f64, |m, b| m.max(b.woe.abs()));
    let mut svg = open((760.0, 18.0 * rows as f64 + 50.0), "Weight of evidence by bin");
    let mut y = 50.0;
    for feature in card.features() {
        word(&mut svg, (10.0, y), ("start", feature.name()));
        y += 18.0;
        for bin in &feature.map().bins {
            let size = bin.woe.abs() / most * 180.0;
            let (x, colour) = if bin.woe < 0.0 { (480.0 - size, OTHER) } else { (480.0, EVENT) };
            let range: String = bin.range.to_string().chars().take(42).collect();
            word(&mut svg, (290.0, y), ("end", &range));
            let _ =
                write!(svg, r#"<rect x="{x:.1}" y="{:.1}" width="{size:.1}" height="12" fill="{colour}"/>"#, y - 10.0);
            word(&mut svg, (670.0, y), ("start", &format!("{:+.2}, {} rows", bin.woe, bin.counts.rows)));
            y += 18.0;
        }
        y += 18.0;
    }
    svg + "</svg>\n"
}

impl Plot {
    const fn new(x: (f64, f64), y: (f64, f64)) -> Self {
        Self { body: String::new(), x, y }
    }

    fn place(&self, (x, y): (f64, f64)) -> (f64, f64) {
        let across = (x - self.x.0) / (self.x.1 - self.x.0);
        let up = (y - self.y.0) / (self.y.1 - self.y.0);
        (EDGE + across * (SIZE.0 - 2.0 * EDGE), SIZE.1 - EDGE - up * (SIZE.1 - 2.0 * EDGE))
    }

    fn line(&mut self, points: &[(f64, f64)], colour: &str) {
        let places: Vec<String> =
            points.iter().map(|point| self.place(*point)).map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
        let places = places.join(" ");
        let _ = write!(self.body, r#"<polyline points="{places}" fill="none" stroke="{colour}" stroke-width="2"/>"#);
    }

    fn dot(&mut self, point: (f64, f64), colour: &str) {
        let (x, y) = self.place(point);
        let _ = write!(self.body, r#"<circle cx="{x:.1}" cy="{y:.1}" r="4" fill="{colour}"/>"#);
    }

    fn finish(self, title: &str, (across, up): (&str, &str)) -> String {
        let mut svg = open(SIZE, title);
        let (left, bottom) = self.place((self.x.0, self.y.0));
        let (right, top) = self.place((self.x.1, self.y.1));
        let _ = write!(svg, r##"<path d="M{left} {top}V{bottom}H{right}" fill="none" stroke="#333"/>{}"##, self.body);
        word(&mut svg, (SIZE.0 / 2.0, SIZE.1 - 10.0), ("middle", across));
        word(&mut svg, (left, top - 8.0), ("start", up));
        word(&mut svg, (left, bottom + 16.0), ("middle", &format!("{:.2}", self.x.0)));
        word(&mut svg, (right, bottom + 16.0), ("middle", &format!("{:.2}", self.x.1)));
        word(&mut svg, (left - 6.0, top + 4.0), ("end", &format!("{:.2}", self.y.1)));
        svg + "</svg>\n"
    }
}

fn open((width, height): (f64, f64), title: &str) -> String {
    let mut svg = format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12"><rect width="100%" height="100%" fill="white"/>"#
    );
    word(&mut svg, (width / 2.0, 20.0), ("middle", title));
    svg
}

fn word(svg: &mut String, (x, y): (f64, f64), (anchor, text): (&str, &str)) {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let _ = write!(svg, r#"<text x="{x:.1}" y="{y:.1}" text-anchor="{anchor}">{text}</text>"#);
}
