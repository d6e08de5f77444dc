"""How well a model fits and how much it takes to fit: pseudo R squared, design-based AIC and BIC.

References
----------
Lumley (2017), Survey Methodology 43, 123-136 (pseudo R squared); Lumley and Scott (2015), Journal of Survey
Statistics and Methodology 3, 1-18 (design-based AIC and BIC).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd

from egovstats.console import as_html, as_text
from egovstats.errors import EstimateError
from egovstats.models.glm_fit import GlmFit
from egovstats.models.sandwich import covariance_of_scores
from egovstats.one_thread import one_thread


@dataclass(frozen=True, slots=True)
class PseudoR2:
    """Shares of the outcome's information that a model explains, from 0 to 1.

    Parameters
    ----------
    cox_snell, nagelkerke, mcfadden : float
    """

    cox_snell: float
    nagelkerke: float
    mcfadden: float

    __repr__ = as_text
    _repr_html_ = as_html

    def to_frame(self) -> pd.DataFrame:
        """One row a measure."""
        values = asdict(self)
        return pd.DataFrame({"statistic": list(values), "estimate": list(values.values())})


def pseudo_r2(fit: GlmFit) -> PseudoR2:
    """Pseudo R squared of a model of shares or counts, estimated for the population.

    Raises
    ------
    EstimateError
        A family without a likelihood of its own: use the explained variance instead.
    """
    if fit.family.name not in ("binomial", "poisson"):
        raise EstimateError(
            f"a pseudo R squared needs a binomial or poisson model, got {fit.family.name}. For gaussian "
            "models compare dispersion with that of the model with an intercept alone."
        )
    people = float(fit.weight.sum())
    none, own = (each * fit.domain_weight / people for each in (fit.null_deviance, fit.deviance))
    explained = -np.expm1(own - none)
    return PseudoR2(float(explained), float(explained / -np.expm1(-none)), float(1 - own / none))


@dataclass(frozen=True, slots=True)
class Criteria:
    """Design-based information criteria; smaller is better, among models of the same respondents.

    Parameters
    ----------
    aic : float
        Deviance plus twice the effective parameters.
    effective_parameters : float
        Sum of the eigenvalues of the design-based over the working covariance: each coefficient counts as
        many times as its design effect. The intercept is not counted.
    deff : float
        Their mean: the generalised design effect.
    bic : float
        NaN unless a maximal model was given.
    n_effective : float
        Sample size that the penalty of `bic` amounts to; NaN likewise.
    """

    aic: float
    effective_parameters: float
    deff: float
    bic: float = float("nan")
    n_effective: float = float("nan")

    __repr__ = as_text
    _repr_html_ = as_html

    def to_frame(self) -> pd.DataFrame:
        """One row a number."""
        values = asdict(self)
        return pd.DataFrame({"statistic": list(values), "estimate": list(values.values())})


def information_criteria(fit: GlmFit, *, maximal: GlmFit | None = None) -> Criteria:
    """Design-based AIC, and BIC against a maximal model.

    Parameters
    ----------
    fit : GlmFit
    maximal : GlmFit, optional
        The largest model under consideration, which holds all columns of `fit`; needed for BIC.

    Raises
    ------
    EstimateError
        A maximal model that lacks columns of `fit`, or was fitted to other respondents.
    """
    gaussian = fit.family.name == "gaussian" and fit.family.link.name == "identity"
    at = np.array([place for place in fit.kept if fit.names[place] != "Intercept"], dtype=np.int64)
    deltas = _deltas(fit, at)
    n = float(fit.weight.sum() / fit.domain_weight)
    deviance = fit.deviance
    if gaussian:
        variance = deviance / n
        deltas = np.append(deltas / variance, _variance_delta(fit, variance))
        deviance = n * (np.log(2 * np.pi * variance) + 1)
    parameters = float(deltas.sum())
    aic = deviance + 2 * parameters
    deff = float(deltas.mean()) if len(deltas) else float("nan")
    if maximal is None:
        return Criteria(aic, parameters, deff)
    return Criteria(aic, parameters, deff, *_bic(fit, maximal))


def _deltas(fit: GlmFit, at: np.ndarray) -> np.ndarray:
    """Eigenvalues of the design-based over the working covariance, weights of mean 1 over the domain."""
    if not len(at):
        return np.zeros(0)
    naive = fit.bread[np.ix_(place := np.searchsorted(fit.kept, at), place)] * fit.domain_weight
    return np.linalg.eigvals(np.linalg.solve(naive, fit.cov[np.ix_(at, at)])).real


@one_thread
def _variance_delta(fit: GlmFit, variance: float) -> float:
    """The same for the residual variance of a gaussian model."""
    residual = fit.problem.y - fit.fitted
    score = fit.weight * (residual**2 / variance - 1) / (2 * variance)

    def scores() -> Iterator[tuple[slice, np.ndarray]]:
        yield slice(0, fit.n), score[None, :]

    spread = covariance_of_scores(fit.design, scores(), fit.rows, 1)[0, 0]
    information = fit.weight.sum() / (2 * variance**2)
    return float(spread / information / fit.domain_weight)


def _bic(fit: GlmFit, maximal: GlmFit) -> tuple[float, float]:
    """BIC, and the sample size of its penalty."""
    own = [fit.names[at] for at in fit.kept]
    largest = [maximal.names[at] for at in maximal.kept]
    lost = [name for name in own if name not in largest]
    if lost or maximal.n != fit.n:
        raise EstimateError(
            f"the maximal model must hold every column of the model and the same {fit.n} respondents; it has "
            f"{maximal.n} and lacks {', '.join(lost) or 'none'}. Fit it to the same domain."
        )
    more = np.array([at for at in maximal.kept if maximal.names[at] not in own], dtype=np.int64)
    p, n = len(own), fit.n
    if not len(more):
        return maximal.deviance + p * np.log(n), float("nan")
    beta, cov = maximal.estimate[more], maximal.cov[np.ix_(more, more)]
    wald = float(beta @ np.linalg.solve(cov, beta))
    log_deff = float(np.log(_deltas(maximal, more)).sum())
    n_effective = n / np.exp(log_deff / len(more))
    return wald + p * np.log(n) + log_deff + maximal.deviance, float(n_effective)
