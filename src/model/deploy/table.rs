//! The table that a deployed card scores.
use super::names::Free;
use crate::model::{Scorecard, ScorecardFeature};

/// The table that a deployed card scores: its name, what else is in it, and how its cells are written.
///
/// A card takes the text of a cell for the level that it is, as it does in a frame. A card that was learnt from a table
/// as people write it was learnt without the blanks around a text, and without words for "unknown": what scores such a
/// table in a database must read it so, too ([`DeployedTable::as_written`]). An infinite number is unknown either way.
///
/// ```
/// # use wherewithal::model::{DeployedTable, UnknownTexts};
/// let unknown = UnknownTexts { any_case: vec!["n/a".into()], exact: vec!["keine".into()] };
/// let table = DeployedTable::new("loans").beside(["probability"]).as_written(unknown);
/// assert_eq!(table.name(), "loans");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeployedTable {
    name: String,
    others: Vec<String>,
    unknown: Option<UnknownTexts>,
}

/// Texts of a cell that stand for "unknown" once the blanks around them are gone.
///
/// ```
/// use wherewithal::model::UnknownTexts;
/// use wherewithal::tabular::TableParams;
///
/// // The same words that a table was read with when the card was learnt.
/// let (any_case, exact) = TableParams::default().missing(vec!["keine".into()]).unknown_texts();
/// let unknown = UnknownTexts { any_case, exact };
/// assert_eq!(unknown.exact, ["keine"]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UnknownTexts {
    /// In upper, lower or mixed case (ASCII).
    pub any_case: Vec<String>,
    /// Exactly so.
    pub exact: Vec<String>,
}

/// What stands around a text and is no part of it: the white space of Unicode, and what takes no room.
pub(super) const BLANKS: &str = " \t\n\u{b}\u{c}\r\u{85}\u{a0}\u{1680}\u{2000}\u{2001}\u{2002}\u{2003}\u{2004}\u{2005}\
                                 \u{2006}\u{2007}\u{2008}\u{2009}\u{200a}\u{200b}\u{200c}\u{200d}\u{200e}\u{200f}\
                                 \u{2060}\u{feff}\u{2028}\u{2029}\u{202f}\u{205f}\u{3000}";

impl DeployedTable {
    /// A table with no column but the card's features, its cells as they are in a frame.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), others: Vec::new(), unknown: None }
    }

    /// Further columns of the table: no output is called as one of them.
    #[must_use]
    pub fn beside<N: Into<String>>(mut self, columns: impl IntoIterator<Item = N>) -> Self {
        self.others.extend(columns.into_iter().map(Into::into));
        self
    }

    /// The cells of categories are as people write them: blanks around a text are no part of it, and these texts are
    /// unknown.
    #[must_use]
    pub fn as_written(mut self, unknown: UnknownTexts) -> Self {
        self.unknown = Some(unknown);
        self
    }

    /// The table's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn others(&self) -> Vec<&str> {
        self.others.iter().map(String::as_str).collect()
    }

    /// The categories whose cells are read before they are compared, each with the name of what was read and the texts
    /// that are unknown.
    pub(super) fn levels<'c>(&self, card: &'c Scorecard, free: &mut Free<'_>) -> Vec<ReadLevel<'c>> {
        let Some(unknown) = &self.unknown else { return Vec::new() };
        let categories = card.features().iter().filter(|feature| feature.map().is_category());
        let read = |feature: &'c ScorecardFeature| ReadLevel {
            feature: feature.name(),
            name: free.name(format!("level_{}", feature.name())),
            unknown: unknown.clone(),
        };
        categories.map(read).collect()
    }
}

/// A category, and what its cells are once they are read.
#[derive(Debug)]
pub(super) struct ReadLevel<'c> {
    pub(super) feature: &'c str,
    pub(super) name: String,
    unknown: UnknownTexts,
}

impl ReadLevel<'_> {
    /// The unknown texts that are compared in capitals.
    pub(super) fn capitals(&self) -> Vec<String> {
        self.unknown.any_case.iter().map(|text| text.to_ascii_uppercase()).collect()
    }

    /// Those that are compared as they are.
    pub(super) fn exact(&self) -> &[String] {
        &self.unknown.exact
    }
}

/// The column in which the level of a feature stands: what was read of it, or its own.
pub(super) fn column_of<'n>(levels: &'n [ReadLevel<'_>], feature: &'n str) -> &'n str {
    levels.iter().find(|level| level.feature == feature).map_or(feature, |level| &level.name)
}
