//! Delimited text, split strictly so that one bad line costs one row.
//!
//! A reader that takes an unclosed quote for the start of a very long field swallows every line after it. Here such a
//! line is refused alone and reading goes on with the next line, so the splitting is our own.

use memchr::{memchr, memchr_iter, memchr2};

use super::{Cell, Raw, RowVisitor};
use crate::ingest::bounds::Bounds;
use crate::ingest::files::{Block, Decoded};
use crate::ingest::refusal::{Fault, Reason};

const OPEN: &str = "a quote that is not closed";

/// How the records of a file look.
#[derive(Debug, Clone, Copy)]
pub(in crate::ingest) struct Shape<'b> {
    pub(in crate::ingest) delimiter: u8,
    /// Fields of a record; not known where it is 0.
    pub(in crate::ingest) width: usize,
    pub(in crate::ingest) fields: Fields,
    pub(in crate::ingest) bounds: &'b Bounds,
}

/// How many fields a record may have where the width is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::ingest) enum Fields {
    /// As many as the header.
    Exact,
    /// Behind these, only empty ones.
    BlankEnd,
    /// Whoever takes the record decides.
    Any,
}

/// Where a record ends, or why there is none.
enum End {
    /// The byte after the record and its line end, and how many lines it takes.
    Whole { next: usize, lines: usize },
    /// The text ends within a quoted field.
    Open,
    /// What is wrong, in words.
    Broken(&'static str),
}

/// Gives every record of the block to `taker`, and tells how many lines were read; lines left over begin a record that
/// ends in the next block.
///
/// Three things make a record of several lines suspicious, and refuse its first line alone: a quote that is
/// never closed before the file or the bounds end, text behind a closing quote, and lines within a quoted
/// cell that would be whole records themselves.
pub(in crate::ingest) fn read_block(block: &Block, shape: Shape<'_>, visitor: &mut impl RowVisitor) -> usize {
    let decoded = block.decode();
    let text = decoded.text();
    let (mut at, mut line) = (0, 0);
    let mut cells = Vec::with_capacity(shape.width);
    while at < text.len() {
        let here = text.get(at..).unwrap_or_default();
        let number = block.first_line + line as u64;
        if decoded.is_bad(line) {
            visitor.broken(number, Fault::encoding(decoded.charset()), Raw::Bytes(block.line(line)));
            (at, line) = (at + first_line(here).taken, line + 1);
            continue;
        }
        if here.starts_with(['\n', '\r']) && first_line(here).text.is_empty() {
            (at, line) = (at + first_line(here).taken, line + 1);
            continue;
        }
        cells.clear();
        let fault = match split(here, shape, &mut cells) {
            End::Whole { next, lines } => {
                let record = here.get(..next).unwrap_or_default().trim_end_matches(['\n', '\r']);
                let fault = match lines {
                    1 => shape.fault(record, &cells),
                    _ if any_bad(&decoded, line, lines) => Some(Fault::line(Reason::Quote, OPEN, "a closing quote")),
                    _ => shape.swallowed(record).or_else(|| shape.fault(record, &cells)),
                };
                if fault.is_none() {
                    visitor.row(number, &cells, Raw::Text(record));
                    (at, line) = (at + next, line + lines);
                    continue;
                }
                fault
            }
            End::Open if !block.is_last => break,
            End::Open => Some(Fault::line(Reason::Quote, OPEN, "a closing quote")),
            End::Broken(found) => Some(Fault::line(Reason::Quote, found, "a delimiter or the end of the line")),
        };
        let first = first_line(here);
        if let Some(fault) = fault {
            visitor.broken(number, fault, Raw::Text(first.text));
        }
        (at, line) = (at + first.taken, line + 1);
    }
    line
}

impl Shape<'_> {
    /// What is wrong with a record whose fields could be told apart.
    fn fault(&self, record: &str, cells: &[Cell<'_>]) -> Option<Fault> {
        if record.len() > self.bounds.cell_bytes.min(self.bounds.line_bytes)
            && let Some(fault) = self.too_long(record, cells)
        {
            return Some(fault);
        }
        let is_surplus = |cell: &Cell<'_>| cell.text().is_some();
        let is_wrong = match self.fields {
            _ if self.width == 0 => false,
            Fields::Exact => cells.len() != self.width,
            Fields::BlankEnd => cells.len() < self.width || cells.iter().skip(self.width).any(is_surplus),
            Fields::Any => false,
        };
        is_wrong
            .then(|| Fault::line(Reason::Fields, format!("{} fields", cells.len()), format!("{} fields", self.width)))
    }

    fn too_long(&self, record: &str, cells: &[Cell<'_>]) -> Option<Fault> {
        if record.lines().any(|line| line.len() > self.bounds.line_bytes) {
            return Some(Fault::long("line", ("line_bytes", self.bounds.line_bytes)));
        }
        let is_long = |cell: &Cell<'_>| cell.text().is_some_and(|text| text.len() > self.bounds.cell_bytes);
        cells.iter().any(is_long).then(|| Fault::long("cell", ("cell_bytes", self.bounds.cell_bytes)))
    }

    fn swallowed(&self, record: &str) -> Option<Fault> {
        are_rows(record, (self.delimiter, self.width)).then(|| {
            let found = format!("a quoted cell over {} lines, which are rows themselves", record.lines().count());
            Fault::line(Reason::Quote, found, "quotes around a cell, and within it doubled")
        })
    }
}

/// Whether the lines of a record are rows of so many fields themselves, so that its quotes were never meant as such.
pub(crate) fn are_rows(record: &str, (delimiter, width): (u8, usize)) -> bool {
    // Behind the last column there may be empty fields: lines often end in a delimiter.
    let is_row = |line: &str| {
        let mut fields = line.split(char::from(delimiter));
        fields.by_ref().take(width).count() == width && fields.all(|field| field.trim().is_empty())
    };
    let lines: Vec<_> = record.lines().collect();
    let [first, inner @ .., last] = lines.as_slice() else { return false };
    width > 0 && (inner.iter().any(|line| is_row(line)) || is_row(first) && is_row(last))
}

/// What stands where a header is looked for.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::ingest) enum Head {
    /// The names, and the lines up to the end of their record.
    Names(Vec<String>, usize),
    /// The block ends before it is known.
    More,
    /// No record begins on this line, counted from 1, and why.
    Broken(usize, &'static str),
    /// Only blank lines.
    Nothing,
}

/// Lines among which the header is looked for, titles above it.
pub(in crate::ingest) const LINES_ABOVE: usize = 32;

/// The names in the first record of the block after `skip` lines.
pub(in crate::ingest) fn header(block: &Block, shape: Shape<'_>, skip: usize) -> Head {
    let decoded = block.decode();
    let mut rest = decoded.text();
    let mut line = 0;
    loop {
        let first = first_line(rest);
        if line >= skip && !first.text.is_empty() {
            break;
        }
        if first.taken == 0 {
            return if block.is_last { Head::Nothing } else { Head::More };
        }
        (rest, line) = (rest.get(first.taken..).unwrap_or_default(), line + 1);
    }
    let mut cells = Vec::new();
    match split(rest, shape, &mut cells) {
        End::Whole { lines, .. } if any_bad(&decoded, line, lines) => Head::Broken(line + 1, OPEN),
        End::Whole { lines, .. } => {
            Head::Names(cells.iter().map(|cell| cell.text().unwrap_or_default().into_owned()).collect(), line + lines)
        }
        End::Open if block.is_last => Head::Broken(line + 1, OPEN),
        End::Open => Head::More,
        End::Broken(found) => Head::Broken(line + 1, found),
    }
}

struct FirstLine<'t> {
    /// Without its line end.
    text: &'t str,
    /// Bytes with the line end.
    taken: usize,
}

fn first_line(text: &str) -> FirstLine<'_> {
    let end = memchr(b'\n', text.as_bytes()).unwrap_or(text.len());
    let line = text.get(..end).unwrap_or_default();
    FirstLine { text: line.strip_suffix('\r').unwrap_or(line), taken: text.len().min(end + 1) }
}

