"""A scorecard on a table of one's own."""

import inspect
import json
import sys
import warnings

import numpy as np
import pyarrow as pa

from . import _frames, _html, _native
from ._errors import JsonError, SettingError, TableError, TooLittleError, not_fitted

_CARD = ("max_features", "l2", "trends", "calibration", "calibration_folds", "seed")
_BINNING = ("max_bins", "min_bin_share", "special_codes")


class Scorecard:
    """Learns a scorecard: which values speak for the event, and how many points each is worth.

    It works as a classifier of scikit-learn does (``cross_val_score``, ``Pipeline``, ``clone``, grid searches), without
    needing it. Features are the columns of any frame (pandas, polars, pyarrow, DuckDB) or of an array; numbers and flags
    are cut into bins, text is grouped by level, missing values have a bin of their own. The event is the greater of the
    two classes; more points mean that it is likelier.

    Parameters left at ``None`` are those of the library.

    Parameters
    ----------
    learner : {"woe", "additive"}
        Weight of evidence and logistic regression, or boosted shapes and pairs of features.
    max_features : int
        Features of the card at most: the set that explains most together.
    max_bins : int
        Bins of a feature at most, missing values and codes aside.
    min_bin_share : float
        The share of rows in a bin at least (weight of evidence only).
    l2 : float
        The penalty on squared coefficients.
    trends : dict
        How the event rate runs over a feature: ``{"income": "ascending"}``; also descending, peak, valley, concave, convex.
    special_codes : list
        Values that are codes and no quantities, each in a bin of its own.
    max_pairs : int
        Pairs of features at most (additive only).
    calibration : {"platt", "beta", "isotonic", "curve"}
        How log-odds become probabilities.
    calibration_folds : int
        Folds held out in turn to calibrate; below 2 probabilities stay as the fit gives them.
    seed : int
        What deals rows to folds.
    settings : dict
        Any other setting of the library by its name, for instance ``{"binning": {"max_prebins": 60}, "max_vif": 5.0}``.
    boosting : dict
        Any other setting of the additive learner, for instance ``{"bags": 4, "learning_rate": 0.1}``.

    Attributes
    ----------
    classes_ : array of the two classes, the event last
    feature_names_in_ : array of names, where the columns have some
    n_features_in_ : int

    Examples
    --------
    >>> import numpy as np, wherewithal
    >>> random = np.random.default_rng(1)
    >>> income = random.uniform(0, 10_000, 2_000)
    >>> paid = random.uniform(0, 10_000, 2_000) < income
    >>> card = wherewithal.Scorecard().fit(income.reshape(-1, 1), paid)
    >>> bool(card.predict_proba([[9_000.0]])[0, 1] > 0.7)
    True
    >>> card.table().column_names[:3]
    ['feature', 'bin', 'rows']
    """

    def __init__(
        self,
        learner="woe",
        *,
        max_features=None,
        max_bins=None,
        min_bin_share=None,
        l2=None,
        trends=None,
        special_codes=None,
        max_pairs=None,
        calibration=None,
        calibration_folds=None,
        seed=None,
        settings=None,
        boosting=None,
    ):
        self.learner = learner
        self.max_features = max_features
        self.max_bins = max_bins
        self.min_bin_share = min_bin_share
        self.l2 = l2
        self.trends = trends
        self.special_codes = special_codes
        self.max_pairs = max_pairs
        self.calibration = calibration
        self.calibration_folds = calibration_folds
        self.seed = seed
        self.settings = settings
        self.boosting = boosting

    @classmethod
    def _names(cls):
        return [name for name in inspect.signature(cls.__init__).parameters if name != "self"]

    def get_params(self, deep=True):
        """The parameters by name."""
        return {name: getattr(self, name) for name in self._names()}

    def set_params(self, **params):
        """Sets parameters by name."""
        for name, value in params.items():
            if name not in self._names():
                raise SettingError(f"found no parameter {name}, expected one of {', '.join(self._names())}")
            setattr(self, name, value)
        return self

    def __repr__(self):
        given = [f"{name}={value!r}" for name, value in self.get_params().items() if value is not None]
        return f"Scorecard({', '.join(given)})"

    def _settings(self):
        """The settings as the library reads them."""
        card, boosting = dict(self.settings or {}), dict(self.boosting or {})
        card["binning"] = dict(card.get("binning") or {})
        places = [(card, _CARD), (card["binning"], _BINNING)]
        if self.learner == "additive":
            # An additive card has bins of its own; what a bin of weight of evidence must be says nothing there.
            places = [(card, ("max_features", *_CARD[2:])), (card["binning"], ("special_codes",))]
            places.append((boosting, ("max_bins", "max_pairs", "l2")))
        for place, names in places:
            for name in names:
                value = getattr(self, name)
                if value is not None and name in place:
                    raise SettingError(f"{name}: found it twice, expected it as a parameter or in a dict")
                if value is not None:
                    place[name] = value
        if self.learner == "woe":
            unused, chosen = [("max_pairs", self.max_pairs), ("boosting", self.boosting)], card
        elif self.learner == "additive":
            unused, chosen = [("min_bin_share", self.min_bin_share)], {**boosting, "card": card}
        else:
            raise SettingError(f"learner: found {self.learner!r}, expected 'woe' or 'additive'")
        for name, value in unused:
            if value is not None:
                raise SettingError(f"{name}: found {value!r}, expected None: the learner {self.learner} has no such setting")
        try:
            return json.dumps({self.learner: chosen}, default=_number)
        except TypeError as fault:
            raise JsonError(f"json: {fault}") from fault

    def fit(self, X, y, sample_weight=None, groups=None):
        """Learns from rows and what happened to each.

        Parameters
        ----------
        X : frame or array
        y : array of two classes, the greater of which is the event
        sample_weight : array, optional
            What each row counts for; the proportions alone matter.
        groups : array, optional
            Whose row each row is: rows of one party are never on both sides of a split.
        """
        names, table = self._table_to_fit(X)
        y = _labels(y, table.num_rows)
        classes = _two_classes(y)
        outcome = {"event": pa.array(y == classes[-1])}
        if sample_weight is not None:
            weight = _one_each("sample_weight", sample_weight, table.num_rows).astype(float)
            if (weight > 0).any():
                _two_classes(y[weight > 0])
            outcome["weight"] = pa.array(weight)
        if groups is not None:
            _, codes = np.unique(_one_each("groups", groups, table.num_rows), return_inverse=True)
            outcome["group"] = pa.array(codes.astype(np.uint64))
        outcome = _frames.to_bytes(pa.table(outcome))
        self.card_ = _native.Card.fit(_frames.to_bytes(table), outcome, self._settings())
        self.classes_, self.n_features_in_ = classes, table.num_columns
        if hasattr(self, "feature_names_in_"):
            del self.feature_names_in_
        if names is not None:
            self.feature_names_in_ = np.asarray(names, dtype=object)
        return self

    def _table_to_fit(self, X):
        if _frames.is_frame(X):
            table = _frames.table(X)
            _frames.filled(table.shape)
            return list(table.column_names), table
        rows = _frames.array(X)
        _frames.filled(rows.shape)
        return None, _frames.table_of_array(rows, _default_names(rows.shape[1]))

    def _table_to_score(self, frame):
        """The columns of the card alone."""
        table, wanted = _frames.table(frame), self.card_.features
        missing = [name for name in wanted if name not in table.column_names]
        if missing:
            raise TableError(f"table features: found no column {', '.join(missing)}, expected the columns of the card")
        return table.select(wanted)

    def _rows_to_score(self, X):
        """The rows of an array, and what makes a table of the columns of the card out of some of them."""
        rows = _frames.array(X)
        names = getattr(self, "feature_names_in_", None)
        if names is not None:
            warnings.warn("X does not have valid feature names, but Scorecard was fitted with feature names", stacklevel=4)
        if rows.shape[1] != self.n_features_in_:
            expected = f"Scorecard is expecting {self.n_features_in_} features as input"
            raise TableError(f"X has {rows.shape[1]} features, but {expected}")
        _frames.filled(rows.shape)
        wanted, names = self.card_.features, list(_default_names(rows.shape[1]) if names is None else names)
        places = [names.index(name) for name in wanted]
        return rows, lambda part: _frames.table_of_array(part[:, places], wanted)

    def _check_fitted(self):
        if not hasattr(self, "card_"):
            raise not_fitted("Scorecard")

    def _scored(self, X, work):
        """What the card makes of rows, part by part."""
        self._check_fitted()
        if _frames.is_frame(X):
            parts = _frames.in_parts(self._table_to_score(X), lambda part: work(_frames.to_bytes(part)))
        else:
            rows, table = self._rows_to_score(X)
            parts = _frames.in_parts(rows, lambda part: work(_frames.to_bytes(table(part))))
        return pa.concat_tables([_frames.of_bytes(part) for part in parts])

    def predict_proba(self, X):
        """The probability of each class, the event's last, for every row, however little is known of it."""
        event = self._scored(X, lambda part: self.card_.probabilities(part)).column(0).to_numpy()
        return np.column_stack([1.0 - event, event])

    def predict(self, X):
        """The likelier class of every row."""
        event = self.predict_proba(X)[:, 1]
        return self.classes_[(event >= 0.5).astype(int)]

    def score(self, X, y, sample_weight=None):
        """The share of rows whose class is predicted."""
        return float(np.average(self.predict(X) == np.asarray(y), weights=sample_weight))

    def scores(self, X, *, min_known_share=0.5):
        """A frame with ``state``, ``score_points``, ``log_odds``, ``performed_prob``, ``grade`` and ``known_share``.

        A row of which less than ``min_known_share`` is known is ``insufficient`` and has no score, never a low one.
        """
        scores = self._scored(X, lambda part: self.card_.scores(part, min_known_share))
        return _frames.like_given(scores, X)

    def explain(self, X):
        """What each feature gave each row: a frame with ``row``, ``feature``, ``bin``, ``known``, ``points`` and
        ``typical_points``. With ``base_points_`` the points of a row add up to its score exactly.
        """
        self._check_fitted()
        if _frames.is_frame(X):
            table = self._table_to_score(X)
        else:
            rows, table_of = self._rows_to_score(X)
            table = table_of(rows)
        return _frames.of_bytes(self.card_.contributions(_frames.to_bytes(table)), X)

    @property
    def base_points_(self):
        """The points that every row starts from."""
        self._check_fitted()
        return self.card_.base_points

    @property
    def excluded_(self):
        """The features that are not on the card, each with the reason."""
        self._check_fitted()
        return {out["feature"]: out["reason"] for out in json.loads(self.card_.excluded())}

    @property
    def held_out_(self):
        """How cards like this one ranked the folds held out for calibration, as a dict; ``None`` when none were."""
        self._check_fitted()
        report = self.card_.held_out()
        return None if report is None else json.loads(report)

    def table(self):
        """The card: a row per bin with its rows, events, weight of evidence and points."""
        self._check_fitted()
        return _frames.of_bytes(self.card_.bins())

    def pairs(self):
        """The pairs of features: a row per cell of each."""
        self._check_fitted()
        return _frames.of_bytes(self.card_.pairs())

    def to_sql(self, table="applicants"):
        """The card as a SQL query over a table, which gives every row the same score."""
        self._check_fitted()
        return self.card_.to_sql(table)

    def to_pmml(self):
        """The card as PMML 4.4."""
        self._check_fitted()
        return self.card_.to_pmml()

    def to_json(self):
        """The stored form, which holds every bit of the card."""
        self._check_fitted()
        return self.card_.to_json()

    @classmethod
    def from_json(cls, text, classes=(0, 1)):
        """A fitted scorecard from its stored form; ``classes`` are the two classes, the event last.

        It knows the features of the card by name and asks for no others.
        """
        made = cls()
        made.card_ = _native.Card.from_json(text)
        made.classes_ = np.asarray(classes)
        made.feature_names_in_ = np.asarray(made.card_.features, dtype=object)
        made.n_features_in_ = len(made.feature_names_in_)
        return made

    def _repr_html_(self):
        if not hasattr(self, "card_"):
            return f"<pre>{self!r}</pre>"
        return _html.table(self.table().select(["feature", "bin", "rows", "event_rate", "points"]))

    def __sklearn_is_fitted__(self):
        return hasattr(self, "card_")

    def __sklearn_tags__(self):
        from sklearn.utils import ClassifierTags, InputTags, Tags, TargetTags

        return Tags(
            estimator_type="classifier",
            target_tags=TargetTags(required=True),
            classifier_tags=ClassifierTags(multi_class=False),
            input_tags=InputTags(allow_nan=True, string=True, categorical=True),
        )


