//! The model as a file: two scorecards, the features they need, the rules and settings they were
//! trained under.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Event;
use crate::capacity::{CapacityRules, CapacityTable};
use crate::cohort::CohortParams;
use crate::disk;
use crate::domain::{Signer, SigningKey};
use crate::error::{Error, Result};
use crate::features::FeatureCatalog;
use crate::model::{AmountCard, Scorecard, ScorecardFeature};
use crate::score::ScorerParams;
use crate::sentence::says;

/// The format of model files that this build writes and reads.
const FORMAT_VERSION: u32 = 2;

/// What was learnt about performance: a card per event, the features they need, and how outcomes were counted.
///
/// It is a file: [`PerformanceModel::to_json`] and [`PerformanceModel::from_json`] change nothing, and a debtor scores
/// the same before and after.
///
/// # Examples
///
/// ```no_run
/// use std::path::Path;
/// use wherewithal::pipeline::{Event, PerformanceModel};
///
/// let model = PerformanceModel::read(Path::new("out/district/model.json"))?;
/// for event in Event::ALL {
///     println!("{}: base {} points", event.name(), model.card(event).base_points().0);
/// }
/// assert_eq!(PerformanceModel::from_json(&model.to_json()?)?, model);
/// # Ok::<(), wherewithal::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct PerformanceModel {
    any: Scorecard,
    full: Scorecard,
    share: Option<AmountCard>,
    catalog: FeatureCatalog,
    rules: CapacityRules,
    /// The rules in force when the cards were trained.
    rules_digest: String,
    cohort: CohortParams,
    scorer: ScorerParams,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    format_version: u32,
    /// A hash of all the rest.
    digest: String,
    any: Value,
    full: Value,
    /// Absent in files written before there was one, and where shares were too few to learn from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    share: Option<Value>,
    catalog: FeatureCatalog,
    rules_digest: String,
    cohort: CohortParams,
    scorer: ScorerParams,
}

impl Stored {
    /// The hash of everything but the digest itself: which card is which, the catalog, the scorer and the rules.
    fn sealed(&self) -> Result<String> {
        let mut document = serde_json::to_value(self)?;
        if let Some(fields) = document.as_object_mut() {
            fields.remove("digest");
        }
        Ok(blake3::hash(&serde_json::to_vec(&document)?).to_hex().chars().take(32).collect())
    }
}

impl PerformanceModel {
    pub(super) fn new(
        (any, full, share): (Scorecard, Scorecard, Option<AmountCard>),
        (catalog, rules): (&FeatureCatalog, CapacityRules),
        (cohort, scorer): (CohortParams, ScorerParams),
    ) -> Result<Self> {
        let cards = [&any, &full].into_iter().chain(share.as_ref().map(AmountCard::table));
        let mut names: Vec<&str> = cards.flat_map(Scorecard::features).map(ScorecardFeature::name).collect();
        names.sort_unstable();
        names.dedup();
        names.retain(|name| !CapacityTable::RATIOS.contains(name));
        let catalog = catalog.only(names)?;
        let rules_digest = rules.digest().to_owned();
        Ok(Self { any, full, share, catalog, rules, rules_digest, cohort, scorer })
    }

    /// The card of an event.
    pub fn card(&self, event: Event) -> &Scorecard {
        match event {
            Event::Any => &self.any,
            Event::Full => &self.full,
        }
    }

    /// The card of the share of the open claims that comes in, given any performance; none in a model that was written
    /// before there was one, or where shares were too few to learn from.
    pub fn share(&self) -> Option<&AmountCard> {
        self.share.as_ref()
    }

    /// The features that the cards need, and those they are derived from.
    pub fn catalog(&self) -> &FeatureCatalog {
        &self.catalog
    }

    /// The law behind the statement of means: the bundled one unless [`PerformanceModel::with_rules`] replaced it.
    pub fn rules(&self) -> &CapacityRules {
        &self.rules
    }

    /// Replaces the law behind the statement of means.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] when the cards use ratios of the statement and were trained under other rules.
    pub fn with_rules(mut self, rules: CapacityRules) -> Result<Self> {
        let cards = Event::ALL.iter().map(|event| self.card(*event)).chain(self.share().map(AmountCard::table));
        let mut features = cards.flat_map(Scorecard::features);
        let uses_ratios = features.any(|feature| CapacityTable::RATIOS.contains(&feature.name()));
        if uses_ratios && rules.digest() != self.rules_digest {
            return Err(Error::setting("rules", rules.digest(), says!("{}, as in training", [self.rules_digest])));
        }
        self.rules = rules;
        Ok(self)
    }

    /// How the outcomes were counted.
    pub fn cohort(&self) -> &CohortParams {
        &self.cohort
    }

    /// How a score becomes a grade, and how much must be known for one.
    pub fn scorer(&self) -> &ScorerParams {
        &self.scorer
    }

