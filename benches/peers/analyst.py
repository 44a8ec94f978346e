"""A night's assessment the way it is done by hand today: polars to read, pandas for the features, optbinning
and scikit-learn to score.

    python benches/peers/analyst.py STORE 2017-12-31 --fit card.pickle          once: binning, logistic regression
    python benches/peers/analyst.py STORE 2017-12-31 --card card.pickle         the night: features, points, reasons

Each feature of data/features/*.toml is a filter and a groupby over the rows of its source, one after the other, as a
notebook has them. Each source is read once, only the columns that its features need and only rows known by the day;
texts are read as categories. The features are those of `assess` for every debtor with an open case
(equal_features.py compares them). It does less than `assess`: one card where there are two, three reasons where there
are up to eight, no statement of means, no signals of conduct. Event: anything paid in the year after the day. Prints
wall, CPU and peak memory of the process.
"""

import argparse
import pathlib
import pickle
import resource
import time

import numpy as np
import pandas as pd
import polars as pl

from feature_sql import columns, copies, features, pattern, schema

TABLES = schema()


class Notebook:
    def __init__(self, store, as_of):
        self.store, self.as_of = pathlib.Path(store), pd.Timestamp(as_of)
        self.samples, self.links, self.closed = self.debtors()

    def read(self, table, columns, entities=None):
        files = files_of(self.store, table)
        if not files:
            return None
        keep = pl.col("known_at") <= self.as_of.date()
        if TABLES[table]["item"] is None:
            keep &= pl.col("event_on") <= self.as_of.date()
        if copies(self.store, table):
            # A bucket holds a row for each debtor who needs it: one copy of each is enough.
            columns = [*columns, "record_id"]
        columns = list(dict.fromkeys(columns))
        texts = [name for name in columns if TABLES[table]["kinds"].get(name) in ("Text", "Code")]
        rows = pl.scan_parquet(files).filter(keep).select(columns).with_columns(pl.col(texts).cast(pl.Categorical))
        rows = rows.collect(engine="streaming").to_pandas()
        if copies(self.store, table):
            rows = rows.drop_duplicates("record_id")
        return rows if entities is None else rows[rows["entity_id"].isin(entities)]

    def debtors(self):
        links = self.read("case_parties", ["entity_id", "case_id", "role", "known_at", "event_on"])
        links = links.loc[links["role"] == "debtor", ["entity_id", "case_id"]].drop_duplicates()
        closings = self.read("closings", ["case_id", "manner"])
        closed = closings.loc[closings["manner"] != "observed", "case_id"].unique()
        cases = self.read("cases", ["case_id"])["case_id"]
        is_open = links["case_id"].isin(cases) & ~links["case_id"].isin(closed)
        samples = pd.Index(np.sort(links.loc[is_open, "entity_id"].unique()), name="entity_id")
        return samples, links[links["entity_id"].isin(samples)], closed

    def rows(self, source, needed):
        table = "cases" if source == "open_cases" else source
        of = TABLES[table]
        if pattern(self.store, table) is None:
            return None
        key = "entity_id" if of["owner"] == "Party" else "case_id"
        item = of["item"]
        # A store may be older than a column of the schema.
        content = needed if item is None else [name for name in of["kinds"] if name in columns(self.store, table)]
        wanted = [key, "known_at", "event_on", *content]
        # Plain files have no record_id; it only settles which of equal rows is kept.
        record = ["record_id"] if "record_id" in columns(self.store, table) else []
        if item is not None:
            wanted += record
        if key == "entity_id":
            rows = self.read(table, wanted, self.samples)
        else:
            rows = self.read(table, wanted)
            links = self.links
            if source == "open_cases":
                links = links[~links["case_id"].isin(self.closed)]
            if rows is not None:
                rows = rows.rename(columns={"entity_id": "party_id"}).merge(links, on="case_id")
        if rows is None or item is None:
            return rows
        own = ["party_id" if name == "entity_id" and key == "case_id" else name for name in item]
        unit = ["entity_id", *(["case_id"] if key == "case_id" else []), *own]
        others = [name for name in rows.columns if name not in [*unit, "known_at", "event_on", "record_id"]]
        for name in others:
            if rows[name].dtype == "category":
                rows[name] = rows[name].astype(str).where(rows[name].notna())
        order = ["known_at", "event_on", *others, *record]
        ascending = [name == "record_id" for name in order]
        rows = rows.sort_values(order, ascending=ascending, na_position="last")
        return rows.drop_duplicates(unit, keep="first")

    def holds(self, rows, condition):
        column = rows[condition["column"]]
        (test, wanted), = ((key, value) for key, value in condition.items() if key != "column")
        values = wanted if isinstance(wanted, list) else [wanted]
        if test in ("is", "in"):
            return column.isin(values)
        if test == "not":
            return ~column.isin(values)
        if test == "below":
            return (column < wanted).fillna(False)
        if test == "at_least":
            return (column >= wanted).fillna(False)
        if test == "open":
            return (column > self.as_of) | column.isna() if wanted else column <= self.as_of
        return column.notna() if wanted else column.isna()

    def every(self, rows, conditions):
        mask = pd.Series(True, index=rows.index)
        for condition in conditions:
            mask &= self.holds(rows, condition)
        return mask

    def within(self, rows, feature):
        if "window_days" not in feature:
            return pd.Series(True, index=rows.index)
        elapsed = (self.as_of - rows[feature.get("window_on", "event_on")]).dt.days
        skip = feature.get("skip_days", 0)
        return (elapsed >= skip) & (elapsed < skip + feature["window_days"])

    def feature(self, rows, feature):
        among = self.every(rows, feature.get("among", [])) & self.within(rows, feature)
        kept = rows[among & self.every(rows, feature.get("where", []))]
        by, column, how = kept.groupby("entity_id"), feature.get("column"), feature["aggregation"]
        day = column or "event_on"
        if how == "count":
            return by.size()
        if how == "any":
            return by[column].max().astype(float) if column else by.size().clip(upper=1)
        if how == "sum":
            return by[column].sum(min_count=1)
        if how in ("min", "max", "mean"):
            return by[column].agg(how)
        if how in ("last", "first"):
            up = how == "last"
            if kept[column].dtype == "category":
                kept = kept.astype({column: str})[kept[column].notna()]
            ordered = kept[kept[column].notna()].sort_values(["event_on", "known_at", column], ascending=not up)
            return ordered.groupby("entity_id")[column].first()
        if how == "n_unique":
            return by[column or "known_at"].nunique()
        if how == "days_since_last":
            return (self.as_of - by[day].max()).dt.days
        if how == "days_since_first":
            return (self.as_of - by[day].min()).dt.days
        if how == "span_days":
            return (by[day].max() - by[day].min()).dt.days
        if how == "periods":
            elapsed = (self.as_of - kept[day]).dt.days
            period = elapsed[elapsed >= 0] // feature["period_days"]
            return period.groupby(kept["entity_id"]).nunique()
        whole = rows[among].groupby("entity_id")
        of, to = (by[column].sum(), whole[column].sum()) if column else (by.size(), whole.size())
        to = to[to != 0]
        return of.reindex(to.index, fill_value=0) / to

    def table(self, model=None):
        """The features of all debtors; missing where nobody answered."""
        catalogue = features(model)
        aggregates = [feature for feature in catalogue if "source" in feature]
        table, answers = {}, self.read("queries", ["entity_id", "source", "answer"], self.samples)
        answers = answers[answers["answer"].isin(["found", "nothing_found"])]
        answered = {
            source: self.samples.isin(rows["entity_id"].unique())
            for source, rows in answers.groupby("source", observed=True)
        }
        del answers
        for source in sorted({feature["source"] for feature in aggregates}):
            own = [feature for feature in aggregates if feature["source"] == source]
            rows = self.rows(source, needed_columns(own))
            for feature in own:
                values = pd.Series(dtype=float) if rows is None else self.feature(rows, feature)
                zero = feature["aggregation"] in ("count", "n_unique", "periods")
                values = values.reindex(self.samples)
                if zero:
                    values = values.fillna(0)
                if feature["aggregation"] in ("sum", "any"):
                    some = [] if rows is None else rows.loc[self.counting(rows, feature), "entity_id"].unique()
                    values = values.where(values.notna() | self.samples.isin(some), 0)
                holder = feature.get("asked") or TABLES["cases" if source == "open_cases" else source]["asked"]
                if holder:
                    proof = rows[self.every(rows, feature.get("where", []))] if "asked" in feature and rows is not None else rows
                    known = answered.get(holder, np.zeros(len(self.samples), bool))
                    if proof is not None:
                        known = known | self.samples.isin(proof["entity_id"].unique())
                    values = values.where(known)
                table[feature["name"]] = values
        table = pd.DataFrame(table, index=self.samples)
        for feature in catalogue:
            if "ratio" in feature:
                of, to = feature["ratio"]
                table[feature["name"]] = table[of] / table[to].where(table[to] != 0)
            if "difference" in feature:
                of, less = feature["difference"]
                table[feature["name"]] = table[of] - table[less]
        return table

    def counting(self, rows, feature):
        return (
            self.every(rows, feature.get("among", []))
            & self.within(rows, feature)
            & self.every(rows, feature.get("where", []))
        )


