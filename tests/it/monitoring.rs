//! Drift that was planted is found, and what is no drift raises no alarm.

use wherewithal::domain::Day;
use wherewithal::model::Drift;
use wherewithal::monitoring::{Followed, Stability, Thresholds, maturing};

/// A stream of even numbers from a seed.
struct Draw(u64);

impl Draw {
    fn unit(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Close to standard normal.
    fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.unit()).sum::<f64>() - 6.0
    }
}

/// The index as a program of forty digits has it (Python's `decimal`).
#[test]
fn the_textbook_index_is_that_of_a_reference() {
    let cases: [(&[f64], &[f64], f64); 4] = [
        (&[120.0, 80.0, 300.0, 500.0], &[100.0, 100.0, 350.0, 450.0], REFERENCE[0]),
        (&[1.0; 10], &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0], REFERENCE[1]),
        (&[7.0, 1999.0, 12345.0], &[31.0, 2500.0, 9000.0], REFERENCE[2]),
        (&[500.0, 300.0, 150.0, 40.0, 10.0], &[420.0, 310.0, 180.0, 70.0, 20.0], REFERENCE[3]),
    ];
    for (base, now, expected) in cases {
        let found = Drift::textbook(base, now).unwrap();
        assert!((found - expected).abs() < 1e-12, "{found} {expected}");
    }
}

const REFERENCE: [f64; 4] =
    [0.021_084_861_936_417_518, 0.345_610_207_273_083_09, 0.045_801_867_273_128_148, 0.043_465_761_347_292_901];

#[derive(Clone, Copy)]
enum Plant {
    None,
    /// A feature moves by so many standard deviations.
    Covariate(f64),
    /// The event comes so much more often than predicted.
    Label(f64),
    /// So large a share of a feature is lost.
    Missing(f64),
}

/// Whether any alarm is raised: by the score, by one of three features, or by calibration.
fn alarm(plant: Plant, seed: u64) -> bool {
    let mut draw = Draw(0x9E37_79B9_7F4A_7C15 ^ (seed + 1).wrapping_mul(0xD1B5_4A32_D192_ED03));
    let limits = Thresholds::default();
    let scored = Day::parse("2017-01-15").unwrap();
    let mut frame = |rows: usize, plant: Plant| {
        let (mut columns, mut followed) = (vec![Vec::new(); 4], Vec::new());
        for _ in 0..rows {
            let mut values = [draw.normal(), draw.normal(), draw.normal()];
            if let Plant::Covariate(by) = plant {
                values[0] += by;
            }
            let chance = 1.0 / (1.0 + (-(0.9 * values[0] + 0.6 * values[1] - 0.2)).exp());
            let more = if let Plant::Label(by) = plant { by } else { 0.0 };
            let happened = draw.unit() < (chance + more).min(1.0);
            let lost = if let Plant::Missing(share) = plant { draw.unit() < share } else { false };
            for (nth, value) in values.into_iter().enumerate() {
                columns[nth].push((nth > 0 || !lost).then_some(value));
            }
            columns[3].push(Some(chance));
            let happened_on = happened.then(|| scored.plus_days(30));
            followed.push(Followed { scored_on: scored, probability: chance, happened_on });
        }
        (columns, followed)
    };
    let ((base, _), (now, followed)) = (frame(2000, Plant::None), frame(1000, plant));
    let mut moved: Vec<_> = base.iter().zip(&now).map(|(base, now)| Stability::of_numbers(base, now)).collect();
    Stability::together(&mut moved);
    // Any movement that chance does not explain: the threshold of size is a matter of what one wants to hear of.
    let moved = moved.iter().any(Stability::is_beyond_chance);
    let (_, alerts) = maturing(&followed, (90, Day::parse("2017-12-31").unwrap()), &limits);
    moved || !alerts.is_empty()
}

/// Two hundred seeded scenarios: what is found, and how often nothing is taken for something.
#[test]
fn planted_drift_is_found_and_none_is_not() {
    let scenarios: [(&str, Plant, u64); 7] = [
        ("none", Plant::None, 80),
        ("covariate, small (.2 sd)", Plant::Covariate(0.2), 20),
        ("covariate, large (.6 sd)", Plant::Covariate(0.6), 20),
        ("label, small (+3 points)", Plant::Label(0.03), 20),
        ("label, large (+15 points)", Plant::Label(0.15), 20),
        ("missing, small (3 %)", Plant::Missing(0.03), 20),
        ("missing, large (20 %)", Plant::Missing(0.20), 20),
    ];
    println!("{:<28} scenarios alarms", "planted");
    for (nth, (name, plant, n)) in (0u64..).zip(scenarios) {
        let alarms = (0..n).filter(|seed| alarm(plant, nth * 1000 + seed)).count() as u64;
        println!("{name:<28} {n:>9} {alarms:>6}");
        match name {
            "none" => assert!(alarms <= 3, "{alarms} of {n} without drift"),
            name if name.contains("large") => assert!(alarms == n, "{name}: {alarms} of {n}"),
            // What a column shows of itself is seen when it is small; three points of calibration are below the
            // threshold.
            name if !name.contains("label") => assert!(alarms >= 18, "{name}: {alarms} of {n}"),
            _ => {}
        }
    }
}
