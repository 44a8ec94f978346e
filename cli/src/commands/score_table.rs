//! Scores new rows of a table with a card that `fit` saved.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;
use polars::prelude::{Column, DataFrame};
use wherewithal::domain::{Language, Points, Share};
use wherewithal::features::{FeatureTable, TableRoles};
use wherewithal::model::{AmountCard, Beyond, Scorecard, ScorecardFeature};
use wherewithal::score::{AmountScorer, AmountScores, ScoreTable, Scorer, ScorerParams};
use wherewithal::sentence::{Sentence, digits};
use wherewithal::tabular::{
    ColumnKind, NameMatch, ReadColumn, TableParams, WrittenColumn, WrittenTable, described, matched_names, shown,
};

use crate::console::{Console, say};
use crate::failure::Failure;
use crate::files;
use crate::reading::ReadingOptions;
use crate::repeated::repeated;
use crate::words::{padded, says, word};

/// Scores new rows with a saved card, or predicts their amounts with a card of amounts: writes scores.csv and says what
/// the card never met.
///
/// The table is read as fit reads one; give the same options of reading. What the card never met is counted: levels it
/// does not know, columns that are not there, values that are no numbers, numbers below or above all that it learnt
/// from. A value that is none counts as the card says of unknown ones, a number beyond those learnt from as the
/// outermost of them, and the known share of each row's score stands beside it.
#[derive(Args)]
pub(crate) struct Options {
    /// The card, as fit writes it.
    #[arg(long)]
    model: PathBuf,
    /// The table: delimited text in UTF-8, UTF-16 or GB18030, or Parquet; also gzipped.
    #[arg(long)]
    table: PathBuf,
    #[command(flatten)]
    reading: ReadingOptions,
    /// The column that says whose row it is, repeated in scores.csv.
    #[arg(long)]
    id: Option<String>,
    /// The share of the card's range that must rest on known values for a row to have a score.
    #[arg(long, default_value_t = 0.0)]
    min_known_share: f64,
    /// The folder to write to.
    #[arg(long)]
    out: PathBuf,
}

pub(crate) fn score(options: &Options, console: &Console<'_>) -> Result<(), Failure> {
    let problem = |error: wherewithal::Error| {
        wherewithal::Error::format(&options.model, error, "a card as fit writes it, unchanged")
    };
    let text = std::fs::read_to_string(&options.model).map_err(Failure::io(&options.model))?;
    let card = match AmountCard::is_stored_in(&text) {
        true => Card::Amount(AmountCard::from_json(&text).map_err(problem)?),
        false => Card::Score(Scorecard::from_json(&text).map_err(problem)?),
    };
    let (written, how) = options.reading.read(&options.table)?;
    let (ids, like) = match &options.id {
        Some(name) => id_column(name, &written)?,
        None => (None, None),
    };
    let mut new = New::read((&card, &written), &options.reading.params(), console.language())?;
    new.said.extend(like);
    new.said.extend(options.reading.unmet(&written));
    let params = ScorerParams::default().min_known_share(Share::new(options.min_known_share)?);
    let scores = match &card {
        Card::Amount(card) => Scores::Amount(AmountScorer::new(card, params)?.predict(&new.table)?),
        Card::Score(card) => Scores::Score(Scorer::with(card, params)?.score(&new.table)?),
    };

    files::make(&options.out)?;
    let ids = ids.map(|column| (0..column.len()).map(|row| column.text(row)).collect::<Vec<_>>());
    new.said.extend(ids.as_deref().and_then(untold));
    let written = options.out.join("scores.csv");
    files::write(&written, scores.lines(ids.as_deref())?)?;
    console.say(&how);
    new.said.iter().for_each(|line| console.say(line));
    scores.beyond().iter().for_each(|line| console.say(line));
    let (rows, scored) = scores.scored();
    let without = rows - scored;
    say!(
        console,
        "{scored} rows scored, {without} without a score for too little known; written to {}",
        [options.out.display()],
        scored,
        without
    );
    console.result(&serde_json::json!({
        "rows": rows, "scored": scored, "absent_columns": new.absent, "alike_columns": new.alike,
        "unmet_levels": new.unmet,
        "beyond_range": new.beyond,
    }))
}

