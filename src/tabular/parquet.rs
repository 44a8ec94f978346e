use std::collections::BTreeMap;
use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use polars::prelude::PolarsResult;
use polars_arrow::array::Array;
use polars_arrow::datatypes::{ArrowDataType, Field, TimeUnit};
use polars_parquet::read::schema::{
    SchemaInferenceOptions, parquet_to_arrow_schema_with_options, read_custom_key_value_metadata,
    read_schema_from_metadata,
};
use polars_parquet::read::{
    BasicDecompressor, FileMetadata, PageReader, RowGroupMetadata, column_iter_to_arrays, read_metadata,
};

use super::cells::{Zone, cells};
use super::text::distinct;
use super::written::Columns;
use super::{WrittenColumn, WrittenTable};
use crate::error::{Error, Result};

/// Under which writers keep the Arrow types of a file, from which only the zones are taken.
const ARROW: &str = "ARROW:schema";

/// A table out of a Parquet file; a column whose values are no single values is left out and said.
pub(super) fn read(path: &Path, bytes: &[u8]) -> Result<WrittenTable> {
    let metadata = guarded(path, || read_metadata(&mut Cursor::new(bytes)))?;
    // Nanoseconds since 1970 end in 2262, and 9999-12-31 is a common last day.
    let options = Some(SchemaInferenceOptions { int96_coerce_to_timeunit: TimeUnit::Microsecond });
    let schema = parquet_to_arrow_schema_with_options(metadata.schema().fields(), &options);
    let (zones, mut table) = (zones(&metadata), WrittenTable::default());
    for field in schema.iter_values() {
        let name = field.name.to_string();
        let (field, zone) = plain(field, zones.get(&name).map(String::as_str)).map_err(|found| {
            Error::format(path, format!("column {name}: {found}"), "a known zone, an offset, or days")
        })?;
        match column(path, (bytes, &metadata), (&field, zone))? {
            Some(column) => table.columns.push(column),
            None => table.notes.push(format!("column {name} holds {:?}, no single values: left out", field.dtype)),
        }
    }
    let names = table.names().map(str::to_owned).collect();
    let names = distinct(names, &mut table.notes);
    table.columns.iter_mut().zip(names).for_each(|(column, name)| column.rename(name));
    table.notes.insert(0, "Parquet".to_owned());
    Ok(table)
}

/// The field by the type that its pages are decoded to, and the zone of its instants.
fn plain(field: &Field, noted: Option<&str>) -> std::result::Result<(Field, Zone), String> {
    let mut field = field.clone();
    let mut zone = Zone::Local;
    if let ArrowDataType::Timestamp(unit, stated) = &field.dtype {
        zone = match (noted, stated) {
            (Some(name), _) => Zone::parse(name).ok_or_else(|| format!("instants in the zone {name}"))?,
            (None, Some(_)) => Zone::COURT,
            (None, None) => Zone::Local,
        };
        field.dtype = ArrowDataType::Timestamp(*unit, None);
    }
    field.metadata = None;
    Ok((field, zone))
}

/// One column over all groups of rows; `None` where it has no single values.
fn column(
    path: &Path,
    (bytes, metadata): (&[u8], &FileMetadata),
    (field, zone): (&Field, Zone),
) -> Result<Option<WrittenColumn>> {
    let mut columns = Columns::new(vec![field.name.to_string()]);
    for group in &metadata.row_groups {
        let arrays = guarded(path, || arrays((bytes, group), field))?;
        for array in arrays {
            let Some(cell) = cells(array.as_ref(), zone) else { return Ok(None) };
            for row in 0..array.len() {
                let text = if array.is_null(row) { String::new() } else { cell(row) };
                columns.add(0, text.trim());
            }
        }
    }
    Ok(columns.finish().pop())
}

fn arrays((bytes, group): (&[u8], &RowGroupMetadata), field: &Field) -> PolarsResult<Vec<Box<dyn Array>>> {
    let chunks: Vec<_> = group.columns_under_root_iter(&field.name).into_iter().flatten().collect();
    let pages = chunks.iter().map(|chunk| {
        let range = chunk.byte_range();
        let place = |at: u64| usize::try_from(at).unwrap_or(usize::MAX);
        let pages = bytes.get(place(range.start)..place(range.end)).unwrap_or_default().to_vec();
        BasicDecompressor::new(PageReader::new(Cursor::new(pages.into()), chunk, Vec::new(), usize::MAX), Vec::new())
    });
    let kinds = chunks.iter().map(|chunk| &chunk.descriptor().descriptor.primitive_type).collect();
    Ok(column_iter_to_arrays(pages.collect(), kinds, field.clone(), None)?.0)
}

/// The zones that the writer noted beside the Parquet types, which know none, by column.
fn zones(metadata: &FileMetadata) -> BTreeMap<String, String> {
    let mut notes = read_custom_key_value_metadata(metadata.key_value_metadata());
    // The reader takes its first eight bytes for granted.
    notes.retain(|name, note| name.as_str() == ARROW && note.len() >= 16);
    let Ok(Ok(Some(schema))) = catch_unwind(AssertUnwindSafe(|| read_schema_from_metadata(&mut notes))) else {
        return BTreeMap::new();
    };
    let zone = |field: &Field| match &field.dtype {
        ArrowDataType::Timestamp(_, Some(zone)) => Some((field.name.to_string(), zone.to_string())),
        _ => None,
    };
    schema.iter_values().filter_map(zone).collect()
}

/// What the decoder makes of bytes that may be damaged: where it stops, the file is unreadable, and nothing else ends.
fn guarded<T>(path: &Path, decode: impl FnOnce() -> PolarsResult<T>) -> Result<T> {
    match catch_unwind(AssertUnwindSafe(decode)) {
        Ok(Ok(found)) => Ok(found),
        Ok(Err(error)) => Err(Error::format(path, error, "a Parquet file")),
        Err(_) => Err(Error::format(path, "pages that the decoder stops at", "a Parquet file")),
    }
}
