"""A share as a publication prints it, and the size of a difference between two of them.

References
----------
Katz et al. (1978), Biometrics 34, 469-474 (risk ratio); Woolf (1955), Annals of Human Genetics 19, 251-253
(odds ratio); Cohen (1988), Statistical Power Analysis, ch. 6 (h); Kish (1965), Survey Sampling, 8.2 (design
effect).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from fractions import Fraction

from egovstats.errors import EstimateError
from egovstats.inference.published_interval import normal_quantile
from egovstats.results import Effect


@dataclass(frozen=True, slots=True)
class PublishedShare:
    """A share as a publication gives it.

    Parameters
    ----------
    share : float
        Between 0 and 1.
    n : float, optional
        Respondents behind it; None where the publication does not say.
    deff : float
        Design effect that is assumed: 1 is simple random sampling.
    label : str
        Which survey it is from; enters the `keys` of a test.
    half_step : float
        Half the unit of the last printed digit, as a share: how far rounding may have moved it.

    Raises
    ------
    EstimateError
        A share outside 0 to 1, or an n or design effect that is not positive.
    """

    share: float
    n: float | None = None
    deff: float = 1.0
    label: str = ""
    half_step: float = 0.0

    def __post_init__(self) -> None:
        if not 0 <= self.share <= 1:
            raise EstimateError(
                f"a share must lie between 0 and 1, got {self.share!r}. "
                "Pass a percentage through PublishedShare.from_percent."
            )
        for name, value in (("n", self.n), ("deff", self.deff)):
            if value is not None and not value > 0:
                raise EstimateError(f"{name} must be above 0, got {value!r}. Leave n out if it is not known.")

    @classmethod
    def from_percent(
        cls, percent: str | float, *, n: float | None = None, deff: float = 1.0, label: str = ""
    ) -> PublishedShare:
        """The share behind a printed percentage.

        Parameters
        ----------
        percent : str or float
            As text, ``"57.6"``, its decimals say how far it was rounded; a number counts as exact.
        n, deff, label
            As in the class.
        """
        if isinstance(percent, str):
            value = _decimal(percent)
            decimals = len(percent.strip().partition(".")[2])
            return cls(float(value / 100), n, deff, label, float(Fraction(1, 200 * 10**decimals)))
        return cls(percent / 100, n, deff, label)

    @property
    def variance(self) -> float:
        """deff * p * (1 - p) / n; NaN without an n."""
        if self.n is None:
            return float("nan")
        return self.deff * self.share * (1 - self.share) / self.n

    @property
    def n_effective(self) -> float:
        """n over the design effect; NaN without an n."""
        return float("nan") if self.n is None else self.n / self.deff


def _decimal(text: str) -> Fraction:
    try:
        return Fraction(text.strip())
    except (ValueError, ZeroDivisionError) as error:
        raise EstimateError(
            f"a percentage must be written as a number, got {text!r}. Write it like '57.6', without the sign."
        ) from error


def difference_std_error(first: PublishedShare, second: PublishedShare, *, pooled: bool = False) -> float:
    """Standard error of the difference of two shares from independent samples.

    With `pooled` both variances use the joint share, as under the hypothesis of no difference.
    """
    if first.n is None or second.n is None:
        return float("nan")
    if not pooled:
        return math.sqrt(first.variance + second.variance)
    joint = (first.share * first.n + second.share * second.n) / (first.n + second.n)
    return math.sqrt(joint * (1 - joint) * (first.deff / first.n + second.deff / second.n))


def difference_effect(before: PublishedShare, after: PublishedShare, conf_level: float) -> Effect:
    """The difference ``after - before`` in share points, with the plain interval."""
    std_error = difference_std_error(before, after)
    difference, margin = after.share - before.share, normal_quantile(conf_level) * std_error
    return Effect(
        "difference", difference, difference - margin, difference + margin, "share", conf_level, std_error
    )


def effect_sizes(
    first: PublishedShare, second: PublishedShare, *, conf_level: float = 0.95
) -> tuple[Effect, Effect, Effect]:
    """Odds ratio (Woolf), risk ratio (Katz) and Cohen's h of the first share against the second.

    Intervals widen with the design effect; that of h uses its variance ``1/n1 + 1/n2`` at the effective
    sizes. They are NaN without n, and the ratios' also where a share is 0 or 1.
    """
    p, q = first.share, second.share
    h = 2 * math.asin(math.sqrt(p)) - 2 * math.asin(math.sqrt(q))
    error_h = math.sqrt(1 / first.n_effective + 1 / second.n_effective)
    margin = normal_quantile(conf_level) * error_h
    risk = _log_ratio("risk ratio", p, q, [_per(1 - s.share, s) for s in (first, second)], conf_level)
    odds_p, odds_q = (math.inf if s == 1 else s / (1 - s) for s in (p, q))
    errors = [_per(1.0, s) + _per(1.0, replace(s, share=1 - s.share)) for s in (first, second)]
    odds = _log_ratio("odds ratio", odds_p, odds_q, errors, conf_level)
    return odds, risk, Effect("Cohen's h", h, h - margin, h + margin, "radians", conf_level, error_h)


def _per(value: float, share: PublishedShare) -> float:
    """`value` over the effective number of respondents who gave the answer; infinite where nobody did."""
    hits = share.n_effective * share.share
    return math.inf if hits == 0 else value / hits


def _log_ratio(name: str, first: float, second: float, variances: list[float], conf_level: float) -> Effect:
    ratio = math.nan if second == 0 else first / second
    std_error = math.sqrt(sum(variances))
    if not (0 < ratio < math.inf and std_error < math.inf):
        return Effect(name, ratio, math.nan, math.nan, "ratio", conf_level)
    factor = math.exp(normal_quantile(conf_level) * std_error)
    return Effect(name, ratio, ratio / factor, ratio * factor, "ratio", conf_level, std_error)
