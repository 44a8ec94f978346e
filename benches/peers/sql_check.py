#!/usr/bin/env python3
"""Runs a card's model.sql in DuckDB and compares every score and probability, or amount, with the card's own.

    cargo run -- fit --table loans.csv --target bad --event 0 --seed 1 --out out/loans
    python3 benches/peers/sql_check.py loans.csv out/loans

Needs `pip install duckdb`; without it the check says that it skips. Ends with 1 when a score differs at all, or a
probability by more than 1e-12.
"""
import csv
import json
import pathlib
import re
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
    quoted = lambda name: '"' + name.replace('"', '""') + '"'
    base = duckdb.connect()
    kinds = ", ".join(f"{quoted(name)} {'VARCHAR' if category else 'DOUBLE'}" for name, category in wanted)
    base.execute(f"CREATE TABLE {quoted(stem)} (row_number BIGINT, {kinds})")
    marks = ", ".join(f"unnest(?::{'VARCHAR' if category else 'DOUBLE'}[])" for _, category in wanted)
    places = list(range(1, len(rows) + 1))
    base.execute(f"INSERT INTO {quoted(stem)} SELECT unnest(?::BIGINT[]), {marks}", [places, *columns])
    # An output has another name where the table has a column of its usual one.
    score, probability = (re.search(rf" AS (\w+)\n{end}", sql).group(1) for end in ("  FROM", "FROM"))
    found = base.execute(f"SELECT row_number, {score}, {probability} FROM ({sql}) ORDER BY row_number").fetchall()
    with open(out / "scores.csv", newline="") as file:
        lines = list(csv.DictReader(file))
    # A card of amounts has units and an amount instead.
    whole, of = ("score", "probability") if "score" in lines[0] else ("units", "amount")
    expected = [(int(r["row"]), int(r[whole]), float(r[of])) for r in lines]
    wrong = sum(a[1] != b[1] for a, b in zip(found, expected)) + abs(len(found) - len(expected))
    furthest = max(abs(a[2] - b[2]) for a, b in zip(found, expected))
    print(f"{len(expected)} rows: {wrong} scores differ, {of} by {furthest:.1e} at most")
    return int(wrong > 0 or furthest > 1e-12)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
