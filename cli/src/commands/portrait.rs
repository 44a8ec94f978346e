//! Writes the portraits of a run as self-contained pages to open in a browser.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;
use wherewithal::pipeline::{PageParams, write_page, write_pages};

use crate::bar::Bar;
use crate::console::{Console, say};
use crate::failure::Failure;

/// Turns the portraits of a run into HTML pages: one per debtor, one of all debtors, one of the model.
#[derive(Args)]
pub(crate) struct Options {
    /// The folder that `assess` wrote.
    #[arg(long, value_name = "FOLDER")]
    run: PathBuf,
    /// One debtor, by pseudonym (16 hexadecimal digits).
    #[arg(long, conflicts_with_all = ["top", "list"], value_name = "PSEUDONYM")]
    debtor: Option<String>,
    /// The first so many debtors of the run, the most able first.
    #[arg(long, default_value_t = 20, value_name = "N")]
    top: usize,
    /// Debtors named in the list of the page of all debtors.
    #[arg(long, default_value_t = 1_000, value_name = "N")]
    list: usize,
    /// The folder to write to; made if absent.
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,
}

pub(crate) fn portray(options: &Options, console: &Console<'_>) -> Result<(), Failure> {
    let params = PageParams::new(&options.run, &options.out);
    let params = params.language(console.language()).top(options.top).list(options.list);
    let page = match &options.debtor {
        Some(entity) => write_page(&params, entity)?,
        None => write_pages(&params, &Bar::new(console.language()))?,
    };
    say!(console, "open {}", [page.display()]);
    console.result(&json!({ "page": page }))
}
