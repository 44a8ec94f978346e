//! Records in columns, each cell a code for its text.
//!
//! Before anything is compared the records are put into an order that their content alone decides. No
//! result can then depend on the order of rows or on what records are called (law 8).

use std::collections::HashMap;
use std::fmt;

use crate::error::{Error, Result};
use crate::sentence::says;

/// No value.
pub(super) const NONE: u32 = u32::MAX;

/// Records of parties, each cell coded by a number: equal texts share a code.
///
/// # Examples
///
/// ```
/// use wherewithal::linkage::Records;
///
/// let mut records = Records::new(["name", "phone"]);
/// records.push("bank-1", ["张伟", "13812345678"])?;
/// records.push("tax-7", ["張偉", ""])?; // an empty cell is a missing one
/// assert_eq!(records.len(), 2);
/// assert_eq!(records.value(1, "phone"), None);
/// # Ok::<(), wherewithal::Error>(())
/// ```
#[derive(Clone, Default)]
pub struct Records {
    ids: Vec<String>,
    columns: Vec<Column>,
}

#[derive(Clone)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) codes: Vec<u32>,
    pub(super) values: Vec<String>,
    known: HashMap<String, u32>,
}

impl Records {
    /// No records of these columns.
    pub fn new<T: Into<String>>(columns: impl IntoIterator<Item = T>) -> Self {
        let columns = columns
            .into_iter()
            .map(|name| Column { name: name.into(), codes: Vec::new(), values: Vec::new(), known: HashMap::new() })
            .collect();
        Self { ids: Vec::new(), columns }
    }

    /// Adds a record; its cells stand in the order of the columns, blanks around them are dropped.
    ///
    /// # Errors
    ///
    /// [`Error::Table`] when there are more or fewer cells than columns; nothing is added then.
    ///
    /// ```
    /// use wherewithal::linkage::Records;
    ///
    /// let mut records = Records::new(["name", "phone"]);
    /// assert!(records.push("bank-1", ["张伟"]).is_err());
    /// assert!(records.is_empty());
    /// ```
    pub fn push<'a>(&mut self, id: impl Into<String>, cells: impl IntoIterator<Item = &'a str>) -> Result<()> {
        let cells: Vec<&str> = cells.into_iter().collect();
        if cells.len() != self.columns.len() {
            let expected = format!("{} as there are columns", self.columns.len());
            return Err(Error::table("records", says!("{} cells", [cells.len()]), expected));
        }
        for (column, cell) in self.columns.iter_mut().zip(cells) {
            let code = column.code(cell.trim());
            column.codes.push(code);
        }
        self.ids.push(id.into());
        Ok(())
    }

    /// How many records there are.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// The names of the records, in their order.
    pub fn ids(&self) -> &[String] {
        &self.ids
    }

    /// The value in a cell, if there is one.
    pub fn value(&self, row: usize, column: &str) -> Option<&str> {
        let column = self.columns.iter().find(|c| c.name == column)?;
        let code = usize::try_from(*column.codes.get(row)?).ok()?;
        column.values.get(code).map(String::as_str)
    }

    pub(super) fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }
}

/// Counts and names of columns: values are names and numbers of parties.
impl fmt::Debug for Records {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let columns: Vec<&str> = self.columns.iter().map(|column| column.name.as_str()).collect();
        write!(f, "Records({} of {})", self.ids.len(), columns.join(", "))
    }
}

impl Column {
    fn code(&mut self, cell: &str) -> u32 {
        if cell.is_empty() {
            return NONE;
        }
        if let Some(code) = self.known.get(cell) {
            return *code;
        }
        let code = u32::try_from(self.values.len()).unwrap_or(NONE);
        self.values.push(cell.to_owned());
        self.known.insert(cell.to_owned(), code);
        code
    }
}

/// The records in an order that their content alone decides, so that nothing can depend on the order of the rows.
#[derive(Debug)]
pub(super) struct Canonical {
    /// The original row at each canonical place.
    pub(super) rows: Vec<u32>,
    pub(super) columns: Vec<CanonicalColumn>,
}

#[derive(Debug)]
pub(super) struct CanonicalColumn {
    pub(super) name: String,
    /// Ranks of the values in the order of texts, one a record in canonical order.
    pub(super) codes: Vec<u32>,
    /// The values in the order of texts.
    pub(super) values: Vec<String>,
}

impl Canonical {
    /// Puts `names` of `records` into canonical order; a column that the records lack is empty.
    pub(super) fn new(records: &Records, names: &[&str]) -> Self {
        let ranked: Vec<(String, Vec<u32>, Vec<String>)> =
            names.iter().map(|name| ranked(name, records.column(name), records.len())).collect();
        let mut rows: Vec<u32> = (0..records.len()).map(number).collect();
        let at = |codes: &[u32], row: u32| codes.get(index_of(row)).copied().unwrap_or(NONE);
        rows.sort_by(|a, b| {
            let differs = ranked.iter().map(|(_, codes, _)| at(codes, *a).cmp(&at(codes, *b))).find(|o| o.is_ne());
            differs.unwrap_or(std::cmp::Ordering::Equal)
        });
        let columns = ranked
            .into_iter()
            .map(|(name, codes, values)| {
                let codes = rows.iter().map(|row| at(&codes, *row)).collect();
                CanonicalColumn { name, codes, values }
            })
            .collect();
        Self { rows, columns }
    }

    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    pub(super) fn position(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }
}

fn ranked(name: &str, column: Option<&Column>, rows: usize) -> (String, Vec<u32>, Vec<String>) {
    let Some(column) = column else {
        return (name.to_owned(), vec![NONE; rows], Vec::new());
    };
    let mut order: Vec<usize> = (0..column.values.len()).collect();
    order.sort_by(|a, b| column.values.get(*a).cmp(&column.values.get(*b)));
    let mut rank = vec![NONE; order.len()];
    for (place, code) in order.iter().enumerate() {
        if let Some(slot) = rank.get_mut(*code) {
            *slot = number(place);
        }
    }
    let codes = column.codes.iter().map(|code| rank.get(index_of(*code)).copied().unwrap_or(NONE)).collect();
    let values = order.iter().filter_map(|code| column.values.get(*code).cloned()).collect();
    (name.to_owned(), codes, values)
}

/// A row or code as a number; there are never 2³² of either.
pub(super) fn number(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(NONE)
}

/// A number as a place.
pub(super) const fn index_of(number: u32) -> usize {
    number as usize
}
