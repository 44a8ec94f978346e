"""Why a call could not be carried out: one hierarchy, with the words of the library.

Messages say what was found and what was expected, and repeat no number or name of a person.
"""

import sys


class WherewithalError(Exception):
    """Any error of this package."""


class IoError(WherewithalError, OSError):
    """A file could not be opened, read or written."""


class FormatError(WherewithalError, ValueError):
    """A file was read but is not what it should be."""


class SettingError(WherewithalError, ValueError):
    """A setting is outside what it may be."""


class TableError(WherewithalError, ValueError):
    """A table lacks what is asked of it."""


class TooLittleError(WherewithalError, ValueError):
    """The data cannot support what was asked, for instance a fit on one class."""


class VersionError(WherewithalError, ValueError):
    """A stored artifact has a format that this version does not read."""


class FrameError(WherewithalError, ValueError):
    """A table operation failed."""


class JsonError(WherewithalError, ValueError):
    """A document could not be written as or read from JSON."""


class KindError(WherewithalError, TypeError):
    """A value is of another kind than can be used."""


class NotFittedError(WherewithalError, ValueError, AttributeError):
    """Something was asked of a scorecard before it was fitted."""


class PublicKeyWarning(UserWarning):
    """Pseudonyms were made with the public key, which hides nobody."""


class IntakeWarning(UserWarning):
    """Something about the files read that is worth knowing."""


def not_fitted(what):
    """A NotFittedError, which is scikit-learn's as well where scikit-learn is in use."""
    message = f"this {what} is not fitted yet: call fit first"
    if "sklearn" not in sys.modules:
        return NotFittedError(message)
    from sklearn.exceptions import NotFittedError as theirs

    return type("NotFittedError", (NotFittedError, theirs), {})(message)
