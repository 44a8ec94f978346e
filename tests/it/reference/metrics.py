#!/usr/bin/env python3
"""Makes metrics.json: metrics and calibrations of one sample, as other software has them.

    pip install scikit-learn==1.9.1 hmeasure==0.1.6 betacal==1.1.0
    python3 tests/it/reference/metrics.py > tests/it/reference/metrics.json

The sample is a formula, so that the test makes the same numbers. DeLong's variance and Murphy's decomposition, which
these packages do not have, are written out from their definitions.
"""
import json
import math

import numpy as np
import scipy
import sklearn
from betacal import BetaCalibration
from hmeasure import __version__ as hmeasure_version
from hmeasure import h_score
from sklearn.calibration import _sigmoid_calibration
from sklearn.isotonic import IsotonicRegression
from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score, roc_curve

ROWS, BINS = 1200, 20


def sample():
    """Log-odds on a grid of 300 values, and what happened: likelier above, with waves that no line follows."""
    place = (np.arange(ROWS) * 7919) % ROWS
    x = np.round((place // 4 - 149.5) / 50.0, 6)
    chance = 1.0 / (1.0 + np.exp(-(0.4 + 0.7 * x + 0.3 * np.sin(2.0 * x))))
    threshold = ((np.arange(ROWS) * 7919 + 13) % 1201) / 1201.0
    threshold = (threshold * 617.0) % 1.0
    return x, (threshold < chance).astype(int)


def delong(scores, events):
    above, below = scores[events == 1], scores[events == 0]
    wins = (above[:, None] > below[None, :]) + 0.5 * (above[:, None] == below[None, :])
    return math.sqrt(wins.mean(1).var(ddof=1) / len(above) + wins.mean(0).var(ddof=1) / len(below))


def in_bins(p, y):
    order = np.argsort(p, kind="stable")
    groups = np.array_split(order, BINS)
    share = np.array([len(g) / len(p) for g in groups])
    predicted = np.array([p[g].mean() for g in groups])
    observed = np.array([y[g].mean() for g in groups])
    return {
        "reliability": float((share * (observed - predicted) ** 2).sum()),
        "resolution": float((share * (observed - y.mean()) ** 2).sum()),
        "uncertainty": float(y.mean() * (1 - y.mean())),
        "ece": float((share * abs(observed - predicted)).sum()),
    }


def main():
    x, y = sample()
    p = 1.0 / (1.0 + np.exp(-x))
    false_alarms, hits, _ = roc_curve(y, p, drop_intermediate=False)
    n1 = int(y.sum())
    a, b = _sigmoid_calibration(x, y)
    beta = BetaCalibration("abm").fit(p.reshape(-1, 1), y).calibrator_
    grid = [-3.2, -2.0, -0.55, 0.0, 0.7, 1.3, 2.9, 4.0]
    isotonic = IsotonicRegression(out_of_bounds="clip").fit(x, y)
    weights = 1.0 + np.arange(ROWS) % 3
    weighted = IsotonicRegression(out_of_bounds="clip").fit(x, y, sample_weight=weights)
    top = np.argsort(-p, kind="stable")[: ROWS // 10]
    print(json.dumps({
        "made_by": {"numpy": np.__version__, "scipy": scipy.__version__, "scikit-learn": sklearn.__version__,
                    "hmeasure": hmeasure_version, "betacal": "1.1.0"},
        "events": n1,
        "auc": roc_auc_score(y, p), "auc_delong": delong(p, y),
        "auc_weighted": roc_auc_score(y, p, sample_weight=weights),
        "ks": float((hits - false_alarms).max()),
        "brier": brier_score_loss(y, p), "brier_weighted": brier_score_loss(y, p, sample_weight=weights),
        "log_loss": log_loss(y, p), "log_loss_weighted": log_loss(y, p, sample_weight=weights),
        **in_bins(p, y),
        "lift_10": float(y[top].mean() / y.mean()),
        # A severity ratio below zero is the package's way to ask for the Beta(1 + share, 1 + other share) of 2014.
        "h_measure": float(h_score(y, p, severity_ratio=-1.0)),
        "platt": {"slope": -float(a), "intercept": -float(b)},
        "beta": {"a": float(beta.map_[0]), "b": float(beta.map_[1]), "c": float(beta.lr_.intercept_[0])},
        "isotonic": [[g, float(v)] for g, v in zip(grid, isotonic.predict(grid))],
        "isotonic_weighted": [[g, float(v)] for g, v in zip(grid, weighted.predict(grid))],
    }, indent=1))


if __name__ == "__main__":
    main()
