"""The multiverse: each specification as it would be fitted alone."""

from __future__ import annotations

import numpy as np
import pytest
from trend_sample import design_of_waves, frame_of_waves

import egovstats as eg
from egovstats.errors import EstimateError
from egovstats.inference import multiverse


@pytest.fixture(scope="module")
def tunisia(shared_data) -> eg.Waves:
    series = eg.open_series("afrobarometer-tunisia")
    return series.read(shared_data / "microdata" / "afrobarometer-tunisia", items=["trust_police", "region"])


def test_each_specification_is_the_trend_of_its_choices() -> None:
    design = design_of_waves(slope=-0.005)
    found = multiverse(
        design,
        "trust",
        cuts={"trusts": [1]},
        bases={"everyone": None, "young": "young == 1"},
        leave_out_waves=True,
    )
    table = found.specifications
    assert len(table) == 2 * 2 * 6  # weights, bases, all waves or without one of five
    primary = eg.trend(design, "trust", answers=[1]).slope
    assert found.primary.effect.estimate == pytest.approx(primary.effect.estimate)
    assert found.primary.p_value == pytest.approx(primary.p_value)
    flat = eg.Design(design.frame.assign(weight=1.0), weight="weight", stratum="stratum", psu="psu")
    alone = eg.trend(flat, "trust", answers=[1], where="young == 1 and year != 2014").slope
    row = table[(table.weights == "unweighted") & (table.base == "young") & (table.waves == "without 2014")]
    assert row.estimate.iloc[0] == pytest.approx(alone.effect.estimate)
    assert row.std_error.iloc[0] == pytest.approx(alone.effect.std_error)
    assert table.estimate.is_monotonic_increasing
    assert table.primary.sum() == 1
    assert found.summary["specifications"] == 24
    assert set(found.by_choice()["choice"]) == {"weights", "missing", "base", "places", "cut", "waves"}


def test_decisions() -> None:
    clear = multiverse(design_of_waves(slope=-0.03), "trust", cuts={"trusts": [1]})
    assert clear.summary["same_decision"] == clear.summary["same_sign"] == 2
    turned = multiverse(design_of_waves(slope=-0.03), "trust", cuts={"trusts": [1], "does not": [0]})
    assert turned.summary["same_sign"] == turned.summary["same_decision"] == 2  # of four


def test_places_in_every_wave() -> None:
    frame = frame_of_waves()
    frame["place"] = frame.area
    frame.loc[(frame.year == 2010) & (frame.area == "west"), "place"] = "north"
    found = multiverse(design_of_waves(frame), "trust", cuts={"trusts": [1]}, places="place")
    assert list(dict.fromkeys(found.specifications.places)) == ["all", "in every wave (2)"] or set(
        found.specifications.places
    ) == {"all", "in every wave (2)"}
    same = multiverse(design_of_waves(), "trust", cuts={"trusts": [1]}, places="area")
    assert "every area is in every wave, so places are no choice" in same.notes


def test_missing_rule_on_real_waves(tunisia: eg.Waves) -> None:
    found = multiverse(tunisia, "trust_police", places="region")
    table = found.specifications
    assert len(table) == 2 * 2 * 3  # weights, missing rule, three cuts
    counted = table[(table.missing == "counted") & (table.weights == "weighted") & (table.cut == "headline")]
    valid = table[(table.missing == "valid") & (table.weights == "weighted") & (table.cut == "headline")]
    held = tunisia.missing["trust_police"].isin(["", "dont_know", "refused", "no_answer"])
    assert counted.n.iloc[0] == held.sum() > valid.n.iloc[0]
    frame = tunisia.design().frame
    frame["hit"] = frame.trust_police.isin([2, 3]).where(held).astype(float)
    by_hand = eg.trend(eg.Design(frame, weight="weight", stratum="stratum", psu="psu"), "hit", "year").slope
    assert counted.estimate.iloc[0] == pytest.approx(by_hand.effect.estimate)


def test_what_cannot_vary() -> None:
    design = design_of_waves()
    found = multiverse(design, "trust", cuts={"trusts": [1]})
    assert found.notes == ("a design does not know why answers are missing: the base is those who answered",)
    with pytest.raises(EstimateError, match="item 'trust' has no headline answers"):
        multiverse(design, "trust")
    with pytest.raises(EstimateError, match="missing answers are 'valid' or 'counted'"):
        multiverse(design, "trust", cuts={"trusts": [1]}, missing=["value"])
    with pytest.raises(
        EstimateError, match="the primary specification cannot be fitted: fewer than two waves"
    ):
        multiverse(design, "trust", cuts={"trusts": [1]}, bases={"first": "year == 2010"})
    void = multiverse(
        design,
        "trust",
        cuts={"trusts": [1]},
        bases={"everyone": None, "first": np.asarray(design.frame.year == 2010)},
    )
    assert len(void.specifications) == 2
    assert sum(note.startswith("not fitted") for note in void.notes) == 2
