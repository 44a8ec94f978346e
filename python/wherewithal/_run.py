"""Assessing debtors, and what a run wrote."""

import json
import os
import warnings
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from . import _html, _native
from ._errors import IntakeWarning, PublicKeyWarning


_PATHS = ("sources", "database_url_file", "mapping", "model", "features", "key_file", "rules", "living_costs")
_OTHERS = ("buckets", "samples", "profiles")


def path_of(value):
    """A path as text; nothing stays nothing."""
    return None if value is None else os.fspath(value)


def warn_of(report, intake=(), *, taken_in=False):
    """Says what was lost on the way in, and that pseudonyms hide nobody."""
    read, _, refused = report["rows"]
    if taken_in and refused:
        words = f"{refused} of {read} rows were refused: Run.ingest says why, and they stand under refused/ in the store"
        warnings.warn(words, IntakeWarning, stacklevel=3)
    for words in intake:
        warnings.warn(words, IntakeWarning, stacklevel=3)
    if report["is_key_public"]:
        warn_of_public(stacklevel=4)


def warn_of_public(stacklevel):
    """Says that pseudonyms hide nobody."""
    words = "pseudonyms are made with the public key (no key_file): whoever has this program can trace them back"
    warnings.warn(words, PublicKeyWarning, stacklevel=stacklevel)


def asked_of(as_of, out, *, store=None, csv=None, since=None, portrayed=(), threads=2, **given):
    """What a run is asked for, as the library reads it."""
    if as_of is None:
        raise TypeError("as_of, the day described, is needed")
    asked = dict.fromkeys(_PATHS + _OTHERS)
    asked.update(watch=False, dump_features=False)
    asked.update(given)
    asked.update({name: path_of(asked[name]) for name in _PATHS})
    asked.update(as_of=str(as_of), out=path_of(out), store=path_of(store), threads=threads)
    asked.update(since=None if since is None else str(since), portrayed=list(portrayed))
    return json.dumps({**asked, "csv": store is None if csv is None else csv})


def assess(
    sources=None,
    out="out",
    as_of=None,
    *,
    model=None,
    store=None,
    mapping=None,
    database_url_file=None,
    key_file=None,
    rules=None,
    living_costs=None,
    since=None,
    watch=False,
    samples=None,
    features=None,
    dump_features=False,
    csv=None,
    profiles=None,
    portrayed=(),
    buckets=None,
    threads=2,
):
    """Reads a folder of exports into a store, trains or loads a model, and assesses every debtor with an open case.

    The same rows give the same files, byte for byte, as ``wherewithal assess``.

    Parameters
    ----------
    sources : path, optional
        The folder of exports; none when a store is assessed as it is.
    out : path
        The folder to write to.
    as_of : str or date
        The day described: nothing known later is used.
    model : path, optional
        ``model.json`` of an earlier run; without one a model is trained on what the store holds.
    store : path, optional
        The store to which the sources are added; without one ``out/store`` is filled anew.
    mapping : path, optional
        What files, columns, units and codes mean (TOML), for exports under names of their own.
    database_url_file : path, optional
        A file with the connection string of a PostgreSQL database to read.
    key_file : path, optional
        The secret behind the pseudonyms; without it a public one is used, which hides nobody, and a warning says so.
    rules, living_costs : path, optional
        A folder of legal parameters; what households must be left. Without living costs wages count nothing in the low and
        expected figures.
    since : str or date, optional
        Assess only debtors about whom something became known from this day on.
    watch : bool
        Whether cases closed without result are looked at again.
    samples : int, optional
        Learn from about so many samples instead of all.
    features : path, optional
        Features added to the standard catalogue (TOML), to train with.
    dump_features : bool
        Whether every feature of the standard catalogue is written beside the scores.
    csv : bool, optional
        Whether ``scores.csv`` is written; by default where no store is named.
    profiles : int, optional
        How many debtors are portrayed; by default all of a run of at most 5,000.
    portrayed : list of str
        Debtors portrayed beside them, by pseudonym.
    buckets : int, optional
        Buckets of what is added to the store, a power of two.
    threads : int
        Buckets in flight.

    Returns
    -------
    Run

    Examples
    --------
    >>> import wherewithal
    >>> run = wherewithal.assess("data/district", "out/district", as_of="2018-06-30")  # doctest: +SKIP
    >>> run.scores.num_rows  # doctest: +SKIP
    223
    """
    asked = asked_of(**locals())
    told = json.loads(_native.assess(asked))
    run = Run(out)
    warn_of(run.report, told["warnings"], taken_in=run.ingest is not None)
    return run


