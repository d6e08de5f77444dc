"""Generalised linear models by formula."""

from __future__ import annotations

from typing import Any

import numpy as np

from egovstats.design.design import Design
from egovstats.design.where import Where
from egovstats.errors import EstimateError
from egovstats.models.answers import answer_codes_of, outcome_is_words
from egovstats.models.families import family_of
from egovstats.models.formula import outcome_numbers
from egovstats.models.glm_fit import GlmFit, fit_matrix
from egovstats.models.prepared import Prepared, prepare


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
        factors, their first level the reference. Names with dots or spaces stand in backticks. A binomial
        outcome is 0 and 1 (or true and false), or one of two answers in words: the share of the second.
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
    y, notes = _outcome(ready, kind.name)
    answers = y[ready.used]
    if len(ready.slopes) and len(answers) > 1 and kind.name != "binomial" and answers.min() == answers.max():
        raise EstimateError(
            f"all {len(answers)} respondents used have the same outcome ({answers[0]:g}), so nothing can "
            "explain it. Check where= and the coding of the outcome."
        )
    return fit_matrix(
        design,
        ready.made.columns,
        y,
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
        notes=notes,
        again=lambda other: glm(design, other, family=family, link=link, where=where, offset=offset),
    )


def _outcome(ready: Prepared, family: str) -> tuple[np.ndarray, tuple[str, ...]]:
    """The outcome as numbers, shape (n,), and which answer in words counts as 1."""
    if family != "binomial" or not outcome_is_words(ready.given, ready.read):
        return outcome_numbers(ready.given, ready.read, ready.used), ()
    found = answer_codes_of(ready.given, ready.read, ready.used, ordered=False)
    if len(found.answers) > 2:
        raise EstimateError(
            f"the outcome of {ready.read.text!r} has {len(found.answers)} answers, not two. Ask for one of "
            f"them, as in I(name == {str(found.answers[-1])!r}), or use ordinal() or multinomial()."
        )
    return found.codes.astype(float), (f"models the share of {found.answers[1]!r}", *found.notes)
