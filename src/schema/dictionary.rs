//! Writes the data dictionary from the schema, so that the document cannot differ from the code.

use std::fmt::Write;

use super::{ColumnKind, Nature, Owner, TABLES};

/// The data dictionary as Markdown, one section per table.
///
/// `data/README.md` is this text; a test holds the two together.
///
/// ```
/// let text = wherewithal::schema::dictionary();
/// assert!(text.contains("deposits") && text.contains("银行存款"));
/// ```
pub fn dictionary() -> String {
    let mut text = String::new();
    for table in TABLES {
        let nature = match (table.nature, table.owner) {
            (Nature::Event, _) => "each row is an event".to_owned(),
            (Nature::State([]), Owner::Party) => "the latest row of a party holds".to_owned(),
            (Nature::State([]), Owner::Case) => "the latest row of a case holds".to_owned(),
            (Nature::State(item), _) => format!("the latest row per `{}` holds", item.join("`, `")),
        };
        // Writing to a String cannot fail.
        let _ = write!(text, "\n## `{}` · {}\n\n{}; {nature}.\n\n", table.name, table.zh, table.en);
        text.push_str("| column | unit | range | empty? | 含义 | meaning |\n|---|---|---|---|---|---|\n");
        for column in table.columns() {
            let unit = match column.kind {
                ColumnKind::Code(codes) => format!("`{}`", codes.join("` `")),
                kind => kind.unit().to_owned(),
            };
            let empty = if column.nullable { "may be" } else { "never" };
            let range = column.range.in_words(column.kind);
            let _ =
                writeln!(text, "| `{}` | {unit} | {range} | {empty} | {} | {} |", column.name, column.zh, column.en);
        }
    }
    text
}
