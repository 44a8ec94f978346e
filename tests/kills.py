#!/usr/bin/env python3
"""Kills filling, adding a night, folding, training and assessing at random moments, and holds what the next run of the
same command ends with against a run that nobody disturbed.

    cargo build --release -p wherewithal-cli
    tests/kills.py target/release/wherewithal 100

Prints how often each command was killed. Ends with 1 at the first file that differs.
"""
import hashlib
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
RESULTS = ["scores.parquet", "reasons.parquet", "capacity.parquet", "signals.parquet", "watch.parquet",
           "profiles.ndjson", "model.json", "run.json"]


def digests(folder, names):
    return {str(name): hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in names}


def stored(store):
    """Every file of the parts that the manifest names, and the manifest."""
    import json
    latest = max((store / "manifests").glob("*.json"))
    parts = [part["folder"] for part in json.loads(latest.read_text())["parts"]]
    found = {}
    # By the order of the parts: what a folder is called may depend on what was killed.
    for at, part in enumerate(parts):
        for path in (store / part).rglob("*"):
            if path.is_file():
                found[f"{at}/{path.relative_to(store / part)}"] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def run(command):
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    if done.returncode:
        sys.exit(f"{command}: {done.stderr.decode()}")


def killed(command, seconds):
    """Whether the command was still running after so many seconds, and was killed."""
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        child.wait(seconds)
        return False
    except subprocess.TimeoutExpired:
        child.send_signal(signal.SIGKILL)
        child.wait()
        return True


def main():
    program, kills = sys.argv[1], int(sys.argv[2])
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    draw = random.Random(seed)
    work = pathlib.Path(tempfile.mkdtemp())
    assess = [program, "assess", "--as-of", "2018-06-30"]
    district = ROOT / "data" / "district"
    # The district in four nights: a fourth of the lines of each file, with its header.
    nights = []
    for night in range(4):
        folder = work / f"night-{night}"
        folder.mkdir()
        for source in district.glob("*.csv"):
            head, *lines = source.read_text().splitlines()
            (folder / source.name).write_text("\n".join([head, *lines[night::4]]) + "\n")
        nights.append(folder)
    split, before = work / "split", work / "before"
    for folder in nights:
        if folder == nights[-1]:
            shutil.copytree(split, before)
        run([*assess, "--sources", str(folder), "--store", str(split), "--out", str(work / "o")])
    reading = lambda sources, to: [*assess, "--sources", str(sources), "--out", str(to)]
    commands = {
        "train and assess a folder": lambda to: [*reading(district, to), "--train", "--watch"],
        "fill a store": lambda to: [*reading(district, to), "--store", str(to / "store")],
        "add a night to a store": lambda to: [*reading(nights[-1], to), "--store", str(to / "store")],
        "fold a store": lambda to: [program, "store", "fold", "--store", str(to / "store"), "--buckets", "16"],
    }

    def prepare(what, to):
        shutil.rmtree(to, ignore_errors=True)
        to.mkdir()
        prepared = {"fold a store": split, "add a night to a store": before}.get(what)
        if prepared:
            shutil.copytree(prepared, to / "store")

    def outcome(what, to):
        return digests(to, RESULTS) if what.startswith("train") else stored(to / "store")

    expected, seconds = {}, {}
    for what, command in commands.items():
        prepare(what, work / "whole")
        start = time.monotonic()
        run(command(work / "whole"))
        expected[what], seconds[what] = outcome(what, work / "whole"), time.monotonic() - start
    counts = dict.fromkeys(commands, 0)
    while sum(counts.values()) < kills:
        what = draw.choice(list(commands))
        prepare(what, work / "killed")
        command = commands[what](work / "killed")
        for _ in range(draw.randint(1, 3)):
            counts[what] += killed(command, draw.uniform(0, seconds[what]))
        run(command)
        found = outcome(what, work / "killed")
        if found != expected[what]:
            differ = sorted(name for name in expected[what] | found if found.get(name) != expected[what].get(name))
            sys.exit(f"{what}, seed {seed}: {differ[:5]} differ after a kill")
    shutil.rmtree(work)
    for what, count in counts.items():
        print(f"{what}: killed {count} times, the same bytes")


main()
