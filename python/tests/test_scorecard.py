"""The scorecard, by itself and within scikit-learn."""

import pickle
import sqlite3
import warnings

import numpy as np
import pandas
import pyarrow
import pytest
from sklearn.base import clone, is_classifier
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.utils.estimator_checks import check_estimator, parametrize_with_checks

import wherewithal

# What scikit-learn checks and a scorecard does not do.
NOISE = "the rows are noise: the library finds no feature that tells anything, and says so instead of fitting a card"
EXPECTED_FAILURES = {
    "check_fit2d_1feature": NOISE,
    "check_fit_idempotent": NOISE,
    "check_n_features_in": NOISE,
    "check_n_features_in_after_fitting": NOISE,
    "check_sample_weights_not_overwritten": NOISE,
    "check_sample_weight_equivalence_on_dense_data": "a row of weight 2 is one row that counts twice, not two rows: "
    "effective rows decide how fine bins may be",
}
# Settings by which noise is fitted, so that nothing but the manners of the estimator is checked.
LENIENT = {"cross_fit_folds": 0, "feature_price": 0.0, "binning": {"min_bins": 1, "noise_penalty": 0.0, "min_bin_rows": 1}}
EAGER = {"bags": 2, "max_rounds": 20, "min_leaf_rows": 1.0, "max_loss": 0.0, "smoothness": 0.0}