    /// The stored form.
    ///
    /// # Errors
    ///
    /// [`Error::Json`] when a number in it is not finite, which no fit returns.
    pub fn to_json(&self) -> Result<String> {
        let mut stored = Stored {
            format_version: FORMAT_VERSION,
            digest: String::new(),
            any: self.any.to_value()?,
            full: self.full.to_value()?,
            share: self.share.as_ref().map(AmountCard::to_value).transpose()?,
            catalog: self.catalog.clone(),
            rules_digest: self.rules_digest.clone(),
            cohort: self.cohort.clone(),
            scorer: self.scorer,
        };
        stored.digest = stored.sealed()?;
        Ok(serde_json::to_string_pretty(&stored)?)
    }

    /// Reads the stored form in a file.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] when the file cannot be read; [`Error::Format`], which names it, where
    /// [`PerformanceModel::from_json`] refuses it.
    pub fn read(path: &Path) -> Result<Self> {
        Self::parsed(path, &disk::read(path)?)
    }

    fn parsed(path: &Path, bytes: &[u8]) -> Result<Self> {
        let expected = "a model as training wrote it, unchanged";
        let text = std::str::from_utf8(bytes).map_err(|_| Error::format(path, "bytes that are no text", expected))?;
        Self::from_json(text).map_err(|error| Error::format(path, error, expected))
    }

    /// Signs the model in a file; the signature stands in [`PerformanceModel::signature_of`] it.
    ///
    /// # Errors
    ///
    /// As [`PerformanceModel::read`]; [`Error::Io`] when the signature cannot be written.
    pub fn sign(path: &Path, key: &SigningKey) -> Result<PathBuf> {
        Self::read(path)?;
        let signature = Self::signature_of(path);
        disk::replace(&signature, format!("{}\n", key.sign(&disk::read(path)?)).as_bytes())?;
        Ok(signature)
    }

    /// The file of a model's signature: its own name with `.sig` behind it.
    ///
    /// ```
    /// use std::path::Path;
    /// use wherewithal::pipeline::PerformanceModel;
    ///
    /// assert_eq!(PerformanceModel::signature_of(Path::new("out/model.json")), Path::new("out/model.json.sig"));
    /// ```
    pub fn signature_of(path: &Path) -> PathBuf {
        let mut name = path.as_os_str().to_os_string();
        name.push(".sig");
        PathBuf::from(name)
    }

    /// Reads the stored form in a file that a signer has signed, as [`PerformanceModel::sign`] does.
    ///
    /// # Errors
    ///
    /// As [`PerformanceModel::read`]; [`Error::Io`] when there is no signature; [`Error::Format`], which names its
    /// file, when it is not that of the signer, or not of these bytes.
    pub fn read_signed(path: &Path, signer: &Signer) -> Result<Self> {
        let (bytes, place) = (disk::read(path)?, Self::signature_of(path));
        if !signer.has_signed(&bytes, &String::from_utf8_lossy(&disk::read(&place)?)) {
            let found = says!("no signature of {} by that signer", [path.display()]);
            return Err(Error::format(&place, found, "a model as that signer passed it on"));
        }
        Self::parsed(path, &bytes)
    }

    /// Reads a stored form.
    ///
    /// # Errors
    ///
    /// [`Error::Version`] for a format this build does not read; [`Error::Json`] for text that is no model, or only a
    /// part of one; [`Error::Setting`] when anything in it was changed: the text carries a digest of all it holds.
    ///
    /// ```
    /// use wherewithal::pipeline::PerformanceModel;
    ///
    /// let old = PerformanceModel::from_json(r#"{"format_version": 1}"#);
    /// assert!(matches!(old, Err(wherewithal::Error::Version { found: 1, .. })));
    /// assert!(matches!(PerformanceModel::from_json("a model"), Err(wherewithal::Error::Json(_))));
    /// ```
    pub fn from_json(text: &str) -> Result<Self> {
        let document: Value = serde_json::from_str(text)?;
        let version = document.get("format_version").and_then(Value::as_u64).unwrap_or_default();
        if version != u64::from(FORMAT_VERSION) {
            return Err(Error::Version {
                artifact: "performance model".into(),
                found: u32::try_from(version).unwrap_or(u32::MAX),
                oldest: FORMAT_VERSION,
                newest: FORMAT_VERSION,
            });
        }
        let stored: Stored = serde_json::from_value(document)?;
        let expected = stored.sealed()?;
        if stored.digest != expected {
            return Err(Error::setting("digest", stored.digest, says!("{expected}, as the content has it", expected)));
        }
        let share = stored.share.map(AmountCard::from_value).transpose()?;
        let cards = (Scorecard::from_value(stored.any)?, Scorecard::from_value(stored.full)?, share);
        let standard = CapacityRules::standard()?;
        let model = Self::new(cards, (&stored.catalog, standard), (stored.cohort, stored.scorer))?;
        Ok(Self { rules_digest: stored.rules_digest, ..model })
    }
}
