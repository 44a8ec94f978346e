//! Cuts a text file into blocks of whole lines for several threads.
//!
//! A block has about [`ReadParams::block_bytes`](crate::ingest::ReadParams::block_bytes) bytes; a line that
//! is longer makes its block longer, up to the bound of a line. The file is read once from its beginning to
//! its end, so that gzip streams and UTF-16 need no second way, and its digest is computed on the way.
//!
//! Of a compressed file only the bytes are given for which a checksum vouches. A line that such a file
//! breaks off in is kept as [`CutLine`] and refused.

use std::io::Read;
use std::path::Path;

use super::block::Block;
use super::input::{Fingerprint, Input};
use super::survey::{Survey, is_damage};
use super::wide::{is_unmarked, marked};
use crate::error::{Error, Result};
use crate::ingest::bounds::Bounds;
use crate::ingest::mapping::Form;
use crate::sentence::{Sentence, says};

/// A text file in blocks of whole lines, about `size` bytes each.
#[derive(Debug)]
pub(in crate::ingest) struct Blocks<'b> {
    input: Input,
    survey: Survey,
    bounds: &'b Bounds,
    size: usize,
    /// What was read behind the last line end.
    rest: Vec<u8>,
    next_line: u64,
    /// Bytes that may still be read.
    left: u64,
    is_done: bool,
    /// Line ends that were no usual ones.
    unusual: u64,
    cut: Option<CutLine>,
}

/// A line whose end is lost.
#[derive(Debug)]
pub(in crate::ingest) struct CutLine {
    pub(in crate::ingest) number: u64,
    pub(in crate::ingest) bytes: Vec<u8>,
}

/// What is known of a file once it is read.
#[derive(Debug)]
pub(in crate::ingest) struct Ended {
    pub(in crate::ingest) print: Fingerprint,
    pub(in crate::ingest) encoding: String,
    pub(in crate::ingest) damage: Option<Sentence>,
    pub(in crate::ingest) notes: Vec<Sentence>,
    pub(in crate::ingest) cut: Option<CutLine>,
}

impl<'b> Blocks<'b> {
    pub(in crate::ingest) fn open(path: &Path, form: &Form, (bounds, size): (&'b Bounds, usize)) -> Result<Self> {
        let survey = Survey::read(path, form, bounds)?;
        Ok(Self {
            input: Input::open(path)?,
            left: survey.sound,
            survey,
            bounds,
            size: size.max(1),
            rest: Vec::new(),
            next_line: 1,
            is_done: false,
            unusual: 0,
            cut: None,
        })
    }

    /// The next block; the last one says so and may be empty.
    pub(in crate::ingest) fn next(&mut self) -> Result<Option<Block>> {
        if self.is_done {
            return Ok(None);
        }
        let mut bytes = std::mem::take(&mut self.rest);
        let cut = loop {
            let before = bytes.len();
            self.fill(&mut bytes)?;
            let fresh = bytes.get(before..).unwrap_or_default();
            let end = memchr::memrchr(b'\n', fresh).map(|end| before + end + 1);
            match end {
                _ if self.is_done && self.survey.damage.is_none() => break bytes.len(),
                // No more than the line's beginning is needed to refuse it.
                None if !self.is_done => bytes.truncate(self.bounds.line_bytes.saturating_add(4)),
                end => break end.unwrap_or(if self.is_done { line_start(&bytes) } else { bytes.len() }),
            }
        };
        if self.next_line == 1 && (marked(&bytes).is_some() || is_unmarked(&bytes)) {
            let expected = "text in UTF-8, GB18030 or another ASCII superset, or in UTF-16 that is not compressed \
             and whose first two bytes say so: save it as UTF-8";
            return Err(Error::format(self.input.path(), "text in UTF-16", expected));
        }
        self.rest = bytes.split_off(cut);
        if bytes.len() > self.bounds.line_bytes {
            bytes = shortened(&bytes, self.bounds.line_bytes.saturating_add(4));
        }
        let block = Block::encoded((bytes, self.survey.charset), self.next_line, self.is_done);
        self.next_line += block.lines() as u64;
        if self.is_done && !self.rest.is_empty() {
            self.cut = Some(CutLine { number: self.next_line, bytes: std::mem::take(&mut self.rest) });
        }
        Ok(Some(block))
    }

    /// Reads some more bytes, up to a place that is not within a line end; fewer than asked for
    /// mean that the file ends.
    fn fill(&mut self, bytes: &mut Vec<u8>) -> Result<()> {
        let before = bytes.len();
        let mut wanted = self.size;
        while wanted > 0 && !self.is_done {
            let start = bytes.len();
            let most = self.left.min(wanted as u64);
            match Read::by_ref(&mut self.input).take(most).read_to_end(bytes) {
                Ok(_) => {}
                Err(error) if is_damage(error.kind()) => self.is_done = true,
                Err(error) => return Err(Error::io(self.input.path())(error)),
            }
            let count = bytes.len() - start;
            self.left -= count as u64;
            self.is_done |= count < wanted;
            self.input.check(self.bounds)?;
            wanted = usize::from(self.survey.ends.is_open(bytes));
        }
        self.unusual += self.survey.ends.unify(bytes.get_mut(before..).unwrap_or_default());
        Ok(())
    }

    /// Bytes of the file read so far, compressed where the file is.
    pub(in crate::ingest) fn bytes_read(&self) -> u64 {
        self.input.bytes_read()
    }

    pub(in crate::ingest) fn finish(self) -> Result<Ended> {
        let mut notes = self.survey.notes;
        if self.unusual > 0 {
            notes.push(says!("{} line ends are neither LF nor CR LF", [self.unusual]));
        }
        Ok(Ended {
            print: self.input.finish()?,
            encoding: self.survey.written.name().to_ascii_lowercase(),
            damage: self.survey.damage,
            notes,
            cut: self.cut,
        })
    }
}

fn line_start(bytes: &[u8]) -> usize {
    memchr::memrchr(b'\n', bytes).map_or(0, |end| end + 1)
}

/// The lines, none with more than `most` bytes before its end.
fn shortened(bytes: &[u8], most: usize) -> Vec<u8> {
    let mut short = Vec::with_capacity(bytes.len());
    for line in bytes.split_inclusive(|b| *b == b'\n') {
        let text = line.strip_suffix(b"\n").unwrap_or(line);
        short.extend_from_slice(text.get(..most).unwrap_or(text));
        if text.len() < line.len() {
            short.push(b'\n');
        }
    }
    short
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use encoding_rs::GB18030;

    use super::*;

    /// The lines, numbered, and what is known at the end.
    fn lines(bytes: &[u8], (name, size): (&str, usize), form: &Form) -> (Vec<(u64, Vec<u8>)>, Ended) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        let bounds = Bounds { line_bytes: 100, ..Bounds::default() };
        let mut blocks = Blocks::open(&path, form, (&bounds, size)).unwrap();
        let (mut lines, mut ended) = (Vec::new(), false);
        while let Some(block) = blocks.next().unwrap() {
            assert!(!ended);
            ended = block.is_last;
            lines.extend((0..block.lines()).map(|at| (block.first_line + at as u64, block.line(at).to_vec())));
        }
        assert!(ended);
        (lines, blocks.finish().unwrap())
    }

