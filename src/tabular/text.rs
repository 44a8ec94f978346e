//! Reads delimited text into a table.
//!
//! Splitting is strict: a record with another number of fields than the header is an error that names its
//! row, since a table for learning must not lose rows in silence.

use std::path::Path;

use super::TableParams;
use super::number::{Decimal, number};
use super::written::{Columns, RenamedColumn, WrittenTable};
use crate::error::{Error, Result};
use crate::ingest::{are_rows, told};
use crate::sentence::{Sentence, says};

/// Delimiters that are looked for, the likeliest first.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// Records that tell the delimiter.
const LOOKED_AT: usize = 50;

/// Lines that a quoted cell may take; a quote open for longer was never meant as one.
const LINES_IN_A_CELL: usize = 16;

/// A table out of delimited text.
pub(super) fn read(path: &Path, text: &str, params: &TableParams) -> Result<WrittenTable> {
    let text = below(text, params.skip);
    let delimiter = match params.delimiter {
        Some(mark) => u8::try_from(mark).map_err(|_| Error::setting("delimiter", mark, "a single ASCII character"))?,
        None => delimiter(text),
    };
    let has_open_quote = text.matches('"').count() % 2 == 1;
    let mut records = reader(text, delimiter).into_records();
    let mut table = WrittenTable::default();
    table.notes.push(says!("delimiter {}", [char::from(delimiter).escape_debug().to_string()]));
    let names = match &params.header {
        Some(names) => names.clone(),
        None => {
            let first = records.next().transpose().map_err(|error| Error::format(path, error, "a header"))?;
            let names: Vec<String> = first.iter().flatten().map(str::to_owned).collect();
            refuse_data(path, &names)?;
            names
        }
    };
    let names = distinct(names, &mut table);
    let mut columns = Columns::new(names);
    let mut long_cells = (0, 0);
    while let Some(record) = records.next() {
        let record = record.map_err(|error| Error::format(path, error, "rows of text"))?;
        let line = record.position().map_or(0, csv::Position::line) + params.skip as u64;
        let wrong = |found: Sentence, expected: Sentence| {
            let location = says!("line {line}: ", line);
            Err(Error::Format { path: path.to_path_buf(), location, found, expected })
        };
        let lines = record.iter().map(lines).max().unwrap_or_default();
        if lines > LINES_IN_A_CELL || (lines > 1 && has_open_quote) {
            let expected = says!("cells of at most {LINES_IN_A_CELL} lines, every quote closed", LINES_IN_A_CELL);
            return wrong(says!("a quote that runs over {lines} lines", lines), expected);
        }
        let (from, to) = (record.position(), records.reader().position());
        if lines > 1 && are_rows(between(text, (from, to)), (delimiter, columns.width())) {
            let found = says!("a quoted cell over {lines} lines, which are rows themselves", lines);
            return wrong(found, says!("quotes around a cell, and within it doubled"));
        }
        if lines > 1 {
            long_cells = (long_cells.0 + 1, if long_cells.0 == 0 { line } else { long_cells.1 });
        }
        let surplus = record.iter().skip(columns.width()).any(|cell| !cell.is_empty());
        if record.len() < columns.width() || surplus {
            let width = columns.width();
            let expected = says!("{width} fields, as the header has (titles above it: --skip LINES)", width);
            return wrong(says!("{} fields", [record.len()]), expected);
        }
        columns.push(record.iter());
    }
    if long_cells.0 > 0 {
        let (rows, line) = long_cells;
        table.notes.push(says!("{rows} rows with cells over several lines, the first in line {line}", rows, line));
    }
    table.columns = columns.finish();
    Ok(table)
}

/// The text of a record, from where it begins to where the reader stands.
fn between<'t>(text: &'t str, (from, to): (Option<&csv::Position>, &csv::Position)) -> &'t str {
    let place = |at: &csv::Position| usize::try_from(at.byte()).unwrap_or(usize::MAX).min(text.len());
    text.get(from.map_or(0, place)..place(to)).unwrap_or_default().trim_end_matches(['\r', '\n'])
}

/// The text below its first lines.
fn below(text: &str, lines: usize) -> &str {
    let ends = text.match_indices('\n').map(|(at, _)| at + 1);
    if lines == 0 { text } else { ends.take(lines).last().and_then(|at| text.get(at..)).unwrap_or_default() }
}

/// The lines of a cell.
fn lines(cell: &str) -> usize {
    1 + cell.matches('\n').count().max(cell.matches('\r').count())
}

fn reader(text: &str, delimiter: u8) -> csv::Reader<&[u8]> {
    let mut builder = csv::ReaderBuilder::new();
    builder.delimiter(delimiter).has_headers(false).flexible(true).trim(csv::Trim::All);
    builder.from_reader(text.as_bytes())
}

/// The delimiter under which most of the first records have as many fields as the very first.
pub(super) fn delimiter(text: &str) -> u8 {
    let alike = |mark: u8| {
        let records = reader(text, mark).into_records().take(LOOKED_AT);
        let widths: Vec<usize> = records.map_while(Result::ok).map(|record| record.len()).collect();
        let first = widths.first().copied().unwrap_or_default();
        let alike = widths.iter().filter(|width| **width == first).count();
        (first > 1).then_some((alike, first))
    };
    let best = DELIMITERS.into_iter().filter_map(|mark| Some((alike(mark)?, mark)));
    best.reduce(|best, next| if next.0 > best.0 { next } else { best }).map_or(b',', |(_, mark)| mark)
}

