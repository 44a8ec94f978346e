"""FEBRL 1-3, this crate and Splink on DuckDB in one run: python splink_febrl.py DATASETS [PROGRAM [ROUNDS]]

DATASETS holds dataset1.csv to dataset3.csv; PROGRAM is the built program (cargo build --release -p wherewithal-cli;
by default target/release/wherewithal). Both are timed alternately, ROUNDS times (3), and the medians are printed: this crate as a
whole process that also reads and writes files, Splink from a frame in memory to clusters. Neither sees a label.

This crate: data/linkage/febrl.toml. Splink: settings as in its own FEBRL demonstrations, its comparison library, u from
random pairs, m by expectation-maximisation, clusters at a match probability of 0.9. Needs: pip install splink==5.0.0
pandas
"""

import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from statistics import median

import pandas as pd
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on


def pairs(keys):
    return sum(n * (n - 1) // 2 for n in Counter(keys).values())


def link(frame):
    rules = [
        block_on("soc_sec_id"),
        block_on("date_of_birth"),
        block_on("surname", "substr(given_name, 1, 2)"),
        block_on("substr(surname, 1, 3)", "postcode"),
        block_on("substr(given_name, 1, 3)", "postcode"),
        block_on("substr(address_1, 1, 5)", "street_number"),
        block_on("substr(address_2, 1, 5)", "substr(suburb, 1, 4)"),
        block_on("suburb", "given_name"),
    ]
    settings = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="rec_id",
        blocking_rules_to_generate_predictions=rules,
        comparisons=[
            cl.JaroWinklerAtThresholds("given_name", [0.92, 0.8]).configure(term_frequency_adjustments=True),
            cl.JaroWinklerAtThresholds("surname", [0.92, 0.8]).configure(term_frequency_adjustments=True),
            cl.ExactMatch("street_number"),
            cl.JaroWinklerAtThresholds("address_1", [0.92, 0.8]).configure(term_frequency_adjustments=True),
            cl.JaroWinklerAtThresholds("address_2", [0.92, 0.8]).configure(term_frequency_adjustments=True),
            cl.JaroWinklerAtThresholds("suburb", [0.92, 0.8]).configure(term_frequency_adjustments=True),
            cl.DamerauLevenshteinAtThresholds("postcode", [1, 2]),
            cl.ExactMatch("state"),
            cl.DamerauLevenshteinAtThresholds("date_of_birth", [1, 2]),
            cl.DamerauLevenshteinAtThresholds("soc_sec_id", [1, 2]),
        ],
    )
    linker = Linker(DuckDBAPI().register(frame), settings)
    linker.training.estimate_probability_two_random_records_match([block_on("soc_sec_id")], recall=0.8)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for rule in (block_on("date_of_birth"), block_on("surname", "substr(given_name, 1, 2)"), block_on("soc_sec_id")):
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    predictions = linker.inference.predict(threshold_match_probability=0.5)
    clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(predictions, 0.9)
    return clusters.as_pandas_dataframe()


def linked_here(program, dataset, settings):
    """The party of each record as `wherewithal link` writes it."""
    with tempfile.TemporaryDirectory() as folder:
        sources = Path(folder) / "sources"
        sources.mkdir()
        shutil.copy(dataset, sources)
        command = [program, "link", "--sources", sources, "--settings", settings, "--out", Path(folder) / "out", "--explain", "0"]
        begun = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        seconds = time.perf_counter() - begun
        return pd.read_csv(Path(folder) / "out" / "parties.csv", dtype=str), seconds


def linked_by_splink(dataset):
    frame = pd.read_csv(dataset, skipinitialspace=True, dtype=str)
    frame = frame.apply(lambda column: column.str.strip())
    begun = time.perf_counter()
    found = link(frame)
    return found, time.perf_counter() - begun


def f1(records, parties):
    truth = records.str.split("-").str[1]
    both = pairs(parties.astype(str) + "/" + truth)
    return 2 * both / (pairs(parties) + pairs(truth))


root = Path(__file__).resolve().parents[2]
datasets = Path(sys.argv[1])
program = Path(sys.argv[2]) if len(sys.argv) > 2 else root / "target/release/wherewithal"
rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 3
print("set | this crate: F1, seconds | Splink: F1, seconds")
for number in (1, 2, 3):
    dataset = datasets / f"dataset{number}.csv"
    ours, theirs = [], []
    for _ in range(rounds):
        here, seconds = linked_here(program, dataset, root / "data/linkage/febrl.toml")
        ours.append(seconds)
        splink, seconds = linked_by_splink(dataset)
        theirs.append(seconds)
    shown = [f1(here["record_id"], here["party"]), median(ours), f1(splink["rec_id"], splink["cluster_id"]), median(theirs)]
    print(f"{number} | {shown[0]:.4f}, {shown[1]:.2f} | {shown[2]:.4f}, {shown[3]:.2f}", flush=True)
