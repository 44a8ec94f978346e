//! Rows refused at intake, delivery by delivery: each kind of file against its own first deliveries.
//!
//! A source that changes how it writes a column loses rows here before anything else is seen. What refuses
//! them is told with it, so that a reason that grows is seen while another shrinks.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::alert::{Alert, AlertKind};
use super::proportion::{Mean, dispersion, p_value};
use crate::domain::Label;
use crate::error::{Error, Result};
use crate::indicators::Call;

/// From when on refused rows are an alert; see `data/monitoring/intake.toml`.
///
/// ```
/// use wherewithal::monitoring::IntakeLimits;
///
/// let limits = IntakeLimits::standard()?;
/// assert_eq!((limits.base_parts, limits.watched_parts), (6, 12));
/// # Ok::<(), wherewithal::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct IntakeLimits {
    /// Deliveries that the later ones are held against: the first of all.
    pub base_parts: usize,
    /// Deliveries behind the base that are looked at, the last ones.
    pub watched_parts: usize,
    /// Rows read below which a delivery is not called.
    pub least_rows: u64,
    /// The least difference from the base that counts: a share of the rows read.
    pub least: f64,
    /// How often one run may call anything by chance, over all files, deliveries and reasons.
    pub chance: f64,
}

impl IntakeLimits {
    /// The limits of `data/monitoring/intake.toml`.
    ///
    /// # Errors
    ///
    /// None but for broken data, which the tests would have found.
    pub fn standard() -> Result<Self> {
        Self::from_toml(include_str!("../../data/monitoring/intake.toml"))
    }

    /// Reads limits from TOML.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] when the text holds no limits, or such as nothing could cross or everything would.
    pub fn from_toml(text: &str) -> Result<Self> {
        let limits: Self =
            toml::from_str(text).map_err(|error| Error::setting("intake limits", error, "limits of refusals"))?;
        if limits.base_parts < 2 {
            return Err(Error::setting("base_parts", limits.base_parts, "at least 2"));
        }
        if limits.watched_parts < 1 {
            return Err(Error::setting("watched_parts", limits.watched_parts, "at least 1"));
        }
        if !(limits.chance > 0.0 && limits.chance < 1.0) {
            return Err(Error::setting("chance", limits.chance, "above 0 and below 1"));
        }
        if !limits.least.is_finite() || limits.least < 0.0 {
            return Err(Error::setting("least", limits.least, "a number from 0"));
        }
        Ok(limits)
    }
}

/// What one delivery brought of one kind of file.
///
/// ```
/// use wherewithal::monitoring::Delivery;
///
/// let night = Delivery::new("part-0001", "bank/deposits").rows(500, [("amount".to_owned(), 3)].into());
/// assert_eq!((night.read, night.refused()), (500, 3));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Delivery {
    /// The part of the store that it became.
    pub part: String,
    /// The kind of file: a name without what changes from one delivery to the next.
    pub source: String,
    /// Tables that its rows went to.
    pub tables: BTreeSet<String>,
    /// Rows read.
    pub read: u64,
    /// Rows refused, by reason.
    pub reasons: BTreeMap<String, u64>,
    /// Files that could not be read, or not to their end: how many rows they hold is not known.
    pub unread: u64,
}

impl Delivery {
    /// A delivery of which nothing was read yet.
    pub fn new(part: &str, source: &str) -> Self {
        Self { part: part.to_owned(), source: source.to_owned(), ..Self::default() }
    }

    /// Adds rows read, and of them those refused, by reason.
    #[must_use]
    pub fn rows(mut self, read: u64, reasons: BTreeMap<String, u64>) -> Self {
        self.read += read;
        reasons.into_iter().for_each(|(reason, rows)| *self.reasons.entry(reason).or_default() += rows);
        self
    }

    /// Adds files that could not be read, or not to their end.
    #[must_use]
    pub fn unread(mut self, files: u64) -> Self {
        self.unread += files;
        self
    }

    /// Rows refused, for whatever reason.
    pub fn refused(&self) -> u64 {
        self.reasons.values().sum()
    }

    fn refused_for(&self, reason: Option<&str>) -> u64 {
        reason.map_or_else(|| self.refused(), |reason| self.reasons.get(reason).copied().unwrap_or_default())
    }
}

