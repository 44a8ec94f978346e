//! A table of debtors for a terminal, one line each, aligned where names are Chinese too.

use std::fmt::Write;

use super::text::{amount_in, left, likelihood, right, unit};
use super::words::words;
use crate::domain::{Language, Money};
use crate::profile::{DebtorProfile, Standing};

const YUAN: &str = "CNY";
const WIDTHS: [usize; 9] = [4, 16, 14, 6, 7, 10, 10, 20, 0];

/// A table of debtors for a terminal, in the order given, with claims in the currency of this ISO 4217 code.
///
/// A debtor without a score has dashes where points and probabilities stand.
///
/// ```
/// use wherewithal::domain::Language;
/// use wherewithal::profile::DebtorProfile;
/// use wherewithal::report::ranking;
///
/// let profiles = vec![DebtorProfile::default(); 2];
/// let table = ranking(&profiles, Language::En, "CNY");
/// assert_eq!(table.lines().count(), 3); // a line of heads, and one a debtor
/// ```
pub fn ranking<'a>(
    profiles: impl IntoIterator<Item = &'a DebtorProfile>,
    language: Language,
    currency: &str,
) -> String {
    let unit = if currency == YUAN { unit(language) } else { currency };
    let mut page = line(words(language).ranking_heads.map(str::to_owned));
    for (place, profile) in (1..).zip(profiles) {
        let [grade, points, any, full] = match &profile.standing {
            Standing::Scored { grade, any, full, .. } => [
                format!("{grade:?}"),
                any.points.to_string(),
                likelihood(any.probability.value()),
                likelihood(full.probability.value()),
            ],
            Standing::Insufficient { .. } => ["—"; 4].map(str::to_owned),
        };
        let claims: Vec<Money> = profile.cases.iter().filter_map(|case| case.claim).collect();
        let claim = if claims.is_empty() { "—".to_owned() } else { amount_in(claims.into_iter().sum(), unit) };
        let name = profile.masked_name.clone().unwrap_or_else(|| "—".to_owned());
        let reason = profile.reasons.first().map(|reason| reason.label.text(language).to_owned()).unwrap_or_default();
        let entity = profile.entity.clone();
        page.push_str(&line([place.to_string(), entity, name, grade, points, any, full, claim, reason]));
    }
    page
}

fn line(cells: [String; 9]) -> String {
    let mut line = String::new();
    for (at, (cell, width)) in cells.iter().zip(WIDTHS).enumerate() {
        let cell = if at == 1 || at == 2 || width == 0 { left(cell, width) } else { right(cell, width) };
        // Writing to a String cannot fail.
        let _ = write!(line, "{cell}  ");
    }
    format!("{}\n", line.trim_end())
}
