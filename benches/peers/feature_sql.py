"""The feature catalogue as SQL: one GROUP BY for each source, for DuckDB.

Reads data/features/*.toml and src/schema/*.rs, so that it cannot drift from the definitions that the crate computes.
Imported by duckdb_features.py; alone it prints the statements:

    python benches/peers/feature_sql.py STORE 2017-12-31
"""

import functools
import json
import pathlib
import re
import sys
import tomllib

ROOT = pathlib.Path(__file__).resolve().parents[2]


def schema():
    """Table -> owner, the columns that name an item (None for events), the source asked, the kind of each column."""
    tables = {}
    for path in sorted((ROOT / "src/schema").glob("*.rs")):
        for body in re.split(r"\bTable = Table \{", path.read_text(encoding="utf-8"))[1:]:
            name = re.search(r'name: "(\w+)"', body)[1]
            nature = re.search(r"nature: Nature::(?:State\(&\[(.*?)\]\)|Event)", body, re.S)
            asked = re.search(r'asked: Some\("(\w+)"\)', body)
            kinds = dict(re.findall(r'(?:may|must)\(\s*"(\w+)",\s*(\w+)', body))
            tables[name] = {
                "owner": re.search(r"owner: Owner::(\w+)", body)[1],
                "item": None if nature[1] is None else re.findall(r'"(\w+)"', nature[1]),
                "asked": asked and asked[1],
                "kinds": kinds,
            }
    return tables


def features(model=None):
    """Every definition, aggregates and derived ones, in the order of the files; of a model (JSON) only what it needs."""
    found = []
    for path in sorted((ROOT / "data/features").glob("*.toml")):
        found += tomllib.loads(path.read_text(encoding="utf-8"))["feature"]
    if model is None:
        return found
    catalogue = json.loads(pathlib.Path(model).read_text(encoding="utf-8"))["catalog"]["features"]
    needed = {feature["name"] for feature in catalogue}
    parts = {feature["name"]: feature.get("ratio", feature.get("difference", [])) for feature in found}
    needed |= {part for name in needed for part in parts.get(name, [])}
    return [feature for feature in found if feature["name"] in needed]


# The column that tells for which debtor a bucket holds a row.
NEEDER = "needer_id"


def pattern(store, table):
    """Where the table's files lie: of a store, of checked tables, or of plain files; None when there are none."""
    forms = (f"*/*/{table}.parquet", f"{table}/*.parquet", f"{table}.parquet")
    return next((form for form in forms if any(pathlib.Path(store).glob(form))), None)


def copies(store, table):
    return pattern(store, table) == f"*/*/{table}.parquet" and NEEDER in columns(store, table)


@functools.cache
def columns(store, table):
    import duckdb

    path = next(pathlib.Path(store).glob(pattern(store, table)))
    return [row[0] for row in duckdb.execute(f"DESCRIBE SELECT * FROM read_parquet('{path}')").fetchall()]


def literal(value):
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return "'" + value.replace("'", "''") + "'" if isinstance(value, str) else str(value)


