"""Average marginal effects and predictive margins.

References
----------
Graubard and Korn (1999), Biometrics 55, 652-659 (predictive margins with survey data).
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from egovstats.design.where import Where, mask_of
from egovstats.errors import EstimateError, nearest
from egovstats.models.averages import Averages, Scenario, average
from egovstats.models.changed import Changer, changer_of, constant
from egovstats.models.fit import Fit
from egovstats.models.predict import of_model
from egovstats.results import Estimates

# Five points, so that the derivative is exact for polynomials up to the fourth degree.
_STENCIL = ((-2, 1 / 12), (-1, -8 / 12), (1, 8 / 12), (2, -1 / 12))
_STEP = 1e-3  # of the column's standard deviation


def margins(
    fit: Fit,
    variables: str | Sequence[str] | None = None,
    *,
    discrete: str | Sequence[str] = (),
    by: str | Sequence[str] | None = None,
    where: Where = None,
    variance: str = "joint",
) -> Estimates:
    """Average marginal effects: how much the prediction changes with a column, others as they are.

    Parameters
    ----------
    fit : Fit
        Of `glm`, `ordinal` or `multinomial`.
    variables : str or sequence of str, optional
        Columns of the frame; all on the right side of the formula where left out.
    discrete : str or sequence of str
        Numbers to treat like factors: differences between their values, not slopes.
    by, where
        Average within the values of these columns, or within a domain, of the respondents used.
    variance : str
        ``"joint"``: of the effects with the sample that they are averaged over; ``"separate"``: without
        the covariance of the coefficients with that sample.

    Returns
    -------
    Estimates
        For a number the mean slope of the response (key `contrast` is ``"slope"``), for each level of a
        factor or true/false column the mean difference from the first level; for several answers, of each
        answer's share (key `answer`).

    Raises
    ------
    EstimateError
        A column that the formula does not name, a model that was fitted to a matrix.
    """
    changer = changer_of(fit)
    named = changer.variables if variables is None else _several(variables)
    treated = _several(discrete)
    for name in [*named, *treated]:
        if name not in changer.variables:
            raise EstimateError(
                f"the formula {fit.formula!r} has no column {name!r} on its right side. "
                f"{nearest(name, changer.variables)}"
            )
    items, contrasts, scenarios = [], [], []
    for name in named:
        found = (
            _differences(changer, name)
            if changer.has_levels(name) or name in treated
            else [_slope(changer, name)]
        )
        for label, scenario in found:
            items.append(name)
            contrasts.append(label)
            scenarios.append(scenario)
    if not scenarios:
        raise EstimateError(f"the formula {fit.formula!r} has no column whose effect there could be.")
    return _estimates(
        fit,
        changer,
        {"item": items, "contrast": contrasts},
        scenarios,
        by,
        where,
        variance,
        "marginal effect",
    )


def predictive_margins(
    fit: Fit,
    group: str,
    *,
    levels: Sequence[Any] | None = None,
    by: str | Sequence[str] | None = None,
    where: Where = None,
    variance: str = "joint",
) -> Estimates:
    """Mean prediction if everyone were in each group, all else as it is: adjusted means of groups.

    Parameters
    ----------
    fit : Fit
        Of `glm`, `ordinal` or `multinomial`. If its formula does not name the group, it is fitted again
        with the group as a factor added.
    group : str
        Column of groups.
    levels : sequence, optional
        The groups to compare; all that respondents used in the fit have where left out.
    by, where, variance
        As in `margins`.

    Returns
    -------
    Estimates
        One a group (and answer), with their joint covariance: their differences go through `contrast`.

    Raises
    ------
    EstimateError
        A group that nobody is in.

    Notes
    -----
    Of a model of the group alone these are the groups' means. R's `svypredmeans` leaves out the covariance
    of the coefficients with the sample: ``variance="separate"``.
    """
    changer = changer_of(fit)
    if group not in changer.variables:
        fit = changer.with_factor(group)
        changer = changer_of(fit)
    known = changer.values(group)
    chosen = known if levels is None else list(levels)
    for level in chosen:
        if level not in known:
            raise EstimateError(
                f"no respondent of the fit has {group} {level!r}. {nearest(str(level), known)}"
            )
    scenarios = [
        Scenario((1.0,), (changer.columns({group: constant(level, changer.n)}),)) for level in chosen
    ]
    statistic = "proportion" if changer.share else "mean"
    return _estimates(fit, changer, {group: chosen}, scenarios, by, where, variance, statistic)


def _several(names: str | Sequence[str]) -> list[str]:
    return [names] if isinstance(names, str) else list(names)


def _differences(changer: Changer, name: str) -> list[tuple[str, Scenario]]:
    """Each level against the first."""
    levels = changer.values(name)
    if len(levels) < 2:
        raise EstimateError(
            f"all respondents used have the same {name!r} ({levels[0]!r}), so it has no effect to average."
        )
    made = [changer.columns({name: constant(level, changer.n)}) for level in levels]
    return [
        (f"{level} minus {levels[0]}", Scenario((1.0, -1.0), (made[at], made[0])))
        for at, level in enumerate(levels)
        if at
    ]


def _slope(changer: Changer, name: str) -> tuple[str, Scenario]:
    """Slope of the response in a number, by differences over a small step."""
    values = changer.numbers(name)
    inside = values[changer.used]
    spread = float(inside.std())
    if not spread > 0:
        raise EstimateError(f"all respondents used have the same {name!r}, so it has no effect to average.")
    least = float(inside.min())
    # A step within the range of log() and sqrt() for numbers above 0.
    step = _STEP * max(min(spread, least), 1e-3 * spread) if least > 0 else _STEP * spread
    weights = tuple(factor / step for _, factor in _STENCIL)
    moved = tuple(changer.columns({name: pd.Series(values + at * step)}) for at, _ in _STENCIL)
    return "slope", Scenario(weights, moved)


def _estimates(
    fit: Fit,
    changer: Changer,
    labels: dict[str, list[Any]],
    scenarios: list[Scenario],
    by: str | Sequence[str] | None,
    where: Where,
    variance: str,
    statistic: str,
) -> Estimates:
    frame = fit.design.frame
    mask = mask_of(frame, where)
    inside = fit.used if mask is None else fit.used & mask
    if not inside.any():
        raise EstimateError("no respondent of the fit is in this domain. Check where=.")
    domains = fit.design.domains(by, None if bool(inside.all()) else inside)
    found: Averages = average(fit, changer.response, scenarios, domains, variance=variance)
    answers = changer.answers
    each = len(scenarios) * len(answers)
    keys = domains.keys.loc[np.repeat(np.arange(len(domains)), each)].reset_index(drop=True)
    for name, values in labels.items():
        repeated: list[Hashable] = [value for value in values for _ in answers]
        keys[name] = pd.Series(repeated * len(domains), index=keys.index)
    if answers != [None]:
        keys["answer"] = pd.Series(answers * (len(scenarios) * len(domains)), index=keys.index)
    share = changer.share and statistic == "proportion"
    return of_model(
        fit,
        keys=keys,
        estimate=found.estimate,
        covariance=found.covariance,
        statistic=statistic,
        unit="share" if changer.share else "own unit",
        interval="logit" if share else "wald",
        df=fit.df_design,
        n=np.repeat(found.n, each),
        population=np.repeat(found.population, each),
    )
