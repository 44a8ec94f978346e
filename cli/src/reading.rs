//! How a table of one's own is written.

use std::path::Path;

use clap::Args;
use wherewithal::sentence::Sentence;
use wherewithal::tabular::{TableParams, WrittenTable};

use crate::words::says;

// No doc comment: it would become the command's own.
#[derive(Args)]
pub(crate) struct ReadingOptions {
    /// The names of the columns, where the file has no header line.
    #[arg(long, value_delimiter = ',')]
    header: Option<Vec<String>>,
    /// Lines above the header that are left out.
    #[arg(long, default_value_t = 0)]
    skip: usize,
    /// The sheet of a workbook or the table of a SQLite file, where there are several.
    #[arg(long)]
    sheet: Option<String>,
    /// The delimiter (`tab` for a tabulator), where it is not found out: comma, semicolon, tab or bar.
    #[arg(long, value_parser = delimiter)]
    delimiter: Option<char>,
    /// The encoding, where it is neither UTF-8, UTF-16 nor GB18030.
    #[arg(long)]
    encoding: Option<String>,
    /// Numbers are written 1.234,5.
    #[arg(long)]
    decimal_comma: bool,
    /// Further words for "unknown", beside empty, NA, N/A, NULL, \N, None, NaN, ? and a spreadsheet's errors, and among
    /// numbers also -, ., / and 无.
    #[arg(long, value_delimiter = ',')]
    missing: Vec<String>,
}

fn delimiter(text: &str) -> Result<char, String> {
    let mut characters = text.chars();
    match (text, characters.next(), characters.next()) {
        ("tab" | "\\t", ..) => Ok('\t'),
        (_, Some(mark), None) if mark.is_ascii() => Ok(mark),
        _ => Err("expected one ASCII character, or tab".to_owned()),
    }
}

impl ReadingOptions {
    pub(crate) fn params(&self) -> TableParams {
        TableParams::default()
            .header(self.header.clone())
            .skip(self.skip)
            .sheet(self.sheet.clone())
            .delimiter(self.delimiter)
            .encoding(self.encoding.clone())
            .decimal_comma(self.decimal_comma)
            .missing(self.missing.clone())
    }

    /// The words that mean "unknown" besides the usual ones.
    pub(crate) fn missing(&self) -> &[String] {
        &self.missing
    }

    /// The words of them that no cell of a table holds, in sentences.
    pub(crate) fn unmet(&self, table: &WrittenTable) -> impl Iterator<Item = Sentence> {
        let anywhere = |word: &String| table.columns().iter().any(|column| column.texts().contains(word));
        let unmet = self.missing.iter().filter(move |word| !anywhere(word));
        unmet.map(|word| says!("--missing {word}: no cell of the table holds it", word))
    }

    /// The table, and how it was read in a sentence.
    pub(crate) fn read(&self, path: &Path) -> wherewithal::Result<(WrittenTable, Sentence)> {
        let table = WrittenTable::read(path, &self.params())?;
        let (rows, columns) = (table.height(), table.columns().len());
        let notes = Sentence::list(table.notes.clone(), "; ");
        let said = says!("read {}: {rows} rows, {columns} columns ({})", [path.display(), notes], rows, columns);
        Ok((table, said))
    }
}
