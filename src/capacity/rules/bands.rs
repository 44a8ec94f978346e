//! Tables in bands: scales of fees, and of deductions from earnings.
//!
//! An example of the first kind is the fee for enforcement (`execution_fee`), which rises with the amount;
//! one of the second is a monthly table of what may be deducted from a wage.

use serde::{Deserialize, Serialize};

use super::citation::{ArticleId, Validity};
use super::sheet::Reading;
use crate::capacity::Rate;
use crate::domain::Money;

/// A table in bands, such as a scale of fees or of deductions from earnings.
///
/// # Formula
///
/// For an amount x in the band (above, up_to]: `whole` takes fixed + share × x; `excess` takes what is due at `above`
/// + fixed + share × (x − above). Each band is rounded to the fen, half away from zero.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bands {
    bands: Vec<Band>,
    article: ArticleId,
}

/// One band of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Band {
    /// It begins above this amount.
    pub above: Money,
    /// It ends with this amount; `None` is open.
    pub up_to: Option<Money>,
    /// What is due in any case.
    pub fixed: Money,
    /// The share due of the whole amount or of the excess.
    pub share: Rate,
    /// Whether the share is of the excess over `above`, on top of what is due at `above`.
    pub on_excess: bool,
}

impl Bands {
    /// What is due on an amount; nothing on nothing or less.
    ///
    /// ```
    /// use wherewithal::capacity::CapacityRules;
    /// use wherewithal::domain::{Day, Money};
    ///
    /// let rules = CapacityRules::standard()?;
    /// let fee = rules.bands("execution_fee", Day::parse("2017-09-28")?).ok_or("no scale in force")?;
    /// assert_eq!(fee.due_on(Money::from_fen(10_000_000)), Money::from_fen(140_000));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn due_on(&self, amount: Money) -> Money {
        if amount <= Money::ZERO {
            return Money::ZERO;
        }
        let mut due_below = Money::ZERO;
        for band in &self.bands {
            let top = band.up_to.map_or(amount, |up_to| up_to.min(amount));
            let due = if band.on_excess {
                due_below + band.fixed + band.share.applied_to(top - band.above)
            } else {
                band.fixed + band.share.applied_to(top)
            };
            if top == amount {
                return due;
            }
            due_below = due;
        }
        due_below
    }

    /// The article that the table cites.
    pub fn article(&self) -> ArticleId {
        self.article
    }

    /// The bands, from the lowest.
    pub fn bands(&self) -> &[Band] {
        &self.bands
    }
}

/// The bands of one table that came into force on one day in one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct BandTable {
    pub(super) name: String,
    pub(super) bands: Bands,
    pub(super) validity: Validity,
}

/// The tables of `bands.csv`.
pub(super) fn read(text: &str, reading: &mut Reading) -> Vec<BandTable> {
    let mut tables: Vec<BandTable> = Vec::new();
    for row in reading.rows("bands.csv", text, &["table", "above", "up_to", "fixed", "share", "on"]) {
        let money = |text: &str| Money::parse(text, 100).filter(|money| *money >= Money::ZERO);
        let name = reading.value(&row, "table", "a name", |text| Some(text.to_owned()));
        let above = reading.value(&row, "above", "an amount", money);
        let up_to = reading.optional(&row, "up_to", "an amount or nothing", money);
        let fixed = reading.value(&row, "fixed", "an amount", money);
        let share = reading.value(&row, "share", "a share with at most six decimals", Rate::parse);
        let on_excess = reading.value(&row, "on", "whole or excess", |text| match text {
            "whole" => Some(false),
            "excess" => Some(true),
            _ => None,
        });
        let rule = format!("{} above {}", row.text("table"), row.text("above"));
        let validity = reading.validity(&row, rule);
        let (Some(name), Some(above), Some(up_to), Some(fixed)) = (name, above, up_to, fixed) else { continue };
        let (Some(share), Some(on_excess), Some(validity)) = (share, on_excess, validity) else { continue };
        let band = Band { above, up_to, fixed, share, on_excess };
        let same = tables.iter_mut().find(|table| {
            let known = &table.validity;
            table.name == name
                && (known.from, known.to) == (validity.from, validity.to)
                && known.region == validity.region
        });
        let end = |table: &BandTable| table.bands.bands.last().and_then(|band| band.up_to);
        match same {
            Some(table) if end(table) == Some(above) => table.bands.bands.push(band),
            Some(_) => reading.problem(&row, "above", "the end of the band before"),
            None if above == Money::ZERO => {
                let bands = Bands { bands: vec![band], article: validity.article };
                tables.push(BandTable { name, bands, validity });
            }
            None => reading.problem(&row, "above", "0 in the first band"),
        }
    }
    reading.no_overlap("bands.csv", tables.iter().map(|table| (table.name.clone(), &table.validity)));
    tables
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_due_grows_band_by_band_and_is_continuous_on_excess() {
        let band = |above: i64, up_to: Option<i64>, fixed: i64, share: i64, on_excess: bool| Band {
            above: Money::from_fen(above),
            up_to: up_to.map(Money::from_fen),
            fixed: Money::from_fen(fixed),
            share: Rate::from_millionths(share),
            on_excess,
        };
        let excess = vec![
            band(0, Some(1_000), 50, 0, true),
            band(1_000, Some(5_000), 0, 100_000, true),
            band(5_000, None, 7, 10_000, true),
        ];
        let whole = vec![band(0, Some(1_000), 50, 0, false), band(1_000, None, 0, 100_000, false)];
        let due = |bands: &[Band], fen: i64| {
            Bands { bands: bands.to_vec(), article: ArticleId(1) }.due_on(Money::from_fen(fen)).fen()
        };
        for (fen, on_excess, on_whole) in [
            (-1, 0, 0),
            (0, 0, 0),
            (1, 50, 50),
            (1_000, 50, 50),
            (1_010, 51, 101),
            (5_000, 450, 500),
            (6_000, 467, 600),
        ] {
            assert_eq!((due(&excess, fen), due(&whole, fen)), (on_excess, on_whole), "{fen}");
        }
        let capped = [band(0, Some(1_000), 50, 0, true)];
        assert_eq!(due(&capped, 9_000), 50, "beyond the last band nothing more is due");
    }
}
