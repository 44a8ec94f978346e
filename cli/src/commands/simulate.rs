//! Writes a simulated court district: source files as agencies deliver them, and the truth beside them.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use wherewithal::simulate::{Format, SimulateParams};

use crate::bar::Bar;
use crate::console::{Console, say};
use crate::failure::Failure;

/// Makes a court district whose debtors' true means and will are known.
#[derive(Args)]
pub(crate) struct Options {
    /// How many enforcement cases; where queries are counted, their number follows.
    #[arg(long, conflicts_with = "scale")]
    cases: Option<u64>,
    /// So many times the cases, and the counted queries, of the preset.
    #[arg(long)]
    scale: Option<f64>,
    /// The seed: the same seed gives the same bytes.
    #[arg(long)]
    seed: Option<u64>,
    /// The form of the files.
    #[arg(long, value_enum, default_value_t = Form::Csv)]
    format: Form,
    /// The folder to write to; made if absent, files of the same name in it are replaced.
    #[arg(long)]
    out: PathBuf,
    /// What to start from: a full search for property, the small district kept in data/ (fewer banks, thin flows), a
    /// province's year with as many cases and queries as were published, or the year before it, thin, to count growth
    /// against.
    #[arg(long, value_enum, default_value_t = Preset::Full)]
    preset: Preset,
    /// The share of debtors with property who hide part of it, 0 to 1.
    #[arg(long)]
    evasion: Option<f64>,
    /// How many banks are asked at filing; not where the preset counts the queries.
    #[arg(long)]
    banks: Option<u32>,
    /// So many of the 122 courts of Jiangsu; without it all of them where the preset is Jiangsu's, else the seven of
    /// Wuxi.
    #[arg(long)]
    courts: Option<u32>,
    /// A further folder for the court's own register of the same cases: auctions, entrusted matters, money in hand.
    #[arg(long, value_name = "FOLDER")]
    register: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Form {
    Csv,
    Parquet,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Preset {
    District,
    Full,
    #[value(name = "jiangsu-2017")]
    Jiangsu2017,
    #[value(name = "jiangsu-2016")]
    Jiangsu2016,
}

impl Options {
    fn params(&self) -> SimulateParams {
        let base = match self.preset {
            Preset::District => SimulateParams::district(),
            Preset::Full => SimulateParams::default(),
            Preset::Jiangsu2017 => SimulateParams::jiangsu_2017(),
            Preset::Jiangsu2016 => SimulateParams::jiangsu_2016(),
        };
        let times = self.scale.or_else(|| self.cases.map(|cases| cases as f64 / base.cases as f64));
        let base = base.scaled(times.unwrap_or(1.0));
        let banks = self.banks.unwrap_or(base.banks_asked);
        let again = base.banks_asked_again.min(banks);
        let (seed, evasion) = (self.seed.unwrap_or(base.seed), self.evasion.unwrap_or(base.evasion_share));
        let base = base.seed(seed).evasion_share(evasion).banks_asked(banks, again);
        match self.courts {
            Some(courts) => base.courts(courts),
            None => base,
        }
    }
}

pub(crate) fn simulate(options: &Options, console: &Console<'_>) -> Result<(), Failure> {
    let format = match options.format {
        Form::Csv => Format::Csv,
        Form::Parquet => Format::Parquet,
    };
    if options.banks.is_some() && options.params().queries.is_some() {
        return Err(Failure::usage(
            "--banks: the preset counts the queries of each kind, so it does not apply; leave it out",
        ));
    }
    let manifest = options.params().write(&options.out, format, &Bar::new(console.language()))?;
    for written in &manifest.files {
        say!(console, "{:>12} rows  {}", [format!("{:>12}", written.rows), options.out.join(&written.file).display()]);
    }
    if let Some(folder) = &options.register {
        for written in &options.params().write_register(folder, format, &Bar::new(console.language()))?.files {
            say!(console, "{:>12} rows  {}", [format!("{:>12}", written.rows), folder.join(&written.file).display()]);
        }
    }
    console.result(&manifest)
}
