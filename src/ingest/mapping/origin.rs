//! Where in its file each part of a mapping stands, for messages.
//!
//! A column that a file lacks is told with the line of the mapping that asks for it, which is where the
//! person has to look.

use std::path::{Path, PathBuf};

use crate::domain::masked_path;
use crate::sentence::{Sentence, says};

/// Where a mapping was read from, so that messages can name its lines. It is no part of what the
/// mapping says: mappings of any origin are equal.
#[derive(Debug, Clone, Default)]
pub struct Origin {
    file: Option<PathBuf>,
    text: String,
}

impl PartialEq for Origin {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Origin {
    pub(super) fn new(file: Option<&Path>, text: &str) -> Self {
        Self { file: file.map(Path::to_path_buf), text: text.to_owned() }
    }

    /// The line in which a source, counted from 0, first names a column, in words.
    pub(in crate::ingest) fn line_of(&self, source: usize, column: &str) -> Option<Sentence> {
        let quoted = [format!("\"{column}\""), format!("'{column}'")];
        let names = |line: &str| {
            let is_key = line.split_once('=').is_some_and(|(key, _)| key.trim() == column);
            is_key
                || line.trim() == format!("[source.computed.{column}]")
                || quoted.iter().any(|name| line.contains(name))
        };
        let mut sources = 0;
        let mut lines = self.text.lines().zip(1..).skip_while(|(line, _)| {
            sources += usize::from(line.trim().starts_with("[[source]]"));
            sources <= source
        });
        let (_, first) = lines.next()?;
        let own = self.text.lines().zip(1..).skip(first);
        let mut own = own.take_while(|(line, _)| !line.trim().starts_with("[[source]]"));
        let (_, line) = own.find(|(line, _)| names(line))?;
        let file = self.file.as_deref().map_or_else(|| says!("the mapping"), |path| Sentence::name(masked_path(path)));
        Some(says!("{file}, line {line}", file, line))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_is_found_in_the_lines_of_its_source() {
        let text = "name = 'a'\n[[source]]\nfile = 'a'\nx = { from = \"余额\" }\n[[source]]\nfile = 'b'\ny = { from = '余额' }\n";
        let origin = Origin::new(Some(Path::new("m.toml")), text);
        assert_eq!(origin.line_of(0, "余额").unwrap().to_string(), "m.toml, line 4");
        assert_eq!(origin.line_of(1, "余额").unwrap().to_string(), "m.toml, line 7");
        assert_eq!((origin.line_of(1, "账号"), origin.line_of(2, "余额")), (None, None));
        assert_eq!(Origin::new(None, text).line_of(0, "余额").unwrap().to_string(), "the mapping, line 4");
    }
}
