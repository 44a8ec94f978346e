use std::io::{ErrorKind, Read};

use encoding_rs::{Encoding as Charset, GB18030, UTF_8};

use super::block::{Block, decoded};
use super::input::Input;
use crate::error::{Error, Result};
use crate::ingest::mapping::Encoding;

/// Bytes by which an encoding is decided.
const SAMPLE: usize = 1 << 18;

/// A file in blocks of whole lines, about `size` bytes each.
#[derive(Debug)]
pub(in crate::ingest) struct Blocks {
    input: Input,
    size: usize,
    /// What was read behind the last line end.
    rest: Vec<u8>,
    next_line: u64,
    is_done: bool,
    charset: Option<&'static Charset>,
    damage: Option<String>,
}

impl Blocks {
    pub(in crate::ingest) fn new(input: Input, encoding: &Encoding, size: usize) -> Self {
        let charset = match encoding {
            Encoding::Detect => None,
            Encoding::Given(charset) => Some(*charset),
        };
        Self { input, size: size.max(1), rest: Vec::new(), next_line: 1, is_done: false, charset, damage: None }
    }

    /// The next block; the last one says so and may be empty.
    pub(in crate::ingest) fn next(&mut self) -> Result<Option<Block>> {
        if self.is_done {
            return Ok(None);
        }
        let mut bytes = std::mem::take(&mut self.rest);
        let cut = loop {
            let before = bytes.len();
            self.fill(&mut bytes, self.size)?;
            if self.is_done {
                break bytes.len();
            }
            let fresh = bytes.get(before..).unwrap_or_default();
            if let Some(end) = memchr::memrchr(b'\n', fresh) {
                break before + end + 1;
            }
        };
        if self.next_line == 1 && (bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF")) {
            let expected = "text in UTF-8, GB18030 or another ASCII superset";
            return Err(Error::format(self.input.path(), "text in UTF-16", expected));
        }
        let cut = self.decide(&mut bytes, cut)?;
        self.rest = bytes.split_off(cut);
        let block = Block::encoded((bytes, self.charset()), self.next_line, self.is_done);
        self.next_line += block.lines() as u64;
        Ok(Some(block))
    }

    /// Reads at most `wanted` more bytes; fewer mean that the file ends.
    fn fill(&mut self, bytes: &mut Vec<u8>, wanted: usize) -> Result<()> {
        let before = bytes.len();
        match Read::by_ref(&mut self.input).take(wanted as u64).read_to_end(bytes) {
            Ok(_) => {}
            Err(e) if is_damage(e.kind()) => {
                self.damage = Some(format!("the compressed data end early or are damaged: {e}"));
                self.is_done = true;
            }
            Err(e) => return Err(Error::io(self.input.path())(e)),
        }
        self.is_done |= bytes.len() - before < wanted;
        Ok(())
    }

    /// Decides on the encoding when the first byte comes that is not ASCII, by the lines of a sample that begins there
    /// and does not depend on the size of blocks. Gives the end of the block, which the sample may have moved.
    fn decide(&mut self, bytes: &mut Vec<u8>, cut: usize) -> Result<usize> {
        if self.charset.is_some() || bytes.is_ascii() {
            return Ok(cut);
        }
        let first = bytes.iter().position(|b| !b.is_ascii()).unwrap_or_default();
        let start = memchr::memrchr(b'\n', bytes.get(..first).unwrap_or_default()).map_or(0, |end| end + 1);
        let missing = (start + SAMPLE).saturating_sub(bytes.len());
        if !self.is_done && missing > 0 {
            self.fill(bytes, missing)?;
        }
        let sample = bytes.get(start..bytes.len().min(start + SAMPLE)).unwrap_or_default();
        let (mut utf_8, mut gb18030) = (0u64, 0u64);
        for line in sample.split_inclusive(|b| *b == b'\n').filter(|line| !line.is_ascii()) {
            let is_cut = sample.len() == SAMPLE && !line.ends_with(b"\n");
            if decoded(line, UTF_8).is_some() {
                utf_8 += 1;
            } else if !is_cut && decoded(line, GB18030).is_some() {
                gb18030 += 1;
            }
        }
        self.charset = Some(if gb18030 > utf_8 { GB18030 } else { UTF_8 });
        if self.is_done {
            return Ok(bytes.len());
        }
        Ok(memchr::memrchr(b'\n', bytes).map_or(cut, |end| end + 1))
    }

    /// Bytes of the file read so far, compressed where the file is.
    pub(in crate::ingest) fn bytes_read(&self) -> u64 {
        self.input.bytes_read()
    }

    /// The encoding used.
    pub(in crate::ingest) fn charset(&self) -> &'static Charset {
        self.charset.unwrap_or(UTF_8)
    }

    /// The file's fingerprint, and what was wrong with the file as a whole.
    pub(in crate::ingest) fn finish(self) -> Result<(super::Fingerprint, Option<String>)> {
        Ok((self.input.finish()?, self.damage))
    }
}

fn is_damage(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::UnexpectedEof | ErrorKind::InvalidData | ErrorKind::InvalidInput)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn blocks(bytes: &[u8], name: &str, size: usize) -> Blocks {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        Blocks::new(Input::open(&path).unwrap(), &Encoding::Detect, size)
    }

    #[test]
    fn cuts_at_line_ends_whatever_the_size() {
        for size in 1..12 {
            let mut blocks = blocks(b"one\ntwo\n\nfour", "a.csv", size);
            let (mut lines, mut ended) = (Vec::new(), false);
            while let Some(block) = blocks.next().unwrap() {
                assert!(!ended);
                ended = block.is_last;
                for at in 0..block.lines() {
                    lines.push((block.first_line + at as u64, block.line(at).to_vec()));
                }
            }
            assert!(ended);
            let expected = [(1, b"one".to_vec()), (2, b"two".to_vec()), (3, Vec::new()), (4, b"four".to_vec())];
            assert_eq!(lines, expected, "{size}");
        }
    }

    #[test]
    fn finds_gb18030_behind_ascii() {
        let (text, _, _) = GB18030.encode("account\n查无开户信息\n");
        let mut blocks = blocks(&text, "a.csv", 8);
        let mut all = String::new();
        while let Some(block) = blocks.next().unwrap() {
            all.push_str(block.decode().text());
        }
        assert_eq!(all, "account\n查无开户信息\n");
        assert_eq!(blocks.charset(), GB18030);
    }

    #[test]
    fn a_cut_gzip_stream_is_damage_and_keeps_what_was_read() {
        let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::none());
        writer.write_all(&b"line\n".repeat(100)).unwrap();
        let packed = writer.finish().unwrap();
        let mut blocks = blocks(&packed[..packed.len() - 40], "a.csv.gz", 64);
        let mut lines = 0;
        while let Some(block) = blocks.next().unwrap() {
            lines += block.lines();
        }
        assert!((80..100).contains(&lines), "{lines}");
        let (fingerprint, damage) = blocks.finish().unwrap();
        assert_eq!(fingerprint.bytes, packed.len() as u64 - 40);
        assert!(damage.unwrap().contains("damaged"));
    }
}