/// A saved card.
enum Card {
    Score(Scorecard),
    Amount(AmountCard),
}

impl Card {
    /// Bins and points.
    fn table(&self) -> &Scorecard {
        match self {
            Self::Score(card) => card,
            Self::Amount(card) => card.table(),
        }
    }

    /// What some points are worth, in words.
    fn worth(&self, points: Points) -> Sentence {
        match self {
            Self::Score(_) => says!("{points} points", points),
            Self::Amount(card) => says!("adds {}", [card.part(points)]),
        }
    }
}

/// What the card says of the new rows.
enum Scores {
    Score(ScoreTable),
    Amount(AmountScores),
}

/// New rows as the card reads them.
struct New {
    table: FeatureTable,
    /// What was found, in sentences.
    said: Vec<Sentence>,
    /// Columns of the card that the table lacks.
    absent: Vec<String>,
    /// Columns of the card that the table calls otherwise, by upper and lower case, width or blanks alone.
    alike: usize,
    /// Rows with levels that the card never met, over all features.
    unmet: u64,
    /// By feature, rows with numbers outside of what the card learnt from.
    beyond: BTreeMap<String, Beyond>,
}

impl New {
    fn read(
        (card, written): (&Card, &WrittenTable),
        params: &TableParams,
        language: Language,
    ) -> Result<Self, Failure> {
        let rows = written.height();
        let (mut columns, mut said, mut absent, mut unmet) = (Vec::new(), Vec::new(), Vec::new(), 0);
        let mut outside = BTreeMap::new();
        let wanted: Vec<&str> = card.table().features().iter().map(ScorecardFeature::name).collect();
        let places = matched_names(&wanted, &written.names().collect::<Vec<_>>());
        let alike = places.iter().filter(|found| matches!(found, NameMatch::Alike(_))).count();
        for (feature, place) in card.table().features().iter().zip(places) {
            let name = feature.name();
            let kind = if feature.map().is_category() { ColumnKind::Category } else { ColumnKind::Number };
            let Some(column) = place.index().and_then(|place| written.columns().get(place)) else {
                said.push(match place {
                    NameMatch::Ambiguous => says!(
                        "warning: no column {name}, and several that differ from it in case, width or blanks alone: \
                         unknown in all \
                         {rows} rows",
                        name,
                        rows
                    ),
                    _ => says!("warning: no column {name}: unknown in all {rows} rows", name, rows),
                });
                absent.push(name.to_owned());
                columns.push(unknown(name, kind, rows));
                continue;
            };
            let read = ReadColumn { name, ..column.read(Some(kind), params) };
            let (called, kind_name) = (padded(name, 24), padded(word(&kind.to_string(), language), 10));
            said.push(says!("  {name} {kind} {account}", name = called, kind = kind_name, account = read.account()));
            let (met, sentence) = never_met((card, feature), &read);
            unmet += met;
            said.extend(sentence);
            let (counts, sentence) = beyond((card, feature), &read);
            outside.extend((!counts.is_none()).then(|| (name.to_owned(), counts)));
            said.extend(sentence);
            columns.push(values(&read));
        }
        if absent.len() == card.table().features().len() {
            let (wanted, found) = (Sentence::names(absent), Sentence::names(written.names()));
            return Err(Failure::work(says!(
                "the table has none of the card's columns ({wanted}); it has {found}",
                wanted,
                found
            )));
        }
        if alike > 0 {
            let all = places_alike(&wanted, written);
            said.insert(
                0,
                says!(
                    "{alike} columns are found by names that differ from the card's in case, width or blanks alone: \
                     {all}",
                    alike,
                    all
                ),
            );
        }
        let table = FeatureTable::from_frame(DataFrame::new(rows, columns)?, &TableRoles::default())?;
        let is_unsaid = |feature: &ScorecardFeature| !feature.map().is_category() && feature.map().met.is_none();
        if card.table().features().iter().any(is_unsaid) {
            said.push(says!(
                "the card was saved without the range of what it learnt from: numbers beyond it are not counted"
            ));
        }
        Ok(Self { table, said, absent, alike, unmet, beyond: outside })
    }
}

