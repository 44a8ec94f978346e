#!/usr/bin/env python3
"""Six public data sets, five folds (row index modulo 5): `wherewithal fit` as it comes beside its peers as they come.

    python3 benches/peers/real_sets.py DATA OUT [SET …] --peer optbinning
    python3 benches/peers/real_sets.py DATA OUT [SET …] --learner additive --peer lightgbm --peer ebm

DATA holds gmsc/cs-training.csv.gz, taiwan_default/UCI_Credit_Card.csv, hmeq/hmeq.csv, german/german.data,
polish_bankruptcy/1year.arff and sba/SBAcase.11.13.17.csv. Each becomes OUT/SET.csv with a header line; the program is run on
it with one setting for all. Peers are fitted on the same folds, untuned: optbinning 1.0.0's scorecard, LightGBM (300 trees of 31
leaves, learning rate .05), interpret's EBM by its defaults (they need pandas and scikit-learn). ECE has twenty bins of equally
many rows. Of sba the columns known only afterwards are left out.
"""
import argparse
import csv
import gzip
import json
import os
import pathlib
import subprocess
import sys

FIT = os.environ.get("WHEREWITHAL_FIT", "cargo run -q --release -- fit").split()
SBA_LATER = [
    "Selected", "LoanNr_ChkDgt", "Name", "City", "Zip", "Term", "daysterm", "xx", "ChgOffDate", "BalanceGross",
    "ChgOffPrinGr", "MIS_Status", "DisbursementDate",
]
# File, target, event, columns left out, columns that are categories for the peer.
SETS = {
    "gmsc": ("gmsc/cs-training.csv.gz", "SeriousDlqin2yrs", "1", [""], []),
    "taiwan": ("taiwan_default/UCI_Credit_Card.csv", "default.payment.next.month", "1", ["ID"], ["SEX", "EDUCATION", "MARRIAGE"]),
    "hmeq": ("hmeq/hmeq.csv", "BAD", "1", [], ["REASON", "JOB"]),
    "german": ("german/german.data", "y", "2", [], [f"a{i}" for i in (1, 3, 4, 6, 7, 9, 10, 12, 14, 15, 17, 19, 20)]),
    "polish1": ("polish_bankruptcy/1year.arff", "y", "1", [], []),
    "sba": ("sba/SBAcase.11.13.17.csv", "Default", "1", SBA_LATER, ["State", "Bank", "BankState", "RevLineCr", "LowDoc"]),
}


def rows(path):
    """The header and the cells; two of the files have no header."""
    opened = gzip.open(path, "rt", encoding="utf-8-sig") if path.suffix == ".gz" else open(path, encoding="utf-8-sig", newline="")
    with opened as file:
        if path.name == "german.data":
            lines = [line.split() for line in file if line.strip()]
            return [f"a{i}" for i in range(1, 21)] + ["y"], lines
        table = [line for line in csv.reader(file) if line]
    if path.suffix == ".arff":
        return [f"X{i}" for i in range(1, 65)] + ["y"], table
    return table[0], table[1:]


def prepare(name, data, out):
    file, target, event, drop, _ = SETS[name]
    header, cells = rows(data / file)
    keep = [at for at, column in enumerate(header) if column not in drop]
    made = out / f"{name}.csv"
    with open(made, "w", newline="", encoding="utf-8") as sink:
        writer = csv.writer(sink)
        writer.writerow([header[at] for at in keep])
        writer.writerows([[line[at].strip() for at in keep] for line in cells])
    special = [column for column in header if "PastDue" in column or "DaysLate" in column] if name == "gmsc" else []
    return made, target, event, special


def ours(name, data, out, learner):
    made, target, event, special = prepare(name, data, out)
    words = ["--json", "--learner", learner, "--table", str(made), "--target", target, "--event", event]
    words += ["--folds", "5", "--seed", "1", "--out", str(out / f"{name}-{learner}")]
    words += [word for column in special for word in ("--special", f"{column}=96;98")]
    line = subprocess.run([*FIT, *words], check=True, capture_output=True, text=True).stdout
    return json.loads(line)


