//! Tables of features, one row per sample, with the roles of their key columns.

use std::borrow::Cow;

use polars::prelude::*;
use serde::{Deserialize, Serialize};

use crate::domain::Day;
use crate::error::{Error, Result};
use crate::schema::{AS_OF, ENTITY_ID};
use crate::sentence::{Sentence, says};

/// Rows of named values: what learners fit and scorers read.
///
/// Every row is one sample. Columns are either numeric (`f64`) or categories (text); an unknown value is null in
/// [`FeatureTable::frame`], never zero and never "not a number". Columns with a role (who, when, how heavy) stand first
/// and are no features.
///
/// # Properties
///
/// Numeric values are finite. What [`compute`](super::compute) returns is sorted by party and day.
#[derive(Debug, Clone, PartialEq)]
pub struct FeatureTable {
    frame: DataFrame,
    roles: TableRoles,
}

/// Which columns of a table are no features.
///
/// ```
/// # use wherewithal::features::TableRoles;
/// let roles = TableRoles::default().id("customer").weight("n").drop(["outcome"]);
/// assert_eq!(roles.id.as_deref(), Some("customer"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TableRoles {
    /// The column that says whose row it is: whole numbers or text, never empty.
    pub id: Option<String>,
    /// The column with the day that the row describes, never empty.
    pub as_of: Option<String>,
    /// The column with the weight of the row, zero or more, never empty.
    pub weight: Option<String>,
    /// Columns that are left out, for instance the outcome.
    pub drop: Vec<String>,
}

