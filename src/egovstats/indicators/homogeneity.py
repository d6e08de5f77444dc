"""Whether a series is of one piece: tests for one shift in level at an unknown year, and for a drift."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from egovstats.errors import SeriesError
from egovstats.indicators.rank_score import ranks
from egovstats.indicators.yearly import in_order
from egovstats.results import Effect, HypothesisTest

NULL = "The level of the series is the same in all years."


@dataclass(frozen=True, slots=True, eq=False)
class Shift:
    """The most likely shift in level of a series.

    Parameters
    ----------
    test : HypothesisTest
        The effect is the mean after less the mean before.
    position : int
        Values before the shift (the last of them is the last of the old level).
    year : float
        Year of that last value.
    mean_before, mean_after : float
    sequence : np.ndarray, shape (m - 1,)
        The statistic for a shift after each value.
    """

    test: HypothesisTest
    position: int
    year: float
    mean_before: float
    mean_after: float
    sequence: np.ndarray


def pettitt(year: ArrayLike, value: ArrayLike, *, unit: str = "") -> Shift:
    """Pettitt's rank test for one shift in level.

    U_t is twice the sum of the first t ranks less t (m + 1); K is the largest of its sizes, and the
    p-value is about 2 exp(-6 K^2 / (m^3 + m^2)), at most 1. Where sizes are equal the first counts.

    References
    ----------
    Pettitt (1979), Applied Statistics 28, 126-135.
    """
    years, values = in_order(year, value, least=4, method="Pettitt's test")
    m = len(values)
    sums = np.cumsum(ranks(values))[:-1]
    sequence = 2 * sums - np.arange(1, m) * (m + 1)
    largest = float(np.abs(sequence).max())
    p_value = min(1.0, 2 * float(np.exp(-6 * largest**2 / (m**3 + m**2))))
    note = "The p-value is Pettitt's approximation; it is rough for fewer than about 20 years."
    return _shift("Pettitt's test", years, values, sequence, largest, p_value, unit, (note,))


def buishand(
    year: ArrayLike,
    value: ArrayLike,
    *,
    unit: str = "",
    draws: int = 9999,
    rng: np.random.Generator | None = None,
) -> Shift:
    """Buishand's test on adjusted partial sums: the largest sum of deviations from the mean.

    `test.statistic` is Q over the square root of m; Q is the largest size of the partial sums over
    the standard deviation (divisor m). `range_of_sums` gives R.

    Parameters
    ----------
    year, value : array_like, shape (m,)
    unit : str
    draws : int
        Random orders of the values for the p-value.
    rng : np.random.Generator, optional
        Without one there is no p-value: the statistic has no closed-form distribution.

    References
    ----------
    Buishand (1982), J. Hydrology 58, 11-27.
    """
    years, values = in_order(year, value, least=4, method="Buishand's test")
    sequence = _partial_sums(values)
    statistic = float(np.abs(sequence).max() / np.sqrt(len(values)))

    def largest(orders: np.ndarray) -> np.ndarray:
        return np.abs(_partial_sums(orders)).max(axis=-1) / np.sqrt(orders.shape[-1])

    p_value, note = _by_random_orders(values, statistic, largest, draws, rng)
    return _shift("Buishand's test", years, values, sequence, statistic, p_value, unit, (note,))


def range_of_sums(shift: Shift) -> float:
    """Buishand's R: the largest partial sum less the smallest, the zero at both ends included."""
    return float(max(0.0, shift.sequence.max()) - min(0.0, shift.sequence.min()))


