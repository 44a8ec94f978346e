//! Says what is in files that nobody has described, and drafts a mapping that reads them.

use std::path::PathBuf;

use clap::Args;
use wherewithal::domain::{Day, Language};
use wherewithal::ingest::ReadParams;
use wherewithal::inspect::{InspectParams, Inspection, TableFinding, inspect};

use crate::bar::Bar;
use crate::console::{Console, say};
use crate::failure::Failure;

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
            std::fs::write(path, inspection.draft()).map_err(Failure::io(path))?;
            let checks = inspection.draft().matches("[check]").count();
            say!(console, "{} {}: {checks} [check]", words(console).written, path.display());
        }
        None => say!(console, "{}", words(console).hint),
    }
    console.result(&inspection)
}

/// What the page says in each language.
struct Words {
    rows: &'static str,
    above: &'static str,
    first: &'static str,
    odd: &'static str,
    headings: [&'static str; 4],
    feeds: &'static str,
    feeds_none: &'static str,
    keys: &'static str,
    passed: &'static str,
    written: &'static str,
    hint: &'static str,
}

const EN: Words = Words {
    rows: "rows",
    above: "lines above the header",
    first: "only the first rows were looked at",
    odd: "lines that are no rows of it",
    headings: ["column", "empty", "looks like", "in the draft"],
    feeds: "feeds",
    feeds_none: "feeds no table",
    keys: "shared keys",
    passed: "not looked at",
    written: "draft written to",
    hint: "--out draft.toml writes the draft of the mapping",
};

const ZH: Words = Words {
    rows: "行",
    above: "行标题在表头之上",
    first: "仅查看了前若干行",
    odd: "行不是数据行",
    headings: ["列", "空值", "内容形态", "草稿中的用途"],
    feeds: "可填入",
    feeds_none: "不填入任何表",
    keys: "共用的键",
    passed: "未查看",
    written: "草稿已写入",
    hint: "用 --out draft.toml 写出映射草稿",
};

fn words(console: &Console<'_>) -> &'static Words {
    match console.language() {
        Language::Zh => &ZH,
        Language::En => &EN,
    }
}

fn page(inspection: &Inspection, console: &Console<'_>) {
    let words = words(console);
    inspection.tables.iter().for_each(|found| table(found, console));
    if !inspection.keys.is_empty() {
        say!(console, "{}:", words.keys);
        for key in &inspection.keys {
            let ((child, column), (parent, held)) = (&key.child, &key.parent);
            say!(console, "  {child}.{column} → {parent}.{held} ({:.0} %)", key.held * 100.0);
        }
    }
    for file in &inspection.passed {
        say!(console, "{}: {}: {}", words.passed, file.file, file.reason);
    }
}

fn table(found: &TableFinding, console: &Console<'_>) {
    let words = words(console);
    let sheet = found.sheet.as_ref().map_or_else(String::new, |sheet| format!("/{sheet}"));
    let mut about = vec![found.format.clone()];
    about.extend(Some(found.encoding.clone()).filter(|encoding| !encoding.is_empty()));
    about.extend(found.delimiter.map(|mark| format!("{mark:?}")));
    about.push(format!("{} {}", found.rows, words.rows));
    about.extend((found.lines_above > 0).then(|| format!("{} {}", found.lines_above, words.above)));
    about.extend((!found.is_whole).then(|| words.first.to_owned()));
    about.extend((found.odd_rows > 0).then(|| format!("{} {}", found.odd_rows, words.odd)));
    about.extend(found.damage.clone());
    say!(console, "{}{sheet}: {}", found.file, about.join(", "));
    found.notes.iter().for_each(|note| say!(console, "  {note}"));
    let [column, empty, looks, used] = words.headings;
    say!(console, "  {column} | {empty} | {looks} | {used}");
    for column in &found.columns {
        let looks = column.looks_like.iter().take(3).cloned().collect::<Vec<_>>().join("; ");
        let empty = column.empty * 100.0;
        say!(console, "  {} | {empty:.0} % | {looks} | {}", column.name, column.use_in_draft);
    }
    match found.feeds.as_slice() {
        [] => say!(console, "  {}", words.feeds_none),
        feeds => {
            let tables: Vec<_> = feeds.iter().map(|feed| feed.table.as_str()).collect();
            say!(console, "  {} {}", words.feeds, tables.join(", "));
        }
    }
    say!(console, "");
}
