"""The indicators of a store in DuckDB SQL, beside those of the library.

    python benches/peers/indicator_sql.py --store out/store --figures out/centre/figures.json --from 2017-01-01 --as-of 2017-12-31

Reads the same definitions (`data/indicators/*.toml`), writes each of their terms as SQL over the Parquet files of the store,
and compares numerators and denominators of the whole and of every court with `figures.json`, number by number. Says how many
agree and how long DuckDB took; exits with 1 where any differs.
"""

import argparse
import json
import sys
import time
import tomllib
from pathlib import Path

import duckdb

EVENTS = ["queries", "payments", "closings", "sanctions"]
STATES = {
    "cases": ["case_id"], "case_parties": ["case_id", "entity_id", "role"], "assignments": ["case_id"],
    "auctions": ["case_id", "lot", "round"], "preservations": ["case_id", "item"], "entrustments": ["case_id", "matter"],
    "petitions": ["case_id", "petition"], "orders": ["case_id", "number"], "rewards": ["case_id", "notice"],
    "transfers": ["case_id", "matter"], "disclosures": ["case_id", "node"], "measures": ["entity_id", "unit", "measure"],
    "case_funds": ["case_id", "receipt"], "closing_reviews": ["case_id"],
}
PARTY = ["queries", "sanctions", "measures"]


def tables(db, store, as_of):
    """A table per table of the store: each row once, as known on the day, the last of every item."""
    delivered = set()
    for name in [*EVENTS, *STATES]:
        files = [str(path) for path in sorted(Path(store).glob(f"part-*/*/{name}.parquet"))]
        if not files:
            continue
        delivered.add(name)
        once = "" if name in PARTY else "QUALIFY row_number() OVER (PARTITION BY row) = 1"
        happened = f"AND event_on <= DATE '{as_of}'" if name in EVENTS else ""
        db.execute(f"CREATE TABLE raw AS SELECT * FROM read_parquet({files!r}) WHERE known_at <= DATE '{as_of}' {happened} {once}")
        last = ""
        if name in STATES:
            keys = ", ".join(STATES[name])
            last = f"QUALIFY row_number() OVER (PARTITION BY {keys} ORDER BY known_at DESC, event_on DESC, record_id DESC) = 1"
        db.execute(f"CREATE TABLE known_{name} AS SELECT * FROM raw {last}")
        db.execute("DROP TABLE raw")
    return delivered


