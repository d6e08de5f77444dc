"""Ordinal regression: cumulative link models."""

from __future__ import annotations

import numpy as np

from egovstats.design.design import Design, check_design
from egovstats.design.domains import Where, mask_of
from egovstats.errors import EstimateError, nearest
from egovstats.models.answers import answer_codes_of
from egovstats.models.categorical import CategoricalFit, fitted, kept_columns
from egovstats.models.cumulative import DISTRIBUTIONS, Cumulative, CumulativeResponse
from egovstats.models.fit import notes_of, spread, square
from egovstats.models.formula import complete, model_matrix, named_columns, read_formula
from egovstats.models.offset import offset_of
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
    frame = check_design(design).frame
    read = read_formula(formula)
    added = None if offset is None else offset_of(offset)
    given = named_columns(frame, [*read.names, *(added.names if added else ())])
    used = complete(given, len(frame), mask_of(frame, where)) & (design.weight > 0)
    made = model_matrix(given, read, used)
    outcome = answer_codes_of(given, read, used, ordered=True)
    rows = None if used.all() else np.flatnonzero(used)
    pick = slice(None) if rows is None else rows
    plain = np.array([at for at, name in enumerate(made.names) if name != "Intercept"], dtype=np.int64)
    weight = design.weight[pick]
    kept, shift = kept_columns(made.columns.take(plain), rows, len(frame), weight)
    likelihood = Cumulative(
        columns=made.columns.take(plain[kept]).shifted(shift),
        rows=rows,
        codes=outcome.codes[pick],
        weight=weight,
        offset=None if added is None else added.values(given, used)[pick],
        answers=len(outcome.answers),
        distribution=DISTRIBUTIONS[link],
    )
    theta, at, cov, information, moved = fitted(design, likelihood, rows)
    names = tuple(made.names[place] for place in plain)
    cuts = tuple(f"{low}|{high}" for low, high in zip(outcome.answers, outcome.answers[1:], strict=False))
    p = len(names)
    place = np.concatenate([kept, p + np.arange(len(cuts))])
    df = degrees_of_freedom(design, rows)
    terms = {
        term: tuple(int(np.searchsorted(plain, column)) for column in columns)
        for term, columns in made.terms.items()
        if term != "1"
    }
    return CategoricalFit(
        names=names + cuts,
        estimate=spread(likelihood.back @ theta, place, p + len(cuts)),
        cov=square(cov, place, p + len(cuts)),
        information=square(information, place, p + len(cuts)),
        df_residual=df - len(kept),
        n=len(likelihood.codes),
        formula=formula,
        terms=terms,
        design=design,
        rows=rows,
        df_design=df,
        replicates=moved,
        sources=design.sources,
        notes=(*outcome.notes, *notes_of(names, kept, df - len(kept))),
        answers=outcome.answers,
        link=link,
        likelihood=likelihood,
        theta=theta,
        value=at.value,
        recipe=made.recipe,
        response=CumulativeResponse(DISTRIBUTIONS[link], likelihood.offset, len(outcome.answers)),
        place=plain[kept],
        again=lambda other: ordinal(design, other, link=link, where=where, offset=offset),
    )
