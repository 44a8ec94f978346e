//! What the columns of a Parquet file mean, by its logical types and the writer's notes.
//!
//! Parquet stores an instant as a number since 1970 in UTC. The day it falls on depends on a zone: the one
//! that the file names, else the one that the mapping names, else the courts' own, and the last is told.
//! 23:30 in UTC is the next day in Shanghai; a report that counted it a day early would let a feature see
//! an answer before it was given.

use std::collections::BTreeMap;

use polars_arrow::datatypes::{ArrowDataType, Field, TimeUnit};
use polars_parquet::read::schema::{
    SchemaInferenceOptions, parquet_to_arrow_schema_with_options, read_custom_key_value_metadata,
    read_schema_from_metadata,
};
use polars_parquet::read::{FileMetadata, ParquetType, PrimitiveLogicalType};

use crate::ingest::rows::Zone;

/// Under which writers keep the Arrow types of a file, from which only zones and lengths of time are taken.
const ARROW: &str = "ARROW:schema";

/// A column at the top of a file.
#[derive(Debug)]
pub(super) struct Column {
    /// Its name, and the type by which its pages are decoded.
    pub(super) field: Field,
    pub(super) meaning: Meaning,
}

/// What the values stand for, where their Arrow type does not say it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Meaning {
    Plain,
    /// Instants or clock times, with the zone whose day counts.
    Stamp(Zone),
    /// Instants whose file names no zone, with the one that is meant.
    Bare(Zone),
    /// Instants of a zone that nobody here knows.
    Lost,
    /// Lengths of time, which Parquet has as whole numbers.
    Span,
    Uuid,
    /// Floats of 16 bits.
    Half,
}

impl Column {
    /// The columns of a file; those without any value in any form are left out.
    pub(super) fn all(metadata: &FileMetadata, zone: Zone) -> Vec<Self> {
        let noted = (noted(metadata), zone);
        metadata.schema().fields().iter().filter_map(|kind| Self::new(kind, &noted)).collect()
    }

    fn new(kind: &ParquetType, (noted, zone): &(BTreeMap<String, Noted>, Zone)) -> Option<Self> {
        // Nanoseconds since 1970 end in 2262, and 9999-12-31 is a common last day.
        let options = Some(SchemaInferenceOptions { int96_coerce_to_timeunit: TimeUnit::Microsecond });
        let schema = parquet_to_arrow_schema_with_options(std::slice::from_ref(kind), &options);
        let mut field = schema.iter_values().next()?.clone();
        let ParquetType::PrimitiveType(primitive) = kind else {
            return Some(Self { field, meaning: Meaning::Plain });
        };
        let mut meaning = match primitive.logical_type {
            Some(PrimitiveLogicalType::Uuid) => Meaning::Uuid,
            Some(PrimitiveLogicalType::Float16) => Meaning::Half,
            _ if noted.get(field.name.as_str()) == Some(&Noted::Span) => Meaning::Span,
            _ => Meaning::Plain,
        };
        field.dtype = match field.dtype {
            ArrowDataType::Decimal(precision, scale) if precision > 38 => ArrowDataType::Decimal256(precision, scale),
            // Text is checked value by value, so that one that is none costs one row.
            ArrowDataType::Utf8View => ArrowDataType::BinaryView,
            ArrowDataType::Timestamp(unit, is_instant) => {
                meaning = stamp(noted.get(field.name.as_str()), is_instant.map(|_| *zone));
                ArrowDataType::Timestamp(unit, None)
            }
            other => other,
        };
        field.metadata = None;
        Some(Self { field, meaning })
    }

    /// What the column holds, where no value of it can be read.
    pub(super) fn unreadable(&self) -> Option<String> {
        match (&self.field.dtype, &self.meaning) {
            (_, Meaning::Lost) => Some("instants of an unknown zone".to_owned()),
            (_, Meaning::Span) => Some("lengths of time".to_owned()),
            (kind, _) if kind.is_nested() => Some("no single values".to_owned()),
            _ => None,
        }
    }
}

/// What the writer noted beside a Parquet type that does not say it.
#[derive(Debug, PartialEq, Eq)]
enum Noted {
    /// The zone of instants.
    Zone(String),
    /// Lengths of time.
    Span,
}

fn stamp(noted: Option<&Noted>, meant: Option<Zone>) -> Meaning {
    match (noted, meant) {
        (Some(Noted::Zone(zone)), _) => Zone::parse(zone).map_or(Meaning::Lost, Meaning::Stamp),
        (_, Some(meant)) => Meaning::Bare(meant),
        (_, None) => Meaning::Stamp(Zone::Local),
    }
}

/// The Arrow types that the writer noted beside the Parquet types, where these say less, by column.
fn noted(metadata: &FileMetadata) -> BTreeMap<String, Noted> {
    let mut notes = read_custom_key_value_metadata(metadata.key_value_metadata());
    // The reader takes its first eight bytes for granted.
    notes.retain(|name, note| name.as_str() == ARROW && note.len() >= 16);
    let Ok(Some(schema)) = read_schema_from_metadata(&mut notes) else { return BTreeMap::new() };
    let noted = |field: &Field| match &field.dtype {
        ArrowDataType::Timestamp(_, Some(zone)) => Some((field.name.to_string(), Noted::Zone(zone.to_string()))),
        ArrowDataType::Duration(_) => Some((field.name.to_string(), Noted::Span)),
        _ => None,
    };
    schema.iter_values().filter_map(noted).collect()
}
