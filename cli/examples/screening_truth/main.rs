//! How many listed parties are found, and how many others alarm, when names and numbers are written as people write
//! them.
//!
//! ```text
//! cargo run --example screening_truth
//! cargo run --example screening_truth -- --positives 500 --negatives 10000 --listed 5000
//! ```
//!
//! A list of simulated parties is asked for listed ones, each with one fault in the name and one in the number, and for
//! parties who are not on it. Found means that the party's own entry is among the hits; an alarm is any answer but
//! clear. A quarter of the list is no longer in force and must not hide the rest. The same seed gives the same figures.
//! Nobody whose whole number fits what the list shows may be cleared: if one is, that is said with its place, and the
//! program fails.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    reason = "a program prints, may say how long it took, and draws numbers below the sizes they index"
)]

use std::collections::BTreeMap;
use std::error::Error;
use std::time::Instant;

use clap::Parser;
use rayon::prelude::*;
use wherewithal::domain::Day;
use wherewithal::screening::{
    Activities, Application, DefaulterList, HitReason, ListEntry, ListKey, Outcome, PublicRecord, Screener,
    ScreeningParams, screen,
};

mod people;
mod slips;

use people::{Draws, Kind, Party, party};
use slips::{NAMES, NUMBERS};

/// Recall and false alarms by what was done to names and numbers.
#[derive(Debug, Parser)]
struct Args {
    /// Listed parties who apply.
    #[arg(long, default_value_t = 5_000)]
    positives: u64,
    /// Parties who apply and are not listed.
    #[arg(long, default_value_t = 100_000)]
    negatives: u64,
    /// Entries in the list.
    #[arg(long, default_value_t = 20_000)]
    listed: u64,
    /// The seed.
    #[arg(long, default_value_t = 18)]
    seed: u64,
}

fn main() -> Result<(), Box<dyn Error>> {
    work(&Args::parse())
}

const ON: &str = "2026-01-06";

fn work(args: &Args) -> Result<(), Box<dyn Error>> {
    let positives = args.positives.min(args.listed);
    let entries: Vec<ListEntry> = (0..args.listed).map(|i| entry(args.seed, i, positives)).collect::<Result<_, _>>()?;
    let list = DefaulterList::build(&entries, ListKey::from_secret(b"simulated"), Day::parse("2026-01-05")?)?;
    let screener = Screener::new(list, Activities::standard()?, ScreeningParams::default())?;
    let begun = Instant::now();
    let found: Vec<Asked> = (0..positives).into_par_iter().filter_map(|i| positive(&screener, args.seed, i)).collect();
    let (took, n) = (begun.elapsed().as_secs_f64(), found.len());
    println!("{} entries; {n} listed parties asked in {took:.1} s", args.listed);
    println!(
        "\nname is written              asked   found  cleared | with a whole number, shown in part  | without a number"
    );
    for (way, label) in NAMES.iter().enumerate() {
        let of = |more: fn(&Asked) -> bool| tally(found.iter().filter(|asked| asked.way == way && more(asked)));
        let (all, shown, none) =
            (of(|_| true), of(|a| a.has_number && (a.form >= 10 || a.form == 6)), of(|a| !a.has_number));
        println!(
            "{label:26} {:7} {:>6} {:8} | {:18} {:>6} {:8} | {:7} {:>6}",
            all.0,
            share(all),
            all.2,
            shown.0,
            share(shown),
            shown.2,
            none.0,
            share(none)
        );
    }
    println!("\nlisted as, given as                              asked   found  cleared | with the name as listed");
    for (form, (listed, given)) in NUMBERS.iter().enumerate() {
        let of = |more: fn(&Asked) -> bool| {
            tally(found.iter().filter(|asked| asked.form == form && asked.has_code && more(asked)))
        };
        let (all, plain) = (of(|_| true), of(|a| a.way == 0));
        let label = format!("{listed}, {given}");
        println!(
            "{label:46} {:7} {:>6} {:8} | {:8} {:>6} {:8}",
            all.0,
            share(all),
            all.2,
            plain.0,
            share(plain),
            plain.2
        );
    }
    let all = tally(found.iter());
    println!("\nall listed: {} asked, {} found, {} cleared", all.0, share(all), all.2);
    cleared(&found);
    let lost = lost(&found);
    alarms(&screener, args);
    match lost {
        0 => Ok(()),
        _ => Err(format!("{lost} listed parties are cleared although their number fits").into()),
    }
}

