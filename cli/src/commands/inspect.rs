//! Says what is in files that nobody has described, and drafts a mapping that reads them.

use std::path::PathBuf;

use clap::Args;
use wherewithal::domain::Day;
use wherewithal::ingest::ReadParams;
use wherewithal::inspect::{ColumnFinding, InspectParams, Inspection, TableFinding, inspect};
use wherewithal::sentence::Sentence;

use crate::bar::Bar;
use crate::console::Console;
use crate::failure::Failure;
use crate::files;
use crate::words::{says, spoken};

/// Says what is in a file or folder, which tables it could feed, and drafts a mapping for `assess --mapping`.
#[derive(Args)]
pub(crate) struct Options {
    /// The file or folder.
    path: PathBuf,
    /// Write the draft of the mapping to this file.
    #[arg(long, value_name = "TOML")]
    out: Option<PathBuf>,
    /// The day on which the files came, YYYY-MM-DD, for files that do not say when they were made.
    #[arg(long, value_name = "DAY")]
    received: Option<Day>,
    /// List the columns of each file and the keys that files share, too.
    #[arg(long)]
    columns: bool,
    /// Rows of each table that are looked at.
    #[arg(long, default_value_t = 100_000, value_name = "N")]
    rows: usize,
    /// A folder for what archives unpack to, removed again; it needs the protection of the files themselves.
    #[arg(long, value_name = "FOLDER")]
    scratch: Option<PathBuf>,
}

pub(crate) fn look(options: &Options, console: &Console<'_>) -> Result<(), Failure> {
    if options.rows == 0 {
        return Err(Failure::usage(says!("--rows: found 0, expected at least 1")));
    }
    let usual = || std::env::temp_dir().join(format!("wherewithal-inspect-{}", std::process::id()));
    let scratch = options.scratch.clone().unwrap_or_else(usual);
    let params = InspectParams::default().rows(options.rows).received(options.received).read(ReadParams::new(&scratch));
    let found = inspect(&options.path, &params, &Bar::new(console.language()));
    if options.scratch.is_none() && scratch.exists() {
        std::fs::remove_dir_all(&scratch).map_err(Failure::io(&scratch))?;
    }
    let inspection = found?;
    if options.columns {
        detail(&inspection, console);
    }
    summary(&inspection, console);
    let is_fed = !inspection.mapping().source.is_empty();
    if let Some(day) = options.received.filter(|day| !is_used(*day, &inspection)) {
        console.say(&says!(
            "--received {day} has no effect: no table that is fed needs the day on which the files came",
            day
        ));
    }
    match &options.out {
        _ if !is_fed => {}
        Some(path) => {
            if let Some(folder) = path.parent() {
                files::make(folder)?;
            }
            files::write(path, spoken(inspection.draft(), console.language()))?;
            // The legend names the word in backticks.
            let checks = inspection.draft().to_string().matches("[check] ").count();
            let (path, count) = (path.display().to_string(), checks.to_string());
            console.say(&match checks {
                0 => says!(
                    "draft written to {path}: nothing in it is marked {word}",
                    path = path,
                    word = says!("[check]")
                ),
                1 => says!(
                    "draft written to {path}: 1 thing to check, marked {word}",
                    path = path,
                    word = says!("[check]")
                ),
                _ => says!(
                    "draft written to {path}: {count} things to check, each marked {word}",
                    path = path,
                    count = count,
                    word = says!("[check]")
                ),
            });
        }
        None => console.say(&says!("--out draft.toml writes the draft of the mapping")),
    }
    console.result(&inspection)?;
    if is_fed {
        return Ok(());
    }
    let unusable = says!(
        "{}: of {} tables that were looked at none tells what a table of the schema must have, and {} files were not \
         looked at; the lines above say what is missing, --columns what each column looks like",
        [options.path.display(), inspection.tables.len(), inspection.passed.len()]
    );
    match &options.out {
        Some(path) => Err(Failure::work(says!("no draft was written to {}: {unusable}", [path.display()], unusable))),
        None => {
            console.say(&unusable);
            Ok(())
        }
    }
}

