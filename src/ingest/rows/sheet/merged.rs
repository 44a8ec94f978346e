//! Merged cells: fills their value into every row they span.
//!
//! People merge the cells of one debtor over the rows of his accounts. The file holds the value in the
//! first row alone; read as it lies there, the other accounts would belong to nobody. Only merges over rows
//! are filled: over columns the other cells are other columns.

use std::collections::BTreeMap;

use calamine::Dimensions;

use crate::ingest::rows::Cell;
use crate::ingest::rows::odd::Value;

/// Cells that span several rows: their value stands in the first and is meant for all.
#[derive(Debug, Default)]
pub(super) struct Merged {
    /// Sorted by first row.
    spans: Vec<Dimensions>,
    next: usize,
    /// By column, the last row and the value.
    open: BTreeMap<usize, (u32, Value<'static>)>,
}

impl Merged {
    pub(super) fn new(mut spans: Vec<Dimensions>) -> Self {
        spans.retain(|span| span.end.0 > span.start.0);
        spans.sort_unstable_by_key(|span| span.start);
        Self { spans, ..Self::default() }
    }

    /// Gives a row the values that are meant for it, and tells their columns.
    pub(super) fn fill(&mut self, row: u32, values: &mut Vec<Value<'static>>) -> Vec<usize> {
        self.open.retain(|_, (last, _)| *last >= row);
        let mut filled = Vec::new();
        let width = self.open.last_key_value().map_or(0, |(column, _)| column + 1);
        values.resize_with(values.len().max(width), || Ok(Cell::Null));
        for (column, (_, value)) in &self.open {
            if let Some(place @ Ok(Cell::Null)) = values.get_mut(*column) {
                *place = value.clone();
                filled.push(*column);
            }
        }
        while let Some(span) = self.spans.get(self.next).filter(|span| span.start.0 <= row) {
            let column = span.start.1 as usize;
            if let (true, Some(value)) = (span.start.0 == row, values.get(column)) {
                self.open.insert(column, (span.end.0, value.clone()));
            }
            self.next += 1;
        }
        filled
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_meant_for_all_rows_that_it_spans() {
        let mut merged = Merged::new(vec![Dimensions::new((1, 0), (3, 0)), Dimensions::new((1, 1), (1, 2))]);
        let row = |text: &'static str| vec![Ok(Cell::piece(text)), Ok(Cell::Int(1))];
        let mut rows = [row("a"), row("b"), vec![Ok(Cell::Null), Ok(Cell::Int(2))], row("c"), vec![Ok(Cell::Null)]];
        let filled: Vec<_> = rows.iter_mut().zip(0..).map(|(row, at)| merged.fill(at, row)).collect();
        assert_eq!(filled, [vec![], vec![], vec![0], vec![], vec![]]);
        assert_eq!(rows[2][0].as_ref().unwrap(), &Cell::piece("b"));
        assert_eq!(rows[4][0].as_ref().unwrap(), &Cell::Null);
    }
}
