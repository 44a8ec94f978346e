"""FEBRL 1-3 with Splink on DuckDB, for comparison: python splink_febrl.py FOLDER_WITH_DATASETS

Settings as in Splink's own FEBRL demonstrations: its comparison library, u from random pairs, m by expectation-maximisation
without labels, clusters at a match probability of 0.9. Needs: pip install splink==5.0.0 pandas
"""

import sys
import time
from collections import Counter
from pathlib import Path

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


for number in (1, 2, 3):
    path = Path(sys.argv[1]) / f"dataset{number}.csv"
    frame = pd.read_csv(path, skipinitialspace=True, dtype=str)
    frame = frame.apply(lambda column: column.str.strip())
    begun = time.perf_counter()
    found = link(frame)
    seconds = time.perf_counter() - begun
    truth = found["rec_id"].str.split("-").str[1]
    both = pairs(found["cluster_id"].astype(str) + "/" + truth)
    f1 = 2 * both / (pairs(found["cluster_id"]) + pairs(truth))
    print(f"febrl {number}: F1 {f1:.4f}, precision {both / pairs(found['cluster_id']):.4f}, "
          f"recall {both / pairs(truth):.4f}, {seconds:.1f} s", flush=True)
