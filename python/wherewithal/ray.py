"""A run over a store by Ray: the same files, byte for byte, as one machine writes.

>>> import wherewithal.ray
>>> run = wherewithal.ray.assess("/mnt/store", "out/run", as_of="2018-06-30", model="/mnt/model.json")  # doctest: +SKIP

or, from a shell, ``python -m wherewithal.ray assess --store … --model … --as-of … --out …``. Ray hands out the numbers of
units and brings their bytes back; workers have this wheel installed and see the store and the model by their paths, or
fetch what their unit reads (``through``).
"""

from wherewithal import _engine, _errors

#: How often a unit is given out again whose worker died or could not read a file.
_AGAIN = 3


def assess(store, out, as_of, *, model, **settings):
    """Assesses every debtor with an open case by the workers of the Ray cluster to which this process is connected.

    The settings are those of :func:`wherewithal.spark.assess` but for ``rows_per_task``: each unit is a task. Without a
    connection Ray starts on this machine. ``through`` is
    a URL that :mod:`pyarrow.fs` knows: each worker fetches by it what its unit reads.
    """
    engine = _engine.Engine(store, out, as_of, model=model, **settings)
    return engine.finish(lambda task: _outcomes(task, engine.plan.units))


def _assessed(task, unit):
    import os

    os.environ.setdefault("RAYON_NUM_THREADS", "1")
    from wherewithal import _engine

    return tuple(_engine.assessed(_engine.Task(*task), unit))


def _outcomes(task, units):
    import ray

    assess_one = ray.remote(num_cpus=1, max_retries=_AGAIN, retry_exceptions=[_errors.IoError])(_assessed)
    given = ray.put(tuple(task))
    waiting = [assess_one.remote(given, unit) for unit in range(units)]
    try:
        while waiting:
            done, waiting = ray.wait(waiting)
            for outcome in ray.get(done):
                yield _engine.Outcome(*outcome)
    finally:
        # Once a unit refuses, the run is over: what is waiting is not begun, what is being assessed ends by itself.
        for unit in waiting:
            ray.cancel(unit)


def main(arguments=None):
    """The command line."""
    parser, (_, command) = _engine.parser_of("ray", "Assesses a store by the workers of Ray.")
    command.add_argument("--address", help="the cluster, if RAY_ADDRESS does not say it; without one Ray starts here")
    given = parser.parse_args(arguments)
    import ray

    ray.init(address=given.address)
    try:
        print(assess(**_engine.asked_of(given, ["address"])))
    finally:
        ray.shutdown()


if __name__ == "__main__":
    main()
