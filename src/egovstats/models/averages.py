"""Averages over the sample of what a model predicts under changed values of its columns.

Average marginal effects, predictive margins and marginal means are all of this form. Their error has two
parts: that of the coefficients, and that of the sample that is averaged over.

References
----------
Graubard and Korn (1999), Biometrics 55, 652-659 (predictive margins with survey data); Korn and Graubard
(1999), Analysis of Health Surveys, section 3.7.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from egovstats.design import Domains, ReplicateDesign
from egovstats.errors import EstimateError, nearest
from egovstats.models.columns import Columns
from egovstats.models.fit import Fit
from egovstats.models.response import Response
from egovstats.models.sandwich import covariance_of_scores
from egovstats.one_thread import one_thread
from egovstats.results import Covariance

VARIANCES = ("joint", "separate")


@dataclass(frozen=True, slots=True, eq=False)
class Scenario:
    """A linear combination of predictions: `weights[j]` times the prediction from `columns[j]`."""

    weights: tuple[float, ...]
    columns: tuple[Columns, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Averages:
    """Averages of S scenarios with K answers each in G domains.

    Parameters
    ----------
    estimate : np.ndarray, shape (G * S * K,)
        Domain by domain, scenarios within, answers within these.
    covariance : Covariance
    n, population : np.ndarray, shape (G,)
    """

    estimate: np.ndarray
    covariance: Covariance
    n: np.ndarray
    population: np.ndarray


@one_thread
def average(
    fit: Fit, response: Response, scenarios: Sequence[Scenario], domains: Domains, *, variance: str
) -> Averages:
    """Average predictions over the respondents of each domain.

    Parameters
    ----------
    fit : Fit
    response : Response
        What the model predicts from columns and coefficients.
    scenarios : sequence of Scenario
    domains : Domains
        Of respondents used in the fit.
    variance : str
        ``"joint"``: linearised as a whole (or replicated); ``"separate"``: the sum of the variance given the
        sample and the variance given the coefficients, their covariance left out.
    """
    if variance not in VARIANCES:
        raise EstimateError(f"variance cannot be {variance!r}. {nearest(variance, VARIANCES)}")
    code = _codes_of_used(fit, domains)
    theta = fit.estimate[fit.kept]
    values = [_values(fit, response, scenario, theta) for scenario in scenarios]
    people = _sum_by(code, fit.weight, len(domains))
    estimate = _means(code, fit.weight, values, people)
    design = fit.design
    if isinstance(design, ReplicateDesign):
        covariance = _replicated(fit, design, response, scenarios, values, code, estimate, variance)
    else:
        jacobian = _jacobian(fit, response, scenarios, code, people, theta)
        covariance = _linearised(fit, values, code, estimate, people, jacobian, variance)
    return Averages(estimate.ravel(), Covariance.of(covariance), domains.n, people)


def _codes_of_used(fit: Fit, domains: Domains) -> np.ndarray:
    """Domain of each respondent used, shape (n,)."""
    if domains.code is None:
        return np.zeros(fit.n, np.int32)
    return domains.code if fit.rows is None else domains.code[fit.rows]


def _sum_by(code: np.ndarray, values: np.ndarray, groups: int) -> np.ndarray:
    inside = code >= 0
    return np.bincount(code[inside], weights=values[inside], minlength=groups)


def _values(fit: Fit, response: Response, scenario: Scenario, theta: np.ndarray) -> np.ndarray:
    """What a scenario predicts for each respondent used, shape (K, n)."""
    found = np.zeros((response.outcomes, fit.n))
    for factor, columns in zip(scenario.weights, scenario.columns, strict=True):
        for part, block in columns.blocks(fit.rows, len(fit.design)):
            found[:, part] += factor * response.values(block, part, theta)
    return found


def _means(
    code: np.ndarray, weight: np.ndarray, values: Sequence[np.ndarray], people: np.ndarray
) -> np.ndarray:
    """Weighted means, shape (G, S, K)."""
    sums = np.array([[_sum_by(code, weight * row, len(people)) for row in each] for each in values])
    return sums.transpose(2, 0, 1) / people[:, None, None]


def _jacobian(
    fit: Fit,
    response: Response,
    scenarios: Sequence[Scenario],
    code: np.ndarray,
    people: np.ndarray,
    theta: np.ndarray,
) -> np.ndarray:
    """Derivatives of the averages by the coefficients, shape (G, S, K, q)."""
    found = np.zeros((len(people), len(scenarios), response.outcomes, len(theta)))
    weight = fit.weight
    for at, scenario in enumerate(scenarios):
        for factor, columns in zip(scenario.weights, scenario.columns, strict=True):
            for part, block in columns.blocks(fit.rows, len(fit.design)):
                for group in np.unique(code[part][code[part] >= 0]):
                    own = np.where(code[part] == group, weight[part], 0.0)
                    found[group, at] += factor * response.gradient(block, part, theta, own)
    return found / people[:, None, None, None]


def _linearised(
    fit: Fit,
    values: Sequence[np.ndarray],
    code: np.ndarray,
    estimate: np.ndarray,
    people: np.ndarray,
    jacobian: np.ndarray,
    variance: str,
) -> np.ndarray:
    flat = jacobian.reshape(-1, jacobian.shape[-1])
    stacked = np.concatenate(values)  # (S * K, n)
    weight, groups = fit.weight, len(people)
    centre = estimate.reshape(groups, -1)
    joint = variance == "joint"
    influence = flat @ fit.bread if joint else flat

    def scores() -> Iterator[tuple[slice, np.ndarray]]:
        for part, block in fit.score_blocks():
            own = np.zeros((groups, len(stacked), part.stop - part.start))
            for group in np.unique(code[part][code[part] >= 0]):
                inside = np.where(code[part] == group, weight[part] / people[group], 0.0)
                own[group] = (stacked[:, part] - centre[group][:, None]) * inside
            made = own.reshape(len(flat), -1)
            yield part, made + influence @ block if joint else made

    cov = covariance_of_scores(fit.design, scores(), fit.rows, len(flat))
    kept = fit.kept
    return cov if joint else cov + flat @ fit.cov[np.ix_(kept, kept)] @ flat.T


def _replicated(
    fit: Fit,
    design: ReplicateDesign,
    response: Response,
    scenarios: Sequence[Scenario],
    values: Sequence[np.ndarray],
    code: np.ndarray,
    estimate: np.ndarray,
    variance: str,
) -> np.ndarray:
    """Covariance from the averages under each replicate's weights and coefficients."""
    assert fit.replicates is not None
    groups = estimate.shape[0]
    joint, sample, model = [], [], []
    for theta, weight in zip(fit.replicates.values, design.replicate_weights(), strict=True):
        own = weight if fit.rows is None else weight[fit.rows]
        people = _sum_by(code, own, groups)
        again = [_values(fit, response, scenario, theta) for scenario in scenarios]
        if variance == "joint":
            joint.append(_means(code, own, again, people).ravel())
        else:
            whole = _sum_by(code, fit.weight, groups)
            sample.append(_means(code, own, values, people).ravel())
            model.append(_means(code, fit.weight, again, whole).ravel())
    parts = [joint] if variance == "joint" else [sample, model]
    return sum(
        (design.scheme.covariance(np.stack(part), estimate.ravel()).matrix for part in parts),
        start=np.zeros((estimate.size, estimate.size)),
    )
