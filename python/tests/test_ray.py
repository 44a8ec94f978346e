"""Runs by Ray are the run of one machine, also when a node dies."""

import os
import shutil
import signal
import tempfile
import time
from pathlib import Path

import pytest
from engines import AS_OF, UNITS, found_in

import wherewithal
import wherewithal.ray

ray = pytest.importorskip("ray")
pytestmark = pytest.mark.filterwarnings("ignore")


class Nodes:
    """A Ray of two nodes of one core each, beside a head that assesses nothing."""

    def __init__(self, folder):
        from ray.cluster_utils import Cluster

        self.folder = folder
        node = {"include_dashboard": False, "object_store_memory": 100_000_000}
        self.cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, **node})
        self.nodes = [self.cluster.add_node(num_cpus=1, **node) for _ in range(2)]
        ray.init(address=self.cluster.address, log_to_driver=False)

    def kill(self):
        """Ends the raylet of a node, by the process that was started for it."""
        os.kill(self.nodes[0].all_processes["raylet"][0].process.pid, signal.SIGKILL)

    def lost(self):
        return sum(not node["Alive"] for node in ray.nodes())


@pytest.fixture(scope="module")
def nodes():
    # Sockets lie within, and their paths must be short.
    folder = Path(tempfile.mkdtemp(prefix="ray-"))
    # Ray lets workers wait for everything else on the machine (niceness 15), so that other work would tell how long this takes.
    os.environ.update(RAY_USAGE_STATS_ENABLED="0", RAY_TMPDIR=str(folder), RAY_worker_niceness="0")
    (folder / "ray").mkdir()
    nodes = Nodes(folder)
    yield nodes
    ray.shutdown()
    nodes.cluster.shutdown()
    shutil.rmtree(folder, ignore_errors=True)


def in_the_middle(monkeypatch, deed):
    """Lets something happen once a fourth of the units came back."""
    original = wherewithal.ray._outcomes

    def outcomes(task, units):
        for done, outcome in enumerate(original(task, units)):
            if done == UNITS // 4:
                deed()
            yield outcome

    monkeypatch.setattr(wherewithal.ray, "_outcomes", outcomes)


def assess(court, out, **settings):
    return wherewithal.ray.assess(court.store, out, AS_OF, **{"model": court.model, **settings})


def test_a_run_is_that_of_one_machine(nodes, court, tmp_path):
    begun = time.monotonic()
    court.assert_same(assess(court, tmp_path / "out"))
    print(f"one process {court.seconds:.1f} s, Ray {time.monotonic() - begun:.1f} s")


def test_a_store_that_no_worker_sees_is_fetched(nodes, court, tmp_path):
    elsewhere = court.copy_of_store(tmp_path / "elsewhere").as_uri()
    begun = time.monotonic()
    court.assert_same(assess(court, tmp_path / "out", through=elsewhere))
    print(f"store fetched by Ray's workers {time.monotonic() - begun:.1f} s")


def test_a_worker_with_another_model_refuses(nodes, court, other_model, tmp_path):
    with pytest.raises(wherewithal.SettingError, match="^model of the plan: found"):
        assess(court, tmp_path / "out", on_workers={"model": other_model})


def test_units_that_wait_are_not_begun_once_one_refused(nodes, court, tmp_path, monkeypatch):
    begun = tmp_path / "begun"
    begun.mkdir()

    def refused(task, unit):
        (begun / str(unit)).touch()
        time.sleep(0.1)
        return unit, None, None, "SettingError", "no such law"

    monkeypatch.setattr(wherewithal.ray, "_assessed", refused)
    with pytest.raises(wherewithal.SettingError, match="no such law"):
        assess(court, tmp_path / "out")
    before = -1
    while (now := len(list(begun.iterdir()))) != before:
        before = now
        time.sleep(1)
    assert 0 < now < UNITS // 2


def test_a_lost_node_changes_nothing(nodes, court, tmp_path, monkeypatch):
    in_the_middle(monkeypatch, nodes.kill)
    begun = time.monotonic()
    run = assess(court, tmp_path / "out")
    print(f"with a killed node {time.monotonic() - begun:.1f} s")
    court.assert_same(run)
    until = time.monotonic() + 60
    while nodes.lost() == 0 and time.monotonic() < until:
        time.sleep(0.1)
    assert nodes.lost() == 1


def test_no_identifier_in_clear_is_left_anywhere(nodes, court):
    guilty, looked_at = found_in([nodes.folder], court.identifiers())
    assert guilty == [] and looked_at[0] > 10_000
