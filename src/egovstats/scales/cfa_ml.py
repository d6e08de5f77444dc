"""Maximum likelihood of a confirmatory model, weighted or not, in one or several groups.

References
----------
Joereskog (1969), Psychometrika 34, 183-202; Bollen (1989), Structural Equations with Latent Variables,
ch. 4 and 8 (function, expected information); Squire and Trapp (1998), SIAM Review 40, 110-112 (second
derivatives by a complex step in the gradient).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from egovstats.errors import EstimateError
from egovstats.scales.cfa_layout import Layout

_STEP = 1e-20
_STEPS = 500
_SMALL = 1e-9  # gradient of half the discrepancy, a respondent, at which a fit has converged


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """Sample moments of G groups of p items.

    Parameters
    ----------
    n : np.ndarray, shape (G,)
        Respondents; with weights, these are scaled to add up to them.
    mean : np.ndarray, shape (G, p)
    cov : np.ndarray, shape (G, p, p)
        Sums of products over sums of weights (no n - 1).
    """

    n: np.ndarray
    mean: np.ndarray
    cov: np.ndarray


def discrepancy(layout: Layout, theta: np.ndarray, moments: Moments) -> float:
    """n times the likelihood-ratio function against the saturated model; infinite where Sigma cannot be."""
    sigma, mu = layout.implied(theta)
    total = 0.0
    for g, n in enumerate(moments.n):
        try:
            root = np.linalg.cholesky(sigma[g])
        except np.linalg.LinAlgError:
            return np.inf
        gap = moments.mean[g] - mu[g] if layout.means else np.zeros(len(mu[g]))
        inverse = np.linalg.inv(sigma[g])
        spread = moments.cov[g] + np.outer(gap, gap)
        log = 2 * np.log(np.diag(root)).sum() - np.linalg.slogdet(moments.cov[g])[1]
        total += float(n) * float(log + np.sum(inverse * spread) - len(gap))
    return total


def gradient(layout: Layout, theta: np.ndarray, moments: Moments) -> np.ndarray:
    """Derivatives of half the discrepancy, shape (q,); analytic in `theta`."""
    sigma, mu = layout.implied(theta)
    out = np.zeros(layout.size, theta.dtype)
    for g, n in enumerate(moments.n):
        of_sigma, of_mu = layout.slopes(theta, g)
        inverse = np.linalg.inv(sigma[g])
        gap = moments.mean[g] - mu[g] if layout.means else np.zeros(len(mu[g]), theta.dtype)
        left = inverse @ (sigma[g] - moments.cov[g] - np.outer(gap, gap)) @ inverse
        out += n * (np.einsum("ij,aij->a", left, of_sigma) / 2 - of_mu @ inverse @ gap)
    return out


def expected_information(layout: Layout, theta: np.ndarray, moments: Moments) -> np.ndarray:
    """Expected second derivatives of half the discrepancy, shape (q, q)."""
    sigma, _ = layout.implied(theta)
    out = np.zeros((layout.size, layout.size))
    for g, n in enumerate(moments.n):
        of_sigma, of_mu = layout.slopes(theta, g)
        inverse = np.linalg.inv(sigma[g])
        turned = inverse @ of_sigma
        out += n * np.einsum("aij,bji->ab", turned, turned) / 2
        if layout.means:
            out += n * of_mu @ inverse @ of_mu.T
    return out


def observed_information(layout: Layout, theta: np.ndarray, moments: Moments) -> np.ndarray:
    """Second derivatives of half the discrepancy, shape (q, q)."""
    out = np.empty((layout.size, layout.size))
    for at in range(layout.size):
        step = theta.astype(complex)
        step[at] += 1j * _STEP
        out[at] = gradient(layout, step, moments).imag / _STEP
    return (out + out.T) / 2


def start(layout: Layout, moments: Moments) -> np.ndarray:
    """A point to start from: half of each item's variance is its factor's, signs as the marker has them."""
    theta = np.zeros(layout.size)
    items = layout.measures.items
    marker = {name: each[0] for name, each in layout.measures.factors.items()}
    for at, (kind, left, right, group) in enumerate(layout.names):
        g = max(group, 0)
        S = moments.cov[g]
        if kind == "loading":
            i, first = items.index(right), items.index(marker[left])
            by_marker = not any(
                name[0] == "loading" and name[2] == marker[left] and name[1] == left for name in layout.names
            )
            size = np.sqrt(S[i, i] / S[first, first]) if by_marker else np.sqrt(S[i, i] / 2)
            theta[at] = size * (1.0 if S[i, first] >= 0 else -1.0)
        elif kind == "factor" and left == right:
            i = items.index(marker[left])
            theta[at] = S[i, i] / 2 if (layout.fixed["loading"][0, i] == 1).any() else 1.0
        elif kind == "residual" and left == right:
            i = items.index(left)
            theta[at] = S[i, i] / 2
        elif kind == "intercept":
            theta[at] = moments.mean[g][items.index(left)]
    return theta


def fit(layout: Layout, moments: Moments) -> np.ndarray:
    """Parameters of the highest likelihood, shape (q,), by Fisher scoring with halved steps.

    Raises
    ------
    EstimateError
        The model is not identified, or no maximum was found.
    """
    theta = start(layout, moments)
    value = discrepancy(layout, theta, moments)
    scale = moments.n.sum()
    damping = 0.0
    for _ in range(_STEPS):
        slope = gradient(layout, theta, moments)
        if np.abs(slope).max() < _SMALL * scale:
            _identified(layout, theta, moments)
            return theta
        information = expected_information(layout, theta, moments)
        ridge = damping * np.diag(np.diag(information))
        try:
            move = np.linalg.solve(information + ridge, slope)
        except np.linalg.LinAlgError as error:
            raise EstimateError(_UNKNOWN) from error
        for halved in range(30):
            tried = theta - move / 2**halved
            better = discrepancy(layout, tried, moments)
            if better < value:
                break
        else:
            # Rounding stops the descent just short of the gradient's limit, or the step was a bad one.
            if np.abs(slope).max() < 1e3 * _SMALL * scale:
                _identified(layout, theta, moments)
                return theta
            damping = max(10 * damping, 1e-3)
            if damping > 1e6:
                break
            continue
        damping = damping / 10 if damping > 1e-6 else 0.0
        theta, value = tried, better
    raise EstimateError(
        "no maximum of the likelihood was found: the model does not suit these items. Check for a factor "
        "whose items hardly correlate, items that repeat one another, or too few respondents."
    )


_UNKNOWN = (
    "the model is not identified: its numbers cannot all be told from the items' covariances. A factor alone "
    "needs three items, and pairs of residuals must leave enough covariances."
)


def _identified(layout: Layout, theta: np.ndarray, moments: Moments) -> None:
    information = expected_information(layout, theta, moments)
    root = np.sqrt(np.maximum(np.diag(information), 1e-300))
    if layout.size > layout.moments or np.linalg.eigvalsh(information / np.outer(root, root))[0] < 1e-10:
        raise EstimateError(_UNKNOWN)
