//! What became of every column, and what should make one wary.

use wherewithal::domain::Language;
use wherewithal::features::forbidden_word;
use wherewithal::model::{BinMap, Exclusion, ExclusionReason, Scorecard, ScorecardParams, bin_levels, bin_numbers};
use wherewithal::sentence::Sentence;
use wherewithal::tabular::{ColumnKind, ReadColumn, WrittenTable};

use super::Options;
use super::own::{Own, OwnColumn, Part};
use crate::failure::Failure;
use crate::words::{padded, says, word};

/// The area under the curve from which on a single column tells too much.
const TELLING: f64 = 0.9;

/// What each column became.
pub(super) struct Account<'a> {
    own: &'a Own<'a>,
    /// The bins of each column by itself, where it has any.
    maps: Vec<Option<BinMap>>,
}

impl<'a> Account<'a> {
    pub(super) fn new(own: &'a Own<'a>, written: &WrittenTable, params: &ScorecardParams) -> Result<Self, Failure> {
        let maps = own.columns.iter().map(|column| alone(column, (own, written), params));
        Ok(Self { own, maps: maps.collect() })
    }

    /// One line per column: its kind, what its rows hold, and why it is left out.
    pub(super) fn lines(&self, language: Language) -> Vec<Sentence> {
        let line = |column: &OwnColumn<'_>| {
            let left_out = match column.part {
                Part::Feature => Sentence::default(),
                Part::Role(option) => says!("; {option}", option),
                Part::LeftOut(why) => says!("; left out: {why}", why = says!(why)),
            };
            let kind = padded(word(&column.read.kind.to_string(), language), 10);
            let (name, account) = (padded(column.read.name, 24), column.read.account());
            says!("  {name} {kind} {account}{left_out}", name, kind, account, left_out)
        };
        self.own.columns.iter().map(line).collect()
    }

    /// Columns that may know the outcome: a single one that ranks nearly all rows right, or days after the row's own.
    pub(super) fn warnings(&self, written: &WrittenTable, options: &Options) -> Vec<Sentence> {
        let columns = self.own.columns.iter().zip(&self.maps);
        let telling = columns.filter_map(|(column, map)| Some((column, map.as_ref()?.auc())));
        let telling = telling.filter(|(column, auc)| *auc >= TELLING && !matches!(column.part, Part::Role(_)));
        let is_amount = self.own.amounts.is_some();
        let telling = telling.map(|(column, auc)| {
            let (name, auc) = (column.read.name, format!("{auc:.3}"));
            if is_amount {
                return says!(
                    "warning: {name} alone parts the larger half of the amounts from the others with an AUC of \
                     {auc}; is it \
                     known only afterwards, or the amount itself in another form? (--drop {name})",
                    name,
                    auc
                );
            }
            says!(
                "warning: {name} alone ranks the outcome with an AUC of {auc}; is it known only afterwards? (--drop \
                 {name})",
                name,
                auc
            )
        });
        telling.chain(self.forbidden()).chain(self.later(written, options)).collect()
    }

    /// Features that a score about a person must not rest on, by their names.
    fn forbidden(&self) -> impl Iterator<Item = Sentence> {
        let features = self.own.columns.iter().filter(|column| column.part == Part::Feature);
        features.filter_map(|column| {
            let (name, word) = (column.read.name, forbidden_word(column.read.name)?);
            Some(says!(
                "warning: {name} says \"{word}\": a score about a person must not rest on it (--drop {name})",
                name,
                word
            ))
        })
    }

    /// Columns of days with days after the time of their row.
    fn later(&self, written: &WrittenTable, options: &Options) -> Vec<Sentence> {
        let Some(time) = &options.time else { return Vec::new() };
        let params = options.reading.params();
        let order = options.day_order.map(Into::into);
        let days = |name: &str| {
            let column = written.column(name).ok()?;
            let moments = column.moments(order, &params).ok()?;
            let day = |code: &u32| moments.get(*code as usize).copied().flatten().map(|moment| moment.day);
            Some(column.codes().iter().map(day).collect::<Vec<_>>())
        };
        let Some(own) = days(time) else { return Vec::new() };
        let columns = self.own.columns.iter().filter(|column| column.read.kind == ColumnKind::Day);
        let columns = columns.filter(|column| !matches!(column.part, Part::Role(_)));
        let warning = |column: &OwnColumn<'_>| {
            let found = days(column.read.name)?;
            let later = found.iter().zip(&own).filter(|(day, own)| day.zip(**own).is_some_and(|(day, own)| day > own));
            let count = later.count();
            (count > 0).then(|| {
                says!(
                    "warning: {} is later than {time} in {count} rows: what is computed from it was not known then",
                    [column.read.name],
                    time,
                    count
                )
            })
        };
        columns.filter_map(warning).collect()
    }

    /// One line per column, as CSV.
    pub(super) fn csv(&self, card: &Scorecard) -> Result<String, Failure> {
        let mut csv = csv::Writer::from_writer(Vec::new());
        csv.write_record([
            "column",
            "kind",
            "used_as",
            "known",
            "distinct",
            "missing",
            "infinite",
            "odd",
            "information_value",
            "auc_alone",
            "left_out",
        ])?;
        for (column, map) in self.own.columns.iter().zip(&self.maps) {
            let ReadColumn { name, kind, known, distinct, missing, infinite, odd, .. } = &column.read;
            let rows =
                |words: &[wherewithal::tabular::Word]| words.iter().map(|word| word.rows).sum::<u64>().to_string();
            let (used, why) = match column.part {
                Part::Role(option) => (option.to_owned(), String::new()),
                Part::LeftOut(why) => (String::new(), why.to_owned()),
                Part::Feature if card.feature(name).is_some() => ("feature".to_owned(), String::new()),
                Part::Feature => (String::new(), excluded(card, name)),
            };
            let number = |value: fn(&BinMap) -> f64| map.as_ref().map(|map| format!("{:.6}", value(map)));
            csv.write_record([
                (*name).to_owned(),
                kind.to_string(),
                used,
                known.to_string(),
                distinct.to_string(),
                rows(missing),
                infinite.to_string(),
                rows(odd),
                number(BinMap::information_value).unwrap_or_default(),
                number(BinMap::auc).unwrap_or_default(),
                why,
            ])?;
        }
        Ok(String::from_utf8(csv.into_inner()?)?)
    }
}

