#!/usr/bin/env python3
"""Six public data sets, five folds (row index modulo 5): `wherewithal fit` as it comes, and optbinning's scorecard as it comes.

    python3 benches/peers/real_sets.py DATA OUT [--peer] [SET …]

DATA holds gmsc/cs-training.csv.gz, taiwan_default/UCI_Credit_Card.csv, hmeq/hmeq.csv, german/german.data,
polish_bankruptcy/1year.arff and sba/SBAcase.11.13.17.csv. Each becomes OUT/SET.csv with a header line; the program is run on
it with one setting for all. `--peer` fits optbinning 1.0.0 on the same folds (needs pandas, scikit-learn, optbinning).
ECE has twenty bins of equally many rows. Of sba the columns known only afterwards are left out.
"""
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


def ours(name, data, out):
    made, target, event, special = prepare(name, data, out)
    words = ["--json", "--table", str(made), "--target", target, "--event", event, "--folds", "5", "--seed", "1", "--out", str(out / name)]
    words += [word for column in special for word in ("--special", f"{column}=96;98")]
    line = subprocess.run([*FIT, *words], check=True, capture_output=True, text=True).stdout
    return json.loads(line)


def peer(name, out):
    import numpy as np
    import pandas as pd
    from optbinning import BinningProcess, Scorecard
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score

    _, target, event, _, categories = SETS[name]
    frame = pd.read_csv(out / f"{name}.csv", na_values=["?"])
    y = (frame.pop(target).astype(str).str.strip() == event).to_numpy().astype(int)
    for column in categories:
        frame[column] = frame[column].astype(object).where(frame[column].notna(), None).map(lambda v: None if v is None else str(v))
    codes = {column: {"special_codes": [96, 98]} for column in frame.columns if name == "gmsc" and ("PastDue" in column or "DaysLate" in column)}
    empirical = {column: {"metric_missing": "empirical", "metric_special": "empirical"} for column in frame.columns}
    found = np.zeros(len(y))
    for fold in range(5):
        held = np.arange(len(y)) % 5 == fold
        process = BinningProcess(
            list(frame.columns), categorical_variables=categories or None, binning_fit_params=codes or None,
            binning_transform_params=empirical,
        )
        card = Scorecard(binning_process=process, estimator=LogisticRegression(C=1.0, max_iter=1000))
        card.fit(frame[~held].reset_index(drop=True), y[~held])
        found[held] = card.predict_proba(frame[held].reset_index(drop=True))[:, 1]
    parts = np.array_split(np.argsort(found, kind="stable"), 20)
    return roc_auc_score(y, found), sum(abs(y[part].mean() - found[part].mean()) * len(part) for part in parts) / len(y)


def main(words):
    with_peer = "--peer" in words
    data, out, *names = [word for word in words if word != "--peer"]
    data, out = pathlib.Path(data), pathlib.Path(out)
    out.mkdir(parents=True, exist_ok=True)
    print("| set | AUC ± DeLong's SE | ECE | features | optbinning's AUC | its ECE |\n|---|---|---|---|---|---|")
    for name in names or SETS:
        line = ours(name, data, out)
        auc, ece = peer(name, out) if with_peer else (None, None)
        theirs = f"{auc:.4f} | {ece:.4f}" if with_peer else "– | –"
        print(f"| {name} | {line['auc']:.4f} ± {line['auc_se']:.4f} | {line['ece']:.4f} | {line['n_features']} | {theirs} |", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
