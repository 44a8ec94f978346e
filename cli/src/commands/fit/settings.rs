//! How the scorecard is fitted, out of the options.

use wherewithal::features::{FeatureColumn, FeatureTable};
use wherewithal::model::{AdditiveParams, Learner, ScorecardParams, SpecialCode, Trend};

use super::{LearnerKind, Options};
use crate::failure::Failure;
use crate::words::says;

/// Sizes of cards that are judged beside the full one.
const SIZES: [usize; 5] = [5, 8, 12, 20, 30];

/// The settings that the options ask for.
pub(super) fn params(options: &Options, table: &FeatureTable) -> Result<ScorecardParams, Failure> {
    let mut params = ScorecardParams::default().seed(options.seed);
    if let Some(calibration) = options.calibration {
        params.calibration = calibration.into();
    }
    if let Some(most) = options.features {
        params.max_features = most;
    }
    if let Some(most) = options.max_bins {
        params.binning.max_bins = most;
        params.binning.min_bins = params.binning.min_bins.min(most);
    }
    params.binning.min_bin_share = options.min_share;
    for setting in &options.special {
        params = special(params, setting, table)?;
    }
    for setting in &options.trend {
        params = trend(params, setting, table)?;
    }
    params.within_evidence = options.within_evidence;
    params.check()?;
    Ok(params)
}

/// How the options ask to boost.
pub(super) fn additive(options: &Options, params: &ScorecardParams) -> AdditiveParams {
    let mut additive = AdditiveParams::default().card(params.clone());
    if let Some(most) = options.pairs {
        additive = additive.max_pairs(most);
    }
    if let Some(most) = options.max_bins {
        additive = additive.max_bins(most);
    }
    additive
}

/// The learners that the options ask for, the champion first.
///
/// # Errors
///
/// `--path` without a card of weight of evidence.
pub(super) fn learners(options: &Options, params: &ScorecardParams) -> Result<Vec<Learner>, Failure> {
    let additive = additive(options, params);
    let sizes = if options.path { SIZES.into_iter().chain([params.max_features]).collect() } else { Vec::new() };
    let card = Learner::from(params.clone().sizes(sizes));
    match options.learner {
        None | Some(LearnerKind::Woe) => Ok(vec![card]),
        Some(LearnerKind::Both) => Ok(vec![card, additive.into()]),
        Some(LearnerKind::Additive) if options.path => {
            Err(Failure::usage("--path chooses among cards of weight of evidence: --learner woe or both"))
        }
        Some(LearnerKind::Additive) => Ok(vec![additive.into()]),
    }
}

/// The settings with special codes, given as `COL=V1;V2` or for all columns as `*=V1;V2`.
fn special(params: ScorecardParams, setting: &str, table: &FeatureTable) -> Result<ScorecardParams, Failure> {
    let (name, codes) = setting
        .split_once('=')
        .ok_or_else(|| Failure::usage(says!("--special {setting} is not COL=V1;V2", setting)))?;
    let codes: Vec<&str> = codes.split(';').map(str::trim).collect();
    if name != "*" {
        let column = table.column(name).ok_or_else(|| no_feature("--special", setting, name))?;
        let codes = of_column(&column, &codes).map_err(|code| {
            Failure::usage(says!(
                "--special {setting}: {code:?} is not a number",
                setting,
                code = format!("{:?}", code)
            ))
        })?;
        return Ok(with_codes(params, name, codes));
    }
    let all = table.names().filter_map(|name| Some((name, table.column(name)?)));
    Ok(all.fold(params, |params, (name, column)| {
        // A code that is no number is none of a column of numbers.
        let codes = codes.iter().filter_map(|code| of_column(&column, &[code]).ok()).flatten().collect();
        with_codes(params, name, codes)
    }))
}

/// The codes as values of a column, or the one that is none.
fn of_column<'c>(column: &FeatureColumn<'_>, codes: &[&'c str]) -> Result<Vec<SpecialCode>, &'c str> {
    let code = |text: &&'c str| match column {
        FeatureColumn::Text(_) => Ok(SpecialCode::Text((*text).to_owned())),
        FeatureColumn::Numeric(_) => text.parse().map(SpecialCode::Number).map_err(|_| *text),
    };
    codes.iter().map(code).collect()
}

fn with_codes(params: ScorecardParams, name: &str, codes: Vec<SpecialCode>) -> ScorecardParams {
    let mut binning = params.binning_of(name);
    binning.special_codes.extend(codes);
    params.bin_feature(name, binning)
}

/// The settings with an expected trend, given as `COL=ascending`.
fn trend(params: ScorecardParams, setting: &str, table: &FeatureTable) -> Result<ScorecardParams, Failure> {
    let (name, word) = setting
        .split_once('=')
        .ok_or_else(|| Failure::usage(says!("--trend {setting} is not COL=ascending", setting)))?;
    let trend: Trend = serde_json::from_value(serde_json::Value::String(word.to_owned())).map_err(|_| {
        Failure::work(says!(
            "--trend {setting}: {word} is none of ascending, descending, peak, valley, concave, convex, none, auto",
            setting,
            word
        ))
    })?;
    match table.column(name) {
        Some(FeatureColumn::Numeric(_)) => Ok(params.expect_trend(name, trend)),
        Some(FeatureColumn::Text(_)) => {
            Err(Failure::usage(says!("--trend {setting}: {name} is a category; see --numeric", setting, name)))
        }
        None => Err(no_feature("--trend", setting, name)),
    }
}

fn no_feature(option: &str, setting: &str, name: &str) -> Failure {
    Failure::usage(says!("{option} {setting}: there is no feature {name}", option, setting, name))
}