/// Refuses a first line of which at least half are numbers, years aside: it is a row, not a header.
pub(super) fn refuse_data(path: &Path, names: &[String]) -> Result<()> {
    let is_year = |x: f64| (1900.0..=2100.0).contains(&x) && x.fract() == 0.0;
    let numbers = names.iter().filter(|name| number(name, Decimal::Point).is_some_and(|x| !is_year(x))).count();
    if numbers == 0 || 2 * numbers < names.len() {
        return Ok(());
    }
    Err(Error::Format {
        path: path.to_path_buf(),
        location: says!("line {line}: ", line = 1_u64),
        found: says!("{numbers} numbers in {} fields", [names.len()], numbers),
        expected: says!("the names of the columns; where the file has none, name them with --header a,b,c"),
    })
}

/// Names for columns without one, and further names for those that stand twice; which they are is kept and said.
pub(super) fn distinct(names: Vec<String>, table: &mut WrittenTable) -> Vec<String> {
    let mut taken: Vec<String> = Vec::with_capacity(names.len());
    for (place, header) in (1..).zip(names.iter().cloned()) {
        let usual = if header.is_empty() { format!("column_{place}") } else { header.clone() };
        let again = |count: &usize| format!("{usual}_{count}");
        // A name that another column has by itself stays that one's.
        let is_free = |name: &String| !taken.contains(name) && (*name == header || !names.contains(name));
        let further = || (2..).find(|count| is_free(&again(count))).map_or_else(String::new, |count| again(&count));
        let name = if is_free(&usual) { usual.clone() } else { further() };
        if name != header {
            table.notes.push(match header.is_empty() {
                true => says!("column {place} has no name; it is called {name}", place, name),
                false => says!("column {} stands twice; the second is called {}", [told(&header), told(&name)]),
            });
            table.renamed.push(RenamedColumn { name: name.clone(), place, header });
        }
        taken.push(name);
    }
    taken
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str) -> Result<WrittenTable> {
        read(Path::new("t.csv"), text, &TableParams::default())
    }

    #[test]
    fn finds_the_delimiter_by_what_all_lines_share() {
        for (text, mark) in [
            ("a,b\n1,2\n", b','),
            ("a;b\n1,5;2,5\n", b';'),
            ("a\tb\n1\t2\n", b'\t'),
            ("a|b|c\n1|2|3\n", b'|'),
            ("a,b\n\"x;y;z\",2\n", b','),
            ("only\n1\n", b','),
        ] {
            assert_eq!(delimiter(text), mark, "{text}");
        }
    }

    #[test]
    fn a_stray_quote_swallows_no_rows_in_silence() {
        for rows in 0..9 {
            let text = format!("a,b\n3,\"4\n{}5,6\"\n7,8\n", "1,2\n".repeat(rows));
            let error = table(&text).unwrap_err().to_string();
            assert!(error.contains("line 2") && error.contains("rows themselves"), "{rows}: {error}");
        }
        let rows = "1,2\n".repeat(50);
        for text in
            [format!("a,b\n3,\"4\n{rows}"), format!("a,b\n3,\"4\n{rows}5,\"6\n7,8\n"), "a,b\n1,\"2\n3,4\n".to_owned()]
        {
            let error = table(&text).unwrap_err().to_string();
            assert!(error.contains("line 2") && error.contains("a quote"), "{error}");
        }
        let read = table("a,b\n1,\"x\ny\"\n2,z\n").unwrap();
        assert!(
            read.height() == 2
                && read.notes.iter().any(|note| note.to_string().contains("1 rows with cells over several lines"))
        );
        assert_eq!(table("a,b\n1,5\" pipe\n2,3\n").unwrap().height(), 2);
    }

    #[test]
    fn names_columns_and_refuses_what_is_no_table() {
        let read = table("a,,a\r1,2,3,\r4,5,6,\r").unwrap();
        assert_eq!(read.names().collect::<Vec<_>>(), ["a", "column_2", "a_2"]);
        assert!(read.notes.iter().any(|note| note.to_string().contains("a_2")) && read.height() == 2);
        assert!(read.notes.iter().any(|note| note.to_string() == "column 2 has no name; it is called column_2"));
        let renamed: Vec<_> = read.renamed.iter().map(|column| (column.name.as_str(), column.place)).collect();
        assert_eq!(renamed, [("column_2", 2), ("a_2", 3)]);
        // Names that columns have by themselves are not taken from them.
        let read = table("a,a,a_2,,column_4\n1,2,3,4,5\n").unwrap();
        assert_eq!(read.names().collect::<Vec<_>>(), ["a", "a_3", "a_2", "column_4_2", "column_4"]);
        let ragged = table("a,b\n1,2\n3\n").unwrap_err().to_string();
        assert!(ragged.contains("line 3") && ragged.contains("1 fields"), "{ragged}");
        let titled = super::read(Path::new("t.csv"), "Report\na,b\n1,2\n", &TableParams::default().skip(1)).unwrap();
        assert_eq!((titled.names().collect::<Vec<_>>(), titled.height()), (vec!["a", "b"], 1));
        let headless = table("1,0.5,Y\n2,0.7,N\n").unwrap_err().to_string();
        assert!(headless.contains("--header"), "{headless}");
        assert!(table("region,2019,2020\nx,1,2\n").is_ok());
    }
}
