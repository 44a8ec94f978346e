//! Patterns of evasion as data: which rows, which window, which amounts give which grade.
//!
//! A court reads, changes and adds patterns without a program (`data/conduct/patterns.toml`). Each names
//! the articles it rests on and the innocent explanations that must be ruled out first; a page shows both
//! beside the signal.

use serde::{Deserialize, Serialize};

use super::Strength;
use crate::domain::{Day, Label, Money, cite};
use crate::error::{Error, Result};
use crate::schema;
use crate::sentence::{Sentence, says};

/// One pattern of evasion, as data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pattern {
    /// Its name in signals and profiles.
    pub code: String,
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
    /// In which rows it is read.
    pub shape: Shape,
    /// Rows below this amount are not acts.
    #[serde(default)]
    pub least_row_fen: Money,
    /// How many days before service of the suit it looks back.
    #[serde(default)]
    pub lookback_days: i32,
    /// The articles, by citation; those in force on the day are quoted.
    pub basis: Vec<String>,
    /// What must be ruled out before anybody is asked to answer for it.
    pub innocent: Vec<Label>,
    /// The grades, strongest first; the first one met is given.
    pub grade: Vec<GradeRule>,
}

/// From when on acts give a grade. Every condition given must be met.
///
/// Shares are of the principal of all open claims; 0.1 is a tenth.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GradeRule {
    /// The grade.
    pub strength: Strength,
    /// At least this many acts.
    #[serde(default = "one")]
    pub least_acts: usize,
    /// Together at least this much.
    #[serde(default)]
    pub least_fen: Money,
    /// Together at least this share of the claims.
    #[serde(default)]
    pub least_of_claim: f64,
    /// Acts count only when at least this extreme; what that means depends on the [`Shape`].
    pub least_extent: Option<f64>,
    /// Acts count only from service of the suit on.
    #[serde(default)]
    pub since_service: bool,
}

fn one() -> usize {
    1
}

/// In which rows a pattern is read, and what its acts, amounts and *extent* are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case", deny_unknown_fields)]
pub enum Shape {
    /// Money leaving an account; extent: the share of the balance that it took.
    Outflow {
        /// Kinds of transaction.
        kinds: Vec<String>,
        /// Who received it.
        to: Recipient,
        /// Where the window ends.
        #[serde(default)]
        until: Until,
    },
    /// An item disposed of; amount: value less price; extent: 1 − price ÷ value.
    Disposal {
        /// Tables of items.
        tables: Vec<String>,
        /// Whether the price does not matter: the amount is then the price, and the extent unknown.
        #[serde(default)]
        any_price: bool,
    },
    /// Spending of these kinds while a consumption order was in force.
    OrderBreach {
        /// Kinds of spending.
        kinds: Vec<String>,
    },
    /// Items held when a property report was filed that it does not name; extent: their share of all value found.
    Undeclared,
    /// A report refused; extent: 1 after a fine or detention, else 0.
    ReportRefused,
    /// A marriage ended; amount: what other patterns saw leaving within these days of it.
    Divorce {
        /// Days before or after.
        within_days: i32,
    },
    /// A lease registered on an item; extent: its years.
    Lease {
        /// Leases shorter than this are no acts.
        least_years: f64,
    },
    /// A policy or a wealth product acquired; amount: its premium or value.
    Purchase,
    /// An account opened.
    NewAccount,
}

/// Whose receipt of money counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Recipient {
    /// Anybody, known or not.
    Anybody,
    /// A party related to the debtor.
    Related,
    /// A party not known to be related, or an unknown one.
    Unrelated,
}

/// Where the window of a pattern ends.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Until {
    /// On the day of the examination.
    #[default]
    AsOf,
    /// On the day the case was filed.
    Filing,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Patterns {
    pattern: Vec<Pattern>,
}