/// The columns that are called otherwise than the card calls them, each with the card's name.
fn places_alike(wanted: &[&str], written: &WrittenTable) -> Sentence {
    let names: Vec<&str> = written.names().collect();
    let each = wanted.iter().zip(matched_names(wanted, &names)).filter_map(|(name, found)| match found {
        NameMatch::Alike(place) => Some(says!("{} as {}", [names.get(place).copied().unwrap_or_default(), name])),
        _ => None,
    });
    Sentence::list(each, ", ")
}

/// The column that says whose row it is, and how it was found where it is called otherwise.
fn id_column<'w>(
    name: &str,
    written: &'w WrittenTable,
) -> Result<(Option<&'w WrittenColumn>, Option<Sentence>), Failure> {
    let found = matched_names(&[name], &written.names().collect::<Vec<_>>());
    match found.as_slice() {
        [NameMatch::Alike(place)] => {
            let column = written.columns().get(*place);
            let like = column.map(|column| says!("--id {name}: the column {} is taken", [column.name()], name));
            Ok((column, like))
        }
        _ => Ok((Some(written.column(name)?), None)),
    }
}

/// How many rows no id tells apart, in a sentence.
fn untold(ids: &[&str]) -> Option<Sentence> {
    let missing = ids.iter().filter(|id| id.is_empty()).count();
    let again = repeated(ids.iter().copied().filter(|id| !id.is_empty()));
    (missing + again > 0).then(|| {
        says!(
            "warning: --id: {missing} rows have none and {again} that of a row before: scores.csv tells these apart by \
             row alone",
            missing,
            again
        )
    })
}

fn values(read: &ReadColumn<'_>) -> Column {
    match read.kind {
        ColumnKind::Number => Column::new(read.name.into(), &read.numbers),
        _ => Column::new(read.name.into(), &read.levels),
    }
}

fn unknown(name: &str, kind: ColumnKind, rows: usize) -> Column {
    match kind {
        ColumnKind::Number => Column::new(name.into(), vec![f64::NAN; rows]),
        _ => Column::new(name.into(), vec![None::<&str>; rows]),
    }
}

/// Rows with a level, or with a missing value, that the card never met, and that in a sentence.
fn never_met((card, feature): (&Card, &ScorecardFeature), read: &ReadColumn<'_>) -> (u64, Option<Sentence>) {
    let (name, map) = (feature.name(), feature.map());
    let known = |level: &str| map.levels.binary_search_by(|(other, _)| other.as_str().cmp(level)).is_ok();
    let unmet: Vec<&str> = read.levels.iter().flatten().copied().filter(|level| !known(level)).collect();
    let mut sorted = unmet.clone();
    sorted.sort_unstable();
    let distinct: Vec<&[&str]> = sorted.chunk_by(|a, b| a == b).collect();
    let worth = card.worth(feature.points_of(map.unseen));
    if !unmet.is_empty() {
        // A level of a single row may be anybody's name.
        let word = |rows: &&[&str]| match rows {
            [level] => described(level),
            [level, ..] => shown(level),
            [] => Sentence::default(),
        };
        let named = Sentence::list(distinct.iter().take(5).map(word), ", ");
        let named = if distinct.len() > 5 { says!("{named} and others", named) } else { named };
        let sentence = says!(
            "warning: {name}: {} rows with {} levels that the card never met ({named}): {worth} each",
            [unmet.len(), distinct.len()],
            name,
            named,
            worth
        );
        return (unmet.len() as u64, Some(sentence));
    }
    let missing = read.levels.iter().filter(|level| level.is_none()).count()
        + read.numbers.iter().filter(|number| number.is_nan()).count();
    let first = missing > 0 && map.missing.is_none();
    let sentence = first.then(|| {
        says!("warning: {name}: {missing} rows unknown, where the card met none: {worth}", name, missing, worth)
    });
    (0, sentence)
}

