#!/usr/bin/env python3
"""Binning, fitting and scoring beside optbinning and scikit-learn: one run, in turn.

    pip install optbinning==1.0.0 pyarrow
    python3 gen.py data                                  # any generator of train_100k.parquet and train_1m.parquet will do
    python3 benches/peers/speed.py data 3

The files hold 30 numeric and 6 categorical columns, missing values, the code -999 and a target `y`. Reading them is not timed.
Each round runs the peer on one thread (optbinning's `n_jobs` is 1), then `cargo bench --bench peers -- …` on the same file, once on
one thread and once on all; the table gives medians over the rounds.
"""
import json
import os
import statistics
import subprocess
import sys
import time
import warnings

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[name] = "1"
warnings.filterwarnings("ignore")

import pandas as pd
from optbinning import BinningProcess, Scorecard
from sklearn.linear_model import LogisticRegression

OURS = os.environ.get("PEERS_BENCH", "cargo bench -q --bench peers --").split()
EMPIRICAL = {"metric_missing": "empirical", "metric_special": "empirical"}


def load(path):
    frame = pd.read_parquet(path)
    features = [name for name in frame.columns if name not in ("y", "t", "p_true")]
    text = [name for name in features if name.startswith("c_")]
    for name in text:
        frame[name] = frame[name].astype(object).where(frame[name].notna(), None)
    return frame[features], frame["y"].to_numpy(), text


def timed(work):
    started = time.perf_counter()
    result = work()
    return time.perf_counter() - started, result


def ours(found, *words):
    """Seconds on one thread and on all, added to the second and third list."""
    for threads, seconds in zip(("1", "0"), found[1:]):
        environment = os.environ | {"RAYON_NUM_THREADS": threads}
        done = subprocess.run([*OURS, *words], check=True, capture_output=True, text=True, env=environment)
        seconds.extend(json.loads(done.stdout.strip().splitlines()[-1])["seconds"])


def main(folder, rounds):
    learn, score = f"{folder}/train_100k.parquet", f"{folder}/train_1m.parquet"
    X, y, text = load(learn)
    process = lambda: BinningProcess(list(X.columns), categorical_variables=text, special_codes=[-999.0], n_jobs=1)
    card = Scorecard(
        binning_process=process(), estimator=LogisticRegression(max_iter=1000), scaling_method="pdo_odds",
        scaling_method_params={"pdo": 20, "odds": 1, "scorecard_points": 500},
    )
    card.fit(X, y, **EMPIRICAL)
    fitted = process().fit(X, y)
    woe = fitted.transform(X, metric="woe", **EMPIRICAL)
    woe.assign(y=y).to_parquet(f"{folder}/woe_100k.parquet")
    million, _, _ = load(score)
    names = ("bin 36 columns of 100,000 rows", "logistic on the 100,000 x 36 WoE matrix", "score 1,000,000 rows x 36")
    bins, logistic, scores = (([], [], []) for _ in names)
    matrix = woe.to_numpy()
    for _ in range(rounds):
        bins[0].append(timed(lambda: process().fit(X, y))[0])
        ours(bins, "bin", os.path.abspath(learn))
        logistic[0].append(timed(lambda: LogisticRegression(C=1.0, max_iter=1000).fit(matrix, y))[0])
        ours(logistic, "logistic", os.path.abspath(f"{folder}/woe_100k.parquet"))
        scores[0].append(timed(lambda: card.score(million))[0])
        ours(scores, "score", os.path.abspath(learn), os.path.abspath(score))
    print("| work | peer, s | here, one thread, s | ratio | here, all threads, s | ratio |\n|---|---|---|---|---|---|")
    for name, found in zip(names, (bins, logistic, scores)):
        peer, one, all_threads = map(statistics.median, found)
        print(f"| {name} | {peer:.3f} | {one:.4f} | {peer / one:.3g} | {all_threads:.4f} | {peer / all_threads:.3g} |")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "data", int(sys.argv[2]) if len(sys.argv) > 2 else 3)
