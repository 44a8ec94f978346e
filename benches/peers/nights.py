"""Sixty nights added to a store one by one, then folded: how long a night takes before and after, and whether the folded
store is byte for byte that of one filling.

    wherewithal simulate --preset jiangsu-2017 --scale 0.1 --seed 2017 --format parquet --out year
    python benches/peers/nights.py PROGRAM year [--nights 60] [--buckets 64] [--work FOLDER]

The last rows by `known_at` make the nights, a day each, and one more that is added after folding. A table without
`known_at` comes first, whole. Prints the seconds of each step; ends with 1 at the first file that differs.
"""

import argparse
import datetime
import hashlib
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

import duckdb


def cut(sources, to, nights):
    """The folders of the first filling and of each night, and the last day of each."""
    base = duckdb.connect()
    files = sorted(path for path in sources.rglob("*.parquet"))
    dated = [path for path in files if "known_at" in base.from_parquet(str(path)).columns]
    last = max(base.sql(f"SELECT max(known_at) FROM '{path}'").fetchone()[0] for path in dated)
    days = [last - datetime.timedelta(days=back) for back in range(nights, -1, -1)]
    folders = []
    for at, day in enumerate([None, *days]):
        folder = to / f"{at:03}"
        folder.mkdir(parents=True)
        for path in files:
            if path in dated:
                after = f"known_at = DATE '{day}'" if day else f"known_at < DATE '{days[0]}'"
                rows = f"(SELECT * FROM '{path}' WHERE {after})"
            elif day:
                continue
            else:
                rows = f"'{path}'"
            if base.sql(f"SELECT count(*) FROM {rows}").fetchone()[0]:
                base.execute(f"COPY {rows} TO '{folder / path.name}' (FORMAT parquet)")
        folders.append((folder, day or days[0] - datetime.timedelta(days=1)))
    return folders


def stored(store):
    """Every file of the parts that the manifest names, but what says when and from where they came."""
    parts = [part["folder"] for part in json.loads((store / "manifest.json").read_text())["parts"]]
    files = [path for part in parts for path in (store / part).rglob("*") if path.is_file()]
    return {str(path.relative_to(store)).split("/", 1)[-1]: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def timed(command):
    start = time.monotonic()
    done = subprocess.run([str(word) for word in command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    if done.returncode:
        sys.exit(f"{command}: {done.stderr.decode()}")
    return time.monotonic() - start


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program")
    parser.add_argument("sources", type=pathlib.Path)
    parser.add_argument("--nights", type=int, default=60)
    parser.add_argument("--buckets", type=int, default=64)
    parser.add_argument("--work", type=pathlib.Path)
    args = parser.parse_args()
    work = args.work or pathlib.Path(tempfile.mkdtemp())
    folders = cut(args.sources, work / "sources", args.nights)
    store = work / "store"

    def night(at, name="nightly"):
        folder, day = folders[at]
        command = [args.program, "assess", "--sources", folder, "--store", store, "--as-of", day, "--out", work / name]
        return timed(command + ([] if at else ["--buckets", args.buckets]))

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
        shutil.copytree(folder, whole / folder.name)
    once = work / "once"
    command = [args.program, "assess", "--sources", whole, "--store", once, "--buckets", args.buckets]
    print(f"one filling: {timed([*command, '--as-of', folders[-2][1], '--out', work / 'o']):.2f} s")
    found = stored(once)
    differ = sorted(name for name in found.keys() | folded.keys() if found.get(name) != folded.get(name))
    differ = [name for name in differ if name.rsplit("/", 1)[-1] != "part.json"]
    if differ:
        sys.exit(f"{len(differ)} of {len(found)} files differ: {differ[:5]}")
    print(f"{len(found)} files, the same bytes")
    if args.work is None:
        shutil.rmtree(work)


main()
