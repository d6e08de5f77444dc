"""Standard errors of a confirmatory fit, and what its chi-square is referred to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from egovstats.design.design import Design
from egovstats.one_thread import one_thread
from egovstats.scales.cfa_layout import Layout
from egovstats.scales.cfa_ml import Moments, expected_information, observed_information
from egovstats.scales.cfa_scores import (
    Sample,
    independence_trace,
    moment_deviations,
    residual_weights,
    saturated_trace,
    scaling,
    scores,
    yuan_bentler,
)


@dataclass(frozen=True, slots=True, eq=False)
class ChiSquareLaw:
    """The chi-square's distribution if the model holds: `mean` times an F with `spread` degrees of freedom.

    Parameters
    ----------
    mean, spread : float
        Both the model's degrees of freedom for normal answers of a simple random sample.
    residual : np.ndarray or None
        The chi-square is about d' `residual` d of the moments' deviations d (with a design only).
    gamma : np.ndarray or None
        Covariance of the moments under the design.
    """

    mean: float
    spread: float
    residual: np.ndarray | None = None
    gamma: np.ndarray | None = None


@one_thread
def covariance(
    design: Design, layout: Layout, theta: np.ndarray, sample: Sample, moments: Moments, errors: str
) -> np.ndarray:
    """Covariance of the parameters, shape (q, q)."""
    if errors == "model":
        return np.linalg.inv(expected_information(layout, theta, moments))
    bread = np.linalg.inv(observed_information(layout, theta, moments))
    each = scores(layout, theta, sample, moments)
    meat = each.T @ each if errors == "robust" else design.cov_of_totals(each)
    return np.asarray(bread @ meat @ bread)


@one_thread
def chi_square_law(
    design: Design,
    layout: Layout,
    theta: np.ndarray,
    sample: Sample,
    moments: Moments,
    errors: str,
    df: int,
) -> ChiSquareLaw:
    """What the chi-square on `df` degrees of freedom is referred to."""
    if errors == "model" or df == 0:
        return ChiSquareLaw(float(df), float(df))
    if errors == "robust":
        observed = observed_information(layout, theta, moments)
        return ChiSquareLaw(yuan_bentler(layout, theta, sample, moments, observed), float(df))
    each = moment_deviations(sample, moments, means=layout.means)
    size = each.shape[1] // layout.groups
    gamma = design.cov_of_totals(each / np.repeat(moments.n, size))
    residual = residual_weights(layout, theta, moments)
    return ChiSquareLaw(*scaling(residual, gamma), residual, gamma)


@one_thread
def baseline(
    design: Design, layout: Layout, sample: Sample, moments: Moments, errors: str
) -> tuple[float, int, float]:
    """Chi-square of uncorrelated items, its degrees of freedom and its mean if they were uncorrelated."""
    p = len(layout.measures.items)
    pairs = p * (p - 1) // 2
    total, df = 0.0, layout.groups * pairs
    for n, cov in zip(moments.n, moments.cov, strict=True):
        total += float(n) * float(np.log(np.diag(cov)).sum() - np.linalg.slogdet(cov)[1])
    if errors == "model":
        return total, df, float(df)
    if errors == "robust":
        return total, df, saturated_trace(sample, moments, means=False) - independence_trace(sample, moments)
    # Under independence the weights of the moments are diagonal, and the test is a sum over pairs.
    rows, columns = np.tril_indices(p, -1)
    each = []
    for g, n in enumerate(moments.n):
        z = (sample.x - moments.mean[g]) / np.sqrt(np.diag(moments.cov[g]))
        pair = z[:, rows] * z[:, columns]
        inside = sample.weight * (sample.group == g)
        each.append(inside[:, None] * (pair - inside @ pair / n) / np.sqrt(n))
    return total, df, float(np.trace(design.cov_of_totals(np.column_stack(each))))
