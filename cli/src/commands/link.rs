//! Says which records of several agencies are the same party.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::Args;
use wherewithal::linkage::{Decision, EntityMap, LinkageParams, Records, Waterfalls, link};
use wherewithal::sentence::Sentence;
use wherewithal::tabular::Delimited;

use crate::bar::Bar;
use crate::console::{Console, caution, say};
use crate::failure::Failure;
use crate::repeated::repeated;
use crate::words::says;

/// Joins the records of several agencies into parties.
///
/// Every CSV file of the folder (.csv or .tsv, with a header, also gzipped; encoding and delimiter are found out) is one
/// source. Columns that the settings name are used, others are not read; `record_id` names a record, file and line do where it is missing. The files written hold personal data.
#[derive(Args)]
pub(crate) struct Options {
    /// The folder with one CSV file per source.
    #[arg(long)]
    sources: PathBuf,
    /// Settings as in data/linkage; those for party records of Chinese agencies when absent.
    #[arg(long)]
    settings: Option<PathBuf>,
    /// The folder to write to; made if absent, files in it are replaced.
    #[arg(long)]
    out: PathBuf,
    /// At most this many joined pairs are explained; doubtful ones all are.
    #[arg(long, default_value_t = 1_000)]
    explain: usize,
}

pub(crate) fn join(options: &Options, console: &Console<'_>) -> Result<(), Failure> {
    let params = match &options.settings {
        Some(path) => {
            let text = fs::read_to_string(path).map_err(Failure::io(path))?;
            LinkageParams::from_toml(&text).map_err(Failure::of(path))?
        }
        None => LinkageParams::default(),
    };
    let records = read((&options.sources, &params), console)?;
    let begun = Instant::now();
    let map = link(&records, &params, &Bar::new(console.language()))?;
    let seconds = begun.elapsed().as_secs_f64();
    let counts = map.counts();
    say!(
        console,
        "{} records are {} parties, {seconds:.1} s",
        [counts.records, counts.parties],
        seconds = format!("{:.1}", seconds)
    );
    say!(
        console,
        "  {} joined by a sound identifier, {} identifiers damaged",
        [counts.joined_by_identifier, counts.damaged_identifiers]
    );
    report_evidence(&map, console);
    let pairs = |decision| map.links().iter().filter(|link| link.decision == decision).count();
    say!(
        console,
        "  of {} pairs compared {} are joined, {} for review, {} ambiguous, {} refused",
        [
            counts.pairs_compared,
            pairs(Decision::Joined),
            pairs(Decision::Review),
            pairs(Decision::Ambiguous),
            pairs(Decision::Refused)
        ]
    );
    write(&records, &map, options)?;
    say!(console, "written to {}", [options.out.display()]);
    console.result(counts)
}

/// Says what was no evidence, what a household held back, and what the records did not teach.
fn report_evidence(map: &EntityMap, console: &Console<'_>) {
    let counts = map.counts();
    for found in &counts.no_evidence {
        say!(
            console,
            "  {}: {} cells stand for nothing, {} cells hold {} values that too many records share: no evidence",
            [found.column, found.nulls, found.shared, found.shared_values]
        );
    }
    if counts.held_as_household > 0 {
        say!(console, "  {} likely pairs may be two members of one household: for review", [counts.held_as_household]);
    }
    if counts.equal_names_alone > 0 {
        say!(
            console,
            "  {} pairs have an equal name and nothing else to compare: for review",
            [counts.equal_names_alone]
        );
    }
    if counts.common_names > 0 {
        say!(
            console,
            "  {} names have too many bearers to be compared by name alone: {} parties of theirs have no sound identifier",
            [counts.common_names, counts.common_name_parties]
        );
    }
    if counts.left_out_of_blocks > 0 {
        say!(console, "  {} times a record was in a block too large to be compared", [counts.left_out_of_blocks]);
    }
    let model = map.model();
    if let Some(why) = model.unlearnt {
        say!(
            console,
            "  warning: {}; stated shares and a prior of one partner a record stand in",
            [says!(why.reason())]
        );
        return;
    }
    for fitted in &model.comparisons {
        if let Some(why) = fitted.unlearnt {
            say!(console, "  warning: {}: {}; stated shares stand in", [fitted.comparison.column, says!(why.reason())]);
        }
    }
}

