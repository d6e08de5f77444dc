"""For whom did it change: trends by domain, and whether they are one and the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from egovstats.console import as_html, as_text
from egovstats.design.columns import column
from egovstats.design.design import Design
from egovstats.design.where import Where
from egovstats.errors import EstimateError
from egovstats.inference.adjust import p_adjust
from egovstats.inference.change import Changes
from egovstats.inference.checks import units_check
from egovstats.inference.outcome import followed
from egovstats.inference.parallel_courses import same_course
from egovstats.inference.statement import per_time, t_statement
from egovstats.inference.term_tests import term_test
from egovstats.inference.wald import wald_test
from egovstats.models import GlmFit, family_of, fit_matrix
from egovstats.results import HypothesisTest


@dataclass(frozen=True, slots=True, eq=False)
class ParallelTrends:
    """Trends of an item in several domains.

    Parameters
    ----------
    item, by : str
    slopes : tuple of HypothesisTest
        Slope of each domain.
    overall : HypothesisTest
        Slope that all domains would share, their levels kept apart.
    equal_slopes : HypothesisTest
        Wald test that the slopes are one. With few PSUs `likelihood_ratio` keeps its size better.
    likelihood_ratio : HypothesisTest
        The same by the likelihood ratio with the correction of Rao and Scott.
    same_course : HypothesisTest
        Wald test that the gaps between domains are the same in every wave, whatever the course.
    differences : Changes
        Slopes against one another, adjusted over all pairs.
    notes : tuple of str
    """

    item: str
    by: str
    slopes: tuple[HypothesisTest, ...]
    overall: HypothesisTest
    equal_slopes: HypothesisTest
    likelihood_ratio: HypothesisTest
    same_course: HypothesisTest
    differences: Changes
    notes: tuple[str, ...]

    __repr__ = as_text
    _repr_html_ = as_html

    @property
    def tests(self) -> tuple[HypothesisTest, ...]:
        """The tests of what the domains share."""
        return (self.equal_slopes, self.likelihood_ratio, self.same_course)

    @property
    def synthetic(self) -> bool:
        """Whether any source is made up."""
        return self.overall.synthetic

    def to_frame(self) -> pd.DataFrame:
        """A forest plot's rows: the slope of each domain, and of all."""
        rows = [test.to_frame().assign(n=test.n) for test in (*self.slopes, self.overall)]
        return pd.concat(rows, ignore_index=True)


def parallel_trends(
    design: Design,
    item: str,
    by: str,
    *,
    on: str = "year",
    answers: Sequence[Any] | None = None,
    where: Where = None,
    family: str = "gaussian",
    adjust: str = "holm",
    conf_level: float = 0.95,
) -> ParallelTrends:
    """Compare the trends of an item between domains.

    Parameters
    ----------
    design : Design
    item, on, answers, where
        As in `trend`.
    by : str
        Column of the domains.
    family : str
        ``"gaussian"`` (differences of shares or means) or ``"binomial"`` (log-odds): trends that are
        parallel on one scale are not so on the other.
    adjust : str
        How p-values of the pairs of slopes are adjusted.
    conf_level : float

    Raises
    ------
    EstimateError
        Fewer than two domains with answers in two waves or more.

    References
    ----------
    Korn and Graubard (1999), Analysis of Health Surveys, section 3.5; Lumley and Scott (2014), Australian &
    New Zealand Journal of Statistics 56, 1-14 (likelihood ratio).
    """
    found = followed(design, item, on, answers, where)
    y, time = found.y, found.time
    domain = column(design.frame, by, "domain")
    used = found.used & domain.notna().to_numpy()
    levels, notes = _levels(domain, time, used, by, on, item)
    used &= domain.isin(levels).to_numpy()
    codes = np.array([levels.index(each) if each in levels else -1 for each in domain])
    fit = _fit(design, y, time, codes, used, levels, by, on, family)
    unit = "log-odds" if family == "binomial" else found.unit
    keys = {"item": item}
    about = (per_time(unit, on), conf_level)
    bends = list(fit.names[1 + len(levels) :])
    return ParallelTrends(
        item=item,
        by=by,
        slopes=tuple(
            _slope(design, fit, at, codes, used, {**keys, by: level}, *about)
            for at, level in enumerate(levels)
        ),
        overall=_overall(design, y, time, codes, used, levels, by, on, family, keys, *about),
        equal_slopes=_same(wald_test(fit, bends), "Wald test of equal slopes", keys),
        likelihood_ratio=_same(
            term_test(fit, bends, method="likelihood-ratio"),
            "likelihood-ratio test of equal slopes, Rao-Scott correction",
            keys,
        ),
        same_course=same_course(design, item, answers, by, on, used, levels, keys),
        differences=_differences(fit, levels, by, adjust, keys, *about),
        notes=tuple(notes),
    )


