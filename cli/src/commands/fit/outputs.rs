//! Tables of a fit, as CSV.

use wherewithal::model::{HeldOut, Scorecard, ScorecardPair};
use wherewithal::score::ScoreTable;

use crate::failure::Failure;

/// Every row's score and probability by the card, and the probability by the card that was fitted without it.
pub(super) struct ScoreLines<'a> {
    pub(super) scores: &'a ScoreTable,
    pub(super) held_out: &'a HeldOut,
    /// The row of the file of each row that `held_out` knows.
    pub(super) decided: &'a [usize],
    /// Whose row each row is, if said.
    pub(super) ids: Option<Vec<&'a str>>,
}

impl ScoreLines<'_> {
    pub(super) fn csv(&self) -> Result<String, Failure> {
        let mut apart = vec![None; self.scores.height()];
        for (place, probability) in self.held_out.rows.iter().zip(&self.held_out.probabilities) {
            let row = self.decided.get(*place);
            if let Some(slot) = row.and_then(|row| apart.get_mut(*row)) {
                *slot = Some(*probability);
            }
        }
        let mut csv = csv::Writer::from_writer(Vec::new());
        let id = self.ids.is_some().then_some("id");
        csv.write_record(["row"].into_iter().chain(id).chain(["score", "probability", "held_out_probability"]))?;
        for (row, apart) in apart.iter().enumerate() {
            let id = self.ids.as_ref().map(|ids| ids.get(row).copied().unwrap_or_default().to_owned());
            let probability = self.scores.probability(row).map(|p| p.value().to_string());
            let numbers = [
                self.scores.score(row).map(|points| points.0.to_string()).unwrap_or_default(),
                probability.unwrap_or_default(),
                apart.map(|p| p.to_string()).unwrap_or_default(),
            ];
            csv.write_record([(row + 1).to_string()].into_iter().chain(id).chain(numbers))?;
        }
        Ok(String::from_utf8(csv.into_inner()?)?)
    }
}

/// One line per bin.
pub(super) fn bins(card: &Scorecard) -> Result<String, Failure> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record([
        "feature",
        "bin",
        "rows",
        "events",
        "event_rate",
        "woe",
        "information_value",
        "coefficient",
        "standard_error",
        "low_95",
        "high_95",
        "p_value",
        "points",
        "log_odds_error",
    ])?;
    for feature in card.features() {
        let coefficient = feature.coefficient();
        let (low, high) = coefficient.interval(0.95);
        for (at, (bin, points)) in feature.map().bins.iter().zip(feature.points()).enumerate() {
            csv.write_record([
                feature.name().to_owned(),
                bin.range.to_string(),
                bin.counts.rows.to_string(),
                bin.counts.events.to_string(),
                format!("{:.6}", bin.counts.rate()),
                format!("{:.6}", bin.woe),
                format!("{:.6}", bin.information),
                format!("{:.6}", coefficient.value),
                format!("{:.6}", coefficient.standard_error),
                format!("{low:.6}"),
                format!("{high:.6}"),
                format!("{:.3e}", coefficient.p_value),
                points.to_string(),
                feature.standard_errors().get(at).map(|error| format!("{error:.6}")).unwrap_or_default(),
            ])?;
        }
    }
    Ok(String::from_utf8(csv.into_inner()?)?)
}

/// One line per cell of each pair.
pub(super) fn pairs(card: &Scorecard) -> Result<String, Failure> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record([
        "first",
        "first_values",
        "second",
        "second_values",
        "rows",
        "events",
        "event_rate",
        "log_odds",
        "standard_error",
        "points",
    ])?;
    for pair in card.pairs() {
        let cells = pair.counts().iter().zip(pair.log_odds()).zip(pair.standard_errors()).zip(pair.points());
        for (whose, (((counts, log_odds), error), points)) in cells_of((card, pair)).zip(cells) {
            csv.write_record(whose.into_iter().chain([
                counts.rows.to_string(),
                counts.events.to_string(),
                format!("{:.6}", counts.rate()),
                format!("{log_odds:.6}"),
                format!("{error:.6}"),
                points.to_string(),
            ]))?;
        }
    }
    Ok(String::from_utf8(csv.into_inner()?)?)
}

/// Of each cell of a pair, in their order: the first feature and its values, the second and its values.
pub(super) fn cells_of((card, pair): (&Scorecard, &ScorecardPair)) -> impl Iterator<Item = [String; 4]> {
    let [first, second] = pair.features();
    let [lines, width] = pair.shape();
    let values = move |along: usize, line: usize| {
        let feature = card.feature(if along == 0 { first } else { second });
        feature.map_or_else(String::new, |feature| pair.line_text(along, line, feature.map()))
    };
    let cell = move |line, at| [first.to_owned(), values(0, line), second.to_owned(), values(1, at)];
    (0..lines).flat_map(move |line| (0..width).map(move |at| (line, at))).map(move |(line, at)| cell(line, at))
}
