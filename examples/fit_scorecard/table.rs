//! A CSV file as features and a target.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read};

use polars::prelude::{Column, DataFrame};
use wherewithal::features::{FeatureColumn, FeatureTable, TableRoles};
use wherewithal::model::{ScorecardParams, SpecialCode, Splits, Target};

use super::Options;

type Failure = Box<dyn std::error::Error>;

/// What stands for "unknown".
const UNKNOWN: [&str; 6] = ["", "NA", "NaN", "nan", "null", "?"];

/// A table somebody brought along.
pub(super) struct Own {
    /// The features of all rows.
    pub(super) table: FeatureTable,
    /// What happened in the rows where it is known.
    pub(super) target: Target,
    /// The period of each of those, if there are times.
    pub(super) times: Option<Vec<String>>,
    /// Those rows.
    decided: Vec<usize>,
    groups: Vec<usize>,
}

/// The columns of a file as text, by name.
struct Cells<'a> {
    options: &'a Options,
    names: Vec<String>,
    values: Vec<Vec<Option<String>>>,
}

impl Cells<'_> {
    fn find(&self, name: &str) -> Result<&[Option<String>], Failure> {
        let place = self.names.iter().position(|other| other == name);
        let found = place.and_then(|place| self.values.get(place)).map(Vec::as_slice);
        found.ok_or_else(|| {
            format!("no column {name} in {}; it has {}", self.options.table.display(), self.names.join(", ")).into()
        })
    }

    /// A column of `decided` rows in which nothing may be blank.
    fn filled(&self, name: &str, decided: &[usize]) -> Result<Vec<&str>, Failure> {
        let values = self.find(name)?;
        let value = |row: &usize| {
            let found = values.get(*row).and_then(Option::as_deref);
            found.ok_or_else(|| format!("row {} has no {name}", row + 1).into())
        };
        decided.iter().map(value).collect()
    }

    /// Rows whose outcome is known, and whether each has the event.
    fn outcomes(&self) -> Result<(Vec<usize>, Vec<bool>), Failure> {
        let Options { target, event, indeterminate, .. } = self.options;
        let values = self.find(target)?;
        let known = values.iter().enumerate().filter_map(|(row, value)| Some((row, value.as_ref()?)));
        let (rows, events): (Vec<usize>, Vec<bool>) =
            known.filter(|(_, value)| !indeterminate.contains(value)).map(|(row, value)| (row, value == event)).unzip();
        if events.contains(&true) && events.contains(&false) {
            return Ok((rows, events));
        }
        let mut met: Vec<&str> = values.iter().flatten().map(String::as_str).collect();
        met.sort_unstable();
        met.dedup();
        let shown = met.iter().take(10).copied().collect::<Vec<_>>().join(", ");
        Err(format!(
            "{target} needs rows that are {event} and rows that are not; it holds {} values: {shown}",
            met.len()
        )
        .into())
    }
}

impl Own {
    pub(super) fn read(options: &Options) -> Result<Self, Failure> {
        let cells = Cells::read(options)?;
        options.drop.iter().try_for_each(|name| cells.find(name).map(drop))?;
        let (decided, events) = cells.outcomes()?;
        let mut target = Target::new(events)?;
        let mut groups: Vec<usize> = (0..target.height()).collect();
        if let Some(name) = &options.id {
            groups = in_order(&cells.filled(name, &decided)?);
            target = target.groups(&groups.iter().map(|group| *group as u64).collect::<Vec<_>>())?;
        }
        if let Some(name) = &options.weight {
            let number = |(row, text): (&usize, &str)| -> Result<f64, Failure> {
                text.parse().map_err(|_| format!("row {}: {name} is {text}, not a number", row + 1).into())
            };
            let weights = cells.filled(name, &decided)?;
            target = target.weights(&decided.iter().zip(weights).map(number).collect::<Result<Vec<_>, _>>()?)?;
        }
        let times = options.time.as_ref().map(|name| cells.filled(name, &decided)).transpose()?;
        let times = times.map(|times| times.into_iter().map(period).collect());
        let roles = [Some(&options.target), options.id.as_ref(), options.weight.as_ref(), options.time.as_ref()];
        let taken: Vec<&String> = roles.into_iter().flatten().chain(&options.drop).collect();
        let features = cells.names.iter().zip(&cells.values).filter(|(name, _)| !taken.contains(name));
        let features: Vec<Column> = features.map(|(name, values)| feature(name, values)).collect();
        let height = cells.values.first().map_or(0, Vec::len);
        let table = FeatureTable::from_frame(DataFrame::new(height, features)?, &TableRoles::default())?;
        Ok(Self { table, target, times, decided, groups })
    }

    /// The features of the rows whose outcome is known.
    pub(super) fn decided(&self) -> Result<FeatureTable, Failure> {
        Ok(self.table.rows(&self.decided)?)
    }

