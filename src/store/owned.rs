use super::bucket;
use super::needs::Copies;
use super::piece::Piece;
use crate::error::Result;
use crate::schema::Table;

/// The parties of one bucket out of so many.
#[derive(Debug, Clone, Copy)]
pub(super) struct Owned {
    pub(super) number: u32,
    pub(super) buckets: u32,
}

impl Owned {
    /// The rows of a table that one of these needs.
    pub(super) fn among(&self, table: &Table, rows: Piece) -> Result<Piece> {
        let needer = Copies::of(table).needer();
        let needers = rows.read(Some(&[needer]))?;
        let marks: Vec<bool> = needers
            .column(needer)?
            .i64()?
            .iter()
            .map(|id| id.is_some_and(|id| bucket(id, self.buckets) == self.number))
            .collect();
        rows.only(&marks)
    }
}
