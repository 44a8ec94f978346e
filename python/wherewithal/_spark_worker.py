"""What runs on the workers of Spark to fill a store: batches of Arrow in, batches out."""

import os
from itertools import groupby

# A worker is forked from a process that holds nothing of this package, and a task has one core.
os.environ.setdefault("RAYON_NUM_THREADS", "1")

import pyarrow  # noqa: E402

from . import _fill_engine  # noqa: E402
from ._fill_engine import FillTask, Piece  # noqa: E402

_TYPES = (
    pyarrow.int32(),
    pyarrow.int32(),
    pyarrow.int64(),
    pyarrow.int32(),
    pyarrow.binary(),
    pyarrow.string(),
    pyarrow.string(),
)


def _batch(piece):
    arrays = [pyarrow.array([value], kind) for value, kind in zip(piece, _TYPES)]
    return pyarrow.RecordBatch.from_arrays(arrays, list(Piece._fields))


def read(given, files, deed, batches):
    """What is told of, or dealt out of, the files of whose places batches have the numbers."""
    task = FillTask(*given)
    for batch in batches:
        for place in batch.column(0).to_pylist():
            yield from map(_batch, getattr(_fill_engine, deed)(task, files[place]))


def settled(given, batches):
    """The reports of the buckets whose blobs come, sorted by bucket."""
    task = FillTask(*given)
    rows = (Piece(*row.values()) for batch in batches for row in batch.to_pylist())
    for bucket, pieces in groupby(rows, lambda piece: piece.bucket):
        yield from map(_batch, _fill_engine.settled(task, bucket, pieces))