fn any_bad(decoded: &Decoded<'_>, line: usize, lines: usize) -> bool {
    lines > 1 && (line..line + lines).any(|line| decoded.is_bad(line))
}

/// Splits the record at the start of `text` into fields.
fn split<'t>(text: &'t str, shape: Shape<'_>, cells: &mut Vec<Cell<'t>>) -> End {
    let (bytes, delimiter) = (text.as_bytes(), shape.delimiter);
    let (mut at, mut lines) = (0, 1);
    loop {
        let after = if bytes.get(at) == Some(&b'"') {
            match quoted((text, at + 1), shape.bounds, cells) {
                Quoted::Closed { after, line_ends } => {
                    lines += line_ends;
                    after
                }
                Quoted::Open => return End::Open,
                Quoted::TooLong => return End::Broken("a quoted cell longer than is allowed"),
            }
        } else {
            let end = memchr2(delimiter, b'\n', bytes.get(at..).unwrap_or_default()).map_or(bytes.len(), |i| at + i);
            let field = text.get(at..end).unwrap_or_default();
            let ends_line = bytes.get(end) != Some(&delimiter);
            cells.push(Cell::piece(if ends_line { field.strip_suffix('\r').unwrap_or(field) } else { field }));
            end
        };
        match (bytes.get(after), bytes.get(after + 1)) {
            (Some(b), _) if *b == delimiter => at = after + 1,
            (Some(b'\n'), _) => return End::Whole { next: after + 1, lines },
            (Some(b'\r'), Some(b'\n')) => return End::Whole { next: after + 2, lines },
            (None, _) | (Some(b'\r'), None) => return End::Whole { next: bytes.len(), lines },
            _ => return End::Broken("text after a closing quote"),
        }
    }
}