    /// Settings with the special codes, given as `COL=V1;V2`.
    pub(super) fn params(&self, params: ScorecardParams, special: &[String]) -> Result<ScorecardParams, Failure> {
        special.iter().try_fold(params, |params, setting| {
            let (name, codes) =
                setting.split_once('=').ok_or_else(|| format!("--special {setting} is not COL=V1;V2"))?;
            let numeric = match self.table.column(name) {
                Some(FeatureColumn::Numeric(_)) => true,
                Some(FeatureColumn::Text(_)) => false,
                None => return Err(format!("--special {setting}: there is no feature {name}").into()),
            };
            let code = |text: &str| -> Result<SpecialCode, Failure> {
                if !numeric {
                    return Ok(SpecialCode::Text(text.to_owned()));
                }
                let number =
                    text.trim().parse().map_err(|_| format!("--special {setting}: {text:?} is not a number"))?;
                Ok(SpecialCode::Number(number))
            };
            let codes = codes.split(';').map(code).collect::<Result<Vec<_>, _>>()?;
            let binning = params.binning_of(name).special_codes(codes);
            Ok(params.bin_feature(name, binning))
        })
    }

    /// What is judged by what: parties in order of appearance dealt to folds in turn, or rows held out once.
    pub(super) fn splits(&self, options: &Options) -> Result<Splits, Failure> {
        let Some(share) = options.holdout else {
            let folds = options.folds as usize;
            let labels = self.groups.iter().map(|group| u32::try_from(group % folds).unwrap_or(0));
            return Ok(Splits::labels(&self.target, &labels.collect::<Vec<_>>())?);
        };
        Ok(match &self.times {
            Some(times) => Splits::latest(&self.target, times, share)?,
            None => Splits::drawn(&self.target, share, options.seed)?,
        })
    }
}

/// The month of a date as 2024-05-31 or 20240531; any other text is its own period.
fn period(time: &str) -> String {
    let shape: String = time.chars().take(8).map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    let length = match shape.as_str() {
        "0000-00-" | "0000/00/" | "0000.00." => 7,
        "00000000" => 6,
        _ => return time.to_owned(),
    };
    time.chars().take(length).collect()
}

/// The place of each text among the distinct ones, in order of appearance.
fn in_order(texts: &[&str]) -> Vec<usize> {
    let mut places: HashMap<&str, usize> = HashMap::new();
    let mut found = Vec::with_capacity(texts.len());
    for text in texts {
        let next = places.len();
        found.push(*places.entry(text).or_insert(next));
    }
    found
}

/// Numbers where all known values are numbers, else categories.
fn feature(name: &str, values: &[Option<String>]) -> Column {
    let numbers: Option<Vec<Option<f64>>> = values
        .iter()
        .map(|value| {
            value
                .as_ref()
                .map(|text| text.parse().ok().filter(|x: &f64| x.is_finite()))
                .map_or(Some(None), |x| x.map(Some))
        })
        .collect();
    numbers.map_or_else(|| Column::new(name.into(), values), |numbers| Column::new(name.into(), numbers))
}

impl<'a> Cells<'a> {
    fn read(options: &'a Options) -> Result<Self, Failure> {
        let problem = |error: &dyn std::fmt::Display| format!("{}: {error}", options.table.display());
        let file = std::fs::File::open(&options.table).map_err(|error| problem(&error))?;
        let zipped = options.table.extension().is_some_and(|ending| ending == "gz");
        let plain: Box<dyn Read> =
            if zipped { Box::new(flate2::read::MultiGzDecoder::new(file)) } else { Box::new(file) };
        let mut text = BufReader::with_capacity(1 << 16, plain);
        let head = text.fill_buf().map_err(|error| problem(&error))?;
        let line: Vec<u8> = head.iter().copied().take_while(|byte| *byte != b'\n').collect();
        let count = |mark: u8| line.iter().filter(|byte| **byte == mark).count();
        let delimiter =
            [b',', b';', b'\t'].into_iter().max_by_key(|mark| (count(*mark), *mark == b',')).unwrap_or(b',');
        let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).trim(csv::Trim::All).from_reader(text);
        let header = reader.headers().map_err(|error| problem(&error))?.clone();
        let name = |(place, name): (usize, &str)| {
            let name = name.trim_start_matches('\u{feff}');
            if name.is_empty() { format!("column_{}", place + 1) } else { name.to_owned() }
        };
        let names: Vec<String> = header.iter().enumerate().map(name).collect();
        let mut cells: Vec<Vec<Option<String>>> = vec![Vec::new(); names.len()];
        for record in reader.records() {
            let record = record.map_err(|error| problem(&error))?;
            for (column, value) in cells.iter_mut().zip(record.iter()) {
                column.push((!UNKNOWN.contains(&value)).then(|| value.to_owned()));
            }
        }
        Ok(Self { options, names, values: cells })
    }
}
