"""Two hundred seeded scenarios of drift, looked at by evidently and NannyML on the very frames of `tests/it/monitoring.rs`.

    cargo test --locked --test it planted_drift -- --nocapture > ours.txt
    pip install evidently==0.7.23 nannyml==0.13.1 'pandas<3'
    python benches/peers/drift.py ours.txt

Prints how many scenarios of each kind raised an alarm. evidently: `DataDriftPreset` as it comes, an alarm when any of the five
columns (three features, prediction, outcome) is called drifted. NannyML: chunks of 200 rows, the default method and thresholds
on the same columns and on the share of missing values, an alarm when any chunk of any column alerts.
"""

import re
import sys
import warnings

import numpy as np
import pandas as pd

SCENARIOS = [
    ("none", "none", 0.0, 80),
    ("covariate, small (.2 sd)", "covariate", 0.2, 20),
    ("covariate, large (.6 sd)", "covariate", 0.6, 20),
    ("label, small (+3 points)", "label", 0.03, 20),
    ("label, large (+15 points)", "label", 0.15, 20),
    ("missing, small (3 %)", "missing", 0.03, 20),
    ("missing, large (20 %)", "missing", 0.20, 20),
]
COLUMNS = ["a", "b", "c", "chance", "happened"]


class Draw:
    """The test's stream of numbers, of many seeds side by side."""

    def __init__(self, seeds):
        self.state = np.uint64(0x9E37_79B9_7F4A_7C15) ^ ((seeds + np.uint64(1)) * np.uint64(0xD1B5_4A32_D192_ED03))

    def unit(self):
        x = self.state
        x = x ^ (x << np.uint64(13))
        x = x ^ (x >> np.uint64(7))
        self.state = x ^ (x << np.uint64(17))
        return (self.state >> np.uint64(11)).astype(float) / float(1 << 53)

    def normal(self):
        total = np.zeros(len(self.state))
        for _ in range(12):
            total = total + self.unit()
        return total - 6.0


def frames(draw, rows, plant, size):
    """A frame for each seed."""
    table = np.empty((rows, len(COLUMNS), len(draw.state)))
    for row in range(rows):
        values = [draw.normal() for _ in range(3)]
        if plant == "covariate":
            values[0] = values[0] + size
        chance = 1.0 / (1.0 + np.exp(-(0.9 * values[0] + 0.6 * values[1] - 0.2)))
        happened = draw.unit() < np.minimum(chance + (size if plant == "label" else 0.0), 1.0)
        if plant == "missing":
            values[0] = np.where(draw.unit() < size, np.nan, values[0])
        table[row] = [*values, chance, happened]
    made = [pd.DataFrame(table[:, :, seed], columns=COLUMNS) for seed in range(len(draw.state))]
    return [frame.assign(happened=frame.happened.astype(int).astype("category")) for frame in made]


def evidently_alarm(base, now):
    from evidently import Report
    from evidently.presets import DataDriftPreset

    found = Report([DataDriftPreset()]).run(now, base).dict()
    counts = [m["value"]["count"] for m in found["metrics"] if isinstance(m["value"], dict) and "count" in m["value"]]
    return counts[0] > 0


def nannyml_alarm(base, now):
    import nannyml

    drift = nannyml.UnivariateDriftCalculator(column_names=COLUMNS, chunk_size=200).fit(base)
    missing = nannyml.MissingValuesCalculator(column_names=COLUMNS, chunk_size=200).fit(base)
    results = [calculator.calculate(now).filter(period="analysis").to_df() for calculator in (drift, missing)]
    alerts = [result.loc[:, [c for c in result.columns if c[-1] == "alert"]] for result in results]
    return any(bool(table.fillna(False).to_numpy().any()) for table in alerts)


def main():
    warnings.filterwarnings("ignore")
    np.seterr(over="ignore")
    ours = {}
    for line in open(sys.argv[1], encoding="utf-8"):
        if found := re.match(r"(.{28}) +(\d+) +(\d+)$", line.rstrip()):
            ours[found[1].strip()] = int(found[3])
    print("| planted | scenarios | wherewithal | evidently | NannyML |\n|---|---|---|---|---|")
    for nth, (name, plant, size, n) in enumerate(SCENARIOS):
        draw = Draw(np.arange(nth * 1000, nth * 1000 + n, dtype=np.uint64))
        pairs = list(zip(frames(draw, 2000, "none", 0.0), frames(draw, 1000, plant, size)))
        alarms = [sum(alarm(*pair) for pair in pairs) for alarm in (evidently_alarm, nannyml_alarm)]
        print(f"| {name} | {n} | {ours[name]} | {alarms[0]} | {alarms[1]} |", flush=True)


if __name__ == "__main__":
    main()
