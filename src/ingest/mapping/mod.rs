//! What an outside source means, as data.

mod check;
mod document;
mod form;
mod glob;
mod rule;

pub use document::{IgnoreRule, LookupRule, Mapping, SourceRule, TableRule};
pub use form::{Encoding, Form, Format};
pub(super) use glob::matches;
pub(super) use rule::EXCEL;
pub use rule::{ColumnRule, DecimalMark, Derivation, MoneyUnit, Scale};
