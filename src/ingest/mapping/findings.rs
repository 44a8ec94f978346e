//! Problems of a mapping, and where in its file they stand.
//!
//! The check works on the parsed document, which has no lines. Each problem keeps the way to the part it is
//! about (`source`, 2, `table`, 0, `columns`, `balance_fen`); the text is then parsed once more with
//! positions, and the way is walked as far as it goes.

use crate::sentence::{Sentence, says};
use toml::de::{DeTable, DeValue};

/// A step towards a part of the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    Key(String),
    At(usize),
}

impl From<&str> for Step {
    fn from(key: &str) -> Self {
        Self::Key(key.to_owned())
    }
}

impl From<usize> for Step {
    fn from(place: usize) -> Self {
        Self::At(place)
    }
}

/// Problems, each with the way to the part of the document that it is about.
#[derive(Debug, Default)]
pub(super) struct Findings {
    problems: Vec<(Vec<Step>, Sentence)>,
    way: Vec<Step>,
}

impl Findings {
    /// Adds a problem of the part at hand.
    pub(super) fn push(&mut self, text: Sentence) {
        self.problems.push((self.way.clone(), text));
    }

    /// Looks at a part of the part at hand.
    pub(super) fn within<const N: usize>(&mut self, steps: [Step; N], look: impl FnOnce(&mut Self)) {
        self.way.extend(steps);
        look(self);
        self.way.truncate(self.way.len().saturating_sub(N));
    }

    /// The problems as they are, for a mapping that no text was read for.
    pub(super) fn texts(self) -> Vec<Sentence> {
        self.problems.into_iter().map(|(_, text)| text).collect()
    }

    /// The problems, each with its line in the text that the mapping was read from, in the order of the lines.
    pub(super) fn with_lines(self, text: &str) -> Vec<Sentence> {
        let Ok(document) = DeTable::parse(text) else { return self.texts() };
        let lined =
            self.problems.into_iter().map(|(way, problem)| (line(text, offset(document.get_ref(), &way)), problem));
        let mut lined: Vec<(usize, Sentence)> = lined.collect();
        lined.sort_by_cached_key(|(line, problem)| (*line, problem.to_string()));
        lined.into_iter().map(|(line, problem)| says!("line {line}: {problem}", line, problem)).collect()
    }
}

/// The line, from 1, in which the byte `at` of a text stands.
pub(super) fn line(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1
}

/// Where the last part of the way begins that the document has.
fn offset(document: &DeTable<'_>, way: &[Step]) -> usize {
    in_table(document, way).unwrap_or_default()
}

fn in_table(table: &DeTable<'_>, way: &[Step]) -> Option<usize> {
    let (Step::Key(key), rest) = way.split_first()? else { return None };
    let (name, value) = table.iter().find(|(name, _)| name.get_ref() == key)?;
    Some(in_value(value.get_ref(), rest).unwrap_or(name.span().start))
}

fn in_value(value: &DeValue<'_>, way: &[Step]) -> Option<usize> {
    match (value, way.split_first()?) {
        (DeValue::Table(table), _) => in_table(table, way),
        (DeValue::Array(items), (Step::At(at), rest)) => {
            let item = items.get(*at)?;
            Some(in_value(item.get_ref(), rest).unwrap_or(item.span().start))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn problems_stand_in_the_lines_of_their_parts() {
        let text = "name = 'a'\n\n[[source]]\nfile = 'a'\n\n[[source]]\nfile = 'b'\n[[source.table]]\nname = 'cases'\n\
                    [source.table.columns]\nkind = { const = 'x' }\n[source.table.columns.cause]\nfrom = 'y'\n";
        let line_of = |way: &[Step]| line(text, offset(DeTable::parse(text).unwrap().get_ref(), way));
        let table = || vec!["source".into(), 1.into(), "table".into(), 0.into()];
        assert_eq!(line_of(&["name".into()]), 1);
        assert_eq!(line_of(&["source".into(), 0.into()]), 3);
        assert_eq!(line_of(&["source".into(), 1.into()]), 6);
        assert_eq!(line_of(&table()), 8);
        assert_eq!(line_of(&[table(), vec!["columns".into(), "kind".into()]].concat()), 11);
        assert_eq!(line_of(&[table(), vec!["columns".into(), "cause".into(), "from".into()]].concat()), 13);
        assert_eq!(line_of(&[table(), vec!["columns".into(), "absent".into()]].concat()), 10, "the part that lacks it");
    }
}
