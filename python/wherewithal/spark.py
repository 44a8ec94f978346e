"""A run over a store, and the filling of one, by Spark: the same files, byte for byte, as one machine writes.

>>> import wherewithal.spark
>>> run = wherewithal.spark.assess(  # doctest: +SKIP
...     session, "/mnt/store", "out/run", as_of="2018-06-30", model="/mnt/model.json"
... )

or, from a shell, ``python -m wherewithal.spark assess --store … --model … --as-of … --out …``, also by ``spark-submit``.
Spark hands out the numbers of units and brings their bytes back; workers have this wheel installed and see the store and
the model by their paths, without a shuffle or a setting of the session. Workers that see no store get its files by Spark
(``through``), which one shuffle brings to their units.

>>> store = wherewithal.spark.fill(  # doctest: +SKIP
...     session, "/mnt/exports", "/mnt/store", buckets=256, refused="/var/refused", key_file="/etc/court.key"
... )

or ``python -m wherewithal.spark fill --sources … --store … --buckets N --refused … --key-file …``: workers read files, one
shuffle brings what they packed to its bucket, and workers write the buckets.
"""

from wherewithal import _engine, _fill_engine
from wherewithal._run import path_of
from wherewithal._store import Store

#: A task costs Spark about a tenth of a second of a core, which is what the library takes for so many rows.
ROWS_PER_TASK = 1_000_000

_OUTCOME = "unit long, data binary, file string, error string, words string"


