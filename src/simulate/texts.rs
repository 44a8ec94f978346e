//! A column of texts in one piece of memory, which saves an allocation per text.

/// A column of texts, one after the other in one piece of memory.
///
/// A province has hundreds of millions of them: an allocation for each would cost more than all the drawing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Texts {
    letters: String,
    /// Where each text ends, and whether it is known.
    ends: Vec<(usize, bool)>,
}

impl Texts {
    pub(super) fn push(&mut self, text: Option<&str>) {
        self.letters.push_str(text.unwrap_or_default());
        self.ends.push((self.letters.len(), text.is_some()));
    }

    pub(super) fn get(&self, row: usize) -> Option<&str> {
        let (end, is_known) = *self.ends.get(row)?;
        let start = row.checked_sub(1).and_then(|before| self.ends.get(before)).map_or(0, |(end, _)| *end);
        self.letters.get(start..end).filter(|_| is_known)
    }

    pub(super) fn iter(&self) -> impl ExactSizeIterator<Item = Option<&str>> {
        (0..self.ends.len()).map(|row| self.get(row))
    }
}

#[cfg(test)]
mod tests {
    use super::Texts;

    #[test]
    fn an_empty_text_is_not_an_unknown_one() {
        let mut texts = Texts::default();
        let given = [Some("无锡"), None, Some(""), Some("江阴"), None];
        given.into_iter().for_each(|text| texts.push(text));
        assert_eq!(texts.iter().collect::<Vec<_>>(), given);
        assert_eq!(texts.get(5), None);
    }
}
