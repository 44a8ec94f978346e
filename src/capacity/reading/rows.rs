use std::collections::HashMap;

use polars::prelude::*;

use crate::domain::{Day, Money};
use crate::error::Result;
use crate::schema::{AS_OF, ENTITY_ID, RECORD_ID};
use crate::snapshot::Snapshot;

/// The samples of a snapshot by their keys.
pub(super) struct Samples {
    pub(super) keys: Vec<(i64, Day)>,
    position: HashMap<(i64, i32), usize>,
}

impl Samples {
    pub(super) fn of(snapshot: &Snapshot) -> Result<Self> {
        let keys = keys(snapshot.samples())?;
        let position = keys.iter().enumerate().map(|(position, key)| (*key, position)).collect();
        let keys = keys.iter().filter_map(|(entity, day)| Some((*entity, Day::from_number(*day)?))).collect();
        Ok(Self { keys, position })
    }
}

fn keys(frame: &DataFrame) -> Result<Vec<(i64, i32)>> {
    let entities = frame.column(ENTITY_ID)?.i64()?.iter();
    let days = frame.column(AS_OF)?.date()?.phys.iter();
    Ok(entities.zip(days).filter_map(|(entity, day)| entity.zip(day)).collect())
}

/// The rows of one table, each with the position of its sample and its record.
pub(super) struct Rows {
    frame: DataFrame,
    pub(super) samples: Vec<usize>,
    pub(super) records: Vec<i64>,
}

impl Rows {
    /// Collects the columns named.
    pub(super) fn collect(rows: LazyFrame, samples: &Samples, columns: &[&str]) -> Result<Self> {
        let wanted = [ENTITY_ID, AS_OF, RECORD_ID].iter().chain(columns).map(|name| col(*name));
        let frame = rows.select(wanted.collect::<Vec<_>>()).collect()?;
        let mut last = None;
        let position = |key: &(i64, i32)| {
            // Rows of one party mostly stand together.
            let found = last.filter(|(before, _)| before == key).map(|(_, position)| position);
            let position = found.or_else(|| samples.position.get(key).copied())?;
            last = Some((*key, position));
            Some(position)
        };
        let positions = keys(&frame)?.iter().filter_map(position).collect();
        let records = frame.column(RECORD_ID)?.i64()?.iter().map(Option::unwrap_or_default).collect();
        Ok(Self { frame, samples: positions, records })
    }

    pub(super) fn numbers(&self, name: &str) -> Result<Vec<Option<i64>>> {
        Ok(self.frame.column(name)?.i64()?.iter().collect())
    }

    pub(super) fn money(&self, name: &str) -> Result<Vec<Option<Money>>> {
        Ok(self.frame.column(name)?.i64()?.iter().map(|fen| fen.map(Money::from_fen)).collect())
    }

    pub(super) fn shares(&self, name: &str) -> Result<Vec<Option<f64>>> {
        Ok(self.frame.column(name)?.f64()?.iter().collect())
    }

    pub(super) fn days(&self, name: &str) -> Result<Vec<Option<Day>>> {
        let days = self.frame.column(name)?.date()?;
        Ok(days.phys.iter().map(|day| day.and_then(Day::from_number)).collect())
    }

    pub(super) fn flags(&self, name: &str) -> Result<Vec<Option<bool>>> {
        Ok(self.frame.column(name)?.bool()?.iter().collect())
    }

    /// Texts; empty where there is none.
    pub(super) fn texts(&self, name: &str) -> Result<Vec<&str>> {
        Ok(self.frame.column(name)?.str()?.iter().map(Option::unwrap_or_default).collect())
    }
}
