//! Text with holes.

/// Between what was found and what was expected.
const OUTERMOST: &str = ", expected ";

/// A text with holes, as `format!` takes it: `{name}`, `{name:spec}`, and `{}`, which is called by its number.
#[derive(Debug)]
pub(super) struct Template {
    /// One more than there are holes.
    literals: Vec<String>,
    holes: Vec<String>,
}

impl Template {
    pub(super) fn parse(text: &str) -> Self {
        let (mut literals, mut holes, mut unnamed) = (vec![String::new()], Vec::new(), 0);
        let mut rest = text.trim();
        while let Some((before, after)) = rest.split_once('{') {
            push(&mut literals, before);
            if let Some(after) = after.strip_prefix('{') {
                push(&mut literals, "{");
                rest = after;
                continue;
            }
            let Some((hole, after)) = after.split_once('}') else {
                push(&mut literals, "{");
                rest = after;
                continue;
            };
            let name = hole.split(':').next().unwrap_or_default();
            holes.push(if name.is_empty() { unnamed.to_string() } else { name.to_owned() });
            unnamed += usize::from(name.is_empty());
            literals.push(String::new());
            rest = after;
        }
        push(&mut literals, rest);
        Self { literals, holes }
    }

    pub(super) fn has_holes(&self) -> bool {
        !self.holes.is_empty()
    }

    /// The text without holes.
    pub(super) fn plain(&self) -> String {
        self.literals.concat()
    }

    /// How much of a text that fits is told by the template itself.
    pub(super) fn weight(&self) -> usize {
        self.literals.iter().map(String::len).sum()
    }

    /// What stands in the holes, by their names, if the text fits: each hole ends where the next literal first stands.
    pub(super) fn read<'t>(&self, text: &'t str) -> Option<Vec<(&str, &'t str)>> {
        let (first, others) = self.literals.split_first()?;
        let (last, between) = others.split_last()?;
        let mut rest = text.strip_prefix(first.as_str())?.strip_suffix(last.as_str())?;
        let mut found = Vec::with_capacity(self.holes.len());
        let mut holes = self.holes.iter();
        for (literal, hole) in between.iter().zip(holes.by_ref()) {
            // What was found may be a sentence with an expectation of its own: the last one is that of the whole.
            let (value, after) = match literal.as_str() {
                OUTERMOST => rest.rsplit_once(OUTERMOST)?,
                literal => rest.split_once(literal)?,
            };
            found.push((hole.as_str(), value));
            rest = after;
        }
        found.push((holes.next()?.as_str(), rest));
        Some(found)
    }

    /// The text with its holes filled; a hole that nobody fills stays empty.
    pub(super) fn filled(&self, value: impl Fn(&str) -> Option<String>) -> String {
        let mut text = String::new();
        let mut holes = self.holes.iter();
        for literal in &self.literals {
            text += literal;
            text += &holes.next().and_then(|hole| value(hole)).unwrap_or_default();
        }
        text
    }
}

fn push(literals: &mut [String], text: &str) {
    if let Some(last) = literals.last_mut() {
        *last += &text.replace("}}", "}");
    }
}

#[cfg(test)]
mod tests {
    use super::Template;

    #[test]
    fn a_text_is_read_and_told_in_another_order() {
        let template = Template::parse("  refused {} in {file}, first in line {line:>4}");
        let found = template.read("refused 3 in a, b.csv, first in line    7").unwrap();
        assert_eq!(found, [("0", "3"), ("file", "a, b.csv"), ("line", "   7")]);
        let told = Template::parse("{file}：{0} 行")
            .filled(|hole| found.iter().find(|(name, _)| *name == hole).map(|(_, value)| (*value).to_owned()));
        assert_eq!(told, "a, b.csv：3 行");
        assert!(template.read("refused 3 of b.csv").is_none());
        assert!(Template::parse("from {{ to }}").read("x").is_none());
        assert_eq!(Template::parse("from {{ to }}").plain(), "from { to }");
    }
}
