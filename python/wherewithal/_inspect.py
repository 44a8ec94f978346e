"""What is in files that nobody has described."""

import json
import tempfile
from pathlib import Path

from . import _native
from ._run import path_of


class Inspection:
    """What files hold: ``tables``, shared ``keys``, files ``passed`` over, and the ``draft`` of a mapping that reads them."""

    def __init__(self, found, draft):
        self.tables = found["tables"]
        self.keys = found["keys"]
        self.passed = found["passed"]
        self.draft = draft

    def save(self, path):
        """Writes the draft, to look through and to pass as ``mapping``."""
        Path(path).write_text(self.draft, encoding="utf-8")

    def __repr__(self):
        return f"Inspection({len(self.tables)} tables, {self.draft.count('[check]')} [check])"


def inspect(path, *, received=None, rows=100_000):
    """Says what is in a file or folder, which tables it could feed, and drafts a mapping for :func:`assess`.

    ``received`` is the day on which the files came, for files that do not say when they were made; ``rows`` of each table
    are looked at.
    """
    with tempfile.TemporaryDirectory(prefix="wherewithal-inspect-") as scratch:
        asked = (scratch, None if received is None else str(received), rows)
        found, draft = _native.inspect(path_of(path), asked)
    return Inspection(json.loads(found), draft)
