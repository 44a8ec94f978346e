//! What the examples share: a progress bar, and a readable end on bad input.
#![allow(
    dead_code,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "each example takes what it needs, prints, and may say how long it took"
)]

pub(crate) mod pages;
pub(crate) mod times;

use std::process::ExitCode;
use std::sync::Mutex;

use indicatif::{ProgressBar, ProgressStyle};
use wherewithal::domain::masked_number;
use wherewithal::ingest::{FileReport, IngestReport};
use wherewithal::pipeline::{Assessment, Intake};
use wherewithal::progress::Progress;
use wherewithal::store::Standing;

/// Draws the stages of long work on standard error.
#[derive(Default)]
pub(crate) struct Bar {
    drawn: Mutex<Option<ProgressBar>>,
    times: times::Times,
}

impl Bar {
    /// A table of where the time went.
    pub(crate) fn times(&self) -> String {
        self.times.table()
    }
}

impl Progress for Bar {
    fn begin(&self, stage: &str, total: Option<u64>, unit: &str) {
        self.times.begin(stage);
        let template = match total {
            Some(_) => format!("{{msg:24}} {{wide_bar}} {{human_pos}}/{{human_len}} {unit}  {{per_sec}}  {{eta}}"),
            None => format!("{{msg:24}} {{spinner}} {{human_pos}} {unit}  {{per_sec}}"),
        };
        let bar = total.map_or_else(ProgressBar::new_spinner, ProgressBar::new);
        if let Ok(style) = ProgressStyle::with_template(&template) {
            bar.set_style(style);
        }
        bar.set_message(stage.to_owned());
        if let Ok(mut current) = self.drawn.lock() {
            *current = Some(bar);
        }
    }

    fn advance(&self, amount: u64) {
        if let Ok(current) = self.drawn.lock() {
            current.iter().for_each(|bar| bar.inc(amount));
        }
    }

    fn turn_to(&self, work: &str) {
        self.times.turn_to(std::thread::current().id(), work);
    }

    fn end(&self) {
        self.times.end();
        if let Ok(mut current) = self.drawn.lock() {
            current.take().iter().for_each(ProgressBar::finish_and_clear);
        }
    }
}

/// Ends a program: quietly when all went well, with the reason and its causes when not.
pub(crate) fn end(outcome: Result<(), Box<dyn std::error::Error>>) -> ExitCode {
    let Err(error) = outcome else { return ExitCode::SUCCESS };
    eprintln!("error: {error}");
    let mut cause = error.source();
    while let Some(inner) = cause {
        eprintln!("  because: {inner}");
        cause = inner.source();
    }
    ExitCode::from(2)
}

/// Whether a text has the form of a debtor's pseudonym.
pub(crate) fn is_pseudonym(text: &str) -> bool {
    text.trim().len() == 16 && text.trim().bytes().all(|b| b.is_ascii_hexdigit())
}

/// A debtor as messages name him: the pseudonym as it is, anything else masked.
pub(crate) fn shown(debtor: &str) -> String {
    if is_pseudonym(debtor) { debtor.trim().to_owned() } else { masked_number(debtor) }
}

/// Prints what is damaged, what was decided, what was accepted and is worth knowing, and what stood in the folder and was not used: a column or file under another name is not found missing otherwise.
pub(crate) fn unused(ingest: &IngestReport) {
    for file in &ingest.files {
        let damage = file.damage.iter().map(|damage| format!("damaged: {damage}"));
        for said in damage.chain(file.notes.iter().cloned()).chain(file.remarks.in_words()) {
            println!("  in {}: {said}", file.file);
        }
    }
    for file in &ingest.ignored {
        println!("  left out: {}: {}", file.file, file.reason);
    }
    for file in ingest.files.iter().filter(|file| !file.unused_columns.is_empty()) {
        println!("  not used of {}: {}", file.file, file.unused_columns.join(", "));
    }
    for (what, files) in [("not read", &ingest.unread), ("named by the mapping and not there", &ingest.absent)] {
        if !files.is_empty() {
            println!("  {what}: {}", files.join(", "));
        }
    }
}

