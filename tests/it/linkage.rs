//! Which records are the same party: law 8, what must never be joined, and FEBRL's labelled sets.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::PathBuf;
use std::time::Instant;

use proptest::prelude::*;
use wherewithal::linkage::{Decision, LinkageParams, Records, Waterfalls, link};
use wherewithal::progress::Silent;

const COLUMNS: [&str; 6] = ["name", "number", "born_on", "phone", "kind", "passport"];

fn params() -> LinkageParams {
    LinkageParams { documents: vec!["passport".into()], ..LinkageParams::default() }
}

fn records(rows: &[(String, [String; 6])]) -> Records {
    let mut records = Records::new(COLUMNS);
    for (id, cells) in rows {
        records.push(id.clone(), cells.iter().map(String::as_str)).unwrap();
    }
    records
}

/// The parties as sets of record names.
fn parties(rows: &[(String, [String; 6])], name: impl Fn(&str) -> String) -> BTreeSet<BTreeSet<String>> {
    let records = records(rows);
    let map = link(&records, &params(), &Silent).unwrap();
    let mut sets: BTreeMap<u32, BTreeSet<String>> = BTreeMap::new();
    for (row, (id, _)) in rows.iter().enumerate() {
        sets.entry(map.party(row).unwrap()).or_default().insert(name(id));
    }
    sets.into_values().collect()
}

fn row() -> impl Strategy<Value = [String; 6]> {
    let one_of = |values: &[&str]| prop::sample::select(values.iter().map(|v| (*v).to_owned()).collect::<Vec<_>>());
    (
        one_of(&["张伟", "張偉", "章玮", "王小明", "王晓明", "WANG Xiaoming", ""]),
        one_of(&["", "", "11010519491231002X", "110105491231002", "440524188001010014", "110105194912310021"]),
        one_of(&["", "1949-12-31", "1949-12-13", "1980-01-01"]),
        one_of(&["", "13812345678", "13812345687", "13900000000"]),
        one_of(&["", "person", "person", "company"]),
        one_of(&["", "", "", "E12345678", "G12345678"]),
    )
        .prop_map(|(name, number, born_on, phone, kind, passport)| [name, number, born_on, phone, kind, passport])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// Law 8: the parties depend neither on the order of the rows nor on the names of the records. Rows of equal
    /// content are told apart by nothing but their names, so they are compared as content.
    #[test]
    fn parties_do_not_depend_on_row_order_or_record_names(
        rows in prop::collection::vec(row(), 1..40),
        seed in any::<u64>(),
    ) {
        let mut distinct = rows;
        distinct.sort();
        distinct.dedup();
        let named: Vec<(String, [String; 6])> =
            distinct.iter().enumerate().map(|(i, cells)| (format!("r{i}"), cells.clone())).collect();
        let mut shuffled: Vec<(String, [String; 6])> =
            named.iter().map(|(id, cells)| (format!("{}-{id}", seed % 97), cells.clone())).collect();
        let mut state = seed | 1;
        for i in (1..shuffled.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            shuffled.swap(i, usize::try_from(state >> 33).unwrap() % (i + 1));
        }
        let plain = parties(&named, str::to_owned);
        let renamed = parties(&shuffled, |id| id.split_once('-').unwrap().1.to_owned());
        prop_assert_eq!(plain, renamed);
    }

    /// Two different sound identifiers or kinds never stand in one party, however alike the rest is.
    #[test]
    fn sound_identifiers_and_kinds_are_never_mixed(rows in prop::collection::vec(row(), 1..40)) {
        let named: Vec<(String, [String; 6])> =
            rows.into_iter().enumerate().map(|(i, cells)| (format!("r{i}"), cells)).collect();
        let map = link(&records(&named), &params(), &Silent).unwrap();
        for members in map.members() {
            let of = |column: usize| -> BTreeSet<&str> {
                let cells = members.iter().map(|row| named[*row].1[column].as_str());
                cells.filter(|cell| !cell.is_empty()).collect()
            };
            let numbers: BTreeSet<String> = of(1)
                .iter()
                .filter_map(|text| wherewithal::domain::Identifier::parse(text).ok())
                .map(|identifier| identifier.canonical().to_owned())
                .collect();
            prop_assert!(numbers.len() <= 1, "{numbers:?}");
            prop_assert!(of(4).len() <= 1);
        }
    }
}

