//! Columns counted in parts and merged are binned as in one pass.

use proptest::prelude::*;
use wherewithal::model::{
    BinMap, BinningParams, Counts, LevelSketch, NumberSketch, SpecialCode, Target, bin_levels, bin_numbers,
};

/// A column in parts: values with gaps and codes, events, weights of .3 or none.
#[derive(Debug, Clone)]
struct Parts(Vec<(Vec<f64>, Vec<bool>, Vec<f64>)>);

fn parts() -> impl Strategy<Value = Parts> {
    let value = prop_oneof![
        8 => -1e3..1e3f64,
        2 => (0i32..40).prop_map(f64::from),
        2 => 1e-9..1e9f64,
        1 => Just(f64::NAN),
        1 => Just(-99.0),
        1 => Just(-0.0),
    ];
    let row = (value, any::<bool>(), 0u8..8);
    let part = proptest::collection::vec(row, 0..400).prop_map(|rows| {
        let values: Vec<f64> = rows.iter().map(|row| row.0).collect();
        let events = rows.iter().map(|row| row.1 || row.0 > 300.0 && row.2 > 1).collect();
        (values, events, rows.iter().map(|row| if row.2 > 0 { 0.3 } else { 0.0 }).collect())
    });
    proptest::collection::vec(part, 1..6).prop_map(Parts)
}

fn params() -> BinningParams {
    BinningParams::default().special_codes(vec![SpecialCode::Number(-99.0)]).splits(vec![0.0]).min_bin_rows(2)
}

impl Parts {
    fn sketches(&self, most_cells: usize) -> Vec<NumberSketch> {
        let sketch = |(values, events, weights): &(Vec<f64>, Vec<bool>, Vec<f64>)| {
            let mut sketch = NumberSketch::new(&params()).unwrap().most_cells(most_cells);
            sketch.push(values, events, Some(weights)).unwrap();
            sketch
        };
        self.0.iter().map(sketch).collect()
    }

    fn whole(&self) -> (Vec<f64>, Vec<bool>, Vec<f64>) {
        let mut all = (Vec::new(), Vec::new(), Vec::new());
        for (values, events, weights) in &self.0 {
            all.0.extend(values);
            all.1.extend(events);
            all.2.extend(weights);
        }
        all
    }
}

fn merged(sketches: &[NumberSketch]) -> NumberSketch {
    let mut all = sketches[0].clone();
    sketches[1..].iter().for_each(|sketch| all.merge(sketch).unwrap());
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn parts_merged_in_any_order_are_the_whole_to_the_bit(parts in parts(), most in 4usize..200, turn in 0usize..6) {
        let (values, events, weights) = parts.whole();
        let mut one_pass = NumberSketch::new(&params()).unwrap().most_cells(most);
        one_pass.push(&values, &events, Some(&weights)).unwrap();

        let mut sketches = parts.sketches(most);
        prop_assert_eq!(&merged(&sketches), &one_pass);
        let n = sketches.len();
        sketches.rotate_left(turn % n);
        prop_assert_eq!(&merged(&sketches), &one_pass, "commutative");
        let (left, right) = sketches.split_at(n / 2 + 1);
        let mut nested = merged(left);
        if !right.is_empty() {
            nested.merge(&merged(right)).unwrap();
        }
        prop_assert_eq!(&nested, &one_pass, "associative");

        let mut rows = NumberSketch::new(&params()).unwrap().most_cells(most);
        for row in (0..values.len()).rev() {
            rows.push(&values[row..=row], &events[row..=row], Some(&weights[row..=row])).unwrap();
        }
        prop_assert_eq!(&rows, &one_pass, "row by row, from the last");
        let counting = weights.iter().filter(|weight| **weight > 0.0).count();
        prop_assert_eq!(one_pass.rows(), counting as u64);

        let stored: NumberSketch = serde_json::from_str(&serde_json::to_string(&one_pass).unwrap()).unwrap();
        prop_assert_eq!(&stored, &one_pass);
    }

    #[test]
    fn a_sketch_with_room_bins_as_the_column_itself(parts in parts()) {
        let (values, events, weights) = parts.whole();
        let Ok(target) = Target::new(events).and_then(|target| target.weights(&weights)) else { return Ok(()) };
        let sketch = merged(&parts.sketches(65_536));
        prop_assert_eq!(sketch.resolution(), 2.0_f64.powi(-20));
        let bins = |map: wherewithal::Result<BinMap>| map.map_err(|error| error.to_string());
        prop_assert_eq!(bins(sketch.bin("x", &params())), bins(bin_numbers("x", &values, &target, &params())));
    }

    #[test]
    fn levels_merged_bin_as_the_column_itself(rows in proptest::collection::vec((0usize..7, any::<bool>()), 60..300), cut in 0usize..60) {
        let levels = [Some("a"), Some("b"), Some("c"), Some("d"), Some("e"), Some("f"), None];
        let values: Vec<Option<&str>> = rows.iter().map(|row| levels[row.0]).collect();
        let events: Vec<bool> = rows.iter().map(|row| row.1 && row.0 != 2).collect();
        let Ok(target) = Target::new(events.clone()) else { return Ok(()) };
        let (mut first, mut second) = (LevelSketch::default(), LevelSketch::default());
        first.push(&values[..cut], &events[..cut], None).unwrap();
        second.push(&values[cut..], &events[cut..], None).unwrap();
        let mut turned = second.clone();
        turned.merge(&first);
        first.merge(&second);
        prop_assert_eq!(&first, &turned);
        let bins = |map: wherewithal::Result<BinMap>| map.map_err(|error| error.to_string());
        let params = BinningParams::default();
        prop_assert_eq!(bins(first.bin("x", &params)), bins(bin_levels("x", &values, &target, &params)));
    }
}

