//! Names against labelled pairs and against a real sanctions list.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Instant;

use rayon::prelude::*;
use wherewithal::linkage::name_similarity;
use wherewithal::screening::{NameIndex, ScreeningParams};

fn shared(name: &str) -> Option<PathBuf> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data").join(name);
    if !path.exists() {
        println!("skipped: {} is not there", path.display());
        return None;
    }
    Some(path)
}

/// How the default threshold agrees with the labels, by class of quality: a pair that is alike is one to review.
#[test]
fn labelled_pairs_by_quality() {
    let Some(path) = shared("name_screening/cases.csv") else { return };
    let threshold = ScreeningParams::default().review_from;
    let mut by_threshold = [0.7, 0.75, 0.8, 0.85, 0.88].map(|from| (from, [0u32; 2]));
    let mut table: BTreeMap<String, [u32; 4]> = BTreeMap::new();
    let mut ranked: Vec<(f64, bool)> = Vec::new();
    for row in csv::Reader::from_path(path).unwrap().records() {
        let row = row.unwrap();
        let same = &row[4] == "true";
        let score = name_similarity(&row[2], &row[3]).score;
        ranked.push((score, same));
        for (_, alike) in by_threshold.iter_mut().filter(|(from, _)| score >= *from) {
            alike[usize::from(!same)] += 1;
        }
        let cell = match (same, score >= threshold) {
            (true, true) => 0,
            (true, false) => 1,
            (false, true) => 2,
            (false, false) => 3,
        };
        table.entry(row[5].to_owned()).or_default()[cell] += 1;
    }
    println!("quality   same: alike/not   other: alike/not   (alike from {threshold})");
    for (quality, [a, b, c, d]) in &table {
        println!("{quality:8} {a:5}/{b:<5} {c:10}/{d:<5}");
    }
    let wins = ranked.iter().filter(|(_, same)| *same).flat_map(|(yes, _)| {
        ranked
            .iter()
            .filter(|(_, same)| !same)
            .map(move |(no, _)| f64::from(u8::from(yes > no)) + 0.5 * f64::from(u8::from(yes == no)))
    });
    let (sum, n) = wins.fold((0.0, 0.0), |(sum, n), win| (sum + win, n + 1.0));
    for (from, [same, other]) in by_threshold {
        println!("alike from {from}: {same} pairs of one party, {other} of two");
    }
    println!("{} pairs, AUC {:.3}", ranked.len(), sum / n);
    assert!(sum / n > 0.7, "{}", sum / n);
}

/// Names of a sanctions list with one seeded slip are found; unlisted names rarely alarm. `WHEREWITHAL_CASES` sets how
/// many names are asked.
#[test]
fn a_sanctions_list_by_name() {
    let (Some(main), Some(other)) = (shared("name_screening/sdn.csv"), shared("name_screening/alt.csv")) else {
        return;
    };
    let Some(febrl) = shared("febrl/dataset1.csv") else { return };
    let cases: usize = std::env::var("WHEREWITHAL_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(2_000);
    let read = |path: PathBuf, id: usize, name: usize| -> Vec<(u32, String)> {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_path(path).unwrap();
        let rows = reader.records().map(Result::unwrap).filter(|row| row.len() > name);
        rows.filter_map(|row| Some((row[id].trim().parse().ok()?, row[name].to_owned()))).collect()
    };
    let mut listed = read(main, 0, 1);
    listed.extend(read(other, 0, 3));
    let index = NameIndex::new(listed.iter().map(|(owner, name)| (*owner, name.as_str())));
    let mut state = 1u64;
    let mut draw = |n: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((state >> 33) % u64::try_from(n).unwrap()).unwrap()
    };
    let mut slipped = |name: &str| -> String {
        let mut letters: Vec<char> = name.chars().collect();
        let at = 1 + draw(letters.len() - 2);
        match draw(4) {
            0 => letters.swap(at, at - 1),
            1 => drop(letters.remove(at)),
            2 => letters.insert(at, char::from(b'a' + u8::try_from(draw(26)).unwrap())),
            _ => letters[at] = char::from(b'a' + u8::try_from(draw(26)).unwrap()),
        }
        letters.into_iter().collect()
    };
    let long: Vec<&(u32, String)> = listed.iter().filter(|(_, name)| name.chars().count() >= 6).collect();
    let typos: Vec<(u32, String)> =
        (0..cases / 2).map(|i| long[i * 7919 % long.len()]).map(|(owner, name)| (*owner, slipped(name))).collect();
    let people: Vec<(String, String)> = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .from_path(febrl)
        .unwrap()
        .records()
        .map(Result::unwrap)
        .filter(|row| !row[1].is_empty() && !row[2].is_empty())
        .map(|row| (row[1].to_owned(), row[2].to_owned()))
        .collect();
    let clients: Vec<String> = (0..cases / 2)
        .map(|i| format!("{} {}", people[i % people.len()].0, people[(i * 31 + i / people.len()) % people.len()].1))
        .collect();
    let begun = Instant::now();
    let own = |(owner, name): &(u32, String)| {
        let alike = index.alike(name, 0.6);
        alike.iter().find(|(other, _)| other == owner).map_or(0.0, |(_, similarity)| similarity.score)
    };
    let found: Vec<f64> = typos.par_iter().map(own).collect();
    let best = |name: &String| index.alike(name, 0.6).first().map_or(0.0, |(_, similarity)| similarity.score);
    let alarms: Vec<f64> = clients.par_iter().map(best).collect();
    let seconds = begun.elapsed().as_secs_f64();
    println!("{} listed names, {cases} asked in {seconds:.2} s", index.len());
    let share = |scores: &[f64], from: f64| {
        let above = scores.iter().filter(|score| **score >= from).count();
        f64::from(u32::try_from(above).unwrap()) / f64::from(u32::try_from(scores.len()).unwrap())
    };
    for from in [0.6, 0.7, 0.75, 0.8, 0.85, 0.88, 0.9] {
        println!(
            "alike from {from}: recall on one slip {:.4}, {:.2} false alarms per 1,000",
            share(&found, from),
            1000.0 * share(&alarms, from)
        );
    }
    let from = ScreeningParams::default().review_from;
    assert!(share(&found, from) > 0.9 && share(&alarms, from) < 0.05);
}
