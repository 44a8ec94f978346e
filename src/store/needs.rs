use polars::prelude::*;

use crate::error::Result;
use crate::schema::{CASE_ID, ENTITY_ID, Owner, Table};

/// In tables with copies: the party that needs the row.
pub(super) const NEEDER: &str = "needer_id";
/// In tables with copies: the row's number over all parts, by which copies are known.
pub(super) const ROW: &str = "row";

/// Tables of which a debtor's conduct also needs the rows of the parties that his own rows name, and the naming column.
const NAMING: [(&str, &str); 2] = [("relations", "other_id"), ("equity", "company_id")];

/// Whose rows a table holds, as the store copies them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Copies {
    /// Each row serves the party it speaks of, and nobody else.
    None,
    /// Each row serves every debtor of its case.
    ByCase,
    /// Each row serves the party it speaks of and everybody whose own rows name that party.
    ByName,
}

impl Copies {
    pub(super) fn of(table: &Table) -> Self {
        match table.owner {
            Owner::Case => Self::ByCase,
            Owner::Party if NAMING.iter().any(|(name, _)| *name == table.name) => Self::ByName,
            Owner::Party => Self::None,
        }
    }

    /// The column that names the party whom a stored row serves.
    pub(super) fn needer(self) -> &'static str {
        if self == Self::None { ENTITY_ID } else { NEEDER }
    }
}

/// Pairs of a key (a case, a named party) and a party that needs what is told of it; sorted, each once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Needs(Vec<(i64, i64)>);

impl Needs {
    pub(super) fn new(mut pairs: Vec<(i64, i64)>) -> Self {
        // Stable: it takes runs that are sorted already as they are.
        pairs.sort();
        pairs.dedup();
        Self(pairs)
    }

    pub(super) fn of(&self, key: i64) -> impl Iterator<Item = i64> + '_ {
        let start = self.0.partition_point(|pair| pair.0 < key);
        self.0.iter().skip(start).take_while(move |pair| pair.0 == key).map(|pair| pair.1)
    }

    pub(super) fn has(&self, pair: (i64, i64)) -> bool {
        self.0.binary_search(&pair).is_ok()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (i64, i64)> + '_ {
        self.0.iter().copied()
    }

    pub(super) fn and(&self, other: &Self) -> Self {
        Self::new([self.0.as_slice(), &other.0].concat())
    }

    pub(super) fn frame(&self) -> Result<DataFrame> {
        let (keys, needers): (Vec<i64>, Vec<i64>) = self.0.iter().copied().unzip();
        let columns = vec![Column::new("key".into(), keys), Column::new(ENTITY_ID.into(), needers)];
        Ok(DataFrame::new(self.0.len(), columns)?)
    }

    pub(super) fn from_frame(frame: &DataFrame) -> Result<Self> {
        Ok(Self::new(pairs(frame)?))
    }
}

/// Pairs as they come with rows: debtors of cases, and who names whom.
#[derive(Debug, Default)]
pub(super) struct Pairs([Vec<(i64, i64)>; 2]);

impl Pairs {
    /// Notes what rows of a table tell.
    pub(super) fn note(&mut self, table: &Table, frame: &DataFrame) -> Result<()> {
        let [debtors, named] = &mut self.0;
        if table.name == "case_parties" {
            let roles = table.spelled(frame.select(["role"])?)?;
            let roles = roles.column("role")?.str()?.iter();
            let pairs = frame.column(CASE_ID)?.i64()?.iter().zip(frame.column(ENTITY_ID)?.i64()?.iter()).zip(roles);
            let of_debtors = pairs.filter(|(_, role)| *role == Some("debtor"));
            debtors.extend(of_debtors.filter_map(|((case, debtor), _)| case.zip(debtor)));
        }
        if let Some((_, column)) = NAMING.iter().find(|(name, _)| *name == table.name) {
            named.extend(pairs(&frame.select([*column, ENTITY_ID])?)?);
        }
        Ok(())
    }

    pub(super) fn sorted(self) -> [Needs; 2] {
        self.0.map(Needs::new)
    }
}

/// The first two columns, row by row.
fn pairs(frame: &DataFrame) -> Result<Vec<(i64, i64)>> {
    let mut columns = frame.columns().iter().map(Column::i64);
    let (Some(keys), Some(needers)) = (columns.next(), columns.next()) else { return Ok(Vec::new()) };
    Ok(keys?.iter().zip(needers?.iter()).filter_map(|(key, needer)| key.zip(needer)).collect())
}
