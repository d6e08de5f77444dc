"""A change of a mean in parts: other characteristics of people, and characteristics that count otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from egovstats.design import ReplicateDesign
from egovstats.design.design import Design, check_design
from egovstats.design.where import Where, mask_of
from egovstats.errors import EstimateError, nearest
from egovstats.inference.adjusters import adjuster_columns
from egovstats.inference.decompose import Decomposition, decomposition, first_and_last
from egovstats.inference.outcome import outcome_of
from egovstats.one_thread import one_thread

REFERENCES = ("average", "earlier", "later", "threefold")


@one_thread
def oaxaca(
    design: Design,
    item: str,
    variables: Sequence[str],
    *,
    on: str = "wave",
    pair: tuple[Any, Any] | None = None,
    answers: Sequence[Any] | None = None,
    where: Where = None,
    reference: str = "average",
    conf_level: float = 0.95,
) -> Decomposition:
    """Oaxaca-Blinder decomposition of a change between two waves, with design-based errors.

    Parameters
    ----------
    design : Design
    item, answers, where
        As in `trend`: a share (a linear probability model) or a mean.
    variables : sequence of str
        Characteristics: numbers as they are, words as factors.
    on, pair
        As in `decompose_change`.
    reference : str
        Whose coefficients value the change of characteristics: ``"average"`` of both waves (with one
        factor: Kitagawa's parts), ``"earlier"``, ``"later"``, or ``"threefold"`` (the earlier wave's
        coefficients, and the interaction apart).
    conf_level : float

    Returns
    -------
    Decomposition
        ``total``, ``explained``, ``unexplained`` (and ``interaction``), and the explained part by variable.

    Raises
    ------
    EstimateError
        Fewer than two waves, variables of which one is a combination of others within a wave.

    Notes
    -----
    Means of the characteristics are estimates as the coefficients are; the joint variance of both waves'
    means and coefficients comes from the strata and PSUs. What is "unexplained" by variable depends on the
    reference category of each factor, so only its sum is given.

    References
    ----------
    Oaxaca (1973), International Economic Review 14, 693-709; Blinder (1973), Journal of Human Resources 8,
    436-455; Jann (2008), Stata Journal 8, 453-479 (variance with random characteristics).
    """
    if reference not in REFERENCES:
        raise EstimateError(f"reference cannot be {reference!r}. {nearest(reference, REFERENCES)}")
    frame = check_design(design).frame
    y, asked, share = outcome_of(design, item, answers)
    mask = mask_of(frame, where)
    used = (asked if mask is None else asked & mask) & (design.weight > 0)
    pair = pair or first_and_last(frame, on, used, item)
    used = used & frame[on].isin(list(pair)).to_numpy()
    held, names, complete = adjuster_columns(frame, variables, used)
    used = used & complete
    X = np.column_stack([np.ones(len(frame)), held])
    waves = [used & (frame[on] == wave).to_numpy() for wave in pair]
    _check(X, waves, pair, names)
    owners = [next(v for v in variables if name == v or name.startswith(f"{v}=")) for name in names]
    labels, weights = _parts(list(variables), owners, reference)

    def numbers(weight: np.ndarray) -> np.ndarray:
        return np.concatenate([_moments(X[w], y[w], weight[w]) for w in waves])

    theta = numbers(design.weight)
    estimate = weights(theta)
    if isinstance(design, ReplicateDesign):
        _, covariance = design.replicated(lambda weight: weights(numbers(weight)))
        cov = covariance.matrix
    else:
        slope = np.array([weights(theta + 1j * 1e-20 * row).imag / 1e-20 for row in np.eye(len(theta))])
        scores = np.zeros((len(frame), len(theta)))
        p = X.shape[1]
        for at, wave in enumerate(waves):
            own = slice(2 * p * at, 2 * p * (at + 1))
            scores[wave, own] = _scores(X[wave], y[wave], design.weight[wave], theta[own])
        cov = design.cov_of_totals(scores @ slope)
    return decomposition(
        "Oaxaca-Blinder",
        item,
        labels,
        estimate,
        cov,
        float(design.domains(None, used).df[0]),
        unit="share" if share else design.unit(item),
        conf_level=conf_level,
        n=float(used.sum()),
        sources=design.sources,
        notes=(
            f"base: those who have an answer and {', '.join(variables)}",
            f"change of characteristics valued by the coefficients: {reference}",
        ),
        keys={"item": item, f"{on}_from": pair[0], f"{on}_to": pair[1]},
    )


def _check(X: np.ndarray, waves: list[np.ndarray], pair: tuple[Any, Any], names: Sequence[str]) -> None:
    for wave, inside in zip(pair, waves, strict=True):
        rank = np.linalg.matrix_rank(X[inside]) if inside.any() else 0
        if rank < X.shape[1]:
            raise EstimateError(
                f"in {wave} {rank} of {X.shape[1]} columns ({', '.join(names)}) are independent, so the "
                "coefficients are not determined. Join rare categories, or leave a variable out."
            )


@one_thread
def _moments(X: np.ndarray, y: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Means of the columns and coefficients of a wave, shape (2 p,)."""
    weighted = X * weight[:, None]
    beta = np.linalg.solve(weighted.T @ X, weighted.T @ y)
    return np.concatenate([weighted.sum(axis=0) / weight.sum(), beta])


@one_thread
def _scores(X: np.ndarray, y: np.ndarray, weight: np.ndarray, theta: np.ndarray) -> np.ndarray:
    """Linearised values of the means and coefficients of a wave, shape (n, 2 p)."""
    p = X.shape[1]
    means = (X - theta[:p]) * (weight / weight.sum())[:, None]
    residual = (y - X @ theta[p:]) * weight
    bread = np.linalg.inv((X * weight[:, None]).T @ X)
    return np.hstack([means, (X * residual[:, None]) @ bread])


def _parts(variables: list[str], owners: list[str], reference: str) -> tuple[list[tuple[str, str]], Any]:
    """Names of the parts, and the function of both waves' means and coefficients that gives them."""
    member = np.array([[0.0] + [float(owner == name) for owner in owners] for name in variables])
    labels = [("total", ""), ("explained", ""), ("unexplained", "")]
    labels += [("interaction", "")] if reference == "threefold" else []
    labels += [("explained", name) for name in variables]

    def weights(theta: np.ndarray) -> np.ndarray:
        mean0, beta0, mean1, beta1 = np.split(theta, 4)
        moved, turned = mean1 - mean0, beta1 - beta0
        valued = {"average": (beta0 + beta1) / 2, "later": beta1}.get(reference, beta0)
        held = {"average": (mean0 + mean1) / 2, "earlier": mean1}.get(reference, mean0)
        explained, unexplained = moved * valued, held @ turned
        parts = [explained.sum(), unexplained]
        parts += [moved @ turned] if reference == "threefold" else []
        return np.array([sum(parts), *parts, *(member @ explained)])

    return labels, weights
