//! Looks through a text file once before reading it: encoding, line ends, length of lines.
//!
//! Encoding and line ends are properties of the whole file, and a block in its middle must be decoded
//! without the blocks before it. So the file is looked through before its first row is read:
//!
//! - **Encoding.** A file that is UTF-8 from its first to its last byte is UTF-8. Otherwise each line with
//!   more than ASCII counts for UTF-8 or for GB18030, whichever can decode it, and the encoding that
//!   explains more lines is taken. A line with characters that hardly anybody uses counts less, since bytes
//!   of another encoding come to such characters by chance.
//! - **Line ends.** LF, CR or both. A file without any of them may end its lines with another control
//!   character, as mainframes write.
//! - **Damage.** A gzip stream that ends early or fails its checksum, and up to where it is sound.
//!
//! What was decided and could have been decided otherwise is said in the file's report.

use std::borrow::Cow;
use std::io::{ErrorKind, Read};
use std::path::Path;

use encoding_rs::{DecoderResult, Encoding as Charset, GB18030, UTF_8};
use memchr::{memchr, memchr2, memchr3};

use super::input::Input;
use crate::error::{Error, Result};
use crate::ingest::bounds::Bounds;
use crate::ingest::guard::broken;
use crate::ingest::mapping::{Encoding, Form};
use crate::sentence::{Sentence, says};

/// Bytes looked at together.
const CHUNK: usize = 1 << 20;

/// What is found out about a text file before any of its rows is read.
#[derive(Debug)]
pub(super) struct Survey {
    pub(super) charset: &'static Charset,
    /// The encoding of the file, whose text is read in [`Survey::charset`].
    pub(super) written: &'static Charset,
    pub(super) ends: Ends,
    /// Unpacked bytes that may be read: those that checksums vouch for; all where there are none.
    pub(super) sound: u64,
    /// What is wrong with the file as a whole.
    pub(super) damage: Option<Sentence>,
    /// What was decided and could have been decided otherwise.
    pub(super) notes: Vec<Sentence>,
}

/// Where lines end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ends {
    /// At LF, CR or both.
    Usual,
    /// At this control character, in a file without usual ends.
    Control(u8),
    /// At NEL (U+0085) in UTF-8, in a file without usual ends.
    NextLine,
}

/// How many lines with more than ASCII in them an encoding explains.
#[derive(Debug, Default)]
struct Votes {
    lines: u64,
    utf_8: u64,
    gb18030: u64,
    /// Of these, lines with characters that hardly anybody uses.
    rare: u64,
    /// What was read behind the last line end.
    open: Vec<u8>,
    /// Lines that are counted once the file turns out not to be UTF-8.
    held: Vec<u8>,
    /// Whether there were too many of them.
    is_over: bool,
}

/// Bytes of such lines.
const HELD: usize = 8 << 20;

impl Survey {
    /// Reads the file once, or twice where its encoding comes into doubt behind much text, and keeps nothing of it.
    pub(super) fn read(path: &Path, form: &Form, bounds: &Bounds) -> Result<Self> {
        let mut scan = Scan { is_utf_8: true, ..Scan::default() };
        let mut votes = Votes::default();
        let mut input = Input::look(path)?;
        let wide = input.wide();
        let given = match form.encoding {
            _ if wide.is_some() => Some(UTF_8),
            Encoding::Detect => None,
            Encoding::Given(charset) => Some(charset),
        };
        // A plain file in a stated encoding has nothing more to tell once a line ends.
        let is_quick = given.is_some() && input.vouched().is_none();
        let damage = each_chunk(&mut input, bounds, |chunk| {
            scan.add(chunk);
            if given.is_none() {
                votes.add(chunk, (scan.is_utf_8, bounds.line_bytes));
            }
            !(is_quick && scan.has_ends)
        })?;
        let mut survey = Self {
            charset: given.unwrap_or(UTF_8),
            written: wide.or(given).unwrap_or(UTF_8),
            ends: scan.ends(),
            sound: u64::MAX,
            damage: damage.map(|why| says!("no sound gzip stream: {why}", why)),
            notes: Vec::new(),
        };
        if survey.damage.is_some() && !form.truncated {
            survey.sound = input.vouched().unwrap_or(u64::MAX);
        }
        if let Some(wide) = wide {
            survey.notes.push(says!("text in {}, as its first two bytes say", [wide.name().to_ascii_lowercase()]));
        }
        if given.is_none() && !scan.finished() {
            let votes = if votes.is_over { Votes::read(path, bounds)? } else { votes.finished() };
            survey.charset = if votes.gb18030 > votes.utf_8 { GB18030 } else { UTF_8 };
            survey.written = survey.charset;
            survey.notes.push(says!(
                "encoding by vote: of {} lines with more than ASCII, gb18030 explains {} and utf-8 {}",
                [votes.lines, votes.gb18030, votes.utf_8]
            ));
            if votes.gb18030.max(votes.utf_8) * 2 < votes.lines {
                survey.notes.push(says!(
                    "most of these lines are of another encoding, such as windows-1252: form.encoding says which"
                ));
            }
            if survey.charset == GB18030 && votes.rare * 2 >= votes.gb18030 {
                survey.notes.push(says!(
                    "{} of {} such lines hold characters in gb18030 that hardly anybody uses: if the text is of \
                     another encoding, such as windows-1252, form.encoding says so",
                    [votes.rare, votes.gb18030]
                ));
            }
        }
        Ok(survey)
    }
}

