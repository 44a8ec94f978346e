//! Compares applications with an edition of the list of defaulters.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::Args;
use rayon::prelude::*;
use serde_json::json;
use wherewithal::domain::Day;
use wherewithal::progress::Progress;
use wherewithal::screening::{
    Activities, Change, DefaulterList, LeftOut, ListForm, ListKey, ListSource, RefusedRecord, Screener,
    ScreeningAnswer, ScreeningParams, read_applications, read_list, screen,
};
use wherewithal::sentence::Sentence;

use crate::bar::Bar;
use crate::console::{Console, caution, say};
use crate::failure::Failure;
use crate::files;
use crate::repeated::repeated;
use crate::words::says;

/// Screens applications against a dated list of defaulters.
///
/// A list holds one JSON object a line or a table, with the fields of the public list (iname, cardNum, caseCode …) or
/// those a form names; applications hold `application_id`, `name`, `identifiers`, `born_on`, `activity`, `on`. Answers
/// come out in the order of the questions. A record that cannot be read is named by its line and left out: the answers
/// say how many the list lacks, and the exit code is 1 unless that number is declared.
#[derive(Args)]
pub(crate) struct Options {
    /// The list: public records, one JSON object a line or a table.
    #[arg(long)]
    list: PathBuf,
    /// How the list is written when it is not the public one: columns, header, whether it has case numbers (TOML).
    #[arg(long)]
    form: Option<PathBuf>,
    /// The day the list is of.
    #[arg(long, default_value = "2026-01-05")]
    edition: Day,
    /// Changes to the next edition, one JSON object a line: add, remove, correct.
    #[arg(long)]
    changes: Option<PathBuf>,
    /// The applications, one JSON object a line or a table.
    #[arg(long)]
    applications: PathBuf,
    /// The day for which the answers hold, for applications that name none.
    #[arg(long)]
    on: Option<Day>,
    /// The file of answers, one JSON object a line.
    #[arg(long)]
    out: PathBuf,
    /// A file with the secret shared with the list's owner; receipts are only comparable under one key.
    #[arg(long, alias = "key")]
    key_file: Option<PathBuf>,
    /// So many records of the list are known to be unreadable: with exactly as many the exit code is 0, and answers and
    /// summary say how many the list lacks all the same.
    #[arg(long, value_name = "N")]
    lacking: Option<usize>,
    /// Names from this similarity on are worth a review.
    #[arg(long, default_value_t = ScreeningParams::default().review_from)]
    review_from: f64,
}

/// Applications answered together.
const TOGETHER: usize = 4_096;
/// Refused records that are named one by one.
const NAMED: usize = 20;

pub(crate) fn answer_all(options: &Options, console: &Console<'_>) -> Result<(), Failure> {
    let (lacking, refused) = work(options, console)?;
    let (list, applications) = (options.list.display(), options.applications.display());
    match (options.lacking, lacking + refused) {
        (Some(declared), _) if declared != lacking => Err(Failure::work(says!(
            "--lacking {declared}: {lacking} records of {list} could not be read; mend them, or declare that number",
            declared,
            lacking,
            list
        ))),
        (Some(_), _) if refused == 0 => Ok(()),
        (None, 0) => Ok(()),
        (_, all) => Err(Failure::work(says!(
            "{all} records of {list} or {applications} could not be read: mend the lines named above and ask again",
            all,
            list,
            applications
        ))),
    }
}

