"""Errors are exceptions of one hierarchy with the words of the library."""

import numpy as np
import pyarrow
import pytest

import wherewithal
from wherewithal import Scorecard


def raises(kind, work):
    with pytest.raises(kind) as caught:
        work()
    assert isinstance(caught.value, wherewithal.WherewithalError)
    return str(caught.value)


def test_a_setting_out_of_range_is_named(applicants):
    columns, paid = applicants
    frame = pyarrow.table(columns)
    words = raises(wherewithal.SettingError, lambda: Scorecard(l2=-1.0).fit(frame, paid))
    assert words == "l2: found -1, expected 0 or more"
    assert "max_bins" in raises(wherewithal.SettingError, lambda: Scorecard(max_bins=0).fit(frame, paid))
    assert "tree" in raises(wherewithal.SettingError, lambda: Scorecard(learner="tree").fit(frame, paid))
    twice = Scorecard(l2=1.0, settings={"l2": 2.0})
    assert "twice" in raises(wherewithal.SettingError, lambda: twice.fit(frame, paid))
    unused = Scorecard(max_pairs=3)
    assert "max_pairs" in raises(wherewithal.SettingError, lambda: unused.fit(frame, paid))


def test_an_unknown_setting_is_refused_with_those_there_are(applicants):
    columns, paid = applicants
    unknown = Scorecard(settings={"no_such": 1})
    words = raises(wherewithal.JsonError, lambda: unknown.fit(pyarrow.table(columns), paid))
    assert "no_such" in words and "max_vif" in words


def test_columns_that_are_no_features_are_named(applicants, card):
    columns, paid = applicants
    infinite = {**columns, "children": [np.inf] * 2_000}
    words = raises(wherewithal.TableError, lambda: Scorecard().fit(pyarrow.table(infinite), paid))
    assert words == "table features: found children: inf, expected finite numbers"
    listed = {**columns, "children": [[1]] * 2_000}
    assert "children" in raises(wherewithal.TableError, lambda: Scorecard().fit(pyarrow.table(listed), paid))
    moments = pyarrow.table(columns).append_column("at", pyarrow.array([0] * 2_000, pyarrow.timestamp("us")))
    assert "at: Timestamp" in raises(wherewithal.TableError, lambda: Scorecard().fit(moments, paid))
    other = pyarrow.table(columns).drop_columns(["income"])
    assert "income" in raises(wherewithal.TableError, lambda: card.predict_proba(other))
    text = pyarrow.table({**columns, "income": ["much"] * 2_000})
    assert "text in income" in raises(wherewithal.TableError, lambda: card.predict_proba(text))


def test_too_little_to_learn_from_is_no_card():
    noise = pyarrow.table({"x": [1.0] * 100})
    raises(wherewithal.TooLittleError, lambda: Scorecard().fit(noise, [0, 1] * 50))


def test_a_changed_card_is_refused(card):
    raises(wherewithal.JsonError, lambda: Scorecard.from_json("{}"))
    changed = card.to_json().replace(f'"base_points": {card.base_points_}', f'"base_points": {card.base_points_ + 1}')
    assert "digest" in raises(wherewithal.SettingError, lambda: Scorecard.from_json(changed))


def test_nothing_is_asked_of_a_card_before_it_is_fitted():
    raises(wherewithal.NotFittedError, lambda: Scorecard().predict([[1.0]]))
    raises(wherewithal.NotFittedError, lambda: Scorecard().to_sql())


def test_files_and_days_that_are_not_there(tmp_path):
    with pytest.raises(OSError):
        raises(wherewithal.IoError, lambda: wherewithal.Run(tmp_path))
        wherewithal.Run(tmp_path)
    raises(wherewithal.IoError, lambda: wherewithal.Store(tmp_path / "none"))
    no_day = lambda: wherewithal.assess(tmp_path, tmp_path / "out", as_of="yesterday")  # noqa: E731
    assert "yesterday" in raises(wherewithal.JsonError, no_day)
    with pytest.raises(TypeError):
        wherewithal.assess(tmp_path, tmp_path / "out")
