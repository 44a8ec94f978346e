//! What a file is whose name promises another thing, by how it begins.
//!
//! A file named `accounts.csv` may be a workbook, a PDF or a page of HTML that a portal sent instead of
//! data. Splitting its bytes at commas would refuse every line with a reason that helps nobody. So the
//! first bytes are compared with the signatures below, and the message says what the file is.

use crate::sentence::{Sentence, says};

/// Bytes in which a text has no zero.
const HEAD: usize = 4_096;
/// How files begin that are no delimited text.
const KNOWN: [(&[u8], &str); 11] = [
    (b"PK\x03\x04", "a zip archive or a workbook"),
    (b"\xD0\xCF\x11\xE0", "an older document of Office, or an encrypted one"),
    (b"SQLite format 3\0", "a SQLite database"),
    (b"PAR1", "a Parquet file"),
    (b"\x1F\x8B", "a gzip stream"),
    (b"Rar!\x1A", "a RAR archive"),
    (b"7z\xBC\xAF\x27\x1C", "a 7z archive"),
    (b"%PDF-", "a PDF document"),
    (b"\xFF\xD8\xFF", "a JPEG image"),
    (b"\x89PNG\r\n", "a PNG image"),
    (b"{\\rtf", "an RTF document"),
];
/// How pages begin, in small letters.
const PAGES: [(&[u8], &str); 3] =
    [(b"<!doctype", "an HTML page"), (b"<html", "an HTML page"), (b"<?xml", "an XML document")];

/// What the bytes are the beginning of, where they are no text of rows.
pub(super) fn known(head: &[u8]) -> Option<Sentence> {
    let text = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head).trim_ascii_start();
    let begins = |start: &[u8]| text.get(..start.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(start));
    let file = KNOWN.iter().find(|(start, _)| head.starts_with(start));
    file.or_else(|| PAGES.iter().find(|(start, _)| begins(start))).map(|(_, what)| says!(*what))
}

/// The same, and bytes that are no text at all.
pub(super) fn no_text(head: &[u8]) -> Option<Sentence> {
    let has_zero = head.iter().take(HEAD).any(|byte| *byte == 0);
    known(head).or_else(|| has_zero.then(|| says!("bytes that are no text")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_known_by_how_it_begins() {
        let said = |head: &[u8]| no_text(head).map(|said| said.to_string());
        assert_eq!(said(b"\xFF\xD8\xFF\xE0\0\x10JFIF").as_deref(), Some("a JPEG image"));
        assert_eq!(said(b"\xEF\xBB\xBF\n<!DOCTYPE HTML>").as_deref(), Some("an HTML page"));
        assert_eq!(said(b"\x7FELF\0").as_deref(), Some("bytes that are no text"));
        assert_eq!(said("案号,金额\n".as_bytes()), None);
        assert_eq!(said(b""), None);
    }
}
