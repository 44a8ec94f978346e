//! The types of the schema's columns in frames.

use polars::prelude::*;

use crate::schema::{ColumnKind, Table};

impl ColumnKind {
    /// The type of the column in frames.
    pub fn data_type(self) -> DataType {
        match self {
            Self::Text | Self::Code(_) => DataType::String,
            Self::Integer | Self::Money | Self::Party | Self::Case | Self::Item | Self::Record => DataType::Int64,
            Self::Number | Self::Share => DataType::Float64,
            Self::Day => DataType::Date,
            Self::Flag => DataType::Boolean,
        }
    }
}

impl Table {
    /// The names and types of the table's columns in frames.
    pub fn frame_schema(&self) -> Schema {
        self.columns().map(|column| Field::new(column.name.into(), column.kind.data_type())).collect()
    }
}