/// Reads patterns from TOML and checks them.
///
/// # Errors
///
/// [`Error::Setting`] when the text is no list of patterns, a code comes twice, a table or code is not in the schema, a
/// citation names no instrument, or grades are missing or not ordered strongest first.
///
/// # Examples
///
/// ```
/// use wherewithal::conduct::{Shape, patterns};
///
/// let own = patterns(r#"
///     [[pattern]]
///     code = "late_account"
///     zh = "诉讼开始后新开账户"
///     en = "account opened after the suit began"
///     shape = { is = "new_account" }
///     basis = ["refusal2024 6"]
///     innocent = [{ zh = "更换银行", en = "a change of bank" }]
///     grade = [{ strength = "weak", least_acts = 2 }]
/// "#)?;
/// assert_eq!(own[0].shape, Shape::NewAccount);
/// assert!(patterns("pattern = []")?.is_empty());
/// # Ok::<(), wherewithal::Error>(())
/// ```
pub fn patterns(text: &str) -> Result<Vec<Pattern>> {
    let read: Patterns =
        toml::from_str(text).map_err(|error| Error::setting("patterns", error, "patterns as in data/conduct"))?;
    let mut codes: Vec<&str> = read.pattern.iter().map(|pattern| pattern.code.as_str()).collect();
    codes.sort_unstable();
    if let Some(twice) = codes.windows(2).find_map(|pair| (pair.first() == pair.last()).then(|| pair.first()).flatten())
    {
        return Err(Error::setting("code", Sentence::value(*twice), "each code once"));
    }
    read.pattern.iter().try_for_each(Pattern::checked)?;
    Ok(read.pattern)
}

impl Pattern {
    /// The pattern's name in both languages.
    pub fn label(&self) -> Label {
        Label::new(&self.zh, &self.en)
    }

    pub(super) fn checked(&self) -> Result<()> {
        let refused =
            |found: &str, expected: &str| Err(Error::setting(says!("pattern {}", [self.code]), found, expected));
        cite(&self.basis, Day::parse("2017-09-28")?)?;
        let (table, codes): (&str, &[String]) = match &self.shape {
            Shape::Outflow { kinds, .. } => ("bank_transactions", kinds),
            Shape::OrderBreach { kinds } => ("consumption", kinds),
            _ => ("consumption", &[]),
        };
        let known = schema::table(table).and_then(|table| table.column("kind")).map(|column| column.kind);
        if let Some(schema::ColumnKind::Code(known)) = known
            && let Some(other) = codes.iter().find(|code| !known.contains(&code.as_str()))
        {
            return refused(other, "a kind of the table's");
        }
        if let Shape::Disposal { tables, .. } = &self.shape
            && let Some(other) = tables.iter().find(|table| super::detectors::thing(table).is_none())
        {
            return refused(other, "a table of things that can be disposed of");
        }
        let falling = self.grade.windows(2).all(|pair| match pair {
            [first, second] => first.strength > second.strength,
            _ => true,
        });
        if self.grade.is_empty() || !falling {
            return refused("grades", "at least one, strongest first");
        }
        if self.innocent.is_empty() || self.basis.is_empty() {
            return refused("no innocent explanation or no basis", "both");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bundled_patterns_read_and_every_one_has_a_basis_in_force_in_2017_and_2025() {
        let all = patterns(include_str!("../../data/conduct/patterns.toml")).unwrap();
        assert!(all.len() >= 10);
        for pattern in &all {
            for day in ["2017-09-28", "2025-03-01"] {
                let bases = cite(&pattern.basis, Day::parse(day).unwrap()).unwrap();
                assert!(!bases.is_empty(), "{} on {day}", pattern.code);
            }
        }
    }

    #[test]
    fn refuses_unknown_kinds_and_grades_out_of_order() {
        let text = include_str!("../../data/conduct/patterns.toml");
        let wrong = text.replacen("[\"cash\"]", "[\"gift\"]", 1);
        assert!(patterns(&wrong).unwrap_err().to_string().contains("gift"));
        let wrong = text.replacen("strength = \"strong\"", "strength = \"weak\"", 1);
        assert!(patterns(&wrong).unwrap_err().to_string().contains("strongest first"));
        assert!(patterns(&text.replace("refusal2024 3(1)", "refusal1924 3")).is_err());
    }
}