/// The bins of one column by itself over the rows whose outcome is known; days are numbered.
fn alone(
    column: &OwnColumn<'_>,
    (own, written): (&Own<'_>, &WrittenTable),
    params: &ScorecardParams,
) -> Option<BinMap> {
    let name = column.read.name;
    let binning = params.binning_of(name);
    match (column.part, column.read.kind) {
        (Part::Feature, ColumnKind::Number) => {
            let numbers = picked(&column.read.numbers, &own.decided);
            bin_numbers(name, &numbers, &own.target, &binning).ok()
        }
        (Part::Feature, _) => bin_levels(name, &picked(&column.read.levels, &own.decided), &own.target, &binning).ok(),
        (Part::LeftOut(_), ColumnKind::Day) => {
            let column = written.column(name).ok()?;
            let moments = column.moments(None, &wherewithal::tabular::TableParams::default()).ok()?;
            let number = |code: &u32| moments.get(*code as usize).copied().flatten();
            let days = column.codes().iter().map(|code| number(code).map_or(f64::NAN, |at| f64::from(at.day.number())));
            bin_numbers(name, &picked(&days.collect::<Vec<_>>(), &own.decided), &own.target, &binning).ok()
        }
        _ => None,
    }
}

fn picked<T: Copy>(values: &[T], rows: &[usize]) -> Vec<T> {
    rows.iter().filter_map(|row| values.get(*row).copied()).collect()
}

/// The features that did not come onto the card, with the reasons.
pub(super) fn left_out(card: &Scorecard) -> Vec<Sentence> {
    let line = |out: &Exclusion| {
        says!("  {feature} not on the card: {why}", feature = format!("{:24}", out.feature), why = words(&out.reason))
    };
    card.excluded().iter().map(line).collect()
}

fn excluded(card: &Scorecard, name: &str) -> String {
    let found = card.excluded().iter().find(|exclusion| exclusion.feature == name);
    found.map(|exclusion| words(&exclusion.reason).to_string()).unwrap_or_default()
}

fn words(reason: &ExclusionReason) -> Sentence {
    match reason {
        ExclusionReason::NoBins(why) => says!("no bins ({why})", why = Sentence::from(why)),
        ExclusionReason::Information(value) => says!("too little information ({value})", value = format!("{value:.4}")),
        ExclusionReason::Noise => says!("its bins say nothing of rows that they were not found on"),
        ExclusionReason::Correlation { with, correlation } => {
            let correlation = format!("{correlation:.3}");
            says!("too close to {with}, which says more (correlation {correlation})", with, correlation)
        }
        ExclusionReason::Inflation(factor) => {
            says!("nearly a combination of others (variance inflation {factor})", factor = format!("{factor:.1}"))
        }
        ExclusionReason::Room => says!("too few rows of the rarer outcome for so many features"),
        ExclusionReason::Sign => says!("beside the others it adds nothing, or contradicts itself"),
        ExclusionReason::Parsimony => {
            says!("the card may have only so many features, and others together say more")
        }
        ExclusionReason::Flat => says!("its shape is flat, and no pair needs it"),
        ExclusionReason::Wald(p) => says!("its coefficient may well be zero (p {p})", p = format!("{p:.3}")),
    }
}
