"""Ordinal regression: cumulative link models."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from egovstats.design.design import Design
from egovstats.design.where import Where
from egovstats.errors import EstimateError, nearest
from egovstats.models.answers import answer_codes_of
from egovstats.models.categorical import CategoricalFit, fitted, kept_columns
from egovstats.models.cumulative import DISTRIBUTIONS, Cumulative, CumulativeResponse
from egovstats.models.fit import notes_of, spread, square
from egovstats.models.prepared import prepare
from egovstats.models.sandwich import degrees_of_freedom


def ordinal(
    design: Design,
    formula: str,
    *,
    link: str = "logit",
    where: Where = None,
    offset: str | None = None,
) -> CategoricalFit:
    """Design-based cumulative link model of an answer on an ordered scale.

    Parameters
    ----------
    design : Design
    formula : str
        ``"trust ~ year + urban"``; the outcome is a column of number codes or a categorical, its answers in
        order. An intercept is not needed: the thresholds are intercepts.
    link : str
        ``"logit"`` (proportional odds), ``"probit"``, ``"cloglog"`` (proportional hazards),
        ``"loglog"`` or ``"cauchit"``.
    where : str or boolean array of shape (n,), optional
        Domain.
    offset : str, optional
        Column, or arithmetic of columns, added to the linear predictor.

    Returns
    -------
    CategoricalFit
        P(answer <= j) = F(threshold j - x'b): a coefficient above 0 means higher answers. Coefficients come
        first, then thresholds, named by the two answers that they part. Residual degrees of freedom are
        those of the design minus the number of coefficients.

    Raises
    ------
    EstimateError
        Words without an order, fewer than two answers, no convergence.

    References
    ----------
    McCullagh (1980), Journal of the Royal Statistical Society B 42, 109-142; Lumley (2010), Complex Surveys,
    section 5.3.
    """
    if link not in DISTRIBUTIONS:
        raise EstimateError(f"an ordinal model has no link {link!r}. {nearest(link, DISTRIBUTIONS)}")
    ready = prepare(design, formula, where=where, offset=offset)
    outcome = answer_codes_of(ready.given, ready.read, ready.used, ordered=True)
    plain, made = ready.slopes, ready.made
    kept, shift = kept_columns(made.columns.take(plain), ready.rows, len(design), ready.weight)
    codes = ready.pick(outcome.codes)
    assert codes is not None
    likelihood = Cumulative(
        columns=made.columns.take(plain[kept]).shifted(shift),
        rows=ready.rows,
        codes=codes,
        weight=ready.weight,
        offset=ready.pick(ready.offset),
        answers=len(outcome.answers),
        distribution=DISTRIBUTIONS[link],
    )
    found = fitted(design, likelihood, ready.rows)
    names = tuple(made.names[at] for at in plain)
    cuts = tuple(f"{low}|{high}" for low, high in pairwise(outcome.answers))
    p = len(names)
    place = np.concatenate([kept, p + np.arange(len(cuts))])
    df = degrees_of_freedom(design, ready.rows)
    return CategoricalFit(
        names=names + cuts,
        estimate=spread(likelihood.back @ found.theta, place, p + len(cuts)),
        cov=square(found.cov, place, p + len(cuts)),
        information=square(found.information, place, p + len(cuts)),
        df_residual=df - len(kept),
        n=len(likelihood.codes),
        formula=formula,
        terms=ready.terms,
        design=design,
        rows=ready.rows,
        df_design=df,
        replicates=found.replicates,
        sources=design.sources,
        notes=(*outcome.notes, *notes_of(names, kept, df - len(kept))),
        answers=outcome.answers,
        link=link,
        likelihood=likelihood,
        theta=found.theta,
        value=found.value,
        recipe=made.recipe,
        response=CumulativeResponse(DISTRIBUTIONS[link], likelihood.offset, len(outcome.answers)),
        place=plain[kept],
        again=lambda other: ordinal(design, other, link=link, where=where, offset=offset),
        offset=offset,
    )
