from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from egovstats.errors import EstimateError
from egovstats.inference.published import published_change
from egovstats.inference.published_share import PublishedShare
from egovstats.inference.published_table import (
    chisq_counts,
    fisher_exact,
    mcnemar,
    n_for_distribution_change,
    published_distribution_change,
)
from egovstats.inference.published_trend import cochran_armitage, published_trend, weighted_line

BEFORE, AFTER = (0.62, 0.20, 0.18), (0.42, 0.39, 0.19)


def test_distribution_change_by_hand() -> None:
    # expected shares are the means (.52, .295, .185), so X2 = 2n * sum of (half the gap)^2 / mean
    by_hand = 2 * 100 * (0.1**2 / 0.52 + 0.095**2 / 0.295 + 0.005**2 / 0.185)
    test = published_distribution_change(BEFORE, AFTER, n_before=100, n_after=100)
    assert test.statistic == pytest.approx(by_hand)
    assert test.df == (2,)
    assert [effect.estimate for effect in test.others] == pytest.approx([-0.2, 0.19, 0.01])


def test_design_effect_divides_the_statistic() -> None:
    plain = published_distribution_change(BEFORE, AFTER, n_before=300, n_after=300)
    wide = published_distribution_change(
        BEFORE, AFTER, n_before=300, n_after=300, deff_before=2, deff_after=2
    )
    assert wide.statistic == pytest.approx(plain.statistic / 2)
    table = 300 * np.array([BEFORE, AFTER])
    assert chisq_counts(table, deff=2).statistic == pytest.approx(wide.statistic)


def test_n_for_distribution_change_is_the_first_significant_n() -> None:
    n = n_for_distribution_change(BEFORE, AFTER, deff=1.5)

    def p_value(size: int) -> float:
        sizes = {"n_before": size, "n_after": size, "deff_before": 1.5, "deff_after": 1.5}
        return published_distribution_change(BEFORE, AFTER, **sizes).p_value

    assert p_value(n) <= 0.05 < p_value(n - 1)


def test_cramers_v_interval_holds_it_and_starts_at_zero_when_not_significant() -> None:
    test = chisq_counts(np.array([[120, 90, 60], [80, 110, 95]]))
    assert test.effect is not None
    assert 0 < test.effect.conf_low < test.effect.estimate < test.effect.conf_high
    weak = chisq_counts(np.array([[50, 50], [48, 52]]))
    assert weak.effect is not None
    assert weak.effect.conf_low == 0


def test_tables_that_cannot_be_tested() -> None:
    with pytest.raises(EstimateError, match="a row or column of the table is empty"):
        chisq_counts(np.array([[1, 0], [2, 0]]))
    with pytest.raises(EstimateError, match=r"summing to 1, got 3 and 3 with sums 0\.9 and 1"):
        published_distribution_change((0.5, 0.2, 0.2), AFTER, n_before=10, n_after=10)
    with pytest.raises(EstimateError, match="no pair differs"):
        mcnemar(0, 0)


def test_fisher_odds_ratio_solves_its_own_equation() -> None:
    # conditional likelihood of [[2, 1], [1, 2]]: cells 0..3 weigh 1, 9, 9, 1; found 2
    test = fisher_exact(np.array([[2, 1], [1, 2]]))
    ratio = test.statistic
    weights = [1, 9 * ratio, 9 * ratio**2, ratio**3]
    assert sum(k * w for k, w in enumerate(weights)) / sum(weights) == pytest.approx(2)
    assert test.p_value == pytest.approx(1)
    assert fisher_exact(np.array([[3, 0], [1, 2]])).statistic == math.inf
    assert fisher_exact(np.array([[5, 5], [5, 5]])).statistic == 1


def test_two_points_make_the_change_itself() -> None:
    shares = pd.DataFrame(
        {"year": [2015, 2018], "share": [0.62, 0.53], "n": [1000, 1200], "deff": [1.5, 1.5]}
    )
    trend = published_trend(shares)
    change = published_change(PublishedShare(0.62, 1000, 1.5), PublishedShare(0.53, 1200, 1.5))
    assert trend.slope.effect is not None
    assert trend.slope.effect.estimate == pytest.approx(-0.03)
    assert trend.slope.statistic == pytest.approx(change.statistic)
    assert trend.departure is None
    assert trend.slope.notes == ("design effects are assumed: 1.5, 1.5",)


def test_line_is_found_and_its_departure_is_none() -> None:
    year = np.arange(2010, 2018, 2)
    shares = pd.DataFrame({"year": year, "share": 0.4 - 0.01 * (year - 2010), "n": 1000})
    trend = published_trend(shares.sample(frac=1, random_state=1))
    assert trend.slope.effect is not None
    assert trend.slope.effect.estimate == pytest.approx(-0.01)
    assert trend.departure is not None
    assert trend.departure.statistic == pytest.approx(0, abs=1e-15)
    assert trend.points["fitted"].tolist() == pytest.approx(trend.points["share"].tolist())
    assert list(trend.to_frame()["test"]) == [
        "weighted regression of published shares",
        "departure from a straight line",
        "Cochran-Armitage test for trend",
    ]


def test_weighted_line_against_least_squares_with_equal_errors() -> None:
    x, y = np.array([1.0, 2, 4, 5]), np.array([0.3, 0.5, 0.4, 0.8])
    line = weighted_line(x, y, np.full(4, 0.1))
    slope, intercept = np.polyfit(x, y, 1)
    assert (line.slope, line.intercept) == pytest.approx((slope, intercept))
    assert line.rest == pytest.approx(((y - intercept - slope * x) ** 2).sum() / 0.01)


def test_surveys_without_n_are_left_out_and_counted() -> None:
    shares = pd.DataFrame({"year": [1, 2, 3], "share": [0.2, 0.3, 0.4], "n": [100, None, 100]})
    trend = published_trend(shares)
    assert trend.slope.notes == ("surveys left out because their n is not published: 1",)
    with pytest.raises(EstimateError, match=r"two surveys with a known n, got 1 of 2"):
        published_trend(shares.iloc[:2])
    with pytest.raises(EstimateError, match=r"there is no column 'yaer'. Did you mean 'year'\?"):
        published_trend(shares, on="yaer")
    with pytest.raises(EstimateError, match="found others at year 3"):
        published_trend(shares.assign(share=[0.2, 0.3, 1.0], n=50))
    with pytest.raises(EstimateError, match="needs its own year"):
        published_trend(shares.assign(year=[1, 1, 2], n=50))


def test_cochran_armitage_keeps_its_statistic_when_the_scores_are_stretched() -> None:
    hits, sizes = np.array([83, 90, 129, 70]), np.array([86, 93, 136, 82])
    plain = cochran_armitage(hits, sizes)
    stretched = cochran_armitage(hits, sizes, scores=2000 + 3 * np.arange(4))
    assert plain.statistic == pytest.approx(8.22492228519771)
    assert stretched.statistic == pytest.approx(plain.statistic)
    with pytest.raises(EstimateError, match="no trend"):
        cochran_armitage(sizes, sizes)
