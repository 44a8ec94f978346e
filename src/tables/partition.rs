//! Tables that are complete for some parties, so that these can be assessed without the rest.
//!
//! ```text
//! bucket of a store ─► Partition: rows of its own parties, whole
//!                                 rows of co-debtors and relatives, as far as its own parties need them
//! ```

use std::collections::HashSet;
use std::sync::Arc;

use super::SourceTables;
use crate::error::Result;

/// Tables that suffice to assess some parties.
///
/// They may hold rows of others beside them (co-debtors, relatives), who are not whole here and
/// must not be assessed from it: [`Partition::contains`] tells them apart.
///
/// ```
/// use wherewithal::tables::{Partition, SourceTables};
///
/// let one = Partition::of_parties(SourceTables::new(), &[7]);
/// assert!(one.contains(7) && !one.contains(8));
/// ```
#[derive(Clone)]
pub struct Partition {
    tables: SourceTables,
    contains: Arc<dyn Fn(i64) -> bool + Send + Sync>,
}

impl Partition {
    /// Tables, and whose rows are whole in them.
    pub fn new(tables: SourceTables, contains: impl Fn(i64) -> bool + Send + Sync + 'static) -> Self {
        Self { tables, contains: Arc::new(contains) }
    }

    /// Tables that are whole for some parties.
    pub fn of_parties(tables: SourceTables, parties: &[i64]) -> Self {
        let parties: HashSet<i64> = parties.iter().copied().collect();
        Self::new(tables, move |id| parties.contains(&id))
    }

    /// The tables. Columns that were read may stay in memory as long as these tables do.
    ///
    /// Files behind them are looked at when rows are asked for, and what is wrong with them is told then.
    pub fn tables(&self) -> &SourceTables {
        &self.tables
    }

    /// Whether everything about a party is here.
    pub fn contains(&self, entity_id: i64) -> bool {
        (self.contains)(entity_id)
    }
}

impl std::fmt::Debug for Partition {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Partition").field("tables", &self.tables).finish_non_exhaustive()
    }
}

/// Tables cut by party, so that each partition can be read and assessed alone: a
/// [`store`](crate::store), or tables in memory, which are one partition.
///
/// ```
/// use wherewithal::tables::{Partitions, SourceTables};
///
/// let tables = SourceTables::new();
/// assert_eq!(tables.partitions(), 1); // tables in memory are one partition of everybody
/// assert!(tables.partition(0)?.contains(42));
/// # Ok::<(), wherewithal::Error>(())
/// ```
pub trait Partitions: Sync {
    /// How many partitions there are.
    fn partitions(&self) -> u32;

    /// One of them, by its number from 0.
    ///
    /// # Errors
    ///
    /// As whatever holds the rows reports.
    fn partition(&self, number: u32) -> Result<Partition>;
}

impl Partitions for SourceTables {
    fn partitions(&self) -> u32 {
        1
    }

    fn partition(&self, _number: u32) -> Result<Partition> {
        Ok(Partition::new(self.clone(), |_| true))
    }
}