/// Answers everything that can be read; says how many records of the list, and how many applications, could not.
fn work(options: &Options, console: &Console<'_>) -> Result<(usize, usize), Failure> {
    let key = match &options.key_file {
        Some(path) => {
            let (key, is_trimmed) = ListKey::read(path)?;
            if is_trimmed {
                caution!(console, "{}: the line end behind the secret is no part of it", [path.display()]);
            }
            key
        }
        None => {
            caution!(console, "no --key-file: receipts are made under a key that everybody knows");
            ListKey::from_secret(b"no key was given")
        }
    };
    let form = match &options.form {
        Some(path) => {
            let text = fs::read_to_string(path).map_err(Failure::io(path))?;
            ListForm::from_toml(&text).map_err(Failure::in_file(path))?
        }
        None => ListForm::default(),
    };
    let source = read_list(&bytes(&options.list)?, &form).map_err(Failure::in_file(&options.list))?;
    said_of_the_list(&options.list, &source, console);
    let edition = options.edition;
    let later = source.entries.iter().filter(|entry| entry.listing.listed_on > edition).count();
    if later > 0 {
        let path = options.list.display();
        caution!(
            console,
            "{path}: {later} records are published after the edition of {edition}: until then they bind nobody",
            path,
            later,
            edition
        );
    }
    let list = DefaulterList::build(&source.entries, key, edition)?;
    let mut list = list.lacking(source.refused.len() as u64);
    if let Some(path) = &options.changes {
        list = list.apply(edition, &changes(path)?)?;
    }
    say!(console, "edition {} of {}: {} entries", [list.edition().number, list.edition().day, list.len()]);
    let params = ScreeningParams::default().review_from(options.review_from);
    let screener = Screener::new(list, Activities::standard()?, params)?;
    let begun = Instant::now();
    let tally = answer(&screener, options, console)?;
    tally.say(console);
    let lacking = source.refused.len();
    if lacking > 0 {
        caution!(
            console,
            "the list lacks {lacking} records that could not be read: whoever is named there alone was not found, \
             and clear \
             means clear of the others",
            lacking
        );
    }
    say!(console, "{:.2} s, written to {}", [format!("{:.2}", begun.elapsed().as_secs_f64()), options.out.display()]);
    refused(&options.applications, &tally.refused, console);
    let refused = tally.refused.len();
    let counts =
        json!({ "answers": tally.answers, "refused": lacking + refused, "lacking": lacking, "out": options.out });
    console.result(&counts)?;
    Ok((lacking, refused))
}

/// Says what of a list was not used as it stands.
fn said_of_the_list(path: &Path, source: &ListSource, console: &Console<'_>) {
    refused(path, &source.refused, console);
    let counts = [
        (source.repeated, "records repeat another one and are in the list once"),
        (source.renamed, "records stand under the id of another one and got an id of their own"),
        (source.unread_numbers, "records have a number that can be none and are found by name alone"),
        (source.unread_days, "records have a day of birth or filing that is none; it counts as unknown"),
    ];
    for (count, what) in counts.iter().filter(|(count, _)| *count > 0) {
        say!(console, "{file}: {count} {what}", file = path.display(), count, what = says!(*what));
    }
    if source.entries.iter().all(|entry| entry.listing.masked_number.is_none()) {
        caution!(console, "{}: no entry has a number: everybody is found by name alone", [path.display()]);
    }
    if !source.unused_columns.is_empty() {
        let names = Sentence::names(source.unused_columns.iter().take(NAMED).cloned());
        say!(console, "{}: {} columns are not read: {names}", [path.display(), source.unused_columns.len()], names);
    }
}

fn refused(path: &Path, refused: &[RefusedRecord], console: &Console<'_>) {
    for record in refused.iter().take(NAMED) {
        caution!(console, "{}: line {}: {}", [path.display(), record.line, record.reason]);
    }
    if refused.len() > NAMED {
        caution!(console, "{}: and {} records more", [path.display(), refused.len() - NAMED]);
    }
}

fn bytes(path: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(path).map_err(Failure::io(path))
}

fn changes(path: &Path) -> Result<Vec<Change>, Failure> {
    let text = fs::read_to_string(path).map_err(Failure::io(path))?;
    let filled = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
    let change = |(number, line): (u64, &str)| {
        serde_json::from_str(line).map_err(|fault| {
            let (path, column) = (path.display(), fault.column());
            Failure::work(says!("{path}: line {number}, column {column}: no change", path, number, column))
        })
    };
    filled.map(change).collect()
}