def snht(
    year: ArrayLike,
    value: ArrayLike,
    *,
    unit: str = "",
    draws: int = 9999,
    rng: np.random.Generator | None = None,
) -> Shift:
    """Standard normal homogeneity test for one shift in level.

    T_t is t times the square of the mean of the first t standardised values, plus m - t times that of
    the rest; T_0 is the largest. The standard deviation has the divisor m - 1.

    Parameters
    ----------
    year, value, unit, draws, rng
        As for `buishand`.

    References
    ----------
    Alexandersson (1986), J. Climatology 6, 661-675.
    """
    years, values = in_order(year, value, least=4, method="the homogeneity test")
    sequence = _snht_sequence(values)
    statistic = float(sequence.max())

    def largest(orders: np.ndarray) -> np.ndarray:
        return _snht_sequence(orders).max(axis=-1)

    p_value, note = _by_random_orders(values, statistic, largest, draws, rng)
    return _shift(
        "standard normal homogeneity test", years, values, sequence, statistic, p_value, unit, (note,)
    )


def cox_stuart(year: ArrayLike, value: ArrayLike) -> HypothesisTest:
    """Cox and Stuart's sign test: each value of the first half against its partner in the second.

    The middle value of an odd number is left out, and so are pairs that are equal.

    References
    ----------
    Cox and Stuart (1955), Biometrika 42, 80-95.
    """
    _, values = in_order(year, value, least=4, method="the Cox-Stuart test")
    half = (len(values) + 1) // 2
    steps = values[half:] - values[: len(values) - half]
    steps = steps[steps != 0]
    n, plus = len(steps), int((steps > 0).sum())
    tail = float(special.bdtr(min(plus, n - plus), n, 0.5)) if n else 1.0
    return HypothesisTest(
        test="Cox-Stuart test",
        null="A value of the second half is as often above as below its partner in the first.",
        statistic=float(plus),
        distribution="exact",
        df=(),
        p_value=min(1.0, 2 * tail),
        effect=Effect("share of pairs that rise", plus / n if n else np.nan, np.nan, np.nan, "share"),
        n=float(n),
        notes=() if n else ("All pairs are equal: there is no trend to test.",),
    )


def _partial_sums(values: np.ndarray) -> np.ndarray:
    """Sums of deviations from the mean over the standard deviation (divisor m), but for the last."""
    centred = values - values.mean(axis=-1, keepdims=True)
    spread = np.sqrt((centred**2).mean(axis=-1, keepdims=True))
    return np.cumsum(centred, axis=-1)[..., :-1] / spread


def _snht_sequence(values: np.ndarray) -> np.ndarray:
    m = values.shape[-1]
    centred = values - values.mean(axis=-1, keepdims=True)
    scaled = centred / np.sqrt((centred**2).sum(axis=-1, keepdims=True) / (m - 1))
    before = np.arange(1, m)
    sums = np.cumsum(scaled, axis=-1)[..., :-1]
    return sums**2 / before + sums**2 / (m - before)


def _by_random_orders(
    values: np.ndarray, statistic: float, largest: object, draws: int, rng: np.random.Generator | None
) -> tuple[float, str]:
    if rng is None:
        return np.nan, "No p-value: the statistic has no closed-form distribution; pass rng= to draw orders."
    orders = rng.permuted(np.tile(values, (draws, 1)), axis=1)
    found = largest(orders)  # type: ignore[operator]
    reached = int((found >= statistic * (1 - 1e-12)).sum())
    return (reached + 1) / (draws + 1), f"The p-value comes from {draws} random orders of the values."


def _shift(
    name: str,
    years: np.ndarray,
    values: np.ndarray,
    sequence: np.ndarray,
    statistic: float,
    p_value: float,
    unit: str,
    notes: tuple[str, ...],
) -> Shift:
    position = int(np.abs(sequence).argmax()) + 1
    before, after = float(values[:position].mean()), float(values[position:].mean())
    if not np.isfinite(statistic):
        raise SeriesError(f"{name} needs values that differ; all are alike. Leave it out.")
    test = HypothesisTest(
        test=name,
        null=NULL,
        statistic=statistic,
        distribution="exact",
        df=(),
        p_value=p_value,
        effect=Effect("difference of means", after - before, np.nan, np.nan, unit),
        n=float(len(values)),
        keys={"last_year_before": float(years[position - 1])},
        notes=notes,
    )
    return Shift(test, position, float(years[position - 1]), before, after, sequence)
