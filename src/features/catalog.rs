//! Catalogues of feature definitions: the standard one, and how definitions are added.
//!
//! A catalogue is checked whenever something is added, against the schema and against itself, and told in
//! one message all that is wrong: a catalogue in hand can be computed.

use serde::{Deserialize, Serialize};

use super::check;
use super::spec::{FeatureSpec, Written};
use crate::domain::Label;
use crate::error::{Error, Result};
use crate::sentence::{Sentence, says};

/// A group of features that speak of one side of the debtor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Family {
    /// The first word of its features' names.
    pub name: String,
    /// Its name in both languages.
    pub label: Label,
}

/// A set of feature definitions that fit the schema and each other.
///
/// ```
/// use wherewithal::domain::Label;
/// use wherewithal::features::{Aggregate, Aggregation, Condition, Definition, FeatureCatalog, FeatureSpec, Unit};
///
/// let fines = Aggregate::new("sanctions", Aggregation::Count).when(Condition::is("kind", ["fine"])).window(365);
/// let label = Label::new("近一年罚款次数", "fines in the last year");
/// let spec = FeatureSpec::new("obligations_n_fines_last_12m", label, Unit::Count, Definition::Aggregate(fines));
/// let catalog = FeatureCatalog::standard()?.with(spec)?;
/// assert!(catalog.feature("obligations_n_fines_last_12m").is_some());
/// # Ok::<(), wherewithal::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(try_from = "Parts", into = "Parts")]
pub struct FeatureCatalog {
    families: Vec<Family>,
    features: Vec<FeatureSpec>,
}

/// The eleven standard families, in their order.
const STANDARD: [&str; 11] = [
    include_str!("../../data/features/deposits.toml"),
    include_str!("../../data/features/property.toml"),
    include_str!("../../data/features/vehicles.toml"),
    include_str!("../../data/features/finance.toml"),
    include_str!("../../data/features/business.toml"),
    include_str!("../../data/features/income.toml"),
    include_str!("../../data/features/flows.toml"),
    include_str!("../../data/features/consumption.toml"),
    include_str!("../../data/features/obligations.toml"),
    include_str!("../../data/features/enforcement.toml"),
    include_str!("../../data/features/coverage.toml"),
];

impl FeatureCatalog {
    /// A catalogue without features.
    pub fn new() -> Self {
        Self::default()
    }

    /// The standard features, `data/features/*.toml`.
    ///
    /// # Errors
    ///
    /// None: a test reads them all.
    ///
    /// # Examples
    ///
    /// ```
    /// # use wherewithal::features::FeatureCatalog;
    /// let catalog = FeatureCatalog::standard()?;
    /// assert_eq!(catalog.families().len(), 11);
    /// assert!(catalog.features().len() > 300);
    /// # Ok::<(), wherewithal::Error>(())
    /// ```
    pub fn standard() -> Result<Self> {
        STANDARD.iter().try_fold(Self::new(), |catalog, text| catalog.read(text))?.checked()
    }

    /// Adds a family; one of the same name is replaced.
    ///
    /// ```
    /// # use wherewithal::{domain::Label, features::FeatureCatalog};
    /// let catalog = FeatureCatalog::new().with_family("ships", Label::new("船舶", "ships"));
    /// assert!(catalog.family("ships").is_some() && catalog.features().is_empty());
    /// ```
    #[must_use]
    pub fn with_family(mut self, name: impl Into<String>, label: Label) -> Self {
        let name = name.into();
        self.families.retain(|family| family.name != name);
        self.families.push(Family { name, label });
        self
    }

    /// Adds a feature.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] with everything that is wrong with it: a name taken, a table, column or code that the schema
    /// does not have, an aggregation or unit that does not suit the column, a part that is not there, or a trait of the
    /// person that may not enter a score.
    pub fn with(mut self, spec: FeatureSpec) -> Result<Self> {
        self.features.push(spec);
        self.checked()
    }

