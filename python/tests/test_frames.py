"""Frames of every library give equal scores."""

import duckdb
import numpy as np
import pandas
import polars
import pyarrow
import pytest

import wherewithal
from wherewithal import _frames

KINDS = ["pandas", "polars", "pyarrow", "duckdb", "batch"]


def frame_of(kind, columns):
    table = pyarrow.table(columns)
    if kind == "duckdb":
        return duckdb.from_arrow(table)
    if kind == "batch":
        return table.to_batches()[0]
    return {"pandas": pandas.DataFrame, "polars": polars.DataFrame, "pyarrow": pyarrow.table}[kind](columns)


@pytest.mark.parametrize("kind", KINDS)
def test_every_library_learns_the_same_card_and_gives_the_same_scores(kind, applicants, card):
    columns, paid = applicants
    frame = frame_of(kind, columns)
    own = wherewithal.Scorecard().fit(frame, paid)
    assert own.card_.digest == card.card_.digest
    expected = card.predict_proba(pyarrow.table(columns))
    assert np.array_equal(card.predict_proba(frame), expected)
    assert len(np.unique(expected)) > 20


def test_polars_comes_out_where_polars_went_in(applicants, card):
    columns, _ = applicants
    assert isinstance(card.scores(frame_of("polars", columns)), polars.DataFrame)
    assert isinstance(card.explain(frame_of("polars", columns)[:3]), polars.DataFrame)
    for kind in ["pandas", "pyarrow", "duckdb", "batch"]:
        assert isinstance(card.scores(frame_of(kind, columns)), pyarrow.Table)


def test_parts_are_put_together_in_order(applicants, card, monkeypatch):
    columns, _ = applicants
    whole = {kind: card.predict_proba(frame_of(kind, columns)) for kind in KINDS}
    monkeypatch.setattr(_frames, "ROWS", 77)
    for kind in KINDS:
        assert np.array_equal(card.predict_proba(frame_of(kind, columns)), whole[kind])
    rows = pandas.DataFrame(columns).to_numpy()
    with pytest.warns(UserWarning, match="feature names"):
        assert np.array_equal(card.predict_proba(rows), whole["pandas"])


def test_narrow_and_coded_columns_cross(applicants):
    columns, paid = applicants
    table = pyarrow.table(columns)
    narrow = table.set_column(3, "children", table["children"].cast(pyarrow.int8()))
    narrow = narrow.set_column(1, "place", table["place"].dictionary_encode())
    coded = pandas.DataFrame(columns).astype({"place": "category", "children": "uint8"})
    digests = {wherewithal.Scorecard().fit(frame, paid).card_.digest for frame in (table, narrow, coded)}
    assert len(digests) == 1


def test_an_index_of_pandas_is_no_feature(applicants, card):
    columns, paid = applicants
    frame = pandas.DataFrame(columns, index=[f"row {row}" for row in range(len(paid))])
    assert wherewithal.Scorecard().fit(frame, paid).card_.digest == card.card_.digest


def test_missing_is_missing_however_it_is_written(card):
    row = {"place": ["local"], "owner": [True], "children": [1]}
    frames = [
        pandas.DataFrame({"income": [np.nan], **row}),
        polars.DataFrame({"income": [None], **row}, schema_overrides={"income": polars.Float64}),
        pyarrow.table({"income": pyarrow.array([None], pyarrow.float64()), **row}),
        pyarrow.table({"income": [float("nan")], **row}),
        pyarrow.table({"income": pyarrow.nulls(1), **row}),
    ]
    assert len({float(card.predict_proba(frame)[0, 1]) for frame in frames}) == 1


def test_a_frame_without_rows_has_no_scores(applicants, card):
    columns, _ = applicants
    assert card.predict_proba(pyarrow.table(columns).slice(0, 0)).shape == (0, 2)