class Run:
    """What a run wrote to a folder: frames of scores, reasons, statements of means and signals, and portraits.

    Every file is held against the digest that the run gave it.

    Examples
    --------
    >>> run = wherewithal.Run("out/district")  # doctest: +SKIP
    >>> run.scores.to_pandas()  # doctest: +SKIP
    """

    def __init__(self, out):
        self.out = Path(out)
        self.report = json.loads(_native.report(self.out))

    def output(self, name):
        """The bytes of a file of the run, as it was written."""
        return _native.output(self.out, name)

    def frame(self, name):
        """A table of the run: scores, reasons, capacity, signals, watch or features."""
        return pq.read_table(pa.BufferReader(self.output(f"{name}.parquet")))

    @property
    def scores(self):
        """Points, probabilities and grade of each debtor."""
        return self.frame("scores")

    @property
    def reasons(self):
        """What moved each score."""
        return self.frame("reasons")

    @property
    def capacity(self):
        """The statements of means."""
        return self.frame("capacity")

    @property
    def signals(self):
        """Acts that look like evasion."""
        return self.frame("signals")

    @property
    def watch(self):
        """Closed cases to look at again."""
        return self.frame("watch")

    @property
    def ingest(self):
        """What was read, accepted, refused and ignored, file by file; ``None`` when the run read no sources."""
        name = "ingest_report.json"
        return json.loads(self.output(name)) if name in dict(self.report["outputs"]) else None

    @property
    def debtors(self):
        """The pseudonyms of the debtors who are portrayed, the most able first."""
        lines = self.output("profiles.ndjson").splitlines()
        return [json.loads(line)["entity"] for line in lines]

    def portrait(self, debtor, *, language="zh"):
        """The portrait (画像) of one debtor, by pseudonym (16 hexadecimal digits)."""
        return portrait(self.out, debtor, language=language)

    def pages(self, out=None, *, language="zh", top=20):
        """Writes the portraits as pages to open in a browser, and returns the first page."""
        return Path(_native.pages(self.out, self.out / "pages" if out is None else out, (language, top)))

    def __repr__(self):
        debtors, unscored = self.report["debtors"]
        return f"Run({str(self.out)!r}: {debtors} debtors on {self.report['as_of']}, {unscored} with insufficient data)"

    def _repr_html_(self):
        debtors, unscored = self.report["debtors"]
        read, accepted, refused = self.report["rows"]
        said = f"{debtors} debtors on {self.report['as_of']}, {debtors - unscored} scored, {unscored} with insufficient data"
        rows = f"{read} rows read, {accepted} accepted, {refused} refused"
        notes = [f"{said}; {rows}"]
        if self.report["portrayed"] < debtors:
            notes.append(f"{self.report['portrayed']} of them portrayed")
        if self.report["living_costs"] is None:
            notes.append("no living costs were supplied: wages count 0 in the low and expected figures")
        if self.report["is_key_public"]:
            notes.append("pseudonyms are made with the public key: whoever has this program can trace them back")
        return "".join(f"<p>{note}</p>" for note in notes) + _html.table(self.scores)


class Portrait:
    """What is known about one debtor, as data and as a page."""

    def __init__(self, html, data):
        self.html = html
        self.data = data

    def save(self, path):
        """Writes the page to a file."""
        Path(path).write_text(self.html, encoding="utf-8")

    def __repr__(self):
        return f"Portrait({self.data['entity']!r})"

    def _repr_html_(self):
        return _html.page(self.html)


def portrait(run, debtor, *, language="zh"):
    """The portrait (画像) of one debtor of a run, by pseudonym (16 hexadecimal digits); notebooks show its page."""
    out = run.out if isinstance(run, Run) else Path(run)
    html, data = _native.portrait(out, debtor, language)
    return Portrait(html, json.loads(data))
