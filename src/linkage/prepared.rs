//! Records prepared for comparison, everything computed once per record.
//!
//! Linking and explaining a pair afterwards begin alike; both begin here.

use rayon::prelude::*;

use super::cluster::Forest;
use super::compare::Forms;
use super::entity_map::LinkageCounts;
use super::identity::Identity;
use super::params::LinkageParams;
use super::records::{Canonical, Records, number};
use super::shared::leave_out_shared;

/// Records with all that is settled before any pair is compared.
#[derive(Debug)]
pub(super) struct Prepared {
    pub(super) table: Canonical,
    pub(super) forms: Vec<Forms>,
    pub(super) identity: Identity,
    pub(super) forest: Forest,
    pub(super) counts: LinkageCounts,
}

impl Prepared {
    pub(super) fn new(records: &Records, params: &LinkageParams) -> Self {
        let table = Canonical::new(records, &params.columns());
        let mut forms: Vec<Forms> = table.columns.par_iter().map(|column| Forms::new(column, params)).collect();
        let identity = Identity::new(params, (&table, &forms));
        let mut forest = Forest::new(&identity);
        let mut counts = join_identified(&identity, &mut forest);
        (counts.joined_by_document, counts.contested_documents) = forest.join_documents(&identity.documents);
        counts.records = u64::from(number(table.len()));
        let roots: Vec<u32> = (0..number(table.len())).map(|row| forest.root(row)).collect();
        let columns = table.columns.par_iter().zip(&mut forms);
        let left_out = columns.map(|(column, forms)| leave_out_shared(params, &roots, (column, forms)));
        counts.no_evidence = left_out.filter(|found| found.nulls + found.shared > 0).collect();
        Self { table, forms, identity, forest, counts }
    }
}

fn join_identified(identity: &Identity, forest: &mut Forest) -> LinkageCounts {
    let mut counts = LinkageCounts { damaged_identifiers: identity.damaged, ..LinkageCounts::default() };
    for group in &identity.groups {
        let Some((first, others)) = group.split_first() else { continue };
        for row in others {
            if forest.join(*first, *row) {
                counts.joined_by_identifier += 1;
            } else {
                counts.contested_identifiers += 1;
            }
        }
    }
    counts
}
