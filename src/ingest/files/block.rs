//! A block of whole lines of a text file, and its decoding.
//!
//! A block is what one thread reads. It begins and ends at a line, so that a line's number is known without
//! reading the lines before it. A line whose bytes are no text in the file's encoding becomes an empty line
//! in the decoded text and is remembered as bad: the lines around it are read.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8};

/// Whole lines of a file.
#[derive(Debug)]
pub(in crate::ingest) struct Block {
    bytes: Vec<u8>,
    /// The number of the first line, counted from 1.
    pub(in crate::ingest) first_line: u64,
    /// Whether the file ends here.
    pub(in crate::ingest) is_last: bool,
    charset: &'static Encoding,
}

impl Block {
    /// Lines in UTF-8.
    #[cfg(test)]
    pub(in crate::ingest) fn new(bytes: Vec<u8>, first_line: u64, is_last: bool) -> Self {
        Self::encoded((bytes, UTF_8), first_line, is_last)
    }

    pub(super) fn encoded(text: (Vec<u8>, &'static Encoding), first_line: u64, is_last: bool) -> Self {
        Self { bytes: text.0, first_line, is_last, charset: text.1 }
    }

    /// The text of the block. Lines that are no text stand as empty lines in it and are known as bad.
    pub(in crate::ingest) fn decode(&self) -> Decoded<'_> {
        // The mark of byte order, in UTF-8 and in GB18030.
        let marks = [&b"\xEF\xBB\xBF"[..], b"\x84\x31\x95\x33"];
        let mut bytes = self.bytes.as_slice();
        // Programs put one before another.
        while let Some(rest) = marks.iter().find_map(|mark| bytes.strip_prefix(*mark)) {
            bytes = rest;
        }
        let charset = self.charset;
        if let Some(text) = decoded(bytes, charset) {
            return Decoded { text, bad: Vec::new(), charset };
        }
        let (mut text, mut bad) = (String::with_capacity(bytes.len()), Vec::new());
        for (at, line) in bytes.split_inclusive(|b| *b == b'\n').enumerate() {
            match decoded(line, charset) {
                Some(line) => text.push_str(&line),
                None => {
                    bad.push(at);
                    text.push('\n');
                }
            }
        }
        Decoded { text: Cow::Owned(text), bad, charset }
    }

    pub(in crate::ingest) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The bytes of line `at`, counted from 0, without its line end.
    pub(in crate::ingest) fn line(&self, at: usize) -> &[u8] {
        let line = self.bytes.split(|b| *b == b'\n').nth(at).unwrap_or_default();
        line.strip_suffix(b"\r").unwrap_or(line)
    }

    /// The block without its first `lines` lines.
    pub(in crate::ingest) fn after(mut self, lines: usize) -> Self {
        let ends = memchr::memchr_iter(b'\n', &self.bytes).nth(lines.saturating_sub(1));
        let start = if lines == 0 { 0 } else { ends.map_or(self.bytes.len(), |end| end + 1) };
        self.bytes.drain(..start);
        Self { first_line: self.first_line + lines as u64, ..self }
    }

    /// Adds the lines of the block after this one.
    pub(in crate::ingest) fn extend(&mut self, next: &Self) {
        self.bytes.extend_from_slice(&next.bytes);
        (self.is_last, self.charset) = (next.is_last, next.charset);
    }

    /// The lines of this block and then those of `next`.
    pub(in crate::ingest) fn joined(mut self, next: &Self) -> Self {
        self.extend(next);
        self
    }

    /// How many lines there are, the last with or without its line end.
    pub(in crate::ingest) fn lines(&self) -> usize {
        let open = self.bytes.last().is_some_and(|b| *b != b'\n');
        memchr::memchr_iter(b'\n', &self.bytes).count() + usize::from(open)
    }
}

/// The text of a block.
#[derive(Debug)]
pub(in crate::ingest) struct Decoded<'b> {
    text: Cow<'b, str>,
    bad: Vec<usize>,
    charset: &'static Encoding,
}

impl Decoded<'_> {
    pub(in crate::ingest) fn text(&self) -> &str {
        &self.text
    }

    /// Whether line `at`, counted from 0, is no text.
    pub(in crate::ingest) fn is_bad(&self, at: usize) -> bool {
        !self.bad.is_empty() && self.bad.binary_search(&at).is_ok()
    }

    pub(in crate::ingest) const fn charset(&self) -> &'static Encoding {
        self.charset
    }
}

fn decoded<'b>(bytes: &'b [u8], charset: &'static Encoding) -> Option<Cow<'b, str>> {
    if charset == UTF_8 {
        return std::str::from_utf8(bytes).ok().map(Cow::Borrowed);
    }
    charset.decode_without_bom_handling_and_without_replacement(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_is_no_text_is_bad_alone() {
        let block = Block::new(b"a\n\xFF\xFE\r\nb".to_vec(), 7, true);
        let decoded = block.decode();
        assert_eq!(decoded.text(), "a\n\nb");
        assert!(!decoded.is_bad(0) && decoded.is_bad(1) && !decoded.is_bad(2));
        assert_eq!(block.line(1), b"\xFF\xFE");
        assert_eq!(block.lines(), 3);
    }

    #[test]
    fn is_cut_and_joined_at_line_ends() {
        let block = Block::new(b"a\nb\nc".to_vec(), 1, false);
        let rest = block.after(2);
        assert_eq!((rest.line(0), rest.first_line), (&b"c"[..], 3));
        let whole = rest.joined(&Block::new(b"d\n".to_vec(), 4, true));
        assert_eq!((whole.line(0), whole.lines(), whole.is_last), (&b"cd"[..], 1, true));
        assert_eq!(Block::new(b"a".to_vec(), 1, true).after(1).lines(), 0);
        assert_eq!(Block::new(b"a".to_vec(), 1, true).after(0).lines(), 1);
    }
}