    /// Adds the features of a TOML text: one `[family]` (`name`, and `zh` and `en` when it is new),
    /// then `[[feature]]`s.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] when the text cannot be read, or with everything that is wrong with its features.
    ///
    /// # Examples
    ///
    /// ```
    /// # use wherewithal::features::FeatureCatalog;
    /// let catalog = FeatureCatalog::standard()?.extend_from_toml(r#"
    ///     [family]
    ///     name = "obligations"
    ///
    ///     [[feature]]
    ///     name = "obligations_n_exit_bans"
    ///     zh = "被限制出境次数"
    ///     en = "bans on leaving the country"
    ///     unit = "count"
    ///     direction = "less"
    ///     source = "sanctions"
    ///     where = [{ column = "kind", is = "exit_ban" }]
    ///     aggregation = "count"
    /// "#)?;
    /// assert!(catalog.feature("obligations_n_exit_bans").is_some());
    /// # Ok::<(), wherewithal::Error>(())
    /// ```
    pub fn extend_from_toml(self, text: &str) -> Result<Self> {
        self.read(text)?.checked()
    }

    /// The features called `names` with the parts that they are derived from, in the order of this catalogue.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] when there is no feature of one of these names.
    ///
    /// # Examples
    ///
    /// ```
    /// # use wherewithal::features::FeatureCatalog;
    /// let catalog = FeatureCatalog::standard()?;
    /// let ratio = catalog.only(["deposits_available_to_claim_ratio"])?;
    /// assert!(ratio.features().len() > 1); // with the two parts that it is made of
    /// assert!(catalog.only(["no_such_feature"]).is_err());
    /// # Ok::<(), wherewithal::Error>(())
    /// ```
    pub fn only<'a>(&self, names: impl IntoIterator<Item = &'a str>) -> Result<Self> {
        let mut wanted = Vec::new();
        for name in names {
            let spec = self.feature(name).ok_or_else(|| unknown(name))?;
            wanted.push(spec.name.as_str());
            wanted.extend(spec.parts());
        }
        let features = self.features.iter().filter(|spec| wanted.contains(&spec.name.as_str())).cloned().collect();
        Ok(Self { families: self.families.clone(), features })
    }

    /// The families, in their order.
    pub fn families(&self) -> &[Family] {
        &self.families
    }

    /// The features, in their order.
    pub fn features(&self) -> &[FeatureSpec] {
        &self.features
    }

    /// The feature called `name`.
    ///
    /// ```
    /// # use wherewithal::features::{FeatureCatalog, Unit};
    /// let catalog = FeatureCatalog::standard()?;
    /// assert_eq!(catalog.feature("deposits_balance_fen").map(|spec| spec.unit), Some(Unit::Fen));
    /// # Ok::<(), wherewithal::Error>(())
    /// ```
    pub fn feature(&self, name: &str) -> Option<&FeatureSpec> {
        self.features.iter().find(|spec| spec.name == name)
    }

    /// The family called `name`.
    pub fn family(&self, name: &str) -> Option<&Family> {
        self.families.iter().find(|family| family.name == name)
    }

    fn read(mut self, text: &str) -> Result<Self> {
        let expected = "[family] with name, zh and en, then [[feature]]s";
        let refusal = |found: Sentence| Error::setting("feature catalogue", found, expected);
        let file: File = toml::from_str(text).map_err(|e| refusal(Sentence::foreign(e.to_string().trim_end())))?;
        let family = file.family.name;
        match (file.family.zh, file.family.en) {
            (Some(zh), Some(en)) => self = self.with_family(&family, Label { zh, en }),
            (None, None) if self.family(&family).is_some() => {}
            _ => return Err(refusal(says!("family {family} without its labels", family))),
        }
        for mut written in file.feature {
            if written.family.is_empty() {
                written.family.clone_from(&family);
            }
            self.features.push(FeatureSpec::try_from(written).map_err(|problem| refusal(problem.into()))?);
        }
        Ok(self)
    }

    fn checked(self) -> Result<Self> {
        let problems = check::problems(&self);
        if problems.is_empty() {
            return Ok(self);
        }
        Err(Error::setting(
            "feature catalogue",
            Sentence::list(problems, "; "),
            "features that fit the schema and each other",
        ))
    }
}

