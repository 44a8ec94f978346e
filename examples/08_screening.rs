//! Whether an applicant is on the list of defaulters, and what the law says of the activity applied for.
//!
//! ```sh
//! cargo run --example screening
//! ```
#![allow(clippy::print_stdout, reason = "a program prints")]

use wherewithal::domain::Day;
use wherewithal::screening::{
    Activities, DefaulterList, ListForm, ListKey, Replay, Screener, ScreeningParams, read_applications, read_list,
    replay, screen,
};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/data/screening");
    let source = read_list(&std::fs::read(format!("{folder}/list.ndjson"))?, &ListForm::default())?;
    println!("{} entries, {} records refused", source.entries.len(), source.refused.len());
    // Whoever has the key can ask; nobody can read the numbers out of the list.
    let key = ListKey::from_secret(b"shared with the list's owner");
    let list = DefaulterList::build(&source.entries, key, Day::parse("2026-01-05")?)?;
    let screener = Screener::new(list, Activities::standard()?, ScreeningParams::default())?;

    let applications = read_applications(&std::fs::read(format!("{folder}/applications.ndjson"))?, None)?;
    for (line, application) in applications {
        let application = application.map_err(|reason| format!("line {line}: {reason}"))?;
        let answer = screen(&screener, &application)?;
        println!("{}: {:?}, {} hits", application.application_id, answer.outcome, answer.hits.len());
        for restriction in &answer.restrictions {
            println!("  {:?}", restriction.effect);
        }
        // The same answer, years later, from a receipt that names nobody.
        assert_eq!(replay(&screener, &application, &answer.receipt)?, Replay::Same);
    }
    Ok(())
}
