"""Contributions of respondents to a confirmatory fit, and the covariances that follow from them.

References
----------
Satorra and Bentler (1994), in von Eye and Clogg, Latent Variables Analysis, 399-419 (the test under any
covariance of the moments); Muthen and Satorra (1995), Sociological Methodology 25, 267-316 (complex samples);
Yuan and Bentler (2000), Sociological Methodology 30, 165-200; Rao and Scott (1984), Annals of Statistics 12,
46-60 (a weighted sum of chi-squares by its mean and variance).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from egovstats.one_thread import one_thread
from egovstats.scales.cfa_layout import Layout
from egovstats.scales.cfa_ml import Moments


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """Answers of those who count.

    Parameters
    ----------
    x : np.ndarray, shape (n_all, p)
        0 where a respondent does not count.
    weight : np.ndarray, shape (n_all,)
        0 where a respondent does not count; adds up to n in all.
    group : np.ndarray of int, shape (n_all,)
        -1 where a respondent does not count.
    """

    x: np.ndarray
    weight: np.ndarray
    group: np.ndarray

    @one_thread
    def moments(self, groups: int) -> Moments:
        """Weighted moments by group."""
        n, mean, cov = [], [], []
        for g in range(groups):
            inside = self.group == g
            w, x = self.weight[inside], self.x[inside]
            centre = w @ x / w.sum()
            left = x - centre
            n.append(w.sum())
            mean.append(centre)
            cov.append((left * w[:, None]).T @ left / w.sum())
        return Moments(np.array(n), np.array(mean), np.array(cov))


def moment_deviations(sample: Sample, moments: Moments, *, means: bool) -> np.ndarray:
    """Weighted deviations of each respondent from the sample moments, shape (n_all, all moments).

    Group by group: means (where modelled), then the lower triangle of products, row by row. Their totals,
    over n of the group, have the covariance of the sample moments.
    """
    p = sample.x.shape[1]
    rows, columns = np.tril_indices(p)
    parts = []
    for g in range(len(moments.n)):
        inside = (sample.group == g).astype(float) * sample.weight
        left = (sample.x - moments.mean[g]) * (inside > 0)[:, None]
        square = left[:, rows] * left[:, columns] - moments.cov[g][rows, columns] * (inside > 0)[:, None]
        both = np.column_stack([left, square]) if means else square
        parts.append(inside[:, None] * both)
    return np.column_stack(parts)


@one_thread
def scores(layout: Layout, theta: np.ndarray, sample: Sample, moments: Moments) -> np.ndarray:
    """Weighted derivatives of each respondent's log-likelihood, shape (n_all, q)."""
    sigma, mu = layout.implied(theta)
    out = np.zeros((len(sample.x), layout.size))
    for g in range(layout.groups):
        inside = np.flatnonzero(sample.group == g)
        centre = mu[g] if layout.means else moments.mean[g]
        of_sigma, of_mu = layout.slopes(theta, g)
        inverse = np.linalg.inv(sigma[g])
        turned = (sample.x[inside] - centre) @ inverse
        flat = of_sigma.reshape(layout.size, -1)
        products = (turned[:, :, None] * turned[:, None, :] - inverse).reshape(len(inside), -1)
        each = products @ flat.T / 2 + (turned @ of_mu.T if layout.means else 0.0)
        out[inside] = sample.weight[inside][:, None] * each
    return out


def weight_matrix(sigma: np.ndarray, *, means: bool) -> np.ndarray:
    """Expected information of one respondent about means and the lower triangle of covariances."""
    p = len(sigma)
    inverse = np.linalg.inv(sigma)
    rows, columns = np.tril_indices(p)
    full = np.kron(inverse, inverse) / 2
    into = np.zeros((p * p, len(rows)))
    at = np.arange(len(rows))
    into[rows * p + columns, at] = 1.0
    into[columns * p + rows, at] = 1.0
    spread = into.T @ full @ into
    if not means:
        return np.asarray(spread)
    out = np.zeros((p + len(rows), p + len(rows)))
    out[:p, :p], out[p:, p:] = inverse, spread
    return out


def _blocks(layout: Layout, theta: np.ndarray, moments: Moments) -> tuple[np.ndarray, np.ndarray]:
    """Weight matrix of all moments times n, and derivatives of the moments (moments, q)."""
    sigma, _ = layout.implied(theta)
    rows, columns = np.tril_indices(sigma.shape[1])
    each = [weight_matrix(one, means=layout.means) for one in sigma]
    size = sum(len(one) for one in each)
    V, place, slopes = np.zeros((size, size)), 0, []
    for g, one in enumerate(each):
        V[place : place + len(one), place : place + len(one)] = moments.n[g] * one
        place += len(one)
        of_sigma, of_mu = layout.slopes(theta, g)
        lower = of_sigma[:, rows, columns]
        slopes.append((np.column_stack([of_mu, lower]) if layout.means else lower).T)
    return V, np.concatenate(slopes)


def residual_weights(layout: Layout, theta: np.ndarray, moments: Moments) -> np.ndarray:
    """The matrix U of the test: chi-square is about d' U d of the moments' deviations d from the model."""
    V, slopes = _blocks(layout, theta, moments)
    turned = V @ slopes
    return np.asarray(V - turned @ np.linalg.solve(slopes.T @ turned, turned.T))


def scaling(U: np.ndarray, gamma: np.ndarray) -> tuple[float, float]:
    """Mean of d' U d under covariance `gamma` of d, and its degrees of freedom by Satterthwaite."""
    product = U @ gamma
    mean, square = float(np.trace(product)), float(np.trace(product @ product))
    return mean, mean**2 / square if square > 0 else float("nan")


@one_thread
def saturated_trace(sample: Sample, moments: Moments, *, means: bool) -> float:
    """Trace of the saturated model's information times the covariance of its moments, over the groups."""
    deviations = moment_deviations(sample, moments, means=means)
    total, place = 0.0, 0
    for n, cov in zip(moments.n, moments.cov, strict=True):
        one = weight_matrix(cov, means=means)
        part = deviations[:, place : place + len(one)]
        total += float(np.trace(one @ (part.T @ part) / n))
        place += len(one)
    return total


@one_thread
def yuan_bentler(
    layout: Layout, theta: np.ndarray, sample: Sample, moments: Moments, observed: np.ndarray
) -> float:
    """Mean of the chi-square by the traces of the saturated and of the fitted model."""
    meat = scores(layout, theta, sample, moments)
    fitted = float(np.trace(np.linalg.solve(observed, meat.T @ meat)))
    return saturated_trace(sample, moments, means=layout.means) - fitted


def independence_trace(sample: Sample, moments: Moments) -> float:
    """The fitted model's trace where items are uncorrelated: half the excess of each item's fourth moment."""
    total = 0.0
    for g, n in enumerate(moments.n):
        z = (sample.x - moments.mean[g]) / np.sqrt(np.diag(moments.cov[g]))
        inside = sample.weight * (sample.group == g)
        total += float(((inside[:, None] * (z**2 - 1)) ** 2).sum()) / (2 * float(n))
    return total
