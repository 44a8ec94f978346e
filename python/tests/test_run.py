"""The district by the wheel and by the program: the same bytes."""

import subprocess
import sys
from pathlib import Path

import pyarrow
import pytest
from conftest import DISTRICT

import wherewithal


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    out = tmp_path_factory.mktemp("district")
    with pytest.warns(wherewithal.PublicKeyWarning):
        return wherewithal.assess(DISTRICT, out, as_of="2018-06-30", watch=True)


def files_of(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_every_file_is_as_the_program_writes_it(run, program, tmp_path):
    command = [program, "assess", "--sources", DISTRICT, "--train", "--as-of", "2018-06-30", "--watch", "--out", tmp_path]
    subprocess.run(command, check=True, capture_output=True)
    ours, theirs = files_of(run.out), files_of(tmp_path)
    assert {"run.json", "scores.parquet", "reasons.parquet", "capacity.parquet", "scores.csv"} <= ours.keys()
    assert ours.keys() == theirs.keys()
    assert [name for name in ours if ours[name] != theirs[name]] == []


def test_frames_of_a_run(run):
    debtors, unscored = run.report["debtors"]
    assert run.scores.num_rows == debtors > 200
    assert run.scores["any_prob"].null_count == unscored
    for frame in (run.reasons, run.capacity, run.signals, run.watch):
        assert isinstance(frame, pyarrow.Table) and frame.num_columns > 3
    assert f"{debtors} debtors" in repr(run)
    page = run._repr_html_()
    assert "public key" in page and "no living costs" in page and f"{run.report['rows'][0]} rows read" in page
    assert sum(file["rows_read"] for file in run.ingest["files"]) == run.report["rows"][0]


def test_refused_rows_are_told(run, tmp_path):
    (tmp_path / "sources").mkdir()
    for file in DISTRICT.glob("*.csv"):
        (tmp_path / "sources" / file.name).write_bytes(file.read_bytes())
    with (tmp_path / "sources" / "deposits.csv").open("a", encoding="utf-8") as deposits:
        deposits.write("what,is,this\n")
    with pytest.warns(wherewithal.IntakeWarning, match="1 of .* rows were refused"):
        settings = {"as_of": "2018-06-30", "model": run.out / "model.json", "profiles": 0}
        found = wherewithal.assess(tmp_path / "sources", tmp_path / "out", **settings)
    assert found.ingest["files"] and found.report["rows"][2] == 1


def test_a_portrait_is_a_page_and_data(run, tmp_path):
    debtor = run.debtors[0]
    portrait = run.portrait(debtor, language="en")
    assert portrait.data["entity"] == debtor and debtor in portrait.html
    assert portrait._repr_html_().startswith("<iframe srcdoc=")
    assert "画像" in wherewithal.portrait(run.out, debtor).html
    portrait.save(tmp_path / "page.html")
    assert (tmp_path / "page.html").read_text(encoding="utf-8") == portrait.html
    with pytest.raises(wherewithal.SettingError, match="one of the"):
        run.portrait("0123456789abcdef")
    with pytest.raises(wherewithal.SettingError, match="found something else"):
        run.portrait("11010519491231002X")
    assert run.pages(tmp_path / "pages", language="en", top=2).name == "index.html"


def test_a_changed_file_of_a_run_is_refused(run, tmp_path):
    import shutil

    copy = shutil.copytree(run.out, tmp_path / "copy")
    (copy / "scores.parquet").write_bytes(b"another")
    with pytest.raises(wherewithal.FormatError, match="another content"):
        wherewithal.Run(copy).scores


def test_a_store_is_filled_assessed_and_checked(run, tmp_path):
    with pytest.warns(wherewithal.PublicKeyWarning):
        store = wherewithal.Store.fill(tmp_path / "store", DISTRICT)
    assert store.intake["standing"] == "new" and store.check()["damaged"] == []
    assert wherewithal.Store.fill(tmp_path / "store", DISTRICT).intake["standing"] == "kept"
    with pytest.warns(wherewithal.PublicKeyWarning):
        again = wherewithal.assess(
            store=store.folder, model=run.out / "model.json", out=tmp_path / "out", as_of="2018-06-30"
        )
    assert again.scores.equals(run.scores)
    assert store.rows == sum(run.report["rows"][1:2]) and len(store.parts) == 1
    with pytest.raises(wherewithal.SettingError, match="part"):
        store.withdraw("part-9999")
    assert store.fold().rows == store.rows


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_units_assessed_apart_are_the_one_run(run, tmp_path):
    wherewithal.Store.fill(tmp_path / "store", DISTRICT, buckets=4)
    model = run.out / "model.json"
    one = wherewithal.assess(store=tmp_path / "store", model=model, out=tmp_path / "one", as_of="2018-06-30")
    plan = wherewithal.plan(tmp_path / "store", tmp_path / "apart", "2018-06-30", model=model)
    assert plan.units == 4 and str(tmp_path) not in plan.to_json()
    worker = wherewithal.Plan.from_json(plan.to_json()).worker(tmp_path / "store", model)
    units = {unit: worker.assess(unit) for unit in (2, 0, 3)}
    with pytest.raises(wherewithal.SettingError, match="none for 1 of 4, the first of which is 1"):
        plan.finish(units.items())
    # What came before is still there, and an error of whoever brings units is passed on.
    with pytest.raises(ZeroDivisionError):
        plan.finish((unit // 0, b"") for unit in [1])
    apart = plan.finish([(1, worker.assess(1)), (2, units[2])])
    assert files_of(apart.out) == files_of(one.out)
    with pytest.raises(TypeError):
        wherewithal.Plan.from_json(plan.to_json()).finish([])


def test_the_console_command_is_the_program(program):
    script = Path(sys.executable).parent / "wherewithal"
    for arguments in (["--help"], ["--lang", "zh", "assess", "--help"], ["--version"], ["no-such-command"]):
        ours, theirs = (subprocess.run([command, *arguments], capture_output=True) for command in (script, program))
        assert (ours.returncode, ours.stdout, ours.stderr) == (theirs.returncode, theirs.stdout, theirs.stderr)
    module = subprocess.run([sys.executable, "-m", "wherewithal", "--version"], capture_output=True, check=True)
    assert module.stdout.startswith(b"wherewithal ")


def test_files_that_nobody_described_are_inspected(tmp_path):
    found = wherewithal.inspect(DISTRICT, rows=500)
    assert len(found.tables) > 5 and "[[source]]" in found.draft
    found.save(tmp_path / "draft.toml")
    assert (tmp_path / "draft.toml").read_text(encoding="utf-8") == found.draft


def test_other_threads_of_python_run_meanwhile(tmp_path):
    import threading
    import time

    ticked, filling, done = [], threading.Event(), threading.Event()

    def tick():
        filling.wait()
        while not done.is_set():
            ticked.append(True)
            time.sleep(0.001)

    clock = threading.Thread(target=tick)
    clock.start()
    filling.set()
    wherewithal.Store.fill(tmp_path / "store", DISTRICT)
    ticked_meanwhile = len(ticked)
    done.set()
    clock.join()
    # A call that held the interpreter would let the other thread in once at most, before it began.
    assert ticked_meanwhile > 5

