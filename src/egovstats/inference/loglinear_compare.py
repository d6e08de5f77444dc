"""Tests of log-linear models against larger ones.

References
----------
Rao and Scott (1984), Annals of Statistics 12, 46-60, section 4.
"""

from __future__ import annotations

import numpy as np
from scipy import special

from egovstats.errors import EstimateError, nearest
from egovstats.inference.chi_square_result import ChiSquareTest
from egovstats.inference.chi_square_sum import weighted_chi_square_tail
from egovstats.inference.loglinear import LogLinear, multinomial_spread
from egovstats.inference.wald import f_tail


def loglinear_test(
    smaller: LogLinear, larger: LogLinear, *, statistic: str = "deviance", reference: str = "F"
) -> ChiSquareTest:
    """Test a log-linear model against a larger one that holds it.

    Parameters
    ----------
    smaller, larger : LogLinear
        Fitted to the same table.
    statistic : str
        ``"deviance"`` (likelihood ratio) or ``"score"`` (Pearson's distance of the fitted tables).
    reference : str
        What it is referred to: ``"F"`` (Rao-Scott, second order), ``"Chisq"`` (first order), ``"lincom"``
        (the exact weighted sum of chi-squares) or ``"saddlepoint"``.

    Returns
    -------
    ChiSquareTest
        `pearson` is the statistic before scaling.

    Raises
    ------
    EstimateError
        Models of different tables, or not one within the other.

    References
    ----------
    Rao and Scott (1984), Annals of Statistics 12, 46-60, section 4.
    """
    if statistic not in ("deviance", "score"):
        raise EstimateError(
            f"there is no statistic {statistic!r}. {nearest(statistic, ('deviance', 'score'))}"
        )
    known = ("F", "Chisq", "lincom", "saddlepoint")
    if reference not in known:
        raise EstimateError(f"there is no reference {reference!r}. {nearest(reference, known)}")
    _check_nested(smaller, larger)
    weights = np.maximum(_effects(smaller, larger), 0.0)
    n = larger.respondents
    x = (
        smaller.deviance - larger.deviance
        if statistic == "deviance"
        else n * float(((larger.fitted - smaller.fitted) ** 2 / smaller.fitted).sum())
    )
    q, trace = len(weights), float(weights.sum())
    df = float(larger.coefficients.df[0])
    matched = trace**2 / float((weights**2).sum())
    scale = {"F": trace, "Chisq": trace / q}.get(reference, 1.0)
    degrees: dict[str, tuple[float, ...]] = {"F": (matched, matched * df), "Chisq": (float(q),)}
    if reference == "F":
        p_value = f_tail(x / trace, matched, matched * df)
    elif reference == "Chisq":
        p_value = float(special.chdtrc(q, x / scale))
    else:
        method = "exact" if reference == "lincom" else "saddlepoint"
        p_value = weighted_chi_square_tail(x, weights, method=method)
    added = [term for term in larger.terms if not any(set(term) == set(each) for each in smaller.terms)]
    return ChiSquareTest(
        test=f"Rao-Scott test of log-linear models ({statistic})",
        null=f"{' and '.join(':'.join(term) for term in added)} add nothing to the model.",
        statistic=x / scale,
        distribution={"F": "F", "Chisq": "chi2"}.get(reference, "weighted chi2"),
        df=degrees.get(reference, ()),
        p_value=p_value,
        n=float(larger.coefficients.n[0]),
        sources=larger.coefficients.sources,
        pearson=x,
        scale=scale,
        weights=tuple(weights.tolist()),
    )


def _check_nested(smaller: LogLinear, larger: LogLinear) -> None:
    held = [set(term) for term in larger.terms]
    outside = [term for term in smaller.terms if set(term) not in held]
    if outside or len(smaller.terms) >= len(larger.terms):
        which = ":".join(outside[0]) if outside else "every term"
        raise EstimateError(
            f"the first model must lie within the second, but the second has no more than it (see {which}). "
            "Pass the model with fewer terms first."
        )
    same = list(smaller.cells.columns) == list(larger.cells.columns)
    if not same or not np.allclose(smaller.share, larger.share, rtol=0, atol=1e-12):
        raise EstimateError(
            "the two models are of different tables. Fit both with the same items and where=."
        )


def _effects(smaller: LogLinear, larger: LogLinear) -> np.ndarray:
    """Weights of the chi-squares that the difference of the models is a sum of, largest first."""
    n = larger.respondents
    X1, X2 = (fit.X - fit.X.mean(axis=0) for fit in (smaller, larger))
    spread = multinomial_spread(larger.fitted)
    residual = X2 - X1 @ np.linalg.solve(X1.T @ spread @ X1, X1.T @ spread @ X2)
    left, size, _ = np.linalg.svd(residual, full_matrices=False)
    basis = left[:, size > 1e-9 * size[0]]
    simple = basis.T @ multinomial_spread(larger.share) @ basis / n
    return np.sort(np.linalg.eigvals(np.linalg.solve(simple, basis.T @ larger.cov @ basis)).real)[::-1]
