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

/// What stands in a hole.
#[derive(Debug, PartialEq)]
pub(super) struct Found<'t> {
    pub(super) hole: &'t str,
    pub(super) text: &'t str,
    /// Whether it stands between quotes, and is a name or a value whatever it says.
    pub(super) is_name: bool,
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

    /// What stands in the holes, if the text fits: each hole ends where the next literal first stands.
    pub(super) fn read<'t>(&'t self, text: &'t str) -> Option<Vec<Found<'t>>> {
        let (first, others) = self.literals.split_first()?;
        let (last, between) = others.split_last()?;
        let mut rest = text.strip_prefix(first.as_str())?.strip_suffix(last.as_str())?;
        let mut found = Vec::with_capacity(self.holes.len());
        let is_name = |before: &String| before.ends_with(['`', '"', '“', '\'']);
        let mut holes = self.holes.iter().zip(self.literals.iter().map(is_name));
        for (literal, (hole, is_name)) in between.iter().zip(holes.by_ref()) {
            // What was found may be a sentence with an expectation of its own: the last one is that of the whole.
            let (value, after) = match literal.as_str() {
                OUTERMOST => rest.rsplit_once(OUTERMOST)?,
                literal => rest.split_once(literal)?,
            };
            found.push(Found { hole, text: value, is_name });
            rest = after;
        }
        let (hole, is_name) = holes.next()?;
        found.push(Found { hole, text: rest, is_name });
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

/// A text with its holes as they are called, without the way they are shown.
pub(super) fn standard(text: &str) -> String {
    let mut told = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, (hole, after))) =
        rest.split_once('{').and_then(|(before, rest)| Some((before, rest.split_once('}')?)))
    {
        told += before;
        told += "{";
        told += hole.split(':').next().unwrap_or_default();
        told += "}";
        rest = after;
    }
    told + rest
}

fn push(literals: &mut [String], text: &str) {
    if let Some(last) = literals.last_mut() {
        *last += &text.replace("}}", "}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_read_and_told_in_another_order() {
        let template = Template::parse("  refused {} in {file}, first in line {line:>4}");
        let found = template.read("refused 3 in a, b.csv, first in line    7").unwrap();
        let texts: Vec<_> = found.iter().map(|found| (found.hole, found.text)).collect();
        assert_eq!(texts, [("0", "3"), ("file", "a, b.csv"), ("line", "   7")]);
        let told = Template::parse("{file}：{0} 行")
            .filled(|hole| found.iter().find(|found| found.hole == hole).map(|found| found.text.to_owned()));
        assert_eq!(told, "a, b.csv：3 行");
        assert!(template.read("refused 3 of b.csv").is_none());
        assert!(Template::parse("from {{ to }}").read("x").is_none());
        assert_eq!(Template::parse("from {{ to }}").plain(), "from { to }");
        let quoted = Template::parse("unknown field `{}`, expected {}");
        let is_name = |found: Vec<Found<'_>>| found.iter().map(|found| found.is_name).collect::<Vec<_>>();
        assert_eq!(quoted.read("unknown field `nothing`, expected x").map(is_name), Some(vec![true, false]));
        assert_eq!(standard("{:>4} of {name:.2} and {}"), "{} of {name} and {}");
    }
}
