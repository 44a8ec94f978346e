//! Parquet files, read by the types of their columns: column by column, group of rows by group of rows.

mod bytes;
mod column;
mod file;
mod group;
mod values;

pub(in crate::ingest) use file::ParquetRows;
