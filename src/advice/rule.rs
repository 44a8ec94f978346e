//! Rules and their conditions as data, read from TOML. Reading checks the names of facts, the tests
//! and the citations.

use serde::{Deserialize, Serialize};

use super::facts::is_fact;
use crate::domain::{Day, Label, cite};
use crate::error::{Error, Result};
use crate::sentence::says;

/// Whether the law leaves a choice once the conditions are verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Duty {
    /// The court is to do it when the conditions are verified (应当).
    Must,
    /// The court may do it (可以).
    May,
}

/// A condition on one fact; exactly one of the three tests is given.
///
/// ```
/// use wherewithal::advice::FactCondition;
///
/// let enough: FactCondition =
///     toml::from_str("fact = 'coverage.expected'\nat_least = 0.5\nzh = '可受偿过半'\nen = 'half is covered'")?;
/// assert_eq!([enough.met(Some(0.7)), enough.met(Some(0.2)), enough.met(None)], [Some(true), Some(false), None]);
/// # Ok::<(), toml::de::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FactCondition {
    /// The fact's name.
    pub fact: String,
    /// At least this.
    pub at_least: Option<f64>,
    /// At most this.
    pub at_most: Option<f64>,
    /// Yes or no.
    pub is: Option<bool>,
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

impl FactCondition {
    /// Whether a value meets it; none when the value is unknown.
    pub fn met(&self, value: Option<f64>) -> Option<bool> {
        let value = value?;
        let low = self.at_least.is_none_or(|least| value >= least);
        let high = self.at_most.is_none_or(|most| value <= most);
        let flag = self.is.is_none_or(|is| (value > 0.5) == is);
        Some(low && high && flag)
    }

    /// The condition in words.
    pub fn label(&self) -> Label {
        Label::new(&self.zh, &self.en)
    }
}

/// One measure, as data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Its name.
    pub code: String,
    /// Its group: `search`, `control`, `sale`, `agreement`, `credit`, `conduct`, `closing`.
    pub group: String,
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
    /// Why it comes to mind.
    pub why: Label,
    /// Whether the law leaves a choice.
    pub duty: Duty,
    /// What the profile lists for it, when it lists something: `sources`.
    pub lists: Option<String>,
    /// The fact, in fen, that it could bring; none when it brings no money by itself.
    pub yields: Option<String>,
    /// Hours of the court's own work.
    pub effort_hours: f64,
    /// Calendar days until it brings something.
    pub wait_days: u32,
    /// The articles, by citation.
    pub basis: Vec<String>,
    /// What must hold.
    pub when: Vec<FactCondition>,
    /// What must not hold.
    #[serde(default)]
    pub unless: Vec<FactCondition>,
    /// What no source tells and the judge must see to.
    #[serde(default)]
    pub verify: Vec<Label>,
}

/// A checked set of measures.
///
/// ```
/// use wherewithal::advice::AdviceRules;
///
/// let rules = AdviceRules::standard()?;
/// assert!(rules.rules().iter().all(|rule| !rule.basis.is_empty())); // no measure without an article
/// # Ok::<(), wherewithal::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct AdviceRules(Vec<Rule>);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    measure: Vec<Rule>,
}

impl AdviceRules {
    /// The bundled measures.
    ///
    /// # Errors
    ///
    /// None that a test would not have found.
    pub fn standard() -> Result<Self> {
        Self::from_toml(include_str!("../../data/advice/measures.toml"))
    }

    /// Reads measures from TOML and checks them.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] when the text is no list of measures, a code comes twice, a fact does not
    /// exist, a condition has not exactly one test, or a citation names no instrument.
    pub fn from_toml(text: &str) -> Result<Self> {
        let stored: Stored =
            toml::from_str(text).map_err(|error| Error::setting("measures", error, "measures as in data/advice"))?;
        let mut codes: Vec<&str> = stored.measure.iter().map(|rule| rule.code.as_str()).collect();
        codes.sort_unstable();
        codes.dedup();
        if codes.len() < stored.measure.len() {
            return Err(Error::setting("code", "a code twice", "each code once"));
        }
        stored.measure.iter().try_for_each(checked)?;
        Ok(Self(stored.measure))
    }

    /// The measures, in the order of the file.
    pub fn rules(&self) -> &[Rule] {
        &self.0
    }
}

fn checked(rule: &Rule) -> Result<()> {
    let refused = |found: &str, expected: &str| Err(Error::setting(says!("measure {}", [rule.code]), found, expected));
    cite(&rule.basis, Day::parse("2017-09-28")?)?;
    let conditions = || rule.when.iter().chain(&rule.unless);
    let names = conditions().map(|condition| condition.fact.as_str()).chain(rule.yields.as_deref());
    if let Some(unknown) = names.into_iter().find(|name| !is_fact(name)) {
        return refused(unknown, "a fact of src/advice/facts.rs");
    }
    let tests = |condition: &FactCondition| {
        usize::from(condition.at_least.is_some())
            + usize::from(condition.at_most.is_some())
            + usize::from(condition.is.is_some())
    };
    if let Some(condition) = conditions().find(|condition| tests(condition) != 1) {
        return refused(&condition.fact, "one of at_least, at_most, is");
    }
    if rule.when.is_empty() || rule.effort_hours <= 0.0 || !rule.effort_hours.is_finite() {
        return refused("no condition or no effort", "both");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bundled_measures_read_and_broken_ones_are_refused_by_name() {
        let text = include_str!("../../data/advice/measures.toml");
        assert!(AdviceRules::from_toml(text).unwrap().rules().len() >= 20);
        let refused =
            |from: &str, to: &str| AdviceRules::from_toml(&text.replacen(from, to, 1)).unwrap_err().to_string();
        assert!(refused("fact = \"open_sources\"", "fact = \"sources\"").contains("sources"));
        assert!(refused("at_least = 1,", "at_least = 1, at_most = 2,").contains("one of"));
        assert!(refused("noresult2016 1", "noresult1916 1").contains("noresult1916"));
        assert!(refused("code = \"recheck\"", "code = \"settlement\"").contains("twice"));
    }
}
