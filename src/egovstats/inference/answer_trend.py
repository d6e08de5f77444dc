"""The trend of all answers of an item by regression: one odds ratio a year, and whether one is enough."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from egovstats.console import as_html, as_text
from egovstats.design import ReplicateDesign
from egovstats.design.columns import as_numbers, column
from egovstats.design.design import Design, check_design
from egovstats.design.where import Where, mask_of
from egovstats.errors import EstimateError
from egovstats.inference.adjusters import adjuster_columns
from egovstats.inference.checks import form_check, units_check
from egovstats.inference.statement import on_scale, per_time, t_statement, untested
from egovstats.inference.wald import f_tail, wald_test
from egovstats.models import Fit, family_of, fit_matrix, margins, multinomial, ordinal
from egovstats.one_thread import one_thread
from egovstats.results import Estimates, HypothesisTest


@dataclass(frozen=True, slots=True, eq=False)
class AnswerTrend:
    """How the answers of an item move with time.

    Parameters
    ----------
    item : str
    ordinal : HypothesisTest
        Odds ratio of a higher answer per unit of time (proportional odds).
    proportional : HypothesisTest
        Whether the odds ratio is the same at every cut of the scale.
    multinomial : HypothesisTest
        Whether any answer's share has a trend.
    answers : Estimates
        Average change of each answer's share per unit of time, by the multinomial model.
    fits : tuple of Fit
        The ordinal and the multinomial model.
    notes : tuple of str
    """

    item: str
    ordinal: HypothesisTest
    proportional: HypothesisTest
    multinomial: HypothesisTest
    answers: Estimates
    fits: tuple[Fit, Fit]
    notes: tuple[str, ...]

    __repr__ = as_text
    _repr_html_ = as_html

    @property
    def tests(self) -> tuple[HypothesisTest, ...]:
        """All tests."""
        return (self.ordinal, self.proportional, self.multinomial)

    @property
    def synthetic(self) -> bool:
        """Whether any source is made up."""
        return self.ordinal.synthetic

    def to_frame(self) -> pd.DataFrame:
        """One row a test, in the project's column names."""
        return pd.concat([test.to_frame() for test in self.tests], ignore_index=True)


def answer_trend(
    design: Design,
    item: str,
    on: str = "year",
    *,
    hold: Sequence[str] = (),
    where: Where = None,
    conf_level: float = 0.95,
) -> AnswerTrend:
    """Regress the answers of an item on time: as an ordered scale, and answer by answer.

    Parameters
    ----------
    design : Design
    item : str
        Column of three or more ordered answers.
    on : str
        Column with the time of each respondent's wave, a number.
    hold : sequence of str
        Columns held.
    where : str or boolean array of shape (n,), optional
        Domain.
    conf_level : float

    Raises
    ------
    EstimateError
        One wave only, fewer than three answers (use `trend`).

    Notes
    -----
    `proportional` compares the logits of all cuts, fitted apart, by a Wald test on their joint
    design-based covariance, as Brant did for simple samples. Where it rejects, the one odds ratio is an
    average over cuts that differ: look at `answers`.

    References
    ----------
    McCullagh (1980), JRSS B 42, 109-142; Brant (1990), Biometrics 46, 1171-1178; Binder (1983),
    International Statistical Review 51, 279-292.
    """
    frame = check_design(design).frame
    time = as_numbers(column(frame, on, "time"), "trend")
    codes, levels = design.codes(item)
    mask = mask_of(frame, where)
    used = (codes > 0) & ~np.isnan(time) & (design.weight > 0)
    used = used if mask is None else used & mask
    held, held_names, complete = adjuster_columns(frame, hold, used)
    used &= complete
    times = np.unique(time[used])
    given = [level for at, level in enumerate(levels) if (codes[used] == at + 1).any()]
    if len(times) < 2 or len(given) < 3:
        raise EstimateError(
            f"item {item!r} has {len(given)} answers at {len(times)} value(s) of {on!r}; this needs "
            "three answers and two times. Use trend() for a share or a mean."
        )
    formula = f"`{item}` ~ I(`{on}` - {times.mean():.6g})"
    formula += "".join(f" + `{name}`" for name in hold)
    scale = ordinal(design, formula, where=used)
    nominal = multinomial(design, formula, where=used)
    at = next(n for n, name in enumerate(scale.names) if on in name and "|" not in name)
    effects = margins(nominal, on)
    proportional = _proportional(design, codes, len(levels), time, held, held_names, used, on, item)
    odds = _odds(scale, at, on, item, conf_level)
    return AnswerTrend(
        item=item,
        ordinal=replace(
            odds, checks=(units_check(odds.df[0]), form_check("one odds ratio at every cut", proportional))
        ),
        proportional=proportional,
        multinomial=replace(
            wald_test(nominal, [name for name in nominal.terms if on in name]),
            test="Wald test of time in a multinomial logit",
            null="No answer's share has a trend.",
            keys={"item": item},
        ),
        answers=effects,
        fits=(scale, nominal),
        notes=(f"held: {', '.join(hold)}",) if hold else (),
    )