/// Refusals of one kind of file in one delivery against its first deliveries.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct IntakeLine {
    /// The kind of file.
    pub source: String,
    /// Tables that its rows went to, in any delivery looked at.
    pub tables: Vec<String>,
    /// The part of the store.
    pub part: String,
    /// Why rows were refused; none for all reasons together.
    pub reason: Option<String>,
    /// Rows read.
    pub read: u64,
    /// Rows refused.
    pub refused: u64,
    /// The share refused, from 0 to 1; none where no row was read.
    pub share: Option<f64>,
    /// The share in the base.
    pub base: Option<f64>,
    /// Whether it differs by more than chance and by at least the limit.
    pub call: Call,
}

/// Holds each later delivery of each kind of file against its first ones: rows refused, all together and by reason.
///
/// Deliveries come in their order; several files of a kind in one part are one delivery. The base is the first
/// deliveries of all, so a fault that lasts is still told later; the last ones behind it are looked at. No day cuts
/// them: a delivery is read whatever its rows are dated. A delivery is called when
/// chance does not explain the difference, all comparisons of the run taken together (Bonferroni), and the difference
/// is at least the limit; where the delivery or the base has too few rows it is [`Call::TooFew`]. Only more refusals
/// are an alert: one for all reasons together, or, where these are not called, one for each reason that is. A file
/// that could not be read is an alert whatever its rows, and without a base.
///
/// ```
/// use wherewithal::monitoring::{Delivery, IntakeLimits, intake};
///
/// let night = |nth: usize, refused: u64| {
///     Delivery::new(&format!("part-{nth:04}"), "payments.csv").rows(1_000, [("amount".to_owned(), refused)].into())
/// };
/// let nights: Vec<Delivery> = (1..=8).map(|nth| night(nth, if nth == 8 { 200 } else { 4 })).collect();
/// let (lines, alerts) = intake(&nights, &IntakeLimits::standard()?);
/// assert_eq!((lines.len(), alerts.len()), (4, 1)); // two nights behind the base, in all and by the one reason
/// assert_eq!(alerts[0].part.as_deref(), Some("part-0008"));
///
/// let lost = [Delivery::new("part-0001", "payments.csv").unread(1)];
/// assert_eq!(intake(&lost, &IntakeLimits::standard()?).1.len(), 1);
/// # Ok::<(), wherewithal::Error>(())
/// ```
pub fn intake(deliveries: &[Delivery], limits: &IntakeLimits) -> (Vec<IntakeLine>, Vec<Alert>) {
    let (mut compared, mut alerts) = (Vec::new(), Vec::new());
    for (source, all) in by_source(deliveries) {
        alerts.extend(last(&all, limits.watched_parts).iter().filter_map(unread_alert));
        let (base, behind) = all.split_at(limits.base_parts.min(all.len()));
        let later = last(behind, limits.watched_parts);
        let looked_at = || base.iter().chain(later);
        let tables: BTreeSet<&String> = looked_at().flat_map(|one| &one.tables).collect();
        let reasons: BTreeSet<&str> = looked_at().flat_map(|one| one.reasons.keys()).map(String::as_str).collect();
        for reason in std::iter::once(None).chain(reasons.into_iter().map(Some)) {
            let before = Base::new(base, reason);
            for one in later {
                let now = Mean::share(one.refused_for(reason), one.read);
                let is_compared = one.read.min(before.read) >= limits.least_rows;
                let pair = before.mean.zip(now).filter(|_| is_compared);
                let p = pair.map(|(base, now)| p_value(base, now, before.spread));
                let line = IntakeLine {
                    source: source.to_owned(),
                    tables: tables.iter().map(|table| (*table).clone()).collect(),
                    part: one.part.clone(),
                    reason: reason.map(str::to_owned),
                    read: one.read,
                    refused: one.refused_for(reason),
                    share: now.map(|now| now.value),
                    base: before.mean.map(|base| base.value),
                    call: Call::TooFew,
                };
                compared.push((line, p));
            }
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "a number of comparisons")]
    let all = compared.iter().filter(|(_, p)| p.is_some()).count() as f64;
    let called = compared.into_iter().map(|(line, p)| {
        let call = call(&line, p.map(|p| p * all < limits.chance), limits.least);
        IntakeLine { call, ..line }
    });
    let lines: Vec<IntakeLine> = called.collect();
    alerts.extend(refusal_alerts(&lines, limits));
    (lines, alerts)
}

/// How many kinds of file have no delivery behind the base yet: nothing of them is compared.
///
/// ```
/// use wherewithal::monitoring::{Delivery, IntakeLimits, kinds_too_new};
///
/// let first = Delivery::new("part-0001", "payments.csv").rows(500, [].into());
/// assert_eq!(kinds_too_new(&[first], &IntakeLimits::standard()?), 1);
/// # Ok::<(), wherewithal::Error>(())
/// ```
pub fn kinds_too_new(deliveries: &[Delivery], limits: &IntakeLimits) -> u64 {
    by_source(deliveries).values().filter(|all| all.len() <= limits.base_parts).count() as u64
}

