"""What must hold for any fit: identities, scales, orders, nearly dependent columns, and what it costs."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pandas as pd
import pytest

import egovstats as eg
from egovstats.errors import EstimateError
from egovstats.models import columns as columns_module
from egovstats.models import irls

MODELS = [
    ("vote ~ age + region*urban", "binomial"),
    ("visits ~ age + region", "poisson"),
    ("score ~ age + log(income) + region", "gaussian"),
    ("income ~ age + urban", "gamma"),
]


def again(design: eg.Design, frame: pd.DataFrame) -> eg.Design:
    return eg.Design(frame, weight="w", stratum="stratum", psu="psu")


@pytest.mark.parametrize(("formula", "family"), MODELS)
def test_scale_of_weights_order_of_rows_and_names_of_levels_do_not_matter(
    sample: eg.Design, formula: str, family: str
) -> None:
    fit = eg.glm(sample, formula, family=family)
    frame = sample.frame
    heavier = eg.glm(again(sample, frame.assign(w=frame.w * 1e4)), formula, family=family)
    np.testing.assert_allclose(heavier.estimate, fit.estimate, rtol=1e-9)
    np.testing.assert_allclose(heavier.cov, fit.cov, rtol=1e-7)
    assert heavier.dispersion == pytest.approx(fit.dispersion)
    assert heavier.deviance == pytest.approx(fit.deviance)
    shuffled = frame.sample(frac=1, random_state=1).reset_index(drop=True)
    np.testing.assert_allclose(
        eg.glm(again(sample, shuffled), formula, family=family).cov, fit.cov, rtol=1e-7, atol=1e-14
    )
    renamed = frame.assign(region=frame.region.map({"east": "a", "north": "b", "west": "c"}))
    np.testing.assert_allclose(
        eg.glm(again(sample, renamed), formula, family=family).std_error, fit.std_error, rtol=1e-8
    )


@pytest.mark.parametrize(("formula", "family"), MODELS)
def test_scores_add_up_to_nothing_and_give_the_covariance(
    sample: eg.Design, formula: str, family: str
) -> None:
    fit = eg.glm(sample, formula, family=family)
    assert np.abs(fit.bread @ fit.scores.sum(axis=0)).max() < 1e-9 * np.abs(fit.estimate).max()
    by_hand = fit.bread @ sample.cov_of_totals(fit.scores) @ fit.bread
    np.testing.assert_allclose(by_hand, fit.cov, rtol=1e-9, atol=1e-15)


def test_saturated_model_equals_the_domain_means(sample: eg.Design) -> None:
    fit = eg.glm(sample, "score ~ region:C(urban) - 1")
    means = eg.mean(sample, "score", by=["urban", "region"])
    np.testing.assert_allclose(np.sort(fit.estimate), np.sort(means.estimate))
    np.testing.assert_allclose(np.sort(fit.std_error), np.sort(means.std_error))


def test_offset_shifts_the_intercept_alone(sample: eg.Design) -> None:
    plain = eg.glm(sample, "visits ~ age", family="poisson")
    moved = eg.glm(
        again(sample, sample.frame.assign(half=0.5)), "visits ~ age", family="poisson", offset="half"
    )
    np.testing.assert_allclose(moved.estimate, plain.estimate - [0.5, 0], rtol=1e-9)
    np.testing.assert_allclose(moved.cov, plain.cov, rtol=1e-8)


def test_offset_may_be_arithmetic(sample: eg.Design) -> None:
    frame = sample.frame.assign(log_exposure=np.log(sample.frame.exposure))
    one = eg.glm(sample, "visits ~ age", family="poisson", offset="log(exposure)")
    other = eg.glm(again(sample, frame), "visits ~ age", family="poisson", offset="log_exposure")
    np.testing.assert_allclose(one.estimate, other.estimate)
    with pytest.raises(EstimateError, match=r"the offset 'C\(age\)' is not one column"):
        eg.glm(sample, "visits ~ 1", family="poisson", offset="C(age)")
    with pytest.raises(EstimateError, match=r"log\(urban\)\) is not a number for \d+ respondents"):
        eg.glm(sample, "visits ~ age", family="poisson", offset="log(urban)")


def test_year_needs_no_centring(sample: eg.Design) -> None:
    """A column far from 0 beside an intercept: the slope is as exact as of the centred column."""
    frame = sample.frame.assign(
        year=2000.0 + sample.frame.age % 20, square=(2000.0 + sample.frame.age % 20) ** 2
    )
    design = again(sample, frame)
    raw = eg.glm(design, "score ~ year + square")
    centred = eg.glm(design, "score ~ I(year - 2010) + I((year - 2010)**2)")
    assert raw.estimate[2] == pytest.approx(centred.estimate[2], rel=1e-9)
    assert raw.std_error[2] == pytest.approx(centred.std_error[2], rel=1e-8)
    np.testing.assert_allclose(raw.fitted, centred.fitted, rtol=1e-9)


def test_nearly_dependent_columns_are_kept_and_exact_copies_are_not(sample: eg.Design) -> None:
    rng = np.random.default_rng(1)
    frame = sample.frame.assign(close=sample.frame.age + rng.normal(0, 1e-3, len(sample)))
    frame["twice"] = 2 * frame.age - 3
    fit = eg.glm(again(sample, frame), "score ~ age + close + twice")
    assert np.isnan(fit.estimate[3])
    assert fit.notes == ("left out as sums of other columns: twice",)
    small = frame.assign(gap=(frame.close - frame.age) * 1e3)
    exact = eg.glm(again(sample, small), "score ~ age + gap")
    assert fit.estimate[2] == pytest.approx(1e3 * exact.estimate[2], rel=1e-6)
    assert fit.std_error[2] == pytest.approx(1e3 * exact.std_error[2], rel=1e-6)


def test_domain_is_zero_weight_not_fewer_rows(sample: eg.Design) -> None:
    inside = eg.glm(sample, "score ~ age", where="region == 'west'")
    frame = sample.frame.assign(own=np.where(sample.frame.region == "west", sample.frame.w, 0.0))
    weighted = eg.glm(eg.Design(frame, weight="own", stratum="stratum", psu="psu"), "score ~ age")
    np.testing.assert_allclose(inside.cov, weighted.cov, rtol=1e-9)
    assert inside.df_residual == weighted.df_residual


def test_missing_answers_and_domains_take_the_same_rows(sample: eg.Design) -> None:
    frame = sample.frame
    holed = frame.assign(age=frame.age.where(frame.index % 7 > 0))
    fit = eg.glm(again(sample, holed), "vote ~ age + region", family="binomial")
    same = eg.glm(sample, "vote ~ age + region", family="binomial", where=(frame.index % 7 > 0))
    np.testing.assert_allclose(fit.cov, same.cov)
    assert fit.n == same.n
    assert np.isnan(fit.mean[0])
    assert not fit.used[0]


def test_few_psus_leave_no_degrees_of_freedom(sample: eg.Design) -> None:
    design = eg.Design(sample.frame.assign(psu=sample.frame.psu % 3), weight="w", psu="psu")
    fit = eg.glm(design, "score ~ age + region + urban")
    assert fit.df_residual == -2
    assert fit.notes == (
        "5 coefficients on 2 degrees of freedom of the design: too few PSUs for intervals and tests",
    )
    table = fit.to_frame()
    assert table["p_value"].isna().all()
    assert table["conf_low"].isna().all()
    with pytest.raises(EstimateError, match=r"age cannot be tested: 1 independent estimates, -2 degrees"):
        eg.wald_test(fit, "age")


@pytest.mark.parametrize(
    ("change", "formula", "message"),
    [
        ({"vote": 1.0}, "vote ~ age", r"all 600 respondents used have the same 'vote' \(1\), so nothing"),
        ({"vote": 2.0}, "vote ~ age", r"a binomial model needs 0 or 1 .* 'vote' holds other values \(600 of"),
    ],
)
def test_outcomes_without_a_model(sample: eg.Design, change: dict, formula: str, message: str) -> None:
    with pytest.raises(EstimateError, match=message):
        eg.glm(again(sample, sample.frame.assign(**change)), formula, family="binomial")


def test_perfect_prediction_names_the_column(sample: eg.Design) -> None:
    frame = sample.frame.assign(told=(sample.frame.vote == 1) & (sample.frame.age > 40))
    design = again(sample, frame)
    for link in ("logit", "probit", "cloglog"):
        with pytest.raises(
            EstimateError, match=r"'told' predicts the outcome perfectly for some respondents"
        ):
            eg.glm(design, "vote ~ told + age", family="binomial", link=link)


def test_counts_that_are_all_zero_in_a_group(sample: eg.Design) -> None:
    frame = sample.frame.assign(visits=sample.frame.visits * (sample.frame.region != "west"))
    with pytest.raises(EstimateError, match=r"'region\[T.west\]' predicts the outcome perfectly"):
        eg.glm(again(sample, frame), "visits ~ age + region", family="poisson")


def test_far_fitted_values_are_no_perfect_prediction(sample: eg.Design) -> None:
    frame = sample.frame.assign(age=sample.frame.age.astype(float))
    frame.loc[0, ["age", "vote"]] = [4000.0, 1.0]
    fit = eg.glm(again(sample, frame), "vote ~ age", family="binomial")
    assert fit.linear_predictor.max() > 30
    assert np.isfinite(fit.std_error).all()


def test_means_that_no_step_may_reach(sample: eg.Design) -> None:
    """The identity link can leave the range of shares on the way; the fit comes back."""
    fit = eg.glm(sample, "vote ~ age", family="binomial", link="identity")
    assert (fit.fitted > 0).all()
    assert (fit.fitted < 1).all()
    assert np.abs(fit.scores.sum(axis=0) @ fit.bread).max() < 1e-9


def test_matrix_is_never_held_whole() -> None:
    """Beyond the data a fit needs less memory than the model matrix alone would take."""
    rng = np.random.default_rng(0)
    n = 200_000
    frame = pd.DataFrame({f"x{at}": rng.normal(size=n).astype(np.float32) for at in range(12)})
    frame["y"] = (rng.random(n) < 0.5).astype(np.int8)
    frame["psu"] = rng.integers(0, 500, n)
    design = eg.Design(frame, psu="psu")
    formula = "y ~ " + " + ".join(f"x{at}" for at in range(12))
    eg.glm(design, formula, family="binomial", where="psu < 20")  # loads modules
    tracemalloc.start()
    eg.glm(design, formula, family="binomial")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 13 * 8 * n / 2
    assert peak < frame.memory_usage().sum()


def test_passes_over_the_data(monkeypatch: pytest.MonkeyPatch) -> None:
    """A guess from a part of many respondents leaves few passes over all of them."""
    rng = np.random.default_rng(0)
    n = 200_000
    x = rng.normal(size=n)
    frame = pd.DataFrame({"x": x, "y": (rng.random(n) < 1 / (1 + np.exp(1 - x))).astype(np.int8)})
    seen: list[int] = []
    blocks = columns_module.Columns.blocks

    def counted(self: object, rows: np.ndarray | None, m: int) -> object:
        seen.append(m if rows is None else len(rows))
        return blocks(self, rows, m)

    monkeypatch.setattr(columns_module.Columns, "blocks", counted)
    eg.glm(eg.Design(frame), "y ~ x", family="binomial")
    assert sum(each == n for each in seen) <= 4
    assert n >= irls._LARGE


def test_blocks_are_the_matrix() -> None:
    X = np.random.default_rng(0).normal(size=(20_000, 3))
    made = columns_module.Columns.of(X).shifted(np.array([0.0, 1.0, 2.0]))
    np.testing.assert_array_equal(made.matrix(None, len(X)), X - [0.0, 1.0, 2.0])
    some = np.arange(5, 20_000, 7)
    np.testing.assert_array_equal(made.take([2]).matrix(some, len(X)), X[some][:, [2]] - 2.0)
