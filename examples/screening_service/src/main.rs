//! The screener inside a service, as a partner's platform would embed it.
//!
//! ```text
//! cd examples/screening_service
//! cargo run --release -- --list ../../data/screening/list.ndjson --key secret.key --port 8080
//! curl -s localhost:8080/screen -H 'content-type: application/json' -d '{"application_id":"ticket-1","name":"張偉",
//!     "identifiers":["110105491231002"],"activity":"g_train","on":"2026-01-06"}'
//! cargo run --release -- --load 100000 --clients 8   # asks itself over loopback, with new editions coming in meanwhile
//! ```
//!
//! `POST /screen` answers an application, `POST /changes` makes the next edition, `GET /edition` names the current one.
//! A question is answered from the edition that was current when it came; no question waits for a new edition. Without a list
//! and a key it does not start: a simulated list under a known key serves the load alone.

mod load;

use std::error::Error;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use clap::Parser;
use tokio::sync::Mutex;
use wherewithal::domain::Day;
use wherewithal::screening::{
    Activities, Application, Change, DefaulterList, Edition, ListForm, ListKey, ListSource, Screener, ScreeningAnswer,
    ScreeningParams, Shared, read_list, screen,
};

/// Serve the screener over HTTP.
#[derive(Debug, Parser)]
struct Args {
    /// The list: public records, one JSON object a line or a table.
    #[arg(long, required_unless_present = "load")]
    list: Option<PathBuf>,
    /// The day the list is of.
    #[arg(long, default_value = "2026-01-05")]
    edition: String,
    /// A file with the secret shared with the list's owner.
    #[arg(long, required_unless_present = "load")]
    key: Option<PathBuf>,
    /// Where to listen on loopback; 0 lets the system choose.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Ask the service this many questions over loopback, print the delays, and end; the list is simulated when none is
    /// given.
    #[arg(long)]
    load: Option<u64>,
    /// Clients that ask at once, each on a connection of its own.
    #[arg(long, default_value_t = 8)]
    clients: u64,
    /// Entries of the simulated list.
    #[arg(long, default_value_t = 100_000)]
    entries: u64,
    /// The load ends after this many seconds in any case.
    #[arg(long, default_value_t = 60)]
    seconds: u64,
}

struct Service {
    screener: Shared<Screener>,
    /// Held while the next edition is made, so that no change is lost; questions never touch it.
    making: Mutex<()>,
}

#[tokio::main]
async fn main() -> ExitCode {
    match work(&Args::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

async fn work(args: &Args) -> Result<(), Box<dyn Error>> {
    let secret = match &args.key {
        Some(path) => std::fs::read(path).map_err(|e| format!("{}: {e}", path.display()))?,
        None => b"the load on a simulated list".to_vec(),
    };
    let source = match &args.list {
        Some(path) => read(path)?,
        None => ListSource { entries: load::entries(args.entries)?, ..ListSource::default() },
    };
    let list = DefaulterList::build(&source.entries, ListKey::from_secret(&secret), Day::parse(&args.edition)?)?;
    let list = list.lacking(source.refused.len() as u64);
    let first = list.edition();
    println!("edition {} of {}: {} entries, {} refused", first.number, first.day, list.len(), first.refused);
    let screener = Screener::new(list, Activities::standard()?, ScreeningParams::default())?;
    let service = Arc::new(Service { screener: Shared::new(screener), making: Mutex::new(()) });
    let routes = Router::new()
        .route("/screen", post(answer))
        .route("/changes", post(change))
        .route("/edition", get(edition))
        .with_state(service);
    let listener = tokio::net::TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], args.port))).await?;
    let address = listener.local_addr()?;
    println!("listening on http://{address}");
    let serving = axum::serve(listener, routes);
    match args.load {
        None => serving.await?,
        Some(questions) => {
            tokio::select! {
                served = serving => served?,
                loaded = load::ask(address, (questions, args.clients, args.seconds), args.entries) => loaded?,
            }
        }
    }
    Ok(())
}

type Refused = (StatusCode, String);

fn refused(error: wherewithal::Error) -> Refused {
    (StatusCode::UNPROCESSABLE_ENTITY, error.to_string())
}

async fn answer(
    State(service): State<Arc<Service>>,
    Json(application): Json<Application>,
) -> Result<Json<ScreeningAnswer>, Refused> {
    let screener = service.screener.current();
    screen(&screener, &application).map(Json).map_err(refused)
}

async fn change(
    State(service): State<Arc<Service>>,
    Json((day, changes)): Json<(Day, Vec<Change>)>,
) -> Result<Json<Edition>, Refused> {
    let _making = service.making.lock().await;
    let current = service.screener.current();
    // Away from the threads that answer: making an edition may take longer than a question.
    let making = {
        let current = Arc::clone(&current);
        tokio::task::spawn_blocking(move || current.list().apply(day, &changes))
    };
    let made = making.await.map_err(|error| (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))?;
    let list = made.map_err(refused)?;
    let edition = list.edition().clone();
    service.screener.replace(current.with_list(list));
    Ok(Json(edition))
}

async fn edition(State(service): State<Arc<Service>>) -> Json<Edition> {
    Json(service.screener.current().list().edition().clone())
}

fn read(path: &PathBuf) -> Result<ListSource, Box<dyn Error>> {
    let bytes = std::fs::read(path).map_err(|e| format!("{}: {e}", path.display()))?;
    let source = read_list(&bytes, &ListForm::default()).map_err(|e| format!("{}: {e}", path.display()))?;
    for record in &source.refused {
        eprintln!("{}: line {}: {}", path.display(), record.line, record.reason);
    }
    Ok(source)
}
