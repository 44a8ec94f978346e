"""The figures that a newspaper printed of Jiangsu's courts in 2017, beside those of a simulated year.

    wherewithal simulate --preset jiangsu-2016 --format parquet --out before --register before/register
    wherewithal simulate --preset jiangsu-2017 --seed 2017 --format parquet --out year --register year/register
    for folder in before year
    do wherewithal assess --sources $folder --store STORE --as-of 2017-12-31 --out OUT; done
    wherewithal centre --store STORE --as-of 2016-12-31 --out OUT2016
    wherewithal centre --store STORE --as-of 2017-12-31 --out OUT2017
    python benches/peers/founding.py --before OUT2016 --year OUT2017 --store STORE

Reads `figures.json` of both years and, for units and measures of joint punishment, the store's own table with DuckDB. With
`--scale S` counts are held against S times the published ones. Prints a line per figure with its tolerance and where it is
read, and exits with 1 where one lies outside.
"""

import argparse
import json
import sys
from pathlib import Path


def figures(folder):
    lines = json.loads((Path(folder) / "figures.json").read_text())
    return {(line["indicator"], line["court"]): line["figure"] for line in lines}


def units(store, day):
    import duckdb

    files = [str(path) for path in sorted(Path(store).glob("part-*/*/measures.parquet"))]
    known = f"FROM read_parquet({files!r}) WHERE known_at <= DATE '{day}'"
    return duckdb.execute(f"SELECT count(DISTINCT unit), count(DISTINCT measure) {known}").fetchone()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--before", required=True)
    parser.add_argument("--year", required=True)
    parser.add_argument("--store", required=True)
    parser.add_argument("--as-of", default="2017-12-31")
    parser.add_argument("--scale", type=float, default=1.0)
    args = parser.parse_args()
    before, year = figures(args.before), figures(args.year)
    top = lambda of, code: of[code, None]["top"]
    received, closed = top(year, "cases_received"), top(year, "cases_closed")
    growth = lambda code: (top(year, code) / top(before, code) - 1.0) * 100.0
    # Rows that no case tells the court of stand under no name.
    courts = sorted(court for code, court in year if code == "rewards_insured" and court)
    insured = sum(year["rewards_insured", court]["top"] > 0 for court in courts)
    n_units, n_measures = units(args.store, args.as_of)
    listed = year["performed_after_listing", None]
    scaled = lambda count: round(count * args.scale)
    # What is told, what was found, how far it may be off, and how it is read.
    lines = [
        ("cases received in 2017", scaled(707_861), received, 0, "cases_received"),
        ("cases closed in 2017", scaled(557_975), closed, 0.02 * scaled(557_975), "cases_closed"),
        ("closed over received, %", 78.8, closed / received * 100.0, 1.6, "closing_rate"),
        ("growth of cases received, %", 23.62, growth("cases_received"), 0.01, "cases_received of both years"),
        ("growth of cases closed, %", 32.53, growth("cases_closed"), 3.0, "cases_closed of both years"),
    ]
    for name, code, count in [("banks", "queries_bank", 42_711_300), ("land registers", "queries_land", 873_000),
                              ("the business registry", "queries_registry", 500_900), ("the police", "queries_police", 323_400)]:
        # All are asked in the year, but a query whose answer comes in January is not known on its last day.
        lines.append((f"queries to {name}", scaled(count), top(year, code), 0.03 * scaled(count), code))
        per_case = count / 707_861
        lines.append(("the same per case", round(per_case, 3), top(year, code) / received, 0.03 * per_case, f"{code} over cases_received"))
    lines += [
        ("performed after listing, %", 14.4, listed["top"] / listed["bottom"] * 100.0, 1.0, "performed_after_listing"),
        ("courts", 122, len(courts), 0, "courts of rewards_insured"),
        ("courts with insured rewards", 77, insured, 0 if args.scale == 1.0 else 3, "rewards_insured by court"),
        ("units of joint punishment", 55, n_units, 0, "measures.unit in the store"),
        ("measures of joint punishment", 68, n_measures, 0, "measures.measure in the store"),
    ]
    print("| figure | published | simulated | off by | may be off by | read from |\n|---|---|---|---|---|---|")
    outside = 0
    for name, told, found, tolerance, where in lines:
        off = abs(found - told)
        outside += off > tolerance + 1e-9
        number = lambda value: f"{value:,.0f}" if value >= 1000 else f"{value:.4g}"
        mark = "" if off <= tolerance + 1e-9 else " **outside**"
        print(f"| {name} | {number(told)} | {number(found)} | {number(off)}{mark} | {number(tolerance)} | {where} |")
    sys.exit(1 if outside else 0)


if __name__ == "__main__":
    main()
