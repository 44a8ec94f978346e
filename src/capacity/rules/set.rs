//! A whole set of rules: reads a folder of CSV files, checks it, and digests it.
//!
//! | file | a row is |
//! |---|---|
//! | `parameters.csv` | a number with its range, by scope |
//! | `bands.csv` | a band of a table |
//! | `rounds.csv` | a round of a sale with its lowest price |
//! | `order.csv` | the place of a kind of burden in the order |
//! | `sharing.csv` | how creditors of a kind of debtor share |
//! | `principles.csv` | a rule without a number, to be cited |
//! | `living_costs.csv` | what a household must be left; the user's own |

use std::path::Path;

use super::bands::{self, BandTable, Bands};
use super::citation::{ArticleId, Citation};
use super::law::Law;
use super::living::{self, LivingCost};
use super::order::{self, OrderRow, PrincipleRow, SharingRow};
use super::parameter::{self, ParameterRow};
use super::rounds::{self, Round, RoundRow, SalePath};
use super::sheet::Reading;
use crate::capacity::AssetClass;
use crate::domain::Day;
use crate::error::{Error, Result};
use crate::sentence::{Sentence, says};

/// The legal parameters of one jurisdiction, dated and cited.
///
/// ```
/// use wherewithal::capacity::{AssetClass, CapacityRules, SalePath};
/// use wherewithal::domain::Day;
///
/// let rules = CapacityRules::standard()?;
/// let path = rules.rounds(SalePath::Online, AssetClass::Home, Day::parse("2018-01-25")?);
/// let reserves: Vec<f64> = path.iter().map(|round| round.reserve.value()).collect();
/// assert_eq!(reserves, [0.7, 0.56, 0.56]);
/// # Ok::<(), wherewithal::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CapacityRules {
    name: String,
    digest: String,
    articles: Vec<Citation>,
    pub(super) parameters: Vec<Vec<ParameterRow>>,
    pub(super) bands: Vec<BandTable>,
    pub(super) rounds: Vec<RoundRow>,
    pub(super) order: Vec<OrderRow>,
    pub(super) sharing: Vec<SharingRow>,
    pub(super) principles: Vec<PrincipleRow>,
    pub(super) living_costs: Vec<LivingCost>,
}

/// The files of a folder of rules; the last is the user's own.
const FILES: [&str; 7] =
    ["parameters.csv", "bands.csv", "rounds.csv", "order.csv", "sharing.csv", "principles.csv", "living_costs.csv"];

impl CapacityRules {
    /// The rules of the People's Republic of China that this crate carries (`data/capacity/cn`).
    ///
    /// They hold no living costs: see [`CapacityRules::with_living_costs`].
    ///
    /// # Errors
    ///
    /// [`Error::Format`] when the carried files are damaged.
    pub fn standard() -> Result<Self> {
        let texts = [
            include_str!("../../../data/capacity/cn/parameters.csv"),
            include_str!("../../../data/capacity/cn/bands.csv"),
            include_str!("../../../data/capacity/cn/rounds.csv"),
            include_str!("../../../data/capacity/cn/order.csv"),
            include_str!("../../../data/capacity/cn/sharing.csv"),
            include_str!("../../../data/capacity/cn/principles.csv"),
        ];
        Self::read("cn", Path::new("data/capacity/cn"), |file| {
            Ok(FILES.iter().zip(texts).find(|(name, _)| **name == file).map(|(_, text)| text.to_owned()))
        })
    }

