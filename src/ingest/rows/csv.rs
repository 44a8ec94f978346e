//! Delimited text, split strictly so that one bad line costs one row.
//!
//! A reader that takes an unclosed quote for the start of a very long field swallows every line after it. Here such a
//! line is refused alone and reading goes on with the next line, so the splitting is our own.

use memchr::{memchr, memchr_iter, memchr2};

use super::{Cell, Raw, Taker};
use crate::ingest::files::{Block, Decoded};
use crate::ingest::refusal::{Fault, Reason};

/// A quoted field may span this many line ends; a quote open for longer was never meant as one.
const LINES_IN_A_FIELD: usize = 64;

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
pub(in crate::ingest) fn read_block(block: &Block, shape: (u8, usize), taker: &mut impl Taker) -> usize {
    let (delimiter, width) = shape;
    let decoded = block.decode();
    let text = decoded.text();
    let (mut at, mut line) = (0, 0);
    let mut cells = Vec::with_capacity(width);
    while at < text.len() {
        let here = text.get(at..).unwrap_or_default();
        let number = block.first_line + line as u64;
        if decoded.is_bad(line) {
            taker.broken(number, Fault::encoding(decoded.charset()), Raw::Bytes(block.line(line)));
            (at, line) = (at + first_line(here).taken, line + 1);
            continue;
        }
        if here.starts_with(['\n', '\r']) && first_line(here).text.is_empty() {
            (at, line) = (at + first_line(here).taken, line + 1);
            continue;
        }
        cells.clear();
        let fault = match split(here, delimiter, &mut cells) {
            End::Whole { next, lines } if cells.len() == width && !any_bad(&decoded, line, lines) => {
                let raw = here.get(..next).unwrap_or_default().trim_end_matches(['\n', '\r']);
                taker.row(number, &cells, Raw::Text(raw));
                (at, line) = (at + next, line + lines);
                continue;
            }
            End::Whole { lines: 1, .. } => {
                Fault::line(Reason::Fields, format!("{} fields", cells.len()), format!("{width} fields"))
            }
            End::Whole { .. } => Fault::line(Reason::Quote, "a quote that is not closed", "a closing quote"),
            End::Open if !block.is_last && memchr_iter(b'\n', here.as_bytes()).count() <= LINES_IN_A_FIELD => break,
            End::Open => Fault::line(Reason::Quote, "a quote that is not closed", "a closing quote"),
            End::Broken(found) => Fault::line(Reason::Quote, found, "a delimiter or the end of the line"),
        };
        let first = first_line(here);
        taker.broken(number, fault, Raw::Text(first.text));
        (at, line) = (at + first.taken, line + 1);
    }
    line
}

/// The names in the first record of the block after `skip` lines, and how many lines lie up to its end.
pub(in crate::ingest) fn header(block: &Block, delimiter: u8, skip: usize) -> Option<(Vec<String>, usize)> {
    let decoded = block.decode();
    let mut rest = decoded.text();
    let mut line = 0;
    loop {
        let first = first_line(rest);
        if line >= skip && !first.text.is_empty() {
            break;
        }
        if first.taken == 0 {
            return None;
        }
        (rest, line) = (rest.get(first.taken..).unwrap_or_default(), line + 1);
    }
    let mut cells = Vec::new();
    match split(rest, delimiter, &mut cells) {
        End::Whole { lines, .. } if !any_bad(&decoded, line, lines) => {
            Some((cells.iter().map(|cell| cell.text().unwrap_or_default().into_owned()).collect(), line + lines))
        }
        _ => None,
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
fn split<'t>(text: &'t str, delimiter: u8, cells: &mut Vec<Cell<'t>>) -> End {
    let bytes = text.as_bytes();
    let (mut at, mut lines) = (0, 1);
    loop {
        let after = if bytes.get(at) == Some(&b'"') {
            match quoted(text, at + 1, cells) {
                Quoted::Closed { after, line_ends } => {
                    lines += line_ends;
                    after
                }
                Quoted::Open => return End::Open,
                Quoted::TooLong => return End::Broken("a quote that is not closed"),
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
fn quoted<'t>(text: &'t str, start: usize, cells: &mut Vec<Cell<'t>>) -> Quoted {
    let bytes = text.as_bytes();
    let (mut at, mut line_ends, mut owned) = (start, 0, String::new());
    let mut piece = start;
    loop {
        let rest = bytes.get(at..).unwrap_or_default();
        let Some(quote) = memchr(b'"', rest) else {
            return Quoted::Open;
        };
        line_ends += memchr_iter(b'\n', rest.get(..quote).unwrap_or_default()).count();
        if line_ends > LINES_IN_A_FIELD {
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

    impl Taker for Heard {
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
        let read = read_block(&Block::new(bytes.to_vec(), 1, is_last), (b',', 3), &mut heard);
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
        let long = format!("1,2,\"3\n{}", "4,5,6\n".repeat(LINES_IN_A_FIELD + 1));
        let (rows, lines) = heard(long.as_bytes(), false);
        assert_eq!(rows.len(), LINES_IN_A_FIELD + 2, "an endless quote is refused, the rest is read");
        assert_eq!(lines, LINES_IN_A_FIELD + 2);
    }

    #[test]
    fn finds_the_header_below_titles_and_a_mark() {
        let block = Block::new("\u{FEFF}标题\n\n\"a\", b ,c\n1,2,3\n".as_bytes().to_vec(), 1, true);
        assert_eq!(header(&block, b',', 1), Some((vec!["a".into(), "b".into(), "c".into()], 3)));
        assert_eq!(header(&Block::new(Vec::new(), 1, true), b',', 0), None);
    }
}
