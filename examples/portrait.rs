//! Writes the portraits of a run as self-contained HTML pages to open in a browser.
//!
//! ```sh
//! cargo run --example quickstart
//! cargo run --example portrait -- --run out/quickstart --top 20 --lang zh --out out/portraits
//! cargo run --example portrait -- --run out/quickstart --debtor 00d6dc3b4f2f1c11 --lang en --out out/portraits
//! ```

mod terminal;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use wherewithal::advice::{AdviceRules, advise};
use wherewithal::domain::Language;
use wherewithal::pipeline::{PerformanceModel, RunReport, model_card};
use wherewithal::profile::{Batch, DebtorProfile};
use wherewithal::progress::Progress;
use wherewithal::report::{Links, Pages};

/// Turns the portraits of a run into HTML pages: one per debtor, one of all debtors, one of the model.
#[derive(Debug, Parser)]
struct Args {
    /// The folder that `assess` or `quickstart` wrote.
    #[arg(long)]
    run: PathBuf,
    /// One debtor, by pseudonym (16 hexadecimal digits).
    #[arg(long, conflicts_with = "top")]
    debtor: Option<String>,
    /// The first so many debtors of the run, the most able first.
    #[arg(long, default_value_t = 20)]
    top: usize,
    /// Debtors named in the list of the page of all debtors.
    #[arg(long, default_value_t = 1_000)]
    list: usize,
    /// The language: zh or en.
    #[arg(long, default_value = "zh", value_parser = ["zh", "en"])]
    lang: String,
    /// The folder to write to; made if absent.
    #[arg(long)]
    out: PathBuf,
}

fn main() -> ExitCode {
    terminal::end(written(&Args::parse()))
}

fn written(args: &Args) -> Result<(), Box<dyn std::error::Error>> {
    let profiles = profiles(&args.run.join("profiles.ndjson"))?;
    let rules = AdviceRules::standard()?;
    let pages = Pages::new(if args.lang == "zh" { Language::Zh } else { Language::En })?;
    fs::create_dir_all(&args.out).map_err(|error| format!("{}: {error}", args.out.display()))?;
    let save = |name: &str, page: String| -> Result<PathBuf, Box<dyn std::error::Error>> {
        let path = args.out.join(name);
        fs::write(&path, page).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(path)
    };
    if let Some(entity) = &args.debtor {
        let profile = profiles.iter().find(|profile| profile.entity == *entity);
        let profile = profile.ok_or_else(|| format!("no debtor {entity} among {} of the run", profiles.len()))?;
        let page = pages.portrait(profile, &advise(profile, &rules)?, &Links::default())?;
        println!("open {}", save(&file_name(profile), page)?.display());
        return Ok(());
    }
    let batch = Batch::of(&profiles);
    let first = [&batch.most_money, &batch.most_hidden, &batch.most_unknown];
    let mut chosen: Vec<usize> =
        (0..profiles.len().min(args.top)).chain(first.into_iter().flatten().copied()).collect();
    chosen.sort_unstable();
    chosen.dedup();
    let mut links =
        Links { batch: Some("index.html".to_owned()), model: Some("model.html".to_owned()), ..Links::default() };
    for profile in chosen.iter().filter_map(|place| profiles.get(*place)) {
        links.debtors.insert(profile.entity.clone(), file_name(profile));
    }
    let bar = terminal::Bar::default();
    bar.begin("write pages", u64::try_from(chosen.len()).ok(), "debtors");
    for profile in chosen.iter().filter_map(|place| profiles.get(*place)) {
        save(&file_name(profile), pages.portrait(profile, &advise(profile, &rules)?, &links)?)?;
        bar.advance(1);
    }
    bar.end();
    save("model.html", model(&args.run, &pages, &links)?)?;
    let index = save("index.html", pages.batch((&batch, &profiles), args.list, &links)?)?;
    println!("{} portraits, the page of all {} debtors and the model's", chosen.len(), profiles.len());
    println!("open {}", index.display());
    Ok(())
}

fn file_name(profile: &DebtorProfile) -> String {
    format!("portrait-{}.html", profile.entity)
}

fn profiles(path: &Path) -> Result<Vec<DebtorProfile>, Box<dyn std::error::Error>> {
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let read = |(at, line): (usize, &str)| {
        serde_json::from_str(line).map_err(|error| format!("{}: line {}: {error}", path.display(), at + 1).into())
    };
    text.lines().enumerate().map(read).collect()
}

fn model(run: &Path, pages: &Pages, links: &Links) -> Result<String, Box<dyn std::error::Error>> {
    let text = |name: &str| {
        let path = run.join(name);
        fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))
    };
    let model = PerformanceModel::from_json(&text("model.json")?)?;
    let run: RunReport = serde_json::from_str(&text("run.json")?)?;
    let training = run.training.as_ref();
    let events = training.map(|training| [&training.any, &training.full]);
    let held_out = [0, 1].map(|at| {
        let report = events.and_then(|events| events.get(at).and_then(|event| event.cross_validated.as_ref()));
        report.map(|report| (report, "cross-validation by party"))
    });
    Ok(pages.model(&model_card(&model, training.map(|_| run.as_of), held_out), links)?)
}