fn read((folder, params): (&Path, &LinkageParams), console: &Console<'_>) -> Result<Records, Failure> {
    let listed = fs::read_dir(folder).map_err(Failure::io(folder))?;
    let mut files: Vec<PathBuf> = listed.map(|entry| entry.map(|e| e.path())).collect::<Result<_, _>>()?;
    let all = files.len();
    files.retain(|path| is_text(path));
    files.sort();
    if files.is_empty() {
        return Err(Failure::work(says!("{}: found no CSV file", [folder.display()])));
    }
    if files.len() < all {
        say!(console, "{}: {} files or folders that are no CSV are not read", [folder.display(), all - files.len()]);
    }
    let columns = params.columns();
    let mut met = vec![false; columns.len()];
    let mut records = Records::new(columns.clone());
    for path in files {
        let file = Delimited::read(&path)?;
        let mut builder = csv::ReaderBuilder::new();
        let mut reader = builder.trim(csv::Trim::All).delimiter(file.delimiter).from_reader(file.text.as_bytes());
        let headers = reader.headers().map_err(|error| broken(&path, &error))?.clone();
        let at = |name: &str| headers.iter().position(|header| header.trim_start_matches('\u{feff}') == name);
        let places: Vec<Option<usize>> = columns.iter().map(|name| at(name)).collect();
        if places.iter().all(Option::is_none) {
            return Err(Failure::work(says!(
                "{}: found none of the columns {}",
                [path.display(), Sentence::names(columns)]
            )));
        }
        let twice =
            |name: &&&str| headers.iter().filter(|header| header.trim_start_matches('\u{feff}') == **name).count() > 1;
        if let Some(name) = columns.iter().find(|name| twice(name)) {
            return Err(Failure::work(says!(
                "{}: column {name} stands twice, expected each column once",
                [path.display()],
                name
            )));
        }
        met.iter_mut().zip(&places).for_each(|(met, place)| *met |= place.is_some());
        let id = at("record_id").or_else(|| at("rec_id"));
        let before = records.len();
        for row in reader.records() {
            let row = row.map_err(|error| broken(&path, &error))?;
            let line = row.position().map_or(0, csv::Position::line);
            let name =
                id.and_then(|at| row.get(at)).map_or_else(|| format!("{}:{line}", path.display()), str::to_owned);
            records.push(name, places.iter().map(|place| place.and_then(|at| row.get(at)).unwrap_or_default()))?;
        }
        let unread = headers.len() - places.iter().flatten().chain(&id).count();
        let count = records.len() - before;
        let (encoding, mark) = (&file.encoding, char::from(file.delimiter).escape_debug().to_string());
        say!(
            console,
            "{}: {count} records; {unread} columns are not read ({encoding}, delimiter {mark})",
            [path.display()],
            count,
            unread,
            encoding,
            mark
        );
    }
    for name in columns.iter().zip(met).filter(|(_, met)| !met).map(|(name, _)| name) {
        say!(console, "no source has the column {name} of the settings", name);
    }
    let repeated = repeated(records.ids().iter().map(String::as_str));
    if repeated > 0 {
        caution!(
            console,
            "{repeated} records have the record_id of another one: parties.csv does not tell them apart",
            repeated
        );
    }
    Ok(records)
}

/// Whether a file is delimited text by its ending.
fn is_text(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    let name = name.strip_suffix(".gz").unwrap_or(&name);
    name.ends_with(".csv") || name.ends_with(".tsv")
}

/// What a CSV file is that cannot be read; the message names lines, no cells.
fn broken(path: &Path, error: &csv::Error) -> Failure {
    Failure::work(says!("{path}: {error}", path = path.display(), error = Sentence::foreign(error.to_string())))
}

fn write(records: &Records, map: &EntityMap, options: &Options) -> Result<(), Failure> {
    fs::create_dir_all(&options.out).map_err(Failure::io(&options.out))?;
    let mut parties = csv::Writer::from_path(options.out.join("parties.csv"))?;
    parties.write_record(["record_id", "party"])?;
    for (id, party) in records.ids().iter().zip(map.parties()) {
        parties.write_record([id.as_str(), &party.to_string()])?;
    }
    parties.flush()?;
    let waterfalls = Waterfalls::new(records, map);
    let mut explained = BufWriter::new(File::create(options.out.join("pairs.ndjson"))?);
    let mut joined = 0;
    for pair in map.links() {
        joined += usize::from(pair.decision == Decision::Joined);
        if pair.decision == Decision::Joined && joined > options.explain {
            continue;
        }
        if let Some(waterfall) = waterfalls.explain(pair.left as usize, pair.right as usize) {
            let line = serde_json::json!({ "decision": pair.decision, "waterfall": waterfall });
            writeln!(explained, "{line}")?;
        }
    }
    explained.flush()?;
    fs::write(options.out.join("model.json"), serde_json::to_string_pretty(map.model())?)?;
    fs::write(options.out.join("counts.json"), serde_json::to_string_pretty(map.counts())?)?;
    fs::write(options.out.join("settings.toml"), map.params().to_toml()?)?;
    Ok(())
}
