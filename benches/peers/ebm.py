#!/usr/bin/env python3
"""The additive learner beside interpret's EBM: as many bags, rounds and pairs on the same rows, one run, in turn.

    pip install interpret-core==0.7.8 pandas pyarrow
    python3 gen.py data                                  # any generator of train_100k.parquet and train_1m.parquet will do
    python3 benches/peers/ebm.py data 3

The files hold 30 numeric and 6 categorical columns, missing values, the code -999 and a target `y`. Reading them is not timed.
Neither stops early: 8 bags, 300 rounds over all features and 300 over 10 pairs, leaves and learning rate alike. Each round runs
both on one thread, since EBM's workers do not tell their CPU seconds before they end. Prints CPU seconds and seconds, their
medians and ratios; then how long a million rows take to score with ten pairs and with none.
"""
import json
import os
import resource
import statistics
import subprocess
import sys
import time
import warnings

warnings.filterwarnings("ignore")

import pandas as pd
from interpret.glassbox import ExplainableBoostingClassifier

OURS = os.environ.get("PEERS_BENCH", "cargo bench -q --bench peers --").split()
BAGS, ROUNDS, PAIRS, THREADS = 8, 300, 10, 1


def load(path):
    frame = pd.read_parquet(path)
    features = [name for name in frame.columns if name not in ("y", "t", "p_true")]
    return frame[features], frame["y"].to_numpy()


def cpu():
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def theirs(X, y):
    model = ExplainableBoostingClassifier(
        outer_bags=BAGS, max_rounds=ROUNDS, interactions=PAIRS, learning_rate=0.05, max_leaves=3, min_samples_leaf=5, max_bins=200,
        smoothing_rounds=0, interaction_smoothing_rounds=0, early_stopping_rounds=0, greedy_ratio=0.0, n_jobs=THREADS, random_state=1,
    )
    before, started = cpu(), time.perf_counter()
    model.fit(X, y)
    return cpu() - before, time.perf_counter() - started


def ours(work, *paths):
    """CPU seconds of the whole program, reading included, over its three rounds of work; seconds of the quickest."""
    before = cpu()
    environment = os.environ | {"RAYON_NUM_THREADS": str(THREADS)}
    done = subprocess.run([*OURS, work, *paths], check=True, capture_output=True, text=True, env=environment)
    seconds = json.loads(done.stdout.strip().splitlines()[-1])["seconds"]
    return (cpu() - before) / len(seconds), statistics.median(seconds)


def main(folder, rounds):
    learn, score = f"{folder}/train_100k.parquet", f"{folder}/train_1m.parquet"
    X, y = load(learn)
    found = {"EBM": [], "additive": []}
    for _ in range(rounds):
        found["EBM"].append(theirs(X, y))
        found["additive"].append(ours("boost", learn))
    for name, runs in found.items():
        used, took = (statistics.median(run[i] for run in runs) for i in (0, 1))
        print(f"{name:10} {used:8.2f} s of CPU {took:8.2f} s")
    for i, what in enumerate(("CPU seconds", "seconds")):
        ratios = [theirs[i] / ours[i] for theirs, ours in zip(found["EBM"], found["additive"])]
        print(f"{what}: EBM takes {statistics.median(ratios):.1f} times as many ({min(ratios):.1f} to {max(ratios):.1f})")
    if os.path.exists(score):
        pairs, none = ([ours(work, learn, score)[1] for _ in range(rounds)] for work in ("pairs", "no-pairs"))
        ratios = [a / b for a, b in zip(pairs, none)]
        print(f"scoring a million rows: {statistics.median(pairs):.3f} s with ten pairs, {statistics.median(none):.3f} s without: "
              f"{statistics.median(ratios):.2f} times")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "data", int(sys.argv[2]) if len(sys.argv) > 2 else 3)
