//! Matches file names against patterns with `*` and `?`.
//!
//! The two signs are all that a mapping needs, and a path separator is a character like another: the
//! pattern `*.csv` means the CSV files of folders below too, as an export that is packed in one more folder
//! must still be read.

/// Whether a file's path within its folder has the form of `pattern`: `*` stands for any characters, `?` for one. A
/// pattern without the ending `.gz` also means the compressed file.
pub(in crate::ingest) fn matches(pattern: &str, path: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    let whole = |text: &str| fits(&pattern, &text.chars().collect::<Vec<_>>());
    whole(path) || path.strip_suffix(".gz").is_some_and(whole)
}

fn fits(pattern: &[char], text: &[char]) -> bool {
    // The last star met, and how much of the text it has swallowed.
    let (mut p, mut t, mut star) = (0, 0, None);
    while let Some(c) = text.get(t) {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, t));
                p += 1;
            }
            Some('?') => (p, t) = (p + 1, t + 1),
            Some(expected) if expected == c => (p, t) = (p + 1, t + 1),
            _ => {
                let Some((at, swallowed)) = star else { return false };
                star = Some((at, swallowed + 1));
                (p, t) = (at + 1, swallowed + 1);
            }
        }
    }
    pattern.iter().skip(p).all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn stars_marks_and_compressed_files() {
        for (pattern, path) in [
            ("loan.asc", "loan.asc"),
            ("loan.asc", "loan.asc.gz"),
            ("trans*.asc", "trans_first.asc.gz"),
            ("*/银行?.csv", "2017/银行A.csv"),
            ("*", ""),
            ("a*b*c", "aXbYbZc"),
        ] {
            assert!(matches(pattern, path), "{pattern} {path}");
        }
        for (pattern, path) in [("loan.asc", "loans.asc"), ("?", ""), ("a*b", "ac"), ("trans*.asc", "trans.csv.gz")] {
            assert!(!matches(pattern, path), "{pattern} {path}");
        }
    }
}