def assess(session, store, out, as_of, *, model, rows_per_task=ROWS_PER_TASK, **settings):
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
    rows_per_task : int
        About how many rows of the store a task has, at most (with ``since`` the rows of the whole store count): units are
        given out together, since each task costs Spark as much as these cost the library.
    shared : path, optional
        A folder that workers and the caller see, for units that are larger than the bound lets through the engine.
    bound : int
        How many bytes all units together may send back through the engine, 256 MB unless said otherwise.
    on_workers : dict, optional
        Paths of ``store``, ``model``, ``rules`` and ``living_costs`` on the workers, if elsewhere.
    through : str, optional
        The store as Spark reads it, ``hdfs://…`` for instance, for workers that see neither it nor the model: files come to
        them by Spark, and lie in a folder for the unit at work. ``store`` is then for the caller alone. With
        ``spark.sql.execution.arrow.maxRecordsPerBatch`` of 16 a worker holds few files at a time.
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
    if rows_per_task < 1:
        raise ValueError(f"rows_per_task is {rows_per_task}, not a number of 1 or more")
    engine = _engine.Engine(store, out, as_of, model=model, **settings)
    units = engine.plan.units
    tasks = min(units, max(1, -(-Store(path_of(store)).rows // rows_per_task)))
    return engine.finish(lambda task: _outcomes(session, task, (units, tasks)))


def _outcomes(session, task, many):
    units, tasks = many
    if units == 0:
        return
    if task.through is not None:
        yield from _outcomes_through(session, task, tasks)
        return
    given = tuple(task)

    def assessed(batches):
        from wherewithal import _spark_worker

        yield from _spark_worker.assessed(given, batches)

    # What a lost executor was at is all that is done again.
    for row in session.range(0, units, 1, tasks).mapInArrow(assessed, _OUTCOME).collect():
        yield _engine.Outcome(*row)


_FILE = "unit int, place string, content binary"


def _outcomes_through(session, task, tasks):
    """As :func:`_outcomes`, from files that Spark reads: the shuffle brings those of a unit together."""
    (url, _, folders), given = task.through, tuple(task)
    parts = sorted({folder.split("/")[0] for of_unit in folders for folder in of_unit})
    # By parts: of more than a few paths Spark lists each by a task. What lies beside buckets is read and dropped.
    files = session.read.format("binaryFile").option("recursiveFileLookup", "true")
    files = files.load([f"{url}/{part}" for part in parts]).coalesce(tasks)

    def brought(batches):
        from wherewithal import _spark_worker

        yield from _spark_worker.brought(folders, batches)

    def assessed(batches):
        from wherewithal import _spark_worker

        yield from _spark_worker.assessed_of(given, batches)

    of_units = files.select("path", "content").mapInArrow(brought, _FILE).repartition(tasks, "unit")
    for row in of_units.sortWithinPartitions("unit").mapInArrow(assessed, _OUTCOME).collect():
        yield _engine.Outcome(*row)


def fill(session, sources, store, *, buckets, refused, key_file=None, mapping=None, on_workers=None):
    """Fills an empty store from a folder of files by the workers of a Spark session.

    Parameters
    ----------
    session : pyspark.sql.SparkSession
        Of Spark 3.5 or later, also through Spark Connect. With ``spark.sql.execution.arrow.maxRecordsPerBatch`` of 16 a worker
        holds few of the packed rows at a time. Encryption of what Spark sends and keeps is a setting of the cluster.
    sources : path
        The folder of files, as workers see it.
    store : path
        The folder of the store, which workers write to; a first part only: nights belong on one machine.
    buckets : int
        A power of two.
    refused : path
        A folder on each worker for the rows that it refuses, which hold what sources say in clear; they stay there.
    key_file, mapping : path, optional
        On each worker, too. The key itself goes nowhere.
    on_workers : dict, optional
        Paths of ``sources``, ``store``, ``refused``, ``mapping`` and ``key_file`` on the workers, if elsewhere.

    Returns
    -------
    Store

    Raises
    ------
    WherewithalError
        With the words of the library, also where a worker refused, for instance since it has another key.
    """
    settings = {"key_file": key_file, "mapping": mapping, "on_workers": on_workers}
    engine = _fill_engine.FillEngine(sources, store, buckets=buckets, refused=refused, **settings)
    return engine.fill(
        lambda task, telling: _pieces(_read(session, task, telling, "told")),
        lambda task, files, buckets: _pieces(_settle(session, task, files, buckets)),
    )


_PIECE = "bucket int, table int, file long, chunk int, data binary, error string, words string"


def _pieces(frame):
    pieces = [] if frame is None else (_fill_engine.Piece(*row) for row in frame.collect())
    return [piece._replace(data=None if piece.data is None else bytes(piece.data)) for piece in pieces]


def _read(session, task, files, deed):
    """What a task makes of each of some files."""
    given, files = tuple(task), list(files)
    if not files:
        return None

    def read(batches):
        from wherewithal import _spark_worker

        yield from _spark_worker.read(given, files, deed, batches)

    return session.range(0, len(files), 1, len(files)).mapInArrow(read, _PIECE)


def _settle(session, task, files, buckets):
    """Every bucket, settled from what all files send there: the only shuffle."""
    given = tuple(task)

    def settled(batches):
        from wherewithal import _spark_worker

        yield from _spark_worker.settled(given, batches)

    blobs = _read(session, task, range(1, files + 1), "dealt").repartition(buckets + 1, "bucket")
    return blobs.sortWithinPartitions("bucket", "table", "file", "chunk").mapInArrow(settled, _PIECE)


def main(arguments=None):
    """The command line."""
    parser, (commands, command) = _engine.parser_of("spark", "Assesses a store by the workers of Spark.")
    words = "rows of the store that a task has, about, at most [%(default)s]"
    command.add_argument("--rows-per-task", type=int, default=ROWS_PER_TASK, help=words)
    for command in [command, _fill_engine.command_of(commands, "Fills an empty store by the workers of Spark.")]:
        command.add_argument("--master", help="where Spark is, if spark-submit or its settings do not say it")
    given = parser.parse_args(arguments)
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.appName("wherewithal")
    if given.command == "fill" or given.through is not None:
        # Packed rows and files of a store are large: few of them are held at a time.
        builder = builder.config("spark.sql.execution.arrow.maxRecordsPerBatch", 16)
    session = (builder if given.master is None else builder.master(given.master)).getOrCreate()
    try:
        print({"assess": assess, "fill": fill}[given.command](session, **_engine.asked_of(given, ["master"])))
    finally:
        session.stop()


if __name__ == "__main__":
    main()
