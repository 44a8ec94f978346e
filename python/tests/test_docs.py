"""What the docs say is so: examples run, the quick start works, the types are those of the code."""

import doctest
import importlib
import os
import re
import subprocess
import sys

import pytest
from conftest import REPOSITORY


@pytest.mark.parametrize("module", ["_scorecard", "_parties"])
def test_examples_run(module):
    found = doctest.testmod(importlib.import_module(f"wherewithal.{module}"))
    assert found.failed == 0 and found.attempted > 0


def blocks_of(page):
    return re.findall(r"```python\n(.*?)```", (REPOSITORY / page).read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_the_quick_start_works(tmp_path, monkeypatch):
    (tmp_path / "data").symlink_to(REPOSITORY / "data")
    monkeypatch.chdir(tmp_path)
    names = {}
    exec(blocks_of("python/README.md")[0], names)
    assert names["run"].scores.num_rows > 200


def test_the_types_are_those_of_the_code(tmp_path):
    (tmp_path / "mypy.ini").write_text("[mypy]\nignore_missing_imports = True\n", encoding="utf-8")
    command = [sys.executable, "-m", "mypy.stubtest", "wherewithal", "--mypy-config-file", "mypy.ini"]
    command.append("--ignore-missing-stub")
    environment = {**os.environ, "MYPY_CACHE_DIR": str(tmp_path)}
    found = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=environment)
    assert found.returncode == 0, found.stdout + found.stderr
