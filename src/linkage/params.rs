//! Settings of linking: comparisons, blocks, thresholds.
//!
//! The usual ones are for party records of Chinese agencies (`data/linkage/parties.toml`). They are data:
//! another country's records need another file and no code.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::sentence::{Sentence, says};

/// How the values of one column, or of two records' cells, are compared.
///
/// Every kind has a fixed ladder of levels, from "equal" to "different"; a missing value on either side says nothing.
///
/// ```
/// use wherewithal::linkage::ComparisonKind;
///
/// assert_eq!(ComparisonKind::Exact.levels(), ["equal", "different"]);
/// assert_eq!(ComparisonKind::Name.levels()[1], "same_sound");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ComparisonKind {
    /// Equal as folded, or not.
    Exact,
    /// Words of a Latin script: equal, close (Jaro–Winkler from 0.92), similar (from 0.8), different.
    Text,
    /// A person's or firm's name: equal but for marks and the wording of a legal form, same sound or words reordered,
    /// close, different.
    Name,
    /// A number in digits, such as a telephone or a damaged identifier: equal, one slip, two slips, different.
    Digits,
    /// A day in whatever dress (`1988-01-01`, `1988年1月1日`, `13/1/1988`): equal, one slip, same year or same month and
    /// day, different. What may be several days (`02/06/1975`) is no evidence.
    Day,
    /// An address: equal, close (shared pairs of characters from 0.8), similar (from 0.5), different.
    Address,
}

impl ComparisonKind {
    /// The names of the levels, best first.
    pub const fn levels(self) -> &'static [&'static str] {
        match self {
            Self::Exact => &["equal", "different"],
            Self::Text | Self::Address => &["equal", "close", "similar", "different"],
            Self::Name => &["equal", "same_sound", "close", "different"],
            Self::Digits => &["equal", "one_slip", "two_slips", "different"],
            Self::Day => &["equal", "one_slip", "same_part", "different"],
        }
    }

    /// The kind's name in settings.
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Text => "text",
            Self::Name => "name",
            Self::Digits => "digits",
            Self::Day => "day",
            Self::Address => "address",
        }
    }
}

/// One comparison of the model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Comparison {
    /// The column compared.
    pub column: String,
    /// How.
    pub kind: ComparisonKind,
    /// Whether an agreement on a rare value weighs more than one on a common value.
    #[serde(default)]
    pub term_frequency: bool,
    /// A column whose value may have been written here by mistake, as given name and surname are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub swapped_with: Option<String>,
    /// A value that more different records carry than this is no evidence: an agency's telephone, the address of a
    /// collective household. Records of one sound identifier count once. A day may be carried by three times as many
    /// records more as the days are on average.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shared_by_at_most: Option<u32>,
}

impl Comparison {
    /// A comparison of `column` as `kind`.
    pub fn new(column: impl Into<String>, kind: ComparisonKind) -> Self {
        Self { column: column.into(), kind, term_frequency: false, swapped_with: None, shared_by_at_most: None }
    }

    setters! {
        term_frequency: bool,
    }

    /// The names of the levels, best first; `swapped` stands before the last where there is a column to swap with.
    ///
    /// ```
    /// use wherewithal::linkage::{Comparison, ComparisonKind};
    ///
    /// let mut given = Comparison::new("given_name", ComparisonKind::Text).term_frequency(true);
    /// given.swapped_with = Some("surname".to_owned());
    /// assert_eq!(given.levels(), ["equal", "close", "similar", "swapped", "different"]);
    /// ```
    pub fn levels(&self) -> Vec<&'static str> {
        let mut levels = self.kind.levels().to_vec();
        if self.swapped_with.is_some() {
            levels.insert(levels.len() - 1, "swapped");
        }
        levels
    }
}

/// Which form of a value a blocking key uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyForm {
    /// The folded text.
    #[default]
    Folded,
    /// The sound of the name.
    Sound,
}

/// One part of a blocking key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyPart {
    /// The column.
    pub column: String,
    /// The form of its value.
    #[serde(default)]
    pub form: KeyForm,
    /// Only this many first characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first: Option<usize>,
}

/// Records with equal keys are compared; a record that lacks a part is not blocked by this rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BlockingRule {
    /// The parts that must all be equal.
    pub keys: Vec<KeyPart>,
}

/// How records are linked: columns, comparisons, blocks and thresholds. It is data and round-trips through TOML.
///
/// # Examples
///
/// ```
/// use wherewithal::linkage::LinkageParams;
///
/// let params = LinkageParams::default().link_from(0.95);
/// assert_eq!(LinkageParams::from_toml(&params.to_toml()?)?, params);
/// # Ok::<(), wherewithal::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinkageParams {
    /// Columns with identifiers that carry a check; sound ones join records, two different ones never stand together.
    #[serde(default)]
    pub identifiers: Vec<String>,
    /// Columns with documents that have no check, such as passports, or with keyed pseudonyms of any. Records that hang
    /// together by equal ones join, unless the party they would make holds two different single values; then none of
    /// them does.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub documents: Vec<String>,
    /// Columns of which a party has one value only, such as its kind; two different ones never stand together.
    #[serde(default)]
    pub unique: Vec<String>,
    /// Columns that people of one household share. Names that are written differently do not join on these alone, for
    /// twins share the day of birth, the address and the telephone; such pairs are kept for review.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub household: Vec<String>,
    /// A pair from this probability on is joined.
    pub link_from: f64,
    /// A pair from this probability on is kept for review.
    pub review_from: f64,
    /// A record without a sound identifier whose two best parties differ by fewer bits than this joins neither.
    pub ambiguity_bits: f64,
    /// Larger blocks are left out, and counted.
    pub max_block: usize,
    /// Pairs drawn for each estimate.
    pub training_pairs: usize,
    /// The comparisons.
    pub comparisons: Vec<Comparison>,
    /// The blocks.
    pub blocking: Vec<BlockingRule>,
    /// Cells that stand for nothing, by column, instead of the lists that `data/linkage/nulls.toml` has for the
    /// column's kind (不详, 1900-01-01, 00000000000). They are compared as they fold.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub nulls: BTreeMap<String, Vec<String>>,
    /// What sources call a column that lack its own name, by column, the likeliest first (姓名 for name). `record_id` may
    /// have such names, too.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub names: BTreeMap<String, Vec<String>>,
}

