"""DuckDB: the bare GROUP BYs of the whole feature catalogue over a store's Parquet files.

    python benches/peers/duckdb_features.py STORE 2017-12-31 [--threads 2] [--out features.parquet]

Prints rows, seconds of wall and CPU and the peak memory of the whole process.
"""

import argparse
import resource
import time

import duckdb

from feature_sql import Sql


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("store")
    parser.add_argument("as_of")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--memory", default="6GB", help="DuckDB's memory_limit; beyond it, it spills to disk")
    parser.add_argument("--only", metavar="MODEL", help="a model.json: only the features that it needs")
    parser.add_argument("--out", help="where to write the values, as Parquet")
    parser.add_argument("--each", action="store_true", help="print the seconds of each statement")
    args = parser.parse_args()
    start = time.perf_counter()
    base = duckdb.connect(config={"threads": args.threads, "memory_limit": args.memory})
    sql = Sql(args.store, args.as_of, args.only)
    for statement in sql.samples() + sql.statements():
        before = time.perf_counter()
        base.execute(statement)
        if args.each:
            print(f"{time.perf_counter() - before:8.2f} s  {statement[:60]}")
    rows = base.execute("SELECT count(*) FROM features").fetchone()[0]
    columns = len(base.execute("DESCRIBE features").fetchall()) - 1
    if args.out:
        base.execute(f"COPY features TO '{args.out}' (FORMAT parquet)")
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(
        f"duckdb {duckdb.__version__}: {rows} debtors, {columns} features, wall {time.perf_counter() - start:.2f} s, "
        f"CPU {used.ru_utime + used.ru_stime:.2f} s, peak {used.ru_maxrss / 1024:.0f} MB"
    )


if __name__ == "__main__":
    main()