    /// Reads a folder of rules; `data/capacity/README.md` says what its files hold. A file left out states nothing.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] when a file cannot be read; [`Error::Format`] naming every problem of all files, with file, line
    /// and column.
    ///
    /// # Examples
    ///
    /// ```
    /// use wherewithal::capacity::CapacityRules;
    ///
    /// # let folder = tempfile::tempdir()?;
    /// std::fs::write(folder.path().join("order.csv"), "kind,step\nmortgage,first\n")?;
    /// let error = CapacityRules::load(folder.path()).unwrap_err().to_string();
    /// assert!(error.contains("order.csv"), "{error}");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn load(folder: impl AsRef<Path>) -> Result<Self> {
        let folder = folder.as_ref();
        let name = folder.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        Self::read(&name, folder, |file| {
            let path = folder.join(file);
            if path.is_file() { std::fs::read_to_string(&path).map(Some).map_err(Error::io(&path)) } else { Ok(None) }
        })
    }

    /// The same rules with the retained living costs of a `living_costs.csv`, given as text.
    ///
    /// # Errors
    ///
    /// [`Error::Format`] naming every problem of the text.
    ///
    /// ```
    /// use wherewithal::capacity::CapacityRules;
    ///
    /// let rules = CapacityRules::standard()?;
    /// let before = rules.digest().to_owned();
    /// assert!(rules.clone().with_living_costs("a,b\n1,2\n").is_err());
    /// assert_eq!(rules.digest(), before);
    /// # Ok::<(), wherewithal::Error>(())
    /// ```
    pub fn with_living_costs(mut self, text: &str) -> Result<Self> {
        let mut reading = Reading { articles: self.articles, problems: Vec::new() };
        self.living_costs = living::read(text, &mut reading);
        self.digest = digest([self.digest.as_str(), text].into_iter());
        self.articles = checked(Path::new("living_costs.csv"), reading)?;
        Ok(self)
    }

    /// The name of the jurisdiction: the folder's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// A digest of all files, so that a statement names the rules that made it.
    ///
    /// Living costs that were added are part of it.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// Every row's source, in the order of their numbers.
    pub fn articles(&self) -> &[Citation] {
        &self.articles
    }

    /// The source of one row.
    pub fn article(&self, id: ArticleId) -> Option<&Citation> {
        self.articles.get(usize::from(id.0))
    }

    /// The table in bands called `table` that is in force on a day.
    ///
    /// `None` where there is no such table, or none in force on that day.
    pub fn bands(&self, table: &str, on: Day) -> Option<&Bands> {
        Law::new(self, on, "").bands(table)
    }

    /// The rounds of a sale of such an asset that are in force on a day, in order.
    pub fn rounds(&self, path: SalePath, class: AssetClass, on: Day) -> Vec<Round> {
        Law::new(self, on, "").rounds(path, class).cloned().collect()
    }

    fn read(name: &str, folder: &Path, text_of: impl Fn(&str) -> Result<Option<String>>) -> Result<Self> {
        let texts = FILES.iter().map(|file| text_of(file)).collect::<Result<Vec<_>>>()?;
        if texts.iter().all(Option::is_none) {
            return Err(Error::format(folder, "none of the files of rules", Sentence::names(FILES)));
        }
        let mut reading = Reading::default();
        let mut texts = texts.iter().map(Option::as_deref);
        let digest = digest(texts.clone().map(Option::unwrap_or_default));
        let mut next = || texts.next().flatten();
        let parameters = next().map(|text| parameter::read(text, &mut reading)).unwrap_or_default();
        let bands = next().map(|text| bands::read(text, &mut reading)).unwrap_or_default();
        let rounds = next().map(|text| rounds::read(text, &mut reading)).unwrap_or_default();
        let order = next().map(|text| order::read_order(text, &mut reading)).unwrap_or_default();
        let sharing = next().map(|text| order::read_sharing(text, &mut reading)).unwrap_or_default();
        let principles = next().map(|text| order::read_principles(text, &mut reading)).unwrap_or_default();
        let living_costs = next().map(|text| living::read(text, &mut reading)).unwrap_or_default();
        let articles = checked(folder, reading)?;
        let name = name.to_owned();
        Ok(Self { name, digest, articles, parameters, bands, rounds, order, sharing, principles, living_costs })
    }
}

fn checked(path: &Path, reading: Reading) -> Result<Vec<Citation>> {
    let Reading { articles, problems } = reading;
    if problems.is_empty() {
        return Ok(articles);
    }
    let (count, all) = (problems.len(), Sentence::list(problems, "\n  "));
    let found = match count {
        1 => says!("one problem\n  {all}\n", all),
        _ => says!("{count} problems\n  {all}\n", count, all),
    };
    Err(Error::format(path, found, "rules as data/capacity/README.md describes them"))
}

fn digest<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    let mut hasher = blake3::Hasher::new();
    for text in texts {
        hasher.update(&text.len().to_le_bytes()).update(text.as_bytes());
    }
    hasher.finalize().to_hex().chars().take(16).collect()
}