/// Whether a rule of the draft gives this day.
fn is_used(day: Day, inspection: &Inspection) -> bool {
    let day = day.to_string();
    let tables = inspection.mapping().source.iter().flat_map(|source| &source.table);
    let mut rules = tables.flat_map(|table| table.columns.values());
    rules.any(|rule| rule.constant.as_ref() == Some(&day))
}

/// The columns of each file, and the keys that files share.
fn detail(inspection: &Inspection, console: &Console<'_>) {
    for found in &inspection.tables {
        console.say(&place(found));
        console.say(&indented(says!("column | empty | looks like | in the draft")));
        found.columns.iter().for_each(|found| console.say(&indented(column(found))));
        console.say(&Sentence::default());
    }
    if !inspection.keys.is_empty() {
        console.say(&says!("shared keys:"));
        for key in &inspection.keys {
            let ((child, column), (parent, held)) = (&key.child, &key.parent);
            let share = key.held * 100.0;
            console.say(&Sentence::name(format!("  {child}.{column} → {parent}.{held} ({share:.0} %)")));
        }
        console.say(&Sentence::default());
    }
}

/// Which file feeds which tables.
fn summary(inspection: &Inspection, console: &Console<'_>) {
    for found in &inspection.tables {
        let mut tables: Vec<_> = found.feeds.iter().map(|feed| &feed.table).collect();
        tables.dedup();
        let feeds = Sentence::list(tables.into_iter().map(Sentence::name), ", ");
        let feeds = if feeds.is_empty() { says!("feeds no table") } else { says!("feeds {tables}", tables = feeds) };
        let about = Sentence::list(std::iter::once(feeds).chain(about(found)), ", ");
        console.say(&Sentence::list([place(found), about], ": "));
        found.notes.iter().for_each(|note| console.say(&indented(note.clone())));
    }
    for passed in &inspection.passed {
        console.say(&says!("not looked at: {file}: {reason}", file = passed.file, reason = passed.reason));
    }
}

/// The file, and its sheet.
fn place(found: &TableFinding) -> Sentence {
    let sheet = found.sheet.as_ref().map_or_else(String::new, |sheet| format!("/{sheet}"));
    Sentence::name(format!("{}{sheet}", found.file))
}

/// How a file is written, and what of it was looked at.
fn about(found: &TableFinding) -> Vec<Sentence> {
    let count = |number: u64| Sentence::name(number.to_string());
    let mut about = vec![Sentence::name(&found.format)];
    about.extend(Some(&found.encoding).filter(|encoding| !encoding.is_empty()).map(Sentence::name));
    about.extend(found.delimiter.map(|mark| Sentence::name(format!("{mark:?}"))));
    about.push(says!("{rows} rows", rows = count(found.rows)));
    about.extend(
        (found.lines_above > 0).then(|| says!("{lines} lines above the header", lines = count(found.lines_above))),
    );
    about.extend((!found.is_whole).then(|| says!("only the first rows were looked at")));
    about.extend(
        (found.odd_rows > 0).then(|| says!("{lines} lines that are no rows of it", lines = count(found.odd_rows))),
    );
    about.extend(found.damage.clone());
    about
}

fn column(found: &ColumnFinding) -> Sentence {
    let looks = Sentence::list(found.looks_like.iter().take(3).cloned(), "; ");
    let empty = Sentence::name(format!("{:.0} %", found.empty * 100.0));
    let cells = [Sentence::name(&found.name), empty, looks, found.use_in_draft.clone()];
    let bars = cells.into_iter().flat_map(|cell| [Sentence::name(" | "), cell]).skip(1);
    Sentence::list(bars, "")
}

fn indented(line: Sentence) -> Sentence {
    Sentence::list([Sentence::name("  "), line], "")
}