pub(super) fn unknown(name: &str) -> Error {
    Error::setting("feature", Sentence::value(name), "the name of a feature in the catalogue")
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    family: Heading,
    #[serde(default)]
    feature: Vec<Written>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Heading {
    name: String,
    zh: Option<String>,
    en: Option<String>,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Parts {
    families: Vec<Family>,
    features: Vec<FeatureSpec>,
}

impl TryFrom<Parts> for FeatureCatalog {
    type Error = Error;

    fn try_from(Parts { families, features }: Parts) -> Result<Self> {
        Self { families, features }.checked()
    }
}

impl From<FeatureCatalog> for Parts {
    fn from(FeatureCatalog { families, features }: FeatureCatalog) -> Self {
        Self { families, features }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "[family]\nname = 'own'\nzh = '自有'\nen = 'own'\n";

    fn refused(features: &str) -> String {
        FeatureCatalog::new().extend_from_toml(&format!("{FILE}{features}")).unwrap_err().to_string()
    }

    fn feature(name: &str, rest: &str) -> String {
        format!("[[feature]]\nname = '{name}'\nzh = '某'\nen = 'some'\n{rest}\n")
    }

    #[test]
    fn collects_every_problem() {
        let text = [
            feature("own_a", "unit = 'fen'\nsource = 'gold'\naggregation = 'count'"),
            feature("own_b", "unit = 'fen'\nsource = 'deposits'\naggregation = 'sum'\ncolumn = 'holder'"),
            feature(
                "own_c",
                "unit = 'count'\nsource = 'deposits'\naggregation = 'count'\nwhere = [{ column = 'kind', is = 'gold' }]",
            ),
            feature("own_c", "unit = 'ratio'\nratio = ['own_a', 'own_x']"),
            feature("own_d", "unit = 'count'\nsource = 'deposits'\naggregation = 'count'\nasked = 'oracle'"),
            feature("own_e", "unit = 'fen'\nsource = 'deposits'\naggregation = 'count'"),
            feature("Own F", "unit = 'count'\nsource = 'deposits'\naggregation = 'periods'"),
        ];
        let message = refused(&text.concat());
        for problem in [
            "own_a: no table gold",
            "own_b: the column does not suit Sum",
            "own_c: Is([Text(\"gold\")]) does not suit kind",
            "own_c: the name is taken",
            "own_c: no feature own_x",
            "own_d: nobody called oracle",
            "own_e: unit Fen does not suit Count",
            "Own F: expected a name in snake_case",
            "Own F: expected period_days",
        ] {
            assert!(message.contains(problem), "{problem}\n{message}");
        }
    }

    #[test]
    fn refuses_what_may_not_enter_a_score() {
        let count = "unit = 'count'\nsource = 'cases'\naggregation = 'count'";
        for name in ["own_n_sex", "own_age", "own_education_level", "own_is_female", "own_hukou"] {
            assert!(refused(&feature(name, count)).contains("may not enter a score"), "{name}");
        }
        let disguised = "[[feature]]\nname = 'own_x'\nzh = '年龄段'\nen = 'band'\n".to_owned() + count;
        assert!(refused(&disguised).contains("年龄 may not enter a score"));
    }

    #[test]
    fn reads_only_what_it_knows_and_keeps_a_familys_labels() {
        assert!(refused("weight = 3").contains("unknown field"));
        let catalog = FeatureCatalog::new().extend_from_toml(FILE).unwrap();
        let more = "[family]\nname = 'own'\n".to_owned()
            + &feature("own_n_cases", "unit = 'count'\nsource = 'cases'\naggregation = 'count'");
        let catalog = catalog.extend_from_toml(&more).unwrap();
        assert_eq!(catalog.family("own").unwrap().label.zh, "自有");
        assert!(FeatureCatalog::new().extend_from_toml(&more).is_err());
        let text = serde_json::to_string(&catalog).unwrap();
        assert_eq!(serde_json::from_str::<FeatureCatalog>(&text).unwrap(), catalog);
    }
}
