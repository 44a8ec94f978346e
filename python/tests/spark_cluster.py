"""A Spark of two executors on one machine, for tests and benches."""

import os
import re
import sys
import time
from pathlib import Path

#: Where an engine on one machine finds itself, and its Python.
LOCAL = {"SPARK_LOCAL_IP": "127.0.0.1", "SPARK_LOCAL_HOSTNAME": "localhost", "PYSPARK_PYTHON": sys.executable}


class Cluster:
    """A Spark of two executors, each a process of its own, that keeps all it writes below one folder."""

    def __init__(self, folder, **settings):
        import pyspark

        self.events, self.local = folder / "events", folder / "local"
        # Where a cluster on one machine keeps what its executors say.
        self.work = Path(pyspark.__file__).parent / "work"
        self.events.mkdir()
        builder = pyspark.sql.SparkSession.builder.master("local-cluster[2,1,1024]").appName("wherewithal")
        settings = {
            "eventLog.enabled": "true",
            "eventLog.dir": self.events.as_uri(),
            "eventLog.compress": "false",
            "local.dir": str(self.local),
            # Files of a store and packed rows are large: few of them are held at a time.
            "sql.execution.arrow.maxRecordsPerBatch": "16",
            "ui.enabled": "false",
            "ui.showConsoleProgress": "false",
            **settings,
        }
        for name, value in settings.items():
            builder = builder.config(f"spark.{name}", value)
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

    def await_executors(self, number=2):
        """Waits until so many executors are there: one that was lost is begun again."""
        until = time.monotonic() + 60
        # Beside them it counts the driver.
        while self.context._jsc.sc().getExecutorMemoryStatus().size() < number + 1:
            assert time.monotonic() < until, "an executor is missing"
            time.sleep(0.1)

    def done(self, tasks):
        """How many tasks of the stage of so many are done, which is at work."""
        tracker = self.context.statusTracker()
        stages = [tracker.getStageInfo(stage) for stage in tracker.getActiveStageIds()]
        return sum(stage.numCompletedTasks for stage in stages if stage and stage.numTasks == tasks)

    def lost(self):
        """How many executors went."""
        return len(self.told(rb'"Event":"SparkListenerExecutorRemoved"'))

    def unfetched(self):
        """How often a task could not fetch what another had written."""
        return len(self.told(rb'"Reason":"FetchFailed"'))

    def shuffled(self):
        """How many bytes tasks wrote for others to fetch."""
        return sum(map(int, self.told(rb'"Shuffle Bytes Written":(\d+)')))

    def told(self, pattern):
        """What a pattern finds in the log of events."""
        logs = [path for path in self.events.rglob("*") if path.is_file()]
        return [found for path in logs for found in re.findall(pattern, path.read_bytes())]