def _default_names(count):
    return [f"x{place}" for place in range(count)]


def _number(value):
    """A number of numpy as one of Python."""
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"found {type(value).__name__}, expected numbers, text, lists and dicts")


def _one_each(name, values, rows):
    values = np.asarray(values)
    if values.shape != (rows,):
        raise TableError(f"{name}: found shape {values.shape}, expected ({rows},)")
    return values


def _labels(y, rows):
    """The labels, one for each row, of which none is missing."""
    if y is None:
        raise TableError("requires y to be passed, but the target y is None")
    y = np.asarray(y)
    if y.ndim == 2 and y.shape[1] == 1:
        _warn_of_column()
        y = y.ravel()
    if y.shape != (rows,):
        raise TableError(f"y: found shape {y.shape}, expected ({rows},), one label for each row")
    if y.dtype.kind == "f" and not np.isfinite(y).all():
        raise TableError("Input y contains NaN or infinity.")
    if y.dtype.kind == "f" and (y != np.round(y)).any():
        raise TableError("Unknown label type: continuous. Expected two classes.")
    if y.dtype.kind == "O" and any(label is None or label != label for label in y):
        raise TableError("Input y contains NaN.")
    return y


def _two_classes(y):
    classes = np.unique(y)
    if len(classes) > 2:
        found = f"found {len(classes)} classes, expected 2"
        raise TableError(f"Only binary classification is supported. The type of the target is multiclass: {found}")
    if len(classes) < 2:
        raise TooLittleError(f"too little data to learn: found {len(classes)} class, expected 2 classes")
    return classes


def _warn_of_column():
    message = "A column-vector y was passed when a 1d array was expected."
    category = UserWarning
    if "sklearn" in sys.modules:
        from sklearn.exceptions import DataConversionWarning as category
    warnings.warn(message, category, stacklevel=4)
