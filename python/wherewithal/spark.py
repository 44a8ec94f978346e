"""A run over a store by Spark: the same files, byte for byte, as one machine writes.

>>> import wherewithal.spark
>>> run = wherewithal.spark.assess(  # doctest: +SKIP
...     session, "/mnt/store", "out/run", as_of="2018-06-30", model="/mnt/model.json"
... )

or, from a shell, ``python -m wherewithal.spark assess --store … --model … --as-of … --out …``, also by ``spark-submit``.
Spark hands out the numbers of units and brings their bytes back; workers have this wheel installed and see the store and
the model by their paths. Nothing else of Spark is used: no shuffle, no setting of the session.
"""

from wherewithal import _engine

_OUTCOME = "unit long, data binary, file string, error string, words string"


def assess(session, store, out, as_of, *, model, **settings):
    """Assesses every debtor with an open case by the workers of a Spark session.

    Parameters
    ----------
    session : pyspark.sql.SparkSession
        Of Spark 3.5 or later, also through Spark Connect.
    store, model : path
        As workers see them.
    out : path
        The folder to write to, where this is called.
    as_of : str or date
        The day described: nothing known later is used.
    shared : path, optional
        A folder that workers and the caller see, for units that are larger than the bound lets through the engine.
    bound : int
        How many bytes all units together may send back through the engine, 256 MB unless said otherwise.
    on_workers : dict, optional
        Paths of ``store``, ``model``, ``rules`` and ``living_costs`` on the workers, if elsewhere.
    **settings
        ``since``, ``watch``, ``rules``, ``living_costs``, ``profiles`` and the others of :func:`wherewithal.plan`.

    Returns
    -------
    Run

    Raises
    ------
    WherewithalError
        With the words of the library, also where a worker refused, for instance since it has another model.
    """
    engine = _engine.Engine(store, out, as_of, model=model, **settings)
    return engine.finish(lambda task: _outcomes(session, task, engine.plan.units))


def _outcomes(session, task, units):
    if units == 0:
        return
    given = tuple(task)

    def assessed(batches):
        # A worker is forked from a process that holds nothing of this package, and a task has one core.
        import os

        os.environ.setdefault("RAYON_NUM_THREADS", "1")
        import pyarrow

        from wherewithal import _engine

        task = _engine.Task(*given)
        for batch in batches:
            for unit in batch.column(0).to_pylist():
                outcome = _engine.assessed(task, unit)
                columns = [[value] for value in outcome]
                types = [pyarrow.int64(), pyarrow.binary(), pyarrow.string(), pyarrow.string(), pyarrow.string()]
                arrays = [pyarrow.array(column, kind) for column, kind in zip(columns, types)]
                yield pyarrow.RecordBatch.from_arrays(arrays, list(outcome._fields))

    # One unit a task: what a lost executor was at is all that is done again.
    for row in session.range(0, units, 1, units).mapInArrow(assessed, _OUTCOME).collect():
        yield _engine.Outcome(*row)


def main(arguments=None):
    """The command line."""
    parser, command = _engine.parser_of("spark", "Assesses a store by the workers of Spark.")
    command.add_argument("--master", help="where Spark is, if spark-submit or its settings do not say it")
    given = parser.parse_args(arguments)
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.appName("wherewithal")
    session = (builder if given.master is None else builder.master(given.master)).getOrCreate()
    try:
        print(assess(session, **_engine.asked_of(given, ["master"])))
    finally:
        session.stop()


if __name__ == "__main__":
    main()
