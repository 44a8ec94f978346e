//! Rows of databases: of a PostgreSQL server and of SQLite files, through one door.
//!
//! Both are read within one transaction that changes nothing: all relations are of one moment, as the files
//! of a folder are. Builds without the features `postgres` and `sqlite` refuse such sources with a sentence
//! that says so.
#![cfg_attr(not(any(feature = "postgres", feature = "sqlite")), allow(dead_code, reason = "no database is read"))]

#[cfg(feature = "postgres")]
mod decode;
mod digest;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "sqlite")]
mod sqlite;
mod text;

use std::path::Path;

pub(in crate::ingest) use digest::RowDigest;

use super::odd::Value;
use super::{Cell, Raw, RowVisitor, Zone};
use crate::error::{Error, Result};
use crate::ingest::bounds::Bounds;
use crate::ingest::database_url::DatabaseUrl;
use crate::ingest::mapping::Form;
use crate::ingest::refusal::Fault;
use crate::sentence::{Sentence, says};

/// What the rows of a server stand under in reports and in the folder of refused rows.
pub(in crate::ingest) const SERVER: &str = "postgresql";

/// Which rows of a database are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::ingest) struct Select {
    /// The table or view; with a query, what its rows are called.
    pub(in crate::ingest) relation: String,
    /// The statement that gives the rows, where they are not the whole relation.
    pub(in crate::ingest) query: Option<String>,
}

/// How rows are read.
#[derive(Debug, Clone, Copy)]
pub(in crate::ingest) struct Manner<'b> {
    /// Whose day an instant falls on.
    #[cfg_attr(not(feature = "postgres"), allow(dead_code, reason = "an SQLite file has no instants"))]
    pub(in crate::ingest) zone: Zone,
    pub(in crate::ingest) bounds: &'b Bounds,
}

/// Takes rows in the order in which the database gives them.
pub(in crate::ingest) trait TakesRows {
    /// The names of the columns, once, before any row; and what was taken for granted.
    fn begin(&mut self, names: Vec<String>, notes: Vec<Sentence>) -> Result<()>;

    /// Some rows, of one value for each column.
    fn take(&mut self, rows: Vec<Vec<Value<'static>>>) -> Result<()>;
}

/// A database that is open. All that is read of it is of one moment.
pub(in crate::ingest) trait Database {
    /// The tables that anybody may mean by name alone, sorted.
    fn relations(&mut self) -> Result<Vec<String>>;

    /// Gives the rows of a relation or query, some at a time.
    fn read(&mut self, select: &Select, manner: Manner<'_>, visitor: &mut dyn TakesRows) -> Result<()>;
}

impl<'b> Manner<'b> {
    /// What the form of a source says, and what holds without.
    pub(in crate::ingest) fn new(form: &Form, bounds: &'b Bounds) -> Self {
        Self { zone: form.zone.as_deref().and_then(Zone::parse).unwrap_or(Zone::COURT), bounds }
    }

    fn check(&self, path: &Path, names: &[String]) -> Result<()> {
        if names.len() > self.bounds.columns {
            let bound = ("columns", self.bounds.columns as u64);
            return Err(Bounds::exceeded(path, says!("{} columns", [names.len()]), bound));
        }
        let mut sorted: Vec<_> = names.iter().collect();
        sorted.sort_unstable();
        match sorted.windows(2).find(|pair| pair.first() == pair.last()) {
            Some([name, _]) => {
                let found = says!("column {} twice", [crate::ingest::told::told(name)]);
                Err(Error::format(path, found, "each column once: name them in the query"))
            }
            _ => Ok(()),
        }
    }
}

/// How many rows are asked for at a time, so that about so many bytes are.
#[derive(Debug)]
struct Batch {
    rows: usize,
}

impl Batch {
    const BYTES: usize = 8 << 20;
    const MOST: usize = 1 << 14;

    const fn new() -> Self {
        Self { rows: 256 }
    }

