"""Did a programme change the course of a trend: breaks fixed beforehand, on the answers of respondents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from egovstats.console import as_html, as_text
from egovstats.design.design import Design
from egovstats.design.where import Where
from egovstats.errors import EstimateError, nearest
from egovstats.estimate import mean, proportion
from egovstats.inference.adjusters import adjuster_columns
from egovstats.inference.break_terms import break_columns, break_terms, identified
from egovstats.inference.checks import units_check
from egovstats.inference.outcome import at_two_times, followed
from egovstats.inference.statement import per_time, t_statement, untested
from egovstats.inference.wald import wald_test
from egovstats.inference.wave_line import wave_regression
from egovstats.inference.wave_points import shared_too_much
from egovstats.models import Fit, family_of, fit_matrix
from egovstats.results import HypothesisTest

EFFECTS = ("level", "slope", "both")


@dataclass(frozen=True, slots=True, eq=False)
class PolicyBreak:
    """A trend with breaks.

    Parameters
    ----------
    item : str
    breaks : tuple of float
    tests : tuple of HypothesisTest
        By break: the step in the level, the change of slope, and (with both) that neither is there. What
        the waves cannot tell has NaN and a reason.
    by_wave : tuple of HypothesisTest
        Step and change of slope with the wave as the unit.
    fit : Fit
        The regression behind the tests.
    notes : tuple of str
    """

    item: str
    breaks: tuple[float, ...]
    tests: tuple[HypothesisTest, ...]
    by_wave: tuple[HypothesisTest, ...]
    fit: Fit
    notes: tuple[str, ...]

    __repr__ = as_text
    _repr_html_ = as_html

    @property
    def synthetic(self) -> bool:
        """Whether any source is made up."""
        return any(source.synthetic for source in self.fit.sources)

    def to_frame(self) -> pd.DataFrame:
        """One row a test, those with the wave as the unit last."""
        return pd.concat([test.to_frame() for test in (*self.tests, *self.by_wave)], ignore_index=True)


def policy_break(
    design: Design,
    item: str,
    breaks: float | Sequence[float],
    *,
    on: str = "year",
    effects: str = "level",
    answers: Sequence[Any] | None = None,
    where: Where = None,
    hold: Sequence[str] = (),
    family: str = "gaussian",
    conf_level: float = 0.95,
) -> PolicyBreak:
    """Interrupted series of respondents' answers with breaks that were fixed before looking.

    Parameters
    ----------
    design : Design
    item, answers, where
        As in `trend`.
    breaks : float or sequence of float
        Times at which a programme began; a wave at that very time counts as after it.
    on : str
        Column with the time of each respondent's wave; dates of fieldwork are better than years.
    effects : str
        ``"level"`` (a step), ``"slope"`` (the line bends), or ``"both"``.
    hold : sequence of str
        Columns held: numbers enter as they are, words as a factor.
    family : str
        ``"gaussian"`` for differences of shares or means, ``"binomial"`` for log-odds.
    conf_level : float

    Returns
    -------
    PolicyBreak
        A break that lies outside the waves, or that they cannot tell from the trend or from another break,
        gets a reason: beside the trend, a step or a bend takes three waves at least.

    Raises
    ------
    EstimateError
        No break, fewer than two waves with answers, an unknown effect or family.

    Notes
    -----
    The respondent as the unit says whether these waves differ from the line before by more than sampling
    error. Anything else that happened between the same two waves does too, and waves scatter about any
    line: `by_wave` estimates that scatter, with as many degrees of freedom as waves are left over.

    References
    ----------
    Wagner, Soumerai, Zhang and Ross-Degnan (2002), Journal of Clinical Pharmacy and Therapeutics 27,
    299-309; Bernal, Cummins and Gasparrini (2017), International Journal of Epidemiology 46, 348-355.
    """
    if effects not in EFFECTS:
        raise EstimateError(f"effects cannot be {effects!r}. {nearest(effects, EFFECTS)}")
    found = followed(design, item, on, answers, where)
    frame, y, time, used = design.frame, found.y, found.time, found.used
    held, held_names, complete = adjuster_columns(frame, hold, used)
    used = used & complete
    times = np.unique(time[used])
    starts = _starts(breaks, times, item, on)
    X, names = break_columns(time, float(times.mean()), starts, effects, on)
    told, reasons = identified(times, starts, effects, on)
    keep = [0, 1, *(at for at, name in enumerate(names) if name in told)]
    chosen = tuple(names[at] for at in keep)
    fit = fit_matrix(
        design,
        np.where(used[:, None], np.column_stack([X[:, keep], held]), 0.0),
        y,
        used,
        family=family_of(family),
        names=(*chosen, *held_names),
        outcome=repr(item),
    )
    unit = "log-odds" if family == "binomial" else found.unit
    keys = {"item": item}
    tests = [
        _test(fit, name, start, kind, unit, on, keys, conf_level, reasons)
        for start in starts
        for kind, name in break_terms(start, effects, on)
    ]
    if effects == "both":
        tests += [_joint(fit, start, on, keys) for start in starts]
    by_wave: tuple[HypothesisTest, ...] = ()
    notes: list[str] = []
    if family == "gaussian" and not hold:
        waves = (
            proportion(design, item, by=on, where=used, answers=answers)
            if answers is not None
            else mean(design, item, by=on, where=used)
        )
        wave_X = break_columns(times, float(times.mean()), starts, effects, on)[0][:, keep]
        at = {name: start for start in starts for _, name in break_terms(start, effects, on)}
        by_wave = _by_wave(waves.estimate, waves.cov, wave_X, chosen, unit, on, keys, conf_level, at, notes)
    else:
        notes.append("the wave as the unit is worked out for differences without variables held")
    return PolicyBreak(item, starts, tuple(tests), by_wave, fit, tuple(notes))


def _starts(breaks: float | Sequence[float], times: np.ndarray, item: str, on: str) -> tuple[float, ...]:
    given = np.unique(np.atleast_1d(np.asarray(breaks, dtype=float)))
    at_two_times(times, item, on)
    if not len(given) or not np.isfinite(given).all():
        raise EstimateError(
            f"breaks must be times of {on!r}, got {breaks!r}. Pass one or more, such as 2012."
        )
    return tuple(float(at) for at in given)


def _test(
    fit: Fit,
    name: str,
    start: float,
    kind: str,
    unit: str,
    on: str,
    keys: dict[str, Any],
    conf_level: float,
    reasons: dict[str, str],
) -> HypothesisTest:
    what = "level" if kind == "level" else "slope"
    test, null = "interrupted series, design-based", f"The {what} does not change at {start:g}."
    if name in reasons:
        return untested(test, null, reasons[name], keys={**keys, "break": start}, sources=fit.sources)
    at = fit.names.index(name)
    return t_statement(
        test,
        null,
        float(fit.estimate[at]),
        float(fit.std_error[at]),
        fit.df_residual,
        name="step" if kind == "level" else "change of slope",
        unit=unit if kind == "level" else per_time(unit, on),
        conf_level=conf_level,
        n=float(fit.n),
        keys={**keys, "break": start},
        sources=fit.sources,
        checks=(units_check(fit.df_residual),),
    )


def _joint(fit: Fit, start: float, on: str, keys: dict[str, Any]) -> HypothesisTest:
    """Neither step nor bend at one break."""
    names = [name for _, name in break_terms(start, "both", on)]
    null = f"Neither level nor slope changes at {start:g}."
    if not set(names) <= set(fit.names):
        reason = "step and change of slope cannot both be told from the rest"
        return untested("Wald test of a break", null, reason, keys={**keys, "break": start})
    made = wald_test(fit, names)
    return replace(made, test="Wald test of a break", null=null, keys={**keys, "break": start})


def _by_wave(
    estimate: np.ndarray,
    cov: np.ndarray,
    X: np.ndarray,
    names: tuple[str, ...],
    unit: str,
    on: str,
    keys: dict[str, Any],
    conf_level: float,
    starts: dict[str, float],
    notes: list[str],
) -> tuple[HypothesisTest, ...]:
    """The same with a random wave effect and as many degrees of freedom as waves are left over."""
    left = len(estimate) - X.shape[1]
    if left < 1 or not (np.diag(cov) > 0).all():
        notes.append(
            f"with the wave as the unit {X.shape[1]} coefficients need {X.shape[1] + 1} waves with variance; "
            f"there are {int((np.diag(cov) > 0).sum())}"
        )
        return ()
    if reason := shared_too_much(cov):
        notes.append(f"with the wave as the unit: {reason}")
        return ()
    beta, spread, extra = wave_regression(X, estimate, cov)
    return tuple(
        t_statement(
            "interrupted series with a random wave effect",
            "The process that the waves are draws of has no break.",
            float(beta[at]),
            float(np.sqrt(spread[at, at])),
            float(left),
            name="step" if names[at].startswith("step") else "change of slope",
            unit=unit if names[at].startswith("step") else per_time(unit, on),
            conf_level=conf_level,
            n=float(len(estimate)),
            keys={**keys, "break": starts[names[at]]},
            notes=(f"standard deviation of waves about the line: {np.sqrt(extra):.4g}",),
        )
        for at in range(2, len(names))
    )
