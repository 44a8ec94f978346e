"""Sixty nights added to a store one by one, then folded: how long a night takes before and after, and whether the folded
store is byte for byte that of one filling.

    wherewithal simulate --preset jiangsu-2017 --scale 0.1 --seed 2017 --format parquet --out year
    python benches/peers/nights.py PROGRAM year MODEL [--nights 60] [--buckets 64] [--work FOLDER]

Rows known on each of the last days up to `--until` make the nights, and one more that is added before and after folding. Later
rows stay aside, and rows that only say again what was known before. Prints the seconds of each step; ends with 1 where a file differs.
"""

import argparse
import datetime
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

import duckdb


MAPPING = """format_version = 1
name = "nights"
"""
SOURCE = """
[[source]]
file = "*-{table}.parquet"
[[source.table]]
name = "{table}"
[source.table.columns]
"""


def cut(sources, to, nights, until):
    """The folders of the first filling and of each night, the last day of each, and a mapping that reads them all."""
    base = duckdb.connect()
    files = sorted(sources.glob("*.parquet"))
    days = [until - datetime.timedelta(days=back) for back in range(nights, -1, -1)]
    folders = [(to / f"{at:03}", day) for at, day in enumerate([days[0] - datetime.timedelta(days=1), *days])]
    columns = {}
    for path in files:
        columns[path] = [name for name, *_ in base.execute(f"DESCRIBE SELECT * FROM '{path}'").fetchall()]
        is_dated = "known_at" in columns[path]
        said = ", ".join(f'"{name}"' for name in columns[path] if name != "known_at")
        # A store counts a repeated event once, and one filling has no night that repeats.
        first = f"QUALIFY known_at = min(known_at) OVER (PARTITION BY {said})" if is_dated else ""
        base.execute(f"CREATE OR REPLACE TABLE rows AS SELECT * FROM '{path}' {first}")
        for at, (folder, day) in enumerate(folders):
            folder.mkdir(parents=True, exist_ok=True)
            known = f"known_at {'=' if at else '<='} DATE '{day}'" if is_dated else f"{at} = 0"
            if base.execute(f"SELECT count(*) FROM rows WHERE {known}").fetchone()[0]:
                to_file = folder / f"{at:03}-{path.name}"
                base.execute(f"COPY (SELECT * FROM rows WHERE {known}) TO '{to_file}' (FORMAT parquet)")
    mapping = to / "nights.toml"

    def rule(name):
        unit = ', unit = "fen"' if name.endswith("_fen") else ""
        return f'{name} = {{ from = "{name}"{unit} }}\n'

    # Names and numbers in clear are columns of the exports and of no table.
    used = {path: [name for name in columns[path] if name not in ("name", "number")] for path in files}
    rules = (SOURCE.format(table=path.stem) + "".join(map(rule, used[path])) for path in files)
    mapping.write_text(MAPPING + "".join(rules))
    return folders, mapping


def stored(store):
    """Every file of the parts that the manifest names, but what says when and from where they came."""
    parts = [part["folder"] for part in json.loads(max((store / "manifests").glob("*.json")).read_text())["parts"]]
    files = [path for part in parts for path in (store / part).rglob("*") if path.is_file()]
    return {str(path.relative_to(store)).split("/", 1)[-1]: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def timed(command):
    # What was written before is no part of the time.
    os.sync()
    start = time.monotonic()
    done = subprocess.run([str(word) for word in command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    if done.returncode:
        sys.exit(f"{command}: {done.stderr.decode()}")
    return time.monotonic() - start


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program")
    parser.add_argument("sources", type=pathlib.Path)
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("--nights", type=int, default=60)
    parser.add_argument("--until", type=datetime.date.fromisoformat, default=datetime.date(2017, 12, 31))
    parser.add_argument("--buckets", type=int, default=64)
    parser.add_argument("--work", type=pathlib.Path)
    args = parser.parse_args()
    work = args.work or pathlib.Path(tempfile.mkdtemp())
    folders, mapping = cut(args.sources, work / "sources", args.nights, args.until)
    store = work / "store"

    def night(at, name="nightly"):
        folder, day = folders[at]
        command = [args.program, "assess", "--sources", folder, "--mapping", mapping, "--store", store, "--as-of", day]
        more = ["--since", "24h"] if at else ["--buckets", args.buckets]
        return timed([*command, "--model", args.model, *more, "--out", work / name])

    seconds = [night(at) for at in range(args.nights + 1)]
    first, added = seconds[0], seconds[1:]
    print(f"first filling {first:.2f} s; {args.nights} nights: the first {added[0]:.2f} s, the last {added[-1]:.2f} s")
    unfolded = work / "unfolded"
    shutil.copytree(store, unfolded)
    print(f"one more night, unfolded: {night(args.nights + 1):.2f} s")
    shutil.rmtree(store)
    unfolded.rename(store)
    print(f"folding: {timed([args.program, 'store', 'fold', '--store', store, '--buckets', args.buckets]):.2f} s")
    folded = stored(store)
    print(f"the same night, folded: {night(args.nights + 1):.2f} s")

    # One filling of the same files, in the same order.
    whole = work / "whole"
    whole.mkdir()
    for folder, _ in folders[:-1]:
        for path in folder.iterdir():
            shutil.copy(path, whole)
    once = work / "once"
    command = [args.program, "assess", "--sources", whole, "--mapping", mapping, "--store", once, "--model", args.model]
    print(f"one filling: {timed([*command, '--buckets', args.buckets, '--as-of', folders[-2][1], '--out', work / 'o']):.2f} s")
    found = stored(once)
    differ = sorted(name for name in found.keys() | folded.keys() if found.get(name) != folded.get(name))
    if differ:
        sys.exit(f"{len(differ)} of {len(found)} files differ: {differ[:5]}")
    print(f"{len(found)} files, the same bytes")
    if args.work is None:
        shutil.rmtree(work)


main()
