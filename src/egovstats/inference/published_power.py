"""How many respondents a comparison of two surveys needs, and what it can find with those it has.

References
----------
Fleiss, Levin and Paik (2003), Statistical Methods for Rates and Proportions, 4.2 (two shares, as R's
``power.prop.test``); Cohen (1988), Statistical Power Analysis, ch. 2 (two means, noncentral t, as R's
``power.t.test``) and ch. 6 (h).
"""

from __future__ import annotations

import math

from scipy import special

from egovstats.errors import EstimateError


def _critical(alpha: float, alternative: str) -> float:
    if alternative not in ("two.sided", "one.sided"):
        raise EstimateError(f"alternative must be 'two.sided' or 'one.sided', got {alternative!r}.")
    return float(special.ndtri(1 - alpha / (2 if alternative == "two.sided" else 1)))


def _refuse_equal(share1: float, share2: float) -> None:
    if share1 == share2:
        raise EstimateError(f"both shares are {share1!r}: no n can show a difference. Pass two shares.")


def n_for_significance(
    share1: float, share2: float, *, deff1: float = 1.0, deff2: float = 1.0, alpha: float = 0.05
) -> int:
    """Smallest n of each survey from which a printed difference is significant.

    The two-sided z test with unpooled variances of `published_change`: the smallest whole n with
    ``n >= z^2 * (deff1 p1 q1 + deff2 p2 q2) / (p1 - p2)^2``.

    Raises
    ------
    EstimateError
        Equal shares.

    Examples
    --------
    >>> n_for_significance(0.62, 0.53), n_for_significance(0.62, 0.53, deff1=2, deff2=2)
    (230, 460)
    """
    _refuse_equal(share1, share2)
    spread = deff1 * share1 * (1 - share1) + deff2 * share2 * (1 - share2)
    bound = (_critical(alpha, "two.sided") / (share1 - share2)) ** 2 * spread
    return max(1, math.ceil(bound * (1 - 1e-12)))


def power_two_proportions(
    share1: float,
    share2: float,
    *,
    n: float,
    alpha: float = 0.05,
    alternative: str = "two.sided",
    deff: float = 1.0,
) -> float:
    """Chance that a test of two shares with `n` respondents each finds their difference.

    Like R's ``power.prop.test`` it counts the tail on the side of the difference only.
    """
    under_null, under_truth = _spreads(share1, share2)
    shift = math.sqrt(n / deff) * abs(share1 - share2)
    return float(special.ndtr((shift - _critical(alpha, alternative) * under_null) / under_truth))


def n_two_proportions(
    share1: float,
    share2: float,
    *,
    power: float = 0.8,
    alpha: float = 0.05,
    alternative: str = "two.sided",
    deff: float = 1.0,
) -> float:
    """n of each survey with which a test of two shares has `power` (not rounded up).

    Raises
    ------
    EstimateError
        Equal shares.
    """
    _refuse_equal(share1, share2)
    under_null, under_truth = _spreads(share1, share2)
    reach = _critical(alpha, alternative) * under_null + float(special.ndtri(power)) * under_truth
    return deff * (reach / (share1 - share2)) ** 2


def _spreads(share1: float, share2: float) -> tuple[float, float]:
    """Standard deviation of a difference at n = 1: with the joint share, and with each its own."""
    joint = (share1 + share2) / 2
    own = share1 * (1 - share1) + share2 * (1 - share2)
    return math.sqrt(2 * joint * (1 - joint)), math.sqrt(own)


def cohen_h(share1: float, share2: float) -> float:
    """Difference of two shares on the scale ``2 asin(sqrt(p))``: 0.2 small, 0.5 medium, 0.8 large."""
    return 2 * math.asin(math.sqrt(share1)) - 2 * math.asin(math.sqrt(share2))


def n_for_cohen_h(share1: float, share2: float, *, power: float = 0.8, alpha: float = 0.05) -> float:
    """n of each survey by ``2 ((z_alpha + z_power) / h)^2`` (not rounded up)."""
    _refuse_equal(share1, share2)
    reach = _critical(alpha, "two.sided") + float(special.ndtri(power))
    return 2 * (reach / cohen_h(share1, share2)) ** 2


def power_two_means(difference: float, sd: float, *, n: float, alpha: float = 0.05) -> float:
    """Chance that a t test with `n` respondents each finds a difference of means (upper tail only)."""
    df = 2 * (n - 1)
    critical = special.stdtrit(df, 1 - alpha / 2)
    return float(1 - special.nctdtr(df, math.sqrt(n / 2) * abs(difference) / sd, critical))


def n_two_means(difference: float, sd: float, *, power: float = 0.8, alpha: float = 0.05) -> float:
    """n of each survey with which a t test of two means has `power` (not rounded up).

    Raises
    ------
    EstimateError
        No difference.
    """
    from scipy import optimize

    if difference == 0:
        raise EstimateError("a difference of 0 cannot be found with any n. Pass one that matters.")
    high = 4.0
    while power_two_means(difference, sd, n=high, alpha=alpha) < power:
        high *= 2
    found = optimize.brentq(
        lambda n: power_two_means(difference, sd, n=n, alpha=alpha) - power, 2.0, high, xtol=1e-10
    )
    return float(found)
