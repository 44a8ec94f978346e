//! How often features are chosen when the rows are drawn anew, and which reach beyond their own evidence.

use std::path::Path;

use wherewithal::model::{Learner, Scorecard, Stability};
use wherewithal::sentence::Sentence;

use super::Lesson;
use crate::failure::Failure;
use crate::files;
use crate::words::says;

/// Features that are not on the card and are named at most.
const NAMED: usize = 10;

/// Draws rows anew, if that was asked for.
pub(super) fn drawn(lesson: &Lesson<'_>, card: &Scorecard, learner: &Learner) -> Result<Option<Stability>, Failure> {
    let draw = |draws: u32| card.stability(&lesson.table, &lesson.own.target, learner, draws);
    Ok(lesson.options.bootstraps.map(draw).transpose()?)
}

/// Writes how often each feature was chosen; what is said of it.
pub(super) fn write(found: &Stability, out: &Path) -> Result<Vec<Sentence>, Failure> {
    let path = out.join("stability.json");
    files::write(&path, serde_json::to_string_pretty(found)?)?;
    let Stability { draws, failed, features, .. } = found;
    let mut said = vec![says!("of {draws} draws of the rows these features are chosen in so many:", draws)];
    if *failed > 0 {
        said.push(says!("warning: {failed} draws bore no card", failed));
    }
    let (own, others): (Vec<_>, Vec<_>) = features.iter().partition(|feature| feature.on_card);
    let line = |name: &str, chosen: u32| {
        let share = format!("{:.0}", 100.0 * f64::from(chosen) / f64::from(*draws));
        says!("  {feature} {chosen}, {share} %", feature = format!("{name:32}"), chosen = format!("{chosen:4}"), share)
    };
    said.extend(own.iter().map(|feature| line(&feature.feature, feature.chosen)));
    if !others.is_empty() {
        said.push(says!("  not on the card, but on those of draws: {} features", [others.len()]));
    }
    said.extend(others.iter().take(NAMED).map(|feature| line(&feature.feature, feature.chosen)));
    Ok(said)
}

/// Features whose points reach beyond their own evidence.
pub(super) fn beyond(card: &Scorecard) -> Vec<Sentence> {
    let line = |found: wherewithal::model::BeyondEvidence| {
        says!(
            "warning: {feature} moves a score by {points} points, beyond the {justified} that its own evidence \
             justifies: another \
             feature contradicts it (--within-evidence holds it to them)",
            feature = found.feature,
            points = found.points,
            justified = format!("{:.0}", found.justified)
        )
    };
    card.beyond_evidence().into_iter().map(line).collect()
}
