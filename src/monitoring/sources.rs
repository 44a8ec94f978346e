//! Data quality of each source by month: how many queries were answered, how many were refused, how soon.
//!
//! A bank whose interface fails for a month lowers a figure of all sources by a hair and makes its own debtors look
//! poor. So each source is held against its own first months, by limits that are data.

use serde::{Deserialize, Serialize};

use super::alert::{Alert, AlertKind};
use super::proportion::{Mean, dispersion, p_value};
use crate::domain::Label;
use crate::error::{Error, Result};
use crate::indicators::{Answers, Better, Call, SourceMonth};

/// What is watched of a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SourceMeasure {
    /// Queries answered, out of those asked.
    Answered,
    /// Queries rolled back by the holder, out of those asked.
    Refused,
    /// Mean days from asking to the answer.
    AnswerDays,
}

impl SourceMeasure {
    /// The rows of a month on which the measure rests.
    fn rows_of(self, month: &SourceMonth) -> u64 {
        match self {
            Self::Answered | Self::Refused => month.asked,
            Self::AnswerDays => month.answered,
        }
    }
}

/// From when on a measure of a source is an alert.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct SourceLimit {
    /// The measure.
    pub code: SourceMeasure,
    /// Its name in Chinese.
    pub zh: String,
    /// Its name in English.
    pub en: String,
    /// The least difference from the base that counts: a share, or days.
    pub least: f64,
    /// Which way is an alert: [`Better::Low`] when less is worse.
    pub worse: Better,
}

/// The limits of all measures; see `data/monitoring/sources.toml`.
///
/// ```
/// use wherewithal::monitoring::SourceLimits;
///
/// let limits = SourceLimits::standard()?;
/// assert_eq!((limits.base_months, limits.measure.len()), (6, 3));
/// # Ok::<(), wherewithal::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct SourceLimits {
    /// Months at the beginning of the period that later ones are held against.
    pub base_months: usize,
    /// Queries below which a month is not called.
    pub least_rows: u64,
    /// How often one run may call anything by chance, over all sources, months and measures.
    pub chance: f64,
    /// The measures.
    pub measure: Vec<SourceLimit>,
}

impl SourceLimits {
    /// The limits of `data/monitoring/sources.toml`.
    ///
    /// # Errors
    ///
    /// None but for broken data, which the tests would have found.
    pub fn standard() -> Result<Self> {
        Self::from_toml(include_str!("../../data/monitoring/sources.toml"))
    }

    /// Reads limits from TOML.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] when the text holds no limits, or such as nothing could cross or everything would.
    pub fn from_toml(text: &str) -> Result<Self> {
        let limits: Self =
            toml::from_str(text).map_err(|error| Error::setting("source limits", error, "limits of measures"))?;
        if limits.base_months < 2 {
            return Err(Error::setting("base_months", limits.base_months, "at least 2"));
        }
        if !(limits.chance > 0.0 && limits.chance < 1.0) {
            return Err(Error::setting("chance", limits.chance, "above 0 and below 1"));
        }
        let mut codes: Vec<SourceMeasure> = limits.measure.iter().map(|limit| limit.code).collect();
        codes.sort_unstable();
        if codes.windows(2).any(|pair| pair.first() == pair.last()) {
            return Err(Error::setting("measure", "the same code twice", "each measure once"));
        }
        if let Some(limit) = limits.measure.iter().find(|limit| !limit.least.is_finite() || limit.least < 0.0) {
            return Err(Error::setting("least", limit.least, "a number from 0"));
        }
        Ok(limits)
    }
}

/// One measure of one source in one month against its first months.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SourceLine {
    /// The source, by its code in the ledger.
    pub source: String,
    /// The measure.
    pub measure: SourceMeasure,
    /// The month, as 2017-03.
    pub month: String,
    /// Queries that it rests on: those asked, or for days those answered.
    pub rows: u64,
    /// The month's figure: a share from 0 to 1, or days; none where no row is.
    pub value: Option<f64>,
    /// The figure of the first months.
    pub base: Option<f64>,
    /// Whether it differs by more than chance and by at least the limit.
    pub call: Call,
    /// Whether the month ended long enough before the last day for late answers to be in: another is not called.
    pub is_ripe: bool,
}

impl Mean {
    /// The figure of a month; none where no row is.
    #[expect(clippy::cast_precision_loss, reason = "counts of queries and days")]
    fn of(measure: SourceMeasure, month: &SourceMonth) -> Option<Self> {
        match measure {
            SourceMeasure::Answered => Self::share(month.answered, month.asked),
            SourceMeasure::Refused => Self::share(month.refused, month.asked),
            SourceMeasure::AnswerDays => {
                let (rows, value) = (month.answered as f64, month.days as f64 / month.answered as f64);
                let variance = (month.squares as f64 / rows - value * value).max(0.0);
                (month.answered > 0).then_some(Self { rows, value, variance })
            }
        }
    }
}

fn sum(months: &[SourceMonth]) -> SourceMonth {
    months.iter().fold(SourceMonth::default(), |sum, month| SourceMonth {
        asked: sum.asked + month.asked,
        answered: sum.answered + month.answered,
        refused: sum.refused + month.refused,
        days: sum.days + month.days,
        squares: sum.squares.saturating_add(month.squares),
    })
}

