//! Files that are named like a table and have the schema's own columns, in small letters or capitals, days
//! as ISO 8601 and money in fen.
//!
//! Such a file needs no mapping. It may bring a name and a number in clear, from which the masked ones are
//! made here, so that a court's plain export needs no program to prepare it.

use std::collections::BTreeMap;

use crate::ingest::mapping::{ColumnRule, Derivation, MoneyUnit, TableRule};
use crate::ingest::spelling::spelt;
use crate::schema::{ColumnKind, RECORD_ID, Table};

/// Columns that are made here when the file brings names and numbers in clear, and from which column.
const FROM_CLEAR: [(&str, &str, Derivation); 6] = [
    ("masked_name", "name", Derivation::MaskedName),
    ("masked_number", "number", Derivation::MaskedNumber),
    ("number_state", "number", Derivation::NumberState),
    ("organisation_id", "entity_id", Derivation::OrganisationId),
    ("number_kind", "entity_id", Derivation::NumberKind),
    ("other_number_kind", "other_id", Derivation::NumberKind),
];

/// The columns that such a file may have.
pub(crate) fn own_columns(table: &Table) -> impl Iterator<Item = String> {
    let clear =
        FROM_CLEAR.iter().filter(|(made, ..)| table.column(made).is_some()).map(|(_, from, _)| (*from).to_owned());
    table.columns().map(|column| column.name.to_owned()).chain(clear)
}

/// The rule that reads a file of this table with these columns.
pub(crate) fn own_rule(table: &Table, header: &[String]) -> TableRule {
    let has = |name: &str| header.iter().any(|column| column.eq_ignore_ascii_case(name));
    // A column that two headings spell is asked for by its own name, which the file has not once.
    let from = |name: &str| ColumnRule::from_column(spelt(header, name).map_or(name, String::as_str));
    let mut columns = BTreeMap::new();
    for column in table.columns().filter(|column| column.name != RECORD_ID) {
        let made = FROM_CLEAR.iter().find(|(made, clear, _)| *made == column.name && has(clear));
        let made = made.map(|(_, clear, derive)| ColumnRule { derive: Some(*derive), ..from(clear) });
        let unit = (column.kind == ColumnKind::Money).then_some(MoneyUnit::Fen);
        let given = ColumnRule { unit, ..from(column.name) };
        let rule = match made {
            Some(made) if has(column.name) => ColumnRule { or: Some(Box::new(made)), ..given },
            Some(made) => made,
            None if column.nullable && !has(column.name) => continue,
            None => given,
        };
        columns.insert(column.name.to_owned(), rule);
    }
    let (when, unless, extra) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    TableRule { name: table.name.to_owned(), when, unless, columns, extra }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema;

    #[test]
    fn masks_what_comes_in_clear_and_leaves_out_what_does_not_come() {
        let table = schema::table("parties").unwrap();
        let header: Vec<String> =
            ["entity_id", "event_on", "known_at", "kind", "name", "number", "masked_number"].map(Into::into).into();
        let rule = own_rule(table, &header);
        assert_eq!(rule.columns["masked_name"].derive, Some(Derivation::MaskedName));
        let number = &rule.columns["masked_number"];
        assert_eq!((number.derive, number.or.as_ref().unwrap().derive), (None, Some(Derivation::MaskedNumber)));
        assert!(!rule.columns.contains_key("region"));
        let loud: Vec<String> = header.iter().map(|name| name.to_uppercase()).collect();
        assert_eq!(own_rule(table, &loud).columns["kind"].from, ["KIND"]);
        let twice: Vec<String> = ["REGION", "Region"].map(Into::into).into();
        assert_eq!(own_rule(table, &twice).columns["region"].from, ["region"], "no heading alone");
        assert!(own_columns(table).any(|name| name == "number"));
        assert!(!own_columns(schema::table("cases").unwrap()).any(|name| name == "number"));
    }
}
