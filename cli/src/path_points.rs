//! What cards of fewer features lose, line by line.

use wherewithal::model::{FeaturePath, PathPoint};
use wherewithal::sentence::Sentence;

use crate::words::says;

/// A line for each number of features, behind so many blanks.
pub(crate) fn path_points(path: &FeaturePath, indent: usize) -> impl Iterator<Item = Sentence> {
    path.points.iter().map(move |point| Sentence::list([Sentence::name(" ".repeat(indent)), line(point)], ""))
}

fn line(point: &PathPoint) -> Sentence {
    let above = point.above_least;
    says!(
        "at most {features} features ({used} used): log-loss {log_loss}, above the least {above}, AUC {auc}",
        features = format!("{:3}", point.features),
        used = format!("{:.1}", point.used),
        log_loss = format!("{:.4}", point.log_loss),
        above = format!("{:+.4} ± {:.4}", above.value, above.standard_error),
        auc = format!("{:.4}", point.auc)
    )
}
