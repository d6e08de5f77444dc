"""Changes and trends: against each other, by hand, and at the edges."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import egovstats as eg
from egovstats.errors import EstimateError
from egovstats.inference.wave_fit import contrast_df
from egovstats.inference.wave_points import wave_points


def waves(seed: int = 1, years: tuple[int, ...] = (2013, 2016, 2020), slope: float = -0.03) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    parts = []
    for year in years:
        psu = np.repeat(np.arange(24), 15)
        level = 0.6 + slope * (year - years[0]) + rng.normal(0, 0.05, 24)[psu]
        parts.append(
            pd.DataFrame(
                {
                    "year": year,
                    "psu": [f"{year}|{each}" for each in psu],
                    "stratum": [f"{year}|{each % 4}" for each in psu],
                    "w": rng.lognormal(0, 0.3, len(psu)),
                    "trust": (rng.random(len(psu)) < level).astype(float),
                    "score": rng.normal(5, 1, len(psu)) + slope * 10 * (year - years[0]),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


@pytest.fixture(scope="module")
def design() -> eg.Design:
    return eg.Design(waves(), weight="w", stratum="stratum", psu="psu")


def test_change_is_the_contrast_of_the_two_waves(design: eg.Design) -> None:
    shares = eg.proportion(design, "trust", by="year", answers=[1])
    by_hand = eg.contrast(shares, {"change": [-1, 0, 1]})
    test = eg.change(shares, on="year", pairs=[(2013, 2020)])[0]
    assert test.effect.estimate == pytest.approx(by_hand.estimate[0])
    assert test.effect.std_error == pytest.approx(by_hand.std_error[0])
    assert test.df[0] == by_hand.df[0] == 40  # 24 PSUs less 4 strata in each of two waves
    low, high = by_hand.conf_int()
    assert (test.effect.conf_low, test.effect.conf_high) == pytest.approx((low[0], high[0]))


def test_effect_sizes_have_the_textbook_values(design: eg.Design) -> None:
    shares = eg.proportion(design, "trust", by="year", answers=[1])
    p, q = shares.estimate[0], shares.estimate[2]
    odds, h = eg.change(shares, on="year", pairs="last")[0].others
    assert odds.estimate == pytest.approx(q / (1 - q) / (p / (1 - p)))
    assert odds.conf_low < odds.estimate < odds.conf_high
    assert h.estimate == pytest.approx(2 * np.arcsin(np.sqrt(q)) - 2 * np.arcsin(np.sqrt(p)))


def test_pairs_and_adjustment(design: eg.Design) -> None:
    shares = eg.proportion(design, "trust", by="year", answers=[1])
    for pairs, count in (("all", 3), ("successive", 2), ("first", 2), ("last", 1)):
        assert len(eg.change(shares, on="year", pairs=pairs)) == count
    family = eg.change(shares, on="year", adjust="BH")
    np.testing.assert_allclose(
        [test.p_adjusted for test in family], eg.p_adjust([test.p_value for test in family], "BH")
    )
    table = family.to_frame()
    assert {"estimate", "std_error", "conf_low", "conf_high", "p_value", "p_adjusted"} <= set(table.columns)


def test_every_answer_is_compared_with_itself(design: eg.Design) -> None:
    shares = eg.proportion(design, "trust", by="year")
    tests = eg.change(shares, on="year", pairs="last")
    assert [test.keys["answer"] for test in tests] == [0, 1]
    assert tests[0].effect.estimate == pytest.approx(-tests[1].effect.estimate)


def test_no_variance_is_a_reason_not_a_number() -> None:
    frame = waves().assign(trust=1.0)
    shares = eg.proportion(eg.Design(frame, weight="w", stratum="stratum", psu="psu"), "trust", by="year")
    test = eg.change(shares, on="year", pairs="last")[0]
    assert np.isnan(test.p_value)
    assert test.notes == ("no variance: in both waves everyone gave the same answer",)


def test_a_wave_in_one_psu_has_no_known_variance() -> None:
    # Residuals of a mean within a single PSU add up to 0: without a reason the error is the other wave's.
    frame = waves().assign(stratum=1)
    frame.loc[frame["year"] == frame["year"].min(), "psu"] = "alone"
    design = eg.Design(frame, weight="w", stratum="stratum", psu="psu")
    for estimates in (eg.proportion(design, "trust", by="year"), eg.mean(design, "score", by="year")):
        first, later = eg.change(estimates, on="year")[0], eg.change(estimates, on="year")[-1]
        year = frame["year"].min()
        assert np.isnan([first.p_value, first.effect.std_error]).all()
        assert first.notes == (
            f"{year} has as many strata as PSUs here (a single PSU, say), so its variance is unknown",
        )
        assert np.isfinite(later.p_value)
    found = eg.wasserstein(design, "trust", on="year")[0]
    assert np.isnan(found.p_value)
    assert found.notes == first.notes


def test_everyone_sampled_is_another_reason_than_one_answer() -> None:
    frame = waves().assign(rate=1.0)
    design = eg.Design(frame, weight="w", stratum="stratum", psu="psu", sampling_fraction="rate")
    test = eg.change(eg.proportion(design, "trust", by="year"), on="year")[0]
    assert test.notes == ("no variance: all were sampled, or the design fixes both estimates",)


def test_change_needs_a_split(design: eg.Design) -> None:
    with pytest.raises(EstimateError, match=r"these estimates are not split by 'wave'. Pass by='wave'"):
        eg.change(eg.mean(design, "score", by="year"))
    with pytest.raises(EstimateError, match="there is no wave 2014"):
        eg.change(eg.mean(design, "score", by="year"), on="year", pairs=[(2013, 2014)])


def test_trend_finds_the_slope_that_made_the_data(design: eg.Design) -> None:
    found = eg.trend(design, "trust", "year")
    effect = found.slope.effect
    assert abs(effect.estimate + 0.03) < 3 * effect.std_error
    assert found.slope.p_value < 0.01
    assert found.odds_ratio.effect.estimate < 1
    points = wave_points(found.estimates, "year")
    residual = np.array([4 / 7, -1, 3 / 7])
    assert found.linearity.df == (1.0, pytest.approx(contrast_df(points, residual)))
    assert found.by_wave.df == (1.0,)
    assert found.slope.df == (59.0,)  # 72 PSUs less 12 strata, plus 1, less 2 coefficients


def test_trend_of_two_waves_is_their_change_per_year() -> None:
    frame = waves(years=(2015, 2018))
    design = eg.Design(frame, weight="w", stratum="stratum", psu="psu")
    found = eg.trend(design, "trust", "year")
    change = eg.change(eg.mean(design, "trust", by="year"), on="year", pairs="last")[0]
    assert found.slope.effect.estimate == pytest.approx(change.effect.estimate / 3)
    assert found.slope.effect.std_error == pytest.approx(change.effect.std_error / 3)
    assert found.linearity is None
    assert found.by_wave is None
    assert found.notes == (
        "two waves always lie on a straight line, so its fit cannot be tested",
        "with the wave as the unit a slope needs three waves or more",
    )


def test_departure_equals_the_contrast_of_three_waves(design: eg.Design) -> None:
    """With three waves, being off the line is one contrast: the middle against its interpolation."""
    means = eg.mean(design, "score", by="year")
    off = eg.contrast(means, {"off": [-4 / 7, 1, -3 / 7]})
    t = off.estimate[0] / off.std_error[0]
    assert eg.trend(design, "score", "year").linearity.statistic == pytest.approx(t**2, rel=1e-6)


def test_trend_of_words_needs_answers(design: eg.Design) -> None:
    frame = waves().assign(word=lambda d: np.where(d.trust == 1, "trusts", "does not"))
    worded = eg.Design(frame, weight="w", stratum="stratum", psu="psu")
    with pytest.raises(EstimateError, match="answers in words; say whose share"):
        eg.trend(worded, "word", "year")
    a = eg.trend(worded, "word", "year", answers=["trusts"])
    b = eg.trend(design, "trust", "year")
    assert a.slope.effect.estimate == pytest.approx(b.slope.effect.estimate)
    assert a.linearity.statistic == pytest.approx(b.linearity.statistic)


def test_one_wave_has_no_trend(design: eg.Design) -> None:
    with pytest.raises(EstimateError, match=r"answers at 1 value\(s\) of 'year'"):
        eg.trend(design, "trust", "year", where="year == 2013")


def test_wave_line_without_extra_variance_is_weighted_least_squares() -> None:
    from egovstats.inference.wave_line import wave_line

    time = np.array([2010.0, 2012, 2014, 2016])
    estimate = 0.5 - 0.01 * (time - 2010) + np.array([1, -1, -1, 1]) * 1e-4
    line = wave_line(time, estimate, np.diag([0.02, 0.03, 0.02, 0.03]) ** 2)
    assert line.wave_variance == 0
    assert line.slope == pytest.approx(-0.01, abs=1e-4)


def test_contrast_by_name_and_formula(design: eg.Design) -> None:
    means = eg.mean(design, "score", by="year")
    named = eg.contrast(means, {"change": {"2013": -1, "2020": 1}})
    formula = eg.contrast(means, {"change": "`2020` - `2013`", "ratio": "`2020` / `2013`"})
    assert named.estimate[0] == pytest.approx(formula.estimate[0])
    assert named.std_error[0] == pytest.approx(formula.std_error[0])
    a, c = means.estimate[0], means.estimate[2]
    gradient = np.array([-c / a**2, 0, 1 / a])
    assert formula.variance[1] == pytest.approx(gradient @ means.cov @ gradient)


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ({"a": [1, 2]}, "has 2 coefficients for 3 estimates"),
        ({"a": {"2014": 1}}, "names '2014', which is no estimate"),
        ({"a": "__import__('os')"}, "names '__import__', which is no estimate"),
        ({"a": "(1).real"}, "holds attribute, which a formula cannot"),
        ({}, "no contrast was given"),
    ],
)
def test_contrasts_that_cannot_be(design: eg.Design, spec: dict, message: str) -> None:
    with pytest.raises(EstimateError, match=message):
        eg.contrast(eg.mean(design, "score", by="year"), spec)


def test_p_adjust_refuses_what_is_no_probability() -> None:
    with pytest.raises(EstimateError, match="p-values lie between 0 and 1"):
        eg.p_adjust([0.5, 1.2])
    with pytest.raises(EstimateError, match=r"there is no adjustment 'hol'. Did you mean 'holm'"):
        eg.p_adjust([0.5], "hol")
