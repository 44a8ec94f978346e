"""Runs by Spark are the run of one machine, whatever happens to its executors."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from engines import AS_OF, BUCKETS, UNITS, Meanwhile, found_in, identifiers_of, stored

import wherewithal
import wherewithal.spark

pyspark = pytest.importorskip("pyspark")
if shutil.which("java") is None:
    pytest.skip("there is no Java here", allow_module_level=True)
pytestmark = pytest.mark.filterwarnings("ignore")


class Cluster:
    """A Spark of two executors, each a process of its own, that keeps all it writes below one folder."""

    def __init__(self, folder):
        self.events, self.local = folder / "events", folder / "local"
        # Where a cluster on one machine keeps what its executors say.
        self.work = Path(pyspark.__file__).parent / "work"
        self.events.mkdir()
        builder = pyspark.sql.SparkSession.builder.master("local-cluster[2,1,1024]").appName("wherewithal")
        settings = {
            "spark.eventLog.enabled": "true",
            "spark.eventLog.dir": self.events.as_uri(),
            "spark.eventLog.compress": "false",
            "spark.local.dir": str(self.local),
            # What is packed cannot be searched.
            "spark.broadcast.compress": "false",
            "spark.rdd.compress": "false",
            "spark.shuffle.compress": "false",
            "spark.shuffle.spill.compress": "false",
            # Files of a store and packed rows are large: few of them are held at a time.
            "spark.sql.execution.arrow.maxRecordsPerBatch": "16",
            "spark.ui.enabled": "false",
            "spark.ui.showConsoleProgress": "false",
        }
        for name, value in settings.items():
            builder = builder.config(name, value)
        self.session = builder.getOrCreate()
        self.context = self.session.sparkContext
        self.context.setLogLevel("OFF")
        self.name = self.context.applicationId

    def executor(self):
        """The process of an executor, which starts those of Python: its own words, not a list of processes."""

        def asked(batches):
            import os

            import pyarrow

            for batch in batches:
                parent = int(open(f"/proc/{os.getppid()}/stat").read().rsplit(")", 1)[1].split()[1])
                yield pyarrow.RecordBatch.from_pydict({"process": [parent] * batch.num_rows})

        found = self.session.range(0, 1, 1, 1).mapInArrow(asked, "process long").collect()[0][0]
        words = Path(f"/proc/{found}/cmdline").read_bytes().split(b"\0")
        assert b"org.apache.spark.executor.CoarseGrainedExecutorBackend" in words and self.name.encode() in words
        return found

    def done(self, tasks=UNITS):
        """How many units of the run at work are done, or tasks of the stage of so many."""
        tracker = self.context.statusTracker()
        stages = [tracker.getStageInfo(stage) for stage in tracker.getActiveStageIds()]
        return sum(stage.numCompletedTasks for stage in stages if stage and stage.numTasks == tasks)

    def lost(self):
        """How many executors went."""
        return self.told(b'"Event":"SparkListenerExecutorRemoved"')

    def told(self, words):
        """How often something stands in the log of events."""
        logs = [path for path in self.events.rglob("*") if path.is_file()]
        return sum(path.read_bytes().count(words) for path in logs)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    local = {"SPARK_LOCAL_IP": "127.0.0.1", "SPARK_LOCAL_HOSTNAME": "localhost", "PYSPARK_PYTHON": sys.executable}
    before = {name: os.environ.get(name) for name in local}
    os.environ.update(local)
    cluster = Cluster(tmp_path_factory.mktemp("spark"))
    yield cluster
    cluster.session.stop()
    shutil.rmtree(cluster.work / cluster.name, ignore_errors=True)
    for name, value in before.items():
        os.environ.pop(name) if value is None else os.environ.update({name: value})


def assess(cluster, court, out, **settings):
    given = {"store": court.store, "model": court.model, "out": out, "as_of": AS_OF, **settings}
    return wherewithal.spark.assess(cluster.session, **given)


def test_a_run_is_that_of_one_machine(cluster, court, tmp_path):
    # The first one starts Python on the executors.
    begun = time.monotonic()
    court.assert_same(assess(cluster, court, tmp_path / "first"))
    middle = time.monotonic()
    court.assert_same(assess(cluster, court, tmp_path / "second"))
    cluster.seconds = time.monotonic() - middle
    print(f"one process {court.seconds:.1f} s, Spark {middle - begun:.1f} s and {cluster.seconds:.1f} s")


def test_a_lost_executor_changes_nothing(cluster, court, tmp_path):
    process, before = cluster.executor(), cluster.lost()
    (tmp_path / "shared").mkdir()
    begun = time.monotonic()
    with Meanwhile(cluster.done, lambda: os.kill(process, signal.SIGKILL)) as kill:
        # Nothing comes back through the engine, so that attempts leave files behind.
        run = assess(cluster, court, tmp_path / "out", shared=tmp_path / "shared", bound=0)
    print(f"killed when {kill.before} units were done: {time.monotonic() - begun:.1f} s")
    assert UNITS // 4 <= kill.before < UNITS
    assert not Path(f"/proc/{process}").exists() and cluster.lost() == before + 1
    court.assert_same(run)
    assert list((tmp_path / "shared").iterdir()) == []


def test_a_store_that_no_worker_sees_comes_through_spark(cluster, court, tmp_path):
    elsewhere = court.copy_of_store(tmp_path / "elsewhere").as_uri()
    begun = time.monotonic()
    court.assert_same(assess(cluster, court, tmp_path / "out", through=elsewhere))
    seconds = time.monotonic() - begun
    process, before = cluster.executor(), cluster.lost()
    with Meanwhile(cluster.done, lambda: os.kill(process, signal.SIGKILL)) as kill:
        run = assess(cluster, court, tmp_path / "again", through=elsewhere)
    print(f"store through Spark {seconds:.1f} s; killed when {kill.before} units were done")
    assert UNITS // 4 <= kill.before < UNITS
    assert not Path(f"/proc/{process}").exists() and cluster.lost() == before + 1
    court.assert_same(run)


def test_a_night_that_lands_in_the_middle_changes_nothing(cluster, court, tmp_path):
    store = court.copy_of_store(tmp_path / "store")
    night = tmp_path / "night"
    simulate = ["simulate", "--cases", "5", "--seed", "9", "--out", night]
    subprocess.run([sys.executable, "-m", "wherewithal", *simulate], check=True, capture_output=True)
    shutil.rmtree(night / "truth")
    with Meanwhile(cluster.done, lambda: wherewithal.Store.fill(store, night)) as fill:
        run = assess(cluster, court, tmp_path / "out", store=store)
    print(f"landed between {fill.before} and {fill.after} units")
    assert fill.before >= UNITS // 4 and len(wherewithal.Store(store).parts) == 2
    court.assert_same(run)


def test_a_worker_with_another_model_refuses(cluster, court, tmp_path):
    other = tmp_path / "model.json"
    sources = court.folder / "learnt" / "store"
    learnt = wherewithal.assess(store=sources, out=tmp_path / "learnt", as_of="2018-03-31", profiles=0)
    shutil.copy(learnt.out / "model.json", other)
    with pytest.raises(wherewithal.SettingError, match="^model of the plan: found"):
        assess(cluster, court, tmp_path / "out", on_workers={"model": other})
    assert not (tmp_path / "out" / "run.json").exists()
    with pytest.raises(wherewithal.SettingError, match="^unit .* more than the 1 that may come back"):
        assess(cluster, court, tmp_path / "out", bound=UNITS)


def fill(cluster, filled, folder, **settings):
    sources, store = filled[0] / "sources", folder / "store"
    return wherewithal.spark.fill(cluster.session, sources, store, refused=folder / "refused", **filled[1], **settings)


def test_a_store_is_filled_as_by_one_machine(cluster, filled, tmp_path):
    begun = time.monotonic()
    store = fill(cluster, filled, tmp_path)
    print(f"filled by Spark in {time.monotonic() - begun:.1f} s")
    ours = stored(store.folder)
    assert len(ours) > 50 and ours == stored(filled[0] / "one")
    shuffled = sum(path.stat().st_size for path in cluster.local.rglob("shuffle_*.data"))
    identifiers = identifiers_of(filled[0] / "sources")
    guilty, looked_at = found_in([cluster.events, cluster.local, cluster.work / cluster.name], identifiers)
    size, values = looked_at
    assert len(identifiers) > 100 and guilty == [] and size > shuffled > 100_000 and values > 10_000
    print(f"{shuffled} bytes were shuffled; none of {len(identifiers)} identifiers in {size} bytes, {values} packed values")


def test_an_executor_lost_while_buckets_settle_changes_nothing(cluster, filled, tmp_path):
    process, before = cluster.executor(), cluster.lost()
    failed = cluster.told(b'"Reason":"FetchFailed"')
    begun = time.monotonic()
    done = lambda: cluster.done(BUCKETS + 1)  # noqa: E731
    with Meanwhile(done, lambda: os.kill(process, signal.SIGKILL), after=3) as kill:
        store = fill(cluster, filled, tmp_path)
    failed = cluster.told(b'"Reason":"FetchFailed"') - failed
    print(f"killed when {kill.before} buckets were settled: {time.monotonic() - begun:.1f} s, {failed} fetches failed")
    assert kill.before is not None and kill.before <= BUCKETS
    assert not Path(f"/proc/{process}").exists() and cluster.lost() == before + 1 and failed > 0
    assert stored(store.folder) == stored(filled[0] / "one")


def test_a_worker_with_another_key_refuses(cluster, filled, tmp_path):
    other = tmp_path / "other"
    other.write_text("the secret of another court\n")
    other.chmod(0o600)
    with pytest.raises(wherewithal.SettingError, match="^key of the plan: found"):
        fill(cluster, filled, tmp_path, on_workers={"key_file": other})
    assert not list((tmp_path / "store").glob("part-*"))


def test_no_identifier_in_clear_is_left_anywhere(cluster, court):
    identifiers = court.identifiers()
    assert len(identifiers) > 1_000 and len(found_in([court.sources], identifiers)[0]) > 5
    guilty, looked_at = found_in([cluster.events, cluster.local, cluster.work / cluster.name], identifiers)
    assert guilty == [] and looked_at[0] > 100_000
    print(f"none of {len(identifiers)} identifiers in {looked_at[0]} bytes of Spark, {looked_at[1]} packed values")
