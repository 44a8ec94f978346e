//! A folder of exports as checked tables: every row is accepted, left out by rule or refused with a reason.
//!
//! ```sh
//! cargo run --example ingest
//! ```
#![allow(clippy::print_stdout, reason = "a program prints")]

use wherewithal::domain::PseudonymKey;
use wherewithal::ingest::{self, Mapping, ReadParams, Sources};
use wherewithal::progress::Silent;

/// A bank's own export: its names of columns, amounts in yuan, one cell that is no amount.
const EXPORT: &str = "客户证件,开户行,账号,余额,查询日期,反馈日期
11010519491231002X,示例银行,6222000012345678,\"1,234.50\",2018-05-30,2018-06-01
440524188001010014,示例银行,6222000087654321,见附件,2018-05-30,2018-06-01
";

/// What they mean: no program, a file that lies beside the exports.
const MAPPING: &str = r#"
format_version = 1
name = "a bank"

[[source]]
file = "bank.csv"

[[source.table]]
name = "deposits"
[source.table.columns]
entity_id = { from = "客户证件" }
event_on = { from = "查询日期" }
known_at = { from = "反馈日期" }
account = { from = "账号" }
holder = { from = "开户行" }
balance_fen = { from = "余额", unit = "yuan" }
"#;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    std::fs::create_dir_all("out/ingest/sources")?;
    std::fs::write("out/ingest/sources/bank.csv", EXPORT)?;
    let key = PseudonymKey::from_secret(b"a secret of your own");
    let sources = Sources::new("out/ingest/sources", key).with_mapping(Mapping::parse(MAPPING)?);
    let (tables, report) = ingest::read(&sources, &ReadParams::new("out/ingest"), &Silent)?;

    for file in &report.files {
        println!(
            "{}: {} rows, {} accepted, {} refused",
            file.file, file.rows_read, file.rows_accepted, file.rows_refused
        );
        for refusal in &file.refusals {
            println!("  line {}, {}: {}", refusal.first_line, refusal.column, refusal.reason.name());
        }
    }
    let deposits = tables.frame("deposits")?;
    let balances: Vec<i64> = deposits.column("balance_fen")?.i64()?.iter().flatten().collect();
    println!("balances in fen: {balances:?}");
    Ok(())
}
