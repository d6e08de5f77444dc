"""Log-linear models of survey tables."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import egovstats as eg
from egovstats.errors import EstimateError
from egovstats.inference.loglinear import terms_of
from random_samples import design_of, random_sample

REFERENCE = Path(__file__).resolve().parents[1] / "reference" / "data"
quick = settings(max_examples=20, deadline=None)
seeds = st.integers(0, 10_000)


@quick
@given(seeds)
def test_independence_fits_the_product_of_the_margins(seed: int) -> None:
    design = design_of(random_sample(seed))
    fit = eg.loglinear(design, "group + z")
    share = fit.share.reshape(2, 3)
    np.testing.assert_allclose(fit.fitted, np.outer(share.sum(axis=1), share.sum(axis=0)).ravel(), rtol=1e-9)
    odds = eg.proportion(design, "group", where=design.frame.z.notna())
    half_log_odds = np.log(odds.estimate[0] / odds.estimate[1]) / 2
    assert fit.coefficients.estimate[0] == pytest.approx(half_log_odds)
    # The effect of a two-answer item is half its log odds, and so is the standard error.
    p = odds.estimate[0]
    assert fit.coefficients.std_error[0] == pytest.approx(odds.std_error[0] / (p * (1 - p)) / 2)


@quick
@given(seeds)
def test_the_score_test_of_independence_is_the_chi_square_test(seed: int) -> None:
    design = design_of(random_sample(seed, least=4))
    smaller, larger = (eg.loglinear(design, text) for text in ("group + z", "group * z"))
    for reference in ("F", "Chisq"):
        test = eg.loglinear_test(smaller, larger, statistic="score", reference=reference)
        plain = eg.chi_square(design, "group", "z", statistic=reference)
        assert test.pearson == pytest.approx(plain.pearson, rel=1e-6)
        assert test.statistic == pytest.approx(plain.statistic, rel=1e-6)
        assert test.p_value == pytest.approx(plain.p_value, rel=1e-5)
    deviance = eg.loglinear_test(smaller, larger)
    assert deviance.pearson == pytest.approx(smaller.deviance, rel=1e-6, abs=1e-8)
    assert deviance.null == "group:z add nothing to the model."


def test_a_saturated_model_has_the_table_and_no_deviance() -> None:
    fit = eg.loglinear(design_of(random_sample(3)), "group * z")
    np.testing.assert_allclose(fit.fitted, fit.share, rtol=1e-9)
    assert fit.deviance == pytest.approx(0, abs=1e-10)
    assert fit.coefficients.keys["term"].tolist() == [
        "group[a]",
        "z[u]",
        "z[v]",
        "group[a]:z[u]",
        "group[a]:z[v]",
    ]


def test_weight_scale_and_row_order_do_not_matter() -> None:
    frame = random_sample(3)
    a = eg.loglinear(design_of(frame), "group * z")
    b = eg.loglinear(design_of(frame.sample(frac=1, random_state=0).assign(w=frame.w * 9)), "group * z")
    np.testing.assert_allclose(a.coefficients.estimate, b.coefficients.estimate)
    np.testing.assert_allclose(a.coefficients.cov, b.coefficients.cov, atol=1e-12)


def test_r_numbers_of_nested_models_in_apiclus1() -> None:
    """The entries of reference case loglin.anova_clus1; R's saddle point p-value of the score is corrected."""
    frame = pd.read_csv(REFERENCE / "apiclus1.csv")
    design = eg.Design(frame, weight="pw", psu="dnum", population_size="fpc")
    smaller, larger = (eg.loglinear(design, text) for text in ("~stype+comp.imp", "~stype*comp.imp"))
    expected = {
        ("deviance", "Chisq"): 0.0370863806826689,
        ("deviance", "saddlepoint"): 0.0537613143988228,
        ("score", "Chisq"): 0.028866494312271,
        (
            "score",
            "saddlepoint",
        ): 0.0448710920307,  # pchisqsum() with eigen() told that the matrix is not symmetric
    }
    for (statistic, reference), p_value in expected.items():
        test = eg.loglinear_test(smaller, larger, statistic=statistic, reference=reference)
        assert test.p_value == pytest.approx(p_value, rel=1e-7)
        assert test.pearson == pytest.approx(
            {"deviance": 8.37676689325735, "score": 9.01387368371591}[statistic], rel=1e-9
        )


@pytest.mark.parametrize(
    ("formula", "terms"),
    [
        ("~ a + b", [("a",), ("b",)]),
        ("a*b*c", [("a",), ("b",), ("c",), ("a", "b"), ("a", "c"), ("b", "c"), ("a", "b", "c")]),
        ("a:b + b + a + b:a", [("b",), ("a",), ("a", "b")]),
        ("`comp.imp` * `sch.wide`", [("comp.imp",), ("sch.wide",), ("comp.imp", "sch.wide")]),
        ("~ (a + b + c)^2 - a:c", [("a",), ("b",), ("c",), ("a", "b"), ("b", "c")]),
    ],
)
def test_formulas(formula: str, terms: list[tuple[str, ...]]) -> None:
    assert terms_of(formula) == terms


def test_what_is_refused() -> None:
    design = design_of(random_sample(3))
    with pytest.raises(EstimateError, match=r"has the term 'log\(group\)', but a table is made of columns"):
        eg.loglinear(design, "log(group)")
    with pytest.raises(EstimateError, match=r"there is no column 'sex' for the item."):
        eg.loglinear(design, "group + sex")
    independent, saturated = eg.loglinear(design, "group + z"), eg.loglinear(design, "group * z")
    with pytest.raises(EstimateError, match="the first model must lie within the second"):
        eg.loglinear_test(saturated, independent)
    with pytest.raises(EstimateError, match="the two models are of different tables"):
        eg.loglinear_test(eg.loglinear(design, "group + z", where="wave == 2015"), saturated)
    empty = pd.DataFrame({"a": [1, 1, 2, 2, 1], "b": [1, 1, 1, 2, 1]})
    with pytest.raises(
        EstimateError, match=r"the log-linear model has no finite fit: 1 of 4 cells are empty. Leave out"
    ):
        eg.loglinear(eg.Design(empty), "a * b")
    with pytest.raises(EstimateError, match=r"fewer than two answers to 'a' occur in this domain."):
        eg.loglinear(eg.Design(empty), "a + b", where="a == 2")


def test_answers_fixed_by_the_strata_have_no_error() -> None:
    frame = pd.DataFrame({"s": list("aabbb") * 4, "q": list("uvuvv") * 4, "N": [8.0, 8, 12, 12, 12] * 4})
    fit = eg.loglinear(eg.Design(frame, stratum="s"), "s + q")
    errors = fit.coefficients.std_error
    assert errors[0] == 0
    assert errors[1] > 0
