//! A card as a query and as PMML over the table that it was learnt from.

use wherewithal::model::{DeployedTable, Scorecard, UnknownTexts};
use wherewithal::sentence::Sentence;
use wherewithal::tabular::{RenamedColumn, WrittenTable};

use super::Options;
use crate::words::says;

/// The table, and what whoever runs the card must know of its columns.
pub(super) struct Deployed {
    pub(super) table: DeployedTable,
    pub(super) notes: Vec<Sentence>,
}

impl Deployed {
    pub(super) fn new(card: &Scorecard, (options, written): (&Options, &WrittenTable)) -> Self {
        let stem = options.table.file_stem().unwrap_or_default().to_string_lossy();
        let params = options.reading.params();
        let (any_case, exact) = params.unknown_texts();
        let table = DeployedTable::new(stem).beside(written.names()).as_written(UnknownTexts { any_case, exact });
        let is_used = |column: &&RenamedColumn| card.feature(&column.name).is_some();
        Self { table, notes: written.renamed.iter().filter(is_used).map(note).collect() }
    }

    /// The query, below what must be known of its columns.
    pub(super) fn commented(&self, sql: &str) -> String {
        let line = |note: &Sentence| {
            let plain: String = note.to_string().chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
            format!("-- {plain}\n")
        };
        self.notes.iter().map(line).collect::<String>() + sql
    }
}

/// Where a feature stands whose name is none of the file's own.
fn note(column: &RenamedColumn) -> Sentence {
    let RenamedColumn { name, place, header } = column;
    match header.is_empty() {
        true => says!(
            "model.sql, model.pmml: {name} is column {place} of the file, which has no name there; a table to be \
             scored must \
             call it {name}",
            name,
            place
        ),
        false => says!(
            "model.sql, model.pmml: {name} is column {place} of the file, where an earlier one is called {header}, \
             too; a table \
             to be scored must call it {name}",
            name,
            place,
            header
        ),
    }
}

/// Which outputs of the query and of PMML have another name than usual.
pub(super) fn renamed(sql: &[(String, String)], pmml: &[(String, String)]) -> Vec<Sentence> {
    let sql = sql.iter().map(|(usual, name)| {
        says!("model.sql: the table has a column {usual}, so the card's own output is called {name}", usual, name)
    });
    let pmml = pmml.iter().map(|(usual, name)| {
        says!("model.pmml: a feature is called {usual}, so the card's own output is called {name}", usual, name)
    });
    sql.chain(pmml).collect()
}
