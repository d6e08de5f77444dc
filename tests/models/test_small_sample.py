"""Bell and McCaffrey's errors: against the definition with whole matrices, and at the edges."""

from __future__ import annotations

import numpy as np
import pytest

import egovstats as eg
from egovstats.errors import EstimateError


def by_definition(fit: object, working: str) -> tuple[np.ndarray, np.ndarray]:
    """Covariance and degrees of freedom from the n by n matrices of the paper."""
    X = fit.problem.columns.matrix(fit.rows, len(fit.design))
    slope = fit.family.link.slope(fit.linear_predictor)
    weight = fit.weight * slope**2 / fit.family.variance(fit.fitted)
    root = np.sqrt(weight)
    Z = X * root[:, None]
    e = root * (fit.problem.y - fit.fitted) / slope
    B = np.linalg.inv(Z.T @ Z)
    rest = np.eye(len(e)) - Z @ B @ Z.T
    psu = fit.design.stages.unit if fit.rows is None else fit.design.stages.unit[fit.rows]
    freed, G = e.copy(), []
    for each in np.unique(psu):
        own = psu == each
        value, vector = np.linalg.eigh(rest[np.ix_(own, own)])
        stretch = np.where(value > 1e-10, 1 / np.sqrt(np.maximum(value, 1e-10)), 0)
        A = vector @ np.diag(stretch) @ vector.T
        freed[own] = A @ e[own]
        G.append(rest[:, own] @ A @ Z[own] @ B)
    G = np.array(G)
    V = np.eye(len(e))
    if working == "exchangeable":
        same = psu[:, None] == psu[None, :]
        cross = (same * np.outer(freed, freed)).sum() - freed @ freed
        V = np.where(same, cross / (same.sum() - len(e)), 0.0)
        np.fill_diagonal(V, freed @ freed / len(e))
    df = []
    for j in range(Z.shape[1]):
        M = G[:, :, j] @ V @ G[:, :, j].T
        df.append(np.trace(M) ** 2 / (M**2).sum())
    scores = np.zeros((len(fit.design), Z.shape[1]))
    scores[slice(None) if fit.rows is None else fit.rows] = Z * freed[:, None]
    return B @ fit.design.cov_of_totals(scores) @ B, np.array(df)


@pytest.mark.parametrize("working", ["independent", "exchangeable"])
@pytest.mark.parametrize(
    ("formula", "family", "where"),
    [
        ("score ~ age + region", "gaussian", None),
        ("vote ~ age + urban", "binomial", None),
        ("visits ~ age", "poisson", "region != 'west'"),
    ],
)
def test_same_as_with_whole_matrices(
    sample: eg.Design, formula: str, family: str, where: str | None, working: str
) -> None:
    fit = eg.glm(sample, formula, family=family, where=where)
    found = eg.small_sample(fit, working=working)
    cov, df = by_definition(fit, working)
    np.testing.assert_allclose(found.cov, cov, rtol=1e-7, atol=1e-14)
    np.testing.assert_allclose(found.df, df, rtol=1e-6)
    assert found.df_residual == pytest.approx(df.min())
    assert (found.to_frame()["df"] == found.df).all()
    least = eg.small_sample(fit, working=working, df="least")
    assert set(least.df) == {least.df_residual}


def test_respondents_as_psus_are_hc2(sample: eg.Design) -> None:
    """Each respondent a PSU, one weight: residuals over the root of 1 - leverage."""
    design = eg.Design(sample.frame)
    fit = eg.glm(design, "score ~ age")
    X = np.column_stack([np.ones(fit.n), sample.frame.age])
    leverage = np.einsum("ij,jk,ik->i", X, np.linalg.inv(X.T @ X), X)
    scores = X * ((fit.problem.y - fit.fitted) / np.sqrt(1 - leverage))[:, None]
    wanted = fit.bread @ design.cov_of_totals(scores) @ fit.bread
    np.testing.assert_allclose(eg.small_sample(fit).cov, wanted, rtol=1e-8)


def test_psu_that_a_column_is_all_about(sample: eg.Design) -> None:
    """A dummy of one PSU fits it on its own; what is left keeps finite errors."""
    frame = sample.frame.assign(first=(sample.frame.psu == 0) * 1.0)
    design = eg.Design(frame, weight="w", stratum="stratum", psu="psu")
    found = eg.small_sample(eg.glm(design, "score ~ age + first"))
    assert np.isfinite(found.cov).all()
    assert found.std_error[1] > 0


def test_larger_than_the_plain_errors(clus: eg.Design) -> None:
    fit = eg.glm(clus, "api00 ~ ell + meals")
    found = eg.small_sample(fit)
    assert (found.std_error > fit.std_error).all()
    assert (found.df < fit.df_residual + 2).all()
    np.testing.assert_array_equal(found.estimate, fit.estimate)
    assert eg.wald_test(found, "meals").df[1] == found.df_residual
    assert "Bell-McCaffrey standard errors, independent working model" in found.notes


def test_what_cannot_be_asked(clus: eg.Design) -> None:
    fit = eg.glm(clus, "api00 ~ ell")
    with pytest.raises(EstimateError, match=r"working cannot be 'unit'. There are: 'independent'"):
        eg.small_sample(fit, working="unit")
    with pytest.raises(EstimateError, match=r"df cannot be 'all'"):
        eg.small_sample(fit, df="all")
    plain = eg.Design(clus.frame, weight="pw", psu="dnum")
    with pytest.raises(EstimateError, match=r"replicate weights bring no residuals to adjust"):
        eg.small_sample(eg.glm(eg.jackknife(plain), "api00 ~ ell"))


def test_unweighted_clusters_against_clubsandwich(clus: eg.Design) -> None:
    """R: coef_test(lm(api00 ~ ell + meals + stype), vcov = "CR2", cluster = dnum), clubSandwich 0.5.

    CR2 squares the PSUs' totals; R's `svyglm` and the package take n/(n-1) times their deviations from
    the mean, which is almost 0.
    """
    design = eg.Design(clus.frame, psu="dnum")
    fit = eg.small_sample(eg.glm(design, "api00 ~ ell + meals + stype"), df="each")
    errors = [15.091127140988, 0.414242491241, 0.269538039711, 24.101421205332, 16.404423117087]
    degrees = [7.86332672068, 7.48061239759, 4.88818460206, 5.91645559501, 9.30275413948]
    np.testing.assert_allclose(fit.std_error * np.sqrt(14 / 15), errors, rtol=2e-4)
    np.testing.assert_allclose(fit.df, degrees, rtol=1e-9)
