//! What an outside source means, as data: the mapping, its rules, and the check that holds it against the
//! schema. Nothing here opens a source file.

mod check;
mod computed;
mod document;
mod extra;
mod findings;
mod form;
mod glob;
mod origin;
mod rule;

pub(super) use computed::Measure;
pub use computed::{ComputedRule, Operand, Operation};
pub use document::{IgnoreRule, LookupRule, Mapping, Pick, SourceRule, TableRule};
pub use extra::ExtraKind;
pub(super) use form::unpacked;
pub use form::{Encoding, Form, Format};
pub(super) use glob::matches;
pub use origin::Origin;
pub(super) use rule::EXCEL;
pub use rule::{ColumnRule, DecimalMark, Derivation, MoneyUnit, Scale};
