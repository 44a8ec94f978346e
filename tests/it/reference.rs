//! Metrics and calibrations against scikit-learn, hmeasure and betacal: `reference/metrics.py` made the numbers.

use serde_json::Value;
use wherewithal::model::{self, CalibrationMethod, Calibrator, Target, ValidationReport};

/// Sums of the same numbers in another order.
const ROUNDING: f64 = 1e-9;
/// Where the other software stops its optimiser.
const OPTIMISER: f64 = 5e-4;
/// Two hundred draws know a standard error to a twentieth, four hundred samples a spread to as much again; that of KS
/// takes the maximising score as given, which makes it a tenth too large here.
const SPREAD: f64 = 0.2;

const ROWS: usize = 1200;

/// The sample of the script.
fn sample() -> (Vec<f64>, Target) {
    let x = |row: usize| {
        let place = (row * 7919) % ROWS;
        (((place / 4) as f64 - 149.5) / 50.0 * 1e6).round() / 1e6
    };
    let event = |row: usize| {
        let x = x(row);
        let chance = 1.0 / (1.0 + (-(0.4 + 0.7 * x + 0.3 * (2.0 * x).sin())).exp());
        let threshold = ((row * 7919 + 13) % 1201) as f64 / 1201.0;
        (threshold * 617.0) % 1.0 < chance
    };
    ((0..ROWS).map(x).collect(), Target::new((0..ROWS).map(event)).unwrap())
}

fn reference() -> Value {
    serde_json::from_str(include_str!("reference/metrics.json")).unwrap()
}

fn close(name: &str, ours: f64, theirs: &Value) {
    let theirs = theirs.as_f64().unwrap();
    assert!((ours - theirs).abs() < ROUNDING, "{name}: {ours}, not {theirs}");
}

fn probabilities(log_odds: &[f64]) -> Vec<f64> {
    log_odds.iter().map(|x| 1.0 / (1.0 + (-x).exp())).collect()
}

#[test]
fn metrics_are_those_of_other_software() {
    let (x, target) = sample();
    let reference = reference();
    assert_eq!(target.events().iter().filter(|event| **event).count() as u64, reference["events"].as_u64().unwrap());
    let report = ValidationReport::new(&probabilities(&x), &target).unwrap();
    for (name, ours) in [
        ("auc", report.auc.value),
        ("auc_delong", report.auc.standard_error),
        ("ks", report.ks.value),
        ("brier", report.brier.score.value),
        ("reliability", report.brier.reliability),
        ("resolution", report.brier.resolution),
        ("uncertainty", report.brier.uncertainty),
        ("log_loss", report.log_loss.value),
        ("ece", report.ece.value),
        ("lift_10", report.lift_10.value),
        ("h_measure", report.h_measure.value),
    ] {
        close(name, ours, &reference[name]);
    }
    assert_eq!(report.gini.value, 2.0 * report.auc.value - 1.0);
    let brier = report.brier;
    let parts = brier.reliability - brier.resolution + brier.uncertainty + brier.within;
    assert!((parts - brier.score.value).abs() < 1e-12);
}

#[test]
fn weighted_metrics_are_those_of_other_software() {
    let (x, target) = sample();
    let weights: Vec<f64> = (0..ROWS).map(|row| 1.0 + (row % 3) as f64).collect();
    let target = target.weights(&weights).unwrap();
    let (reference, p) = (reference(), probabilities(&x));
    close("auc", model::auc(&p, &target).value, &reference["auc_weighted"]);
    close("log_loss", model::log_loss(&p, &target).value, &reference["log_loss_weighted"]);
    close("brier", model::brier_score(&p, &target, &[]).score.value, &reference["brier_weighted"]);
    let isotonic = Calibrator::fit(CalibrationMethod::Isotonic, &x, &target).unwrap();
    for pair in reference["isotonic_weighted"].as_array().unwrap() {
        close("isotonic", isotonic.probability(pair[0].as_f64().unwrap()).value(), &pair[1]);
    }
}

#[test]
fn calibrations_are_those_of_other_software() {
    let (x, target) = sample();
    let reference = reference();
    let near = |name: &str, ours: f64, theirs: &Value| {
        let theirs = theirs.as_f64().unwrap();
        assert!((ours - theirs).abs() < OPTIMISER, "{name}: {ours}, not {theirs}");
    };
    let fitted = |method| Calibrator::fit(method, &x, &target).unwrap();
    let Calibrator::Platt { slope, intercept } = fitted(CalibrationMethod::Platt) else { panic!("no line") };
    near("slope", slope, &reference["platt"]["slope"]);
    near("intercept", intercept, &reference["platt"]["intercept"]);
    let Calibrator::Beta { a, b, c } = fitted(CalibrationMethod::Beta) else { panic!("no beta") };
    for (name, ours) in [("a", a), ("b", b), ("c", c)] {
        near(name, ours, &reference["beta"][name]);
        let exact = reference["beta_exact"][name].as_f64().unwrap();
        assert!((ours - exact).abs() < 1e-7, "{name}: {ours}, not {exact}");
    }
    let isotonic = fitted(CalibrationMethod::Isotonic);
    for pair in reference["isotonic"].as_array().unwrap() {
        close("isotonic", isotonic.probability(pair[0].as_f64().unwrap()).value(), &pair[1]);
    }
}

/// Standard errors against what many fresh samples of one world show.
#[test]
fn errors_are_as_large_as_the_spread_of_fresh_samples() {
    let uniform = |seed: u64, row: u64| {
        let mixed = (seed * 100_003 + row + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    };
    let drawn = |seed: u64| {
        let p: Vec<f64> = (0..600).map(|row| 0.05 + 0.9 * uniform(seed, 2 * row)).collect();
        let events = p.iter().enumerate().map(|(row, p)| uniform(seed, 2 * row as u64 + 1) < *p);
        ValidationReport::new(&p, &Target::new(events.collect::<Vec<_>>()).unwrap()).unwrap()
    };
    let reports: Vec<ValidationReport> = (0..400).map(drawn).collect();
    type Metric = fn(&ValidationReport) -> model::Estimate;
    let metrics: [(&str, Metric); 6] = [
        ("auc", |report| report.auc),
        ("brier", |report| report.brier.score),
        ("log_loss", |report| report.log_loss),
        ("lift_10", |report| report.lift_10),
        ("h_measure", |report| report.h_measure),
        ("ks", |report| report.ks),
    ];
    for (name, metric) in metrics {
        let n = reports.len() as f64;
        let mean = reports.iter().map(|report| metric(report).value).sum::<f64>() / n;
        let spread = (reports.iter().map(|r| (metric(r).value - mean).powi(2)).sum::<f64>() / (n - 1.0)).sqrt();
        let told = reports.iter().map(|report| metric(report).standard_error).sum::<f64>() / n;
        println!("{name}: spread {spread:.5}, told {told:.5}");
        assert!((told / spread - 1.0).abs() < SPREAD, "{name}: spread {spread}, told {told}");
    }
}