/// The values of one feature, in the order of the rows.
#[derive(Debug, Clone, PartialEq)]
pub enum FeatureColumn<'a> {
    /// Numbers; an unknown one is NaN.
    Numeric(Cow<'a, [f64]>),
    /// Categories; an unknown one is `None`.
    Text(Vec<Option<&'a str>>),
}

/// One value of a feature.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum FeatureValue<'a> {
    /// A number; an unknown one is NaN.
    Number(f64),
    /// A category; an unknown one is `None`.
    Text(Option<&'a str>),
}

impl TableRoles {
    /// The roles in the tables that this crate computes.
    pub(super) fn sample() -> Self {
        Self::default().id(ENTITY_ID).as_of(AS_OF)
    }

    /// Sets [`TableRoles::id`].
    #[must_use]
    pub fn id(mut self, column: impl Into<String>) -> Self {
        self.id = Some(column.into());
        self
    }

    /// Sets [`TableRoles::as_of`].
    #[must_use]
    pub fn as_of(mut self, column: impl Into<String>) -> Self {
        self.as_of = Some(column.into());
        self
    }

    /// Sets [`TableRoles::weight`].
    #[must_use]
    pub fn weight(mut self, column: impl Into<String>) -> Self {
        self.weight = Some(column.into());
        self
    }

    /// Sets [`TableRoles::drop`].
    #[must_use]
    pub fn drop<S: Into<String>>(mut self, columns: impl IntoIterator<Item = S>) -> Self {
        self.drop = columns.into_iter().map(Into::into).collect();
        self
    }

    fn named(&self) -> impl Iterator<Item = &str> {
        [&self.id, &self.as_of, &self.weight].into_iter().flatten().map(String::as_str)
    }
}

impl FeatureTable {
    /// A table from any frame: bring your own.
    ///
    /// Numbers and flags (as 0 and 1) become numeric features, text becomes categories; "not a number" becomes unknown.
    /// Whole numbers beyond 2⁵³ are rounded to the nearest `f64`.
    ///
    /// ```
    /// use polars::prelude::*;
    /// use wherewithal::features::{FeatureColumn, FeatureTable, TableRoles};
    ///
    /// let frame = DataFrame::new(2, vec![
    ///     Column::new("who".into(), ["a", "b"]),
    ///     Column::new("income".into(), [Some(3), None]),
    ///     Column::new("paid".into(), [true, false]),
    /// ])?;
    /// let table = FeatureTable::from_frame(frame, &TableRoles::default().id("who").drop(["paid"]))?;
    /// assert_eq!(table.names().collect::<Vec<_>>(), ["income"]);
    /// let Some(FeatureColumn::Numeric(income)) = table.column("income") else { unreachable!() };
    /// assert!(income[0] == 3.0 && income[1].is_nan());
    /// # Ok::<(), wherewithal::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Table`] when a column named in `roles` is missing, a role's values are empty or of the wrong kind, a
    /// weight is negative, or a feature is infinite or neither number, flag nor text.
    pub fn from_frame(mut frame: DataFrame, roles: &TableRoles) -> Result<Self> {
        frame.rechunk_mut();
        let missing = |name: &str| refusal("no such column", says!("column {name}", name));
        let find = |name: &str| frame.column(name).map_err(|_| missing(name));
        roles.drop.iter().try_for_each(|name| find(name).map(drop))?;
        let mut columns = Vec::with_capacity(frame.width());
        if let Some(name) = &roles.id {
            columns.push(identity(find(name)?)?);
        }
        if let Some(name) = &roles.as_of {
            columns.push(day(find(name)?)?);
        }
        if let Some(name) = &roles.weight {
            columns.push(weight(find(name)?)?);
        }
        let taken: Vec<&str> = roles.named().chain(roles.drop.iter().map(String::as_str)).collect();
        for column in frame.columns().iter().filter(|column| !taken.contains(&column.name().as_str())) {
            columns.push(feature(column)?);
        }
        let frame = masked(&DataFrame::new(frame.height(), columns)?)?;
        Ok(Self { frame, roles: TableRoles { drop: Vec::new(), ..roles.clone() } })
    }

    /// The number of rows.
    pub fn height(&self) -> usize {
        self.frame.height()
    }

    /// The number of features.
    pub fn width(&self) -> usize {
        self.frame.width() - self.roles.named().count()
    }

    /// The names of the features, in their order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.frame.columns().iter().skip(self.roles.named().count()).map(|column| column.name().as_str())
    }

    /// The roles of the columns that are no features.
    pub fn roles(&self) -> &TableRoles {
        &self.roles
    }

    /// All columns: those with a role first, then the features.
    pub fn frame(&self) -> &DataFrame {
        &self.frame
    }

    /// The values of a feature; `None` when there is no feature of this name.
    pub fn column(&self, name: &str) -> Option<FeatureColumn<'_>> {
        if self.roles.named().any(|role| role == name) {
            return None;
        }
        let column = self.frame.column(name).ok()?;
        if let Ok(text) = column.str() {
            return Some(FeatureColumn::Text(text.iter().collect()));
        }
        let numbers = column.f64().ok()?;
        // Beneath what is unknown lies NaN (see `masked`), so one piece is read where it lies.
        let mut pieces = numbers.downcast_iter();
        Some(FeatureColumn::Numeric(match (pieces.next(), pieces.next()) {
            (Some(piece), None) => Cow::Borrowed(piece.values().as_slice()),
            _ => Cow::Owned(numbers.iter().map(|value| value.unwrap_or(f64::NAN)).collect()),
        }))
    }

    /// One row's value of a feature; `None` when there is no feature of this name or no such row.
    ///
    /// ```
    /// # use polars::prelude::*;
    /// # use wherewithal::features::{FeatureTable, FeatureValue, TableRoles};
    /// let frame = DataFrame::new(2, vec![Column::new("work".into(), ["farm", "shop"])])?;
    /// let table = FeatureTable::from_frame(frame, &TableRoles::default())?;
    /// assert_eq!(table.value("work", 1), Some(FeatureValue::Text(Some("shop"))));
    /// # Ok::<(), wherewithal::Error>(())
    /// ```
    pub fn value(&self, name: &str, row: usize) -> Option<FeatureValue<'_>> {
        if row >= self.height() || self.roles.named().any(|role| role == name) {
            return None;
        }
        let column = self.frame.column(name).ok()?;
        if let Ok(text) = column.str() {
            return Some(FeatureValue::Text(text.get(row)));
        }
        Some(FeatureValue::Number(column.f64().ok()?.get(row).unwrap_or(f64::NAN)))
    }

    /// Whose rows these are, as text; `None` when no column has that role.
    pub fn ids(&self) -> Option<Vec<String>> {
        let column = self.frame.column(self.roles.id.as_deref()?).ok()?;
        if let Ok(text) = column.str() {
            return Some(text.iter().flatten().map(str::to_owned).collect());
        }
        Some(column.i64().ok()?.iter().flatten().map(|id| id.to_string()).collect())
    }

    /// Whose rows these are, as pseudonyms; `None` when no column has that role or it holds text.
    pub fn entity_ids(&self) -> Option<Vec<i64>> {
        let column = self.frame.column(self.roles.id.as_deref()?).ok()?;
        Some(column.i64().ok()?.iter().flatten().collect())
    }

    /// The days that the rows describe; `None` when no column has that role.
    pub fn as_of(&self) -> Option<Vec<Day>> {
        let column = self.frame.column(self.roles.as_of.as_deref()?).ok()?;
        column.date().ok()?.phys.iter().map(|day| day.and_then(Day::from_number)).collect()
    }

    /// The weights of the rows; `None` when no column has that role.
    pub fn weights(&self) -> Option<Vec<f64>> {
        let column = self.frame.column(self.roles.weight.as_deref()?).ok()?;
        Some(column.f64().ok()?.iter().flatten().collect())
    }

    /// The rows with these numbers, in the order given.
    ///
    /// # Errors
    ///
    /// [`Error::Frame`] when a number is not below [`FeatureTable::height`].
    ///
    /// # Examples
    ///
    /// ```
    /// # use polars::prelude::*;
    /// # use wherewithal::features::{FeatureTable, TableRoles};
    /// let frame = DataFrame::new(3, vec![Column::new("income".into(), [1.0, 2.0, 3.0])])?;
    /// let table = FeatureTable::from_frame(frame, &TableRoles::default())?;
    /// assert_eq!(table.rows(&[2, 0])?.height(), 2);
    /// assert!(table.rows(&[3]).is_err());
    /// # Ok::<(), wherewithal::Error>(())
    /// ```
    pub fn rows(&self, rows: &[usize]) -> Result<Self> {
        let rows: IdxCa = rows.iter().map(|&row| IdxSize::try_from(row).ok().or(Some(IdxSize::MAX))).collect();
        Ok(Self { frame: masked(&self.frame.take(&rows)?)?, roles: self.roles.clone() })
    }

    /// The rows of several tables with the same roles and features, one below the other.
    ///
    /// # Errors
    ///
    /// [`Error::Table`] when there are none; [`Error::Frame`] when their columns differ.
    pub fn stacked(tables: Vec<Self>) -> Result<Self> {
        let mut tables = tables.into_iter();
        let Some(mut all) = tables.next() else { return Err(refusal("no tables", "at least one")) };
        for table in tables {
            all.frame.vstack_mut_owned(table.frame)?;
        }
        Ok(Self { frame: masked(&all.frame)?, roles: all.roles })
    }

    /// The table with these features only, in the order given.
    ///
    /// # Errors
    ///
    /// [`Error::Frame`] when there is no feature of one of these names.
    ///
    /// # Examples
    ///
    /// ```
    /// # use polars::prelude::*;
    /// # use wherewithal::features::{FeatureTable, TableRoles};
    /// let columns = ["a", "b", "c"].map(|name| Column::new(name.into(), [1.0, 2.0]));
    /// let table = FeatureTable::from_frame(DataFrame::new(2, columns.to_vec())?, &TableRoles::default())?;
    /// assert_eq!(table.select(["c", "a"])?.names().collect::<Vec<_>>(), ["c", "a"]);
    /// # Ok::<(), wherewithal::Error>(())
    /// ```
    pub fn select<'a>(&self, names: impl IntoIterator<Item = &'a str>) -> Result<Self> {
        let names: Vec<&str> = names.into_iter().collect();
        let frame = self.frame.select(self.roles.named().chain(names.iter().copied()))?;
        Ok(Self { frame, roles: self.roles.clone() })
    }

    /// The table with further features from `other`, matched by party and day; rows that `other`
    /// lacks are unknown there.
    ///
    /// # Errors
    ///
    /// [`Error::Table`] when the two tables do not have the same roles for party and day, a feature
    /// stands in both, or a party and day occur twice in `other`.
    pub fn join(&self, other: &Self) -> Result<Self> {
        let keys = |roles: &TableRoles| (roles.id.clone(), roles.as_of.clone());
        if keys(&self.roles) != keys(&other.roles) || self.roles.id.is_none() {
            return Err(refusal(
                says!("roles {:?}", [format!("{:?}", keys(&other.roles))]),
                says!("roles {:?}", [format!("{:?}", keys(&self.roles))]),
            ));
        }
        if let Some(twice) = other.names().find(|name| self.frame.column(name).is_ok()) {
            return Err(refusal(says!("feature {twice} in both tables", twice), "features of one table only"));
        }
        if self.has_rows_of(other) {
            let columns: Vec<Column> = other.frame.select(other.names())?.columns().to_vec();
            return Ok(Self { frame: self.frame.hstack(&columns)?, roles: self.roles.clone() });
        }
        let (keys, other_keys) = (self.keys(), other.keys());
        let mut rows: PlHashMap<&(String, Option<Day>), IdxSize> = PlHashMap::new();
        for (row, key) in (0..).zip(&other_keys) {
            if rows.insert(key, row).is_some() {
                return Err(refusal("a party and day twice in the second table", "each once"));
            }
        }
        let rows: IdxCa = keys.iter().map(|key| rows.get(key).copied()).collect();
        let columns = other.frame.select(other.names())?.take(&rows)?;
        Ok(Self { frame: masked(&self.frame.hstack(columns.columns())?)?, roles: self.roles.clone() })
    }

    /// Party and day of each row.
    fn keys(&self) -> Vec<(String, Option<Day>)> {
        let days = self.as_of();
        let day = |row: usize| days.as_ref().and_then(|days| days.get(row).copied());
        (0..).zip(self.ids().unwrap_or_default()).map(|(row, id)| (id, day(row))).collect()
    }

    /// Whether two tables have the same parties and days in the same order, each once.
    fn has_rows_of(&self, other: &Self) -> bool {
        let rising = self.entity_ids().is_some_and(|ids| ids.is_sorted_by(|a, b| a < b));
        let alike = |name: &Option<String>| match name {
            Some(name) => self.frame.column(name).ok().zip(other.frame.column(name).ok()).is_some_and(|(a, b)| a == b),
            None => true,
        };
        rising && self.height() == other.height() && alike(&self.roles.id) && alike(&self.roles.as_of)
    }
}

