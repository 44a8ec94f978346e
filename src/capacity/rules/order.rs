//! The order in which burdens are paid from one asset, and how ordinary creditors share the rest.

use serde::{Deserialize, Serialize};

use super::citation::{ArticleId, Validity};
use super::sheet::Reading;
use crate::capacity::BurdenKind;
use crate::domain::PartyKind;

/// How ordinary creditors share what is left (民诉法解释 506–514).
///
/// A natural person's creditors share in proportion; a company's are paid in the order of seizure, as they
/// may ask for its bankruptcy. Which holds for whom is data (`sharing.csv`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sharing {
    /// Participation: in proportion to the claims (参与分配).
    ProRata,
    /// In the order of seizure.
    SeizureOrder,
}

/// The layer in which a burden is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum ShownAs {
    Secured,
    Priority,
}

/// One row of `order.csv`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct OrderRow {
    pub(in super::super) kind: BurdenKind,
    pub(in super::super) step: u32,
    pub(in super::super) shown_as: ShownAs,
    pub(super) validity: Validity,
}

impl OrderRow {
    pub(in super::super) fn article(&self) -> ArticleId {
        self.validity.article
    }
}

/// One row of `sharing.csv`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SharingRow {
    pub(super) party: PartyKind,
    pub(super) sharing: Sharing,
    pub(super) validity: Validity,
}

/// One row of `principles.csv`: a rule without a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PrincipleRow {
    pub(super) name: String,
    pub(super) validity: Validity,
}

/// The rows of `order.csv`.
pub(super) fn read_order(text: &str, reading: &mut Reading) -> Vec<OrderRow> {
    let mut rows = Vec::new();
    for row in reading.rows("order.csv", text, &["kind", "step", "layer"]) {
        let kind = reading.value(&row, "kind", "a kind of burden", BurdenKind::from_code);
        let step = reading.value(&row, "step", "a number", |text| text.parse().ok());
        let shown_as = reading.value(&row, "layer", "secured or priority", |text| match text {
            "secured" => Some(ShownAs::Secured),
            "priority" => Some(ShownAs::Priority),
            _ => None,
        });
        let validity = reading.validity(&row, format!("order {}", row.text("kind")));
        let (Some(kind), Some(step), Some(shown_as), Some(validity)) = (kind, step, shown_as, validity) else {
            continue;
        };
        rows.push(OrderRow { kind, step, shown_as, validity });
    }
    reading.no_overlap("order.csv", rows.iter().map(|row| (row.kind.code().to_owned(), &row.validity)));
    rows
}

/// The rows of `sharing.csv`.
pub(super) fn read_sharing(text: &str, reading: &mut Reading) -> Vec<SharingRow> {
    let mut rows = Vec::new();
    for row in reading.rows("sharing.csv", text, &["party", "sharing"]) {
        let party = reading.value(&row, "party", "person, company or organisation", PartyKind::from_code);
        let sharing = reading.value(&row, "sharing", "pro_rata or seizure_order", |text| match text {
            "pro_rata" => Some(Sharing::ProRata),
            "seizure_order" => Some(Sharing::SeizureOrder),
            _ => None,
        });
        let validity = reading.validity(&row, format!("sharing {}", row.text("party")));
        let (Some(party), Some(sharing), Some(validity)) = (party, sharing, validity) else { continue };
        rows.push(SharingRow { party, sharing, validity });
    }
    reading.no_overlap("sharing.csv", rows.iter().map(|row| (row.party.code().to_owned(), &row.validity)));
    rows
}

/// The rows of `principles.csv`.
pub(super) fn read_principles(text: &str, reading: &mut Reading) -> Vec<PrincipleRow> {
    let mut rows = Vec::new();
    for row in reading.rows("principles.csv", text, &["name"]) {
        let name = reading.value(&row, "name", "a name", |text| Some(text.to_owned()));
        let validity = reading.validity(&row, row.text("name").to_owned());
        if let (Some(name), Some(validity)) = (name, validity) {
            rows.push(PrincipleRow { name, validity });
        }
    }
    reading.no_overlap("principles.csv", rows.iter().map(|row| (row.name.clone(), &row.validity)));
    rows
}