/// Names those who are cleared although their whole number fits what is listed; says how many they are.
fn lost(found: &[Asked]) -> usize {
    let lost = found.iter().filter(|asked| asked.is_clear && asked.has_number && asked.fits());
    lost.map(|asked| {
        let (listed, given) = NUMBERS[asked.form];
        println!("LOST: entry {}, listed as {listed}, given as {given}, name: {}", asked.place, NAMES[asked.way]);
    })
    .count()
}

/// Who of the listed is cleared, and what was done to name and number.
fn cleared(found: &[Asked]) {
    let mut counts: BTreeMap<(Kind, &str, &str), usize> = BTreeMap::new();
    for asked in found.iter().filter(|asked| asked.is_clear) {
        let (listed, given) = NUMBERS[asked.form];
        let number = match (asked.has_number, listed, given) {
            (false, ..) => "without a number",
            (_, _, "one digit missing") => "with a digit missing",
            _ => "with the whole number",
        };
        *counts.entry((asked.kind, number, NAMES[asked.way])).or_default() += 1;
    }
    println!("\nlisted and cleared");
    for ((kind, number, way), count) in counts {
        println!("{count:6} {kind:?} {number}, name: {way}");
    }
}

/// A listed party who asked.
struct Asked {
    place: u64,
    kind: Kind,
    way: usize,
    form: usize,
    has_code: bool,
    has_number: bool,
    is_found: bool,
    is_clear: bool,
}

impl Asked {
    /// Whether the number given is the one that is listed, whole or in part.
    fn fits(&self) -> bool {
        !matches!(NUMBERS[self.form].1, "one digit missing" | "none")
    }
}

/// Asked, found, cleared.
type Counts = (usize, usize, usize);

fn tally<'a>(asked: impl Iterator<Item = &'a Asked>) -> Counts {
    asked.fold((0, 0, 0), |(n, found, clear), one| {
        (n + 1, found + usize::from(one.is_found), clear + usize::from(one.is_clear))
    })
}

fn share((asked, found, _): Counts) -> String {
    if asked == 0 { "–".to_owned() } else { format!("{:.1} %", 100.0 * found as f64 / asked as f64) }
}

fn entry(seed: u64, i: u64, positives: u64) -> Result<ListEntry, Box<dyn Error>> {
    let Party { kind, name, number } = party(seed, i);
    let (form, _) = NUMBERS[form_of(i)];
    let record = PublicRecord {
        id: format!("entry {i}"),
        iname: name,
        card_num: slips::listed(&number, form),
        case_code: format!("（2024）苏0213执{}号", i + 1),
        publish_date: "2024-12-10".into(),
        removed_date: if i >= positives && i.is_multiple_of(3) { "2025-06-01".into() } else { String::new() },
        party_type_name: if matches!(kind, Kind::Person | Kind::Foreigner) { "自然人" } else { "法人" }.into(),
        ..PublicRecord::default()
    };
    Ok(record.into_entry()?)
}

fn form_of(i: u64) -> usize {
    (i / NAMES.len() as u64 % NUMBERS.len() as u64) as usize
}

