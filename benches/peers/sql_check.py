#!/usr/bin/env python3
"""Runs a card's model.sql in DuckDB and SQLite and compares every score and probability, or amount, with the card's own.

    cargo run -- fit --table loans.csv --target bad --event 0 --seed 1 --out out/loans
    python3 benches/peers/sql_check.py loans.csv out/loans

Needs `pip install duckdb`; without it the check says that it skips. Ends with 1 when a score differs at all, or a
probability by more than 1e-12.
"""
import csv
import json
import pathlib
import re
import sqlite3
import sys

UNKNOWN = {"", "NA", "NaN", "nan", "null", "?"}


def number(text):
    try:
        return float(text)
    except ValueError:
        return None


def main(table, out):
    try:
        import duckdb
    except ImportError:
        print("skipped: no duckdb here (pip install duckdb)")
        return 0
    out = pathlib.Path(out)
    with open(table, newline="", encoding="utf-8-sig") as file:
        rows = list(csv.reader(file))
    names, rows = rows[0], rows[1:]
    document = json.loads((out / "model.json").read_text())
    card = document.get("scorecard") or document["table"]
    wanted = [(f["map"]["feature"], bool(f["map"]["levels"])) for f in card["features"]]
    sql = (out / "model.sql").read_text()
    # A query that reads cells as they are written gets them so.
    is_raw = "TRIM(" in sql
    columns = []
    for name, is_category in wanted:
        place = names.index(name)
        if is_category and is_raw:
            columns.append([row[place] for row in rows])
            continue
        known = [None if row[place].strip() in UNKNOWN else row[place].strip() for row in rows]
        columns.append(known if is_category else [None if text is None else number(text) for text in known])
    stem = pathlib.Path(table).stem
    # An output has another name where the table has a column of its usual one.
    score, probability = (re.search(rf" AS (\w+)\n{end}", sql).group(1) for end in ("  FROM", "FROM"))
    query = f"SELECT row_number, {score}, {probability} FROM (\n{sql}) ORDER BY row_number"
    databases = {"duckdb": in_duckdb, "sqlite": in_sqlite}
    found = {name: run((stem, query), (wanted, columns)) for name, run in databases.items()}
    with open(out / "scores.csv", newline="") as file:
        lines = list(csv.DictReader(file))
    # A card of amounts has units and an amount instead.
    whole, of = ("score", "probability") if "score" in lines[0] else ("units", "amount")
    expected = [(int(r["row"]), int(r[whole]), float(r[of])) for r in lines]
    is_wrong = False
    for name, rows in found.items():
        if rows is None:
            continue
        wrong = sum(a[1] != b[1] for a, b in zip(rows, expected)) + abs(len(rows) - len(expected))
        furthest = max(abs(a[2] - b[2]) for a, b in zip(rows, expected))
        print(f"{name}: {len(expected)} rows: {wrong} scores differ, {of} by {furthest:.1e} at most")
        is_wrong |= wrong > 0 or furthest > 1e-12
    return int(is_wrong)


def quoted(name):
    return '"' + name.replace('"', '""') + '"'


def in_duckdb(asked, table):
    import duckdb

    (stem, query), (wanted, columns) = asked, table
    base = duckdb.connect()
    kinds = ", ".join(f"{quoted(name)} {'VARCHAR' if category else 'DOUBLE'}" for name, category in wanted)
    base.execute(f"CREATE TABLE {quoted(stem)} (row_number BIGINT, {kinds})")
    marks = ", ".join(f"unnest(?::{'VARCHAR' if category else 'DOUBLE'}[])" for _, category in wanted)
    places = list(range(1, len(columns[0]) + 1))
    base.execute(f"INSERT INTO {quoted(stem)} SELECT unnest(?::BIGINT[]), {marks}", [places, *columns])
    return base.execute(query).fetchall()


def in_sqlite(asked, table):
    (stem, query), (wanted, columns) = asked, table
    base = sqlite3.connect(":memory:")
    kinds = ", ".join(f"{quoted(name)} {'TEXT' if category else 'REAL'}" for name, category in wanted)
    base.execute(f"CREATE TABLE {quoted(stem)} (row_number INTEGER, {kinds})")
    marks = ", ".join("?" * (1 + len(wanted)))
    base.executemany(f"INSERT INTO {quoted(stem)} VALUES ({marks})", zip(range(1, len(columns[0]) + 1), *columns))
    try:
        return base.execute(query).fetchall()
    except sqlite3.OperationalError as error:
        # Builds without mathematical functions.
        if "no such function" not in str(error):
            raise
        print(f"sqlite: skipped: {error}")
        return None


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
