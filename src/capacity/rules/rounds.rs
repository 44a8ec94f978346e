//! The rounds of a judicial sale, each with its lowest price.
//!
//! A lot that finds no bidder is offered again for less. How often, and down to which share of the
//! appraisal, the rules say by kind of property and by path of sale (法释〔2016〕18号 for sales online).

use serde::{Deserialize, Serialize};

use super::citation::{ArticleId, Validity};
use super::sheet::Reading;
use crate::capacity::Rate;

/// By which rules an asset is put up for sale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SalePath {
    /// Online judicial auction (网络司法拍卖).
    #[default]
    Online,
    /// Auction in a hall.
    Offline,
}

impl SalePath {
    /// The code in `rounds.csv`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Online => "online",
            Self::Offline => "offline",
        }
    }
}

/// One round of a judicial sale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Round {
    /// Its number, from 1.
    pub number: u32,
    /// Its name.
    pub name: String,
    /// The lowest price, as a share of the reference price.
    pub reserve: Rate,
    /// The article that sets it.
    pub article: ArticleId,
}

/// One row of `rounds.csv`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RoundRow {
    pub(super) path: SalePath,
    pub(super) scope: String,
    pub(super) round: Round,
    pub(super) validity: Validity,
}

/// The rows of `rounds.csv`.
pub(super) fn read(text: &str, reading: &mut Reading) -> Vec<RoundRow> {
    let mut rows = Vec::new();
    for row in reading.rows("rounds.csv", text, &["path", "scope", "round", "name", "reserve"]) {
        let path = reading.value(&row, "path", "online or offline", |text| {
            [SalePath::Online, SalePath::Offline].into_iter().find(|path| path.code() == text)
        });
        let number = reading.value(&row, "round", "a number from 1", |text| text.parse().ok().filter(|n| *n > 0));
        let name = reading.value(&row, "name", "a name", |text| Some(text.to_owned()));
        let reserve = reading.value(&row, "reserve", "a share with at most six decimals", |text| {
            Rate::parse(text).filter(|rate| *rate > Rate::ZERO)
        });
        let rule = format!("{} {} round {}", row.text("path"), row.text("scope"), row.text("round"));
        let validity = reading.validity(&row, rule);
        let (Some(path), Some(number), Some(name)) = (path, number, name) else { continue };
        let (Some(reserve), Some(validity)) = (reserve, validity) else { continue };
        let round = Round { number, name, reserve, article: validity.article };
        rows.push(RoundRow { path, scope: row.text("scope").to_owned(), round, validity });
    }
    let keyed = |row: &RoundRow| format!("{} {} round {}", row.path.code(), row.scope, row.round.number);
    reading.no_overlap("rounds.csv", rows.iter().map(|row| (keyed(row), &row.validity)));
    rows.sort_by_key(|row| row.round.number);
    rows
}
