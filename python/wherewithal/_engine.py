"""What engines share: a run's units on their way to workers and back, and the command line.

An engine hands out numbers and brings bytes back; the library assesses. What several attempts at a unit leave behind never
counts: a unit is what the engine reports of the one attempt that it takes.
"""

import argparse
import contextlib
import os
import shutil
import tempfile
import uuid
from pathlib import Path
from typing import NamedTuple, Optional

from . import _errors, _through
from ._plan import Plan
from ._plan import plan as planned
from ._run import path_of

#: How many bytes all units together may send back through an engine; larger units go through files.
BOUND = 256_000_000

#: What lies on the machines that assess.
_PATHS = ("store", "model", "rules", "living_costs")


class Task(NamedTuple):
    """What a worker needs to know to assess units: the plan, where things lie, and the way back."""

    plan: str
    paths: tuple
    most: int
    shared: Optional[str]
    #: Where the store is read, the files that every unit needs beside it, and the folders of each unit; none with a mount.
    through: Optional[tuple] = None


class Outcome(NamedTuple):
    """What became of a unit: its bytes, the file that holds them, or why there are none."""

    unit: int
    data: Optional[bytes] = None
    file: Optional[str] = None
    error: Optional[str] = None
    words: Optional[str] = None


#: The worker that this process made last: units come one by one, and a worker reads the model and more.
_made: dict = {}


def _plan(text):
    if _made.get("text") != text:
        _made.clear()
        _made.update(text=text, plan=Plan.from_json(text))
    return _made["plan"]


def _worker_of(plan, paths):
    store, model, rules, living_costs = paths
    return plan.worker(store, model, rules=rules, living_costs=living_costs)


def _worker(task):
    plan = _plan(task.plan)
    if _made.get("paths") != task.paths:
        _made.update(paths=task.paths, worker=_worker_of(plan, task.paths))
    return _made["worker"]


def assessed(task, unit):
    """Assesses a unit where the engine wants it.

    What no repetition mends, such as another model, is an outcome; a file that could not be read is raised, so that the
    engine tries again.
    """
    if task.through is None:
        return _outcome(task, unit, lambda: _worker(task))
    url, _, folders = task.through
    return assessed_of(task, unit, _through.fetched(url, folders[unit]))


def assessed_of(task, unit, files):
    """Assesses a unit from the files of the folders in which it reads, pairs of a place and bytes that may come one by one."""
    with _through.laid_out(task.through[1]) as (folder, lay):
        for place, data in files:
            lay(f"store/{place}", data)
        paths = tuple(folder / name if (folder / name).exists() else None for name in _PATHS)
        return _outcome(task, unit, lambda: _worker_of(_plan(task.plan), paths))


def _outcome(task, unit, worker):
    try:
        data = worker().assess(unit)
    except _errors.IoError:
        raise
    except _errors.WherewithalError as refused:
        return Outcome(unit, error=type(refused).__name__, words=str(refused))
    if len(data) <= task.most:
        return Outcome(unit, data)
    if task.shared is None:
        words = f"unit {unit} has {len(data)} bytes, more than the {task.most} that may come back through the engine: "
        words += "name a shared folder"
        return Outcome(unit, error="SettingError", words=words)
    return Outcome(unit, file=_kept(Path(task.shared), unit, data))


def _kept(folder, unit, data):
    """Writes a file that no other attempt has, for its owner alone; its name."""
    name = f"{unit:05}-{uuid.uuid4().hex}"
    descriptor = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    return name


