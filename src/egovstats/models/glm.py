"""Generalised linear models by formula."""

from __future__ import annotations

from typing import Any

from egovstats.design.design import Design
from egovstats.design.domains import Where
from egovstats.models.families import family_of
from egovstats.models.formula import outcome_numbers
from egovstats.models.glm_fit import GlmFit, fit_matrix
from egovstats.models.prepared import prepare


def glm(
    design: Design,
    formula: str,
    *,
    family: Any = "gaussian",
    link: str | None = None,
    where: Where = None,
    offset: str | None = None,
) -> GlmFit:
    """Design-based generalised linear model.

    Parameters
    ----------
    design : Design
    formula : str
        ``"trust ~ year + C(region)"`` in the formula language of formulaic; columns of words are
        factors, their first level the reference. Names with dots or spaces stand in backticks.
    family : str or statsmodels family
        ``"gaussian"``, ``"binomial"``, ``"poisson"``, ``"gamma"`` or ``"inverse-gaussian"``
        (``"quasibinomial"`` and ``"quasipoisson"`` mean the same: the variance always comes from the
        design); or an object such as ``statsmodels.api.families.Tweedie(var_power=1.5)``.
    link : str, optional
        Another link than the family's usual one: ``"probit"``, ``"cloglog"``, ``"log"``, ...
    where : str or boolean array of shape (n,), optional
        Domain; rows outside, and rows with anything missing, count as zeros in the covariance.
    offset : str, optional
        Column, or arithmetic of columns such as ``"log(population)"``, added to the linear predictor.

    Returns
    -------
    GlmFit
        Coefficients on the scale of the link, with residual degrees of freedom: design degrees of
        freedom plus 1 minus the number of coefficients. Under replicate weights the model is fitted again
        for each of them.

    Raises
    ------
    EstimateError
        A formula that cannot be read, a name that is no column, answers that the family cannot have, a
        column that predicts the outcome perfectly.

    References
    ----------
    Binder (1983), International Statistical Review 51, 279-292; Lumley (2010), Complex Surveys, ch. 5-6.
    """
    kind = family_of(family, link)
    ready = prepare(design, formula, where=where, offset=offset)
    outcome = ready.read.outcome
    assert outcome is not None
    return fit_matrix(
        design,
        ready.made.columns,
        outcome_numbers(ready.given, ready.read, ready.used),
        ready.used,
        family=kind,
        names=ready.made.names,
        offset=ready.offset,
        offset_name=offset,
        formula=formula,
        terms=ready.made.terms,
        outcome=repr(ready.read.shown(outcome.text)),
        domain=ready.domain,
        recipe=ready.made.recipe,
        again=lambda other: glm(design, other, family=family, link=link, where=where, offset=offset),
    )
