"""A store of checked rows."""

import json
import warnings
from pathlib import Path

from . import _native
from ._errors import IntakeWarning
from ._run import path_of, warn_of_public


class Store:
    """A store of checked rows in a folder: filled once, given a night's answers each day, assessed as often as wanted.

    Examples
    --------
    >>> store = wherewithal.Store.fill("out/store", "data/district")  # doctest: +SKIP
    >>> store.rows, len(store.parts)  # doctest: +SKIP
    >>> run = wherewithal.assess(store=store.folder, out="out/run", as_of="2018-06-30")  # doctest: +SKIP
    """

    def __init__(self, folder):
        self.folder = Path(folder)
        self.manifest = json.loads(_native.manifest(self.folder))
        self.intake = None

    @classmethod
    def fill(cls, folder, sources=None, *, database_url_file=None, mapping=None, key_file=None, buckets=None):
        """Adds the rows of a folder of exports, or of a database, to the store, which is made if absent.

        ``store.intake`` says what was read, refused and warned of; files that the store has already change nothing.
        """
        origin = (path_of(sources), path_of(database_url_file))
        intake = json.loads(_native.fill(path_of(folder), origin, (path_of(mapping), path_of(key_file), buckets)))
        store = cls(folder)
        store.intake = intake
        for words in intake["warnings"]:
            warnings.warn(words, IntakeWarning, stacklevel=2)
        if key_file is None:
            warn_of_public(stacklevel=3)
        return store

    @property
    def parts(self):
        """The parts, in the order in which they came."""
        return self.manifest["parts"]

    @property
    def rows(self):
        """Rows that came, over all parts and tables."""
        return sum(table["rows"] for part in self.parts for table in part["tables"].values())

    def check(self):
        """Reads every byte: ``sound`` files, ``bytes``, and what is ``damaged`` or ``foreign``."""
        return json.loads(_native.check(self.folder))

    def fold(self, buckets=None):
        """Makes one part of all; whoever reads the store meanwhile is not disturbed."""
        _native.fold(self.folder, buckets)
        return self._again()

    def withdraw(self, part):
        """Takes a part out, by its folder's name, as though its files had never come."""
        _native.withdraw(self.folder, part)
        return self._again()

    def forget(self, parties, runs=()):
        """Removes parties, by all their pseudonyms, from the store and from the folders of runs, for good.

        Every file is read again to prove it. Returns what is gone; refused rows, which hold what sources say in clear, are
        not looked through, and their files are named.
        """
        gone = json.loads(_native.forget(self.folder, list(parties), [path_of(run) for run in runs]))
        self._again()
        return gone

    def _again(self):
        self.manifest = json.loads(_native.manifest(self.folder))
        return self

    def __repr__(self):
        return f"Store({str(self.folder)!r}: {self.rows} rows in {len(self.parts)} parts)"