def _odds(fit: Fit, at: int, on: str, item: str, conf_level: float) -> HypothesisTest:
    made = t_statement(
        "design-based proportional-odds regression on time",
        "The odds of a higher answer do not change with time.",
        float(fit.estimate[at]),
        float(fit.std_error[at]),
        fit.df_residual,
        name="log-odds",
        unit="log-odds",
        conf_level=conf_level,
        n=float(fit.n),
        keys={"item": item},
        sources=fit.sources,
    )
    return on_scale(made, np.exp, "odds ratio", per_time("ratio", on))


@one_thread
def _proportional(
    design: Design,
    codes: np.ndarray,
    answers: int,
    time: np.ndarray,
    held: np.ndarray,
    held_names: tuple[str, ...],
    used: np.ndarray,
    on: str,
    item: str,
) -> HypothesisTest:
    """Wald test that the slopes of all cumulative logits are one."""
    test, null = "Wald test of proportional odds (Brant)", "The odds ratio is the same at every cut."
    if isinstance(design, ReplicateDesign):
        return untested(
            test, null, "not worked out for replicate weights; use the design itself", keys={"item": item}
        )
    X = np.column_stack([np.ones(len(time)), np.where(used, time - time[used].mean(), 0.0), held])
    slopes, scores = [], []
    df = n = 0.0
    for cut in range(1, answers):
        above = (codes > cut).astype(float)
        if len(np.unique(above[used])) < 2:
            continue
        fit = fit_matrix(
            design,
            X * used[:, None],
            above,
            used,
            family=family_of("binomial"),
            names=("Intercept", on, *held_names),
        )
        slopes.append(float(fit.estimate[1]))
        scores.append(fit.scores @ fit.bread[:, 1])
        df, n = fit.df_residual, float(fit.n)
    cov = design.cov_of_totals(np.column_stack(scores))
    contrast = np.column_stack([-np.ones(len(slopes) - 1), np.eye(len(slopes) - 1)])
    gap, spread = contrast @ np.array(slopes), contrast @ cov @ contrast.T
    q = len(gap)
    ddf = df - q + 1
    if ddf <= 0 or np.linalg.matrix_rank(spread, hermitian=True) < q:
        return untested(
            test, null, f"{df:g} degrees of freedom do not carry {q} contrasts", keys={"item": item}
        )
    statistic = float(gap @ np.linalg.solve(spread, gap)) / q * ddf / df
    return HypothesisTest(
        test=test,
        null=null,
        statistic=statistic,
        distribution="F",
        df=(float(q), float(ddf)),
        p_value=f_tail(statistic, float(q), float(ddf)),
        n=n,
        keys={"item": item},
        sources=design.sources,
    )
