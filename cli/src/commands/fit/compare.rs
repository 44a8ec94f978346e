//! Champion and challenger on the same folds.

use std::path::Path;

use wherewithal::model::{Target, auc_difference};

use super::{Made, plots};
use crate::console::{Console, say};
use crate::failure::Failure;
use crate::files;

/// Writes comparison.json and comparison.svg, and says who is ahead.
pub(super) fn write(
    (champion, challenger): (&Made, &Made),
    target: &Target,
    (out, console): (&Path, &Console<'_>),
) -> Result<(), Failure> {
    let judged = target.rows(&champion.held_out.rows)?;
    let difference = auc_difference(&challenger.held_out.probabilities, &champion.held_out.probabilities, &judged);
    let z = if difference.standard_error > 0.0 { difference.value / difference.standard_error } else { 0.0 };
    let one = |made: &Made| {
        serde_json::json!({
            "learner": made.learner, "digest": made.card.digest(),
            "features": made.card.features().len(), "pairs": made.card.pairs().len(),
            "auc": made.report.auc,
            "log_loss": made.report.log_loss,
            "brier": made.report.brier.score,
            "ece": made.report.ece,
        })
    };
    let document = serde_json::json!({
        "champion": one(champion), "challenger": one(challenger),
        "auc_difference": difference, "z": z, "rows": judged.height(),
    });
    let write = |name: &str, text: String| {
        let path = out.join(name);
        files::write(&path, text)
    };
    write("comparison.json", serde_json::to_string_pretty(&document)?)?;
    write(
        "comparison.svg",
        plots::side_by_side((champion.learner, &champion.card), (challenger.learner, &challenger.card))?,
    )?;
    say!(
        console,
        "{} against {} on the same folds: AUC {:+.4} ± {:.4} ({z:+.1} standard errors, DeLong's test of the paired \
         difference)",
        [
            challenger.learner,
            champion.learner,
            format!("{:+.4}", difference.value),
            format!("{:.4}", difference.standard_error)
        ],
        z = format!("{:+.1}", z)
    );
    Ok(())
}
