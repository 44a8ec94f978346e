"""What the tests of engines share: a simulated store in 64 units, and what one machine makes of it."""

import os
import re
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import pyarrow
import pyarrow.parquet
from conftest import DISTRICT

import wherewithal

UNITS = 64
BUCKETS = 16
AS_OF = "2017-12-31"
SCALE = "0.02"

#: Whatever could be an identity number or a credit code, wherever it begins; and what may hold one.
IDENTIFIER = re.compile(rb"(?=([0-9A-Z]{18}))")
RUN = re.compile(rb"[0-9A-Z]{18,}")


def by_program(*arguments):
    """Runs the program as Cargo built it, optimised, or that of the wheel: both write the same bytes."""
    program = os.environ.get("WHEREWITHAL_PROGRAM")
    command = [program] if program else [sys.executable, "-m", "wherewithal"]
    subprocess.run([*command, *map(str, arguments)], check=True, capture_output=True)


def simulated(folder, *how):
    """A folder of simulated sources."""
    by_program("simulate", *how, "--out", folder)
    shutil.rmtree(folder / "truth")
    return folder


def learnt(folder, as_of):
    """A model of the district as it was known on a day."""
    by_program("assess", "--sources", DISTRICT, "--train", "--as-of", as_of, "--profiles", 0, "--out", folder)
    return folder / "model.json"


class Court:
    """A folder with a store of 64 buckets, the sources, and the run of one machine by a model."""

    def __init__(self, folder, model):
        self.model, self.sources = model, simulated(folder / "sources", "--preset", "jiangsu-2017", "--scale", SCALE)
        self.store = wherewithal.Store.fill(folder / "store", self.sources, buckets=UNITS).folder
        begun = time.monotonic()
        self.one = wherewithal.assess(store=self.store, model=model, out=folder / "one", as_of=AS_OF)
        self.seconds = time.monotonic() - begun

    def copy_of_store(self, folder):
        """A copy that shares its files, none of which is ever changed in place."""
        return shutil.copytree(self.store, folder, copy_function=os.link)

    def assert_same(self, run):
        """Every file of a run is that of the one machine, digests included."""
        ours, theirs = files_of(run.out), files_of(self.one.out)
        assert {"run.json", "scores.parquet", "reasons.parquet", "capacity.parquet", "signals.parquet"} <= ours.keys()
        assert ours.keys() == theirs.keys()
        assert [name for name in ours if ours[name] != theirs[name]] == []

    def identifiers(self):
        """Identity numbers and credit codes in clear, as they stand in the sources."""
        return identifiers_of(self.sources)


def files_of(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def stored(folder):
    """The files of a store; its lock says who works there."""
    return {name: data for name, data in files_of(folder).items() if name != "lock"}


def identifiers_of(folder):
    """Identity numbers and credit codes in clear, as they stand in exports."""
    return set(IDENTIFIER.findall(b"".join(path.read_bytes() for path in folder.glob("*.csv"))))


def found_in(folders, identifiers):
    """Which files hold one of these, also within the Parquet that stands in them; how many bytes and values were looked at."""
    guilty, looked_at = [], [0, 0]
    for path in (path for folder in folders for path in Path(folder).rglob("*") if path.is_file()):
        data = path.read_bytes()
        texts = [data]
        for values in values_within(data):
            # Values end where others begin, so that no two of them look like one.
            texts.append("\n".join(values).encode())
            looked_at[1] += len(values)
        looked_at[0] += len(data)
        guilty += [str(path)] if any(holds(text, identifiers) for text in texts) else []
    return guilty, looked_at


def holds(data, identifiers):
    """Whether one of these stands in some bytes."""
    runs = RUN.findall(data)
    return any(run[at : at + 18] in identifiers for run in runs for at in range(len(run) - 17))


def values_within(data):
    """The values of each column of every Parquet file that stands somewhere in some bytes: their pages are packed, and no search
    sees into them."""
    marks = [mark.start() for mark in re.finditer(b"PAR1", data)]
    while len(marks) > 1:
        begin = marks.pop(0)
        for end in marks[:4]:
            try:
                table = pyarrow.parquet.read_table(pyarrow.BufferReader(data[begin : end + 4]))
            except (pyarrow.ArrowException, OSError):
                continue
            for column in table.columns:
                yield column.unique().drop_null().cast(pyarrow.string()).to_pylist()
            marks = marks[marks.index(end) + 1 :]
            break


class Meanwhile(threading.Thread):
    """Does something once when so many units are done, and keeps how many were when it was over."""

    def __init__(self, done, deed, after=UNITS // 4):
        super().__init__(daemon=True)
        self._done, self._deed, self._after, self._over = done, deed, after, threading.Event()
        self.before, self.after, self.fault = None, None, None

    def run(self):
        while (before := self._done()) < self._after:
            if self._over.wait(0.01):
                return
        try:
            self.before = before
            self._deed()
            self.after = self._done()
        except Exception as fault:
            self.fault = fault

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        self.join()
        if self.fault is not None:
            raise self.fault
