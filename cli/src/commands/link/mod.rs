//! Says which records of several agencies are the same party.

mod called;
mod refused;
mod sources;

use std::fs;
use std::io::{BufWriter, Write};
use std::path::PathBuf;
use std::time::Instant;

use clap::Args;
use wherewithal::linkage::{Decision, EntityMap, LinkageParams, Records, Waterfalls, link};

use crate::bar::Bar;
use crate::console::{Console, say};
use crate::failure::Failure;
use crate::files;
use crate::words::says;
use sources::{Folder, Sources};

/// Joins the records of several agencies into parties.
///
/// Every CSV file of the folder (.csv or .tsv, with a header, also gzipped; encoding and delimiter are found out) is
/// one source. Columns that the settings name are used, others are not read; a name may differ in case, width and
/// blanks, or be one of those that the settings list for it (姓名, 证件号码). `record_id` names a record, file and line do
/// where it is missing. Rows that cannot be read are counted and kept under refused/. The files written hold personal
/// data.
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
            LinkageParams::from_toml(&text).map_err(Failure::in_file(path))?
        }
        None => LinkageParams::default(),
    };
    let folder = Folder { path: &options.sources, params: &params, refused: options.out.join("refused") };
    let Sources { records, refused } = folder.read(console)?;
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
    let mut result = serde_json::to_value(counts)?;
    if let Some(result) = result.as_object_mut() {
        result.insert("refused".to_owned(), refused.into());
    }
    console.result(&result)
}

/// Says what was no evidence, what a household held back, and what the records did not teach.
fn report_evidence(map: &EntityMap, console: &Console<'_>) {
    let counts = map.counts();
    for found in &counts.no_evidence {
        say!(
            console,
            "  {}: {} cells say nothing (or, of days, which one is meant), {} cells hold {} values that too many \
             records share: no evidence",
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
            "  {} names have too many bearers to be compared by name alone: {} parties of theirs have no sound \
             identifier",
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

fn write(records: &Records, map: &EntityMap, options: &Options) -> Result<(), Failure> {
    files::make(&options.out)?;
    let mut parties = csv::Writer::from_writer(files::create(&options.out.join("parties.csv"))?);
    parties.write_record(["record_id", "party"])?;
    for (id, party) in records.ids().iter().zip(map.parties()) {
        parties.write_record([id.as_str(), &party.to_string()])?;
    }
    parties.flush()?;
    let waterfalls = Waterfalls::new(records, map);
    let mut explained = BufWriter::new(files::create(&options.out.join("pairs.ndjson"))?);
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
    files::write(&options.out.join("model.json"), serde_json::to_string_pretty(map.model())?)?;
    files::write(&options.out.join("counts.json"), serde_json::to_string_pretty(map.counts())?)?;
    files::write(&options.out.join("settings.toml"), map.params().to_toml()?)?;
    Ok(())
}
