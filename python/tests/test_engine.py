"""Units on their way through an engine, without one."""

import pytest
import pyarrow
import pyarrow.parquet
from conftest import DISTRICT
from engines import found_in

import wherewithal
from wherewithal import _engine, _errors, _through, ray, spark

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")


@pytest.fixture(scope="module")
def parted(tmp_path_factory, model):
    folder = tmp_path_factory.mktemp("parted")
    wherewithal.Store.fill(folder / "store", DISTRICT, buckets=4)
    settings = {"store": folder / "store", "model": model, "as_of": "2018-06-30"}
    return settings, wherewithal.assess(out=folder / "one", **settings)


def test_of_several_attempts_only_the_reported_one_counts(parted, tmp_path):
    settings, one = parted
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


def test_what_no_repetition_mends_is_an_outcome_and_a_lost_file_is_raised(parted, tmp_path):
    settings, _ = parted
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


def test_a_store_that_no_worker_sees_comes_file_by_file(parted, tmp_path, monkeypatch):
    settings, one = parted
    monkeypatch.setattr(_through.tempfile, "tempdir", str(tmp_path))
    engine = _engine.Engine(out=tmp_path / "out", through=settings["store"].as_uri(), **settings)
    seen = []

    def outcomes(task):
        assert task.paths == (None,) * 4 and str(settings["model"]) not in str(task)
        for unit in range(engine.plan.units):
            lay = _through.fetched(task.through[0], task.through[2][unit])
            yield _engine.assessed_of(task, unit, (seen.append(folders()) or file for file in lay))

    def folders():
        return [(path.stat().st_mode & 0o777, len(list(path.rglob("part-*/0*")))) for path in tmp_path.glob("wherewithal-*")]

    run = engine.finish(outcomes)
    for name, _ in one.report["outputs"]:
        assert run.output(name) == one.output(name)
    assert run.report == one.report
    assert len(seen) > 40 and {mode for of_one in seen for mode, _ in of_one} == {0o700}
    most = max(map(len, engine._through[2]))
    assert 0 < max(count for of_one in seen for _, count in of_one) <= most and not list(tmp_path.glob("wherewithal-*"))
    with pytest.raises(wherewithal.SettingError, match="^since: found a day"):
        _engine.Engine(out=tmp_path / "out", through="file:///", since="2018-06-01", **settings)
    with pytest.raises(TypeError, match="with through nothing has to lie on workers"):
        _engine.Engine(out=tmp_path / "out", through="file:///", on_workers={"store": "/"}, **settings)


def test_identifiers_are_found_where_they_are_packed(tmp_path):
    planted = b"11010519491231002X"
    tables = [{"a": [planted.decode()] * 9}, {"a": [320106198001010014]}, {"a": ["nothing", planted.decode()[:-1]]}]
    for at, columns in enumerate(tables):
        sink = pyarrow.BufferOutputStream()
        pyarrow.parquet.write_table(pyarrow.table(columns), sink, compression="lz4")
        (tmp_path / str(at)).write_bytes(b"PAR1 of nothing" + sink.getvalue().to_pybytes() + b"behind")
    guilty, looked_at = found_in([tmp_path], {planted, b"320106198001010014"})
    assert sorted(guilty) == [str(tmp_path / "0"), str(tmp_path / "1")] and looked_at[1] == 4


@pytest.mark.parametrize("engine", [ray, spark])
def test_the_command_line_says_what_is_missing(engine, capsys):
    with pytest.raises(SystemExit):
        engine.main(["assess", "--store", "s", "--model", "m", "--out", "o"])
    assert "--as-of" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        engine.main(["assess", "--help"])
    said = capsys.readouterr().out
    assert all(option in said for option in ("--shared", "--bound", "--on-workers", "--through", "--since"))
