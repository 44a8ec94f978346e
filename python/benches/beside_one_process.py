"""What Spark costs beside one process: a run, a run through Spark without a mount, a run of which an executor is killed, and a
filling; in turn, wall and CPU.

    pip install pyspark pandas pytest
    python python/benches/beside_one_process.py [--scale 0.02] [--units 64] [--turns 3]

Two executors of one core each against one process of two threads. CPU is that of all processes that descend from this one,
as the system counts it (Linux); what a killed executor took is not in it, so of that run the wall alone is said. The start of
the session and of Python on the executors is said apart.
"""

import argparse
import os
import shutil
import signal
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from engines import AS_OF, Meanwhile, simulated  # noqa: E402
from spark_cluster import LOCAL, Cluster  # noqa: E402

DISTRICT = Path(__file__).parents[2] / "data" / "district"


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--scale", default="0.02")
    parser.add_argument("--units", type=int, default=64)
    parser.add_argument("--store", help="a store that is there, with as many buckets as units, instead of a simulated one")
    parser.add_argument("--rows-per-task", type=int, help="as wherewithal.spark.assess has it; 1 is a unit a task")
    parser.add_argument("--turns", type=int, default=3)
    return parser.parse_args()


def seconds_of(process):
    """Seconds of CPU of a process and of those it waited for, and its parent."""
    fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK"), int(fields[1])


def cpu():
    """Seconds of CPU of this process and of all that descend from it and live."""
    found = {}
    for process in filter(str.isdigit, os.listdir("/proc")):
        try:
            found[int(process)] = seconds_of(process)
        except OSError:
            continue

    def is_ours(process):
        while process not in (0, os.getpid()):
            process = found.get(process, (0, 0))[1]
        return process != 0

    return sum(spent for process, (spent, _) in found.items() if is_ours(process))


def measured(deed):
    begun, spent = time.monotonic(), cpu()
    deed()
    return time.monotonic() - begun, cpu() - spent


def main():
    given = arguments()
    import wherewithal
    import wherewithal.spark

    os.environ.update(LOCAL)
    folder = Path(tempfile.mkdtemp(prefix="bench-"))
    model = wherewithal.assess(DISTRICT, folder / "learnt", as_of="2018-06-30", profiles=0).out / "model.json"
    if given.store:
        store = wherewithal.Store(given.store)
    else:
        simulated(folder / "sources", "--preset", "jiangsu-2017", "--scale", given.scale)
        store = wherewithal.Store.fill(folder / "store", folder / "sources", buckets=given.units)
    size = sum(path.stat().st_size for path in store.folder.rglob("*") if path.is_file())
    begun = time.monotonic()
    cluster = Cluster(folder)
    session, started = cluster.session, time.monotonic() - begun
    run = {"store": store.folder, "model": model, "as_of": AS_OF, "profiles": 0}
    rows_per_task = given.rows_per_task or wherewithal.spark.ROWS_PER_TASK
    tasks = min(given.units, -(-store.rows // rows_per_task))

    def one_run(out):
        wherewithal.assess(out=out, **run)

    def spark_run(out):
        wherewithal.spark.assess(session, out=out, rows_per_task=rows_per_task, **run)

    def without_mount(out):
        wherewithal.spark.assess(
            session, out=out, through=store.folder.resolve().as_uri(), rows_per_task=rows_per_task, **run
        )

    def one_filling(out):
        wherewithal.Store.fill(out, folder / "sources", buckets=given.units)

    def spark_filling(out):
        wherewithal.spark.fill(session, folder / "sources", out, buckets=given.units, refused=folder / "refused")

    def killed_run(out):
        process = cluster.executor()
        done, kill = lambda: cluster.done(tasks), lambda: os.kill(process, signal.SIGKILL)
        with Meanwhile(done, kill, after=max(1, tasks // 4)) as killed:
            spark_run(out)
        assert killed.before is not None and not Path(f"/proc/{process}").exists()

    deeds = [one_run, spark_run, without_mount, killed_run]
    if not given.store:
        # An executor that was begun again starts Python first.
        deeds[-1:-1] = [one_filling, spark_filling]
    taken = {deed.__name__: [] for deed in deeds}
    shuffled = dict.fromkeys(taken, 0)
    for turn in range(given.turns):
        # Python starts on the executors.
        cluster.await_executors()
        begun = time.monotonic()
        spark_run(folder / f"first-{turn}")
        started += 0 if turn else time.monotonic() - begun
        for deed in deeds:
            out, before = folder / f"{deed.__name__}-{turn}", cluster.shuffled()
            taken[deed.__name__].append(measured(lambda: deed(out)))
            shuffled[deed.__name__] = cluster.shuffled() - before
            shutil.rmtree(out)
    print(f"{store.rows} rows, {given.units} units, {tasks} tasks, {size / 1e6:.0f} MB; peak {peak_of(session)} of a worker, in MB")
    print(f"session and first run {started:.1f} s")
    medians = {name: [statistics.median(column) for column in zip(*each)] for name, each in taken.items()}
    beside = {spark_run: one_run, without_mount: one_run, spark_filling: one_filling, killed_run: spark_run}
    others = {deed.__name__: other.__name__ for deed, other in beside.items()}
    for name, (wall, spent) in medians.items():
        said = f"{name:>14}: {wall:6.2f} s of wall ({', '.join(f'{each:.2f}' for each, _ in taken[name])})"
        if name != "killed_run":
            said += f", {spent:6.2f} s of CPU, {spent / store.rows * 1e6:.2f} a million rows"
        if name in others:
            other = medians[others[name]]
            said += f"; {wall / other[0]:.2f} times the wall"
            said += f" and {spent / other[1]:.2f} times the CPU" if name != "killed_run" else ""
            said += f" of {others[name]}; {shuffled[name] / 1e6:.1f} MB shuffled"
        print(said)
    session.stop()
    shutil.rmtree(cluster.work / cluster.name, ignore_errors=True)
    shutil.rmtree(folder)


def peak_of(session):
    """The most memory that each Python of a worker held so far."""

    def asked(batches):
        import resource

        import pyarrow

        for batch in batches:
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1000
            yield pyarrow.RecordBatch.from_pydict({"peak": [peak] * batch.num_rows})

    return sorted(row[0] for row in session.range(0, 8, 1, 8).mapInArrow(asked, "peak long").collect())[-1]


if __name__ == "__main__":
    import warnings

    warnings.simplefilter("ignore")
    main()
