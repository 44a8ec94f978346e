//! The first rungs of the ladder: sound identifiers, documents, and what no party can have twice.
//!
//! A sound identifier passes its check, and its older and newer forms are one number. A damaged one is text
//! to compare. A document has no check, so equal documents join only where nothing contradicts it.

use std::collections::BTreeMap;

use super::compare::Forms;
use super::params::LinkageParams;
use super::records::{Canonical, CanonicalColumn, NONE, index_of, number};
use crate::domain::{Identifier, IdentifierKind, PartyKey};

/// What the records' sound identifiers say.
#[derive(Debug, Default)]
pub(super) struct Identity {
    /// Records that carry the same sound identifier, one list per identifier, in the order of the identifiers.
    pub(super) groups: Vec<Vec<u32>>,
    /// Records that carry the same document, one list per document, in the order of the documents.
    pub(super) documents: Vec<Vec<u32>>,
    /// Values of which a party has one: each list has one code a record.
    pub(super) single: Vec<Vec<u32>>,
    /// Whether a record carries a sound identifier.
    pub(super) is_identified: Vec<bool>,
    /// Identifier cells that are written but not sound.
    pub(super) damaged: u64,
}

const PERSON: u32 = 0;
const UNIT: u32 = 1;

impl Identity {
    pub(super) fn new(params: &LinkageParams, (table, forms): (&Canonical, &[Forms])) -> Self {
        let n = table.len();
        let mut identity = Self { is_identified: vec![false; n], ..Self::default() };
        let (mut groups, mut codes) = (Vec::new(), BTreeMap::new());
        let (mut persons, mut units, mut kinds) = (vec![NONE; n], vec![NONE; n], vec![NONE; n]);
        for at in params.identifiers.iter().filter_map(|name| table.position(name)) {
            let (Some(column), Some(forms)) = (table.columns.get(at), forms.get(at)) else { continue };
            let sound = sound_codes(column, &mut codes);
            groups.resize(codes.len(), Vec::new());
            for (row, code) in column.codes.iter().enumerate().filter(|(_, code)| !forms.is_nothing(**code)) {
                let Some(Some((code, kind))) = sound.get(index_of(*code)) else {
                    identity.damaged += 1;
                    continue;
                };
                let own = if *kind == PERSON { persons.get_mut(row) } else { units.get_mut(row) };
                own.into_iter().filter(|own| **own == NONE).for_each(|own| *own = *code);
                kinds.get_mut(row).into_iter().for_each(|own| *own = *kind);
                identity.is_identified.get_mut(row).into_iter().for_each(|known| *known = true);
                groups.get_mut(index_of(*code)).into_iter().for_each(|group| group.push(number(row)));
            }
        }
        identity.groups = groups.into_iter().filter(|group| group.len() > 1).collect();
        identity.documents = documents(params, (table, forms));
        identity.single = vec![persons, units, kinds];
        for at in params.unique.iter().filter_map(|name| table.position(name)) {
            let (Some(column), Some(forms)) = (table.columns.get(at), forms.get(at)) else { continue };
            let known = |code: &u32| if forms.is_nothing(*code) { NONE } else { *code };
            identity.single.push(column.codes.iter().map(known).collect());
        }
        identity
    }

    /// Whether two records hold different values of something that a party has once.
    pub(super) fn exclude(&self, left: u32, right: u32) -> bool {
        self.single.iter().any(|codes| {
            let at = |row: u32| codes.get(index_of(row)).copied().unwrap_or(NONE);
            at(left) != NONE && at(right) != NONE && at(left) != at(right)
        })
    }
}

fn documents(params: &LinkageParams, (table, forms): (&Canonical, &[Forms])) -> Vec<Vec<u32>> {
    let mut groups: BTreeMap<String, Vec<u32>> = BTreeMap::new();
    for at in params.documents.iter().filter_map(|name| table.position(name)) {
        let (Some(column), Some(forms)) = (table.columns.get(at), forms.get(at)) else { continue };
        for (row, code) in column.codes.iter().enumerate().filter(|(_, code)| !forms.is_nothing(**code)) {
            // Compared without dress; what cannot be whole joins nobody.
            let text = column.values.get(index_of(*code)).and_then(|text| PartyKey::parse(text).ok());
            text.into_iter()
                .for_each(|text| groups.entry(text.into_text().into_owned()).or_default().push(number(row)));
        }
    }
    groups.into_values().filter(|group| group.len() > 1).collect()
}

/// The number and kind of each distinct value that is a sound, checked identifier. A unit's credit code and its
/// organisation code are the same number, since one contains the other.
fn sound_codes(column: &CanonicalColumn, codes: &mut BTreeMap<String, u32>) -> Vec<Option<(u32, u32)>> {
    let sound = |text: &String| {
        let identifier = Identifier::parse(text).ok().filter(|identifier| identifier.kind().is_checked())?;
        let canonical = identifier.canonical();
        let (name, kind) = match identifier.kind() {
            IdentifierKind::CreditCode => (format!("unit {}", canonical.get(8..17)?), UNIT),
            IdentifierKind::OrganisationCode => (format!("unit {canonical}"), UNIT),
            IdentifierKind::BusinessRegistration => return None,
            _ => (format!("person {canonical}"), PERSON),
        };
        let next = number(codes.len());
        Some((*codes.entry(name).or_insert(next), kind))
    };
    column.values.iter().map(sound).collect()
}