def _levels(
    domain: pd.Series, time: np.ndarray, used: np.ndarray, by: str, on: str, item: str
) -> tuple[list[Any], list[str]]:
    """Domains with answers at two times or more, and what is said of the others."""
    inside = domain[used]
    every = (
        [level for level in inside.cat.categories if (inside == level).any()]
        if isinstance(inside.dtype, pd.CategoricalDtype)
        else sorted(inside.unique(), key=lambda each: (str(type(each)), each))
    )
    times = {level: np.unique(time[used & (domain == level).to_numpy()]) for level in every}
    short = [str(level) for level in every if len(times[level]) < 2]
    levels = [level for level in every if len(times[level]) > 1]
    if len(levels) < 2:
        raise EstimateError(
            f"item {item!r} has answers at two times or more in {len(levels)} domain(s) of {by!r}, so there "
            "are no trends to compare. Choose another item, or join domains."
        )
    return levels, [f"left out, since answers at one {on} only: {', '.join(short)}"] if short else []


def _fit(
    design: Design,
    y: np.ndarray,
    time: np.ndarray,
    codes: np.ndarray,
    used: np.ndarray,
    levels: list[Any],
    by: str,
    on: str,
    family: str,
    *,
    bends: bool = True,
) -> GlmFit:
    """Levels and slopes by domain, the first domain as the reference."""
    centred = np.where(used, time - time[used].mean(), 0.0)
    member = [(codes == at).astype(float) for at in range(1, len(levels))]
    X = [np.ones(len(y)), centred, *member, *([each * centred for each in member] if bends else [])]
    names = ("Intercept", on, *(f"{by}={level}" for level in levels[1:]))
    names += tuple(f"{on}:{by}={level}" for level in levels[1:]) if bends else ()
    return fit_matrix(
        design,
        np.column_stack(X) * used[:, None],
        np.where(used, y, 0.0),
        used,
        family=family_of(family),
        names=names,
    )


def _slope(
    design: Design,
    fit: GlmFit,
    at: int,
    codes: np.ndarray,
    used: np.ndarray,
    keys: dict[str, Any],
    unit: str,
    conf_level: float,
) -> HypothesisTest:
    pick = np.zeros(len(fit.names))
    pick[1] = 1.0
    if at:
        pick[1 + (len(fit.names) - 2) // 2 + at] = 1.0
    inside = used & (codes == at)
    df = float(design.domains(None, inside).df[0]) - 1  # one slope and one level of its own
    return t_statement(
        "design-based linear regression on time, by domain",
        "There is no linear trend in this domain.",
        float(pick @ fit.estimate),
        float(np.sqrt(pick @ fit.cov @ pick)),
        df,
        name="slope",
        unit=unit,
        conf_level=conf_level,
        n=float(inside.sum()),
        keys=keys,
        sources=fit.sources,
        checks=(units_check(df),),
    )


def _overall(
    design: Design,
    y: np.ndarray,
    time: np.ndarray,
    codes: np.ndarray,
    used: np.ndarray,
    levels: list[Any],
    by: str,
    on: str,
    family: str,
    keys: dict[str, Any],
    unit: str,
    conf_level: float,
) -> HypothesisTest:
    fit = _fit(design, y, time, codes, used, levels, by, on, family, bends=False)
    return t_statement(
        "design-based linear regression on time, one slope for all domains",
        "There is no linear trend.",
        float(fit.estimate[1]),
        float(fit.std_error[1]),
        fit.df_residual,
        name="slope",
        unit=unit,
        conf_level=conf_level,
        n=float(fit.n),
        keys={**keys, by: "all"},
        sources=fit.sources,
    )


def _same(made: HypothesisTest, name: str, keys: dict[str, Any]) -> HypothesisTest:
    return replace(made, test=name, null="The slopes are the same in all domains.", keys=keys)


def _differences(
    fit: GlmFit,
    levels: list[Any],
    by: str,
    adjust: str,
    keys: dict[str, Any],
    unit: str,
    conf_level: float,
) -> Changes:
    """Later domain's slope less the earlier one's, all pairs."""
    first = 1 + len(levels) - 1  # position of the bend before that of the second domain
    tests = []
    for a, b in combinations(range(len(levels)), 2):
        pick = np.zeros(len(fit.names))
        pick[first + b] = 1.0
        if a:
            pick[first + a] = -1.0
        tests.append(
            t_statement(
                "design-based t test of two slopes",
                f"The slopes are the same in {levels[a]} and {levels[b]}.",
                float(pick @ fit.estimate),
                float(np.sqrt(pick @ fit.cov @ pick)),
                fit.df_residual,
                name="difference of slopes",
                unit=unit,
                conf_level=conf_level,
                n=float(fit.n),
                keys={**keys, f"{by}_from": levels[a], f"{by}_to": levels[b]},
                sources=fit.sources,
            )
        )
    adjusted = p_adjust([test.p_value for test in tests], adjust)
    family = [
        replace(test, p_adjusted=float(p), adjust=adjust) for test, p in zip(tests, adjusted, strict=True)
    ]
    return Changes(tuple(family), adjust)
