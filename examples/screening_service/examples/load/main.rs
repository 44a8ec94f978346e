//! Asks a service of its own for some time, with new editions coming in and, in the middle, slow and malformed connections
//! beside the clients: are the answers right, how long do they take, and does the memory stay flat?
//!
//! ```text
//! cargo build && cargo run --example load -- --program target/debug/screening-service --seconds 600
//! ```
#![allow(clippy::disallowed_methods, reason = "it measures time")]

mod client;
mod people;
mod site;
mod strangers;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use clap::Parser;
use serde_json::json;
use wherewithal::domain::Day;
use wherewithal::screening::{Change, Outcome, ScreeningAnswer};

use crate::client::Client;
use crate::people::{person, record};
use crate::site::Site;
use crate::strangers::Counts;

type Fault = Box<dyn std::error::Error + Send + Sync>;

/// Load the screening service: a quarter of the time in peace, half of it beside strangers, a quarter in peace again.
#[derive(Parser)]
struct Args {
    /// The built service.
    #[arg(long)]
    program: PathBuf,
    /// How long in all.
    #[arg(long, default_value_t = 60)]
    seconds: u64,
    /// Clients that ask at once, each on a connection of its own.
    #[arg(long, default_value_t = 8)]
    clients: u64,
    /// Milliseconds between an answer and the next question.
    #[arg(long, default_value_t = 10)]
    pause: u64,
    /// Entries of the simulated list.
    #[arg(long, default_value_t = 100_000)]
    entries: u64,
    /// Slow connections at once.
    #[arg(long, default_value_t = 1000)]
    slow: usize,
    /// Malformed connections, all of them anew every five seconds.
    #[arg(long, default_value_t = 1000)]
    malformed: usize,
}

const PHASES: [&str; 3] = ["before", "beside strangers", "after"];

/// What one client met: the delay of each answer, by phase.
#[derive(Default)]
struct Met {
    delays: [Vec<Duration>; 3],
    wrong: u64,
}

fn main() -> Result<(), Fault> {
    let args = Args::parse();
    let site = Arc::new(Site::start(&args)?);
    println!("{} entries at {}", args.entries, site.public);
    let phase = Arc::new(AtomicUsize::new(0));
    let mut asking = Vec::new();
    for number in 0..args.clients {
        let (client, phase) = (Client::new(site.public, &site.bank)?, Arc::clone(&phase));
        let pace = (args.entries, Duration::from_millis(args.pause));
        asking.push(thread::spawn(move || ask(client, number, (pace, &phase))));
    }
    let changing = (Client::new(site.public, &site.court)?, Arc::clone(&phase));
    let changing = thread::spawn(move || change(changing.0, &changing.1));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    for (name, part) in PHASES.into_iter().zip([1, 2, 1]) {
        let counts = Arc::new(Counts::default());
        if part == 2 {
            invite(&runtime, (&args, site.public), &counts);
        }
        let memory = watch(&site, Duration::from_secs(args.seconds * part) / 4)?;
        counts.is_over.store(true, Ordering::Relaxed);
        let (slow, malformed) = (counts.slow.load(Ordering::Relaxed), counts.malformed.load(Ordering::Relaxed));
        println!("{name}: memory {memory} MB; {slow} slow and {malformed} malformed connections");
        phase.fetch_add(1, Ordering::SeqCst);
    }
    let mut all = Met::default();
    for client in asking {
        let met = client.join().map_err(|_| "a client broke down")??;
        all.wrong += met.wrong;
        all.delays.iter_mut().zip(met.delays).for_each(|(all, met)| all.extend(met));
    }
    let editions = changing.join().map_err(|_| "the owner broke down")??;
    runtime.shutdown_background();
    for (name, delays) in PHASES.into_iter().zip(&mut all.delays) {
        println!("{name}: {}", told(delays));
    }
    println!("{editions} new editions, {} wrong answers", all.wrong);
    let site = Arc::into_inner(site).ok_or("somebody still holds the service")?;
    println!("{}", site.stop()?.trim_end());
    if all.wrong > 0 { Err("wrong answers".into()) } else { Ok(()) }
}

/// Lets strangers come.
fn invite(runtime: &tokio::runtime::Runtime, (args, to): (&Args, SocketAddr), counts: &Arc<Counts>) {
    (0..args.slow).for_each(|_| drop(runtime.spawn(strangers::slow(Arc::clone(counts), to))));
    (0..args.malformed).for_each(|number| drop(runtime.spawn(strangers::malformed(Arc::clone(counts), to, number))));
}

/// Waits, and says between which bounds the memory lay and where it ended.
fn watch(site: &Site, time: Duration) -> Result<String, Fault> {
    let until = Instant::now() + time;
    let (mut least, mut most, mut last) = (f64::MAX, 0.0_f64, 0.0);
    while Instant::now() < until {
        thread::sleep(Duration::from_millis(500).min(time));
        last = site.memory()?;
        (least, most) = (least.min(last), most.max(last));
    }
    Ok(format!("{least:.1} to {most:.1}, at the end {last:.1}"))
}

/// Asks about people of whom every second one is listed, until all phases are over.
fn ask(
    mut client: Client,
    number: u64,
    ((entries, pause), phase): ((u64, Duration), &AtomicUsize),
) -> Result<Met, Fault> {
    let mut met = Met::default();
    for i in 0.. {
        let Some(delays) = met.delays.get_mut(phase.load(Ordering::SeqCst)) else { break };
        let who = (i * 8 + number).wrapping_mul(2_654_435_761) % (2 * entries);
        let (name, id) = person(who)?;
        let question = json!({
            "application_id": who.to_string(), "name": name, "identifiers": [id], "activity": "loan", "on": "2026-01-06"
        });
        let asked = Instant::now();
        let answer = client.post("/screen", &serde_json::to_vec(&question)?)?;
        delays.push(asked.elapsed());
        let answer: ScreeningAnswer = serde_json::from_slice(&answer)?;
        met.wrong += u64::from((answer.outcome == Outcome::Match) != who.is_multiple_of(2));
        thread::sleep(pause);
    }
    Ok(met)
}

/// Makes a new edition every two seconds.
fn change(mut client: Client, phase: &AtomicUsize) -> Result<u32, Fault> {
    let mut editions = 0;
    while phase.load(Ordering::SeqCst) < PHASES.len() {
        let added = record(&format!("added {editions}"), ("新增者".to_owned(), String::new())).into_entry()?;
        let changes = (Day::parse("2026-01-06")?, [Change::Add(Box::new(added))]);
        client.post("/changes", &serde_json::to_vec(&changes)?)?;
        editions += 1;
        thread::sleep(Duration::from_secs(2));
    }
    Ok(editions)
}

fn told(delays: &mut [Duration]) -> String {
    delays.sort_unstable();
    let at = |permille: usize| {
        delays.get((delays.len() * permille / 1000).min(delays.len().saturating_sub(1))).copied().unwrap_or_default()
    };
    format!(
        "{} answers, delay p50 {:?}, p99 {:?}, p99.9 {:?}, longest {:?}",
        delays.len(),
        at(500),
        at(990),
        at(999),
        at(1000)
    )
}
