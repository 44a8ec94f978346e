use super::citation::Validity;
use super::sheet::Reading;
use crate::domain::Money;

/// One row of the user's `living_costs.csv`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct LivingCost {
    pub(in super::super) per_person: Money,
    pub(in super::super) validity: Validity,
}

/// The rows of `living_costs.csv`.
pub(super) fn read(text: &str, reading: &mut Reading) -> Vec<LivingCost> {
    let mut rows = Vec::new();
    for row in reading.rows("living_costs.csv", text, &["per_person"]) {
        let per_person = reading.value(&row, "per_person", "an amount per month", |text| {
            Money::parse(text, 100).filter(|money| *money >= Money::ZERO)
        });
        let validity = reading.validity(&row, "living costs".to_owned());
        if let (Some(per_person), Some(validity)) = (per_person, validity) {
            rows.push(LivingCost { per_person, validity });
        }
    }
    reading.no_overlap("living_costs.csv", rows.iter().map(|row| ("living costs".to_owned(), &row.validity)));
    rows
}
