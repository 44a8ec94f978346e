//! Settings of the examination: the patterns, and who counts as related.

use serde::{Deserialize, Serialize};

use super::pattern::{Pattern, patterns};
use crate::error::{Error, Result};

/// What counts as evasion, and as related.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct ConductParams {
    /// The patterns; none gives no signals.
    pub patterns: Vec<Pattern>,
    /// Kinds of relation that make a party related.
    pub related_by: Vec<String>,
    /// At most this many steps of relation from the debtor.
    pub most_steps: u32,
    /// The share in a company from which it is the holder's affiliate; an office in it makes it one at any share.
    pub affiliate_share: f64,
    /// Where the day of service is unknown: days before filing at which the suit is taken to have begun.
    pub suit_days: i32,
}

const BUNDLED: &str = include_str!("../../data/conduct/patterns.toml");

impl Default for ConductParams {
    /// The bundled patterns; family, household, affiliates and shared accounts, two steps away.
    fn default() -> Self {
        let kinds = [
            "spouse",
            "former_spouse",
            "household",
            "parent_child",
            "sibling",
            "affiliate",
            "controller",
            "co_account",
        ];
        Self {
            // The bundled text is checked by a test; an empty list would be refused by `checked`.
            patterns: patterns(BUNDLED).unwrap_or_default(),
            related_by: kinds.map(str::to_owned).to_vec(),
            most_steps: 2,
            affiliate_share: 0.25,
            suit_days: 180,
        }
    }
}

impl ConductParams {
    setters! {
        patterns: Vec<Pattern>,
        most_steps: u32,
        suit_days: i32,
    }

    /// The pattern called `code`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use wherewithal::conduct::ConductParams;
    /// let params = ConductParams::default();
    /// assert!(params.pattern("cheap_disposal").is_some_and(|pattern| !pattern.basis.is_empty()));
    /// ```
    pub fn pattern(&self, code: &str) -> Option<&Pattern> {
        self.patterns.iter().find(|pattern| pattern.code == code)
    }

    pub(super) fn checked(&self) -> Result<()> {
        if self.patterns.is_empty() {
            return Err(Error::setting("patterns", "none", "at least one"));
        }
        if !(1..=2).contains(&self.most_steps) {
            return Err(Error::setting("most_steps", self.most_steps, "1 or 2"));
        }
        if !(0.0..=1.0).contains(&self.affiliate_share) {
            return Err(Error::setting("affiliate_share", self.affiliate_share, "a share from 0 to 1"));
        }
        if !(0..=3_650).contains(&self.suit_days) {
            return Err(Error::setting("suit_days", self.suit_days, "0 to 3650"));
        }
        self.patterns.iter().try_for_each(Pattern::checked)
    }

    setters! {
        related_by: Vec<String>,
        affiliate_share: f64,
    }
}
