"""What runs on the workers of Spark: batches of Arrow in, batches out."""

import os
from itertools import groupby

# A worker is forked from a process that holds nothing of this package, and a task has one core.
os.environ.setdefault("RAYON_NUM_THREADS", "1")

import pyarrow  # noqa: E402

from . import _engine, _fill_engine  # noqa: E402
from ._engine import Outcome, Task  # noqa: E402
from ._fill_engine import FillTask, Piece  # noqa: E402

_INT, _LONG, _BYTES, _TEXT = pyarrow.int32(), pyarrow.int64(), pyarrow.binary(), pyarrow.string()
_PIECE = dict(zip(Piece._fields, (_INT, _INT, _LONG, _INT, _BYTES, _TEXT, _TEXT)))
_OUTCOME = dict(zip(Outcome._fields, (_LONG, _BYTES, _TEXT, _TEXT, _TEXT)))
_FILE = {"unit": _INT, "place": _TEXT, "content": _BYTES}


def _row(values, columns):
    """A batch of one row."""
    arrays = [pyarrow.array([value], kind) for value, kind in zip(values, columns.values())]
    return pyarrow.RecordBatch.from_arrays(arrays, list(columns))


def _batch(piece):
    return _row(piece, _PIECE)


def _rows(batches):
    """Row by row, since each may be large."""
    for batch in batches:
        for row in range(batch.num_rows):
            yield tuple(column[row].as_py() for column in batch.columns)


def assessed(given, batches):
    """What becomes of the units whose numbers batches have."""
    for (unit,) in _rows(batches):
        yield _row(_engine.assessed(Task(*given), unit), _OUTCOME)


def brought(folders, batches):
    """Each file for each unit that reads its folder."""
    units = {}
    for unit, of_unit in enumerate(folders):
        for folder in of_unit:
            units.setdefault(folder, []).append(unit)
    for path, content in _rows(batches):
        part, bucket, name = path.split("/")[-3:]
        for unit in units.get(f"{part}/{bucket}", ()):
            yield _row((unit, f"{part}/{bucket}/{name}", content), _FILE)


def assessed_of(given, batches):
    """What becomes of the units whose files come, sorted by unit."""
    for unit, files in groupby(_rows(batches), lambda row: row[0]):
        pairs = ((place, content) for _, place, content in files)
        yield _row(_engine.assessed_of(Task(*given), unit, pairs), _OUTCOME)


def read(given, files, deed, batches):
    """What is told of, or dealt out of, the files of whose places batches have the numbers."""
    task = FillTask(*given)
    for batch in batches:
        for place in batch.column(0).to_pylist():
            yield from map(_batch, getattr(_fill_engine, deed)(task, files[place]))


def settled(given, batches):
    """The reports of the buckets whose blobs come, sorted by bucket."""
    task = FillTask(*given)
    rows = (Piece(*row) for row in _rows(batches))
    for bucket, pieces in groupby(rows, lambda piece: piece.bucket):
        yield from map(_batch, _fill_engine.settled(task, bucket, pieces))
