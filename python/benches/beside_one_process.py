"""What Spark costs beside one process: a run, a run through Spark without a mount, and a filling; in turn, wall and CPU.

    pip install pyspark pandas
    python python/benches/beside_one_process.py [--scale 0.02] [--units 64] [--turns 3]

Two executors of one core each against one process of two threads. CPU is that of all processes that descend from this one,
as the system counts it (Linux).
"""

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

AS_OF = "2017-12-31"
DISTRICT = Path(__file__).parents[2] / "data" / "district"


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--scale", default="0.02")
    parser.add_argument("--units", type=int, default=64)
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


def session_of(folder):
    from pyspark.sql import SparkSession

    os.environ.update(SPARK_LOCAL_IP="127.0.0.1", SPARK_LOCAL_HOSTNAME="localhost", PYSPARK_PYTHON=sys.executable)
    builder = SparkSession.builder.master("local-cluster[2,1,1024]").config("spark.local.dir", str(folder))
    builder = builder.config("spark.ui.enabled", "false").config("spark.ui.showConsoleProgress", "false")
    session = builder.config("spark.sql.execution.arrow.maxRecordsPerBatch", "16").getOrCreate()
    session.sparkContext.setLogLevel("OFF")
    return session


def measured(deed):
    begun, spent = time.monotonic(), cpu()
    deed()
    return time.monotonic() - begun, cpu() - spent


def main():
    given = arguments()
    import wherewithal
    import wherewithal.spark

    folder = Path(tempfile.mkdtemp(prefix="bench-"))
    simulate = ["simulate", "--preset", "jiangsu-2017", "--scale", given.scale, "--out", folder / "sources"]
    subprocess.run([sys.executable, "-m", "wherewithal", *simulate], check=True, capture_output=True)
    shutil.rmtree(folder / "sources" / "truth")
    model = wherewithal.assess(DISTRICT, folder / "learnt", as_of="2018-06-30", profiles=0).out / "model.json"
    store = wherewithal.Store.fill(folder / "store", folder / "sources", buckets=given.units)
    size = sum(path.stat().st_size for path in store.folder.rglob("*") if path.is_file())
    session = session_of(folder / "local")
    run = {"store": store.folder, "model": model, "as_of": AS_OF, "profiles": 0}
    filling = {"buckets": given.units, "refused": folder / "refused"}

    def one_run(out):
        wherewithal.assess(out=out, **run)

    def spark_run(out):
        wherewithal.spark.assess(session, out=out, **run)

    def without_mount(out):
        wherewithal.spark.assess(session, out=out, through=store.folder.as_uri(), **run)

    def one_filling(out):
        wherewithal.Store.fill(out, folder / "sources", buckets=given.units)

    def spark_filling(out):
        wherewithal.spark.fill(session, folder / "sources", out, **filling)

    deeds = [one_run, spark_run, without_mount, one_filling, spark_filling]
    # Python starts on the executors.
    spark_run(folder / "first")
    taken = {deed.__name__: [] for deed in deeds}
    for turn in range(given.turns):
        for deed in deeds:
            out = folder / f"{deed.__name__}-{turn}"
            taken[deed.__name__].append(measured(lambda: deed(out)))
            shutil.rmtree(out)
    print(f"{store.rows} rows, {given.units} units, {size / 1e6:.0f} MB; peak {peak_of(session)} of a worker, in MB")
    for name, each in taken.items():
        wall, spent = (statistics.median(column) for column in zip(*each))
        print(f"{name:>14}: {wall:6.1f} s of wall, {spent:6.1f} s of CPU, {spent / store.rows * 1e6:.2f} a million rows")
    session.stop()
    shutil.rmtree(folder)


def peak_of(session):
    """The most memory that each Python of a worker held so far."""

    def asked(batches):
        import pyarrow

        for batch in batches:
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1000
            yield pyarrow.RecordBatch.from_pydict({"peak": [peak] * batch.num_rows})

    return sorted(row[0] for row in session.range(0, 8, 1, 8).mapInArrow(asked, "peak long").collect())[-1]


if __name__ == "__main__":
    import warnings

    warnings.simplefilter("ignore")
    main()
