"""Binning with fit, and scoring, beside optbinning: the two in turn, medians, frames in and out included.

    pip install optbinning pandas scikit-learn
    python python/benches/beside_optbinning.py [--rows 100000] [--score 1000000] [--turns 3]

Both get the same pandas frame of 30 numeric and 6 text columns and give back an array of scores or probabilities. optbinning
has one thread; `--threads 1` gives this package one as well. It takes a wheel built with `.ci/python-wheel release`.
"""

import argparse
import os
import statistics
import time


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--score", type=int, default=1_000_000)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    return parser.parse_args()


def table(rows, seed):
    """Numbers of several shapes with missing values, text of several sizes, and an event that most of them tell of."""
    import numpy
    import pandas

    random = numpy.random.default_rng(seed)
    columns, log_odds = {}, numpy.full(rows, -1.2)
    for place in range(30):
        values = random.lognormal(0.0, 1.0, rows) if place % 3 == 0 else random.normal(0.0, 1.0, rows)
        log_odds += 0.6 / (1 + place / 3) * numpy.tanh(values - 0.5)
        columns[f"n{place:02}"] = numpy.where(random.random(rows) < 0.05, numpy.nan, values)
    for place in range(6):
        codes = random.integers(0, 4 + 3 * place, rows)
        log_odds += 0.3 * numpy.cos(codes)
        columns[f"c{place}"] = numpy.array([f"level {code}" for code in range(64)], dtype=object)[codes]
    event = random.random(rows) < 1.0 / (1.0 + numpy.exp(-log_odds))
    return pandas.DataFrame(columns), event.astype(int)


def theirs(frame, event):
    from optbinning import BinningProcess
    from optbinning import Scorecard as OptScorecard
    from sklearn.linear_model import LogisticRegression

    text = [name for name in frame.columns if name.startswith("c")]
    binning = BinningProcess(list(frame.columns), categorical_variables=text)
    scaling = {"min": 300, "max": 850}
    estimator = LogisticRegression(max_iter=200)
    card = OptScorecard(binning, estimator, scaling_method="min_max", scaling_method_params=scaling)
    return card.fit(frame, event)


def ours(frame, event):
    import wherewithal

    # Calibration on folds held out fits the card five times more; optbinning does none.
    return wherewithal.Scorecard(calibration_folds=0).fit(frame, event)


def timed(work):
    begun = time.perf_counter()
    result = work()
    return time.perf_counter() - begun, result


def beside(name, pair, turns):
    """Runs the two in turn, and says medians and their ratio."""
    times, results = ([], []), [None, None]
    for _ in range(turns):
        for place, work in enumerate(pair):
            seconds, results[place] = timed(work)
            times[place].append(seconds)
    slow, fast = (statistics.median(of) for of in times)
    print(f"{name}: optbinning {slow:.3f} s, wherewithal {fast:.4f} s, {slow / fast:.1f} times as fast")
    return results


def main():
    asked = arguments()
    os.environ["RAYON_NUM_THREADS"] = str(asked.threads)
    os.environ["POLARS_MAX_THREADS"] = str(asked.threads)
    from sklearn.metrics import roc_auc_score

    frame, event = table(asked.rows, 1)
    fit = beside(f"bin and fit {asked.rows:,} × {frame.shape[1]}", (lambda: theirs(frame, event), lambda: ours(frame, event)), asked.turns)
    today, happened = table(asked.score, 2)
    opt, own = fit
    scored = beside(
        f"score {asked.score:,} × {today.shape[1]}",
        (lambda: opt.score(today), lambda: own.predict_proba(today)[:, 1]),
        asked.turns,
    )
    # optbinning's points fall with the event.
    areas = roc_auc_score(happened, -scored[0]), roc_auc_score(happened, scored[1])
    print("AUC on the rows scored: optbinning {:.4f}, wherewithal {:.4f}".format(*(max(a, 1 - a) for a in areas)))


if __name__ == "__main__":
    main()