/// Makes the line ends of a text in memory usual ones, and tells the encoding that explains most of its lines.
pub(super) fn normalize(text: &mut [u8]) -> &'static Charset {
    let mut scan = Scan { is_utf_8: true, ..Scan::default() };
    scan.add(text);
    scan.ends().unify(text);
    if scan.finished() {
        return UTF_8;
    }
    let mut votes = Votes::default();
    votes.add(text, (false, usize::MAX));
    let votes = votes.finished();
    if votes.gb18030 > votes.utf_8 { GB18030 } else { UTF_8 }
}

/// Gives a file's bytes to `take` until it has enough, and says what is wrong with a compressed file.
fn each_chunk(input: &mut Input, bounds: &Bounds, mut take: impl FnMut(&[u8]) -> bool) -> Result<Option<Sentence>> {
    let mut chunk = vec![0; CHUNK];
    loop {
        match input.read(&mut chunk) {
            Ok(0) => return Ok(None),
            Ok(count) => {
                input.check(bounds)?;
                if !take(chunk.get(..count).unwrap_or_default()) {
                    return Ok(None);
                }
            }
            Err(error) if is_damage(error.kind()) => return Ok(Some(of_gzip(&error))),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(Error::io(input.path())(error)),
        }
    }
}

/// What is wrong with a gzip stream.
pub(crate) fn of_gzip(error: &std::io::Error) -> Sentence {
    let words = error.to_string();
    let kind = match error.kind() {
        ErrorKind::UnexpectedEof => says!("it ends early"),
        _ if words.contains("header") => says!("it does not begin as one"),
        _ if words.contains("checksum") => says!("its checksum does not fit"),
        _ => says!("its bytes are damaged"),
    };
    broken(&kind, &words)
}

pub(super) const fn is_damage(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::UnexpectedEof | ErrorKind::InvalidData | ErrorKind::InvalidInput)
}

/// What the first look tells.
#[derive(Debug, Default)]
struct Scan {
    has_ends: bool,
    control: Option<u8>,
    has_next_line: bool,
    is_utf_8: bool,
    /// The beginning of a character whose end comes with the next bytes.
    open: Vec<u8>,
}

impl Scan {
    fn add(&mut self, chunk: &[u8]) {
        if !self.has_ends {
            self.has_ends = memchr2(b'\n', b'\r', chunk).is_some();
            self.control =
                self.control.or_else(|| memchr3(0x0B, 0x0C, 0x1E, chunk).and_then(|at| chunk.get(at).copied()));
            self.has_next_line |= chunk.windows(2).any(|pair| pair == [0xC2, 0x85]);
        }
        if !self.is_utf_8 {
            return;
        }
        let joined = match self.open.as_slice() {
            [] => Cow::Borrowed(chunk),
            open => Cow::Owned([open, chunk].concat()),
        };
        let bytes = joined.as_ref();
        let (whole, is_utf_8) = match std::str::from_utf8(bytes) {
            Ok(_) => (bytes.len(), true),
            Err(error) => (error.valid_up_to(), error.error_len().is_none()),
        };
        self.is_utf_8 = is_utf_8;
        self.open = if is_utf_8 { bytes.get(whole..).unwrap_or_default().to_vec() } else { Vec::new() };
    }

