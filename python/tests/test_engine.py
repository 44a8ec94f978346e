"""Units on their way through an engine, without one."""

import pytest
from conftest import DISTRICT

import wherewithal
from wherewithal import _engine, _errors, ray, spark

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")


@pytest.fixture(scope="module")
def learnt(tmp_path_factory):
    folder = tmp_path_factory.mktemp("learnt")
    model = wherewithal.assess(DISTRICT, folder, as_of="2018-06-30", profiles=0).out / "model.json"
    wherewithal.Store.fill(folder / "parted", DISTRICT, buckets=4)
    settings = {"store": folder / "parted", "model": model, "as_of": "2018-06-30"}
    return settings, wherewithal.assess(out=folder / "one", **settings)


def test_of_several_attempts_only_the_reported_one_counts(learnt, tmp_path):
    settings, one = learnt
    shared = tmp_path / "shared"
    shared.mkdir()
    engine = _engine.Engine(out=tmp_path / "out", shared=shared, bound=0, **settings)

    def outcomes(task):
        for unit in range(engine.plan.units):
            others = [_engine.assessed(task, unit) for _ in range(2)]
            reported = _engine.assessed(task, unit)
            folder = type(shared)(task.shared)
            assert reported.data is None and len(list(folder.glob(f"{unit:05}-*"))) == 3
            for other in others:
                (folder / other.file).write_bytes(b"half of an attempt that died")
            yield reported

    run = engine.finish(outcomes)
    for name, _ in one.report["outputs"]:
        assert run.output(name) == one.output(name)
    assert run.report == one.report and list(shared.iterdir()) == []


def test_what_no_repetition_mends_is_an_outcome_and_a_lost_file_is_raised(learnt, tmp_path):
    settings, _ = learnt
    engine = _engine.Engine(out=tmp_path / "out", **settings)
    found = []
    with pytest.raises(wherewithal.SettingError, match="^unit: found 4, expected a number below 4"):
        engine.finish(lambda task: found.append(task) or (outcome for outcome in [_engine.assessed(task, 4)]))
    task = found[0]
    assert str(tmp_path / "out") not in task.plan and task.most == _engine.BOUND // 4
    refused = _engine.assessed(task._replace(most=10), 0)
    assert refused.error == "SettingError" and "name a shared folder" in refused.words
    nowhere = task._replace(paths=(str(tmp_path / "nowhere"), *task.paths[1:]))
    with pytest.raises(_errors.IoError, match="nowhere"):
        _engine.assessed(nowhere, 0)
    with pytest.raises(TypeError, match="on_workers may name store, model, rules, living_costs, not out"):
        _engine.Engine(out=tmp_path / "out", on_workers={"out": "/"}, **settings)


@pytest.mark.parametrize("engine", [ray, spark])
def test_the_command_line_says_what_is_missing(engine, capsys):
    with pytest.raises(SystemExit):
        engine.main(["assess", "--store", "s", "--model", "m", "--out", "o"])
    assert "--as-of" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        engine.main(["assess", "--help"])
    said = capsys.readouterr().out
    assert all(option in said for option in ("--shared", "--bound", "--on-workers", "--since", "--living-costs"))