/// A smooth rise that needs far more cells than are allowed.
fn smooth(n: usize) -> (Vec<f64>, Vec<bool>) {
    let chance = |row: usize, salt: usize| ((row * 7919 + salt * 104_729) % 99_991) as f64 / 99_991.0;
    let values: Vec<f64> = (0..n).map(|row| 1.0 + 1e4 * chance(row, 0).powi(3)).collect();
    let events = (0..n).map(|row| (chance(row, 3) * 7919.0) % 1.0 < 0.1 + 0.5 * chance(row, 0)).collect();
    (values, events)
}

#[test]
fn a_sketch_without_room_keeps_to_the_error_it_states() {
    let (values, events) = smooth(60_000);
    let params = BinningParams::default();
    let exact = bin_numbers("x", &values, &Target::new(events.clone()).unwrap(), &params).unwrap();
    for most in [64, 512, 4096] {
        let mut parts: Vec<NumberSketch> = Vec::new();
        for (values, events) in values.chunks(7_000).zip(events.chunks(7_000)) {
            let mut sketch = NumberSketch::new(&params).unwrap().most_cells(most);
            sketch.push(values, events, None).unwrap();
            parts.push(sketch);
        }
        let sketch = merged(&parts);
        let map = sketch.bin("x", &params).unwrap();
        // Counts are exact: the bins hold what counting the rows by the map's own cuts finds.
        let mut counted = vec![Counts::default(); map.bins.len()];
        for (value, event) in values.iter().zip(&events) {
            let bin = map.bin_of_number(*value).unwrap();
            counted[bin] = counted[bin] + Counts::row(*event, 1.0);
        }
        assert_eq!(counted, map.bins.iter().map(|bin| bin.counts).collect::<Vec<_>>(), "{most}");
        // Cuts that may stand a cell aside lose next to no information, even where a cell is a quarter of its value
        // wide.
        let (found, best) = (map.information_value(), exact.information_value());
        println!("{most} cells: resolution {:.1e}, information {found:.5} of {best:.5}", sketch.resolution());
        assert!(found > 0.99 * best, "{most}: {found} of {best}");
    }
}

#[test]
fn uneven_weights_count_in_effective_rows_in_a_sketch_too() {
    let (values, events) = smooth(3_000);
    let weights: Vec<f64> = (0..3_000_u32).map(|row| f64::from(row % 4) * 0.7).collect();
    let params = BinningParams::default();
    let target = Target::new(events.clone()).unwrap().weights(&weights).unwrap();
    let whole = bin_numbers("x", &values, &target, &params).unwrap();
    let mut sketch = NumberSketch::new(&params).unwrap();
    sketch.push(&values, &events, Some(&weights)).unwrap();
    let map = sketch.bin("x", &params).unwrap();
    assert_eq!(map.cuts, whole.cuts);
    for (bin, expected) in map.bins.iter().zip(&whole.bins) {
        assert_eq!((bin.counts.rows, bin.counts.events), (expected.counts.rows, expected.counts.events));
        assert!((bin.counts.weight - expected.counts.weight).abs() < 1e-2, "{bin:?} {expected:?}");
        assert!((bin.woe - expected.woe).abs() < 1e-4, "{bin:?} {expected:?}");
    }
}

#[test]
fn sketches_of_other_settings_and_bad_rows_are_refused() {
    let mut sketch = NumberSketch::new(&params()).unwrap();
    let other = NumberSketch::new(&BinningParams::default()).unwrap();
    assert!(sketch.merge(&other).unwrap_err().to_string().contains("sketch"));
    assert!(sketch.bin("x", &BinningParams::default()).unwrap_err().to_string().contains("splits"));
    assert!(sketch.push(&[1.0, f64::INFINITY], &[true, false], None).is_err());
    assert!(sketch.push(&[1.0], &[true, false], None).unwrap_err().to_string().contains("events"));
    assert!(sketch.push(&[1.0], &[true], Some(&[-1.0])).unwrap_err().to_string().contains("weights"));
    assert_eq!(sketch.rows(), 0);
    sketch.push(&[1.0, 2.0], &[true, true], None).unwrap();
    assert!(sketch.bin("x", &params()).unwrap_err().to_string().contains("rows with and without the event"));
    let mut stored = serde_json::to_value(&sketch).unwrap();
    stored["dropped_bits"] = 64.into();
    let impossible: NumberSketch = serde_json::from_value(stored).unwrap();
    assert!(sketch.merge(&impossible).unwrap_err().to_string().contains("dropped_bits"));
    let mut stored = serde_json::to_value(&sketch).unwrap();
    stored["cells"].as_array_mut().unwrap().reverse();
    let disordered: NumberSketch = serde_json::from_value(stored).unwrap();
    assert!(sketch.merge(&disordered).unwrap_err().to_string().contains("order"));
}