/// Holds each month of each source against its first months: queries answered, refused, and days until an answer.
///
/// A month is called when chance does not explain the difference, all comparisons of the run taken together
/// (Bonferroni), and the difference is at least the limit. Only the worse way is an alert. A month that is not ripe, or
/// that or whose base has too few queries (for days: answers), is [`Call::TooFew`]. A ripe month of which no query is
/// known is an alert as well, where the first months had enough each.
///
/// ```
/// use wherewithal::domain::Day;
/// use wherewithal::indicators::{Period, answers};
/// use wherewithal::monitoring::{SourceLimits, sources};
/// use wherewithal::tables::SourceTables;
///
/// let year = Period::new(Day::parse("2017-01-01")?, Day::parse("2017-12-31")?)?;
/// let nothing = answers(&SourceTables::new(), year)?;
/// let (lines, alerts) = sources(&nothing, &SourceLimits::standard()?);
/// assert!(lines.is_empty() && alerts.is_empty()); // nobody was asked
/// # Ok::<(), wherewithal::Error>(())
/// ```
pub fn sources(answers: &Answers, limits: &SourceLimits) -> (Vec<SourceLine>, Vec<Alert>) {
    let (mut compared, mut alerts) = (Vec::new(), Vec::new());
    for (source, months) in answers.sources() {
        let (first, later) = months.split_at(limits.base_months.min(months.len()));
        let wait = answers.wait(source, limits.base_months);
        for limit in &limits.measure {
            let means: Vec<Mean> = first.iter().filter_map(|month| Mean::of(limit.code, month)).collect();
            let base = Mean::of(limit.code, &sum(first));
            let spread = base.map_or(1.0, |base| dispersion(base, &means));
            let base_rows = limit.code.rows_of(&sum(first));
            for (at, month) in (first.len()..).zip(later) {
                let now = Mean::of(limit.code, month);
                let is_ripe = wait.is_some_and(|wait| answers.is_ripe(at, wait));
                let rows = limit.code.rows_of(month);
                let is_compared = is_ripe && rows.min(base_rows) >= limits.least_rows;
                let pair = base.zip(now).filter(|_| is_compared);
                let p = pair.map(|(base, now)| p_value(base, now, spread));
                let first = answers.period().month(at);
                let line = SourceLine {
                    source: source.to_owned(),
                    measure: limit.code,
                    month: format!("{:04}-{:02}", first.year(), first.month()),
                    rows,
                    value: now.map(|now| now.value),
                    base: base.map(|base| base.value),
                    call: Call::TooFew,
                    is_ripe,
                };
                let usual = base_rows / limits.base_months as u64;
                let is_silent = is_ripe && month.asked == 0 && usual >= limits.least_rows;
                if is_silent && limit.code == SourceMeasure::Answered {
                    alerts.push(silence(&line, usual));
                }
                compared.push((line, limit, p));
            }
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "a number of comparisons")]
    let all = compared.iter().filter(|(.., p)| p.is_some()).count() as f64;
    let called = compared.into_iter().map(|(line, limit, p)| {
        let line = SourceLine { call: call((&line, limit), p.map(|p| p * all < limits.chance)), ..line };
        alerts.extend(alert(&line, limit));
        line
    });
    (called.collect(), alerts)
}

/// No query of a month is known although the source was asked before: an interface may be down.
fn silence(line: &SourceLine, usual: u64) -> Alert {
    #[expect(clippy::cast_precision_loss, reason = "a number of queries")]
    let threshold = usual as f64;
    Alert {
        kind: AlertKind::Source,
        subject: line.source.clone(),
        month: Some(line.month.clone()),
        part: None,
        value: 0.0,
        threshold,
        reason: Label::new(
            format!("该月没有该来源的任何查询记录，前几个月平均每月 {usual} 次：请核实接口是否中断"),
            format!("no query of that month is known, {usual} a month before: the interface may be down"),
        ),
        rows: 0,
    }
}

fn call((line, limit): (&SourceLine, &SourceLimit), is_beyond_chance: Option<bool>) -> Call {
    let (Some(is_beyond), Some((now, base))) = (is_beyond_chance, line.value.zip(line.base)) else {
        return Call::TooFew;
    };
    match now - base {
        by if !is_beyond || by.abs() < limit.least => Call::Within,
        by if by > 0.0 => Call::Above,
        _ => Call::Below,
    }
}

fn alert(line: &SourceLine, limit: &SourceLimit) -> Option<Alert> {
    let is_worse = match limit.worse {
        Better::High => line.call == Call::Above,
        Better::Low => line.call == Call::Below,
        Better::Neither => matches!(line.call, Call::Above | Call::Below),
    };
    let (value, threshold) = line.value.zip(line.base).filter(|_| is_worse)?;
    let (zh, en, least) = (&limit.zh, &limit.en, limit.least);
    Some(Alert {
        kind: AlertKind::Source,
        subject: line.source.clone(),
        month: Some(line.month.clone()),
        part: None,
        value,
        threshold,
        reason: Label::new(
            format!("{zh}较该来源前几个月变差，超出偶然，且相差不小于 {least}"),
            format!("{en}: worse than in the source's first months, beyond chance and by at least {least}"),
        ),
        rows: line.rows,
    })
}