/// Rows with numbers below or above all that the card learnt from, and that in a sentence.
fn beyond((card, feature): (&Card, &ScorecardFeature), read: &ReadColumn<'_>) -> (Beyond, Option<Sentence>) {
    let (name, map) = (feature.name(), feature.map());
    let counts = map.beyond(&read.numbers);
    let Some(met) = map.met.filter(|_| !counts.is_none()) else { return (counts, None) };
    let worth = |number| card.worth(feature.points_of(map.bin_of_number(number)));
    let sentence = says!(
        "warning: {name}: {below} rows below {least} ({low} each) and {above} above {most} ({high} each), \
         beyond all that the card learnt from: scored like the outermost it met",
        name,
        below = counts.below,
        least = short(met.least),
        low = worth(f64::NEG_INFINITY),
        above = counts.above,
        most = short(met.most),
        high = worth(f64::INFINITY)
    );
    (counts, Some(sentence))
}

/// A number in as many digits as a card knows its range.
fn short(number: f64) -> String {
    digits(format!("{number:.5e}").parse().unwrap_or(number))
}

impl Scores {
    /// Rows, and those with a score.
    fn scored(&self) -> (usize, usize) {
        match self {
            Self::Score(scores) => {
                (scores.height(), (0..scores.height()).filter(|row| scores.score(*row).is_some()).count())
            }
            Self::Amount(scores) => {
                (scores.height(), (0..scores.height()).filter(|row| scores.amount(*row).is_some()).count())
            }
        }
    }

    /// Rows whose sum lies beyond the amounts that were learnt from, in a sentence.
    fn beyond(&self) -> Option<Sentence> {
        let Self::Amount(scores) = self else { return None };
        let ((below, above), (least, most)) = (scores.beyond(), scores.card().bounds());
        Some(says!(
            "{below} rows have a sum below the least amount learnt from, {above} above the most: they count as \
             {least} and {most}",
            below,
            above,
            least,
            most
        ))
    }

    /// One line per row.
    fn lines(&self, ids: Option<&[&str]>) -> Result<String, Failure> {
        let mut csv = csv::Writer::from_writer(Vec::new());
        let id = ids.is_some().then_some("id");
        let columns: &[&str] = match self {
            Self::Score(_) => &["score", "probability", "known_share"],
            Self::Amount(_) => &["units", "amount", "known_share"],
        };
        csv.write_record(["row"].into_iter().chain(id).chain(columns.iter().copied()))?;
        let (height, _) = self.scored();
        for row in 0..height {
            let id = ids.map(|ids| ids.get(row).copied().unwrap_or_default().to_owned());
            csv.write_record([(row + 1).to_string()].into_iter().chain(id).chain(self.numbers(row)))?;
        }
        Ok(String::from_utf8(csv.into_inner()?)?)
    }

    fn numbers(&self, row: usize) -> [String; 3] {
        let text = |number: Option<f64>| number.map(digits).unwrap_or_default();
        match self {
            Self::Score(scores) => [
                scores.score(row).map(|points| points.0.to_string()).unwrap_or_default(),
                text(scores.probability(row).map(|p| p.value())),
                text(scores.known_share(row).map(|share| share.value())),
            ],
            Self::Amount(scores) => [
                scores.units(row).map(|units| units.to_string()).unwrap_or_default(),
                text(scores.amount(row)),
                text(scores.known_share(row).map(|share| share.value())),
            ],
        }
    }
}