/// Prints what was read, refused and accepted with a remark.
pub(crate) fn taken_in(ingest: &IngestReport) {
    let rows = |count: fn(&FileReport) -> u64| ingest.files.iter().map(count).sum::<u64>();
    println!(
        "read {} rows of {} files: {} accepted, {} left out on purpose, {} refused",
        rows(|file| file.rows_read),
        ingest.files.len(),
        rows(|file| file.rows_accepted),
        rows(|file| file.rows_left_out),
        rows(|file| file.rows_refused)
    );
    for file in ingest.files.iter().filter(|file| file.rows_refused > 0) {
        for refusal in &file.refusals {
            println!(
                "  refused {} in {}, first in line {}: {}",
                refusal.rows,
                file.file,
                refusal.first_line,
                [refusal.column.as_str(), refusal.reason.name()].join(" ").trim_start()
            );
        }
    }
    for words in ingest.misread() {
        println!("  warning: {words}");
    }
    for (file, earlier) in &ingest.duplicates {
        println!(
            "  warning: {file} has the same bytes as {earlier}: its rows count twice unless the mapping ignores it"
        );
    }
    if ingest.currency != "CNY" {
        println!("  amounts are in {}, of a hundred minor units, where fen and yuan are written", ingest.currency);
    }
    unused(ingest);
}

/// Prints what was read, what of it was refused and where that stands, and what the store holds now.
pub(crate) fn intake(intake: &Intake) {
    let ingest = &intake.report;
    taken_in(ingest);
    if let Some(refused) = intake.refused.as_ref().filter(|_| ingest.files.iter().any(|file| file.rows_refused > 0)) {
        println!("  refused rows stand in {}", refused.display());
    }
    match intake.standing {
        Standing::New => {}
        Standing::Kept => println!("the store had these files already: nothing was added"),
        Standing::Replaces => println!("the store had these files by another mapping: its last part was replaced"),
    }
    let (rows, parts) = (intake.store.manifest().rows(), intake.store.manifest().parts.len());
    println!("the store holds {rows} rows in {parts} part{}", if parts == 1 { "" } else { "s" });
}

/// Prints what a run read, learnt and scored.
pub(crate) fn summary(assessment: &Assessment) {
    if let Some(intake) = &assessment.intake {
        self::intake(intake);
    }
    let linked = assessment.linked();
    if linked.identifiers > 0 || linked.contested > 0 {
        println!(
            "{} identifiers joined to their party, {} statements that contradict each other joined nothing",
            linked.identifiers, linked.contested
        );
    }
    if let Some(training) = assessment.training() {
        println!(
            "learnt from {} samples ({} not yet ripe, {} not drawn, {} cases are history), {} features offered",
            training.samples, training.immature, training.left_out, training.history, training.features
        );
        for (name, event) in [("any performance", &training.any), ("full performance", &training.full)] {
            println!("  {name}: {} events, {} features in the card", event.events, event.features);
            for (how, report) in [("cross-validated", &event.cross_validated), ("out of time", &event.out_of_time)] {
                if let Some(report) = report {
                    println!(
                        "    {how}: AUC {:.4} ± {:.4}, Brier {:.4}",
                        report.auc.value, report.auc.standard_error, report.brier.score.value
                    );
                }
            }
        }
    }
    let [debtors, unscored] = assessment.run.debtors;
    println!("assessed {debtors} debtors: {} scored, {unscored} with insufficient data", debtors - unscored);
    if debtors == 0 {
        println!("  nobody was assessed: no case known by the day is open; look at the day and at the files of cases");
    }
    let portrayed = assessment.run.portrayed;
    if portrayed < debtors {
        println!("  {portrayed} of them portrayed (--profiles, --profile)");
    }
}
