//! Data quality by month against a base period.
//!
//! A bank that answers fewer queries makes debtors look poorer. It is seen here before it is seen in
//! scores.

use serde::{Deserialize, Serialize};

use super::alert::{Alert, AlertKind};
use crate::domain::Label;
use crate::error::Result;
use crate::indicators::{Call, Figure, Measured, Selection, wilson};

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
    /// Whether it is above or below what the base explains.
    pub call: Call,
    /// Days within which 95 of 100 of the base became known, where the figure waits for answers.
    pub wait_days: Option<i32>,
    /// Whether the month ended so many days before the last day: another is not compared, since
    /// late answers are not in yet.
    pub is_ripe: bool,
}

/// Holds each month of some indicators against the first `base` months: how many queries were
/// answered, how soon, how often something was found.
///
/// A month that is not ripe is not called. A share is called when its interval and that of the base
/// lie apart, a mean likewise; the reason says which way.
///
/// # Errors
///
/// As [`Measured::figure`].
pub fn quality(measured: &Measured, (codes, base): (&[&str], usize)) -> Result<(Vec<QualityLine>, Vec<Alert>)> {
    let (mut lines, mut alerts) = (Vec::new(), Vec::new());
    let months = measured.period().months();
    for code in codes {
        let before = measured.figure(code, &Selection::all().months(0, base.max(1) - 1))?;
        let (wait_days, ripe) = (measured.wait(code), measured.ripe_months(code));
        for at in base.max(1)..months {
            let is_ripe = at < ripe;
            let now = measured.figure(code, &Selection::all().months(at, at))?;
            let first = measured.period().month(at);
            let month = format!("{:04}-{:02}", first.year(), first.month());
            let call = if is_ripe { call(&before, &now) } else { Call::TooFew };
            if let (Some(value), Some(threshold), Call::Above | Call::Below) = (now.value, before.value, call) {
                alerts.push(Alert {
                    kind: AlertKind::Quality,
                    subject: (*code).to_owned(),
                    month: Some(month.clone()),
                    value,
                    threshold,
                    reason: reason(wait_days),
                    rows: u64::try_from(now.bottom).unwrap_or(0),
                });
            }
            let (indicator, base) = ((*code).to_owned(), before.clone());
            lines.push(QualityLine { indicator, month, now, base, call, wait_days, is_ripe });
        }
    }
    Ok((lines, alerts))
}

fn reason(wait_days: Option<i32>) -> Label {
    match wait_days {
        None => Label::new("本月与基期之差超出偶然", "this month differs from the base by more than chance"),
        Some(days) => Label::new(
            format!("本月与基期之差超出偶然；只比较截止日前至少 {days} 天（基期反馈天数的第 95 百分位）发出的查询"),
            format!(
                "this month differs from the base by more than chance; only queries asked at least {days} days \
                 before the \
                 last day, the 95th percentile of the base's answer days, are compared"
            ),
        ),
    }
}

fn call(before: &Figure, now: &Figure) -> Call {
    let bounds = |figure: &Figure| {
        let counts = (u64::try_from(figure.top), u64::try_from(figure.bottom));
        let of_share = if let (Ok(top), Ok(bottom)) = counts { wilson(top, bottom) } else { None };
        figure.interval.or(of_share)
    };
    match (bounds(before), bounds(now)) {
        (Some(before), Some(now)) if now.0 > before.1 => Call::Above,
        (Some(before), Some(now)) if now.1 < before.0 => Call::Below,
        (Some(_), Some(_)) => Call::Within,
        _ => Call::TooFew,
    }
}
