"""What the tests share."""

import os
import shutil
from pathlib import Path

import numpy as np
import pytest

REPOSITORY = Path(__file__).parents[2]
DISTRICT = REPOSITORY / "data" / "district"


@pytest.fixture(scope="session")
def program():
    """The program as Cargo built it from the same tree."""
    path = os.environ.get("WHEREWITHAL_PROGRAM")
    if not path:
        pytest.skip("WHEREWITHAL_PROGRAM does not name the program that Cargo built")
    return path


@pytest.fixture(scope="session")
def applicants():
    """Two thousand rows with numbers, text, flags and missing values, and whether each paid."""
    random = np.random.default_rng(7)
    income = random.uniform(1_000, 10_000, 2_000)
    place = random.choice(["local", "elsewhere", "abroad"], 2_000, p=[0.6, 0.3, 0.1])
    owner = random.random(2_000) < 0.4
    children = random.integers(0, 5, 2_000)
    chance = income / 10_000 * 0.6 + owner * 0.2 + (place == "local") * 0.1
    paid = (random.random(2_000) < chance).astype(int)
    columns = {
        "income": [None if row % 20 == 0 else float(value) for row, value in enumerate(income)],
        "place": [str(value) for value in place],
        "owner": [bool(value) for value in owner],
        "children": [int(value) for value in children],
    }
    return columns, paid


@pytest.fixture(scope="session")
def card(applicants):
    """A scorecard of them."""
    import pyarrow

    import wherewithal

    columns, paid = applicants
    return wherewithal.Scorecard().fit(pyarrow.table(columns), paid)


@pytest.fixture(scope="session")
def filled(tmp_path_factory):
    """A folder with sources, a key and the store of one filling, and how that was filled."""
    import wherewithal
    from engines import BUCKETS

    folder = tmp_path_factory.mktemp("filled")
    shutil.copytree(DISTRICT, folder / "sources", ignore=shutil.ignore_patterns("truth"))
    (folder / "key").write_text("the secret of this court\n")
    (folder / "key").chmod(0o600)
    settings = {"buckets": BUCKETS, "key_file": folder / "key"}
    wherewithal.Store.fill(folder / "one", folder / "sources", **settings)
    return folder, settings


@pytest.fixture(scope="session")
def model(tmp_path_factory):
    """A model of the district."""
    from engines import learnt

    return learnt(tmp_path_factory.mktemp("learnt"), "2018-06-30")


@pytest.fixture(scope="session")
def other_model(tmp_path_factory):
    """Another one."""
    from engines import learnt

    return learnt(tmp_path_factory.mktemp("other"), "2018-03-31")


@pytest.fixture(scope="session")
def court(tmp_path_factory, model):
    """A simulated store in 64 units."""
    from engines import Court

    return Court(tmp_path_factory.mktemp("court"), model)
