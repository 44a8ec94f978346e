"""Runs by Spark are the run of one machine, whatever happens to its executors."""

import os
import shutil
import signal
import time
from pathlib import Path

import pytest
from engines import AS_OF, BUCKETS, UNITS, Meanwhile, found_in, identifiers_of, simulated, stored
from spark_cluster import LOCAL, Cluster

import wherewithal
import wherewithal.spark

pytest.importorskip("pyspark")
if shutil.which("java") is None:
    pytest.skip("there is no Java here", allow_module_level=True)
pytestmark = pytest.mark.filterwarnings("ignore")


#: What is packed cannot be searched.
UNPACKED = {name: "false" for name in ("broadcast.compress", "rdd.compress", "shuffle.compress", "shuffle.spill.compress")}


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    before = {name: os.environ.get(name) for name in LOCAL}
    os.environ.update(LOCAL)
    cluster = Cluster(tmp_path_factory.mktemp("spark"), **UNPACKED)
    yield cluster
    cluster.session.stop()
    shutil.rmtree(cluster.work / cluster.name, ignore_errors=True)
    for name, value in before.items():
        os.environ.pop(name) if value is None else os.environ.update({name: value})


def assess(cluster, court, out, **settings):
    # A unit a task, so that a death comes in the middle of many.
    given = {"store": court.store, "model": court.model, "out": out, "as_of": AS_OF, "rows_per_task": 1, **settings}
    return wherewithal.spark.assess(cluster.session, **given)


def test_a_run_is_that_of_one_machine(cluster, court, tmp_path):
    begun = time.monotonic()
    court.assert_same(assess(cluster, court, tmp_path / "out", rows_per_task=wherewithal.spark.ROWS_PER_TASK))
    print(f"one process {court.seconds:.1f} s, Spark with the start of Python {time.monotonic() - begun:.1f} s")


def test_a_lost_executor_changes_nothing(cluster, court, tmp_path):
    process, before = cluster.executor(), cluster.lost()
    (tmp_path / "shared").mkdir()
    begun = time.monotonic()
    with Meanwhile(lambda: cluster.done(UNITS), lambda: os.kill(process, signal.SIGKILL)) as kill:
        # Nothing comes back through the engine, so that attempts leave files behind.
        run = assess(cluster, court, tmp_path / "out", shared=tmp_path / "shared", bound=0)
    print(f"killed when {kill.before} units were done: {time.monotonic() - begun:.1f} s")
    assert UNITS // 4 <= kill.before < UNITS
    assert not Path(f"/proc/{process}").exists() and cluster.lost() == before + 1
    court.assert_same(run)
    assert list((tmp_path / "shared").iterdir()) == []


def test_a_store_that_no_worker_sees_comes_through_spark(cluster, court, tmp_path):
    elsewhere = court.copy_of_store(tmp_path / "elsewhere").as_uri()
    (tmp_path / "shared").mkdir()
    # Stages that list and bring files have as many tasks: what units left behind is counted.
    done = lambda: len(list((tmp_path / "shared").glob("*/*")))  # noqa: E731
    process, before, begun = cluster.executor(), cluster.lost(), time.monotonic()
    with Meanwhile(done, lambda: os.kill(process, signal.SIGKILL)) as kill:
        run = assess(cluster, court, tmp_path / "out", through=elsewhere, shared=tmp_path / "shared", bound=0)
    print(f"store through Spark, killed when {kill.before} units were done: {time.monotonic() - begun:.1f} s")
    assert UNITS // 4 <= kill.before < UNITS
    assert not Path(f"/proc/{process}").exists() and cluster.lost() == before + 1
    court.assert_same(run)
    # Some units a task, and all of them in one.
    for name, rows_per_task in ("some", wherewithal.spark.ROWS_PER_TASK), ("all", 10**9):
        court.assert_same(assess(cluster, court, tmp_path / name, through=elsewhere, rows_per_task=rows_per_task))


def test_a_night_that_lands_in_the_middle_changes_nothing(cluster, court, tmp_path):
    store = court.copy_of_store(tmp_path / "store")
    night = simulated(tmp_path / "night", "--cases", 5, "--seed", 9)
    with Meanwhile(lambda: cluster.done(UNITS), lambda: wherewithal.Store.fill(store, night)) as fill:
        run = assess(cluster, court, tmp_path / "out", store=store)
    print(f"landed between {fill.before} and {fill.after} units")
    assert fill.before >= UNITS // 4 and len(wherewithal.Store(store).parts) == 2
    court.assert_same(run)


def test_a_worker_with_another_model_refuses(cluster, court, other_model, tmp_path):
    with pytest.raises(wherewithal.SettingError, match="^model of the plan: found"):
        assess(cluster, court, tmp_path / "out", on_workers={"model": other_model})
    assert not (tmp_path / "out" / "run.json").exists()
    with pytest.raises(wherewithal.SettingError, match="^unit .* more than the 1 that may come back"):
        assess(cluster, court, tmp_path / "out", bound=UNITS, rows_per_task=wherewithal.spark.ROWS_PER_TASK)
    with pytest.raises(ValueError, match="rows_per_task is 0"):
        assess(cluster, court, tmp_path / "out", rows_per_task=0)


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
    # Every row was packed with the number of its line at least.
    assert len(identifiers) > 100 and guilty == [] and size > shuffled > 100_000 and values >= store.rows > 1_000
    print(f"{shuffled} bytes were shuffled; none of {len(identifiers)} identifiers in {size} bytes, {values} packed values")


def test_an_executor_lost_while_buckets_settle_changes_nothing(cluster, filled, tmp_path):
    process, before = cluster.executor(), cluster.lost()
    failed = cluster.unfetched()
    begun = time.monotonic()
    done = lambda: cluster.done(BUCKETS + 1)  # noqa: E731
    with Meanwhile(done, lambda: os.kill(process, signal.SIGKILL), after=3) as kill:
        store = fill(cluster, filled, tmp_path)
    failed = cluster.unfetched() - failed
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
