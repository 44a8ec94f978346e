"""What an engine needs to fill a store: tasks that read files and settle buckets, and what their outcomes come to."""

import contextlib
import os
from typing import NamedTuple, Optional

from . import _engine, _errors
from ._filling import FillPlan, plan_fill
from ._run import path_of

#: What lies on the machines that read and settle.
PATHS = ("sources", "store", "refused", "mapping", "key_file")


class FillTask(NamedTuple):
    """What a worker needs to know: the plan, where things lie, and who needs whose rows once that is known."""

    plan: str
    paths: tuple
    pairs: Optional[bytes] = None


class Piece(NamedTuple):
    """A blob, the report of a settled bucket (which has no table), or why there is none."""

    bucket: int
    table: Optional[int] = None
    file: Optional[int] = None
    chunk: Optional[int] = None
    data: Optional[bytes] = None
    error: Optional[str] = None
    words: Optional[str] = None


#: The plan and the reader that this process made last: a reader loads the parent files of a mapping.
_made: dict = {}


def _plan(task):
    if _made.get("plan") != task.plan:
        _made.clear()
        _made.update(plan=task.plan, of=FillPlan.from_json(task.plan))
    return _made["of"]


def _reader(task):
    plan = _plan(task)
    if _made.get("paths") != task.paths:
        sources, _, refused, mapping, key_file = task.paths
        _made.update(paths=task.paths, reader=plan.reader(sources, refused, mapping=mapping, key_file=key_file))
    return _made["reader"]


def _or_why(number, deed):
    """What no repetition mends is an outcome; a file that could not be read or written is raised: the engine tries again."""
    try:
        return deed()
    except _errors.IoError:
        raise
    except _errors.WherewithalError as refused:
        return [Piece(number, error=type(refused).__name__, words=str(refused))]


def told(task, file):
    """What a file tells of who needs whose rows."""
    return _or_why(-1, lambda: [Piece(-1, data=_reader(task).pairs(file))])


def dealt(task, file):
    """The blobs of a file."""
    return _or_why(-1, lambda: [Piece(*blob) for blob in _reader(task).read(file, task.pairs)])


def settled(task, bucket, pieces):
    """The report of a settled bucket; what files tell of themselves, and why one could not be read, goes through."""
    plan = _plan(task)
    if not 0 <= bucket < plan.buckets:
        return pieces
    blobs = (tuple(piece[:5]) for piece in pieces)
    return _or_why(bucket, lambda: [Piece(bucket, data=plan.settle(task.paths[1], bucket, task.pairs, blobs))])


class FillEngine:
    """A filling that an engine does: its plan, the tasks for workers, and what their outcomes come to."""

    def __init__(self, sources, store, *, buckets, refused, mapping=None, key_file=None, on_workers=None):
        here = {"sources": sources, "store": store, "refused": refused, "mapping": mapping, "key_file": key_file}
        unknown = set(on_workers or {}) - set(PATHS)
        if unknown:
            raise TypeError(f"on_workers may name {', '.join(PATHS)}, not {', '.join(sorted(unknown))}")
        there = {**here, **(on_workers or {})}
        self._paths = tuple(None if there[name] is None else os.path.abspath(path_of(there[name])) for name in PATHS)
        self.plan = plan_fill(store, sources, buckets=buckets, mapping=mapping, key_file=key_file)

    def fill(self, told_of, settled_of):
        """Fills the store by two calls of the engine: one brings the pairs of the files that tell any, one settles all buckets."""
        try:
            task = FillTask(self.plan.to_json(), self._paths)
            pairs = self.plan.pairs([piece.data for piece in _sound(told_of(task, self.plan.files_with_pairs))])
            pieces = _sound(settled_of(task._replace(pairs=pairs), self.plan.files, self.plan.buckets))
        except BaseException:
            # Tasks that go on may write while the part is removed: what began it all is what is told.
            with contextlib.suppress(_errors.WherewithalError):
                self.plan.give_up()
            raise
        told = [tuple(piece[:5]) for piece in pieces if piece.table is not None]
        return self.plan.finish(pairs, told, [piece.data for piece in pieces if piece.table is None])


def command_of(commands, described):
    """The subcommand `fill` among others."""
    command = commands.add_parser("fill", help="fills an empty store", description=described)
    for name, words in _NEEDED.items():
        command.add_argument(name, required=True, help=words)
    for name, words in _MAY_BE.items():
        command.add_argument(name, help=words)
    command.add_argument("--buckets", type=int, required=True, help="how many buckets, a power of two")
    _engine.places_on_workers(command, PATHS)
    return command


_NEEDED = {
    "--sources": "the folder of exports, as workers see it, too",
    "--store": "the folder of the store, which workers write to, too",
    "--refused": "a folder on each worker for the rows that it refuses, in clear",
}

_MAY_BE = {
    "--key-file": "the file with the key of the pseudonyms, on each worker, too",
    "--mapping": "what the files mean, on each worker, too",
}


def _sound(pieces):
    """The pieces, if none says why it is missing; what a file says comes before what its buckets lack."""
    pieces = sorted(pieces, key=lambda piece: piece.bucket)
    for piece in pieces:
        if piece.error is not None:
            raise getattr(_errors, piece.error)(piece.words)
    return pieces
