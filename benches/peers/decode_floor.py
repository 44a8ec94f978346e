"""How long it takes to decode what an assessment reads: the floor under it.

    python benches/peers/decode_floor.py STORE

Reads every Parquet file of a store's buckets with polars, one file after the other, all columns, and prints bytes, wall, CPU
and the rate. No row is looked at.
"""

import pathlib
import resource
import sys
import time

import polars as pl


def main():
    files = [file for file in pathlib.Path(sys.argv[1]).glob("part-*/*/*.parquet") if file.name != "index.parquet"]
    size, rows, start = sum(file.stat().st_size for file in files), 0, time.perf_counter()
    for file in files:
        rows += pl.read_parquet(file).height
    wall, used = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF)
    cpu = used.ru_utime + used.ru_stime
    print(
        f"{rows} rows in {len(files)} files, {size / 1e6:.0f} MB decoded in {wall:.2f} s, CPU {cpu:.2f} s: "
        f"{size / 1e6 / wall:.0f} MB a second, {size / 1e6 / cpu:.0f} a second and core"
    )


if __name__ == "__main__":
    main()
