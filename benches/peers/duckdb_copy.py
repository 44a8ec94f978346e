"""DuckDB: COPY of every CSV file of a folder to Parquet, with the types that the schema declares.

    python benches/peers/duckdb_copy.py FOLDER OUT [--threads 2]
"""

import argparse
import csv
import pathlib
import resource
import time

import duckdb

from feature_sql import schema

TYPES = {"Day": "DATE", "Money": "BIGINT", "Integer": "BIGINT", "Flag": "BOOLEAN", "Number": "DOUBLE", "Share": "DOUBLE"}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    start = time.perf_counter()
    base = duckdb.connect(config={"threads": args.threads})
    tables, rows, size = schema(), 0, 0
    for path in sorted(args.folder.glob("*.csv")):
        kinds = {**tables[path.stem]["kinds"], "event_on": "Day", "known_at": "Day"}
        with path.open(encoding="utf-8", newline="") as text:
            names = next(csv.reader(text))
        columns = {name: TYPES.get(kinds.get(name), "VARCHAR") for name in names}
        read = f"read_csv('{path}', header = true, auto_detect = false, delim = ',', quote = '\"', columns = {columns})"
        out = args.out / f"{path.stem}.parquet"
        rows += base.execute(f"COPY (SELECT * FROM {read}) TO '{out}' (FORMAT parquet)").fetchone()[0]
        size += path.stat().st_size
    wall, used = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF)
    print(
        f"duckdb {duckdb.__version__}: {rows} rows, {size / 1e6:.0f} MB of CSV, wall {wall:.2f} s "
        f"({size / 1e6 / wall:.0f} MB/s), CPU {used.ru_utime + used.ru_stime:.2f} s, peak {used.ru_maxrss / 1024:.0f} MB"
    )


if __name__ == "__main__":
    main()
