//! Reads UTF-16 as UTF-8.
//!
//! Exports of Windows programs come in UTF-16 with a mark of byte order (`FF FE` or `FE FF`). They are
//! decoded while they are read, so that everything behind sees UTF-8 only. A lone half of a character pair
//! becomes the byte `FF`, which is no text in UTF-8 either: its line is refused, not repaired.

use std::io::{BufRead, BufReader, Read};

use encoding_rs::{Decoder, DecoderResult, Encoding as Charset, UTF_16BE, UTF_16LE};

/// Bytes of UTF-8 that are made at a time.
const STEP: usize = 1 << 14;
/// Stands in UTF-8 for what is no text in UTF-16, and is none there either.
const BROKEN: u8 = 0xFF;

/// Text in UTF-16, read as UTF-8.
pub(super) struct Wide<R> {
    file: BufReader<R>,
    decoder: Decoder,
    ready: Vec<u8>,
    /// How many of them were given.
    given: usize,
    is_over: bool,
}

/// The encoding that the first two bytes of a text in UTF-16 name.
pub(super) fn marked(head: &[u8]) -> Option<&'static Charset> {
    match head {
        [0xFF, 0xFE, ..] => Some(UTF_16LE),
        [0xFE, 0xFF, ..] => Some(UTF_16BE),
        _ => None,
    }
}

/// Whether a text begins as one in UTF-16 whose first two bytes do not say so: each second byte is zero.
pub(super) fn is_unmarked(head: &[u8]) -> bool {
    let (pairs, _) = head.get(..head.len().min(16)).unwrap_or_default().as_chunks::<2>();
    let zeros = |at: usize| !pairs.is_empty() && pairs.iter().all(|pair| pair.get(at) == Some(&0));
    zeros(0) || zeros(1)
}

impl<R: Read> Wide<R> {
    pub(super) fn new(file: BufReader<R>, charset: &'static Charset) -> Self {
        let decoder = charset.new_decoder_with_bom_removal();
        Self { file, decoder, ready: Vec::new(), given: 0, is_over: false }
    }

    pub(super) const fn file(&self) -> &BufReader<R> {
        &self.file
    }

    pub(super) fn into_inner(self) -> BufReader<R> {
        self.file
    }

    fn fill(&mut self) -> std::io::Result<()> {
        let raw = self.file.fill_buf()?;
        let is_last = raw.is_empty();
        self.ready.resize(STEP, 0);
        let (result, read, written) = self.decoder.decode_to_utf8_without_replacement(raw, &mut self.ready, is_last);
        self.file.consume(read);
        self.ready.truncate(written);
        self.given = 0;
        match result {
            DecoderResult::Malformed(..) => self.ready.push(BROKEN),
            DecoderResult::InputEmpty => self.is_over = is_last,
            DecoderResult::OutputFull => {}
        }
        Ok(())
    }
}

impl<R: Read> Read for Wide<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        while self.given == self.ready.len() && !self.is_over {
            self.fill()?;
        }
        let rest = self.ready.get(self.given..).unwrap_or_default();
        let count = rest.len().min(buffer.len());
        buffer.get_mut(..count).unwrap_or_default().copy_from_slice(rest.get(..count).unwrap_or_default());
        self.given += count;
        Ok(count)
    }
}

impl<R> std::fmt::Debug for Wide<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Wide")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8], size: usize) -> Vec<u8> {
        let mut read = Vec::new();
        let file = BufReader::with_capacity(size, bytes);
        Wide::new(file, marked(bytes).unwrap()).read_to_end(&mut read).unwrap();
        read
    }

    #[test]
    fn both_orders_are_read_whatever_the_pieces_and_a_half_character_is_no_text() {
        let text = "案号,金额\n\u{20BB7},1\n";
        let little: Vec<u8> = [0xFEFF].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = [0xFEFF].into_iter().chain(text.encode_utf16()).flat_map(u16::to_be_bytes).collect();
        for size in [1, 2, 3, 7, 1_000] {
            assert_eq!((read(&little, size), read(&big, size)), (text.into(), text.into()), "{size}");
        }
        let cut = [&little[..little.len() - 8], &[b'x', 0]].concat();
        let found = read(&cut, 3);
        assert!(found.ends_with(b"\xFFx") && found.starts_with("案号".as_bytes()), "{found:?}");
        assert!(is_unmarked(b"a\0,\0b\0") && is_unmarked(b"\0a\0b") && !is_unmarked(b"ab") && !is_unmarked(b""));
    }
}
