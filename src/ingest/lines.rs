//! Text in memory by its lines and records, for rooms that read lists and tables without a mapping.
//!
//! The encoding is the one that explains most lines, and records are parted as those of sources are: a line that is no
//! text, or whose quote is never closed, costs itself and no other. A reader that takes such a quote for the start of a
//! very long cell loses every line behind it.

use std::borrow::Cow;

use super::bounds::Bounds;
use super::files::{Block, block_of};
use super::refusal::{Fault, Refusal};
use super::rows::{Cell, Fields, Head, Raw, RowVisitor, Shape, header, read_csv};

/// Text in memory.
#[derive(Debug)]
pub(crate) struct TextLines {
    block: Block,
    /// What it is written in.
    pub(crate) encoding: &'static str,
}

/// Takes a record with the number of its first line, or why there is none.
pub(crate) type TakeRecord<'t> = dyn FnMut(u64, Result<&[Cow<'_, str>], Refusal>) + 't;

/// How records are parted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Parting {
    pub(crate) delimiter: u8,
    /// The number of columns.
    pub(crate) width: usize,
    /// Lines up to the end of the header.
    pub(crate) above: usize,
    /// Whether a record with fewer fields, or with more than empty ones behind the last column, is none.
    pub(crate) is_strict: bool,
}

impl TextLines {
    pub(crate) fn new(bytes: &[u8]) -> Self {
        let (block, charset) = block_of(bytes);
        Self { block, encoding: charset.name() }
    }

    /// What `look` finds in the text; lines that are no text stand as empty ones in it.
    pub(crate) fn look<T>(&self, look: impl FnOnce(&str) -> T) -> T {
        look(self.block.decode().text())
    }

    /// Each line with its number, nothing where its bytes are no text.
    pub(crate) fn each(&self, take: &mut dyn FnMut(u64, Option<&str>)) {
        let decoded = self.block.decode();
        for (at, line) in decoded.text().split('\n').enumerate() {
            take(at as u64 + 1, (!decoded.is_bad(at)).then_some(line));
        }
    }

    /// The names in the first line that is not blank, and the lines up to its end; nothing where there is none or it
    /// cannot be parted.
    pub(crate) fn header(&self, delimiter: u8) -> Option<(Vec<String>, usize)> {
        let bounds = Bounds::default();
        let shape = Shape { delimiter, width: 0, fields: Fields::Any, bounds: &bounds };
        let decoded = self.block.decode();
        match header(&self.block, shape, 0) {
            // A header that is no text must not make names of the row below it.
            Head::Names(names, above) => (0..above).all(|line| !decoded.is_bad(line)).then_some((names, above)),
            Head::Broken(..) | Head::More | Head::Nothing => None,
        }
    }

    /// Each record below the header, its cells trimmed.
    pub(crate) fn each_record(self, parting: Parting, take: &mut TakeRecord<'_>) {
        let Parting { delimiter, width, above, is_strict } = parting;
        let bounds = Bounds::default();
        let fields = if is_strict { Fields::BlankEnd } else { Fields::Any };
        read_csv(&self.block.after(above), Shape { delimiter, width, fields, bounds: &bounds }, &mut Records { take });
    }
}

struct Records<'a, 't> {
    take: &'a mut TakeRecord<'t>,
}

impl RowVisitor for Records<'_, '_> {
    fn row(&mut self, line: u64, cells: &[Cell<'_>], _: Raw<'_>) {
        let texts: Vec<Cow<'_, str>> = cells.iter().map(|cell| cell.text().unwrap_or_default()).collect();
        (self.take)(line, Ok(&texts));
    }

    fn broken(&mut self, line: u64, fault: Fault, raw: Raw<'_>) {
        (self.take)(line, Err(Refusal::new(line, fault, raw)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(text: &[u8], is_strict: bool) -> Vec<String> {
        let lines = TextLines::new(text);
        let (names, above) = lines.header(b',').unwrap();
        let mut heard = Vec::new();
        let parting = Parting { delimiter: b',', width: names.len(), above, is_strict };
        lines.each_record(parting, &mut |line, record| {
            heard.push(match record {
                Ok(cells) => format!("{line}:{}", cells.join("|")),
                Err(refusal) => format!("{line}!{}", refusal.reason().name()),
            });
        });
        heard
    }

    #[test]
    fn a_line_at_fault_costs_itself_and_no_other() {
        let text = "\na,b,c\n1,\"2,3\n4,5,6\n7,\"8,9\n\"x\ny\",1,2\n";
        assert_eq!(heard(text.as_bytes(), true), ["3!quote", "4:4|5|6", "5!quote", "6:x\ny|1|2"]);
        // Lines may end in a delimiter, or be rows of a single column.
        let ended = heard(b"a,b,c\n1,\"2,3,\n4,5,6,\n7,8\",9,\n", true);
        assert!(ended[0] == "2!quote" && ended[1] == "3:4|5|6|", "{ended:?}");
        let single = heard("名\n\"张\n王\n李\"\n".as_bytes(), true);
        assert!(single[0] == "2!quote" && single[1] == "3:王", "{single:?}");
        let bad = [b"a,b,c\n1,2,3\n4,\xff,6\n".as_slice(), "7,静,9\n".as_bytes()].concat();
        assert_eq!(heard(&bad, true), ["2:1|2|3", "3!encoding", "4:7|静|9"]);
    }

    #[test]
    fn a_header_that_is_no_text_gives_its_place_to_no_row() {
        let text = ["姓名".as_bytes(), b"\xff,b\n", "张伟,1\n李娜,2\n".as_bytes()].concat();
        assert_eq!(TextLines::new(&text).header(b','), None);
    }

    #[test]
    fn how_many_fields_there_must_be_is_asked_for() {
        let text = b"a,b,c\n1,2\n1,2,3,\n1,2,3,4\n";
        assert_eq!(heard(text, true), ["2!fields", "3:1|2|3|", "4!fields"]);
        assert_eq!(heard(text, false), ["2:1|2", "3:1|2|3|", "4:1|2|3|4"]);
    }
}