fn refusal(found: impl Into<Sentence>, expected: impl Into<Sentence>) -> Error {
    Error::table("features", found, expected)
}

/// The frame in one piece per column, with NaN beneath every unknown number: readers of numbers need not ask for each
/// whether it is known.
fn masked(frame: &DataFrame) -> Result<DataFrame> {
    let mask = |column: &Column| {
        let column = column.rechunk();
        let Ok(numbers) = column.f64() else { return column };
        let validity = numbers.downcast_iter().next().and_then(|piece| piece.validity().cloned());
        if validity.is_none() {
            return column;
        }
        let values: Vec<f64> = numbers.iter().map(|value| value.unwrap_or(f64::NAN)).collect();
        Float64Chunked::from_vec_validity(column.name().clone(), values, validity).into_column()
    };
    Ok(DataFrame::new(frame.height(), frame.columns().iter().map(mask).collect())?)
}

fn whole(column: &Column) -> Result<()> {
    match column.null_count() {
        0 => Ok(()),
        n => Err(refusal(says!("{}: {n} empty values", [column.name().as_str()], n), "a value in every row")),
    }
}

fn identity(column: &Column) -> Result<Column> {
    whole(column)?;
    let kind = match column.dtype() {
        DataType::String => DataType::String,
        kind if kind.is_integer() => DataType::Int64,
        kind => {
            return Err(refusal(
                says!("{}: {kind}", [column.name().as_str()], kind = kind.to_string()),
                "whole numbers or text",
            ));
        }
    };
    Ok(column.strict_cast(&kind)?)
}

