"""Tests of model terms beyond Wald's: working likelihood ratio, working Wald and score tests.

References
----------
Rao and Scott (1984), Annals of Statistics 12, 46-60; Lumley and Scott (2014), Australian & New Zealand
Journal of Statistics 56, 1-14 (likelihood ratio, working Wald); Rao, Scott and Skinner (1998), Statistica
Sinica 8, 1059-1070 (score).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from egovstats.console import as_html, as_text
from egovstats.errors import EstimateError, nearest
from egovstats.inference.chi_square_sum import weighted_chi_square_tail
from egovstats.inference.wald import columns_of, f_tail, wald_of, wald_test
from egovstats.models import Fit, GlmFit
from egovstats.models.scores import Restricted, restricted_scores, restrictions, with_added_terms
from egovstats.results import HypothesisTest

METHODS = ("wald", "working-wald", "likelihood-ratio", "score", "pseudo-score")
_TITLES = {
    "working-wald": "working Wald test",
    "likelihood-ratio": "working likelihood-ratio test (Rao-Scott)",
    "score": "working score test (Rao-Scott)",
    "pseudo-score": "pseudo-score test",
}


@dataclass(frozen=True, slots=True, eq=False)
class TermTest(HypothesisTest):
    """Test of model terms whose statistic follows a weighted sum of chi-squares.

    Parameters
    ----------
    scale_factors : tuple of float
        Weights of the chi-squares over their mean, largest first: how the design departs from simple random
        sampling; empty where the test has none.
    deff : float
        Mean of the weights: the generalised design effect that the statistic was divided by.
    """

    scale_factors: tuple[float, ...] = ()
    deff: float = float("nan")

    __repr__ = as_text
    _repr_html_ = as_html

    @property
    def chi_square(self) -> float:
        """The statistic as a chi-square: `statistic` times its first degrees of freedom where that is F."""
        return self.statistic * self.df[0] if self.distribution == "F" else self.statistic


def term_test(
    fit: Fit,
    terms: str | Sequence[str] | None = None,
    *,
    method: str = "likelihood-ratio",
    df: float | None = None,
    tail: str = "exact",
) -> HypothesisTest:
    """Test terms of a model.

    Parameters
    ----------
    fit : Fit
    terms : str or sequence of str, optional
        Terms of the formula, or coefficients; all but the intercept otherwise.
    method : str
        ``"likelihood-ratio"``: the model is fitted again without the terms, and twice the log ratio of the
        working likelihoods compared with a weighted sum of chi-squares; ``"working-wald"``: the Wald
        statistic under simple random sampling, compared likewise; ``"score"`` and ``"pseudo-score"``: from
        the model without the terms; ``"wald"``: see `wald_test`.
    df : float, optional
        Degrees of freedom of the denominator; the model's residual ones where left out.
    tail : str
        How the tail of the weighted sum is worked out: ``"exact"``, ``"saddlepoint"`` or
        ``"satterthwaite"``.

    Returns
    -------
    HypothesisTest
        A `TermTest` except for ``"wald"``: its statistic is divided by the mean weight, and by the number of
        coefficients unless `df` is infinite.

    Raises
    ------
    EstimateError
        A term that is not in the model or has no estimate, an unknown method, no degrees of freedom.
    """
    if method not in METHODS:
        raise EstimateError(f"there is no method {method!r} for a test of terms. {nearest(method, METHODS)}")
    if method == "wald":
        return wald_test(fit, terms, df=df)
    tested, label = columns_of(fit, terms)
    if method in ("score", "pseudo-score"):
        return _score(_glm(fit, method), tested, label, method, df, tail)
    weights = _eigenvalues(fit, tested)
    statistic = _working_wald(fit, tested) if method == "working-wald" else _twice_log_ratio(fit, tested)
    return _weighted(fit, label, method, statistic, weights, df, tail)


def score_test(
    fit: GlmFit, add: str, *, method: str = "score", df: float | None = None, tail: str = "exact"
) -> HypothesisTest:
    """Test terms that are not in the model, without fitting the larger one.

    Parameters
    ----------
    fit : GlmFit
        The smaller model.
    add : str
        Terms to add, such as ``"region + age:sex"``.
    method : str
        ``"score"`` (working score, compared with a weighted sum of chi-squares) or ``"pseudo-score"``.
    df, tail
        As in `term_test`.

    Raises
    ------
    EstimateError
        Terms that are in the model already, or are missing for respondents used in the fit.
    """
    if method not in ("score", "pseudo-score"):
        raise EstimateError(
            f"there is no score test {method!r}. {nearest(method, ('score', 'pseudo-score'))}"
        )
    larger, added = with_added_terms(_glm(fit, method), add)
    return _score(larger, added, add, method, df, tail, fit)


def compare_models(
    smaller: GlmFit,
    larger: GlmFit,
    *,
    method: str = "likelihood-ratio",
    df: float | None = None,
    tail: str = "exact",
) -> HypothesisTest:
    """Test a model against a larger one that holds all its terms.

    Parameters
    ----------
    smaller, larger : GlmFit
        Fitted to the same respondents; either order.
    method, df, tail
        As in `term_test`.

    Raises
    ------
    EstimateError
        Different respondents, families or outcomes; terms of the smaller model that the larger one lacks.
    """
    if len(smaller.kept) > len(larger.kept):
        smaller, larger = larger, smaller
    _refuse_unlike(smaller, larger)
    if set(smaller.terms) <= set(larger.terms):
        more = [name for name in larger.terms if name not in smaller.terms]
        return term_test(larger, more, method=method, df=df, tail=tail)
    if method not in ("wald", "working-wald", "likelihood-ratio"):
        raise EstimateError(
            f"models whose terms differ cannot be compared by method {method!r}. Use 'likelihood-ratio'."
        )
    label = f"{larger.formula!r} beyond {smaller.formula!r}"
    restrict = restrictions(smaller, larger)
    beta, cov = larger.estimate[larger.kept], larger.cov[np.ix_(larger.kept, larger.kept)]
    own, naive, gap = restrict @ cov @ restrict.T, restrict @ larger.bread @ restrict.T, restrict @ beta
    if method == "wald":
        return wald_of(gap, own, larger.df_residual if df is None else df, label, larger)
    weights = _relative_eigenvalues(own, naive)
    statistic = (
        float(gap @ np.linalg.solve(naive, gap))
        if method == "working-wald"
        else smaller.working_deviance - larger.working_deviance
    )
    return _weighted(larger, label, method, statistic, weights, df, tail)


def _refuse_unlike(smaller: GlmFit, larger: GlmFit) -> None:
    """Refuse models that no likelihood compares."""
    for what, one, other in (
        ("outcome", smaller.problem.outcome, larger.problem.outcome),
        ("family", smaller.family.name, larger.family.name),
        ("link", smaller.family.link.name, larger.family.link.name),
        ("offset", smaller.offset, larger.offset),
        ("number of respondents", smaller.n, larger.n),
    ):
        if one != other:
            raise EstimateError(
                f"models of different {what} cannot be compared ({one} and {other}). Fit both alike, to the "
                "same respondents."
            )
    if not np.array_equal(smaller.used, larger.used):
        raise EstimateError(
            "models fitted to different respondents cannot be compared. Leave out those with anything "
            "missing in either model by where=."
        )


def _glm(fit: Fit, method: str) -> GlmFit:
    if not isinstance(fit, GlmFit):
        raise EstimateError(
            f"the method {method!r} needs a model of glm(), got {type(fit).__name__}. Use method='wald'."
        )
    return fit


def _eigenvalues(fit: Fit, tested: np.ndarray) -> np.ndarray:
    """Eigenvalues of the design-based covariance over that of a simple random sample, largest first."""
    kept = fit.kept
    bread = np.linalg.inv(fit.information[np.ix_(kept, kept)])
    place = np.searchsorted(kept, tested)
    naive = bread[np.ix_(place, place)]
    own = fit.cov[np.ix_(tested, tested)]
    return _relative_eigenvalues(own, naive)


def _relative_eigenvalues(own: np.ndarray, naive: np.ndarray) -> np.ndarray:
    """Eigenvalues of one covariance over another, largest first."""
    root = np.linalg.inv(np.linalg.cholesky(naive))
    return np.linalg.eigvalsh(root @ own @ root.T)[::-1]


def _working_wald(fit: Fit, tested: np.ndarray) -> float:
    kept = fit.kept
    bread = np.linalg.inv(fit.information[np.ix_(kept, kept)])
    place = np.searchsorted(kept, tested)
    beta = fit.estimate[tested]
    return float(beta @ np.linalg.solve(bread[np.ix_(place, place)], beta))


def _twice_log_ratio(fit: Fit, tested: np.ndarray) -> float:
    return fit.deviance_without(tested) - fit.working_deviance


def _weighted(
    fit: Fit,
    label: str,
    method: str,
    statistic: float,
    weights: np.ndarray,
    df: float | None,
    tail: str,
) -> TermTest:
    ddf = fit.df_residual if df is None else float(df)
    if not ddf > 0:
        raise EstimateError(
            f"{label} cannot be tested: {ddf:g} degrees of freedom. More PSUs or fewer terms are needed."
        )
    deff = float(weights.mean())
    exact = np.isinf(ddf)
    return TermTest(
        test=_TITLES[method],
        null=f"All coefficients of {label} are 0.",
        statistic=statistic / deff / (1 if exact else len(weights)),
        distribution="chi2" if exact else "F",
        df=(float(len(weights)),) if exact else (float(len(weights)), ddf),
        p_value=weighted_chi_square_tail(statistic, weights, ddf=ddf, method=tail),
        n=float(fit.n),
        sources=fit.sources,
        notes=(*fit.notes, "p from the weighted sum of chi-squares, not from the distribution named"),
        scale_factors=tuple((weights / deff).tolist()),
        deff=deff,
    )


def _score(
    fit: GlmFit,
    tested: np.ndarray,
    label: str,
    method: str,
    df: float | None,
    tail: str,
    smaller: GlmFit | None = None,
) -> TermTest:
    found: Restricted = restricted_scores(fit, tested, smaller)
    if method == "score":
        weights = _relative_eigenvalues(found.cov, found.information)
        statistic = float(found.score @ np.linalg.solve(found.information, found.score))
        return _weighted(fit, label, method, statistic, weights, df, tail)
    ddf = fit.df_residual if df is None else float(df)
    rank = int(np.linalg.matrix_rank(found.cov, hermitian=True))
    statistic = float(found.score @ np.linalg.pinv(found.cov, hermitian=True) @ found.score) / rank
    exact = np.isinf(ddf)
    return TermTest(
        test=_TITLES[method],
        null=f"All coefficients of {label} are 0.",
        statistic=statistic * rank if exact else statistic,
        distribution="chi2" if exact else "F",
        df=(float(rank),) if exact else (float(rank), ddf),
        p_value=f_tail(statistic, rank, ddf),
        n=float(fit.n),
        sources=fit.sources,
        notes=fit.notes,
    )
