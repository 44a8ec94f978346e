//! Options that contradict another one, or say something about what is not asked for.

use wherewithal::sentence::Sentence;
use wherewithal::tabular::WrittenTable;

use super::outcome::same;
use super::{LearnerKind, Options};
use crate::failure::Failure;
use crate::words::says;

/// Refuses options that would have no effect beside the others.
pub(super) fn check(options: &Options) -> Result<(), Failure> {
    if let (Some(_), Some(LearnerKind::Woe | LearnerKind::Both)) = (&options.target_amount, options.learner) {
        return Err(Failure::usage("--target-amount: amounts are boosted; give --learner additive, or leave it out"));
    }
    let is_woe = options.target_amount.is_none() && matches!(options.learner, None | Some(LearnerKind::Woe));
    if options.pairs.is_some() && is_woe {
        return Err(Failure::usage(
            "--pairs: a card of weights of evidence has no pairs of features, so it does not apply; give --learner \
             additive or both",
        ));
    }
    if options.within_evidence && matches!(options.learner, Some(LearnerKind::Additive)) {
        return Err(Failure::usage(
            "--within-evidence is for cards of weights of evidence: it does not apply to --learner additive",
        ));
    }
    if options.day_order.is_some() && options.time.is_none() {
        return Err(Failure::usage(
            "--day-order says how the days of --time are written; without --time it does not apply",
        ));
    }
    one_role_each(options)?;
    one_meaning_each(options)
}

/// A column does one thing.
fn one_role_each(options: &Options) -> Result<(), Failure> {
    let Options { id, weight, time, drop, .. } = options;
    let target = options.asked().column();
    let named = [("--id", id), ("--weight", weight), ("--time", time)];
    let named = named.into_iter().filter_map(|(option, name)| Some((option, name.as_deref()?)));
    let drop = drop.iter().map(|name| ("--drop", name.as_str()));
    let roles: Vec<(&str, &str)> = [target].into_iter().chain(named).chain(drop).collect();
    for (at, (option, name)) in roles.iter().enumerate() {
        let before = roles.iter().take(at).find(|(other, earlier)| earlier == name && other != option);
        if let Some((before, _)) = before {
            return Err(Failure::usage(says!(
                "column {name} cannot be both {before} and {option}",
                name,
                before,
                option
            )));
        }
    }
    Ok(())
}

/// A value of the target means one thing.
fn one_meaning_each(options: &Options) -> Result<(), Failure> {
    let event = options.event.as_slice();
    let (no_event, open, missing) = (&options.no_event, &options.indeterminate, options.reading.missing());
    let (no_event, open) = (("--no-event", no_event.as_slice()), ("--indeterminate", open.as_slice()));
    let (event, missing) = (("--event", event), ("--missing", missing));
    for ((first, values), (other, others)) in
        [(event, no_event), (event, open), (event, missing), (no_event, open), (no_event, missing)]
    {
        if let Some(value) = others.iter().find(|value| values.iter().any(|known| same(known, value))) {
            return Err(Failure::usage(says!(
                "{other} {value}: {first} names it too, and a value of the target means one thing; leave it out of one",
                other,
                value,
                first
            )));
        }
    }
    Ok(())
}

/// What is asked for and found nowhere in the table, in sentences.
pub(super) fn unmet(options: &Options, written: &WrittenTable) -> Vec<Sentence> {
    let (_, asked) = options.asked().column();
    let target = written.column(asked).map(|column| column.texts()).unwrap_or_default();
    let open = options.indeterminate.iter().filter(|value| !target.iter().any(|text| same(text, value)));
    let open = open.map(|value| says!("--indeterminate {value}: no row of {} has it", [asked], value));
    let special = options.special.iter().filter_map(|setting| setting.split_once('='));
    let special = special.flat_map(|(name, codes)| codes.split(';').map(move |code| (name, code.trim())));
    let is_met = |(name, code): &(&str, &str)| {
        let columns = written.columns().iter().filter(|column| *name == "*" || column.name() == *name);
        columns.flat_map(|column| column.texts()).any(|text| same(text, code))
    };
    let special = special.filter(|found| !is_met(found));
    let special = special.map(|(name, code)| says!("--special {name}={code}: no row has it", name, code));
    open.chain(options.reading.unmet(written)).chain(special).collect()
}
