//! Says what is in files that nobody has described, and drafts a mapping that reads them.

use std::path::PathBuf;

use clap::Args;
use wherewithal::domain::Day;
use wherewithal::ingest::ReadParams;
use wherewithal::inspect::{ColumnFinding, InspectParams, Inspection, Sentence, TableFinding, inspect};

use crate::bar::Bar;
use crate::console::Console;
use crate::failure::Failure;
use crate::words::spoken;

/// A sentence: a template and what stands in its holes, where texts are names.
macro_rules! says {
    ($template:literal $(, $hole:ident = $value:expr)*) => {
        Sentence::said($template, [$((stringify!($hole), Sentence::from($value))),*])
    };
}

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
    /// Rows of each table that are looked at.
    #[arg(long, default_value_t = 100_000, value_name = "N")]
    rows: usize,
    /// A folder for what archives unpack to, removed again; it needs the protection of the files themselves.
    #[arg(long, value_name = "FOLDER")]
    scratch: Option<PathBuf>,
}

pub(crate) fn look(options: &Options, console: &Console<'_>) -> Result<(), Failure> {
    if options.rows == 0 {
        return Err(Failure::usage("--rows: found 0, expected at least 1"));
    }
    let usual = || std::env::temp_dir().join(format!("wherewithal-inspect-{}", std::process::id()));
    let scratch = options.scratch.clone().unwrap_or_else(usual);
    let params = InspectParams::default().rows(options.rows).received(options.received).read(ReadParams::new(&scratch));
    let found = inspect(&options.path, &params, &Bar::new(console.language()));
    if options.scratch.is_none() && scratch.exists() {
        std::fs::remove_dir_all(&scratch).map_err(Failure::io(&scratch))?;
    }
    let inspection = found?;
    page(&inspection, console);
    match &options.out {
        Some(path) => {
            std::fs::write(path, spoken(inspection.draft(), console.language())).map_err(Failure::io(path))?;
            let checks = inspection.draft().to_string().matches("[check]").count().to_string();
            let path = path.display().to_string();
            console.tell(&says!("draft written to {path}: {checks} things to check", path = path, checks = checks));
        }
        None => console.tell(&says!("--out draft.toml writes the draft of the mapping")),
    }
    console.result(&inspection)
}

fn page(inspection: &Inspection, console: &Console<'_>) {
    inspection.tables.iter().for_each(|found| table(found, console));
    if !inspection.keys.is_empty() {
        console.tell(&says!("shared keys:"));
        for key in &inspection.keys {
            let ((child, column), (parent, held)) = (&key.child, &key.parent);
            let share = key.held * 100.0;
            console.tell(&Sentence::name(format!("  {child}.{column} → {parent}.{held} ({share:.0} %)")));
        }
    }
    for passed in &inspection.passed {
        let reason = Sentence::message(&passed.reason);
        console.tell(&says!("not looked at: {file}: {reason}", file = &passed.file, reason = reason));
    }
}

fn table(found: &TableFinding, console: &Console<'_>) {
    let sheet = found.sheet.as_ref().map_or_else(String::new, |sheet| format!("/{sheet}"));
    let place = Sentence::name(format!("{}{sheet}", found.file));
    console.tell(&Sentence::list([place, Sentence::list(about(found), ", ")], ": "));
    found.notes.iter().for_each(|note| console.tell(&indented(note.clone())));
    console.tell(&indented(says!("column | empty | looks like | in the draft")));
    found.columns.iter().for_each(|found| console.tell(&indented(column(found))));
    let mut tables: Vec<_> = found.feeds.iter().map(|feed| &feed.table).collect();
    tables.dedup();
    let feeds: Vec<_> = tables.into_iter().map(Sentence::name).collect();
    console.tell(&indented(match feeds.is_empty() {
        true => says!("feeds no table"),
        false => says!("feeds {tables}", tables = Sentence::list(feeds, ", ")),
    }));
    console.tell(&Sentence::default());
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