def assemble(db, delivered):
    """Cases and listings, put together as the library does."""
    def optional(name, columns):
        return f"known_{name}" if name in delivered else f"(SELECT {columns} WHERE false)"

    reviews = optional("closing_reviews", "NULL::BIGINT case_id, NULL::BIGINT due_fen, NULL::BIGINT deducted_days, "
                       "NULL::BIGINT extended_days, NULL::BOOLEAN is_property, NULL::BOOLEAN is_searched, NULL::BOOLEAN is_restricted, "
                       "NULL::BOOLEAN is_heard, NULL::BOOLEAN is_inspected, NULL::BOOLEAN is_qualified")
    assignments = optional("assignments", "NULL::BIGINT case_id, NULL::VARCHAR court, NULL::VARCHAR team")
    preservations = optional("preservations", "NULL::BIGINT case_id, NULL::BIGINT held_fen")
    db.execute(f"""
        CREATE TABLE thing_cases AS
        SELECT c.* EXCLUDE (court, event_on), coalesce(a.court, c.court, '') AS court, c.event_on AS filed_on,
            e.closed_on, e.manner, e.performance, e.recovered_fen, p.paid_fen,
            CASE WHEN c.claim_fen IS NULL THEN NULL
                 ELSE c.claim_fen + coalesce(c.interest_fen, 0) + coalesce(c.fee_fen, 0) END AS owed_fen,
            r.due_fen, r.deducted_days, r.is_property, r.is_searched, r.is_restricted, r.is_heard, r.is_inspected, r.is_qualified,
            CASE WHEN c.event_on >= DATE '2007-01-01' THEN
                CAST(c.event_on + INTERVAL 6 MONTH AS DATE) + CAST(coalesce(r.deducted_days, 0) + coalesce(r.extended_days, 0) AS INTEGER)
                END AS term_on,
            h.is_preserved
        FROM known_cases c
        LEFT JOIN {assignments} a USING (case_id)
        LEFT JOIN {reviews} r USING (case_id)
        LEFT JOIN (SELECT case_id, event_on AS closed_on, manner, performance, recovered_fen FROM known_closings
                   WHERE manner <> 'observed'
                   QUALIFY row_number() OVER (PARTITION BY case_id ORDER BY event_on DESC, recovered_fen DESC) = 1) e USING (case_id)
        LEFT JOIN (SELECT case_id, CAST(sum(amount_fen) AS BIGINT) AS paid_fen FROM known_payments GROUP BY 1) p USING (case_id)
        LEFT JOIN (SELECT case_id, bool_or(held_fen > 0) AS is_preserved FROM {preservations} WHERE held_fen IS NOT NULL GROUP BY 1) h
            USING (case_id)
    """)
    db.execute("CREATE TABLE desk AS SELECT case_id, court, kind, filed_on FROM thing_cases")
    # What came of a listing is told of debtors; the library says how many it leaves out, guarantors among them.
    debtors = "SELECT DISTINCT entity_id, case_id FROM known_case_parties WHERE role = 'debtor'"
    db.execute(f"""
        CREATE TABLE thing_listings AS
        WITH listed AS (SELECT entity_id, case_id, event_on AS listed_on, max(lifted_on) AS removed_on FROM known_sanctions
                        WHERE kind = 'defaulter_list' AND (entity_id, case_id) IN ({debtors}) GROUP BY ALL)
        SELECT l.*, d.court, d.kind AS case_kind,
            CASE WHEN c.manner = 'completed' AND c.closed_on >= l.listed_on THEN c.closed_on END AS performed_on,
            (SELECT min(p.event_on) FROM known_payments p WHERE p.case_id = l.case_id AND p.event_on >= l.listed_on) AS paid_on
        FROM listed l LEFT JOIN thing_cases c USING (case_id) LEFT JOIN desk d USING (case_id)
    """)
    db.execute(f"CREATE TABLE docket AS SELECT x.entity_id, x.case_id, d.filed_on FROM ({debtors}) x JOIN desk d USING (case_id)")
    for name in sorted(delivered - {"cases", "case_parties"}):
        if name not in PARTY:
            db.execute(f"CREATE VIEW thing_{name} AS SELECT t.*, d.court, d.kind AS case_kind FROM known_{name} t JOIN desk d USING (case_id)"
                       if name != "assignments" else "SELECT 1")
            continue
        # The case named, if the party is its debtor; where none is named, the debtor's filed last by the day, or his first one.
        db.execute(f"""
            CREATE TABLE thing_{name} AS
            WITH own AS (SELECT entity_id, event_on FROM known_{name} GROUP BY ALL),
            last AS (SELECT o.entity_id, o.event_on,
                         coalesce(max_by(k.case_id, (k.filed_on, k.case_id)) FILTER (k.filed_on <= o.event_on),
                                  min_by(k.case_id, (k.filed_on, k.case_id))) AS of_debtor
                     FROM own o JOIN docket k USING (entity_id) GROUP BY ALL)
            SELECT t.*, coalesce(d.court, '') AS court, d.kind AS case_kind FROM known_{name} t
            LEFT JOIN last l USING (entity_id, event_on)
            LEFT JOIN desk d ON d.case_id = CASE WHEN t.case_id IS NULL THEN l.of_debtor
                WHEN (t.entity_id, t.case_id) IN (SELECT (entity_id, case_id) FROM docket) THEN t.case_id END
        """)


def condition(one, as_of):
    field = one["field"]
    parts = []
    if "is" in one:
        parts.append(f"{field} = {one['is']}")
    if "known" in one:
        parts.append(f"{field} IS {'NOT ' if one['known'] else ''}NULL")
    for key, word in [("among", "IN"), ("not", "NOT IN")]:
        if one.get(key):
            parts.append(f"{field} {word} ({', '.join(repr(code) for code in one[key])})")
    if "at_least" in one:
        parts.append(f"{field} >= {one['at_least']}")
    if "at_most" in one:
        parts.append(f"{field} <= {one['at_most']}")
    if "not_after" in one:
        parts.append(f"{field} <= {one['not_after']}")
    if "before" in one:
        parts.append(f"{field} < {one['before']}")
    if "within_days" in one:
        parts.append(f"{field} - {one['since']} <= {one['within_days']}")
    if "past" in one:
        parts.append(f"{field} {'<=' if one['past'] else '>'} DATE '{as_of}'")
    return " AND ".join(parts)


