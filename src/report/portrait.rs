//! A portrait as text for a terminal.
//!
//! The order is the one in which a judge asks: who, how likely, how much, in which cases, why, by which
//! records, and what was not answered. It ends with what the result is not: a decision.

use std::fmt::Write;

use super::text::{amount, left, likelihood, quantity, right};
use super::words::{self, Words, words};
use crate::domain::Language;
use crate::profile::{DebtorProfile, EventScore, Standing};

/// One debtor's portrait (画像) as text for a terminal.
///
/// Every number in it stands in the profile, rounded for reading.
///
/// ```
/// use wherewithal::domain::Language;
/// use wherewithal::profile::DebtorProfile;
/// use wherewithal::report::portrait;
///
/// let text = portrait(&DebtorProfile::default(), Language::En);
/// assert!(text.contains("insufficient data: no score")); // not a low score
/// assert!(text.contains("It decides nothing"));
/// ```
pub fn portrait(profile: &DebtorProfile, language: Language) -> String {
    let w = words(language);
    let mut page = String::new();
    head(&mut page, profile, language);
    standing(&mut page, profile, language);
    cases(&mut page, profile, language);
    dimensions(&mut page, profile, language);
    reasons(&mut page, profile, language);
    coverage(&mut page, profile, language);
    // Writing to a String cannot fail, here and below.
    let _ = writeln!(page, "\n{}\n  {}", w.limits, w.limits_note);
    page
}

fn head(page: &mut String, profile: &DebtorProfile, language: Language) {
    let w = words(language);
    let as_of = profile.as_of.map(|day| day.to_string()).unwrap_or_default();
    let _ = writeln!(page, "{} · {} {as_of}", w.title, w.as_of);
    let name = profile.masked_name.as_deref().unwrap_or("—");
    let number = profile.masked_number.as_deref().unwrap_or("—");
    let _ = writeln!(page, "  {name}  {number}  {}  #{}", words::kind(profile.kind, language), profile.entity);
}

fn standing(page: &mut String, profile: &DebtorProfile, language: Language) {
    let w = words(language);
    match &profile.standing {
        Standing::Scored { grade, any, full, known } => {
            let _ = writeln!(page, "  {} {}", w.grade, words::grade(*grade, language));
            event(page, w.any, any, (profile, w));
            event(page, w.full, full, (profile, w));
            money(page, profile, language);
            let _ = writeln!(page, "  {} {:.0} %", w.known, known.value() * 100.0);
        }
        Standing::Insufficient { known, needed } => {
            let _ = writeln!(
                page,
                "  {} · {} {:.0} % < {:.0} %",
                w.insufficient,
                w.known,
                known.value() * 100.0,
                needed.value() * 100.0
            );
            let _ = writeln!(page, "  {}", w.insufficient_note);
        }
    }
    let _ = writeln!(page, "  {} {} / {}", w.model, profile.model.any, profile.model.full);
}

/// What will come in on average, beside what could.
fn money(page: &mut String, profile: &DebtorProfile, language: Language) {
    let w = words(language);
    if let Some(expected) = profile.expected {
        let will = amount(expected.amount, language);
        let _ = writeln!(page, "  {} ({} {}) {will}", w.will, profile.model.window_days, w.within);
    }
    if let Some(means) = &profile.means {
        let of = |money| amount(money, language);
        let bounds = (of(means.recovered.low), of(means.recovered.expected), of(means.recovered.high));
        let _ = writeln!(page, "  {} {} ({} – {})", w.could, bounds.1, bounds.0, bounds.2);
    }
}

fn event(page: &mut String, name: &str, score: &EventScore, (profile, w): (&DebtorProfile, &Words)) {
    let likely = likelihood(score.probability.value());
    let _ = writeln!(
        page,
        "  {name} ({} {}) {likely} · {} {} ({} {})",
        profile.model.window_days, w.within, score.points, w.points, w.base, score.base
    );
}

fn cases(page: &mut String, profile: &DebtorProfile, language: Language) {
    let _ = writeln!(page, "\n{}", words(language).cases);
    for case in &profile.cases {
        let number = case.case_no.as_deref().unwrap_or("—");
        let court = case.court.as_deref().unwrap_or_default();
        let claim = case.claim.map_or_else(|| "—".to_owned(), |claim| amount(claim, language));
        let _ = writeln!(page, "  {}  {}  {}  {court}", case.filed_on, left(number, 26), right(&claim, 20));
    }
}

fn dimensions(page: &mut String, profile: &DebtorProfile, language: Language) {
    if profile.dimensions.is_empty() {
        return;
    }
    let _ = writeln!(page, "\n{}", words(language).dimensions);
    for dimension in &profile.dimensions {
        let _ = writeln!(
            page,
            "  {} {} ({:+.0})  {}/{}",
            left(dimension.label.text(language), 30),
            right(&format!("{:+}", dimension.points.0), 5),
            dimension.typical,
            dimension.known,
            dimension.features
        );
    }
}

fn reasons(page: &mut String, profile: &DebtorProfile, language: Language) {
    if profile.reasons.is_empty() {
        return;
    }
    let w = words(language);
    let _ = writeln!(page, "\n{}", w.reasons);
    for reason in &profile.reasons {
        let number = || quantity(reason.value, &reason.unit, language);
        let value = reason.category.clone().unwrap_or_else(number);
        let _ = writeln!(
            page,
            "  {} {} {} ({} {:+.0})",
            left(reason.label.text(language), 44),
            right(&value, 20),
            right(&format!("{:+}", reason.points.0), 5),
            w.typical,
            reason.typical
        );
        if !reason.records.is_empty() {
            let named: Vec<String> =
                reason.records.iter().map(|record| format!("{}:{}", record.file, record.line)).collect();
            let more = if reason.records_total > named.len() { " …" } else { "" };
            let _ = writeln!(page, "      {} {}: {}{more}", w.records, reason.records_total, named.join(", "));
        }
    }
}

fn coverage(page: &mut String, profile: &DebtorProfile, language: Language) {
    if profile.coverage.is_empty() {
        return;
    }
    let w = words(language);
    let [source, asked, found, nothing, unanswered, last] = w.coverage_heads;
    let _ = writeln!(page, "\n{}", w.coverage);
    let row = |cells: [&str; 6]| {
        let [source, counts @ .., last] = cells;
        let counts: Vec<String> = counts.iter().map(|count| right(count, 10)).collect();
        format!("  {}{}  {last}", left(source, 16), counts.concat())
    };
    let _ = writeln!(page, "{}", row([source, asked, found, nothing, unanswered, last]));
    for holder in &profile.coverage {
        let counts = [holder.asked, holder.found, holder.nothing, holder.unanswered].map(|count| count.to_string());
        let [asked, found, nothing, unanswered] = counts.each_ref().map(String::as_str);
        let last = holder.answered_on.map(|day| day.to_string()).unwrap_or_else(|| "—".to_owned());
        let _ = writeln!(
            page,
            "{}",
            row([words::source_name(&holder.source, language), asked, found, nothing, unanswered, &last])
        );
    }
}
