"""A store filled by tasks is that of one filling, byte for byte; without an engine."""

import json
import shutil

import pytest
from engines import BUCKETS, stored

import wherewithal
from wherewithal import _fill_engine, spark

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")

def engine_of(filled, store, **settings):
    folder, given = filled
    return _fill_engine.FillEngine(folder / "sources", store, refused=store.parent / "refused", **given, **settings)


def settled_of(task, files, buckets):
    """What an engine does with the blobs of all files, one of them read twice."""
    pieces = [piece for file in [*range(files, 0, -1), 1] for piece in _fill_engine.dealt(task, file)]
    found = []
    for bucket in [-1, *range(buckets, -1, -1)]:
        found += _fill_engine.settled(task, bucket, [piece for piece in pieces if piece.bucket == bucket])
    return found


def told_of(task, telling):
    return [piece for file in telling for piece in _fill_engine.told(task, file)]


def test_tasks_fill_what_one_filling_does(filled, tmp_path):
    engine = engine_of(filled, tmp_path / "store")
    text = engine.plan.to_json()
    assert "secret" not in text and str(filled[0]) not in text and len(engine.plan.files_with_pairs) < engine.plan.files
    store = engine.fill(told_of, settled_of)
    ours = stored(store.folder)
    assert len(ours) > 50 and ours == stored(filled[0] / "one")
    assert store.intake["standing"] == "new" and store.intake["report"]["rows_by_table"]["cases"] > 100
    with pytest.raises(TypeError, match="once"):
        engine.plan.give_up()
    with pytest.raises(wherewithal.SettingError, match="nights belong on one machine"):
        engine_of(filled, store.folder)


def test_another_key_is_refused_and_leaves_no_store(filled, tmp_path):
    other = tmp_path / "other"
    other.write_text("the secret of another court\n")
    other.chmod(0o600)
    engine = engine_of(filled, tmp_path / "store", on_workers={"key_file": other})
    with pytest.raises(wherewithal.SettingError, match="^key of the plan: found"):
        engine.fill(told_of, settled_of)
    assert not list((tmp_path / "store").glob("part-*"))
    with pytest.raises(TypeError, match="on_workers may name sources"):
        engine_of(filled, tmp_path / "store", on_workers={"model": "/"})


def test_what_a_file_says_comes_before_what_its_buckets_lack(filled, tmp_path):
    folder, settings = filled
    copy = shutil.copytree(folder / "sources", tmp_path / "sources")
    engine = engine_of(filled, tmp_path / "store", on_workers={"sources": copy})
    pairs = []

    def settled(task, files, buckets):
        (copy / "vehicles.csv").write_bytes((copy / "vehicles.csv").read_bytes() + b"\n")
        return settled_of(task, files, buckets)

    with pytest.raises(wherewithal.SettingError, match="vehicles.csv: found other bytes"):
        engine.fill(lambda *given: pairs.append(told_of(*given)) or pairs[0], settled)


def test_a_plan_is_a_document(filled, tmp_path):
    plan = wherewithal.plan_fill(tmp_path / "store", filled[0] / "sources", **filled[1])
    there = wherewithal.FillPlan.from_json(plan.to_json())
    assert (there.files, there.buckets) == (plan.files, BUCKETS) and json.loads(there.to_json())["format_version"] == 1
    assert repr(there) == f"FillPlan({plan.files} files, {BUCKETS} buckets)"
    with pytest.raises(wherewithal.VersionError, match="^the plan of a filling: found format version 0, this build reads"):
        wherewithal.FillPlan.from_json('{"format_version": 0}')
    with pytest.raises(TypeError, match="where it was planned"):
        there.finish(b"", [], [])
    plan.give_up()


def test_the_command_line_says_what_is_missing(capsys):
    with pytest.raises(SystemExit):
        spark.main(["fill", "--sources", "s", "--store", "t", "--refused", "r"])
    assert "--buckets" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        spark.main(["fill", "--help"])
    said = capsys.readouterr().out
    assert all(option in said for option in ("--key-file", "--mapping", "--on-workers", "--refused", "--master"))
