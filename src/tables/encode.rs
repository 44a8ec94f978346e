//! Encodes the columns of codes in a frame: each word becomes its number in the column's list, and
//! back.
//!
//! Numbers follow the order of the schema's list, which only grows at its end.

use polars::prelude::*;

use crate::domain::masked_text;
use crate::error::{Error, Result};
use crate::schema::{ColumnKind, Table};
use crate::sentence::Sentence;

impl ColumnKind {
    /// The type of the column in frames whose codes are numbers.
    pub fn encoded_type(self) -> DataType {
        if let Self::Code(_) = self { DataType::UInt32 } else { self.data_type() }
    }
}

impl Table {
    /// The same rows with every code as its number, from 0, in the column's list; columns that the schema does not know
    /// stay.
    ///
    /// # Errors
    ///
    /// [`Error::Table`] for a code that is not in the list.
    ///
    /// ```
    /// use polars::prelude::*;
    /// use wherewithal::schema::table;
    ///
    /// let payments = table("payments").ok_or("no such table")?;
    /// let words = DataFrame::new(2, vec![Column::new("manner".into(), ["voluntary", "auction"])])?;
    /// let numbers = payments.encode_codes(words.clone())?;
    /// assert_eq!(numbers.column("manner")?.dtype(), &DataType::UInt32);
    /// assert!(payments.decode_codes(numbers)?.equals(&words));
    /// let unknown = DataFrame::new(1, vec![Column::new("manner".into(), ["magic"])])?;
    /// assert!(matches!(payments.encode_codes(unknown), Err(wherewithal::Error::Table { .. })));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn encode_codes(&self, mut frame: DataFrame) -> Result<DataFrame> {
        for (name, codes) in self.coded_columns() {
            let Ok(column) = frame.column(name) else { continue };
            if column.dtype() != &DataType::String {
                continue;
            }
            let number = |code: &str| {
                let number = codes.iter().position(|known| *known == code).and_then(|at| u32::try_from(at).ok());
                number.ok_or_else(|| {
                    Error::table(
                        self.name,
                        Sentence::name(masked_text(&format!("{name}: {code}"))),
                        Sentence::name(codes.join(" | ")),
                    )
                })
            };
            let numbers = column.str()?.iter().map(|code| code.map(number).transpose());
            let numbers = numbers.collect::<Result<Vec<Option<u32>>>>()?;
            frame.with_column(Column::new(name.into(), numbers))?;
        }
        Ok(frame)
    }

    /// The same rows with every code as its word, as [`Table::frame_schema`] has it.
    ///
    /// # Errors
    ///
    /// [`Error::Frame`] for a number beyond the list.
    pub fn decode_codes(&self, mut frame: DataFrame) -> Result<DataFrame> {
        for (name, codes) in self.coded_columns() {
            let Ok(column) = frame.column(name) else { continue };
            if column.dtype() == &DataType::UInt32 {
                let numbers = column.cast(&IDX_DTYPE)?;
                let words = Column::new(name.into(), codes).take(numbers.idx()?)?;
                frame.with_column(words)?;
            }
        }
        Ok(frame)
    }

    fn coded_columns(&self) -> impl Iterator<Item = (&'static str, &'static [&'static str])> {
        self.columns().filter_map(|column| match column.kind {
            ColumnKind::Code(codes) => Some((column.name, codes)),
            _ => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::TABLES;

    #[test]
    fn every_code_has_a_number_and_comes_back() {
        for table in TABLES {
            for (name, codes) in table.coded_columns() {
                let words: Vec<Option<&str>> = codes.iter().copied().map(Some).chain([None]).collect();
                let rows =
                    vec![Column::new(name.into(), words), Column::new("row".into(), vec![1i64; codes.len() + 1])];
                let frame = DataFrame::new(codes.len() + 1, rows).unwrap();
                let encoded = table.encode_codes(frame.clone()).unwrap();
                assert_eq!(encoded.column(name).unwrap().dtype(), &DataType::UInt32);
                assert!(table.decode_codes(encoded).unwrap().equals_missing(&frame));
            }
        }
        let foreign = DataFrame::new(1, vec![Column::new("manner".into(), ["gift"])]).unwrap();
        let table = crate::schema::table("payments").unwrap();
        assert!(table.encode_codes(foreign).unwrap_err().to_string().contains("manner: gift"));
    }
}
