//! A CSV file as features and a target.

use std::collections::{BTreeMap, HashMap};
use std::io::{BufRead, BufReader, Read};

use polars::prelude::{Column, DataFrame};
use wherewithal::features::{FeatureColumn, FeatureTable, TableRoles};
use wherewithal::model::{ScorecardParams, SpecialCode, Target, ValidationReport};

use super::Options;

type Failure = Box<dyn std::error::Error>;

/// What stands for "unknown".
const UNKNOWN: [&str; 6] = ["", "NA", "NaN", "nan", "null", "?"];

/// A table somebody brought along.
pub(super) struct Own {
    pub(super) table: FeatureTable,
    pub(super) target: Target,
    groups: Vec<usize>,
    times: Option<Vec<String>>,
}

impl Own {
    pub(super) fn read(options: &Options) -> Result<Self, Failure> {
        let (names, cells) = columns(options)?;
        let find = |name: &String| -> Result<&Vec<Option<String>>, Failure> {
            let place = names.iter().position(|other| other == name);
            let known = || format!("no column {name} in {}; it has {}", options.table.display(), names.join(", "));
            place.and_then(|place| cells.get(place)).ok_or_else(|| known().into())
        };
        options.drop.iter().try_for_each(|name| find(name).map(drop))?;
        let events = find(&options.target)?.iter().map(|value| value.as_deref() == Some(options.event.as_str()));
        let mut target = Target::new(events)?;
        let texts = |values: &[Option<String>]| -> Vec<String> {
            values.iter().map(|value| value.clone().unwrap_or_default()).collect()
        };
        let mut groups: Vec<usize> = (0..target.height()).collect();
        if let Some(name) = &options.id {
            groups = in_order(&texts(find(name)?));
            target = target.groups(&groups.iter().map(|group| *group as u64).collect::<Vec<_>>())?;
        }
        if let Some(name) = &options.weight {
            let weights: Option<Vec<f64>> =
                find(name)?.iter().map(|value| value.as_ref().and_then(|text| text.parse().ok())).collect();
            target = target.weights(&weights.ok_or_else(|| format!("column {name} holds something but numbers"))?)?;
        }
        let times = options.time.as_ref().map(|name| find(name).map(|values| texts(values))).transpose()?;
        let roles = [Some(&options.target), options.id.as_ref(), options.weight.as_ref(), options.time.as_ref()];
        let taken: Vec<&String> = roles.into_iter().flatten().chain(&options.drop).collect();
        let features = names.iter().zip(&cells).filter(|(name, _)| !taken.contains(name));
        let features: Vec<Column> = features.map(|(name, values)| feature(name, values)).collect();
        let table = FeatureTable::from_frame(DataFrame::new(target.height(), features)?, &TableRoles::default())?;
        Ok(Self { table, target, groups, times })
    }

    /// Settings with the special codes, given as `COL=V1;V2`.
    pub(super) fn params(&self, params: ScorecardParams, special: &[String]) -> Result<ScorecardParams, Failure> {
        special.iter().try_fold(params, |params, setting| {
            let (name, codes) = setting.split_once('=').ok_or_else(|| format!("{setting} is not COL=V1;V2"))?;
            let numeric = match self.table.column(name) {
                Some(FeatureColumn::Numeric(_)) => true,
                Some(FeatureColumn::Text(_)) => false,
                None => return Err(format!("no feature {name} for --special").into()),
            };
            let code = |text: &str| -> Result<SpecialCode, Failure> {
                Ok(if numeric { SpecialCode::Number(text.trim().parse()?) } else { SpecialCode::Text(text.to_owned()) })
            };
            let codes = codes.split(';').map(code).collect::<Result<Vec<_>, _>>()?;
            let binning = params.binning_of(name).special_codes(codes);
            Ok(params.bin_feature(name, binning))
        })
    }