impl Default for LinkageParams {
    /// The settings for party records of Chinese agencies, `data/linkage/parties.toml`.
    fn default() -> Self {
        let embedded = toml::from_str(include_str!("../../data/linkage/parties.toml"));
        embedded.unwrap_or_else(|_| Self {
            identifiers: Vec::new(),
            documents: Vec::new(),
            unique: Vec::new(),
            household: Vec::new(),
            nulls: BTreeMap::new(),
            names: BTreeMap::new(),
            link_from: 0.9,
            review_from: 0.5,
            ambiguity_bits: 2.0,
            max_block: 500,
            training_pairs: 1_000_000,
            comparisons: Vec::new(),
            blocking: Vec::new(),
        })
    }
}

impl LinkageParams {
    /// Reads settings and checks them.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] when the text is not TOML of this form or a value is out of range.
    ///
    /// ```
    /// use wherewithal::linkage::LinkageParams;
    ///
    /// let text = LinkageParams::default().to_toml()?.replace("link_from = ", "link_from = 1");
    /// assert!(LinkageParams::from_toml(&text).is_err(), "a probability above 1");
    /// # Ok::<(), wherewithal::Error>(())
    /// ```
    pub fn from_toml(text: &str) -> Result<Self> {
        let params: Self = toml::from_str(text)
            .map_err(|fault| Error::setting("linkage settings", fault, "settings as in data/linkage"))?;
        params.check()?;
        Ok(params)
    }

    /// Writes the settings.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] when they cannot be written as TOML.
    pub fn to_toml(&self) -> Result<String> {
        toml::to_string(self).map_err(|fault| Error::setting("linkage settings", fault, "settings that TOML can hold"))
    }

    setters! {
        link_from: f64,
        max_block: usize,
    }

    /// Every column the settings name.
    ///
    /// A column that the records lack is taken as empty in every record.
    pub fn columns(&self) -> Vec<&str> {
        let compared = self.comparisons.iter().flat_map(|c| [Some(&c.column), c.swapped_with.as_ref()]).flatten();
        let keys = self.blocking.iter().flat_map(|rule| rule.keys.iter().map(|key| &key.column));
        let mut names: Vec<&str> = [&self.identifiers, &self.documents, &self.unique]
            .into_iter()
            .flatten()
            .chain(compared)
            .chain(keys)
            .map(String::as_str)
            .collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// Checks every value and says all that is wrong at once.
    pub(super) fn check(&self) -> Result<()> {
        let mut wrong = Vec::new();
        let within = |p: f64| p > 0.0 && p < 1.0;
        if !within(self.link_from) || !within(self.review_from) || self.review_from > self.link_from {
            wrong.push(says!(
                "review_from {} and link_from {} (0 < review ≤ link < 1)",
                [self.review_from, self.link_from]
            ));
        }
        if !self.ambiguity_bits.is_finite() || self.ambiguity_bits < 0.0 {
            wrong.push(says!("ambiguity_bits {} (0 or more)", [self.ambiguity_bits]));
        }
        if self.max_block < 2 || self.training_pairs < 100 {
            wrong.push(says!(
                "max_block {} (2 or more), training_pairs {} (100 or more)",
                [self.max_block, self.training_pairs]
            ));
        }
        if self.comparisons.len() > 15 || self.blocking.len() > 60 {
            wrong.push(says!("more than 15 comparisons or 60 blocking rules"));
        }
        if self.blocking.iter().any(|rule| rule.keys.is_empty()) {
            wrong.push(says!("a blocking rule without keys"));
        }
        let names = self.columns();
        let unused = |column: &&String| !names.contains(&column.as_str());
        if let Some(column) = self.nulls.keys().chain(&self.household).find(unused) {
            wrong.push(says!("column `{column}` in nulls or household, which nothing else names", column));
        }
        if let Some(column) = self.names.keys().find(|column| unused(column) && *column != "record_id") {
            wrong.push(says!("column `{column}` in names, which nothing else names", column));
        }
        if self.comparisons.iter().any(|comparison| comparison.shared_by_at_most == Some(0)) {
            wrong.push(says!("shared_by_at_most 0 (1 or more)"));
        }
        if wrong.is_empty() {
            Ok(())
        } else {
            Err(Error::setting("linkage settings", Sentence::list(wrong, "; "), "settings within range"))
        }
    }
}
