//! Reads JSON objects, one a line.
//!
//! There is no header: every field that a rule names is looked up in each object, and a field that is
//! absent has no value. A field that stands twice with two values refuses its row, because no reader of
//! JSON agrees with another about which of them counts. Lists and objects within a field are no values.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;

use super::{Cell, Raw, RowVisitor};
use crate::ingest::bounds::Bounds;
use crate::ingest::files::Block;
use crate::ingest::refusal::{Fault, Reason};

/// Gives every line of the block to `taker` as the fields that `places` knows, and tells how many lines were read.
pub(in crate::ingest) fn read_block(
    block: &Block,
    (places, bounds): (&HashMap<String, usize>, &Bounds),
    visitor: &mut impl RowVisitor,
) -> usize {
    let decoded = block.decode();
    let mut lines = 0;
    let mut cells = Vec::with_capacity(places.len());
    for (at, line) in decoded.text().lines().enumerate() {
        let number = block.first_line + at as u64;
        lines = at + 1;
        if decoded.is_bad(at) {
            visitor.broken(number, Fault::encoding(decoded.charset()), Raw::Bytes(block.line(at)));
            continue;
        }
        if line.trim().is_empty() {
            continue;
        }
        if line.len() > bounds.line_bytes {
            let fault = Fault::long("line", ("line_bytes", bounds.line_bytes));
            visitor.broken(number, fault, Raw::Text(line));
            continue;
        }
        match serde_json::from_str::<Object>(line) {
            Ok(Object(fields)) => {
                cells.clear();
                cells.resize(places.len(), Cell::Null);
                let mut fault = None;
                for (name, value) in fields {
                    match places.get(&name).and_then(|place| cells.get_mut(*place)) {
                        Some(cell) => {
                            fault = fault.or_else(|| odd(&name, &value, cell));
                            *cell = of_value(value);
                        }
                        None => visitor.surplus(&name),
                    }
                }
                match fault {
                    None => visitor.row(number, &cells, Raw::Text(line)),
                    Some(fault) => visitor.odd(number, fault, (&cells, Raw::Text(line))),
                }
            }
            // serde_json's message may repeat the text; its category and column do not.
            Err(e) => {
                let found = format!("no JSON object from column {}", e.column());
                visitor.broken(
                    number,
                    Fault::line(Reason::Json, found, "one JSON object on the line"),
                    Raw::Text(line),
                );
            }
        }
    }
    lines
}

/// The fields of an object, one by one: a map would keep the last of those that have one name.
struct Object(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;
        impl<'de> Visitor<'de> for Fields {
            type Value = Object;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object, A::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                }
                Ok(Object(fields))
            }
        }
        deserializer.deserialize_map(Fields)
    }
}

/// What is wrong with a field whose cell may be filled: one that stands twice with two values, and one without a single
/// value.
fn odd(name: &str, value: &Value, before: &Cell<'_>) -> Option<Fault> {
    let found = match value {
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
        value if *before != Cell::Null && of_value(value.clone()) != *before => "two fields of this name",
        _ => return None,
    };
    let fault = Fault::line(Reason::Type, found, "one value: a number, a text, a day or a flag");
    Some(Fault { column: name.to_owned(), ..fault })
}

fn of_value(value: Value) -> Cell<'static> {
    match value {
        Value::Null => Cell::Null,
        Value::Bool(flag) => Cell::Flag(flag),
        Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(integer), _) => Cell::Int(integer),
            (None, Some(decimal)) if !number.is_u64() => Cell::Number(decimal),
            _ => Cell::Text(Cow::Owned(number.to_string())),
        },
        Value::String(text) => Cell::Text(Cow::Owned(text)),
        nested => Cell::Text(Cow::Owned(nested.to_string())),
    }
}

/// The names that the objects of a file have, in the order in which they are met.
#[derive(Default)]
pub(in crate::ingest) struct Names(Vec<String>);

impl Names {
    pub(in crate::ingest) fn into_inner(self) -> Vec<String> {
        self.0
    }

    pub(in crate::ingest) fn places(&self) -> HashMap<String, usize> {
        self.0.iter().cloned().zip(0..).collect()
    }
}

impl RowVisitor for Names {
    fn row(&mut self, _: u64, _: &[Cell<'_>], _: Raw<'_>) {}

    fn broken(&mut self, _: u64, _: Fault, _: Raw<'_>) {}

    fn surplus(&mut self, name: &str) {
        if !self.0.iter().any(|known| known == name) {
            self.0.push(name.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default)]
    struct Heard(Vec<String>);

    impl RowVisitor for Heard {
        fn row(&mut self, line: u64, cells: &[Cell<'_>], _: Raw<'_>) {
            self.0.push(format!("{line}:{cells:?}"));
        }

        fn broken(&mut self, line: u64, fault: Fault, _: Raw<'_>) {
            self.0.push(format!("{line}! {}", fault.found));
        }

        fn surplus(&mut self, name: &str) {
            self.0.push(format!("+{name}"));
        }
    }

    #[test]
    fn reads_objects_and_names_the_lines_that_are_none() {
        let places = HashMap::from([("a".to_owned(), 0), ("b".to_owned(), 1)]);
        let text = "{\"a\":0.29,\"b\":null}\n\n[1]\n{\"b\":\"x\",\"c\":1,\"a\":18446744073709551615}\n{\"a\":tru\n";
        let mut heard = Heard::default();
        let block = Block::new(text.as_bytes().to_vec(), 1, true);
        assert_eq!(read_block(&block, (&places, &Bounds::default()), &mut heard), 5);
        assert_eq!(
            heard.0,
            [
                "1:[Number(0.29), Null]",
                "3! no JSON object from column 0",
                "+c",
                "4:[Text(\"18446744073709551615\"), Text(\"x\")]",
                "5! no JSON object from column 8",
            ]
        );
    }

    #[test]
    fn a_field_that_is_needed_has_one_value() {
        let places = HashMap::from([("a".to_owned(), 0)]);
        let text = "{\"a\":1,\"a\":2}\n{\"a\":{\"b\":1}}\n{\"a\":[1]}\n{\"a\":1,\"a\":1,\"b\":[2]}\n";
        let mut heard = Heard::default();
        let block = Block::new(text.as_bytes().to_vec(), 1, true);
        read_block(&block, (&places, &Bounds::default()), &mut heard);
        assert_eq!(heard.0, ["1! two fields of this name", "2! an object", "3! a list", "+b", "4:[Int(1)]"]);
    }
}