/// How many answers there are of each kind.
#[derive(Default)]
struct Tally {
    answers: BTreeMap<String, u64>,
    left_out: LeftOut,
    refused: Vec<RefusedRecord>,
}

impl Tally {
    fn count(&mut self, answer: &ScreeningAnswer) {
        let word = |value: serde_json::Value| value.as_str().unwrap_or_default().replace('_', " ");
        let outcome = word(serde_json::json!(answer.outcome));
        let reason = answer.reason.map(|reason| format!(" ({})", word(serde_json::json!(reason)))).unwrap_or_default();
        *self.answers.entry(outcome + &reason).or_default() += 1;
        let (sum, more) = (&mut self.left_out, answer.left_out);
        sum.reviews += more.reviews;
        sum.other_number += more.other_number;
        sum.other_birthday += more.other_birthday;
        sum.other_name += more.other_name;
        sum.common_letters += more.common_letters;
    }
}

/// An outcome with its reason.
fn answer_words(answer: &str, console: &Console<'_>) -> Sentence {
    match answer.split_once(" (") {
        Some((outcome, reason)) => {
            let (outcome, reason) = (console.word(outcome), Sentence::from(reason.trim_end_matches(')')));
            says!("{outcome} ({reason})", outcome, reason)
        }
        None => Sentence::name(console.word(answer)),
    }
}

impl Tally {
    fn say(&self, console: &Console<'_>) {
        say!(console, "{} applications", [self.answers.values().sum::<u64>()]);
        for (answer, count) in &self.answers {
            say!(console, "  {count:8} {}", [answer_words(answer, console)], count = format!("{:8}", count));
        }
        let LeftOut { reviews, other_number, other_birthday, other_name, common_letters } = self.left_out;
        let counts = [
            (reviews, "reviews beyond the most that an answer holds"),
            (other_number, "entries of the name under another number"),
            (other_birthday, "entries of the name, or one alike, born on another day"),
            (other_name, "entries of another name that show little of a number that fits"),
            (common_letters, "groups of letters that too many names share"),
        ];
        for (count, what) in counts.iter().filter(|(count, _)| *count > 0) {
            say!(console, "  left out: {count} {what}", count, what = says!(*what));
        }
    }
}

fn answer(screener: &Screener, options: &Options, console: &Console<'_>) -> Result<Tally, Failure> {
    let read = read_applications(&bytes(&options.applications)?, options.on)
        .map_err(Failure::in_file(&options.applications))?;
    if options.on.is_some() {
        let own =
            read_applications(&bytes(&options.applications)?, None).map_err(Failure::in_file(&options.applications))?;
        if own == read {
            say!(console, "--on has no effect: every application that can be read names its own day");
        }
    }
    if let Some(folder) = options.out.parent() {
        files::make(folder)?;
    }
    let ids = read.iter().filter_map(|(_, asked)| Some(asked.as_ref().ok()?.application_id.as_str()));
    let repeated = repeated(ids);
    if repeated > 0 {
        caution!(
            console,
            "{repeated} applications have the application_id of another one: answers do not tell them apart",
            repeated
        );
    }
    let mut out = BufWriter::new(files::create(&options.out)?);
    let bar = Bar::new(console.language());
    bar.begin("screen", Some(read.len() as u64), "applications");
    let mut tally = Tally::default();
    for batch in read.chunks(TOGETHER) {
        let answered = batch.par_iter().map(|(line, application)| {
            let answer = application.clone().and_then(|asked| screen(screener, &asked).map_err(|e| e.sentence()));
            (*line, answer)
        });
        for (line, answer) in answered.collect::<Vec<_>>() {
            match answer {
                Ok(answer) => {
                    tally.count(&answer);
                    serde_json::to_writer(&mut out, &answer)?;
                    out.write_all(b"\n")?;
                }
                Err(reason) => tally.refused.push(RefusedRecord { line, reason }),
            }
        }
        bar.advance(batch.len() as u64);
    }
    bar.end();
    out.flush()?;
    Ok(tally)
}
