//! Reasons of many rows at once, as a table.
//!
//! `reasons.parquet` of a run is this table, for the first eight reasons of each debtor.

use polars::prelude::*;

use crate::error::{Error, Result};
use crate::features::{FeatureColumn, FeatureTable};
use crate::model::{ScorecardFeature, ScorecardPair};
use crate::schema::ENTITY_ID;
use crate::score::ScoreTable;
use crate::sentence::says;

/// Whether the values of one feature are known, row by row.
enum Known<'a> {
    Numbers(std::borrow::Cow<'a, [f64]>),
    Levels(Vec<bool>),
}

impl ScoreTable {
    /// The reasons of many scores at once: what
    /// [`Explanation::reasons`](super::Explanation::reasons) tells of each of `rows`.
    ///
    /// Columns: `entity_id`, `rank` from 1, `feature`, `above_typical` in points, `is_known`; rows
    /// in the order given, ranks rising. The scores must have been made of `table` with
    /// [`keep_points`](crate::score::ScorerParams::keep_points).
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] when the points of the features were not kept; [`Error::Table`] when the
    /// table has no parties or lacks a row.
    pub fn reasons(&self, table: &FeatureTable, rows: &[usize], most: usize) -> Result<DataFrame> {
        let entities =
            table.entity_ids().ok_or_else(|| Error::table("features", "no parties", "a column with parties"))?;
        let features = self.card().features();
        let known: Vec<Known<'_>> = features.iter().map(|feature| known(feature, table)).collect();
        // Features in the order of names, so that a stable sort by size settles ties as for a
        // single row.
        let pairs: Vec<String> = self.card().pairs().iter().map(ScorecardPair::name).collect();
        let of_features = features.iter().map(|feature| (feature.name(), feature.typical_points().0));
        let typical = self.card().pairs().iter().map(|pair| pair.typical_points().0);
        let of_pairs = pairs.iter().map(String::as_str).zip(typical);
        let mut names: Vec<(usize, (&str, i32))> = of_features.chain(of_pairs).enumerate().collect();
        names.sort_by(|a, b| a.1.0.cmp(b.1.0));
        let place = |name: &str| features.iter().position(|feature| feature.name() == name).unwrap_or(usize::MAX);
        let sides: Vec<[usize; 2]> = self.card().pairs().iter().map(|pair| pair.features().map(place)).collect();
        let (mut ids, mut ranks, mut moved) = (Vec::new(), Vec::new(), Vec::new());
        let (mut reasons, mut knowns): (Vec<&str>, Vec<bool>) = Default::default();
        let mut moving: Vec<(i32, usize, &str)> = Vec::new();
        for row in rows {
            let missing =
                || Error::table("features", says!("row {row}", row), says!("a row below {}", [entities.len()]));
            let entity = *entities.get(*row).ok_or_else(missing)?;
            let points = self.feature_points(*row).ok_or_else(|| Error::setting("keep_points", false, "true"))?;
            moving.clear();
            moving.extend(names.iter().filter_map(|(at, (name, typical))| {
                let above = points.get(*at)? - typical;
                (above != 0).then_some((above, *at, *name))
            }));
            moving.sort_by_key(|(above, ..)| std::cmp::Reverse(above.abs()));
            for (rank, (above, at, name)) in (1u32..).zip(moving.iter().take(most)) {
                ids.push(entity);
                ranks.push(rank);
                reasons.push(name);
                moved.push(*above);
                let sides = at.checked_sub(features.len()).and_then(|pair| sides.get(pair));
                knowns.push(match sides {
                    Some(sides) => sides.iter().all(|side| known.get(*side).is_some_and(|known| known.at(*row))),
                    None => known.get(*at).is_some_and(|known| known.at(*row)),
                });
            }
        }
        let columns = vec![
            Column::new(ENTITY_ID.into(), &ids),
            Column::new("rank".into(), ranks),
            Column::new("feature".into(), reasons),
            Column::new("above_typical".into(), moved),
            Column::new("is_known".into(), knowns),
        ];
        Ok(DataFrame::new(ids.len(), columns)?)
    }
}

fn known<'a>(feature: &ScorecardFeature, table: &'a FeatureTable) -> Known<'a> {
    let levels = &feature.map().levels;
    let met = |level: &Option<&str>| level.is_some_and(|level| levels.iter().any(|(known, _)| known == level));
    match table.column(feature.name()) {
        Some(FeatureColumn::Numeric(values)) => Known::Numbers(values),
        Some(FeatureColumn::Text(values)) => Known::Levels(values.iter().map(met).collect()),
        None => Known::Levels(Vec::new()),
    }
}

impl Known<'_> {
    fn at(&self, row: usize) -> bool {
        match self {
            Self::Numbers(values) => values.get(row).is_some_and(|value| !value.is_nan()),
            Self::Levels(met) => met.get(row).copied().unwrap_or_default(),
        }
    }
}
