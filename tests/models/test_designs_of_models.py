"""Models on every kind of design: replicates, calibrated weights, several stages, strata of one PSU."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import egovstats as eg
from egovstats.errors import EstimateError


def test_intercept_alone_is_the_mean_on_every_design(sample: eg.Design, clus: eg.Design) -> None:
    west = {"west": 300.0, "east": 350.0, "north": 400.0}
    raked = eg.poststratify(sample, "region", west)
    two_stages = eg.Design(
        clus.frame.assign(schools=clus.frame.groupby("dnum")["snum"].transform("size") * 2.0),
        weight="pw",
        psu=["dnum", "snum"],
        population_size=["fpc", "schools"],
        lonely_psu="certainty",
    )
    designs = {
        "vote": (
            sample,
            raked,
            eg.jackknife(sample),
            eg.bootstrap(sample, draws=40, rng=np.random.default_rng(1)),
        ),
        "api00": (clus, two_stages, eg.jackknife(clus)),
    }
    for item, several in designs.items():
        for design in several:
            fit, mean = eg.glm(design, f"{item} ~ 1"), eg.mean(design, item)
            assert fit.estimate[0] == pytest.approx(mean.estimate[0], rel=1e-10), design
            assert fit.std_error[0] == pytest.approx(mean.std_error[0], rel=1e-7), design
            assert fit.df_residual == pytest.approx(mean.design_df)


def test_calibrated_column_has_no_variance(sample: eg.Design) -> None:
    """The mean of a variable that weights are calibrated to is known."""
    totals = {"Intercept": 700.0, "age": 700.0 * 48}
    design = eg.calibrate(sample, "age", totals)
    fit = eg.glm(design, "age ~ 1")
    assert fit.estimate[0] == pytest.approx(48)
    assert fit.std_error[0] < 1e-8 * fit.estimate[0]
    with_age = eg.glm(design, "score ~ age")
    margins = eg.margins(with_age, "age")
    assert margins.estimate[0] == pytest.approx(with_age.estimate[1])


def test_jackknife_and_linearisation_agree_on_slopes(sample: eg.Design) -> None:
    for formula, family in (("score ~ age + region", "gaussian"), ("vote ~ age + urban", "binomial")):
        linear = eg.glm(sample, formula, family=family)
        moved = eg.glm(eg.jackknife(sample), formula, family=family)
        np.testing.assert_allclose(moved.estimate, linear.estimate, rtol=1e-9)
        np.testing.assert_allclose(moved.std_error, linear.std_error, rtol=0.08)
        assert moved.df_residual == linear.df_residual
        assert moved.replicates.values.shape == (40, len(linear.names))


def test_each_replicate_is_a_fit_of_its_own(sample: eg.Design) -> None:
    design = eg.jackknife(sample)
    fit = eg.glm(design, "vote ~ age + region", family="binomial")
    for at, weight in enumerate(design.replicate_weights()):
        if at % 13 == 0:
            alone = eg.Design(sample.frame.assign(w=weight), weight="w")
            again = eg.glm(alone, "vote ~ age + region", family="binomial")
            np.testing.assert_allclose(fit.replicates.values[at], again.estimate, rtol=1e-9)


def test_replicate_without_a_category_says_which(sample: eg.Design) -> None:
    frame = sample.frame.assign(rare=(sample.frame.psu == 3) * 1.0)
    design = eg.jackknife(eg.Design(frame, weight="w", stratum="stratum", psu="psu"))
    with pytest.raises(EstimateError, match=r"replicate 4 of 40 does not determine rare"):
        eg.glm(design, "score ~ age + rare")


def test_strata_left_with_one_psu_in_a_domain(sample: eg.Design) -> None:
    frame = sample.frame.assign(inside=(sample.frame.psu != 0) & ~sample.frame.psu.between(1, 8))
    plain = eg.Design(frame, weight="w", stratum="stratum", psu="psu", lonely_psu="adjust")
    careful = eg.Design(
        frame, weight="w", stratum="stratum", psu="psu", lonely_psu="adjust", domain_lonely=True
    )
    for design in (plain, careful):
        fit = eg.glm(design, "score ~ 1", where="inside")
        assert fit.std_error[0] == pytest.approx(eg.mean(design, "score", where="inside").std_error[0])
    one, other = (eg.glm(design, "score ~ age", where="inside") for design in (plain, careful))
    assert not np.allclose(one.cov, other.cov)


def test_zero_weights_take_no_part(sample: eg.Design) -> None:
    zero = np.where(sample.frame.index % 3 == 0, 0.0, sample.frame.w)
    design = eg.Design(sample.frame.assign(w=zero), weight="w", stratum="stratum", psu="psu")
    fit = eg.glm(design, "score ~ age")
    assert fit.n == 400
    same = eg.glm(sample, "score ~ age", where=(sample.frame.index % 3 > 0))
    np.testing.assert_allclose(fit.cov, same.cov)


def test_levels_of_a_domain_alone(sample: eg.Design) -> None:
    fit = eg.glm(sample, "score ~ region", where="region != 'north'")
    assert fit.names == ("Intercept", "region[T.west]")


def test_lazy_design_says_that_models_need_rows(sample: eg.Design) -> None:
    lazy = eg.LazyDesign(sample.frame, weight="w", stratum="stratum", psu="psu")
    with pytest.raises(EstimateError, match="respondents"):
        eg.glm(lazy, "score ~ age")


def test_columns_of_any_type(sample: eg.Design) -> None:
    frame = sample.frame
    plain = eg.glm(sample, "score ~ age + urban + region")
    kinds = frame.assign(
        age=frame.age.astype("Int16"),
        urban=frame.urban.astype("boolean"),
        region=frame.region.astype("category"),
        score=frame.score.astype("Float64"),
    )
    fit = eg.glm(eg.Design(kinds, weight="w", stratum="stratum", psu="psu"), "score ~ age + urban + region")
    np.testing.assert_allclose(fit.estimate, plain.estimate)
    np.testing.assert_allclose(fit.cov, plain.cov)
    odd = frame.assign(region=pd.array(frame.region, dtype="object"), age=frame.age.astype(np.uint8))
    again = eg.glm(eg.Design(odd, weight="w", stratum="stratum", psu="psu"), "score ~ age + urban + region")
    np.testing.assert_allclose(again.cov, plain.cov)


def test_design_and_formula_of_the_wrong_kind(sample: eg.Design) -> None:
    with pytest.raises(EstimateError, match="an estimate needs a Design, got DataFrame"):
        eg.glm(sample.frame, "score ~ age")
    with pytest.raises(EstimateError, match="a formula is text such as 'outcome ~ term"):
        eg.glm(sample, ["score", "age"])
    with pytest.raises(EstimateError, match=r"3 respondents cannot carry 4 coefficients"):
        eg.glm(sample, "score ~ age + urban + income", where=(sample.frame.index < 3))
