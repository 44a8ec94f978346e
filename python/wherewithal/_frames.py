"""Frames in and out: anything with ``__arrow_c_stream__`` (pandas, polars, pyarrow, DuckDB), or an array.

Frames cross to the library as Arrow IPC streams in bytes.
"""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pyarrow as pa

from ._errors import KindError, TableError

# Rows that cross together: their bytes stay in the caches.
ROWS = 16_384


def library(frame):
    """The library that a frame is of."""
    return type(frame).__module__.partition(".")[0]


def is_frame(data):
    """Whether the columns have names of their own."""
    return isinstance(data, (pa.Table, pa.RecordBatch)) or hasattr(data, "__arrow_c_stream__")


def table(data):
    """Any frame as a pyarrow table, without a copy where its library allows it."""
    if isinstance(data, pa.RecordBatch):
        return pa.Table.from_batches([data])
    if isinstance(data, pa.Table):
        return data
    if library(data) == "pandas":
        return _of_pandas(data)
    if not hasattr(data, "__arrow_c_stream__"):
        raise TableError(f"found {type(data).__name__}, expected a frame of pandas, polars, pyarrow or DuckDB")
    return pa.table(data)


def _of_pandas(data):
    """The columns of a pandas frame; its index is none of them."""
    columns = {}
    for place, name in enumerate(data.columns):
        column = data.iloc[:, place]
        if isinstance(column.dtype, np.dtype) and column.dtype.kind in "fiu":
            # As it lies: "not a number" is unknown on the other side, too.
            columns[str(name)] = pa.array(column.to_numpy(copy=False), from_pandas=False)
            continue
        try:
            columns[str(name)] = pa.array(column, from_pandas=True)
        except (pa.ArrowInvalid, pa.ArrowTypeError) as fault:
            raise TableError(f"column {name}: found values of several kinds, expected one") from fault
    if len(columns) != data.shape[1]:
        raise TableError("found two columns of one name, expected each name once")
    return pa.table(columns)


def _plain(kind):
    """The kind that a column crosses as: the library is built without the narrow ones."""
    if pa.types.is_dictionary(kind):
        return _plain(kind.value_type)
    if pa.types.is_int8(kind) or pa.types.is_int16(kind) or pa.types.is_uint8(kind) or pa.types.is_uint16(kind):
        return pa.int32()
    if pa.types.is_float16(kind):
        return pa.float32()
    if pa.types.is_decimal(kind):
        return pa.float64()
    return kind


def to_bytes(data):
    """The Arrow IPC stream of a pyarrow table."""
    schema = pa.schema([pa.field(field.name, _plain(field.type)) for field in data.schema])
    data = data.cast(schema)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, schema) as stream:
        stream.write_table(data)
    return sink.getvalue().to_pybytes()


def of_bytes(stream, like=None):
    """The table of an Arrow IPC stream: of polars where ``like`` is, otherwise of pyarrow."""
    return like_given(pa.ipc.open_stream(stream).read_all(), like)


def like_given(result, like):
    """A pyarrow table, as polars where ``like`` is of polars."""
    if library(like) == "polars":
        import polars

        return polars.from_arrow(result)
    return result


def in_parts(data, work):
    """What ``work`` makes of parts of the rows of a pyarrow table or an array, in their order, side by side."""
    rows = data.num_rows if isinstance(data, pa.Table) else len(data)
    starts = range(0, max(rows, 1), ROWS)
    if len(starts) == 1:
        return [work(data)]

    def part(start):
        return work(data.slice(start, ROWS) if isinstance(data, pa.Table) else data[start : start + ROWS])

    with ThreadPoolExecutor() as pool:
        return list(pool.map(part, starts))


def array(data):
    """The rows of an array, or of what can be one; an error in scikit-learn's words for what cannot."""
    if hasattr(data, "nnz") or (hasattr(data, "toarray") and not hasattr(data, "__array__")):
        raise KindError("sparse data was passed, but dense data is required: call its toarray() first")
    rows = np.asarray(data)
    if rows.dtype.kind == "c":
        raise TableError("Complex data not supported")
    if rows.ndim == 1:
        raise TableError("Expected 2D array, got 1D array instead. Reshape your data with reshape(-1, 1) or (1, -1)")
    if rows.ndim != 2:
        raise TableError(f"Expected 2D array, got {rows.ndim} dimensions instead. Reshape your data")
    return rows


def filled(shape):
    """Refuses a table without rows or without columns."""
    for found, what in zip(shape, ("sample", "feature")):
        if found == 0:
            raise TableError(f"0 {what}(s) (shape={tuple(shape)}) while a minimum of 1 is required.")


def table_of_array(rows, names):
    """An array as a table: numbers as numbers, text as text."""
    return pa.table({name: _column(rows[:, place]) for place, name in enumerate(names)})


def _column(values):
    if values.dtype.kind in "bfiu":
        return pa.array(np.ascontiguousarray(values), from_pandas=False)
    missing = [value is None or value != value for value in values.tolist()]
    known = [None if none else value for value, none in zip(values.tolist(), missing)]
    if all(missing):
        # Neither numbers nor text, so that either of them is scored as unknown.
        return pa.nulls(len(known))
    if all(value is None or isinstance(value, str) for value in known):
        return pa.array(known, pa.string())
    for value in known:
        if value is not None and not isinstance(value, (str, int, float, np.number, np.bool_)):
            raise KindError(f"argument must be a string or a number, not {type(value).__name__}")
    try:
        return pa.array([None if value is None else float(value) for value in known], pa.float64())
    except ValueError as fault:
        raise TableError("a column holds numbers and text, expected one of them") from fault
