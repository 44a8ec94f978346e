"""The first part of a store as tasks that any engine can hand out."""

import json
import warnings

from . import _native
from ._errors import IntakeWarning
from ._run import path_of, warn_of_public
from ._store import Store


class FillPlan:
    """A filling of an empty store as tasks: a document that workers get; what they give is told apart by digests.

    The store is that of :meth:`Store.fill`, byte for byte, in whatever order and however often tasks run. Files are
    numbered from 1, buckets from 0. A worker with another version, key, mapping or file refuses and says which.

    Examples
    --------
    >>> plan = wherewithal.plan_fill("out/store", "exports", buckets=64, key_file="key")  # doctest: +SKIP
    >>> reader = plan.reader("exports", "out/refused", key_file="key")  # doctest: +SKIP
    >>> pairs = plan.pairs([reader.pairs(file) for file in plan.files_with_pairs])  # doctest: +SKIP
    >>> blobs = [blob for file in range(1, plan.files + 1) for blob in reader.read(file, pairs)]  # doctest: +SKIP
    >>> of = lambda bucket: (blob for blob in blobs if blob[0] == bucket)  # doctest: +SKIP
    >>> settled = [plan.settle("out/store", b, pairs, of(b)) for b in range(plan.buckets)]  # doctest: +SKIP
    >>> store = plan.finish(pairs, of(plan.buckets), settled)  # doctest: +SKIP
    """

    def __init__(self, native, planned=None):
        self._native = native
        self._planned = planned
        self._pairs = None

    @classmethod
    def from_json(cls, text):
        """The plan of this text, for workers."""
        return cls(_native.FillPlan.from_json(text))

    def to_json(self):
        """The plan as text; it names no path of a machine and holds no key."""
        return self._native.to_json()

    @property
    def files(self):
        """How many files are read, numbered from 1."""
        return self._native.files

    @property
    def buckets(self):
        """How many buckets are settled, numbered from 0; blobs of the number behind the last are for `finish`."""
        return self._native.buckets

    @property
    def files_with_pairs(self):
        """The numbers of the files that may tell who needs whose rows."""
        return self._native.files_with_pairs

    def reader(self, sources, refused, *, mapping=None, key_file=None):
        """A reader of the files, each path on the machine that reads; refused rows stay there, in the folder `refused`."""
        from_ = (path_of(sources), path_of(mapping), path_of(key_file))
        return FillReader(self, self._native.reader(from_, path_of(refused)))

    def pairs(self, told):
        """Who needs whose rows: the bytes that files tell, put together."""
        return bytes(self._native.bytes_of(self._native.pairs(list(told))))

    def settle(self, store, bucket, pairs, blobs):
        """Writes a bucket of the store from its blobs, and reports it in bytes; `store` is its path where this runs."""
        return self._native.settle(path_of(store), (bucket, self._known(pairs)), iter(blobs))

    def finish(self, pairs, told, settled):
        """Lets the part count, where it was planned: from the blobs in which files tell of themselves, and the reports."""
        store, planned = self._at_work()
        pairs = self._known(pairs)
        self._planned = None
        intake = json.loads(planned.finish(pairs, (list(told), list(settled))))
        filled = Store(store)
        filled.intake = intake
        for words in intake["warnings"]:
            warnings.warn(words, IntakeWarning, stacklevel=2)
        return filled

    def give_up(self):
        """Leaves the store as it was, where the filling was planned."""
        _, planned = self._at_work()
        self._planned = None
        planned.give_up()

    def _at_work(self):
        if self._planned is None:
            raise TypeError("a filling is ended where it was planned, by wherewithal.plan_fill, and once")
        return self._planned

    def _known(self, pairs):
        """The pairs of these bytes, which are the same for many tasks."""
        if self._pairs is None or self._pairs[0] != pairs:
            self._pairs = (pairs, self._native.pairs([pairs]))
        return self._pairs[1]

    def __repr__(self):
        return f"FillPlan({self.files} files, {self.buckets} buckets)"


class FillReader:
    """Reads files of a plan."""

    def __init__(self, plan, native):
        self._plan = plan
        self._native = native

    def pairs(self, file):
        """What a file tells of who needs whose rows, as bytes."""
        return self._native.pairs(file)

    def read(self, file, pairs):
        """The blobs of a file: tuples of a bucket, a table, the file, a chunk and bytes."""
        return self._native.read(file, self._plan._known(pairs))


def plan_fill(store, sources, *, buckets, mapping=None, key_file=None):
    """Plans to fill an empty store from a folder of files in so many buckets (a power of two), as tasks.

    The store is held until the plan is finished or given up. Each file is read once for its digest.
    """
    if key_file is None:
        warn_of_public(stacklevel=3)
    planned = _native.PlannedFilling.of(path_of(store), (path_of(sources), path_of(mapping), path_of(key_file)), buckets)
    return FillPlan(planned.plan(), (store, planned))
