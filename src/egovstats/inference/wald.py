"""Wald tests of several estimates or of model terms at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from egovstats.errors import EstimateError, nearest
from egovstats.models import Fit
from egovstats.results import Estimates, HypothesisTest


def f_tail(statistic: float, df: float, ddf: float) -> float:
    """Upper tail of F; of chi-square over its df where `ddf` is infinite."""
    from scipy import special

    if np.isinf(ddf):
        return float(special.chdtrc(df, statistic * df))
    return float(special.fdtrc(df, ddf, statistic))


def wald_test(
    result: Estimates | Fit,
    terms: str | Sequence[str] | None = None,
    *,
    values: Sequence[float] | None = None,
) -> HypothesisTest:
    """Test that several numbers have given values together.

    Parameters
    ----------
    result : Estimates or Fit
        Contrasts or a fitted model.
    terms : str or sequence of str, optional
        Terms of the formula, or coefficients, of a model; all estimates otherwise.
    values : sequence of float, optional
        Values under the null hypothesis; 0 where left out.

    Returns
    -------
    HypothesisTest
        F with the number of independent restrictions and the design's (a model's residual) degrees of
        freedom.

    Raises
    ------
    EstimateError
        A term that is not in the model, estimates without variance.

    References
    ----------
    Korn and Graubard (1990), American Statistician 44, 270-276.
    """
    if isinstance(result, Fit):
        where, label = _columns(result, terms)
        estimate, cov = result.estimate[where], result.cov[np.ix_(where, where)]
        known = ~np.isnan(estimate)
        estimate, cov, ddf = estimate[known], cov[np.ix_(known, known)], result.df_residual
        n = float(result.n)
    else:
        estimate, cov, label = result.estimate, result.cov, "the contrasts"
        ddf, n = float(np.max(result.df)), float(np.max(result.n))
    gap = estimate - (0.0 if values is None else np.asarray(values, dtype=float))
    rank = int(np.linalg.matrix_rank(cov, hermitian=True)) if np.isfinite(cov).all() and len(cov) else 0
    if rank == 0 or ddf <= 0:
        raise EstimateError(
            f"{label} cannot be tested: {rank} independent estimates, {ddf:g} degrees of freedom. "
            "More PSUs or fewer terms are needed."
        )
    statistic = float(gap @ np.linalg.pinv(cov, hermitian=True) @ gap) / rank
    return HypothesisTest(
        test="Wald test",
        null=f"All coefficients of {label} are 0." if values is None else f"{label} have the given values.",
        statistic=statistic,
        distribution="F",
        df=(float(rank), ddf),
        p_value=f_tail(statistic, rank, ddf),
        n=n,
        sources=result.sources,
        notes=result.notes,
    )


def _columns(fit: Fit, terms: str | Sequence[str] | None) -> tuple[np.ndarray, str]:
    """Columns of the model matrix that belong to the named terms, and how to name them."""
    if terms is None:
        chosen = [at for at, name in enumerate(fit.names) if name != "Intercept"]
        return np.array(chosen, dtype=np.int64), "the model"
    named = [terms] if isinstance(terms, str) else list(terms)
    chosen = []
    for name in named:
        if name in fit.terms:
            chosen += list(fit.terms[name])
        elif name in fit.names:
            chosen.append(fit.names.index(name))
        else:
            raise EstimateError(f"the model has no term {name!r}. {nearest(name, [*fit.terms, *fit.names])}")
    return np.array(chosen, dtype=np.int64), " and ".join(named)
