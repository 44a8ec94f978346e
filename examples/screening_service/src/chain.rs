//! Lines of the audit, each chained by digest to the one before.
//!
//! A line is a JSON object that ends in `"digest"`: BLAKE3 of the line without it. The line names the digest `before` it,
//! so no line can be changed, taken out or put in without all that follow. Whoever may write the file could write it anew
//! from some line on; each answer therefore carries number and digest of its line, and a partner who keeps one holds the
//! file to it.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::{Fault, clock};

/// What an answer is remembered by: no identifier, no name, nothing a partner wrote.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct Entry {
    /// `answer`, or what the service did of its own: `start`, `stop`, `reload`.
    pub(crate) what: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) partner: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) path: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) status: Option<u16>,
    /// Number and digest of the edition that was asked.
    pub(crate) edition: u32,
    pub(crate) edition_digest: String,
    /// The digest of the list's first edition, in the lines that say which edition stands: `start`, `reload`, changes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) list: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) activity: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) on: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) outcome: Option<serde_json::Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) rules: Vec<String>,
    /// Keyed digests from the receipt: of the question and of the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) question_digest: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) answer_digest: Option<String>,
}

#[derive(Serialize)]
struct Line<'a> {
    line: u64,
    at: String,
    #[serde(flatten)]
    entry: &'a Entry,
    before: &'a str,
}

#[derive(Deserialize)]
struct Links {
    line: u64,
    before: String,
    list: Option<String>,
    edition: Option<u32>,
    edition_digest: Option<String>,
}

/// The edition that each list was last at, its number and digest, by the digest of the list's first edition.
pub(crate) type Stood = BTreeMap<String, (u32, String)>;

/// Number and digest of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) line: u64,
    pub(crate) digest: String,
}

impl std::fmt::Display for Mark {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.line, self.digest)
    }
}

impl Mark {
    /// Before the first line.
    pub(crate) fn first() -> Self {
        Self { line: 0, digest: "0".repeat(64) }
    }
}

const DIGEST: &str = ",\"digest\":\"";

/// The line that follows a mark, and its own mark.
pub(crate) fn written(entry: &Entry, last: &Mark) -> Result<(String, Mark), Fault> {
    let line = Line { line: last.line + 1, at: clock::now(), entry, before: &last.digest };
    let text = serde_json::to_string(&line)?;
    let digest = blake3::hash(text.as_bytes()).to_hex().to_string();
    let body = text.strip_suffix('}').unwrap_or(&text);
    Ok((format!("{body}{DIGEST}{digest}\"}}\n"), Mark { line: last.line + 1, digest }))
}

/// The mark of a line that follows another one. Notes which edition of its list stood.
fn followed(text: &str, last: &Mark, stood: &mut Stood) -> Result<Mark, &'static str> {
    let (body, end) = text.rsplit_once(DIGEST).ok_or("it has no digest")?;
    let digest = end.strip_suffix("\"}").ok_or("it has no digest")?;
    let body = format!("{body}}}");
    if blake3::hash(body.as_bytes()).to_hex().as_str() != digest {
        return Err("it is not what its digest says");
    }
    let links: Links = serde_json::from_str(&body).map_err(|_| "it is no line of an audit")?;
    if links.before != last.digest || links.line != last.line + 1 {
        return Err("it does not follow the line before");
    }
    if let (Some(list), Some(number), Some(digest)) = (links.list, links.edition, links.edition_digest) {
        stood.insert(list, (number, digest));
    }
    Ok(Mark { line: links.line, digest: digest.to_owned() })
}

/// What checking a file came to.
#[derive(Debug)]
pub(crate) struct Checked {
    pub(crate) last: Mark,
    /// Bytes up to the end of the last whole line, and behind it: what was being written when the power went. No answer was
    /// given for it.
    pub(crate) whole: u64,
    pub(crate) torn: u64,
    pub(crate) stood: Stood,
}

/// Reads a whole file and follows its chain, which must hold a mark such as an answer carried, if one is given.
///
/// # Errors
///
/// The first broken line with what is wrong with it.
pub(crate) fn check(path: &Path, holds: Option<&str>) -> Result<Checked, Fault> {
    let named = |fault: &dyn std::fmt::Display| format!("{}: {fault}", path.display());
    let file = File::open(path).map_err(|fault| named(&fault))?;
    let mut is_held = holds.is_none();
    let met = |mark: &Mark| is_held |= holds == Some(mark.to_string().as_str());
    let checked = follow(&file, met).map_err(|fault| named(&fault))?;
    if is_held { Ok(checked) } else { Err(named(&"the chain is whole, but does not hold the line asked for").into()) }
}

pub(crate) fn follow(file: &File, mut met: impl FnMut(&Mark)) -> Result<Checked, Fault> {
    let (mut reader, mut text) = (BufReader::new(file), Vec::new());
    let mut checked = Checked { last: Mark::first(), whole: 0, torn: 0, stood: Stood::new() };
    loop {
        text.clear();
        let read = reader.read_until(b'\n', &mut text)? as u64;
        let Some(line) = text.strip_suffix(b"\n") else {
            checked.torn = read;
            return Ok(checked);
        };
        let number = checked.last.line + 1;
        let line = std::str::from_utf8(line).map_err(|_| format!("line {number} is broken: it is no text"))?;
        let followed = followed(line, &checked.last, &mut checked.stood);
        checked.last = followed.map_err(|fault| format!("line {number} is broken: {fault}"))?;
        met(&checked.last);
        checked.whole += read;
    }
}
