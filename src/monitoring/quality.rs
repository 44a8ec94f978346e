//! Data quality by month against a base period.
//!
//! A bank that answers fewer queries makes debtors look poorer. It is seen here before it is seen in
//! scores.

use serde::{Deserialize, Serialize};

use super::alert::{Alert, AlertKind};
use crate::domain::Label;
use crate::error::{Error, Result};
use crate::indicators::{Call, Figure, Measured, Selection, wilson};

/// From when on an indicator of data quality is an alert.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct QualityLimit {
    /// The indicator.
    pub code: String,
    /// The least difference from the base that counts, in the indicator's own unit: a share, or days.
    pub least: f64,
}

/// The limits of all indicators of data quality; see `data/monitoring/quality.toml`.
///
/// ```
/// use wherewithal::monitoring::QualityLimits;
///
/// let limits = QualityLimits::standard()?;
/// assert_eq!((limits.base_months, limits.measure.len()), (6, 3));
/// # Ok::<(), wherewithal::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct QualityLimits {
    /// Months at the beginning of the period that later ones are held against.
    pub base_months: usize,
    /// The indicators.
    pub measure: Vec<QualityLimit>,
}

impl QualityLimits {
    /// The limits of `data/monitoring/quality.toml`.
    ///
    /// # Errors
    ///
    /// None but for broken data, which the tests would have found.
    pub fn standard() -> Result<Self> {
        Self::from_toml(include_str!("../../data/monitoring/quality.toml"))
    }

    /// Reads limits from TOML.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] when the text holds no limits, or such as nothing could cross.
    pub fn from_toml(text: &str) -> Result<Self> {
        let limits: Self =
            toml::from_str(text).map_err(|error| Error::setting("quality limits", error, "limits of measures"))?;
        if limits.base_months < 1 {
            return Err(Error::setting("base_months", limits.base_months, "at least 1"));
        }
        if let Some(limit) = limits.measure.iter().find(|limit| !limit.least.is_finite() || limit.least < 0.0) {
            return Err(Error::setting("least", limit.least, "a number from 0"));
        }
        Ok(limits)
    }
}

/// One indicator of data quality in one month against the months before it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct QualityLine {
    /// The indicator.
    pub indicator: String,
    /// The month, as 2017-03.
    pub month: String,
    /// The month's figure.
    pub now: Figure,
    /// The figure of all months of the base.
    pub base: Figure,
    /// Whether it is above or below what the base explains, and by at least the limit.
    pub call: Call,
    /// Days within which 95 of 100 of the base became known, where the figure waits for answers.
    pub wait_days: Option<i32>,
    /// Whether the month ended so many days before the last day: another is not compared, since
    /// late answers are not in yet.
    pub is_ripe: bool,
}

/// Holds each month of some indicators against the first months: how many queries were answered, how soon, how often
/// something was found.
///
/// A month that is not ripe is not called. A share is called when its interval and that of the base lie apart and the
/// difference is at least the limit, a mean likewise.
///
/// # Errors
///
/// As [`Measured::figure`].
pub fn quality(measured: &Measured, limits: &QualityLimits) -> Result<(Vec<QualityLine>, Vec<Alert>)> {
    let (mut lines, mut alerts) = (Vec::new(), Vec::new());
    let (months, base) = (measured.period().months(), limits.base_months.max(1));
    for limit in &limits.measure {
        let code = limit.code.as_str();
        let before = measured.figure(code, &Selection::all().months(0, base - 1))?;
        let (wait_days, ripe) = (measured.wait(code), measured.ripe_months(code));
        for at in base..months {
            let is_ripe = at < ripe;
            let now = measured.figure(code, &Selection::all().months(at, at))?;
            let first = measured.period().month(at);
            let month = format!("{:04}-{:02}", first.year(), first.month());
            let call = if is_ripe { call((&before, &now), limit.least) } else { Call::TooFew };
            if let (Some(value), Some(threshold), Call::Above | Call::Below) = (now.value, before.value, call) {
                alerts.push(Alert {
                    kind: AlertKind::Quality,
                    subject: code.to_owned(),
                    month: Some(month.clone()),
                    part: None,
                    value,
                    threshold,
                    reason: reason(wait_days, limit.least),
                    rows: u64::try_from(now.bottom).unwrap_or(0),
                });
            }
            let (indicator, base) = (code.to_owned(), before.clone());
            lines.push(QualityLine { indicator, month, now, base, call, wait_days, is_ripe });
        }
    }
    Ok((lines, alerts))
}

fn reason(wait_days: Option<i32>, least: f64) -> Label {
    match wait_days {
        None => Label::new(
            format!("本月与基期之差超出偶然，且不小于 {least}"),
            format!("this month differs from the base by more than chance and by at least {least}"),
        ),
        Some(days) => Label::new(
            format!(
                "本月与基期之差超出偶然，且不小于 {least}；只比较截止日前至少 {days} 天（基期反馈天数的第 95 百分位）发出的查询"
            ),
            format!(
                "this month differs from the base by more than chance and by at least {least}; only queries asked at \
                 least {days} days before the last day, the 95th percentile of the base's answer days, are compared"
            ),
        ),
    }
}

fn call((before, now): (&Figure, &Figure), least: f64) -> Call {
    let bounds = |figure: &Figure| {
        let counts = (u64::try_from(figure.top), u64::try_from(figure.bottom));
        let of_share = if let (Ok(top), Ok(bottom)) = counts { wilson(top, bottom) } else { None };
        figure.interval.or(of_share)
    };
    let apart = now.value.zip(before.value).map(|(now, before)| (now - before).abs());
    let counts = apart.is_none_or(|apart| apart >= least);
    match (bounds(before), bounds(now)) {
        (Some(_), Some(_)) if !counts => Call::Within,
        (Some(before), Some(now)) if now.0 > before.1 => Call::Above,
        (Some(before), Some(now)) if now.1 < before.0 => Call::Below,
        (Some(_), Some(_)) => Call::Within,
        _ => Call::TooFew,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of a province's million queries a tenth of a per cent is beyond chance, and below the limit.
    #[test]
    fn a_difference_beyond_chance_counts_from_the_limit_on() {
        let share = |top: i64| Figure {
            top,
            bottom: 1_000_000,
            value: Some(f64::from(i32::try_from(top).unwrap()) / 1e6),
            interval: None,
            left_out: (0, 0),
            missing: None,
        };
        let called = |now: i64, least: f64| call((&share(950_000), &share(now)), least);
        assert_eq!([called(949_000, 0.0), called(949_000, 0.02)], [Call::Below, Call::Within]);
        assert_eq!([called(900_000, 0.02), called(990_000, 0.02)], [Call::Below, Call::Above]);
        assert_eq!(called(950_100, 0.0), Call::Within);
    }

    #[test]
    fn limits_that_nothing_could_cross_are_refused_by_their_name() {
        let with = |from: &str, to: &str| {
            let text = include_str!("../../data/monitoring/quality.toml").replacen(from, to, 1);
            QualityLimits::from_toml(&text).unwrap_err().to_string()
        };
        assert!(with("base_months = 6", "base_months = 0").starts_with("base_months"));
        assert!(with("least = 0.02", "least = -1.0").starts_with("least"));
        assert!(with("least = 0.02", "least = nan").starts_with("least"));
        assert!(with("least = 0.02", "most = 1.0").starts_with("quality limits"));
    }
}