fn day(column: &Column) -> Result<Column> {
    whole(column)?;
    match column.dtype() {
        DataType::Date | DataType::Datetime(..) => Ok(column.strict_cast(&DataType::Date)?),
        kind => Err(refusal(says!("{}: {kind}", [column.name().as_str()], kind = kind.to_string()), "days")),
    }
}

fn weight(column: &Column) -> Result<Column> {
    let column = feature(column)?;
    whole(&column)?;
    match column.f64().ok().and_then(|weights| weights.iter().flatten().find(|weight| *weight < 0.0)) {
        Some(negative) => {
            Err(refusal(says!("{}: {negative}", [column.name().as_str()], negative), "weights of zero or more"))
        }
        None if column.dtype() == &DataType::Float64 => Ok(column),
        None => Err(refusal(says!("{}: {}", [column.name().as_str(), column.dtype().to_string()]), "numbers")),
    }
}

fn feature(column: &Column) -> Result<Column> {
    match column.dtype() {
        DataType::String => Ok(column.rechunk()),
        DataType::Null => Ok(Column::full_null(column.name().clone(), column.len(), &DataType::Float64)),
        kind if kind.is_primitive_numeric() || kind.is_decimal() || kind.is_bool() => {
            let numbers = column.cast(&DataType::Float64)?.rechunk();
            let values = numbers.f64()?;
            if let Some(infinite) = values.iter().flatten().find(|value| value.is_infinite()) {
                return Err(refusal(says!("{}: {infinite}", [column.name().as_str()], infinite), "finite numbers"));
            }
            if !values.iter().flatten().any(f64::is_nan) {
                return Ok(numbers);
            }
            let known: Float64Chunked = values.iter().map(|value| value.filter(|value| !value.is_nan())).collect();
            Ok(known.with_name(column.name().clone()).into_column())
        }
        kind => Err(refusal(
            says!("{}: {kind}", [column.name().as_str()], kind = kind.to_string()),
            "numbers, flags or text, or the column dropped",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(numbers: &[i32]) -> Column {
        Column::new("as_of".into(), numbers).cast(&DataType::Date).unwrap()
    }

    fn sample(ids: &[i64], name: &str, values: &[Option<f64>]) -> FeatureTable {
        let columns =
            vec![Column::new(name.into(), values), days(&vec![7; ids.len()]), Column::new("entity_id".into(), ids)];
        FeatureTable::from_frame(DataFrame::new(ids.len(), columns).unwrap(), &TableRoles::sample()).unwrap()
    }

    #[test]
    fn puts_roles_first_and_keeps_the_unknown_unknown() {
        let table = sample(&[1, 2, 3], "x", &[Some(1.5), None, Some(f64::NAN)]);
        assert_eq!(table.frame().get_column_names(), ["entity_id", "as_of", "x"]);
        assert_eq!((table.height(), table.width()), (3, 1));
        assert_eq!(table.frame().column("x").unwrap().null_count(), 2);
        assert_eq!(table.as_of().unwrap(), vec![Day::from_number(7).unwrap(); 3]);
        assert_eq!(table.entity_ids().unwrap(), [1, 2, 3]);
        assert_eq!(table.ids().unwrap(), ["1", "2", "3"]);
        assert_eq!(table.column("entity_id"), None);
        assert_eq!(table.column("y"), None);
    }

    #[test]
    fn borrows_numbers_where_they_lie_with_nan_beneath_the_unknown() {
        let borrowed = |table: &FeatureTable, name: &str| match table.column(name) {
            Some(FeatureColumn::Numeric(Cow::Borrowed(values))) => {
                values.iter().map(|x| (!x.is_nan()).then_some(*x)).collect::<Vec<_>>()
            }
            other => panic!("{other:?}"),
        };
        let table = sample(&[1, 2, 3], "x", &[Some(1.5), None, Some(2.0)]);
        assert_eq!(borrowed(&table, "x"), [Some(1.5), None, Some(2.0)]);
        assert_eq!(borrowed(&table.rows(&[2, 1, 1]).unwrap(), "x"), [Some(2.0), None, None]);
        let joined = table.join(&sample(&[3], "y", &[Some(7.0)])).unwrap();
        assert_eq!(borrowed(&joined, "y"), [None, None, Some(7.0)]);
    }

    #[test]
    fn joins_by_party_and_day_whatever_the_order() {
        let joined = sample(&[1, 2, 3], "x", &[Some(1.0), Some(2.0), Some(3.0)])
            .join(&sample(&[3, 1], "y", &[Some(30.0), Some(10.0)]))
            .unwrap();
        assert_eq!(joined.names().collect::<Vec<_>>(), ["x", "y"]);
        let y: Vec<_> = joined.frame().column("y").unwrap().f64().unwrap().iter().collect();
        assert_eq!(y, [Some(10.0), None, Some(30.0)]);
        assert!(joined.join(&sample(&[1], "y", &[None])).is_err());
        assert!(joined.join(&sample(&[1, 1], "z", &[None, None])).is_err());
        assert_eq!(joined.rows(&[2, 0]).unwrap().entity_ids().unwrap(), [3, 1]);
        assert!(joined.rows(&[3]).is_err());
        assert_eq!(joined.select(["y"]).unwrap().names().collect::<Vec<_>>(), ["y"]);
    }

    #[test]
    fn the_same_rows_stand_side_by_side_as_a_join_would_put_them() {
        let values = [Some(1.0), None, Some(3.0)];
        let (table, other) = (sample(&[1, 2, 3], "x", &values), sample(&[1, 2, 3], "y", &values));
        assert!(table.has_rows_of(&other));
        let turned = other.rows(&[2, 1, 0]).unwrap();
        assert!(!table.has_rows_of(&turned));
        let (beside, joined) = (table.join(&other).unwrap(), table.join(&turned).unwrap());
        assert!(beside.frame().equals_missing(joined.frame()));
        assert_eq!(beside.roles(), joined.roles());
        // Another day is another row, and a row that stands twice is refused as ever.
        let columns =
            vec![Column::new("entity_id".into(), [1i64, 2, 3]), days(&[7, 7, 8]), Column::new("y".into(), values)];
        let later = FeatureTable::from_frame(DataFrame::new(3, columns).unwrap(), &TableRoles::sample()).unwrap();
        assert!(!table.has_rows_of(&later));
        assert_eq!(table.join(&later).unwrap().frame().column("y").unwrap().null_count(), 2);
        let twice = sample(&[1, 1], "y", &[None, None]);
        assert!(sample(&[1, 1], "x", &[None, None]).join(&twice).is_err());
    }

    #[test]
    fn refuses_what_is_no_feature() {
        let refused = |column: Column, roles: TableRoles| {
            let frame = DataFrame::new(column.len(), vec![column]).unwrap();
            FeatureTable::from_frame(frame, &roles).unwrap_err().to_string()
        };
        let none = TableRoles::default();
        assert!(refused(days(&[1]), none.clone()).contains("as_of: date"));
        assert!(refused(Column::new("x".into(), [f64::INFINITY]), none.clone()).contains("x: inf"));
        assert!(refused(Column::new("w".into(), [-1.0]), none.clone().weight("w")).contains("w: -1"));
        assert!(refused(Column::new("w".into(), ["a"]), none.clone().weight("w")).contains("numbers"));
        assert!(refused(Column::new("i".into(), [None, Some("a")]), none.clone().id("i")).contains("empty"));
        assert!(refused(Column::new("i".into(), [1.5]), none.clone().id("i")).contains("whole numbers"));
        assert!(refused(Column::new("i".into(), [1]), none.drop(["j"])).contains("column j"));
    }
}
