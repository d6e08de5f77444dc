"""Whole distributions: against pairs counted one by one, areas, and the design's own replicates."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from trend_sample import design_of_waves, frame_of_waves

import egovstats as eg
from egovstats.errors import EstimateError
from egovstats.inference import distribution_change, superiority, wasserstein


def test_superiority_counts_all_pairs_of_people() -> None:
    frame = frame_of_waves(years=(2010, 2014), slope=0.02, psus=8, size=6).assign(weight=1.0)
    found = superiority(design_of_waves(frame), "rating", on="year")[0]
    early, late = (frame.loc[frame.year == year, "rating"].to_numpy() for year in (2010, 2014))
    pairs = np.sign(late[:, None] - early[None, :])
    assert found.effect.estimate == pytest.approx(((pairs > 0) + (pairs == 0) / 2).mean())
    delta, odds = found.others
    assert delta.estimate == pytest.approx(pairs.mean())
    assert odds.estimate == pytest.approx((pairs > 0).sum() / (pairs < 0).sum())
    u = stats.mannwhitneyu(late, early).statistic
    assert found.effect.estimate == pytest.approx(u / len(early) / len(late))


def test_superiority_of_a_share_is_its_change() -> None:
    """With two answers, P(later > earlier) + ties / 2 is half the change of the share above a half."""
    design = design_of_waves(slope=-0.02)
    found = superiority(design, "trust", on="year", pairs="last")[0]
    share = eg.change(eg.mean(design, "trust", by="year"), on="year", pairs="last")[0]
    assert found.effect.estimate == pytest.approx(0.5 + share.effect.estimate / 2)
    assert found.effect.std_error == pytest.approx(share.effect.std_error / 2)
    assert found.p_value == pytest.approx(share.p_value)


def test_superiority_variance_agrees_with_the_jackknife() -> None:
    frame = frame_of_waves(years=(2010, 2014), slope=0.01)
    design = design_of_waves(frame)
    found = superiority(design, "rating", on="year")[0]
    late, rating = (frame.year == 2014).to_numpy(), frame.rating.to_numpy()
    order = np.sign(rating[late][:, None] - rating[~late][None, :])
    chance = (order > 0) + (order == 0) / 2

    def statistic(weight: np.ndarray) -> np.ndarray:
        p, q = weight[~late] / weight[~late].sum(), weight[late] / weight[late].sum()
        return np.array([q @ chance @ p])

    _, cov = eg.jackknife(design).replicated(statistic)
    assert found.effect.std_error == pytest.approx(np.sqrt(cov.variance[0]), rel=0.02)


def test_panel_gives_smaller_error() -> None:
    """The same people twice: PSUs that hold both waves carry the covariance."""
    frame = frame_of_waves(years=(2010,))
    again = frame.assign(year=2014, rating=np.clip(frame.rating + (np.arange(len(frame)) % 5 == 0), 1, 4))
    panel = superiority(design_of_waves(pd.concat([frame, again])), "rating", on="year")[0]
    apart = again.assign(psu=again.psu + "x", stratum=again.stratum + "x")
    fresh = superiority(design_of_waves(pd.concat([frame, apart])), "rating", on="year")[0]
    assert panel.effect.estimate == pytest.approx(fresh.effect.estimate)
    assert panel.effect.std_error < 0.5 * fresh.effect.std_error


def test_wasserstein_is_the_area_between_the_distributions() -> None:
    frame = frame_of_waves(years=(2010, 2014), slope=0.02)
    found = wasserstein(design_of_waves(frame), "rating", on="year")[0]
    a, b = frame[frame.year == 2010], frame[frame.year == 2014]
    area = stats.wasserstein_distance(a.rating, b.rating, a.weight, b.weight)
    assert found.effect.estimate == pytest.approx(area)
    means = eg.change(eg.mean(design_of_waves(frame), "rating", by="year"), on="year")[0]
    assert found.others[0].estimate == pytest.approx(means.effect.estimate)
    assert 0 <= found.effect.conf_low <= area <= found.effect.conf_high


def test_wasserstein_interval_agrees_with_its_test() -> None:
    for seed in range(12):
        found = wasserstein(design_of_waves(seed=seed, years=(2010, 2014), slope=0.012), "rating", on="year")[
            0
        ]
        assert (found.effect.conf_low > 0) == (found.p_value < 0.05)


def test_wasserstein_of_a_share_is_a_t_test() -> None:
    design = design_of_waves(slope=-0.01)
    found = wasserstein(design, "trust", on="year", pairs="last")[0]
    share = eg.change(eg.mean(design, "trust", by="year"), on="year", pairs="last")[0]
    assert found.p_value == pytest.approx(share.p_value, rel=1e-6)
    assert found.effect.conf_high - found.effect.estimate == pytest.approx(
        share.effect.conf_high - share.effect.estimate, rel=1e-5
    )


def test_whole_change_in_one_call() -> None:
    found = distribution_change(design_of_waves(slope=0.02), "rating", on="year")
    assert found.chi_square.p_value < 0.01
    assert found.superiority.effect.conf_low > 0.5
    assert len(found.answers) == 4
    assert found.answers.adjust == "max-t"
    assert len(found.to_frame()) == 7


def test_answers_without_order_have_no_direction() -> None:
    class Item:
        kind = "nominal"
        answers = ()

    design = eg.Design(frame_of_waves(), weight="weight", stratum="stratum", psu="psu", items={"sex": Item()})
    found = distribution_change(design, "sex", on="year")
    assert found.superiority is found.distance is None
    assert found.notes == ("the answers have no order, so there is no direction and no distance",)
    with pytest.raises(EstimateError, match="the answers of 'sex' are nominal"):
        superiority(design, "sex", on="year")
    with pytest.raises(EstimateError, match="the answers of 'sex' are nominal"):
        wasserstein(design, "sex", on="year")


def test_item_asked_once() -> None:
    frame = frame_of_waves()
    frame.loc[frame.year > 2010, "rating"] = np.nan
    with pytest.raises(EstimateError, match=r"item 'rating' has answers in 1 wave\(s\), so nothing can have"):
        distribution_change(design_of_waves(frame), "rating", on="year")
