//! Is this source fit to use?
//!
//! The only reader of source files. A [`Mapping`] says, as data, what an outside source's columns,
//! codes, units, sentinels and keys mean; [`read`] accepts or refuses every row of a folder by it.
//! Accepted rows go to a [`TableSink`] while files are read; refused rows are kept whole with line,
//! column, what was found and what was expected; the [`IngestReport`] counts both and names the
//! columns that nobody used.
//!
//! ```
//! use wherewithal::ingest::Mapping;
//!
//! let mapping = Mapping::parse(
//!     r#"
//!     name = "recoveries"
//!     [[source]]
//!     file = "到账*.csv"
//!     [[source.table]]
//!     name = "payments"
//!     [source.table.columns]
//!     case_id = { from = "案号" }
//!     event_on = { from = "到账日期", date = ["%Y-%m-%d", "%Y/%m/%d"] }
//!     known_at = { from = "登记日期", date = ["%Y-%m-%d", "%Y/%m/%d"], or = { from = "到账日期", date = "%Y-%m-%d" } }
//!     amount_fen = { from = "金额（万元）", unit = "wan_yuan" }
//!     manner = { from = "方式", codes = { "拍卖" = "auction", "扣划" = "deduction" }, otherwise = "other" }
//!     "#,
//! )?;
//! assert_eq!(Mapping::parse(&mapping.to_toml()?)?, mapping);
//! # Ok::<(), wherewithal::Error>(())
//! ```
//!
//! # Invariants
//!
//! - Per file, rows read = accepted + left out on purpose + refused (law 2). Nothing is repaired: a
//!   bad value refuses its whole row.
//! - A row without the day on which the court learnt it is refused.
//! - The tables do not depend on threads or blocks; `record_id` is the file's ordinal × 2⁴⁰ + the
//!   line.
//! - Identifiers leave as keyed pseudonyms. In clear they stand in one place, the folder of refused
//!   rows, which holds source rows as they came and needs the sources' own protection; no error and
//!   no report repeats a value.
//! - A malformed line costs one row, also where a quote is never closed.
//! - A file at fault costs that file. One that cannot be read as what its name and the mapping say (an archive,
//!   workbook or database that is none, is damaged, encrypted or unpacks to too much; bytes that are no text; a header
//!   without the columns of its table) is refused: [`FileReport::damage`] says why, [`IngestReport::lost`] names all
//!   such files, what was read before the damage is counted, and the other files are read. It is an error where no file
//!   can be read, and where a lookup's file cannot: other files' rows depend on it.
//! - Of a compressed file, only what a checksum vouches for is read.
//! - Nothing outside is taken whole that has no bound: see [`Bounds`].
//!
//! Absent here: the meaning of any particular source, which is data in `data/mappings/`; linkage of parties; the clock.
//!
//! # References
//!
//! RFC 4180 for delimited text; the WHATWG Encoding Standard for labels; GB 18030-2022.

mod bounds;
mod database_url;
mod mapping;
mod params;
mod spelling;

mod content;
mod files;
mod guard;
mod rows;

mod plan;

mod collect;
mod day_form;
mod file_ingest;
mod file_reader;
mod lines;
mod look;
mod misread;
mod read;
mod read_parquet;
mod read_relation;
mod read_sheet;
mod read_text;
mod refusal;
mod report;
mod table_sink;
mod texts;
mod told;

pub use bounds::Bounds;
pub use database_url::DatabaseUrl;
pub use day_form::DayForm;
pub(crate) use file_reader::{FileReader, ListedFile, listed};
pub(crate) use files::of_gzip;
pub(crate) use lines::{Parting, TextLines};
pub(crate) use look::names_table;
pub use look::{RawRow, RawTable};
pub use mapping::{
    ColumnRule, ComputedRule, DecimalMark, Derivation, Encoding, ExtraKind, Form, Format, IgnoreRule, LookupRule,
    Mapping, MoneyUnit, Operand, Operation, Origin, Pick, Scale, SourceRule, TableRule,
};
pub(crate) use misread::shape;
pub use params::{ReadParams, Sources};
pub(crate) use plan::{own_columns, own_rule};
pub use read::{read, read_to};
pub use refusal::{Reason, Refusal};
pub use report::{FileReport, IgnoredColumn, IgnoredFile, IngestReport, LookupReport, RefusalCount, Remarks};
pub(crate) use rows::are_rows;
pub use table_sink::TableSink;
pub(crate) use texts::{TakeRow, each_parquet_row, each_text_row, only_file_of};
pub(crate) use told::told;