    /// Whether all of it is UTF-8.
    fn finished(&self) -> bool {
        self.is_utf_8 && self.open.is_empty()
    }

    fn ends(&self) -> Ends {
        match (self.has_ends, self.control) {
            (true, _) => Ends::Usual,
            (false, Some(control)) => Ends::Control(control),
            (false, None) if self.has_next_line && self.finished() => Ends::NextLine,
            (false, None) => Ends::Usual,
        }
    }
}

impl Votes {
    /// Counts all lines at once.
    fn read(path: &Path, bounds: &Bounds) -> Result<Self> {
        let mut votes = Self::default();
        each_chunk(&mut Input::look(path)?, bounds, |chunk| {
            votes.add(chunk, (false, bounds.line_bytes));
            true
        })?;
        Ok(votes.finished())
    }

    /// Looks at further bytes; while the file may be UTF-8, lines are held and not counted.
    fn add(&mut self, chunk: &[u8], (is_held, most): (bool, usize)) {
        if self.is_over {
            return;
        }
        if !is_held {
            self.count_held();
        }
        let mut rest = chunk;
        while let Some(end) = memchr2(b'\n', b'\r', rest) {
            let (line, after) = rest.split_at(end);
            let open = std::mem::take(&mut self.open);
            match open.is_empty() {
                true => self.line(line, is_held),
                false => self.line(&[open.as_slice(), line].concat(), is_held),
            }
            rest = after.get(1..).unwrap_or_default();
        }
        // What is no line for so long is none.
        if self.open.len() <= most {
            self.open.extend_from_slice(rest);
        }
    }

    fn line(&mut self, line: &[u8], is_held: bool) {
        if line.is_ascii() {
            return;
        }
        if !is_held {
            self.count(line);
        } else if self.held.len() + line.len() > HELD {
            (self.is_over, self.held) = (true, Vec::new());
        } else if !self.is_over {
            self.held.extend_from_slice(line);
            self.held.push(b'\n');
        }
    }

    fn count_held(&mut self) {
        let held = std::mem::take(&mut self.held);
        held.split(|byte| *byte == b'\n').for_each(|line| self.count(line));
    }

    fn finished(mut self) -> Self {
        self.count_held();
        let last = std::mem::take(&mut self.open);
        self.count(&last);
        self
    }

    fn count(&mut self, line: &[u8]) {
        if line.is_ascii() {
            return;
        }
        self.lines += 1;
        self.utf_8 += u64::from(std::str::from_utf8(line).is_ok());
        let is_gb18030 = is_text(line, GB18030);
        self.gb18030 += u64::from(is_gb18030);
        self.rare += u64::from(is_gb18030 && is_rare(line));
    }
}

/// Whether a line in GB18030 has characters outside GB 2312, which names and places need now and
/// then, and which a text in another encoding comes to.
fn is_rare(line: &[u8]) -> bool {
    let mut rest = line;
    loop {
        match rest {
            [] => return false,
            [..0x80, after @ ..] => rest = after,
            [0xA1..=0xF7, 0xA1..=0xFE, after @ ..] => rest = after,
            _ => return true,
        }
    }
}

fn is_text(line: &[u8], charset: &'static Charset) -> bool {
    let mut decoder = charset.new_decoder_without_bom_handling();
    let (mut scratch, mut rest) = ([0; 1_024], line);
    loop {
        let (result, read, _) = decoder.decode_to_utf8_without_replacement(rest, &mut scratch, true);
        match result {
            DecoderResult::InputEmpty => return true,
            DecoderResult::Malformed(..) => return false,
            DecoderResult::OutputFull => rest = rest.get(read..).unwrap_or_default(),
        }
    }
}

impl Ends {
    /// Writes LF, or CR and LF, where lines end, so that nothing moves; tells how many ends were no usual ones.
    ///
    /// `bytes` must not end within an end.
    pub(super) fn unify(self, bytes: &mut [u8]) -> u64 {
        match self {
            Self::Usual => lone_returns(bytes),
            Self::Control(control) => replaced(bytes, &[control], b"\n"),
            Self::NextLine => replaced(bytes, &[0xC2, 0x85], b"\r\n"),
        }
    }

