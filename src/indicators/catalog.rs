//! The catalogue of indicator definitions and terms, read from TOML and checked.
//!
//! | file of `data/indicators` | content |
//! |---|---|
//! | `cases.toml`, `search.toml`, `credit.toml` | definitions, with their sources and how sure these are |
//! | `terms.toml` | how long a step of procedure may take, from which day on, and by which text |
//! | `tasks.toml` | what a list of matters holds; see [`crate::tasks`] |

use std::collections::BTreeSet;

use serde::Deserialize;

use super::definition::{Definition, Measure, Scope};
use super::rule::TermRule;
use crate::error::{Error, Result};
use crate::sentence::{Sentence, says};

/// The bundled definitions.
const BUNDLED: [&str; 3] = [
    include_str!("../../data/indicators/cases.toml"),
    include_str!("../../data/indicators/search.toml"),
    include_str!("../../data/indicators/credit.toml"),
];
const TERMS: &str = include_str!("../../data/indicators/terms.toml");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Book {
    indicator: Vec<Definition>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Terms {
    term: Vec<TermRule>,
}

/// Checked definitions of indicators, and the dated terms of procedure that they lean on.
#[derive(Debug, Clone, PartialEq)]
pub struct IndicatorCatalog {
    definitions: Vec<Definition>,
    terms: Vec<TermRule>,
}

impl IndicatorCatalog {
    /// The definitions of `data/indicators/`.
    ///
    /// ```
    /// use wherewithal::indicators::IndicatorCatalog;
    ///
    /// let catalog = IndicatorCatalog::standard()?;
    /// assert!(catalog.definition("closing_rate").is_some());
    /// # Ok::<(), wherewithal::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// None but for broken data, which the tests would have found.
    pub fn standard() -> Result<Self> {
        Self::from_toml(&BUNDLED)
    }

    /// Definitions from TOML texts of `[[indicator]]`, checked against the schema.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] for a text that cannot be read, a name used twice, an unknown table or
    /// field, a code that the field does not have, a sum of indicators that count different cases.
    ///
    /// # Examples
    ///
    /// ```
    /// use wherewithal::indicators::{IndicatorCatalog, Selection};
    ///
    /// let own = IndicatorCatalog::from_toml(&[r#"
    ///     [[indicator]]
    ///     code = "livelihood_cases"
    ///     zh = "涉民生案件"
    ///     en = "cases that concern a livelihood"
    ///     group = "cases"
    ///     scope = "all"
    ///     measure = "count"
    ///     of = { of = "cases", on = "filed_on", when = [{ field = "is_livelihood", is = true }] }
    ///     source = { zh = "本院", en = "this court" }
    ///     sure = "one"
    /// "#])?;
    /// assert_eq!(own.definitions().len(), 1);
    /// assert!(IndicatorCatalog::from_toml(&["[[indicator]]\ncode = 'nothing else'"]).is_err());
    /// # Ok::<(), wherewithal::Error>(())
    /// ```
    pub fn from_toml(texts: &[&str]) -> Result<Self> {
        let unreadable = |error: toml::de::Error| Error::setting("indicators", error, "definitions");
        let mut definitions = Vec::new();
        for text in texts {
            definitions.extend(toml::from_str::<Book>(text).map_err(unreadable)?.indicator);
        }
        let terms = toml::from_str::<Terms>(TERMS).map_err(unreadable)?.term;
        let catalog = Self { definitions, terms };
        catalog.check()?;
        Ok(catalog)
    }

    /// All definitions.
    pub fn definitions(&self) -> &[Definition] {
        &self.definitions
    }

    /// One definition.
    ///
    /// `None` where the catalogue has no such code.
    pub fn definition(&self, code: &str) -> Option<&Definition> {
        self.definitions.iter().find(|definition| definition.code == code)
    }

    /// All terms of procedure.
    pub fn terms(&self) -> &[TermRule] {
        &self.terms
    }

    pub(super) fn needed(&self, code: &str) -> Result<&Definition> {
        self.definition(code).ok_or_else(|| {
            let codes: Vec<&str> = self.definitions.iter().map(|definition| definition.code.as_str()).collect();
            Error::setting(
                "indicator",
                Sentence::value(code),
                says!("an indicator of the catalogue: {}", [codes.join(", ")]),
            )
        })
    }

    /// The one scope of some indicators.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] when they count different cases: such figures do not reconcile and must
    /// not stand in one sum or one ranking.
    ///
    /// ```
    /// use wherewithal::indicators::IndicatorCatalog;
    ///
    /// let catalog = IndicatorCatalog::standard()?;
    /// assert!(catalog.one_scope(&["closing_rate"]).is_ok());
    /// assert!(catalog.one_scope(&["no_such_indicator"]).is_err());
    /// assert!(catalog.one_scope(&[]).is_err());
    /// # Ok::<(), wherewithal::Error>(())
    /// ```
    pub fn one_scope(&self, codes: &[&str]) -> Result<Scope> {
        let scopes = codes.iter().map(|code| Ok((*code, self.needed(code)?.scope))).collect::<Result<Vec<_>>>()?;
        let Some((first, scope)) = scopes.first().copied() else {
            return Err(Error::setting("indicators", "none", "at least one"));
        };
        match scopes.iter().find(|(_, other)| *other != scope) {
            None => Ok(scope),
            Some((code, other)) => Err(Error::setting(
                "indicators",
                says!("{first} counts {} cases, {code} counts {} cases", [scope.code(), other.code()], first, code),
                "indicators of one scope: figures of different scopes do not reconcile",
            )),
        }
    }

    fn check(&self) -> Result<()> {
        let mut met = BTreeSet::new();
        for definition in &self.definitions {
            definition.check()?;
            let name = format!("indicator {}", definition.code);
            if !met.insert(definition.code.as_str()) {
                return Err(Error::setting(name, "twice", "one definition of a name"));
            }
            if let Some(other) = &definition.variant_of {
                self.needed(other)?;
            }
            if definition.measure == Measure::Parts {
                let mut codes: Vec<&str> = definition.parts.iter().map(String::as_str).collect();
                codes.push(&definition.code);
                self.one_scope(&codes)?;
                for part in &definition.parts {
                    if !matches!(self.needed(part)?.measure, Measure::Share | Measure::Ratio) {
                        return Err(Error::setting(name, part, "parts that are shares or ratios"));
                    }
                }
            }
        }
        Ok(())
    }
}
