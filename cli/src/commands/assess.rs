//! Assesses every debtor of a folder of exports, or of a store.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;
use wherewithal::capacity::CapacityRules;
use wherewithal::domain::{Day, Signer, SigningKey};
use wherewithal::features::FeatureCatalog;
use wherewithal::ingest::{DatabaseUrl, Mapping, Sources};
use wherewithal::pipeline::{self, AssessParams, Intake, ModelSource, PerformanceModel, TrainParams};
use wherewithal::report;
use wherewithal::store::StoreParams;

use crate::bar::Bar;
use crate::console::{Console, caution, say};
use crate::failure::Failure;
use crate::intake;
use crate::key::KeyOptions;
use crate::words::says;

/// Reads a folder of exports, scores every debtor with an open case, and writes scores, portraits and reports.
///
/// Refused rows are counted, kept under the store's refused/ and leave the exit code 0. A file that cannot be read, or
/// not whole, and one whose rows are all refused, is named; the rest is read and assessed, and the exit code is 1.
#[derive(Args)]
pub(crate) struct Options {
    /// The folder of source files.
    #[arg(long)]
    sources: Option<PathBuf>,
    /// A file with the connection string of a PostgreSQL database to read; else WHEREWITHAL_DATABASE_URL holds it.
    #[arg(long, value_name = "FILE")]
    database_url_file: Option<PathBuf>,
    /// A mapping file (TOML) for exports whose columns are not the schema's.
    #[arg(long)]
    mapping: Option<PathBuf>,
    /// A model written by an earlier run.
    #[arg(long, conflicts_with = "train")]
    model: Option<PathBuf>,
    /// Who must have signed the model, 64 hexadecimal digits as --sign-with prints them; the signature stands in
    /// MODEL.sig.
    #[arg(long, value_name = "SIGNER", requires = "model", value_parser = signer)]
    signed_by: Option<Signer>,
    /// Sign the model that is trained with the secret in this file, and print who signed.
    #[arg(long, value_name = "FILE", conflicts_with = "model")]
    sign_with: Option<PathBuf>,
    /// Train on what the store holds; what happens too when neither a model nor a store is given.
    #[arg(long, conflicts_with = "model")]
    train: bool,
    /// Learn from about so many samples, those of parties drawn by hash, instead of all.
    #[arg(long, requires = "train", conflicts_with = "model")]
    samples: Option<usize>,
    /// The day described, YYYY-MM-DD: nothing known later is used.
    #[arg(long)]
    as_of: Day,
    /// The folder to write to.
    #[arg(long)]
    out: PathBuf,
    #[command(flatten)]
    key: KeyOptions,
    /// Features added to the standard catalogue (TOML), to train with.
    #[arg(long, conflicts_with = "model")]
    features: Option<PathBuf>,
    /// A folder of legal parameters instead of the ones built in; data/capacity/README.md describes it.
    #[arg(long)]
    rules: Option<PathBuf>,
    /// Living costs that households must be left (CSV, as in data/capacity/README.md); without them wages count 0.
    #[arg(long)]
    living_costs: Option<PathBuf>,
    /// Rows of the ranked table; 15 when absent.
    #[arg(long)]
    top: Option<usize>,
    /// A store to which the sources are added as a part; without it OUT/store is filled anew.
    #[arg(long)]
    store: Option<PathBuf>,
    /// Buckets of what is added to the store, a power of two; by default as many as its rows ask for.
    #[arg(long)]
    buckets: Option<u32>,
    /// Assess only debtors about whom something became known in this span up to the day, as 48h or 2d.
    #[arg(long, value_parser = days)]
    since: Option<i32>,
    /// List the cases closed without result that are due to be looked at again, and whose means came back.
    #[arg(long)]
    watch: bool,
    /// Write every feature of the standard catalogue beside the scores.
    #[arg(long)]
    dump_features: bool,
    /// Buckets in flight; 2 when absent.
    #[arg(long)]
    threads: Option<usize>,
    /// Say where the time went.
    #[arg(long)]
    times: bool,
    /// Portray this many debtors, the likeliest to perform; without it all of a run of at most 5,000 debtors.
    #[arg(long)]
    profiles: Option<usize>,
    /// Portray this debtor too, by the pseudonym in hexadecimal; may be given often.
    #[arg(long, value_parser = pseudonym)]
    profile: Vec<i64>,
}

/// A debtor as portraits name him.
fn pseudonym(text: &str) -> Result<i64, String> {
    let expected = || "expected a pseudonym of sixteen hexadecimal digits, as portraits show it".to_owned();
    u64::from_str_radix(text, 16).map(u64::cast_signed).map_err(|_| expected())
}