    /// Whether the last byte may be the first of a line end.
    pub(super) fn is_open(self, bytes: &[u8]) -> bool {
        let first = match self {
            Self::Usual => b'\r',
            Self::NextLine => 0xC2,
            Self::Control(_) => return false,
        };
        bytes.last() == Some(&first)
    }
}

fn lone_returns(bytes: &mut [u8]) -> u64 {
    let (mut at, mut count) = (0, 0);
    while let Some(found) = memchr(b'\r', bytes.get(at..).unwrap_or_default()) {
        let end = at + found;
        if bytes.get(end + 1) != Some(&b'\n')
            && let Some(byte) = bytes.get_mut(end)
        {
            *byte = b'\n';
            count += 1;
        }
        at = end + 1;
    }
    count
}

fn replaced(bytes: &mut [u8], end: &[u8], by: &[u8]) -> u64 {
    let found: Vec<_> = memchr::memmem::find_iter(bytes, end).collect();
    for at in &found {
        if let Some(place) = bytes.get_mut(*at..at + end.len()) {
            place.copy_from_slice(by);
        }
    }
    found.len() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_ends_of_every_kind_become_line_feeds_in_place() {
        let unified = |ends: Ends, text: &str| {
            let mut bytes = text.as_bytes().to_vec();
            let count = ends.unify(&mut bytes);
            (String::from_utf8(bytes).unwrap(), count)
        };
        assert_eq!(unified(Ends::Usual, "a\rb\r\nc\r\rd\n"), ("a\nb\r\nc\n\nd\n".to_owned(), 3));
        assert_eq!(unified(Ends::Control(0x0B), "a\u{B}b"), ("a\nb".to_owned(), 1));
        assert_eq!(unified(Ends::NextLine, "a\u{85}b"), ("a\r\nb".to_owned(), 1));
    }

    #[test]
    fn utf_8_is_known_whatever_the_pieces() {
        for size in 1..9 {
            let mut scan = Scan { is_utf_8: true, ..Scan::default() };
            "a无\u{1F600}开户é\n".as_bytes().chunks(size).for_each(|chunk| scan.add(chunk));
            assert!(scan.finished(), "{size}");
            let mut scan = Scan { is_utf_8: true, ..Scan::default() };
            let (text, _, _) = GB18030.encode("查无开户信息\n");
            text.chunks(size).for_each(|chunk| scan.add(chunk));
            assert!(!scan.finished(), "{size}");
        }
    }

    #[test]
    fn the_encoding_that_explains_more_lines_wins() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        let surveyed = |bytes: &[u8]| {
            std::fs::write(&path, bytes).unwrap();
            Survey::read(&path, &Form::default(), &Bounds::default()).unwrap()
        };
        // Two of the words are, in GB18030, also letters of UTF-8.
        let (text, _, _) = GB18030.encode("a,未\nb,未\nc,已\n");
        assert_eq!(surveyed(&text).charset, GB18030);
        assert_eq!(surveyed(&text).notes.len(), 1, "{:?}", surveyed(&text).notes);
        let latin = surveyed(b"nom,ville\nDup\xE9rier,Orl\xE9ans\nM\xFCller,Z\xFCrich\n1,2\n");
        assert!(latin.charset == GB18030 && latin.notes[1].to_string().starts_with("2 of 2 "), "{:?}", latin.notes);
        assert_eq!(surveyed(b"a\nSoci\xE9t\xE9 G\n").notes.len(), 2);
        let mixed = [&text[10..], "b,未\nd,未结案\n".as_bytes()].concat();
        let survey = surveyed(&mixed);
        assert_eq!((survey.charset, survey.notes.len()), (UTF_8, 1));
        assert_eq!(surveyed("a,未\n".as_bytes()).notes.len(), 0);
    }

    #[test]
    fn doubt_behind_much_text_is_settled_by_all_of_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        let (odd, _, _) = GB18030.encode("查无开户信息\n");
        let lines = HELD / 7 + 9;
        std::fs::write(&path, ["未,未\n".repeat(lines).as_bytes(), &odd].concat()).unwrap();
        let survey = Survey::read(&path, &Form::default(), &Bounds::default()).unwrap();
        assert_eq!(survey.charset, UTF_8);
        assert!(survey.notes[0].to_string().contains(&format!("of {} lines", lines + 1)), "{:?}", survey.notes);
    }
}
