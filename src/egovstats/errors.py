"""The errors and warnings that every room raises.

An error message has three parts: what cannot be or must hold, what was found and where, and what
to do next. It never holds a respondent's row.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class EgovstatsError(Exception):
    """Parent of every error that egovstats raises on purpose."""

    exit_code = 3


class SourceError(EgovstatsError, ValueError):
    """A file is missing, damaged, encrypted, or not what its name says."""


class WaveError(EgovstatsError, ValueError):
    """A card, a crosswalk or a wave file does not fit the others."""


class DesignError(EgovstatsError, ValueError):
    """Weights, strata, PSUs or replicate weights that no variance can be computed from."""


class EstimateError(EgovstatsError, ValueError):
    """An item, a domain or an argument that an estimator or a test cannot take."""


class SeriesError(EgovstatsError, ValueError):
    """An indicator series that a method cannot take."""


class ClaimError(EgovstatsError, ValueError):
    """A file of figures or claims that cannot be read as one."""


class ReportError(EgovstatsError, ValueError):
    """A report definition that cannot be built, or a result that cannot be compared."""


class DisclosureError(EgovstatsError, ValueError):
    """An output that would show too few respondents."""

    exit_code = 4


class MissingExtraError(EgovstatsError, ImportError):
    """A feature that needs a package which is not installed."""

    exit_code = 5

    def __init__(self, feature: str, extra: str) -> None:
        super().__init__(
            f"{feature} needs packages that are not installed. "
            f"Install them with: pip install 'egovstats[{extra}]'"
        )
        self.extra = extra


class DataWarning(UserWarning):
    """Something was done about the data, or is doubtful in it; the text says what."""


class PrecisionWarning(UserWarning):
    """A number stands, but rests on few PSUs or few respondents."""


def nearest(name: str, known: Iterable[object], *, most: int = 3) -> str:
    """The end of an error about an unknown name: the names it may have been meant for.

    Parameters
    ----------
    name : str
        What was asked for.
    known : iterable
        What there is.
    most : int
        How many names to show.

    Returns
    -------
    str
        ``"Did you mean 'a' or 'b'?"``, or the known names when none is near.

    Examples
    --------
    >>> nearest("wieght", ["weight", "stratum"])
    "Did you mean 'weight'?"
    """
    names = [str(each) for each in known]
    lower = {each.lower(): each for each in names}
    near = difflib.get_close_matches(name.lower(), list(lower), n=most, cutoff=0.6)
    if near:
        return "Did you mean " + " or ".join(repr(lower[each]) for each in near) + "?"
    if not names:
        return "There are none."
    shown = ", ".join(repr(each) for each in names[:12])
    return f"There are: {shown}" + (f" and {len(names) - 12} more." if len(names) > 12 else ".")