/// A span of whole days: 48h or 2d.
fn days(text: &str) -> Result<i32, String> {
    let expected = || "expected a span of whole days as 48h or 2d".to_owned();
    let (digits, unit) = text.split_at_checked(text.len().saturating_sub(1)).ok_or_else(expected)?;
    let number: i32 = digits.parse().map_err(|_| expected())?;
    match unit {
        "d" if number > 0 => Ok(number),
        "h" if number > 0 && number % 24 == 0 => Ok(number / 24),
        _ => Err(expected()),
    }
}

/// Rows of the ranked table, and buckets in flight, where nobody says.
const TOP: usize = 15;
const THREADS: usize = 2;

/// Where the connection string of a database stands that nobody named a file of.
const DATABASE_URL: &str = "WHEREWITHAL_DATABASE_URL";

/// The database to read, if there is one.
fn database(options: &Options) -> Result<Option<DatabaseUrl>, Failure> {
    let text = match &options.database_url_file {
        Some(path) => {
            let text = std::fs::read_to_string(path).map_err(Failure::io(path))?;
            if text.trim().is_empty() {
                return Err(Failure::usage(says!(
                    "--database-url-file {}: the file is empty, expected a connection string such as \
                     postgresql://user@host/database",
                    [path.display()]
                )));
            }
            Some(text)
        }
        None => std::env::var(DATABASE_URL).ok().filter(|text| !text.trim().is_empty()),
    };
    Ok(text.map(DatabaseUrl::new))
}

pub(crate) fn assess(options: &Options, console: &Console<'_>) -> Result<(), Failure> {
    let database = database(options)?;
    match (options.sources.is_some() || database.is_some(), &options.store) {
        (false, None) => {
            return Err(Failure::usage(says!(
                "nothing to read: give --sources, --database-url-file or {DATABASE_URL}, or the --store of an \
                 earlier run",
                DATABASE_URL
            )));
        }
        (false, Some(_)) if options.mapping.is_some() || options.buckets.is_some() || options.key.is_given() => {
            return Err(Failure::usage(says!(
                "--mapping, --buckets and --key-file say how sources are read: they do not apply without any"
            )));
        }
        _ => {}
    }
    let Some(model) = model(options)? else { return ingest_into(options, database, console) };
    let signing = options.sign_with.as_deref().map(|path| signing_key(path, console)).transpose()?;
    let bar = Bar::new(console.language());
    let mut told = |read: &Intake| intake::intake(read, console);
    let assessment = pipeline::assess_with(&params(options, (model, database), console)?, &bar, &mut told)?;
    if let Some(key) = signing {
        let signature = PerformanceModel::sign(&options.out.join("model.json"), &key)?;
        say!(console, "{}: the model is signed by {}", [signature.display(), key.signer().to_string()]);
    }
    intake::summary(&assessment, console);
    say!(
        console,
        "\n{}",
        [report::ranking(
            assessment.profiles.iter().take(options.top.unwrap_or(TOP)),
            console.language(),
            assessment.currency()
        )]
    );
    let is_portrayed = |id: &&i64| assessment.profiles.iter().any(|of| of.entity == format!("{id:016x}"));
    for id in options.profile.iter().filter(|id| !is_portrayed(id)) {
        caution!(
            console,
            "no portrait of {id:016x}: the store knows no open case of such a debtor on {}",
            [options.as_of],
            id = format!("{:016x}", id)
        );
    }
    if options.living_costs.is_none() {
        say!(console, "no living costs were supplied (--living-costs): wages count 0 in the low and expected figures");
    }
    if options.times {
        say!(console, "{}", [bar.times()]);
    }
    say!(console, "written to {}", [options.out.display()]);
    let [debtors, unscored] = assessment.run.debtors;
    console.result(&json!({
        "debtors": debtors, "scored": debtors - unscored, "portrayed": assessment.run.portrayed, "out": options.out,
    }))?;
    assessment.intake.as_ref().map_or(Ok(()), |intake| intake::whole(&intake.report))
}

/// Rules and living costs that are none are said before anything is read.
fn check_rules(options: &Options) -> Result<(), Failure> {
    let rules = match &options.rules {
        Some(folder) => CapacityRules::load(folder)?,
        None => CapacityRules::standard()?,
    };
    if let Some(path) = &options.living_costs {
        let text = std::fs::read_to_string(path).map_err(Failure::io(path))?;
        rules.with_living_costs(&text).map_err(Failure::in_file(path))?;
    }
    Ok(())
}