def failures(estimator):
    """What scikit-learn's checks say of an estimator, by check."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        results = check_estimator(estimator, on_skip=None, on_fail=None)
    assert len(results) > 50
    return {result["check_name"]: result["exception"] for result in results if result["status"] == "failed"}


@pytest.mark.filterwarnings("ignore")
@parametrize_with_checks([wherewithal.Scorecard()], expected_failed_checks=lambda estimator: EXPECTED_FAILURES)
def test_scikit_learn_takes_it_for_a_classifier(estimator, check):
    check(estimator)


def test_no_more_is_excused_than_fails():
    assert failures(wherewithal.Scorecard()).keys() == EXPECTED_FAILURES.keys()


def test_nothing_but_noise_and_weights_fails():
    assert failures(wherewithal.Scorecard(settings=LENIENT)).keys() == {"check_sample_weight_equivalence_on_dense_data"}
    additive = failures(wherewithal.Scorecard(learner="additive", boosting=EAGER))
    assert {name: fault for name, fault in additive.items() if not isinstance(fault, wherewithal.TooLittleError)} == {}


def test_points_add_up_exactly(applicants, card):
    columns, _ = applicants
    frame = pyarrow.table(columns).slice(0, 200)
    why = card.explain(frame).to_pandas()
    sums = card.base_points_ + why.groupby("row")["points"].sum()
    assert sums.tolist() == card.scores(frame, min_known_share=0.0)["score_points"].to_pylist()
    assert set(why["feature"]) == set(card.card_.features)


def test_the_table_holds_every_row_of_the_fit(applicants, card):
    table = card.table().to_pandas()
    for _, bins in table.groupby("feature"):
        assert (bins["rows"].sum(), bins["events"].sum()) == (2_000, applicants[1].sum())
    assert {"income", "owner", "place"} <= set(table["feature"])
    assert card.excluded_.keys().isdisjoint(set(table["feature"]))


def test_a_stored_card_scores_to_the_last_bit(applicants, card):
    columns, _ = applicants
    frame = pyarrow.table(columns)
    again = wherewithal.Scorecard.from_json(card.to_json())
    assert again.to_json() == card.to_json()
    for other in (again, pickle.loads(pickle.dumps(card))):
        assert np.array_equal(other.predict_proba(frame), card.predict_proba(frame))
    assert np.array_equal(wherewithal.Scorecard.from_json(card.to_json(), ("no", "yes")).classes_, ["no", "yes"])


def test_sql_gives_every_row_the_same_score(applicants, card):
    columns, _ = applicants
    frame = pandas.DataFrame(columns)
    connection = sqlite3.connect(":memory:")
    frame.astype({"owner": int}).to_sql("loans", connection, index=False)
    by_sql = pandas.read_sql(card.to_sql("loans"), connection)
    assert by_sql["score"].tolist() == card.scores(frame, min_known_share=0.0)["score_points"].to_pylist()
    assert card.to_pmml().startswith("<?xml") and "<Scorecard" in card.to_pmml()


def test_too_little_known_is_no_low_score(card):
    nothing = pyarrow.table({name: pyarrow.nulls(1) for name in card.card_.features})
    row = card.scores(nothing).to_pylist()[0]
    assert (row["state"], row["score_points"], row["performed_prob"]) == ("insufficient", None, None)


def test_an_array_of_nothing_is_unknown_and_no_text(applicants):
    columns, paid = applicants
    card = wherewithal.Scorecard().fit(np.asarray(columns["income"], dtype=float).reshape(-1, 1), paid)
    assert np.array_equal(card.predict_proba([[None]]), card.predict_proba([[np.nan]]))


def test_it_ranks_in_a_cross_validation_a_pipeline_and_a_search(applicants):
    columns, paid = applicants
    frame = pandas.DataFrame(columns)
    scores = cross_val_score(wherewithal.Scorecard(), frame, paid, cv=3, scoring="roc_auc")
    assert (scores > 0.65).all()
    pipeline = make_pipeline(FunctionTransformer(), wherewithal.Scorecard(max_bins=4)).fit(frame, paid)
    assert pipeline.predict(frame).shape == (2_000,)
    search = GridSearchCV(wherewithal.Scorecard(), {"max_features": [1, 4]}, cv=2, scoring="roc_auc").fit(frame, paid)
    assert search.best_params_ == {"max_features": 4}
    assert is_classifier(clone(search.best_estimator_))


def test_labels_of_any_kind_are_the_classes(applicants):
    columns, paid = applicants
    labels = np.where(paid == 1, "paid", "defaulted")
    card = wherewithal.Scorecard().fit(pyarrow.table(columns), labels)
    assert card.classes_.tolist() == ["defaulted", "paid"]
    assert set(card.predict(pyarrow.table(columns))) <= {"defaulted", "paid"}
    assert card.score(pyarrow.table(columns), labels) > 0.6


def test_weights_and_groups_reach_the_fit(applicants):
    columns, paid = applicants
    frame = pyarrow.table(columns)

    def digest(**how):
        return wherewithal.Scorecard().fit(frame, paid, **how).card_.digest

    plain = digest()
    assert digest(sample_weight=np.ones(2_000)) == digest(sample_weight=np.full(2_000, 3.0))
    assert digest(sample_weight=np.linspace(1, 2, 2_000)) != plain
    assert digest(groups=np.arange(2_000) // 4) != plain


def test_both_learners_and_their_settings(applicants):
    columns, paid = applicants
    frame = pyarrow.table(columns)
    trended = wherewithal.Scorecard(trends={"income": "ascending"}, max_bins=3, settings={"binning": {"max_prebins": 20}})
    bins = trended.fit(frame, paid).table().to_pandas().query("feature == 'income' and bin != 'missing'")
    assert bins["event_rate"].is_monotonic_increasing
    additive = wherewithal.Scorecard(learner="additive", max_pairs=0, boosting={"bags": 2, "max_rounds": 100})
    additive.fit(frame, paid)
    assert additive.pairs().num_rows == 0
    assert additive.card_.digest != trended.card_.digest
    assert additive.held_out_["auc"]["value"] > 0.65


def test_a_notebook_shows_the_card(card):
    assert card._repr_html_().startswith("<table>") and "income" in card._repr_html_()
    assert repr(wherewithal.Scorecard(max_bins=5)) == "Scorecard(learner='woe', max_bins=5)"