    fn packed(bytes: &[u8]) -> Vec<u8> {
        let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::none());
        writer.write_all(bytes).unwrap();
        writer.finish().unwrap()
    }

    #[test]
    fn cuts_at_line_ends_of_every_kind_whatever_the_size() {
        let expected = [(1, b"one".to_vec()), (2, b"two".to_vec()), (3, Vec::new()), (4, b"four".to_vec())];
        for text in ["one\ntwo\n\nfour", "one\r\ntwo\r\rfour", "one\rtwo\r\r\nfour", "one\u{B}two\u{B}\u{B}four"] {
            for size in 1..12 {
                assert_eq!(lines(text.as_bytes(), ("a.csv", size), &Form::default()).0, expected, "{text:?} {size}");
            }
        }
        for size in 1..12 {
            let text = "one\u{85}two\u{85}\u{85}four";
            assert_eq!(lines(text.as_bytes(), ("a.csv", size), &Form::default()).0, expected, "{size}");
        }
    }

    #[test]
    fn finds_gb18030_behind_ascii() {
        let (text, _, _) = GB18030.encode("account\n查无开户信息\n");
        let (found, ended) = lines(&text, ("a.csv", 8), &Form::default());
        assert_eq!((found.len(), ended.encoding.as_str()), (2, "gb18030"));
        assert!(ended.notes.first().unwrap().to_string().contains("1 lines"));
    }

    #[test]
    fn nothing_behind_the_last_sound_checksum_is_read() {
        let (one, two) = (packed(&b"line\n".repeat(100)), packed(&b"line\n".repeat(100)));
        let whole = [one.clone(), two.clone()].concat();
        let (found, ended) = lines(&whole, ("a.csv.gz", 64), &Form::default());
        assert_eq!((found.len(), ended.damage, ended.print.bytes), (200, None, whole.len() as u64));
        let mut flipped = whole.clone();
        flipped[one.len() + 60] ^= 1;
        for damaged in [&whole[..whole.len() - 40], &whole[..whole.len() - 1], &flipped, &[&one, &b"text"[..]].concat()]
        {
            let (found, ended) = lines(damaged, ("a.csv.gz", 64), &Form::default());
            assert_eq!(found.len(), 100);
            assert!(ended.damage.unwrap().to_string().contains("gzip") && ended.print.bytes == damaged.len() as u64);
        }
        let (found, ended) = lines(b"a,b\n1,2\n", ("a.csv.gz", 64), &Form::default());
        assert!(found.is_empty() && ended.damage.is_some());
        let (found, ended) = lines(&one, ("a.csv", 64), &Form::default());
        assert!(found.len() == 100 && ended.damage.is_none(), "known by its first bytes");
    }

    #[test]
    fn a_stream_that_is_known_to_be_cut_gives_its_whole_lines() {
        let whole = packed(&b"line\n".repeat(100));
        let form = Form { truncated: true, ..Form::default() };
        let (found, ended) = lines(&whole[..whole.len() - 41], ("a.csv.gz", 64), &form);
        let cut = ended.cut.unwrap();
        assert_eq!((found.len() as u64 + 1, cut.bytes.len()), (cut.number, 2));
        assert!(ended.damage.is_some());
    }

    #[test]
    fn an_endless_line_is_cut_and_the_next_is_read() {
        let text = [b"a\n".to_vec(), vec![b'x'; 1_000], b"\nb".to_vec()].concat();
        for size in [1, 7, 90, 5_000] {
            let (found, _) = lines(&text, ("a.csv", size), &Form::default());
            let lengths: Vec<_> = found.iter().map(|(_, line)| line.len()).collect();
            assert_eq!(lengths, [1, 104, 1], "{size}");
        }
    }

    #[test]
    fn what_unpacks_to_too_much_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv.gz");
        let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        writer.write_all(&vec![b'x'; 3 << 20]).unwrap();
        std::fs::write(&path, writer.finish().unwrap()).unwrap();
        let error = Survey::read(&path, &Form::default(), &Bounds::default()).unwrap_err().to_string();
        assert!(error.contains("a.csv.gz") && error.contains("unpacked_ratio"), "{error}");
    }
}