    /// Parties in order of appearance, dealt to folds in turn.
    pub(super) fn folds(&self, folds: u32) -> Vec<u32> {
        self.groups.iter().map(|group| u32::try_from(group % folds as usize).unwrap_or(0)).collect()
    }

    /// Which rows are held out: the latest ones, or else parties drawn by the seed.
    pub(super) fn hold_out(&self, share: f64, seed: u64) -> Result<Vec<bool>, Failure> {
        if !(0.0..1.0).contains(&share) || share == 0.0 {
            return Err(format!("a hold-out of {share} is not between 0 and 1").into());
        }
        if let Some(times) = &self.times {
            let mut sorted: Vec<&String> = times.iter().collect();
            sorted.sort();
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and the rows")]
            let first = ((1.0 - share) * sorted.len() as f64).round() as usize;
            let from = sorted.get(first.min(sorted.len() - 1)).ok_or("no rows")?;
            return Ok(times.iter().map(|time| time >= *from).collect());
        }
        let drawn = |group: &usize| {
            let digest = blake3::hash(&[seed.to_le_bytes(), (*group as u64).to_le_bytes()].concat());
            let number = digest.as_bytes().iter().take(4).fold(0_u32, |sum, byte| sum << 8 | u32::from(*byte));
            f64::from(number) / f64::from(u32::MAX) < share
        };
        Ok(self.groups.iter().map(drawn).collect())
    }

    /// A report per period: values of the time column, cut to the month where they are dates.
    pub(super) fn by_time(
        &self,
        rows: &[usize],
        probabilities: &[f64],
    ) -> Result<BTreeMap<String, ValidationReport>, Failure> {
        let mut periods: BTreeMap<String, (Vec<usize>, Vec<f64>)> = BTreeMap::new();
        let Some(times) = &self.times else { return Ok(BTreeMap::new()) };
        for (row, probability) in rows.iter().zip(probabilities) {
            let period: String = times.get(*row).map(|time| time.chars().take(7).collect()).unwrap_or_default();
            let (period_rows, period_probabilities) = periods.entry(period).or_default();
            period_rows.push(*row);
            period_probabilities.push(*probability);
        }
        let mut reports = BTreeMap::new();
        for (period, (rows, probabilities)) in periods {
            // A period of one class has nothing to tell apart.
            if let Ok(target) = self.target.rows(&rows) {
                reports.insert(period, ValidationReport::new(&probabilities, &target)?);
            }
        }
        Ok(reports)
    }
}

/// The place of each text among the distinct ones, in order of appearance.
fn in_order(texts: &[String]) -> Vec<usize> {
    let mut places: HashMap<&str, usize> = HashMap::new();
    let place = |text: &'_ String, places: &mut HashMap<&str, usize>| {
        places.get(text.as_str()).copied().unwrap_or(places.len())
    };
    let mut found = Vec::with_capacity(texts.len());
    for text in texts {
        let at = place(text, &mut places);
        places.insert(text, at);
        found.push(at);
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

type Cells = (Vec<String>, Vec<Vec<Option<String>>>);

fn columns(options: &Options) -> Result<Cells, Failure> {
    let problem = |error: &dyn std::fmt::Display| format!("{}: {error}", options.table.display());
    let file = std::fs::File::open(&options.table).map_err(|error| problem(&error))?;
    let zipped = options.table.extension().is_some_and(|ending| ending == "gz");
    let plain: Box<dyn Read> = if zipped { Box::new(flate2::read::MultiGzDecoder::new(file)) } else { Box::new(file) };
    let mut text = BufReader::with_capacity(1 << 16, plain);
    let head = text.fill_buf().map_err(|error| problem(&error))?;
    let line: Vec<u8> = head.iter().copied().take_while(|byte| *byte != b'\n').collect();
    let count = |mark: u8| line.iter().filter(|byte| **byte == mark).count();
    let delimiter = [b',', b';', b'\t'].into_iter().max_by_key(|mark| (count(*mark), *mark == b',')).unwrap_or(b',');
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
    Ok((names, cells))
}
