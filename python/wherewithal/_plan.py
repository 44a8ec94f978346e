"""A run over a store as tasks that any engine can hand out."""

from . import _native
from ._run import Run, asked_of, path_of, warn_of


class Plan:
    """A run over a store as tasks: a document that workers get, and the units of which come back as bytes.

    The result is that of :func:`assess`, byte for byte, in whatever order and however often units come. Rows that are added to
    the store meanwhile change nothing of it; once parts of the plan were folded and their files removed, units end in an error.
    A worker of another version, model or rules refuses and says which.

    Examples
    --------
    >>> plan = wherewithal.plan("out/store", "out/run", as_of="2018-06-30", model="model.json")  # doctest: +SKIP
    >>> text = plan.to_json()  # goes to every worker  # doctest: +SKIP
    >>> worker = wherewithal.Plan.from_json(text).worker("out/store", "model.json")  # doctest: +SKIP
    >>> run = plan.finish((unit, worker.assess(unit)) for unit in range(plan.units))  # doctest: +SKIP
    """

    def __init__(self, native, asked=None):
        self._native = native
        self._asked = asked

    @classmethod
    def from_json(cls, text):
        """The plan of this text, for workers."""
        return cls(_native.Plan.from_json(text))

    def to_json(self):
        """The plan as text; it names no path and holds no secret."""
        return self._native.to_json()

    @property
    def units(self):
        """How many units there are, numbered from 0."""
        return self._native.units

    def worker(self, store, model, *, rules=None, living_costs=None):
        """A worker by a store and a model, each by its path on the machine that assesses."""
        return Worker(self._native.worker((path_of(store), path_of(model)), (path_of(rules), path_of(living_costs))))

    def finish(self, units):
        """Puts units together, pairs of a number and bytes, and writes the run; where it was planned, not at workers."""
        if self._asked is None:
            raise TypeError("a plan is finished where it was made: by wherewithal.plan")
        out, asked = self._asked
        self._native.finish(asked, iter(units))
        run = Run(out)
        warn_of(run.report)
        return run

    def __repr__(self):
        return f"Plan({self.units} units)"


class Worker:
    """Assesses units of a plan."""

    def __init__(self, native):
        self._native = native

    def reads(self, unit):
        """The folders, within that of the store, in which a unit reads; beside them it needs each part's file `digests`."""
        return self._native.reads(unit)

    def assess(self, unit):
        """The bytes of a unit, which hold its results and what vouches for them."""
        return self._native.assess(unit)


def plan(store, out, as_of, *, model, **settings):
    """Plans a run over a store by a model; ``settings`` are those of :func:`assess` that read no sources."""
    asked = asked_of(as_of, out, store=store, model=model, **settings)
    return Plan(_native.Plan.of(asked), (out, asked))
