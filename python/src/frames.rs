//! Frames as Arrow IPC streams in bytes.

use std::io::Cursor;

use polars::prelude::{Column, CompatLevel, DataFrame, SchemaExt, Series};
use polars_arrow::array::Array;
use polars_arrow::datatypes::{ArrowDataType, Field};
use polars_arrow::io::ipc::read::{StreamReader, StreamState, read_stream_metadata};
use polars_arrow::io::ipc::write::{StreamWriter, WriteOptions};
use wherewithal::{Error, Result};

/// The frame in a stream.
pub(crate) fn read(bytes: &[u8]) -> Result<DataFrame> {
    let mut cursor = Cursor::new(bytes);
    let metadata = read_stream_metadata(&mut cursor)?;
    let fields: Vec<Field> = metadata.schema.iter_values().cloned().collect();
    fields.iter().try_for_each(known)?;
    let (mut columns, mut height): (Vec<Vec<Box<dyn Array>>>, usize) = (vec![Vec::new(); fields.len()], 0);
    for state in StreamReader::new(cursor, metadata, None) {
        // A stream in bytes waits only where it ends without saying so.
        let StreamState::Some(batch) = state? else { break };
        height += batch.len();
        columns.iter_mut().zip(batch.into_arrays()).for_each(|(column, array)| column.push(array));
    }
    let column = |(field, arrays): (&Field, Vec<Box<dyn Array>>)| match arrays.is_empty() {
        true => Ok(Column::from(Series::try_from((field, polars_arrow::array::new_empty_array(field.dtype.clone())))?)),
        false => Ok(Column::from(Series::try_from((field, arrays))?)),
    };
    let columns = fields.iter().zip(columns).map(column).collect::<Result<_>>()?;
    Ok(DataFrame::new(height, columns)?)
}

/// The stream of a frame.
pub(crate) fn write(frame: &DataFrame) -> Result<Vec<u8>> {
    let old = CompatLevel::oldest();
    let mut writer = StreamWriter::new(Vec::new(), WriteOptions { compression: None });
    writer.start(&frame.schema().to_arrow(old), None)?;
    for batch in frame.iter_chunks(old, false) {
        writer.write(&batch, None)?;
    }
    writer.finish()?;
    Ok(writer.into_inner())
}

/// Refuses a kind of column that no feature, day or name is of.
fn known(field: &Field) -> Result<()> {
    match &field.dtype {
        ArrowDataType::Null
        | ArrowDataType::Boolean
        | ArrowDataType::Int32
        | ArrowDataType::Int64
        | ArrowDataType::UInt32
        | ArrowDataType::UInt64
        | ArrowDataType::Float32
        | ArrowDataType::Float64
        | ArrowDataType::Date32
        | ArrowDataType::Utf8
        | ArrowDataType::LargeUtf8
        | ArrowDataType::Utf8View => Ok(()),
        other => {
            let expected = "numbers, flags or text, or the column dropped";
            Err(Error::table("features", format!("{}: {other:?}", field.name), expected))
        }
    }
}
