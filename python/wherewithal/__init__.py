"""Can this judgment debtor pay, how much, how do we know, and what should the judge consider next?

>>> import wherewithal
>>> run = wherewithal.assess("data/district", "out/district", as_of="2018-06-30")  # doctest: +SKIP
>>> run.scores.to_pandas()  # doctest: +SKIP

- :func:`assess` reads a folder of exports and assesses every debtor; a :class:`Run` holds its frames and portraits.
- :class:`Scorecard` learns a scorecard on a table of one's own, as a classifier of scikit-learn does.
- :class:`Store`, :func:`link`, :func:`screen`, :func:`inspect` and :func:`portrait` are the other rooms.
- :func:`plan` makes a run into tasks that any engine can hand out.

Results are estimates and suggestions for a judge; nothing here decides or triggers anything.
"""

from ._errors import (
    FormatError,
    FrameError,
    IntakeWarning,
    IoError,
    JsonError,
    KindError,
    NotFittedError,
    PublicKeyWarning,
    SettingError,
    TableError,
    TooLittleError,
    VersionError,
    WherewithalError,
)
from ._filling import FillPlan, FillReader, plan_fill
from ._inspect import Inspection, inspect
from ._parties import Links, Screening, link, screen
from ._plan import Plan, Worker, plan
from ._run import Portrait, Run, assess, portrait
from ._scorecard import Scorecard
from ._store import Store

__all__ = [
    "FillPlan",
    "FillReader",
    "FormatError",
    "FrameError",
    "Inspection",
    "IntakeWarning",
    "IoError",
    "JsonError",
    "KindError",
    "Links",
    "NotFittedError",
    "Plan",
    "Portrait",
    "PublicKeyWarning",
    "Run",
    "Scorecard",
    "Screening",
    "SettingError",
    "Store",
    "TableError",
    "TooLittleError",
    "VersionError",
    "WherewithalError",
    "Worker",
    "assess",
    "inspect",
    "link",
    "plan",
    "plan_fill",
    "portrait",
    "screen",
]
