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
}

/// Holds each month of some indicators against the first `base` months: how many queries were answered, how soon, how often
/// something was found.
///
/// A share is called when its interval and that of the base lie apart, a mean likewise; the reason says which way.
///
/// # Errors
///
/// As [`Measured::figure`].
pub fn quality(measured: &Measured, (codes, base): (&[&str], usize)) -> Result<(Vec<QualityLine>, Vec<Alert>)> {
    let (mut lines, mut alerts) = (Vec::new(), Vec::new());
    let months = measured.period().months();
    for code in codes {
        let before = measured.figure(code, &Selection::all().months(0, base.max(1) - 1))?;
        for at in base.max(1)..months {
            let now = measured.figure(code, &Selection::all().months(at, at))?;
            let first = measured.period().month(at);
            let month = format!("{:04}-{:02}", first.year(), first.month());
            let call = call(&before, &now);
            if let (Some(value), Some(threshold), Call::Above | Call::Below) = (now.value, before.value, call) {
                alerts.push(Alert {
                    kind: AlertKind::Quality,
                    subject: (*code).to_owned(),
                    month: Some(month.clone()),
                    value,
                    threshold,
                    reason: Label::new(
                        "本月与基期之差超出偶然",
                        "this month differs from the base by more than chance",
                    ),
                    rows: u64::try_from(now.bottom).unwrap_or(0),
                });
            }
            lines.push(QualityLine { indicator: (*code).to_owned(), month, now, base: before.clone(), call });
        }
    }
    Ok((lines, alerts))
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
