//! What was read, refused and left out, in sentences.

use wherewithal::ingest::{FileReport, IngestReport};
use wherewithal::model::Estimate;
use wherewithal::pipeline::{Assessment, Intake, MoneyReport, MoneyTraining};
use wherewithal::schema::{self, Owner};
use wherewithal::sentence::Sentence;
use wherewithal::store::Standing;

use crate::console::{Console, say};
use crate::failure::Failure;
use crate::key::warn_of_public;
use crate::path_points::path_points;
use crate::words::says;

/// Says what is damaged, what was decided, what was accepted and is worth knowing, and what stood in the folder and was
/// not used: a column or file under another name is not found missing otherwise.
fn unused(ingest: &IngestReport, console: &Console<'_>) {
    for file in &ingest.files {
        let damage = file.damage.iter().map(|damage| says!("damaged: {damage}", damage));
        for said in damage.chain(file.notes.iter().cloned()).chain(file.remarks.in_words().map(Sentence::from)) {
            say!(console, "  in {}: {said}", [file.file], said);
        }
    }
    for file in ingest.files.iter().filter(|file| file.rows_read == 0 && file.damage.is_none()) {
        say!(console, "  in {}: no rows were found", [file.file]);
    }
    for lookup in &ingest.lookups {
        let faults = [
            (lookup.broken, "rows of the lookup could not be read, or their key names nothing"),
            (lookup.ambiguous, "keys of the lookup have several answers: a row that asks for one is refused"),
        ];
        let faults = faults.iter().filter(|(count, _)| *count > 0);
        let faults = faults.map(|(count, what)| says!("{count} {what}", count, what = says!(*what)));
        for said in lookup.notes.iter().cloned().chain(faults) {
            say!(console, "  in {} (lookup {}): {said}", [lookup.file, lookup.name], said);
        }
    }
    for file in &ingest.ignored {
        say!(console, "  ignored: {}: {}", [file.file, file.reason]);
    }
    for file in ingest.files.iter().filter(|file| !file.unused_columns.is_empty()) {
        let named = file.unused_columns.iter().map(|name| if name.is_empty() { "\"\"" } else { name.as_str() });
        say!(console, "  not used of {}: {}", [file.file, named.collect::<Vec<_>>().join(", ")]);
    }
    if !ingest.unread.is_empty() {
        say!(
            console,
            "  not read, since neither the mapping nor the schema has their names: {}: {}",
            [ingest.unread.len(), ingest.unread.join(", ")]
        );
    }
    if !ingest.absent.is_empty() {
        say!(console, "  named by the mapping and not there: {}", [ingest.absent.join(", ")]);
    }
}

/// Fails where a file could not be read, or not whole: what was done with the others is no clean success.
pub(crate) fn whole(ingest: &IngestReport) -> Result<(), Failure> {
    let Some(lost) = ingest.lost() else { return Ok(()) };
    let (count, all) = (ingest.lost_files(), ingest.files.len());
    Err(Failure::work(says!(
        "{count} of {all} files could not be read whole, all else is done: {lost}; mend them and read them again, or \
         leave them out in the mapping (ignore)",
        count,
        all,
        lost
    )))
}

/// Says what was read, refused and accepted with a remark.
pub(crate) fn taken_in(ingest: &IngestReport, console: &Console<'_>) {
    let rows = |count: fn(&FileReport) -> u64| ingest.files.iter().map(count).sum::<u64>();
    say!(
        console,
        "read {} rows of {} files: {} accepted, {} left out on purpose, {} refused",
        [
            rows(|file| file.rows_read),
            ingest.files.len(),
            rows(|file| file.rows_accepted),
            rows(|file| file.rows_left_out),
            rows(|file| file.rows_refused)
        ]
    );
    for file in ingest.files.iter().filter(|file| file.rows_refused > 0) {
        for refusal in &file.refusals {
            say!(
                console,
                "  refused {} in {}, first in line {}: {}",
                [
                    refusal.rows,
                    file.file,
                    refusal.first_line,
                    [refusal.column.as_str(), console.word(refusal.reason.name())].join(" ").trim_start()
                ]
            );
        }
    }
    for words in ingest.misread() {
        say!(console, "  warning: {words}", words);
    }
    for (file, earlier) in &ingest.duplicates {
        say!(
            console,
            "  warning: {file} has the same bytes as {earlier}: its rows count twice unless the mapping ignores it",
            file,
            earlier
        );
    }
    for (name, rows) in &ingest.repeated_rows {
        say!(
            console,
            "  warning: {rows} rows of {name} are the same as another row of their file in all columns, and are \
             kept: look whether the export repeats rows",
            rows,
            name
        );
    }
    for (name, rows) in &ingest.unknown_cases {
        unknown_cases(name, *rows, console);
    }
    if ingest.currency != "CNY" {
        say!(
            console,
            "  amounts are in {}, of a hundred minor units, where fen and yuan are written",
            [ingest.currency]
        );
    }
    unused(ingest, console);
}