#[test]
fn documents_join_what_hangs_together_or_nothing() {
    let row = |number: &str, passport: &str| ["", number, "", "", "", passport].map(str::to_owned);
    let joined = |rows: &[[String; 6]]| {
        let named: Vec<(String, [String; 6])> = rows.iter().map(|cells| (String::new(), cells.clone())).collect();
        let map = link(&records(&named), &params(), &Silent).unwrap();
        let counts = map.counts();
        (map.parties().to_vec(), counts.joined_by_document, counts.contested_documents)
    };
    let (a, b) = ("11010519491231002X", "440524188001010014");
    let (parties, by, contested) = joined(&[row(a, "E1"), row("", "E1"), row("110105491231002", ""), row(b, "")]);
    assert_eq!((parties[0], parties[0], by, contested), (parties[1], parties[2], 1, 0));
    assert_ne!(parties[0], parties[3]);
    let (parties, by, contested) = joined(&[row(a, "E1"), row(b, "E1"), row("", "E1")]);
    assert_eq!((by, contested), (0, 1), "a passport of two persons");
    assert_eq!(parties.iter().collect::<BTreeSet<_>>().len(), 3);
}

#[test]
fn every_link_is_a_sum_and_threads_change_nothing() {
    let Some((records, _)) = febrl(1) else { return };
    let params = LinkageParams::from_toml(include_str!("../../data/linkage/febrl.toml")).unwrap();
    let map = link(&records, &params, &Silent).unwrap();
    let waterfalls = Waterfalls::new(&records, &map);
    for one in map.links().iter().take(200) {
        let (left, right) = (usize::try_from(one.left).unwrap(), usize::try_from(one.right).unwrap());
        let waterfall = waterfalls.explain(left, right).unwrap();
        let sum: f64 = waterfall.steps.iter().map(|step| step.bits + step.rarity_bits).sum();
        assert!((waterfall.prior_bits + sum - waterfall.total_bits).abs() < 1e-9);
        assert_eq!(waterfall.total_bits.to_bits(), one.bits.to_bits());
        let text = serde_json::to_string(&waterfall).unwrap();
        assert_eq!(serde_json::from_str::<wherewithal::linkage::MatchWaterfall>(&text).unwrap(), waterfall);
    }
    let single = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    assert_eq!(single.install(|| link(&records, &params, &Silent).unwrap()), map);
    let model = serde_json::to_string(map.model()).unwrap();
    assert_eq!(&serde_json::from_str::<wherewithal::linkage::LinkageModel>(&model).unwrap(), map.model());
}

fn febrl(set: u32) -> Option<(Records, Vec<String>)> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("../shared/data/febrl/dataset{set}.csv"));
    if !path.exists() {
        println!("skipped: {} is not there", path.display());
        return None;
    }
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_path(path).unwrap();
    let headers: Vec<String> = reader.headers().unwrap().iter().skip(1).map(str::to_owned).collect();
    let mut records = Records::new(headers);
    let mut truth = Vec::new();
    for row in reader.records() {
        let row = row.unwrap();
        records.push(&row[0], row.iter().skip(1)).unwrap();
        truth.push(row[0].split('-').nth(1).unwrap().to_owned());
    }
    Some((records, truth))
}

/// Pairwise precision, recall and F1 of found parties against true ones.
fn agreement(found: &[u32], truth: &[String]) -> (f64, f64, f64) {
    let pairs = |sizes: HashMap<String, u64>| sizes.values().map(|n| n * (n - 1) / 2).sum::<u64>() as f64;
    let mut cells: [HashMap<String, u64>; 3] = Default::default();
    for (found, truth) in found.iter().zip(truth) {
        for (cell, key) in cells.iter_mut().zip([found.to_string(), truth.clone(), format!("{found}/{truth}")]) {
            *cell.entry(key).or_default() += 1;
        }
    }
    let [found, truth, both] = cells.map(pairs);
    (both / found, both / truth, 2.0 * both / (found + truth))
}

/// One settings file for all three sets, fixed before their labels were looked at; no label is used but to count.
#[test]
fn febrl_is_linked_without_labels() {
    let params = LinkageParams::from_toml(include_str!("../../data/linkage/febrl.toml")).unwrap();
    for (set, floor) in [(1, 0.99), (2, 0.95), (3, 0.97)] {
        let Some((records, truth)) = febrl(set) else { return };
        let started = Instant::now();
        let map = link(&records, &params, &Silent).unwrap();
        let seconds = started.elapsed().as_secs_f64();
        let (precision, recall, f1) = agreement(map.parties(), &truth);
        let joined = map.links().iter().filter(|link| link.decision == Decision::Joined).count();
        println!(
            "febrl {set}: precision {precision:.4}, recall {recall:.4}, F1 {f1:.4}, {joined} joined, {} compared, {seconds:.2} s",
            map.counts().pairs_compared
        );
        assert!(f1 >= floor, "febrl {set}: F1 {f1:.4}, at least {floor}");
    }
}