/// So many of the last deliveries.
fn last(all: &[Delivery], most: usize) -> &[Delivery] {
    all.split_at(all.len().saturating_sub(most)).1
}

/// Each kind of file by its deliveries, those of one part together, in the order in which they came.
fn by_source(deliveries: &[Delivery]) -> BTreeMap<&str, Vec<Delivery>> {
    let mut of: BTreeMap<&str, Vec<Delivery>> = BTreeMap::new();
    for one in deliveries {
        let all = of.entry(&one.source).or_default();
        match all.last_mut().filter(|last| last.part == one.part) {
            Some(last) => {
                *last = std::mem::take(last).rows(one.read, one.reasons.clone()).unread(one.unread);
                last.tables.extend(one.tables.iter().cloned());
            }
            None => all.push(one.clone()),
        }
    }
    of
}

/// The first deliveries of a kind of file.
struct Base {
    read: u64,
    mean: Option<Mean>,
    spread: f64,
}

impl Base {
    fn new(deliveries: &[Delivery], reason: Option<&str>) -> Self {
        let read = deliveries.iter().map(|one| one.read).sum();
        let mean = Mean::share(deliveries.iter().map(|one| one.refused_for(reason)).sum(), read);
        let each: Vec<Mean> =
            deliveries.iter().filter_map(|one| Mean::share(one.refused_for(reason), one.read)).collect();
        Self { read, mean, spread: mean.map_or(1.0, |mean| dispersion(mean, &each)) }
    }
}

fn call(line: &IntakeLine, is_beyond_chance: Option<bool>, least: f64) -> Call {
    let (Some(is_beyond), Some((now, base))) = (is_beyond_chance, line.share.zip(line.base)) else {
        return Call::TooFew;
    };
    match now - base {
        by if !is_beyond || by.abs() < least => Call::Within,
        by if by > 0.0 => Call::Above,
        _ => Call::Below,
    }
}

fn refusal_alerts(lines: &[IntakeLine], limits: &IntakeLimits) -> Vec<Alert> {
    let is_more = |line: &&IntakeLine| line.call == Call::Above;
    let in_all: BTreeSet<(&str, &str)> = lines
        .iter()
        .filter(is_more)
        .filter(|line| line.reason.is_none())
        .map(|line| (line.source.as_str(), line.part.as_str()))
        .collect();
    let is_told =
        |line: &&IntakeLine| line.reason.is_none() || !in_all.contains(&(line.source.as_str(), line.part.as_str()));
    lines.iter().filter(is_more).filter(is_told).filter_map(|line| alert(line, limits)).collect()
}

/// A file that could not be read lost all of its rows, or nobody knows how many.
fn unread_alert(delivery: &Delivery) -> Option<Alert> {
    #[expect(clippy::cast_precision_loss, reason = "a number of files")]
    let files = delivery.unread as f64;
    (delivery.unread > 0).then(|| Alert {
        kind: AlertKind::Intake,
        subject: delivery.source.clone(),
        month: None,
        part: Some(delivery.part.clone()),
        value: files,
        threshold: 0.0,
        reason: Label::new(
            "该批数据中有文件未能完整读取，其中有多少行不得而知（数值为文件数）",
            "files of the delivery could not be read whole, rows unknown (the value counts files)",
        ),
        rows: delivery.read,
    })
}

fn alert(line: &IntakeLine, limits: &IntakeLimits) -> Option<Alert> {
    let (value, threshold) = line.share.zip(line.base)?;
    let least = limits.least;
    let (of_zh, of_en) = match &line.reason {
        None => (String::new(), String::new()),
        Some(reason) => (format!("（理由 {reason}）"), format!(" for the reason {reason}")),
    };
    Some(Alert {
        kind: AlertKind::Intake,
        subject: line.source.clone(),
        month: None,
        part: Some(line.part.clone()),
        value,
        threshold,
        reason: Label::new(
            format!("该批数据被拒收的行{of_zh}多于该类文件前几批，超出偶然，且相差不小于 {least}"),
            format!(
                "more rows of the delivery were refused{of_en} than of the first deliveries of such files, beyond \
                 chance and by at least {least}"
            ),
        ),
        rows: line.read,
    })
}
