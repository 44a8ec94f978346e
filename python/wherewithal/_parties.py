"""Who is the same party, and who is on the list of defaulters."""

import json
import os
import warnings
from pathlib import Path

import pyarrow as pa

from . import _frames, _native
from ._errors import IntakeWarning
from ._run import path_of


class Links:
    """Which records are the same party: ``parties`` (record_id, party), the ``pairs`` that were weighed, and ``counts``."""

    def __init__(self, parties, pairs, counts):
        self.parties = parties
        self.pairs = pairs
        self.counts = counts

    def __repr__(self):
        return f"Links({self.counts['records']} records, {self.counts['parties']} parties)"


def link(records, *, settings=None):
    """Joins the records of several agencies into parties.

    Parameters
    ----------
    records : frame
        Columns named by the settings (by default name, number, born_on, phone, address and their like) are used;
        ``record_id`` names a record, its row does where there is no such column.
    settings : path, optional
        Settings as in ``data/linkage`` (TOML).

    Examples
    --------
    >>> import pyarrow, wherewithal
    >>> records = pyarrow.table({
    ...     "record_id": ["bank-1", "tax-9"], "name": ["王小明", "王曉明"],
    ...     "number": ["11010519491231002X", "１１０１０５４９１２３１００２"],
    ... })
    >>> wherewithal.link(records).counts["parties"]
    1
    """
    table = _frames.table(records)
    table = table.cast(pa.schema([pa.field(name, pa.string()) for name in table.column_names]))
    text = None if settings is None else Path(settings).read_text(encoding="utf-8")
    parties, pairs, counts = _native.link(_frames.to_bytes(table), text)
    return Links(_frames.of_bytes(parties, records), _frames.of_bytes(pairs, records), json.loads(counts))


class Screening:
    """Answers to applications, in their order, what of them was ``refused``, the ``edition`` asked, and what the ``list`` lacks."""

    def __init__(self, found):
        self.answers = found["answers"]
        self.refused = found["refused"]
        self.edition = found["edition"]
        self.list = found["list"]

    def __repr__(self):
        return f"Screening({len(self.answers)} answers, {len(self.refused)} refused)"


def screen(applications, defaulters, *, edition, on=None, key_file=None, form=None, review_from=None):
    """Compares applications with an edition of the list of defaulters.

    A record that cannot be read is left out and named by its line, and a warning says how many there are.

    Parameters
    ----------
    applications, defaulters : path or frame
        One JSON object a line, a table with a header, or a frame.
    edition : str or date
        The day the list is of.
    on : str or date, optional
        The day for which answers hold, for applications that name none.
    key_file : path, optional
        The secret shared with the list's owner; receipts are only comparable under one key.
    form : path, optional
        How the list is written when it is not the public one (TOML).
    review_from : float, optional
        Names from this similarity on are worth a review.
    """
    asked = {
        "edition": str(edition),
        "on": None if on is None else str(on),
        "form": None if form is None else Path(form).read_text(encoding="utf-8"),
        "key_file": path_of(key_file),
        "review_from": review_from,
    }
    found = Screening(json.loads(_native.screen(_lines(defaulters), _lines(applications), json.dumps(asked))))
    if key_file is None:
        warnings.warn("no key_file: receipts are made under a key that everybody knows", IntakeWarning, stacklevel=2)
    for what, refused in [("of the list", found.list["refused"]), ("of the applications", found.refused)]:
        if refused:
            words = f"{len(refused)} records {what} could not be read, the first in line {refused[0]['line']}: {refused[0]['reason']}"
            warnings.warn(words, IntakeWarning, stacklevel=2)
    return found


def _lines(records):
    """The bytes of a file, or a frame as one JSON object a line."""
    if isinstance(records, (str, os.PathLike)):
        return Path(records).read_bytes()
    rows = _frames.table(records).to_pylist()
    known = ({name: value for name, value in row.items() if value is not None} for row in rows)
    return "\n".join(json.dumps(row, ensure_ascii=False, default=str) for row in known).encode()