def term(one, more, scope, period):
    begun, as_of = period
    kind = "kind" if one["of"] == "cases" else "case_kind"
    where = [condition(part, as_of) for part in [*one.get("when", []), *more]]
    where.append({"period": f"{one['on']} BETWEEN DATE '{begun}' AND DATE '{as_of}'", "until_end": f"{one['on']} <= DATE '{as_of}'",
                  "before": f"{one['on']} < DATE '{begun}'"}[one.get("over", "period")])
    if scope != "all":
        where.append(f"{kind} = '{scope}'")
    value = one.get("value")
    if value is None:
        worth = "1"
    elif "field" in value:
        worth = value["field"]
    else:
        off = f" - coalesce({value['less']}, 0)" if "less" in value else ""
        worth = f"greatest({value['to']} - {value['from']}{off}, 0)"
        # greatest would pass over an unknown day.
        where += [f"{value['to']} IS NOT NULL", f"{value['from']} IS NOT NULL"]
    sign = "-" if one.get("minus") else ""
    return f"SELECT court, {sign}CAST({worth} AS BIGINT) AS adds FROM thing_{one['of']} WHERE {' AND '.join(where)}"


def sides(one):
    plain = {key: value for key, value in (one.get("of") or {}).items() if key != "value"}
    match one["measure"]:
        case "share":
            return [(one["of"], one["met"])], [(one["of"], [])]
        case "ratio":
            return [(part, []) for part in one["top"]], [(part, []) for part in one["bottom"]]
        case "mean":
            return [(one["of"], [])], [(plain, [])]
        case "count":
            return [(plain, [])], []
        case "sum":
            return [(one["of"], [])], []
    return None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--store", required=True)
    parser.add_argument("--figures", required=True)
    parser.add_argument("--from", dest="begun", required=True)
    parser.add_argument("--as-of", required=True)
    parser.add_argument("--definitions", default=str(Path(__file__).parents[2] / "data/indicators"))
    args = parser.parse_args()
    books = [tomllib.loads((Path(args.definitions) / f"{name}.toml").read_text()) for name in ["cases", "search", "credit"]]
    definitions = [one for book in books for one in book["indicator"]]
    begun = time.monotonic()
    db = duckdb.connect()
    delivered = tables(db, args.store, args.as_of)
    assemble(db, delivered)
    found = {}
    for one in definitions:
        of = sides(one)
        used = {part["of"] for part in [one.get("of"), *one.get("top", []), *one.get("bottom", [])] if part}
        needed = {"sanctions" if name == "listings" else name for name in used}
        if of is None or not needed <= delivered:
            continue
        for side, parts in zip(["top", "bottom"], of):
            if not parts:
                continue
            union = " UNION ALL ".join(term(part, more, one["scope"], (args.begun, args.as_of)) for part, more in parts)
            rows = db.execute(f"SELECT court, CAST(sum(adds) AS BIGINT) FROM ({union}) GROUP BY 1").fetchall()
            sums = {court: total or 0 for court, total in rows}
            found[one["code"], side] = {None: sum(sums.values()), **sums}
    took = time.monotonic() - begun
    agree, differ = 0, []
    for line in json.loads(Path(args.figures).read_text()):
        if line["figure"]["missing"] not in (None, "no_rows"):
            continue
        for side in ["top", "bottom"]:
            sums = found.get((line["indicator"], side))
            if sums is None:
                continue
            expected = sums.get(line["court"], 0)
            if expected == line["figure"][side]:
                agree += 1
            else:
                differ.append((line["indicator"], line["court"], side, line["figure"][side], expected))
    print(f"{agree} counts agree, {len(differ)} differ; DuckDB took {took:.2f} s")
    for one in differ[:20]:
        print("differs:", *one)
    sys.exit(1 if differ or not agree else 0)


if __name__ == "__main__":
    main()
