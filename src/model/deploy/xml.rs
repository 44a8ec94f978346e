//! Writes XML.

use std::fmt;

use quick_xml::escape::escape;

/// An element of an XML document.
#[derive(Debug, Clone)]
pub(super) struct Element {
    name: &'static str,
    attributes: Vec<(&'static str, String)>,
    text: Option<String>,
    children: Vec<Self>,
}

impl Element {
    pub(super) const fn new(name: &'static str) -> Self {
        Self { name, attributes: Vec::new(), text: None, children: Vec::new() }
    }

    pub(super) fn with(mut self, attribute: &'static str, value: impl ToString) -> Self {
        self.attributes.push((attribute, value.to_string()));
        self
    }

    /// Text instead of children.
    pub(super) fn text(mut self, text: String) -> Self {
        self.text = Some(text);
        self
    }

    pub(super) fn child(self, child: Self) -> Self {
        self.children([child])
    }

    pub(super) fn children(mut self, children: impl IntoIterator<Item = Self>) -> Self {
        self.children.extend(children);
        self
    }

    /// The first attribute value with a character that XML would lose or refuse.
    pub(super) fn unwritable(&self) -> Option<&str> {
        let own = self.attributes.iter().map(|(_, value)| value.as_str()).find(|value| value.contains(is_lost));
        own.or_else(|| self.children.iter().find_map(Self::unwritable))
    }

    fn write(&self, f: &mut fmt::Formatter<'_>, depth: usize) -> fmt::Result {
        write!(f, "{:1$}<{2}", "", 2 * depth, self.name)?;
        for (attribute, value) in &self.attributes {
            write!(f, " {attribute}=\"{}\"", escape(value))?;
        }
        if let Some(text) = &self.text {
            return writeln!(f, ">{}</{}>", escape(text), self.name);
        }
        if self.children.is_empty() {
            return writeln!(f, "/>");
        }
        writeln!(f, ">")?;
        self.children.iter().try_for_each(|child| child.write(f, depth + 1))?;
        writeln!(f, "{:1$}</{2}>", "", 2 * depth, self.name)
    }
}

/// Control characters are not allowed or, in an attribute, read as blanks.
fn is_lost(c: char) -> bool {
    c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}')
}

impl fmt::Display for Element {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, r#"<?xml version="1.0" encoding="UTF-8"?>"#)?;
        self.write(f, 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_escaped_and_what_cannot_be_is_found() {
        let text = Element::new("a").with("b", r#"<"&'>"#).child(Element::new("c")).to_string();
        assert!(text.ends_with("<a b=\"&lt;&quot;&amp;&apos;&gt;\">\n  <c/>\n</a>\n"), "{text}");
        let tabbed = Element::new("a").child(Element::new("c").with("d", "x\ty"));
        assert_eq!(tabbed.unwritable(), Some("x\ty"));
    }
}