enum Quoted {
    /// The byte after the closing quote; line ends within.
    Closed {
        after: usize,
        line_ends: usize,
    },
    Open,
    TooLong,
}

/// Reads a quoted field from the byte after its opening quote.
fn quoted<'t>((text, start): (&'t str, usize), bounds: &Bounds, cells: &mut Vec<Cell<'t>>) -> Quoted {
    let bytes = text.as_bytes();
    let (mut at, mut line_ends, mut owned) = (start, 0, String::new());
    let mut piece = start;
    loop {
        let rest = bytes.get(at..).unwrap_or_default();
        let Some(quote) = memchr(b'"', rest) else {
            let is_long = rest.len() > bounds.cell_bytes || memchr_iter(b'\n', rest).nth(bounds.cell_lines).is_some();
            return if is_long { Quoted::TooLong } else { Quoted::Open };
        };
        line_ends += memchr_iter(b'\n', rest.get(..quote).unwrap_or_default()).count();
        if line_ends > bounds.cell_lines || at + quote - start > bounds.cell_bytes {
            return Quoted::TooLong;
        }
        let end = at + quote;
        if bytes.get(end + 1) == Some(&b'"') {
            owned.push_str(text.get(piece..=end).unwrap_or_default());
            (piece, at) = (end + 2, end + 2);
            continue;
        }
        let last = text.get(piece..end).unwrap_or_default();
        cells.push(if owned.is_empty() {
            Cell::piece(last)
        } else {
            owned.push_str(last);
            Cell::Text(owned.into())
        });
        return Quoted::Closed { after: end + 1, line_ends };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default)]
    struct Heard(Vec<String>);

    impl RowVisitor for Heard {
        fn row(&mut self, line: u64, cells: &[Cell<'_>], _: Raw<'_>) {
            let cells: Vec<_> = cells.iter().map(|cell| cell.text().unwrap_or_default().into_owned()).collect();
            self.0.push(format!("{line}:{}", cells.join("|")));
        }

        fn broken(&mut self, line: u64, fault: Fault, raw: Raw<'_>) {
            let raw = match raw {
                Raw::Text(text) => text.to_owned(),
                Raw::Bytes(bytes) => format!("{bytes:?}"),
                Raw::Cells(..) => unreachable!(),
            };
            self.0.push(format!("{line}! {} {raw}", fault.found));
        }
    }

    fn heard(bytes: &[u8], is_last: bool) -> (Vec<String>, usize) {
        let mut heard = Heard::default();
        let bounds = Bounds { cell_bytes: 40, ..Bounds::default() };
        let shape = Shape { delimiter: b',', width: 3, fields: Fields::Exact, bounds: &bounds };
        let read = read_block(&Block::new(bytes.to_vec(), 1, is_last), shape, &mut heard);
        (heard.0, read)
    }

    #[test]
    fn reads_quotes_line_ends_and_empty_fields() {
        let (rows, lines) = heard(b"a,b,c\r\n\"x\"\"y\",\"1,\n2\",\n\n,,\n1,2,5\" pipe", true);
        assert_eq!(rows, ["1:a|b|c", "2:x\"y|1,\n2|", "5:||", "6:1|2|5\" pipe"]);
        assert_eq!(lines, 6);
    }

    #[test]
    fn a_bad_line_costs_one_row() {
        let (rows, _) = heard(b"1,2\n1,\"2,3\n4,5,6\n\"7\"x,8,9\n\"a\",\"b\",\"c\"\n7,\xFF,9\n1,2,\"cut", true);
        assert_eq!(
            rows,
            [
                "1! 2 fields 1,2",
                "2! text after a closing quote 1,\"2,3",
                "3:4|5|6",
                "4! text after a closing quote \"7\"x,8,9",
                "5:a|b|c",
                "6! bytes that are not utf-8 [55, 44, 255, 44, 57]",
                "7! a quote that is not closed 1,2,\"cut",
            ]
        );
    }

    #[test]
    fn leaves_an_open_record_to_the_next_block() {
        let (rows, lines) = heard(b"1,2,3\n4,5,\"six\nseven\n", false);
        assert_eq!((rows, lines), (vec!["1:1|2|3".to_owned()], 1));
        let long = format!("1,2,\"3\n{}", "4,5,6\n".repeat(65));
        let (rows, lines) = heard(long.as_bytes(), false);
        assert_eq!((rows.len(), lines), (66, 66), "an endless quote is refused, the rest is read");
    }

    #[test]
    fn two_stray_quotes_swallow_no_rows() {
        for rows in [0, 1, 50] {
            let text = format!("1,2,\"3\n{}7,8\",9\n", "4,5,6\n".repeat(rows));
            let (heard, lines) = heard(text.as_bytes(), true);
            assert_eq!((heard.len(), lines), (rows + 2, rows + 2), "{heard:?}");
        }
        let (rows, _) = heard(b"1,\"2\n3\n4\",5\n\"two\nlines\",2,3\n1,2,\"two\nlines\"\n", true);
        assert_eq!(rows, ["1:1|2\n3\n4|5", "4:two\nlines|2|3", "6:1|2|two\nlines"]);
    }

    #[test]
    fn a_cell_that_is_too_long_costs_its_row() {
        let long = "x".repeat(41);
        let (rows, _) = heard(format!("1,2,{long}\n1,\"{long}\",3\n4,5,6\n").as_bytes(), true);
        assert!(
            rows[0].starts_with("1! a cell of more than 40 bytes") && rows[1].starts_with("2! a quoted cell"),
            "{rows:?}"
        );
        assert_eq!(rows[2], "3:4|5|6");
    }

    #[test]
    fn finds_the_header_below_titles_and_a_mark() {
        let bounds = Bounds::default();
        let shape = Shape { delimiter: b',', width: 0, fields: Fields::Any, bounds: &bounds };
        let block = Block::new("\u{FEFF}标题\n\n\"a\", b ,c\n1,2,3\n".as_bytes().to_vec(), 1, true);
        assert_eq!(header(&block, shape, 1), Head::Names(vec!["a".into(), "b".into(), "c".into()], 3));
        assert_eq!(header(&Block::new(Vec::new(), 1, true), shape, 0), Head::Nothing);
        assert_eq!(header(&Block::new(b"a,\"b\n1,2\n".to_vec(), 1, false), shape, 0), Head::More);
        assert_eq!(header(&Block::new(b"a,\"b\n1,2\n".to_vec(), 1, true), shape, 0), Head::Broken(1, OPEN));
    }
}
