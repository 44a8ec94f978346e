#!/usr/bin/env python3
"""Seeded binning cases, solved by optbinning on given prebins; the same cases as JSON for `cargo bench --bench peers`.

    pip install optbinning==1.0.0
    python3 benches/peers/binning_cases.py cases.json
    cargo bench --bench peers -- bins cases.json

A case is rows and events per prebin, a trend and bounds. optbinning gets the prebins as `user_splits` of its public
`OptimalBinning`, so that both search the same cuts. Its information value is computed here from the cuts it returns, without
smoothing. Shapes follow the trend, oppose it, or are noise; bounds are none, or one or several of: sizes, number of bins,
p-value, difference of rates.
"""
import json
import sys
import warnings

import numpy as np
from optbinning import OptimalBinning

warnings.filterwarnings("ignore")
SHAPES = {
    "rising": lambda x: 1.2 * x,
    "falling": lambda x: -1.2 * x,
    "hump": lambda x: 1.2 - 2.2 * x**2,
    "bowl": lambda x: -1.2 + 2.2 * x**2,
    "noise": lambda x: 0 * x,
}
PAIRS = [
    ("ascending", "rising"), ("ascending", "noise"), ("descending", "falling"), ("descending", "hump"),
    ("peak", "hump"), ("peak", "noise"), ("valley", "bowl"), ("valley", "rising"),
    ("concave", "hump"), ("concave", "noise"), ("convex", "bowl"), ("convex", "noise"),
    ("none", "noise"), ("none", "hump"), ("auto", "rising"), ("auto", "hump"), ("auto", "bowl"), ("auto", "noise"),
]
# What this crate does beyond the bounds, and optbinning does not, is switched off.
PLAIN = {"prior_rows": 0.0, "noise_penalty": 0.0, "trend_price": 0.0, "min_bin_rows": 1, "min_bin_share": 0.0, "min_bins": 1, "max_bins": 100}
BOUNDS = [
    {}, {"min_bin_share": 0.10}, {"max_bins": 4}, {"min_bins": 3, "max_bins": 5, "min_bin_share": 0.08},
    {"max_p_value": 0.05}, {"min_rate_difference": 0.03},
    {"min_bin_share": 0.08, "max_bin_share": 0.4, "max_p_value": 0.05, "max_bins": 6},
]


def counts(rng, shape, prebins, rows):
    x = np.linspace(-1, 1, prebins)
    size = np.maximum((rng.dirichlet(np.full(prebins, 3.0)) * rows).astype(int), 10)
    rate = 1 / (1 + np.exp(-(SHAPES[shape](x) - 1 + rng.normal(0, 0.35, prebins))))
    events = np.clip(rng.binomial(size, rate), 1, size - 1)
    return size, events


def information(size, events, cuts):
    """Of the bins that end at the prebins before `cuts`."""
    edges = [0, *cuts, len(size)]
    e = np.array([events[a:b].sum() for a, b in zip(edges, edges[1:])], float)
    n = np.array([(size - events)[a:b].sum() for a, b in zip(edges, edges[1:])], float)
    p, q = e / e.sum(), n / n.sum()
    return float(((p - q) * np.log(p / q)).sum())


def shares(bounds, rows):
    """optbinning rounds a share up to whole rows."""
    return {name: np.ceil(value * rows) / rows if name.endswith("bin_share") else value for name, value in bounds.items()}


def solve(size, events, trend, bounds):
    x = np.repeat(np.arange(len(size), dtype=float), size)
    y = np.concatenate([np.r_[np.ones(e), np.zeros(s - e)] for s, e in zip(size, events)])
    peer = OptimalBinning(
        dtype="numerical", user_splits=np.arange(len(size) - 1) + 0.5, monotonic_trend=None if trend == "none" else trend, min_prebin_size=1e-6,
        min_n_bins=bounds.get("min_bins"), max_n_bins=bounds.get("max_bins"), min_bin_size=bounds.get("min_bin_share"),
        max_bin_size=bounds.get("max_bin_share"), max_pvalue=bounds.get("max_p_value"),
        min_event_rate_diff=bounds.get("min_rate_difference", 0), time_limit=120,
    )
    peer.fit(x, y)
    cuts = [int(np.ceil(split)) for split in peer.splits]
    solved = peer.status in ("OPTIMAL", "FEASIBLE")
    return {"status": peer.status, "cuts": cuts, "information": information(size, events, cuts) if solved else None}


def main(path):
    cases = []
    for at, (trend, shape) in enumerate(PAIRS):
        for turn, bounds in enumerate(BOUNDS):
            seed = 1000 + 10 * at + turn
            rng = np.random.default_rng(seed)
            heavy = trend in ("concave", "convex", "none")
            size, events = counts(rng, shape, int(rng.choice([8, 12] if heavy else [10, 15, 20])), 20_000)
            case = {"seed": seed, "trend": trend, "shape": shape, "bounds": PLAIN | shares(bounds, int(size.sum())), "rows": size.tolist(), "events": events.tolist()}
            case["peer"] = solve(size, events, trend, bounds)
            print(seed, trend, shape, bounds, case["peer"]["status"], case["peer"]["information"], flush=True)
            cases.append(case)
    with open(path, "w", encoding="utf-8") as file:
        json.dump(cases, file)
    print(len(cases), "cases written to", path)


if __name__ == "__main__":
    main(*(sys.argv[1:] or ["cases.json"]))