fn positive(screener: &Screener, seed: u64, i: u64) -> Option<Asked> {
    let party = party(seed, i);
    let mut draws = Draws::new(seed + 1, i);
    // A way that does not exist for this party gives way to the next.
    let mut ways = (0..NAMES.len()).map(|k| (i as usize + k) % NAMES.len());
    let (way, name) = ways.find_map(|way| Some((way, slips::name(&party, way, &mut draws)?)))?;
    let (form, has_code) = (form_of(i), !party.number.is_empty());
    let given = |form: &str, draws: &mut Draws| if has_code { slips::given(&party.number, form, draws) } else { None };
    let number = given(NUMBERS[form].1, &mut draws).or_else(|| given("whole", &mut draws)).unwrap_or_default();
    let (has_number, own) = (!number.is_empty(), format!("entry {i}"));
    let (outcome, _, hits) = answer(screener, &name, &number)?;
    let kind = party.kind;
    Some(Asked {
        place: i,
        kind,
        way,
        form,
        has_code,
        has_number,
        is_found: hits.contains(&own),
        is_clear: outcome == Outcome::Clear,
    })
}

fn answer(screener: &Screener, name: &str, number: &str) -> Option<(Outcome, Option<HitReason>, Vec<String>)> {
    let numbers: Vec<&str> = Some(number).into_iter().filter(|text| !text.is_empty()).collect();
    let asked = serde_json::json!({ "application_id": "a", "name": name, "identifiers": numbers, "activity": "loan", "on": ON });
    let application: Application = serde_json::from_value(asked).ok()?;
    let answer = screen(screener, &application).ok()?;
    Some((answer.outcome, answer.reason, answer.hits.into_iter().map(|hit| hit.entry_id).collect()))
}

/// Those who are not listed: how many are not cleared, by kind and by what number they give.
fn alarms(screener: &Screener, args: &Args) {
    let begun = Instant::now();
    let ask = |i: u64| {
        let party = party(args.seed, (1 << 40) + i);
        let mut draws = Draws::new(args.seed + 2, i);
        let form = ["whole", "one digit missing", "none"]
            [if party.number.is_empty() { 2 } else { [0, 0, 0, 1, 2][i as usize % 5] }];
        let number = slips::given(&party.number, form, &mut draws)?;
        let (outcome, reason, hits) = answer(screener, &party.name, &number)?;
        Some(((party.kind, form), (outcome, reason, hits.len())))
    };
    let answers: Vec<_> = (0..args.negatives).into_par_iter().filter_map(ask).collect();
    let mut table: BTreeMap<(Kind, &str), [usize; 4]> = BTreeMap::new();
    let mut reasons: BTreeMap<(HitReason, Kind, &str), usize> = BTreeMap::new();
    for (group, (outcome, reason, hits)) in &answers {
        if let Some(reason) = reason {
            *reasons.entry((*reason, group.0, group.1)).or_default() += 1;
        }
        let cell = table.entry(*group).or_default();
        cell[0] += 1;
        cell[1] += usize::from(*outcome != Outcome::Clear);
        cell[2] += usize::from(*outcome == Outcome::Match);
        cell[3] += hits;
    }
    println!(
        "\n{} others asked in {:.1} s\n\nnot listed                            asked  alarms per 1,000  matches  hits an alarm",
        answers.len(),
        begun.elapsed().as_secs_f64()
    );
    let line = |label: &str, [asked, alarms, matches, hits]: [usize; 4]| {
        let (rate, each) = (1000.0 * alarms as f64 / asked.max(1) as f64, hits as f64 / alarms.max(1) as f64);
        println!("{label:34} {asked:8} {rate:17.2} {matches:8} {each:14.1}");
    };
    for ((kind, form), cell) in &table {
        line(&format!("{kind:?}, number {form}"), *cell);
    }
    let reasoned = |table: BTreeMap<_, usize>| {
        println!("\nalarms by their strongest reason");
        for ((reason, kind, form), count) in table {
            let rate = 1000.0 * count as f64 / answers.len().max(1) as f64;
            println!("{rate:8.2} per 1,000 of all: {reason:?}, {kind:?}, number {form}");
        }
    };
    line("all", table.values().fold([0; 4], |sum, cell| std::array::from_fn(|i| sum[i] + cell[i])));
    reasoned(reasons);
}
