"""The trend of an item across years: how steep, how sure, and whether a straight line is enough."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from egovstats.console import as_html, as_text
from egovstats.design.design import Design
from egovstats.design.where import Where
from egovstats.estimate import mean, proportion
from egovstats.inference.checks import form_check, wave_checks
from egovstats.inference.outcome import at_two_times, followed
from egovstats.inference.statement import on_scale, per_time, t_statement
from egovstats.inference.trend_shape import departure_from
from egovstats.inference.wave_line import wave_line
from egovstats.inference.wave_points import shared_too_much, wave_points
from egovstats.models import Fit, family_of, fit_matrix
from egovstats.results import Estimates, HypothesisTest


@dataclass(frozen=True, slots=True, eq=False)
class Trend:
    """What the waves say about one item's trend.

    Parameters
    ----------
    item : str
    estimates : Estimates
        Share or mean at each time.
    slope : HypothesisTest
        Change per unit of time by design-based linear regression of the answers on time.
    odds_ratio : HypothesisTest or None
        The same on the log-odds (a share's trend): odds ratio per unit of time.
    linearity : HypothesisTest or None
        Departure of the waves from the straight line (that of `trend_shape`); None where two waves leave
        nothing to test.
    by_wave : HypothesisTest or None
        Slope with the wave as the unit, a random wave effect and k - 2 degrees of freedom; None with fewer
        than three waves.
    line : tuple of float
        Intercept and slope of the linear regression, for drawing.
    notes : tuple of str
        Why something is None, and what to be careful about.
    """

    item: str
    estimates: Estimates
    slope: HypothesisTest
    odds_ratio: HypothesisTest | None
    linearity: HypothesisTest | None
    by_wave: HypothesisTest | None
    line: tuple[float, float]
    notes: tuple[str, ...]

    __repr__ = as_text
    _repr_html_ = as_html

    @property
    def tests(self) -> tuple[HypothesisTest, ...]:
        """All tests that could be made."""
        return tuple(test for test in (self.slope, self.odds_ratio, self.linearity, self.by_wave) if test)

    @property
    def synthetic(self) -> bool:
        """Whether any source is made up."""
        return self.estimates.synthetic

    def to_frame(self) -> pd.DataFrame:
        """One row a test, in the project's column names."""
        return pd.concat([test.to_frame() for test in self.tests], ignore_index=True)


def trend(
    design: Design,
    item: str,
    on: str = "year",
    *,
    answers: Sequence[Any] | None = None,
    where: Where = None,
    conf_level: float = 0.95,
) -> Trend:
    """Test the trend of an item across waves.

    Parameters
    ----------
    design : Design
    item : str
        Column of answers. A column of 0 and 1 is a share; other numbers have a mean.
    on : str
        Column with the time of each respondent's wave, a number.
    answers : sequence, optional
        The trend of the share that gave one of these answers. Needed for answers in words.
    where : str or boolean array of shape (n,), optional
        Domain.
    conf_level : float

    Returns
    -------
    Trend
        The slope in shares (or units of the item) per unit of `on`.

    Raises
    ------
    EstimateError
        One wave only, a time that is no number, answers in words without `answers`.

    Notes
    -----
    With the respondent as the unit, the interval holds for these waves as they are; with the wave as
    the unit, for the process that the waves are draws of. Few waves make the second much wider.

    References
    ----------
    Korn and Graubard (1999), Analysis of Health Surveys, section 8.2; Ingram et al. (2018), National
    Center for Health Statistics guidelines for analysis of trends.
    """
    found = followed(design, item, on, answers, where)
    y, time, used, times = found.y, found.time, found.used, found.times
    at_two_times(times, item, on)
    estimates = (
        proportion(design, item, by=on, where=used, answers=answers)
        if answers is not None
        else mean(design, item, by=on, where=used)
    )
    centre = float(times.mean())
    X = np.column_stack([np.ones(len(y)), np.where(used, time - centre, 0.0)])
    line = fit_matrix(
        design, X, y, used, family=family_of("gaussian"), names=("Intercept", on), outcome=repr(item)
    )
    keys = {"item": item}
    notes: list[str] = []
    unit = per_time(found.unit, on)
    departure = _departure(estimates, times, on, notes)
    straight = form_check("a straight line through the waves", departure)
    slope = _slope(line, unit, keys, conf_level)
    checks = (*wave_checks(estimates, np.arange(len(estimates)), slope.df[0]), straight)
    by_wave = _by_wave(estimates, times, unit, keys, conf_level, notes)
    return Trend(
        item=item,
        estimates=estimates,
        slope=replace(slope, checks=checks),
        odds_ratio=_odds(design, X, y, used, on, keys, conf_level, notes) if found.share else None,
        linearity=departure,
        by_wave=by_wave and replace(by_wave, checks=(straight,)),
        line=(float(line.estimate[0] - line.estimate[1] * centre), float(line.estimate[1])),
        notes=tuple(notes),
    )


def _slope(line: Fit, unit: str, keys: dict[str, Any], conf_level: float) -> HypothesisTest:
    return t_statement(
        "design-based linear regression on time",
        "There is no linear trend.",
        float(line.estimate[1]),
        float(line.std_error[1]),
        line.df_residual,
        name="slope",
        unit=unit,
        conf_level=conf_level,
        n=float(line.n),
        keys=keys,
        sources=line.sources,
    )


def _odds(
    design: Design,
    X: np.ndarray,
    y: np.ndarray,
    used: np.ndarray,
    on: str,
    keys: dict[str, Any],
    conf_level: float,
    notes: list[str],
) -> HypothesisTest | None:
    if len(np.unique(y[used])) < 2:
        notes.append("everyone gave the same answer, so there are no odds to follow")
        return None
    fit = fit_matrix(design, X, y, used, family=family_of("binomial"), names=("Intercept", on))
    made = t_statement(
        "design-based logistic regression on time",
        "The odds do not change with time.",
        float(fit.estimate[1]),
        float(fit.std_error[1]),
        fit.df_residual,
        name="log-odds",
        unit="log-odds",
        conf_level=conf_level,
        n=float(fit.n),
        keys=keys,
        sources=fit.sources,
    )
    return on_scale(made, np.exp, "odds ratio", per_time("ratio", on))


def _departure(estimates: Estimates, times: np.ndarray, on: str, notes: list[str]) -> HypothesisTest | None:
    """The saturated model against the straight one: the waves against the line through them."""
    if len(times) < 3:
        notes.append("two waves always lie on a straight line, so its fit cannot be tested")
        return None
    found = departure_from(wave_points(estimates, on), 1)
    if np.isnan(found.p_value):
        notes.append(f"the straight line cannot be tested: {found.notes[0]}")
        return None
    return found


def _by_wave(
    estimates: Estimates,
    times: np.ndarray,
    unit: str,
    keys: dict[str, Any],
    conf_level: float,
    notes: list[str],
) -> HypothesisTest | None:
    if len(times) < 3:
        notes.append("with the wave as the unit a slope needs three waves or more")
        return None
    if not (estimates.variance > 0).all():
        notes.append("a wave without variance: the slope with the wave as the unit is not computed")
        return None
    if reason := shared_too_much(estimates.cov):
        notes.append(f"with the wave as the unit: {reason}")
        return None
    line = wave_line(times, estimates.estimate, estimates.cov)
    return t_statement(
        "line through the waves with a random wave effect",
        "There is no linear trend in the process that the waves are draws of.",
        line.slope,
        line.std_error,
        line.df,
        name="slope",
        unit=unit,
        conf_level=conf_level,
        n=float(len(times)),
        keys=keys,
        sources=estimates.sources,
        notes=(f"standard deviation of waves about the line: {np.sqrt(line.wave_variance):.4g}",),
    )
