//! The screener of wherewithal as a service that strangers may reach. See README.md.
//!
//! A question is answered from the edition that was current when it came; no question waits for a new edition. No answer
//! is given without a line in the audit.

mod audit;
mod chain;
mod clock;
mod crowd;
mod disk;
mod door;
mod editions;
mod metrics;
mod partners;
mod question;
mod reply;
mod request;
mod routes;
mod secret;
mod serve;
mod service;
mod settings;
mod wire;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::secret::{KeyHasher, Secret, new_key};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Fault = Box<dyn std::error::Error + Send + Sync>;

/// Is this party on the list? Asked over HTTP.
#[derive(Parser)]
#[command(version)]
enum Command {
    /// Serve until SIGTERM; SIGHUP reads list, partners and certificate again.
    Serve {
        /// The settings, TOML.
        config: PathBuf,
    },
    /// Make a key for a partner: the key on the first line, for the partner; its hash on the second, for the settings.
    Key {
        /// The file with the pepper that the settings name.
        pepper: PathBuf,
    },
    /// What was answered.
    #[command(subcommand)]
    Audit(AuditCommand),
}

#[derive(Subcommand)]
enum AuditCommand {
    /// Follow the chain of a file and name the first broken line.
    Check {
        /// The audit.
        file: PathBuf,
        /// A line and its digest as an answer carried them, `17 3f…`: the file must hold them.
        #[arg(long, value_name = "LINE DIGEST")]
        holds: Option<String>,
    },
}

fn main() -> ExitCode {
    let done = match Command::parse() {
        Command::Serve { config } => serve::serve(&config),
        Command::Key { pepper } => key(pepper),
        Command::Audit(AuditCommand::Check { file, holds }) => check(&file, holds.as_deref()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("error: {fault}");
            ExitCode::from(2)
        }
    }
}

fn key(pepper: PathBuf) -> Result<(), Fault> {
    let hasher = KeyHasher::new(&Secret::File(pepper).read()?);
    let key = new_key()?;
    println!("{}\n{}", *key, hasher.hash(&key));
    Ok(())
}

fn check(file: &Path, holds: Option<&str>) -> Result<(), Fault> {
    let checked = chain::check(file, holds)?;
    println!(
        "{}: {} lines, the chain is whole; the last is {}",
        file.display(),
        checked.last.line,
        checked.last.digest
    );
    if checked.torn > 0 {
        println!("behind it {} bytes of a line that was never finished and never answered", checked.torn);
    }
    Ok(())
}
