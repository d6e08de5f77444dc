"""Multinomial logit: shares of several answers without an order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from egovstats.design.design import Design
from egovstats.design.where import Where
from egovstats.errors import EstimateError, nearest
from egovstats.models.answers import AnswerCodes, answer_codes_of
from egovstats.models.categorical import CategoricalFit, fitted, kept_columns
from egovstats.models.columns import Columns
from egovstats.models.fit import notes_of, spread, square
from egovstats.models.logits import Logits, LogitsResponse
from egovstats.models.prepared import prepare
from egovstats.models.sandwich import degrees_of_freedom


@dataclass(frozen=True, eq=False, repr=False)
class MultinomialFit(CategoricalFit):
    """A fitted multinomial logit; its first answer is the reference.

    Parameters
    ----------
    columns_of_each : tuple of str
        Names of the p columns; the coefficients are those of each answer but the first, answer by answer.
    """

    columns_of_each: tuple[str, ...]

    def to_frame(self, *, conf_level: float = 0.95) -> pd.DataFrame:
        """One row a coefficient: the answer that it belongs to, the term, and the numbers."""
        table = super().to_frame(conf_level=conf_level)
        table["term"] = list(self.columns_of_each) * (len(self.answers) - 1)
        table.insert(0, "answer", [each for each in self.answers[1:] for _ in self.columns_of_each])
        return table


def multinomial(
    design: Design, formula: str, *, reference: Any = None, where: Where = None
) -> MultinomialFit:
    """Design-based multinomial logit.

    Parameters
    ----------
    design : Design
    formula : str
        ``"party ~ age + region"``; the outcome is a column of codes, words or a categorical.
    reference : object, optional
        The answer that the others are compared with; the first one where left out.
    where : str or boolean array of shape (n,), optional
        Domain.

    Returns
    -------
    MultinomialFit
        log P(answer) / P(reference) = x'b for each other answer; coefficients are named ``"answer: term"``,
        and a term's test takes those of all answers. Residual degrees of freedom: those of the design plus 1
        minus the number of columns.

    Raises
    ------
    EstimateError
        Fewer than two answers, a reference that nobody gave, no convergence.

    References
    ----------
    Agresti (2013), Categorical Data Analysis, 3rd ed., section 8.1; Binder (1983), International Statistical
    Review 51, 279-292.
    """
    ready = prepare(design, formula, where=where)
    made = ready.made
    outcome = _referred(answer_codes_of(ready.given, ready.read, ready.used, ordered=False), reference)
    kept, columns = _independent(made.columns, made.names, ready.rows, len(design), ready.weight)
    sets, p = len(outcome.answers) - 1, len(made.names)
    codes = ready.pick(outcome.codes)
    assert codes is not None
    likelihood = Logits(
        columns=columns,
        rows=ready.rows,
        codes=codes,
        weight=ready.weight,
        answers=sets + 1,
        coefficients=np.arange(sets * len(kept)),
        intercept=0 if made.names[int(kept[0])] == "Intercept" else None,
    )
    found = fitted(design, likelihood, ready.rows)
    place = (np.arange(sets)[:, None] * p + kept).ravel()
    df = degrees_of_freedom(design, ready.rows)
    return MultinomialFit(
        names=tuple(f"{answer}: {name}" for answer in outcome.answers[1:] for name in made.names),
        estimate=spread(likelihood.back @ found.theta, place, sets * p),
        cov=square(found.cov, place, sets * p),
        information=square(found.information, place, sets * p),
        df_residual=df + 1 - len(kept),
        n=len(likelihood.codes),
        formula=formula,
        terms={
            term: tuple(k * p + column for k in range(sets) for column in own)
            for term, own in made.terms.items()
        },
        design=design,
        rows=ready.rows,
        df_design=df,
        replicates=found.replicates,
        sources=design.sources,
        notes=(*outcome.notes, *notes_of(made.names, kept, df + 1 - len(kept))),
        answers=outcome.answers,
        link="logit",
        likelihood=likelihood,
        theta=found.theta,
        value=found.value,
        recipe=made.recipe,
        response=LogitsResponse(sets + 1),
        place=kept,
        again=lambda other: multinomial(design, other, reference=reference, where=where),
        offset=None,
        columns_of_each=made.names,
    )


def _referred(outcome: AnswerCodes, reference: Any) -> AnswerCodes:
    """Put the reference answer first."""
    if reference is None:
        return outcome
    if reference not in outcome.answers:
        raise EstimateError(
            f"no respondent used gave the answer {reference!r}. {nearest(str(reference), outcome.answers)}"
        )
    first = outcome.answers.index(reference)
    order = [first, *(at for at in range(len(outcome.answers)) if at != first)]
    rank = np.argsort(order).astype(np.int32)
    return AnswerCodes(rank[outcome.codes], [outcome.answers[at] for at in order], outcome.notes)


def _independent(
    columns: Columns, names: tuple[str, ...], rows: np.ndarray | None, n: int, weight: np.ndarray
) -> tuple[np.ndarray, Columns]:
    """Columns that are no combination of earlier ones, and how they are centred."""
    if names[0] == "Intercept":
        kept, shift = kept_columns(columns.take(range(1, len(names))), rows, n, weight)
        kept = np.concatenate([[0], kept + 1])
        return kept, columns.take(kept).shifted(np.concatenate([[0.0], shift]))
    kept, _ = kept_columns(columns, rows, n, weight, constant=False)
    return kept, columns.take(kept).shifted(np.zeros(len(kept)))
