//! What does a table hold that somebody brought?
//!
//! People write `1,234.5`, `￥1,234`, `12%`, `无` and `#DIV/0!`, save as GB18030 with semicolons, or as Parquet. A
//! [`WrittenTable`] keeps every value as it is written; [`WrittenColumn::read`] says what kind of column it is
//! ([`ColumnKind`]), gives its values and accounts for every row: known, missing (by which word), infinite, or odd. One
//! odd value in a column of numbers stays one odd value.
//!
//! ```
//! use wherewithal::tabular::{ColumnKind, TableParams, WrittenTable};
//!
//! let text = "income;flag\n4,342.52;Y\n无;\n11,799.87;Y\n".as_bytes().to_vec();
//! let table = WrittenTable::from_bytes("loans.csv", text, &TableParams::default())?;
//! let income = table.column("income")?.read(None, &TableParams::default());
//! assert_eq!(income.kind, ColumnKind::Number);
//! assert_eq!(income.numbers[0], 4342.52);
//! assert_eq!((income.known, income.missing[0].rows), (2, 1));
//! # Ok::<(), wherewithal::Error>(())
//! ```
//!
//! # Invariants
//!
//! Nothing is repaired in silence and no row is lost: the counts of a column add up to the rows of the table. What
//! stands in a message is masked where it may be somebody's number. Absent here: outcomes, learning, the court's
//! tables.

mod params;

mod missing;
mod number;
mod shown;

mod moment;

mod brought;
mod bytes;
mod text;

mod called;
mod delimited;

mod column;
mod written;

pub use called::{NameMatch, matched_names};
pub use column::{ColumnKind, ReadColumn, Word};
pub use delimited::Delimited;
pub use moment::{DayOrder, Moment};
pub use params::TableParams;
pub use shown::{described, shown};
pub use written::{RenamedColumn, WrittenColumn, WrittenTable};