class Engine:
    """A run that an engine assesses: the plan of it, the task for its workers, and what its outcomes come to."""

    def __init__(self, store, out, as_of, *, model, shared=None, bound=BOUND, on_workers=None, through=None, **settings):
        if through is not None and on_workers:
            raise TypeError("on_workers says where things lie, and with through nothing has to lie on workers")
        self.plan = planned(store, out, as_of, model=model, **settings)
        here = {"store": store, "model": model, **{name: settings.get(name) for name in _PATHS[2:]}}
        unknown = set(on_workers or {}) - set(_PATHS)
        if unknown:
            raise TypeError(f"on_workers may name {', '.join(_PATHS)}, not {', '.join(sorted(unknown))}")
        there = {} if through is not None else {**here, **(on_workers or {})}
        self._shared = shared
        self._most = bound // max(self.plan.units, 1)
        self._paths = tuple(_absolute(there.get(name)) for name in _PATHS)
        self._through = None if through is None else self._brought(str(through), here)

    def _brought(self, url, here):
        folders = _through.folders_of(_worker_of(self.plan, tuple(here[name] for name in _PATHS)), self.plan.units)
        parts = sorted({folder.split("/")[0] for of_unit in folders for folder in of_unit})
        store = here.pop("store")
        return url.rstrip("/"), _through.brought(store, parts, here), folders

    def finish(self, outcomes_of):
        """Writes the run of what the generator `outcomes_of` brings, given the task; it is closed when a unit refuses."""
        shared = None if self._shared is None else tempfile.mkdtemp(prefix="units-", dir=path_of(self._shared))
        try:
            task = Task(self.plan.to_json(), self._paths, self._most, shared, self._through)
            with contextlib.closing(outcomes_of(task)) as outcomes:
                return self.plan.finish(_units(outcomes, shared))
        finally:
            # With it go the files of attempts that nobody reported.
            if shared is not None:
                shutil.rmtree(shared, ignore_errors=True)


def _absolute(path):
    """Workers run in folders of their own."""
    return None if path is None else os.path.abspath(path)


def _units(outcomes, shared):
    for outcome in outcomes:
        if outcome.error is not None:
            raise getattr(_errors, outcome.error)(outcome.words)
        data = outcome.data if outcome.file is None else (Path(shared) / outcome.file).read_bytes()
        yield outcome.unit, bytes(data)


def parser_of(engine, described):
    """The command line of an engine: a subcommand `assess` with the settings of a run."""
    parser = argparse.ArgumentParser(prog=f"python -m wherewithal.{engine}", description=described)
    commands = parser.add_subparsers(dest="command", required=True)
    assess = commands.add_parser("assess", help="assesses a store", description=described)
    for name, words in _NEEDED.items():
        assess.add_argument(name, required=True, help=words)
    for name, words in _MAY_BE.items():
        assess.add_argument(name, help=words)
    assess.add_argument("--watch", action="store_true", help="look again at cases closed without result")
    assess.add_argument("--csv", action="store_true", help="write scores.csv, too")
    assess.add_argument("--profiles", type=int, help="how many debtors are portrayed")
    words = "bytes that all units together may send back through the engine [%(default)s]"
    assess.add_argument("--bound", type=int, default=BOUND, help=words)
    places_on_workers(assess, _PATHS)
    return parser, (commands, assess)


def places_on_workers(command, names):
    """Adds the option that says where these lie on workers."""
    words = f"where one of {', '.join(names)} lies on the workers, if elsewhere; may be given often"

    def pair(text):
        name, is_pair, path = text.partition("=")
        if not is_pair or name not in names:
            raise argparse.ArgumentTypeError(f"NAME=PATH with one of {', '.join(names)} is needed")
        return name, path

    command.add_argument("--on-workers", type=pair, action="append", default=[], metavar="NAME=PATH", help=words)


_NEEDED = {
    "--store": "the folder of the store, as workers see it, too",
    "--model": "a model of an earlier run (model.json)",
    "--as-of": "the day described, YYYY-MM-DD",
    "--out": "the folder to write to, on this machine",
}

_MAY_BE = {
    "--since": "assess only debtors about whom something became known from this day on",
    "--rules": "a folder of legal parameters",
    "--living-costs": "what households must be left (CSV)",
    "--shared": "a folder that workers and this machine see, for units beyond the bound",
    "--through": "the store as the engine reads it (a URL), for workers that see none of it",
}


def asked_of(arguments, others=()):
    """The settings of a call, from the arguments of a command line."""
    asked = {name: value for name, value in vars(arguments).items() if name not in ("command", *others)}
    asked["on_workers"] = dict(asked["on_workers"])
    return asked
