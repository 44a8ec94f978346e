//! The result of linking: which records are one party, the scored pairs, and counts.
//!
//! Nothing in it joins anything elsewhere. A court looks at the pairs and puts what it believes into
//! `relations`; see the [architecture](crate::docs).

use polars::prelude::{Column, DataFrame};
use serde::{Deserialize, Serialize};

use super::model::LinkageModel;
use super::params::LinkageParams;
use crate::error::Result;

/// A scored pair of records.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// The first record's row.
    pub left: u32,
    /// The second record's row.
    pub right: u32,
    /// The weight of all evidence in bits, the prior included.
    pub bits: f64,
    /// The same as a probability.
    pub probability: f64,
    /// What became of the pair.
    pub decision: Decision,
}

/// What became of a pair of records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// Joined on the evidence.
    Joined,
    /// Likely enough to be looked at, not to be joined; a pair that may be two members of one
    /// household is looked at however likely it is, and two parties with nothing to compare but an
    /// equal name however unlikely.
    Review,
    /// Likely, but one of the two fits another party about as well.
    Ambiguous,
    /// Likely, but the parties they had joined by then hold different sound identifiers or kinds.
    Refused,
}

/// How the work went, in numbers.
///
/// Silence is a fault: each count is of something that was left out, refused or not looked at, or of what
/// came of the rest.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinkageCounts {
    /// Records read.
    pub records: u64,
    /// Parties found.
    pub parties: u64,
    /// Records whose identifier is written but not sound.
    pub damaged_identifiers: u64,
    /// Records that joined another by a sound identifier alone.
    pub joined_by_identifier: u64,
    /// Pairs whose equal identifier was contradicted by another single value.
    pub contested_identifiers: u64,
    /// Records that joined another by a document.
    #[serde(default)]
    pub joined_by_document: u64,
    /// Documents that joined nobody, because those who carry them hold different single values.
    #[serde(default)]
    pub contested_documents: u64,
    /// Pairs brought together by a block and compared.
    pub pairs_compared: u64,
    /// Records in blocks too large to be compared, once for each rule.
    pub left_out_of_blocks: u64,
    /// Likely pairs that are kept for review because they may be two members of one household.
    #[serde(default)]
    pub held_as_household: u64,
    /// Pairs of parties with an equal name and nothing else to compare, for review.
    #[serde(default)]
    pub equal_names_alone: u64,
    /// Names that too many parties bear to look at each pair of them by the name alone.
    #[serde(default)]
    pub common_names: u64,
    /// Parties of such a name whom no sound identifier tells apart.
    #[serde(default)]
    pub common_name_parties: u64,
    /// Columns with values that were no evidence.
    #[serde(default)]
    pub no_evidence: Vec<NoEvidence>,
}

/// Cells of one column that were no evidence.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoEvidence {
    /// The column.
    pub column: String,
    /// Cells with a value that stands for nothing.
    pub nulls: u64,
    /// Values that more different records carry than the settings allow.
    pub shared_values: u64,
    /// Cells with such a value.
    pub shared: u64,
}

/// Which records are the same party.
///
/// # Examples
///
/// ```
/// use wherewithal::linkage::{LinkageParams, Records, link};
/// use wherewithal::progress::Silent;
///
/// let mut records = Records::new(["name", "number"]);
/// records.push("bank-1", ["王小明", "11010519491231002X"])?;
/// records.push("tax-9", ["王小明", "11010519491231002X"])?;
/// records.push("registry-3", ["李四", ""])?;
/// let map = link(&records, &LinkageParams::default(), &Silent)?;
/// assert_eq!((map.counts().records, map.counts().parties), (3, 2));
/// assert_eq!(map.counts().joined_by_identifier, 1);
/// let mut members = map.members();
/// members.sort();
/// assert_eq!(members, [vec![0, 1], vec![2]]);
/// assert_eq!(map.to_frame()?.shape(), (3, 2));
/// # Ok::<(), wherewithal::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct EntityMap {
    pub(super) ids: Vec<String>,
    pub(super) parties: Vec<u32>,
    pub(super) links: Vec<Link>,
    pub(super) model: LinkageModel,
    pub(super) params: LinkageParams,
    pub(super) counts: LinkageCounts,
}

impl EntityMap {
    /// The party of a row, numbered from 0 in an order that content decides.
    ///
    /// `None` beyond the last row.
    pub fn party(&self, row: usize) -> Option<u32> {
        self.parties.get(row).copied()
    }

    /// The party of each row.
    pub fn parties(&self) -> &[u32] {
        &self.parties
    }

    /// Every pair that was joined on evidence, is to be looked at, or was refused; sound identifiers join without one.
    pub fn links(&self) -> &[Link] {
        &self.links
    }

    /// What was learnt about agreement and difference.
    pub fn model(&self) -> &LinkageModel {
        &self.model
    }

    /// The settings it was made with.
    pub fn params(&self) -> &LinkageParams {
        &self.params
    }

    /// How the work went.
    pub const fn counts(&self) -> &LinkageCounts {
        &self.counts
    }

    /// The name of each row's record.
    pub fn ids(&self) -> &[String] {
        &self.ids
    }

    /// The rows of each party.
    pub fn members(&self) -> Vec<Vec<usize>> {
        let mut members = vec![Vec::new(); usize::try_from(self.counts.parties).unwrap_or(0)];
        for (row, party) in self.parties.iter().enumerate() {
            members
                .get_mut(super::records::index_of(*party))
                .into_iter()
                .for_each(|rows: &mut Vec<usize>| rows.push(row));
        }
        members
    }

    /// A frame of `record_id` and `party`.
    ///
    /// # Errors
    ///
    /// [`crate::Error::Frame`] when polars refuses the columns.
    pub fn to_frame(&self) -> Result<DataFrame> {
        let parties: Vec<i64> = self.parties.iter().map(|party| i64::from(*party)).collect();
        let columns = vec![Column::new("record_id".into(), &self.ids), Column::new("party".into(), parties)];
        Ok(DataFrame::new(self.ids.len(), columns)?)
    }
}
