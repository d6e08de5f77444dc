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
    df: float | None = None,
) -> HypothesisTest:
    """Test that several numbers have given values together.

    Parameters
    ----------
    result : Estimates or Fit
        Contrasts or a fitted model.
    terms : str or sequence of str, optional
        Terms of the formula, or coefficients, of a model; all but the intercept otherwise.
    values : sequence of float, optional
        Values under the null hypothesis; 0 where left out.
    df : float, optional
        Degrees of freedom of the denominator: those of the design (a model's residual ones) where left out,
        infinity for the chi-square test.

    Returns
    -------
    HypothesisTest
        F with the number of independent restrictions and the degrees of freedom of the denominator; the
        chi-square statistic where these are infinite.

    Raises
    ------
    EstimateError
        A term that is not in the model or has no estimate, estimates without variance.

    References
    ----------
    Korn and Graubard (1990), American Statistician 44, 270-276.
    """
    if isinstance(result, Fit):
        where, label = columns_of(result, terms)
        estimate, cov = result.estimate[where], result.cov[np.ix_(where, where)]
        ddf, n = result.df_residual, float(result.n)
    else:
        estimate, cov, label = result.estimate, result.cov, "the contrasts"
        ddf, n = float(np.max(result.df)), float(np.max(result.n))
    gap = estimate - (0.0 if values is None else _values(values, len(estimate), label))
    null = f"All coefficients of {label} are 0." if values is None else f"{label} have the given values."
    return wald_of(gap, cov, ddf if df is None else float(df), label, result, null=null, n=n)


def wald_of(
    gap: np.ndarray,
    cov: np.ndarray,
    ddf: float,
    label: str,
    result: Estimates | Fit,
    *,
    null: str | None = None,
    n: float | None = None,
) -> HypothesisTest:
    """Wald test that `gap`, shape (k,), with covariance `cov`, is 0."""
    rank = int(np.linalg.matrix_rank(cov, hermitian=True)) if np.isfinite(cov).all() and len(cov) else 0
    if rank == 0 or not ddf > 0:
        raise EstimateError(
            f"{label} cannot be tested: {rank} independent estimates, {ddf:g} degrees of freedom. "
            "More PSUs or fewer terms are needed."
        )
    statistic = float(gap @ np.linalg.pinv(cov, hermitian=True) @ gap) / rank
    exact = np.isinf(ddf)
    return HypothesisTest(
        test="Wald test",
        null=null or f"All coefficients of {label} are 0.",
        statistic=statistic * rank if exact else statistic,
        distribution="chi2" if exact else "F",
        df=(float(rank),) if exact else (float(rank), ddf),
        p_value=f_tail(statistic, rank, ddf),
        n=float(np.max(result.n)) if n is None else n,
        sources=result.sources,
        notes=result.notes,
    )


def _values(values: Sequence[float], count: int, label: str) -> np.ndarray:
    given = np.asarray(values, dtype=float)
    if given.shape != (count,):
        raise EstimateError(
            f"{label} has {count} estimates, got {given.size} values to test them against. Pass one for each."
        )
    return given


def canonical(term: str) -> str:
    """A term however it is written: `b:a` or `a:b`, `I(x^2)` or `I(x ** 2)`, with backticks or without."""
    plain = term.replace(" ", "").replace("`", "").replace("^", "**")
    return ":".join(sorted(plain.split(":")))


def columns_of(fit: Fit, terms: str | Sequence[str] | None) -> tuple[np.ndarray, str]:
    """Coefficients that belong to the named terms and have an estimate, and how to name them.

    Raises
    ------
    EstimateError
        A name that is no term and no coefficient; terms that are aliased altogether.
    """
    if terms is None:
        chosen = [at for name, where in fit.terms.items() if name not in ("1", "Intercept") for at in where]
        label = "the model"
    else:
        named = [terms] if isinstance(terms, str) else list(terms)
        by_term = {canonical(name): at for name, at in fit.terms.items() if name != "1"}
        by_name = {canonical(name): (at,) for at, name in enumerate(fit.names)}
        there = [name for name in (*fit.terms, *fit.names) if name != "1"]
        chosen = []
        for name in named:
            found = by_term.get(canonical(name)) or by_name.get(canonical(name))
            if not found:
                raise EstimateError(f"the model has no term {name!r}. {nearest(name, dict.fromkeys(there))}")
            chosen += [at for at in found if at not in chosen]
        label = " and ".join(named)
    known = [at for at in chosen if not np.isnan(fit.estimate[at])]
    if not known:
        raise EstimateError(
            f"{label} cannot be tested: "
            + (
                "there is nothing but the intercept. Name a term of the formula."
                if not chosen
                else f"all {len(chosen)} coefficients are left out as sums of other columns. Drop the terms "
                "that they repeat."
            )
        )
    return np.array(known, dtype=np.int64), label
