"""Units coded by several raters, and how well the raters agree beyond chance: Krippendorff's alpha, ICC."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import special

from egovstats.console import as_html, as_text
from egovstats.errors import EstimateError, nearest

LEVELS = ("nominal", "ordinal", "interval", "ratio")


def rating_matrix(ratings: pd.DataFrame) -> np.ndarray:
    """Ratings as an array of objects, shape (units, raters)."""
    values = np.asarray(ratings, dtype=object)
    if values.ndim != 2 or values.shape[1] < 2:
        raise EstimateError(
            f"ratings must be a table of units by two or more raters, got shape {values.shape}. "
            "Give each rater a column."
        )
    return values


def category_codes(values: np.ndarray, categories: Sequence[Any] | None) -> tuple[np.ndarray, list[Any]]:
    """Codes 1..m of categories, 0 where missing, in the shape of `values`; and the categories."""
    flat = pd.Series(values.ravel())
    known = flat.dropna()
    levels = sorted(known.unique().tolist()) if categories is None else list(categories)
    strange = [each for each in known.unique().tolist() if each not in levels]
    if strange:
        raise EstimateError(f"the category {strange[0]!r} is not among {levels!r}. Add it to categories=.")
    if len(levels) < 2:
        raise EstimateError(
            f"{len(levels)} category occurs, so there is nothing to disagree on. Name all in categories=."
        )
    return (pd.Categorical(flat, categories=levels).codes + 1).reshape(values.shape), levels


@dataclass(frozen=True, slots=True, eq=False)
class Krippendorff:
    """Krippendorff's alpha.

    Parameters
    ----------
    alpha : float
        1 less the observed over the expected disagreement.
    observed, expected : float
        Mean disagreement within units; of all values paired at random.
    n_pairable : int
        Values in units with two or more.
    level : str
    """

    alpha: float
    observed: float
    expected: float
    n_pairable: int
    level: str

    __repr__ = as_text
    _repr_html_ = as_html

    def to_frame(self) -> pd.DataFrame:
        """One row."""
        return pd.DataFrame(
            {
                "coefficient": ["Krippendorff's alpha"],
                "level": [self.level],
                "estimate": [self.alpha],
                "observed": [self.observed],
                "expected": [self.expected],
                "n": [self.n_pairable],
            }
        )


def krippendorff_alpha(ratings: pd.DataFrame, *, level: str = "nominal") -> Krippendorff:
    """Krippendorff's alpha of any number of raters, values missing or not.

    Parameters
    ----------
    ratings : pd.DataFrame, shape (units, raters)
        Values; numbers for every level but ``"nominal"``. Units with one value or none do not count.
    level : str
        ``"nominal"``, ``"ordinal"``, ``"interval"`` or ``"ratio"``: what a difference of two values means.

    Returns
    -------
    Krippendorff

    Raises
    ------
    EstimateError
        An unknown level, values that are no numbers, no unit with two values, all values alike.

    References
    ----------
    Krippendorff (2011), Computing Krippendorff's alpha-reliability (coincidences and differences by level).
    """
    if level not in LEVELS:
        raise EstimateError(f"there is no level {level!r}. {nearest(level, LEVELS)}")
    values = rating_matrix(ratings)
    codes, levels = category_codes(values, None)
    if level != "nominal":
        try:
            numbers = np.array([float(each) for each in levels])
        except (TypeError, ValueError) as error:
            raise EstimateError(
                f"the level {level!r} needs numbers, and the values are words. "
                "Use level='nominal', or code them."
            ) from error
    else:
        numbers = np.arange(len(levels), dtype=float)
    counts = np.stack([(codes == at + 1).sum(axis=1) for at in range(len(levels))], axis=1).astype(float)
    counts = counts[counts.sum(axis=1) > 1]
    if not len(counts):
        raise EstimateError("no unit has two values, so raters cannot be compared. Check the table's layout.")
    each = counts.sum(axis=1)[:, None, None]
    pairs = counts[:, :, None] * counts[:, None, :] - counts[:, :, None] * np.eye(len(levels))
    together = (pairs / (each - 1)).sum(axis=0)
    margin = together.sum(axis=0)
    total = margin.sum()
    apart = _differences(numbers, margin, level)
    observed = float((together * apart).sum() / total)
    expected = float((np.outer(margin, margin) * apart).sum() / (total * (total - 1)))
    if expected == 0:
        raise EstimateError("all values are alike, so agreement beyond chance cannot be measured.")
    return Krippendorff(1 - observed / expected, observed, expected, int(total), level)


def _differences(values: np.ndarray, margin: np.ndarray, level: str) -> np.ndarray:
    """Squared difference of each two values, shape (m, m)."""
    apart = np.subtract.outer(values, values)
    if level == "nominal":
        return (apart != 0).astype(float)
    if level == "interval":
        return np.asarray(apart**2)
    if level == "ratio":
        whole = np.add.outer(values, values)
        return np.asarray(np.divide(apart, whole, out=np.zeros_like(apart), where=whole != 0) ** 2)
    # Ordinal: values between two, the two themselves by half.
    middle = np.cumsum(margin) - margin / 2
    return np.asarray(np.subtract.outer(middle, middle) ** 2)


def icc(ratings: pd.DataFrame, *, conf_level: float = 0.95) -> pd.DataFrame:
    """Intraclass correlations of raters, in the six forms of Shrout and Fleiss.

    Parameters
    ----------
    ratings : pd.DataFrame, shape (units, raters)
        Numbers; units without all ratings are left out.
    conf_level : float

    Returns
    -------
    pd.DataFrame
        One row a form: ``form`` (ICC1 to ICC3 of single ratings, ICC1k to ICC3k of the raters' mean; 1: other
        raters for each unit, 2: raters are a sample, 3: these raters alone), ``estimate``, ``statistic`` (F),
        ``df1``, ``df2``, ``p_value``, ``conf_low``, ``conf_high``, ``n`` (units).

    Raises
    ------
    EstimateError
        Fewer than two raters or complete units, ratings that are no numbers or do not differ.

    References
    ----------
    Shrout and Fleiss (1979), Psychological Bulletin 86, 420-428, table 2 to 4 and p. 424.

    Examples
    --------
    >>> first = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8]]
    >>> judged = pd.DataFrame([*first, [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]])
    >>> icc(judged)["estimate"].round(2).tolist()
    [0.17, 0.29, 0.71, 0.44, 0.62, 0.91]
    """
    try:
        values = rating_matrix(ratings).astype(float)
    except (TypeError, ValueError) as error:
        raise EstimateError(
            "an intraclass correlation needs numbers. For categories see fleiss_kappa()."
        ) from error
    values = values[~np.isnan(values).any(axis=1)]
    n, k = values.shape
    if n < 2 or np.ptp(values) == 0:
        raise EstimateError(f"{n} complete unit(s) whose ratings differ: two or more are needed.")
    grand = values.mean()
    of_units = k * ((values.mean(axis=1) - grand) ** 2).sum()
    of_raters = n * ((values.mean(axis=0) - grand) ** 2).sum()
    within = ((values - values.mean(axis=1, keepdims=True)) ** 2).sum()
    B, W = of_units / (n - 1), within / (n * (k - 1))
    J, E = of_raters / (k - 1), (within - of_raters) / ((n - 1) * (k - 1))
    single = [
        (B - W) / (B + (k - 1) * W),
        (B - E) / (B + (k - 1) * E + k * (J - E) / n),
        (B - E) / (B + (k - 1) * E),
    ]
    mean = [(B - W) / B, (B - E) / (B + (J - E) / n), (B - E) / B]
    F = np.array([B / W, B / E, B / E])
    df2 = np.array([n * (k - 1), (n - 1) * (k - 1), (n - 1) * (k - 1)])
    low, high = _single_limits(F, B, J, E, n, k, (1 - conf_level) / 2)
    k_low, k_high = (np.array([k * each / (1 + (k - 1) * each) for each in ends]) for ends in (low, high))
    return pd.DataFrame(
        {
            "form": ["ICC1", "ICC2", "ICC3", "ICC1k", "ICC2k", "ICC3k"],
            "estimate": [*single, *mean],
            "statistic": [*F, *F],
            "df1": n - 1,
            "df2": [*df2, *df2],
            "p_value": special.fdtrc(n - 1, np.tile(df2, 2), np.tile(F, 2)),
            "conf_low": [*low, *k_low],
            "conf_high": [*high, *k_high],
            "n": n,
        }
    )


def _single_limits(
    F: np.ndarray, B: float, J: float, E: float, n: int, k: int, tail: float
) -> tuple[np.ndarray, np.ndarray]:
    """Limits of the three forms for single ratings, shape (3,) each."""
    df1, df2, wide = n - 1, (n - 1) * (k - 1), n * (k - 1)
    low, high = np.empty(3), np.empty(3)
    for at, below in ((0, wide), (2, df2)):
        down = F[at] / special.fdtri(df1, below, 1 - tail)
        up = F[at] * special.fdtri(below, df1, 1 - tail)
        low[at], high[at] = (down - 1) / (down + k - 1), (up - 1) / (up + k - 1)
    r = (B - E) / (B + (k - 1) * E + k * (J - E) / n)
    fj = J / E
    top = (k - 1) * (n - 1) * (k * r * fj + n * (1 + (k - 1) * r) - k * r) ** 2
    bottom = (n - 1) * k**2 * r**2 * fj**2 + (n * (1 + (k - 1) * r) - k * r) ** 2
    v = top / bottom
    up, down = special.fdtri(df1, v, 1 - tail), special.fdtri(v, df1, 1 - tail)
    rest = k * J + (k * n - k - n) * E
    low[1] = n * (B - up * E) / (up * rest + n * B)
    high[1] = n * (down * B - E) / (rest + n * down * B)
    return low, high