def needed_columns(own):
    needed = []
    for feature in own:
        needed += [feature[key] for key in ("column", "window_on") if key in feature]
        needed += [condition["column"] for key in ("where", "among") for condition in feature.get(key, [])]
    return [name for name in dict.fromkeys(needed) if name not in ("event_on", "known_at", "entity_id", "case_id")]


def fit(book, table, most=36):
    """optbinning's scorecard on the features of highest information value, from at most 20,000 debtors."""
    from optbinning import BinningProcess, Scorecard
    from sklearn.linear_model import LogisticRegression

    paid = pl.scan_parquet(files_of(book.store, "payments")).select("case_id", "event_on").collect().to_pandas()
    later = (paid["event_on"] > book.as_of) & (paid["event_on"] <= book.as_of + pd.Timedelta(days=365))
    payers = book.links.loc[book.links["case_id"].isin(paid.loc[later, "case_id"]), "entity_id"]
    event = table.index.isin(payers).astype(int)
    sample = np.random.default_rng(7).choice(len(table), min(20_000, len(table)), replace=False)
    numbers = table.select_dtypes("number").iloc[sample]
    numbers = numbers.loc[:, numbers.nunique() > 1]
    process = BinningProcess(list(numbers), selection_criteria={"iv": {"min": 0.005, "top": most, "strategy": "highest"}})
    card = Scorecard(process, LogisticRegression(max_iter=500), scaling_method="min_max", scaling_method_params={"min": 300, "max": 850})
    return card.fit(numbers, event[sample]), list(numbers)