def framed(name, out):
    """What the peers read: the columns, the event, and which columns are categories."""
    import pandas as pd

    _, target, event, _, categories = SETS[name]
    frame = pd.read_csv(out / f"{name}.csv", na_values=["?"])
    y = (frame.pop(target).astype(str).str.strip() == event).to_numpy().astype(int)
    for column in categories:
        cells = frame[column].astype(object).where(frame[column].notna(), None)
        frame[column] = cells.map(lambda cell: None if cell is None else str(cell))
    return frame, y, categories


def optbinning(frame, y, categories):
    from optbinning import BinningProcess, Scorecard
    from sklearn.linear_model import LogisticRegression

    late = [column for column in frame.columns if "PastDue" in column or "DaysLate" in column]
    codes = {column: {"special_codes": [96, 98]} for column in late}
    empirical = {column: {"metric_missing": "empirical", "metric_special": "empirical"} for column in frame.columns}
    process = BinningProcess(
        list(frame.columns), categorical_variables=categories or None, binning_fit_params=codes or None,
        binning_transform_params=empirical,
    )
    card = Scorecard(binning_process=process, estimator=LogisticRegression(C=1.0, max_iter=1000))
    card.fit(frame, y)
    return lambda rows: card.predict_proba(rows)[:, 1]


def lightgbm(frame, y, categories):
    import pandas as pd
    from lightgbm import LGBMClassifier

    levels = {column: pd.CategoricalDtype(sorted(frame[column].dropna().unique())) for column in categories}
    typed = lambda rows: rows.astype(levels)
    model = LGBMClassifier(n_estimators=300, num_leaves=31, learning_rate=0.05, verbose=-1, n_jobs=1, random_state=7)
    model.fit(typed(frame), y)
    return lambda rows: model.predict_proba(typed(rows))[:, 1]


def ebm(frame, y, categories):
    from interpret.glassbox import ExplainableBoostingClassifier

    types = ["nominal" if column in categories else "continuous" for column in frame.columns]
    model = ExplainableBoostingClassifier(n_jobs=1, random_state=7, feature_types=types).fit(frame, y)
    return lambda rows: model.predict_proba(rows)[:, 1]


def peer(fit, name, out):
    """AUC and ECE of a peer, every row judged by the fit that left out its fold."""
    import numpy as np
    from sklearn.metrics import roc_auc_score

    frame, y, categories = framed(name, out)
    found = np.zeros(len(y))
    for fold in range(5):
        held = np.arange(len(y)) % 5 == fold
        found[held] = fit(frame[~held].reset_index(drop=True), y[~held], categories)(frame[held].reset_index(drop=True))
    parts = np.array_split(np.argsort(found, kind="stable"), 20)
    return roc_auc_score(y, found), sum(abs(y[part].mean() - found[part].mean()) * len(part) for part in parts) / len(y)


PEERS = {"optbinning": optbinning, "lightgbm": lightgbm, "ebm": ebm}


def main(words):
    given = argparse.ArgumentParser()
    given.add_argument("data", type=pathlib.Path)
    given.add_argument("out", type=pathlib.Path)
    given.add_argument("sets", nargs="*", metavar="SET")
    given.add_argument("--learner", default="woe", choices=["woe", "additive"])
    given.add_argument("--peer", action="append", default=[], choices=list(PEERS))
    parser, given = given, given.parse_args(words)
    if unknown := set(given.sets) - set(SETS):
        parser.error(f"no set {', '.join(sorted(unknown))}: {', '.join(SETS)}")
    given.out.mkdir(parents=True, exist_ok=True)
    heads = ["set", "AUC ± DeLong's SE", "ECE", "features", "pairs"]
    heads += [f"{peer}: {head}" for peer in given.peer for head in ("AUC", "ECE")]
    print(f"| {' | '.join(heads)} |\n|{'---|' * len(heads)}")
    for name in given.sets or SETS:
        line = ours(name, given.data, given.out, given.learner)
        cells = [name, f"{line['auc']:.4f} ± {line['auc_se']:.4f}", f"{line['ece']:.4f}"]
        cells += [line["n_features"], line["n_pairs"]]
        for fit in given.peer:
            cells += [f"{figure:.4f}" for figure in peer(PEERS[fit], name, given.out)]
        print(f"| {' | '.join(map(str, cells))} |", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