    /// Rows are taken to be as wide as the last ones were.
    fn learn(&mut self, rows: &[Vec<Value<'static>>]) {
        let bytes: usize = rows.iter().flatten().map(width).sum();
        let wide = bytes / rows.len().max(1);
        self.rows = (Self::BYTES / wide.max(1)).clamp(1, Self::MOST);
    }
}

fn width(value: &Value<'static>) -> usize {
    match value {
        Ok(Cell::Text(text)) => text.len() + size_of::<Value<'static>>(),
        _ => size_of::<Value<'static>>(),
    }
}

/// Gives a row, by its number, to `taker`; a value that cannot be read refuses it where its column is among those used.
pub(in crate::ingest) fn give(
    (number, values): (u64, Vec<Value<'static>>),
    (used, names): (&[bool], &[String]),
    visitor: &mut impl RowVisitor,
) {
    let odd = |(at, value): (usize, &Value<'static>)| match value {
        Err(odd) if used.get(at) == Some(&true) => {
            Some(Fault { column: names.get(at).cloned().unwrap_or_default(), ..odd.fault.clone() })
        }
        _ => None,
    };
    let fault = values.iter().enumerate().find_map(odd);
    let cells: Vec<Cell<'_>> = values.into_iter().map(|value| value.unwrap_or_else(|odd| odd.shown)).collect();
    let raw = Raw::Cells(names, &cells);
    match fault {
        None => visitor.row(number, &cells, raw),
        Some(fault) => visitor.broken(number, fault, raw),
    }
}

/// A name between the quotes of SQL.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// What a database says, without numbers that may be a row's.
fn said(message: &str) -> String {
    const LONG: usize = 300;
    let line = message.lines().next().unwrap_or_default();
    crate::domain::masked_text(line).chars().take(LONG).collect()
}

/// Connects to a server.
#[cfg_attr(not(feature = "postgres"), expect(unused_variables, reason = "nothing is asked"))]
pub(in crate::ingest) fn connected(url: &DatabaseUrl) -> Result<Box<dyn Database>> {
    #[cfg(feature = "postgres")]
    {
        Ok(Box::new(postgres::Server::connect(url)?))
    }
    #[cfg(not(feature = "postgres"))]
    {
        Err(Error::setting(SERVER, "a build without the feature `postgres`", "one with it"))
    }
}

/// Opens a file of SQLite.
pub(in crate::ingest) fn opened(path: &Path) -> Result<Box<dyn Database>> {
    #[cfg(feature = "sqlite")]
    {
        Ok(Box::new(sqlite::Sqlite::open(path)?))
    }
    #[cfg(not(feature = "sqlite"))]
    {
        Err(Error::format(path, "a file of SQLite, and a build without the feature `sqlite`", "a build with it"))
    }
}

/// Whether a file is a database by its ending and its first bytes.
pub(in crate::ingest) fn is_database(name: &str, path: &Path) -> bool {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    match ending.as_deref() {
        Some("sqlite" | "sqlite3") => true,
        // Others give their files this ending, too.
        Some("db" | "db3") => begins_as_sqlite(path),
        _ => false,
    }
}

fn begins_as_sqlite(path: &Path) -> bool {
    let mut head = [0; 16];
    let is_file = std::fs::metadata(path).is_ok_and(|data| data.is_file());
    let read = |mut file: std::fs::File| std::io::Read::read_exact(&mut file, &mut head);
    is_file && std::fs::File::open(path).and_then(read).is_ok() && &head == b"SQLite format 3\0"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_follow_the_width_of_rows() {
        let mut batch = Batch::new();
        batch.learn(&[vec![Ok(Cell::Int(1))]]);
        assert_eq!(batch.rows, Batch::MOST);
        batch.learn(&[vec![Ok(Cell::Text("x".repeat(1 << 20).into()))]]);
        assert!((1..=8).contains(&batch.rows), "{}", batch.rows);
        batch.learn(&[]);
        assert_eq!(batch.rows, Batch::MOST);
    }

    #[test]
    fn names_are_quoted_and_messages_hold_no_numbers() {
        assert_eq!(quoted("a\"b"), "\"a\"\"b\"");
        let text = said("invalid input \"320106198706150217\"\nLINE 1");
        assert!(text.starts_with("invalid input") && !text.contains("19870615") && !text.contains("LINE"), "{text}");
    }
}