fn params(
    options: &Options,
    (model, database): (ModelSource, Option<DatabaseUrl>),
    console: &Console<'_>,
) -> Result<AssessParams, Failure> {
    check_rules(options)?;
    let mut filling = StoreParams::default();
    filling.buckets = options.buckets;
    let params = AssessParams::new(options.as_of, &options.out, model)
        .signed_by(options.signed_by)
        .database(database)
        .mapping(options.mapping.clone())
        .store(options.store.clone())
        .filling(filling)
        .key(options.key.key(console)?)
        .rules(options.rules.clone())
        .living_costs(options.living_costs.clone())
        // The day itself is the last of the span.
        .since(options.since.map(|days| options.as_of.plus_days(1 - days)))
        .watch(options.watch)
        .features(options.dump_features.then(FeatureCatalog::standard).transpose()?)
        .csv(options.store.is_none())
        .profiles(options.profiles)
        .portrayed(options.profile.iter().copied())
        .threads(options.threads.unwrap_or(THREADS));
    Ok(match &options.sources {
        Some(sources) => params.sources(sources),
        None => params,
    })
}

/// Where the model comes from; nothing when sources are only to be taken into a store.
fn model(options: &Options) -> Result<Option<ModelSource>, Failure> {
    if let Some(path) = &options.model {
        // A model that is none, or not signed as it should be, is said before anything is read.
        match &options.signed_by {
            Some(signer) => PerformanceModel::read_signed(path, signer)?,
            None => PerformanceModel::read(path)?,
        };
        return Ok(Some(ModelSource::File(path.clone())));
    }
    if options.store.is_some() && !options.train {
        return Ok(None);
    }
    let mut params = TrainParams::standard()?.samples(options.samples);
    if let Some(path) = &options.features {
        let text = std::fs::read_to_string(path).map_err(Failure::io(path))?;
        params.catalog = params.catalog.extend_from_toml(&text).map_err(Failure::in_file(path))?;
    }
    Ok(Some(ModelSource::Train(Box::new(params))))
}

fn signing_key(path: &Path, console: &Console<'_>) -> Result<SigningKey, Failure> {
    let (key, is_trimmed) = SigningKey::read(path)?;
    if is_trimmed {
        caution!(console, "{}: the line end behind the secret is no part of it", [path.display()]);
    }
    Ok(key)
}

/// A signer as the command line names him.
fn signer(text: &str) -> Result<Signer, String> {
    Signer::parse(text).map_err(|_| "expected 64 hexadecimal digits, as --sign-with prints them".to_owned())
}

/// Adds the sources to the store, and assesses nobody.
fn ingest_into(options: &Options, database: Option<DatabaseUrl>, console: &Console<'_>) -> Result<(), Failure> {
    let key = options.key.key(console)?;
    let sources = match (&options.sources, database) {
        (Some(folder), database) => Some(Sources::new(folder, key).with_database(database)),
        (None, database) => database.map(|database| Sources::of_database(database, key)),
    };
    let (Some(store), Some(sources)) = (&options.store, sources) else {
        return Err(Failure::usage(says!(
            "nothing to do: give --sources to add to the store, --model or --train to assess it"
        )));
    };
    let unused = [
        ("--features", options.features.is_some()),
        ("--sign-with", options.sign_with.is_some()),
        ("--rules", options.rules.is_some()),
        ("--living-costs", options.living_costs.is_some()),
        ("--since", options.since.is_some()),
        ("--watch", options.watch),
        ("--dump-features", options.dump_features),
        ("--top", options.top.is_some()),
        ("--threads", options.threads.is_some()),
        ("--profiles", options.profiles.is_some()),
        ("--profile", !options.profile.is_empty()),
    ];
    if let Some((name, _)) = unused.iter().find(|(_, given)| *given) {
        return Err(Failure::usage(says!(
            "{name}: nobody is assessed without --model or --train, so it does not apply",
            name
        )));
    }
    let mapping = options.mapping.as_deref().map(Mapping::load).transpose()?.unwrap_or_default();
    let sources = sources.with_mapping(mapping);
    let mut filling = StoreParams::default();
    filling.buckets = options.buckets;
    let bar = Bar::new(console.language());
    let intake = sources.ingest_into(store, &filling, &bar)?;
    intake::intake(&intake, console);
    if options.times {
        say!(console, "{}", [bar.times()]);
    }
    say!(
        console,
        "taken in; nobody was assessed, since neither --model nor --train was given, and nothing is written to --out"
    );
    let manifest = intake.store.manifest();
    console.result(&json!({ "rows": manifest.rows(), "parts": manifest.parts.len(), "store": store }))?;
    intake::whole(&intake.report)
}