class Sql:
    """SQL over the Parquet files of a store as known on one day."""

    def __init__(self, store, as_of, model=None):
        self.store, self.as_of, self.tables = pathlib.Path(store), as_of, schema()
        self.features = features(model)

    def day(self):
        return f"DATE '{self.as_of}'"

    def scan(self, table):
        return f"read_parquet('{self.store / pattern(self.store, table)}', union_by_name = true)"

    def delivered(self, table):
        return pattern(self.store, table) is not None

    def known(self, table):
        """Rows known on the day. Where buckets hold copies for other debtors, a row's own copy."""
        clocks = f"known_at <= {self.day()}"
        if self.tables[table]["owner"] == "Party" and copies(self.store, table):
            clocks += f" AND {NEEDER} = entity_id"
        if self.tables[table]["item"] is None:
            clocks += f" AND event_on <= {self.day()}"
        return f"SELECT * FROM {self.scan(table)} WHERE {clocks}"

    def samples(self):
        """Debtors of open cases, and which cases they stand in."""
        closed = f"SELECT case_id FROM ({self.known('closings')}) WHERE manner <> 'observed'"
        links = f"SELECT DISTINCT entity_id, case_id FROM ({self.known('case_parties')}) WHERE role = 'debtor'"
        return [
            f"CREATE TEMP TABLE links AS {links}",
            f"CREATE TEMP TABLE closed AS {closed}",
            "CREATE TEMP TABLE samples AS SELECT DISTINCT entity_id FROM links "
            f"WHERE case_id IN (SELECT case_id FROM ({self.known('cases')})) "
            "AND case_id NOT IN (SELECT case_id FROM closed)",
        ]

    def rows(self, source):
        """Rows of the debtors; of a table of states only the latest of each item."""
        table = "cases" if source == "open_cases" else source
        of = self.tables[table]
        if of["owner"] == "Party":
            rows = f"SELECT * FROM ({self.known(table)}) SEMI JOIN samples USING (entity_id)"
        else:
            party = "t.* RENAME (entity_id AS party_id)" if "entity_id" in of["kinds"] else "t.*"
            own = f" AND t.{NEEDER} = l.entity_id" if copies(self.store, table) else ""
            among = "SELECT entity_id, case_id FROM links SEMI JOIN samples USING (entity_id)"
            if source == "open_cases":
                among += " ANTI JOIN closed USING (case_id)"
            rows = f"SELECT l.entity_id, {party} FROM ({self.known(table)}) t JOIN ({among}) l ON t.case_id = l.case_id{own}"
        if of["item"] is None:
            return rows
        own = ["party_id" if name == "entity_id" and of["owner"] == "Case" else name for name in of["item"]]
        item = ["entity_id", *(["case_id"] if of["owner"] == "Case" else []), *own]
        clocks = ["known_at", "event_on"]
        # A store may be older than a column of the schema.
        there = columns(self.store, table)
        content = [name for name in of["kinds"] if name in there and name not in item and name != "entity_id"]
        # Plain files have no record_id; it only settles which of equal rows is kept.
        record = ["record_id"] if "record_id" in there else []
        order = ", ".join([f"{name} DESC NULLS LAST" for name in clocks + content if name != "record_id"] + record)
        item = ", ".join(item)
        return f"SELECT * FROM ({rows}) QUALIFY row_number() OVER (PARTITION BY {item} ORDER BY {order}) = 1"

    # One feature.

    def decimal(self, table, column):
        return self.tables[table]["kinds"].get(column) in ("Number", "Share")

    def holds(self, table, condition):
        column, rest = condition["column"], {key: value for key, value in condition.items() if key != "column"}
        (test, wanted), = rest.items()
        values = wanted if isinstance(wanted, list) else [wanted]
        among = f"{column} IN ({', '.join(map(literal, values))})"
        return {
            "is": lambda: f"coalesce({among}, FALSE)",
            "in": lambda: f"coalesce({among}, FALSE)",
            "not": lambda: f"coalesce(NOT ({among}), TRUE)",
            "below": lambda: f"coalesce({column} < {literal(wanted)}, FALSE)",
            "at_least": lambda: f"coalesce({column} >= {literal(wanted)}, FALSE)",
            "open": lambda: f"coalesce({column} {'>' if wanted else '<='} {self.day()}, {literal(wanted)})",
            "known": lambda: f"{column} IS {'NOT ' if wanted else ''}NULL",
        }[test]()

    def passing(self, table, conditions):
        return [self.holds(table, condition) for condition in conditions]

    def window(self, feature):
        if "window_days" not in feature:
            return []
        skip = feature.get("skip_days", 0)
        elapsed = f"({self.day()} - {feature.get('window_on', 'event_on')})"
        return [f"coalesce({elapsed} >= {skip} AND {elapsed} < {skip + feature['window_days']}, FALSE)"]

    def value(self, feature):
        """The expression over a group of rows; the second is what proves that somebody answered."""
        table = "cases" if feature["source"] == "open_cases" else feature["source"]
        among, window = self.passing(table, feature.get("among", [])), self.window(feature)
        where = self.passing(table, feature.get("where", []))
        rows = " AND ".join(where + among + window) or "TRUE"
        whole = " AND ".join(among + window) or "TRUE"
        column = feature.get("column")
        decimal = column and self.decimal(table, column)
        amount = f"CAST(round({column} * 1e6) AS BIGINT)" if decimal else (column or "1")
        scale = " / 1e6" if decimal else ""
        if table in self.tables and column and self.tables[table]["kinds"].get(column) == "Flag":
            amount = f"CAST({column} AS BIGINT)"
        keep = f"FILTER (WHERE {rows})"
        day = column or "event_on"
        ends = f"{{'e': event_on, 'k': known_at, 'v': {amount}}}) FILTER (WHERE {rows} AND {amount} IS NOT NULL)"
        number = "CAST({} AS DOUBLE)".format
        how = feature["aggregation"]
        value = {
            "count": lambda: number(f"count(*) {keep}"),
            "any": lambda: f"CASE WHEN count(*) {keep} = 0 THEN 0.0 ELSE {number(f'max({amount}) {keep}')} END",
            "sum": lambda: f"CASE WHEN count(*) {keep} = 0 THEN 0.0 ELSE {number(f'sum({amount}) {keep}')}{scale} END",
            "min": lambda: f"{number(f'min({amount}) {keep}')}{scale}",
            "max": lambda: f"{number(f'max({amount}) {keep}')}{scale}",
            "mean": lambda: f"{number(f'sum({amount}) {keep}')}{scale} / nullif(count({amount}) {keep}, 0)",
            "last": lambda: f"max({ends}.v",
            "first": lambda: f"min({ends}.v",
            "n_unique": lambda: number(f"count(DISTINCT {column or 'known_at'}) {keep}"),
            "days_since_last": lambda: number(f"{self.day()} - max({day}) {keep}"),
            "days_since_first": lambda: number(f"{self.day()} - min({day}) {keep}"),
            "span_days": lambda: number(f"max({day}) {keep} - min({day}) {keep}"),
            "periods": lambda: number(
                f"count(DISTINCT ({self.day()} - {day}) // {feature.get('period_days', 1)}) "
                f"FILTER (WHERE {rows} AND {self.day()} >= {day})"
            ),
            "share": lambda: f"{number(f'sum({amount}) {keep}')} / "
            f"nullif({number(f'sum({amount}) FILTER (WHERE {whole})')}, 0)",
        }[how]()
        if how in ("last", "first"):
            value = f"({value})" if self.text(table, column) else f"{number(value)}{scale}"
        if how == "share":
            some = f"coalesce(sum({amount}) FILTER (WHERE {whole}), 0) <> 0"
            value = f"CASE WHEN {some} THEN coalesce({number(f'sum({amount}) {keep}')}, 0) / " \
                    f"{number(f'sum({amount}) FILTER (WHERE {whole})')} END"
        proof = f"count(*) FILTER (WHERE {' AND '.join(where) or 'TRUE'}) > 0" if "asked" in feature else "count(*) > 0"
        return value, proof

    def text(self, table, column):
        return self.tables[table]["kinds"].get(column) in ("Text", "Code")

    def absent(self, feature):
        """The value where a debtor has no row at all: zero for what is counted, unknown otherwise."""
        counted = ("count", "any", "sum", "n_unique", "periods")
        return "0.0" if feature["aggregation"] in counted else "NULL"

    def statements(self):
        """Tables f_SOURCE of values, and last the table `features`, unknown where nobody answered."""
        aggregates = [feature for feature in self.features if "source" in feature]
        sources = sorted({feature["source"] for feature in aggregates} | {"queries"})
        made, selected = [], []
        holders = sorted({asked for feature in aggregates if (asked := self.asked(feature))})
        answers = [
            f"count(*) FILTER (WHERE source = '{holder}' AND answer IN ('found', 'nothing_found')) > 0 AS a_{holder}"
            for holder in holders
        ]
        for source in sources:
            own = [feature for feature in aggregates if feature["source"] == source]
            if not self.delivered("cases" if source == "open_cases" else source):
                selected += [f"{self.unknown(feature)} AS {feature['name']}" for feature in own]
                continue
            parts = ["entity_id", "count(*) AS n_rows"] + (answers if source == "queries" else [])
            for feature in own:
                value, proof = self.value(feature)
                parts.append(f"{value} AS {feature['name']}")
                if "asked" in feature:
                    parts.append(f"{proof} AS p_{feature['name']}")
                selected.append(f"{self.shown(feature)} AS {feature['name']}")
            rows = f"FROM ({self.rows(source)}) GROUP BY entity_id"
            made.append(f"CREATE TEMP TABLE f_{source} AS SELECT {', '.join(parts)} {rows}")
        joins = " ".join(
            f"LEFT JOIN f_{source} USING (entity_id)"
            for source in dict.fromkeys(["queries", *sources])
            if self.delivered("cases" if source == "open_cases" else source)
        )
        made.append(f"CREATE TABLE base AS SELECT entity_id, {', '.join(selected)} FROM samples {joins}")
        derived = [self.derived(feature) for feature in self.features if "source" not in feature]
        made.append(f"CREATE TABLE features AS SELECT {', '.join(['*', *derived])} FROM base ORDER BY entity_id")
        return made

    def asked(self, feature):
        table = "cases" if feature["source"] == "open_cases" else feature["source"]
        return feature.get("asked") or self.tables[table]["asked"]

    def shown(self, feature):
        source, name = feature["source"], feature["name"]
        value = f"CASE WHEN f_{source}.entity_id IS NULL THEN {self.absent(feature)} ELSE f_{source}.{name} END"
        holder = self.asked(feature)
        if not holder:
            return value
        proof = f"f_{source}.p_{name}" if "asked" in feature else f"f_{source}.n_rows > 0"
        return f"CASE WHEN coalesce(f_queries.a_{holder}, FALSE) OR coalesce({proof}, FALSE) THEN {value} END"

    def unknown(self, feature):
        if self.asked(feature):
            return f"CASE WHEN coalesce(f_queries.a_{self.asked(feature)}, FALSE) THEN {self.absent(feature)} END"
        return self.absent(feature)

    def derived(self, feature):
        if "ratio" in feature:
            of, to = feature["ratio"]
            return f"CASE WHEN {to} <> 0 THEN {of} / {to} END AS {feature['name']}"
        of, less = feature["difference"]
        return f"{of} - {less} AS {feature['name']}"


if __name__ == "__main__":
    sql = Sql(sys.argv[1], sys.argv[2])
    print(";\n".join(sql.samples() + sql.statements()) + ";")