/// Says what was read, what of it was refused and where that stands, and what the store holds now.
pub(crate) fn intake(intake: &Intake, console: &Console<'_>) {
    let ingest = &intake.report;
    taken_in(ingest, console);
    if let Some(refused) = intake.refused.as_ref().filter(|_| ingest.files.iter().any(|file| file.rows_refused > 0)) {
        say!(console, "  refused rows stand in {}", [refused.display()]);
    }
    match intake.standing {
        Standing::New => {}
        Standing::Kept => say!(console, "the store had these files already: nothing was added"),
        Standing::Replaces => say!(console, "the store had these files by another mapping: its last part was replaced"),
    }
    let last = intake.store.manifest().parts.last();
    for (name, table) in last.iter().flat_map(|part| &part.tables).filter(|(_, table)| table.repeated > 0) {
        say!(
            console,
            "  {} rows of {name} say what the store or another file had already: they count once",
            [table.repeated],
            name
        );
    }
    warn_of_public(&intake.store.manifest().key, console);
    let (rows, parts) = (intake.store.manifest().rows(), intake.store.manifest().parts.len());
    match parts {
        1 => say!(console, "the store holds {rows} rows in 1 part", rows),
        _ => say!(console, "the store holds {rows} rows in {parts} parts", rows, parts),
    }
}

/// What was learnt of the amounts.
fn money(money: &MoneyTraining, console: &Console<'_>) {
    let MoneyTraining { samples, unknown, features, .. } = money;
    if let Some(why) = &money.absent {
        say!(
            console,
            "  how much: {samples} shares known, {unknown} samples without: none is learnt ({why})",
            samples,
            unknown,
            why
        );
        return;
    }
    say!(
        console,
        "  how much: {samples} shares of performing debtors, {unknown} samples of unknown money, {features} features \
         in the card",
        samples,
        unknown,
        features
    );
    if money.nothing_open > 0 {
        say!(console, "    {} performing debtors had nothing open: they have no share", [money.nothing_open]);
    }
    if let Some(why) = &money.not_judged {
        say!(console, "    not judged out of time: {why}", why);
    }
    let Some(report) = &money.out_of_time else { return };
    let MoneyReport { amounts, by_claim, by_any, by_means, .. } = report;
    if report.unknown > 0 {
        say!(console, "    out of time: {} later samples of unknown money are not judged", [report.unknown]);
    }
    // Whole yuan.
    let yuan = |fen: f64| format!("{:.0}", fen / 100.0);
    say!(
        console,
        "    out of time: {} expected against {} received of {} samples, by tenths of the largest first:",
        [yuan(amounts.predicted), yuan(amounts.received), amounts.rows]
    );
    let tenths: Vec<String> = amounts
        .deciles
        .iter()
        .map(|tenth| format!("{} / {}", yuan(tenth.predicted), yuan(tenth.received.value)))
        .collect();
    say!(console, "      {}", [tenths.join("  ")]);
    let share = |found: &Option<Estimate>| {
        found.map_or_else(
            || "–".to_owned(),
            |found| format!("{:.1} ± {:.1}", 100.0 * found.value, 100.0 * found.standard_error),
        )
    };
    say!(
        console,
        "    of all that came in the top tenth holds {} % by this, {} % by claim, {} % by the probability of any, {} \
         % by coverage times open principal",
        [share(&amounts.top_tenth), share(by_claim), share(by_any), share(by_means)]
    );
}

/// Says what a run learnt and scored.
pub(crate) fn summary(assessment: &Assessment, console: &Console<'_>) {
    if assessment.intake.is_none() {
        warn_of_public(&assessment.run.key, console);
    }
    let linked = assessment.linked();
    if linked.identifiers > 0 || linked.contested > 0 {
        say!(
            console,
            "{} identifiers joined to their party, {} statements that contradict each other joined nothing",
            [linked.identifiers, linked.contested]
        );
    }
    if let Some(training) = assessment.training() {
        say!(
            console,
            "learnt from {} samples ({} not yet ripe, {} not drawn, {} cases are history), {} features offered",
            [training.samples, training.immature, training.left_out, training.history, training.features]
        );
        for (name, event) in [(says!("any performance"), &training.any), (says!("full performance"), &training.full)] {
            say!(console, "  {name}: {} events, {} features in the card", [event.events, event.features], name);
            event.path.iter().flat_map(|path| path_points(path, 4)).for_each(|line| console.say(&line));
            let judged =
                [(says!("cross-validated"), &event.cross_validated), (says!("out of time"), &event.out_of_time)];
            for (how, report) in judged {
                if let Some(report) = report {
                    say!(
                        console,
                        "    {how}: AUC {:.4} ± {:.4}, Brier {:.4}",
                        [
                            format!("{:.4}", report.auc.value),
                            format!("{:.4}", report.auc.standard_error),
                            format!("{:.4}", report.brier.score.value)
                        ],
                        how
                    );
                }
            }
        }
        training.money.iter().for_each(|money| self::money(money, console));
    }
    let [debtors, unscored] = assessment.run.debtors;
    say!(
        console,
        "assessed {debtors} debtors: {} scored, {unscored} with insufficient data",
        [debtors - unscored],
        debtors,
        unscored
    );
    if debtors == 0 {
        say!(
            console,
            "  nobody was assessed: no case known by the day is open; look at the day and at the files of cases"
        );
    }
    let portrayed = assessment.run.portrayed;
    if portrayed < debtors {
        say!(console, "  {portrayed} of them portrayed (--profiles, --profile)", portrayed);
    }
}

/// Rows about cases that nobody told of: what is lost depends on whose rows they are.
fn unknown_cases(name: &str, rows: u64, console: &Console<'_>) {
    if schema::table(name).is_some_and(|table| table.owner == Owner::Party) {
        say!(
            console,
            "  warning: {rows} rows of {name} name a case of which `cases` has no row: they count for their party and \
             for no case",
            rows,
            name
        );
    } else {
        say!(
            console,
            "  warning: {rows} rows of {name} are about cases of which `cases` has no row: they reach no debtor \
             without it",
            rows,
            name
        );
    }
}