def files_of(store, table):
    return sorted(str(file) for file in store.glob(pattern(store, table))) if pattern(store, table) else []


def assess(card, names, table):
    """Scores and the three features that cost each debtor the most points."""
    numbers = table[names].astype(float)
    score = card.score(numbers)
    woe = card.binning_process_.transform(numbers, metric="woe", metric_missing="empirical")
    lost = woe.to_numpy() * card.estimator_.coef_[0]
    reasons = np.argsort(lost, axis=1)[:, -3:]
    return pd.DataFrame({"score": score, "reasons": [list(woe.columns[row]) for row in reasons]}, index=table.index)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("store")
    parser.add_argument("as_of")
    parser.add_argument("--fit", metavar="CARD")
    parser.add_argument("--card")
    parser.add_argument("--only", metavar="MODEL", help="a model.json: only the features that it needs")
    parser.add_argument("--features", help="where to write the values, as Parquet")
    args = parser.parse_args()
    start = time.perf_counter()
    book = Notebook(args.store, args.as_of)
    table = book.table(args.only)
    made = time.perf_counter() - start
    if args.features:
        table.to_parquet(args.features)
    if args.fit:
        pathlib.Path(args.fit).write_bytes(pickle.dumps(fit(book, table)))
    if args.card:
        assessed = assess(*pickle.loads(pathlib.Path(args.card).read_bytes()), table)
        print(f"scores from {assessed['score'].min():.0f} to {assessed['score'].max():.0f}")
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(
        f"pandas {pd.__version__}: {len(table)} debtors, {table.shape[1]} features in {made:.2f} s, "
        f"wall {time.perf_counter() - start:.2f} s, CPU {used.ru_utime + used.ru_stime:.2f} s, "
        f"peak {used.ru_maxrss / 1024:.0f} MB"
    )


if __name__ == "__main__":
    main()
