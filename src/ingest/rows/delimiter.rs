//! Finds the delimiter of a text file.
//!
//! The first 512 lines are counted: under the right delimiter most of them have the same number of fields,
//! and more than one. Delimiters within quotes do not count.

use std::collections::HashMap;

/// Characters that part fields, the usual one first.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];
/// Lines by which the delimiter is told.
const LINES: usize = 512;

/// The delimiters to try, the usual one first.
pub(in crate::ingest) fn delimiters(usual: u8) -> impl Iterator<Item = u8> {
    std::iter::once(usual).chain(DELIMITERS.into_iter().filter(move |mark| *mark != usual))
}

/// The delimiter under which most of the first lines have the same number of fields, and more than
/// one; nothing where there is none.
pub(in crate::ingest) fn delimiter_of(text: &str) -> Option<u8> {
    let lines: Vec<_> = text.lines().filter(|line| !line.trim().is_empty()).take(LINES).collect();
    let alike = |mark: u8| {
        let mut counts: HashMap<usize, usize> = HashMap::new();
        lines.iter().map(|line| fields(line, mark)).filter(|width| *width > 1).for_each(|width| {
            *counts.entry(width).or_default() += 1;
        });
        counts.into_iter().map(|(width, count)| (count, width)).max()
    };
    let found = DELIMITERS.into_iter().filter_map(|mark| Some((alike(mark)?, mark)));
    found.reduce(|best, next| if next.0 > best.0 { next } else { best }).map(|(_, mark)| mark)
}

fn fields(line: &str, mark: u8) -> usize {
    let mut is_quoted = false;
    let parts = line.bytes().filter(|byte| {
        is_quoted ^= *byte == b'"';
        *byte == mark && !is_quoted
    });
    parts.count() + 1
}

/// A delimiter as a mapping writes it.
pub(in crate::ingest) fn shown(mark: u8) -> String {
    if mark == b'\t' { "\"\\t\"".to_owned() } else { format!("\"{}\"", char::from(mark)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn most_lines_tell_the_delimiter() {
        assert_eq!(delimiter_of("title\na;b,c;d\n1;\"2;3\";4\n"), Some(b';'));
        assert_eq!(delimiter_of("a\tb\n"), Some(b'\t'));
        assert_eq!(delimiter_of("a\nb\n"), None);
        assert_eq!((shown(b'\t'), shown(b'|')), ("\"\\t\"".to_owned(), "\"|\"".to_owned()));
        assert_eq!(delimiters(b'\t').collect::<Vec<_>>(), b"\t,;|");
    }
}
