//! Values that many share are no evidence.
//!
//! The telephone of an agency stands in the records of all its clients. A value that more parties carry
//! than the settings allow is taken out of its column, and how many cells that were is told.

use super::compare::Forms;
use super::entity_map::NoEvidence;
use super::params::{ComparisonKind, LinkageParams};
use super::records::{CanonicalColumn, index_of, number};

/// How many times the average are added to the cap of days: in a million records each day has many carriers.
const TIMES_AVERAGE: u32 = 3;

/// Takes from a column the values that more parties carry than the settings allow; `roots` names the party of each
/// record as far as sound identifiers and documents tell. Says what is no evidence in the column.
pub(super) fn leave_out_shared(
    params: &LinkageParams,
    roots: &[u32],
    (column, forms): (&CanonicalColumn, &mut Forms),
) -> NoEvidence {
    let shared = match cap(params, column, forms) {
        Some(cap) => shared(column, forms, (roots, cap)),
        None => Vec::new(),
    };
    let found = NoEvidence {
        column: column.name.clone(),
        nulls: forms.nulls,
        shared_values: u64::from(number(shared.len())),
        shared: shared.iter().map(|form| u64::from(forms.carriers(*form))).sum(),
    };
    forms.leave_out(&shared);
    found
}

fn cap(params: &LinkageParams, column: &CanonicalColumn, forms: &Forms) -> Option<u32> {
    let compared = params.comparisons.iter().filter(|comparison| comparison.column == column.name);
    let (cap, kind) = compared.filter_map(|c| Some((c.shared_by_at_most?, c.kind))).min_by_key(|(cap, _)| *cap)?;
    let is_day = kind == ComparisonKind::Day;
    Some(cap + if is_day { TIMES_AVERAGE * forms.present / forms.distinct().max(1) } else { 0 })
}

/// The folded forms that more than `cap` parties carry, in order.
fn shared(column: &CanonicalColumn, forms: &Forms, (roots, cap): (&[u32], u32)) -> Vec<u32> {
    let form = |code: &u32| forms.folded_code.get(index_of(*code)).copied();
    let forms_of_rows = column.codes.iter().zip(roots).filter_map(|(code, root)| Some((form(code)?, *root)));
    let mut carriers: Vec<(u32, u32)> = forms_of_rows.filter(|(form, _)| forms.carriers(*form) > cap).collect();
    carriers.sort_unstable();
    carriers.dedup();
    let many = carriers.chunk_by(|a, b| a.0 == b.0).filter(|carriers| carriers.len() > index_of(cap));
    many.filter_map(|carriers| carriers.first().map(|(form, _)| *form)).collect()
}
