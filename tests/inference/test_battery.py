"""The battery: each cell as the single call has it, reasons where there is no number, and its speed."""

from __future__ import annotations

import time

import numpy as np
import pandas as pd
import pytest
from trend_sample import design_of_waves

import egovstats as eg
from egovstats.errors import EstimateError
from egovstats.inference import equivalence, superiority, trend_battery

ITEMS = [
    "trust_president",
    "trust_electoral_commission",
    "trust_tax_department",
    "trust_local_council",
    "trust_ruling_party",
    "trust_opposition_parties",
    "trust_police",
    "trust_army",
    "trust_courts",
    "trust_religious_leaders",
    "trust_parliament",
    "difficulty_identity_document",
    "difficulty_household_services",
    "difficulty_police_help",
    "difficulty_school",
    "difficulty_medical",
    "bribe_identity_document",
    "bribe_medical",
    "contact_school",
    "trust_prime_minister",
]


@pytest.fixture(scope="module")
def tunisia(shared_data) -> eg.Waves:
    return eg.open_series("afrobarometer-tunisia").read(shared_data / "microdata" / "afrobarometer-tunisia")


def test_twenty_items_in_twenty_seconds(tunisia: eg.Waves) -> None:
    start = time.process_time()  # of the processor: what else the machine does is no matter
    found = trend_battery(tunisia, ITEMS)
    assert time.process_time() - start < 20
    table = found.to_frame()
    assert len(table) == 20
    assert found.times == [2013, 2015, 2018, 2020, 2022]
    row = table.set_index("item").loc["trust_prime_minister"]
    assert row.reason == "asked once (year 2013), so there is no trend"
    assert np.isnan(row.change)
    row = table.set_index("item").loc["trust_parliament"]
    assert row.joinpoint_reason.startswith("3 waves: a line that turns once has four unknowns")
    assert table.set_index("item").loc["trust_local_council"].comparability == "wording"


def test_cells_are_those_of_single_calls(tunisia: eg.Waves) -> None:
    found = trend_battery(tunisia, ["trust_police", "trust_courts"], margin=0.1)
    design = tunisia.design()
    shares = eg.proportion(design, "trust_police", by="year", answers=[2, 3])
    row = found.to_frame().iloc[0]
    change = eg.change(shares, on="year", pairs="last")[0]
    assert row.change == pytest.approx(change.effect.estimate)
    assert row.change_p == pytest.approx(change.p_value)
    assert row.slope == pytest.approx(
        eg.trend(design, "trust_police", "year", answers=[2, 3]).slope.effect.estimate
    )
    assert row.superiority == pytest.approx(
        superiority(design, "trust_police", on="year", pairs="last")[0].effect.estimate
    )
    assert row["2015"] == pytest.approx(shares.estimate[1])
    single = equivalence(change, 0.1)[0]
    assert found.rows[0].equivalence.p_value == pytest.approx(single.p_value)
    assert row.equivalence == "equivalent"
    both = [each.change.p_value for each in found.rows]
    np.testing.assert_allclose([each.change.p_adjusted for each in found.rows], eg.p_adjust(both))


def test_means_of_a_plain_design() -> None:
    found = trend_battery(design_of_waves(slope=-0.02), ["score", "trust"], answers={"trust": [1]})
    table = found.to_frame()
    assert list(table.answers) == ["mean", "1"]
    assert table.equivalence[0] == ""  # no margin holds for a score
    assert table.equivalence[1] in ("changed", "undecided")


def test_answers_in_a_list_hold_for_all_items() -> None:
    design = design_of_waves(slope=-0.02)
    listed = trend_battery(design, ["trust"], answers=[1]).to_frame()
    named = trend_battery(design, ["trust"], answers={"trust": [1]}).to_frame()
    pd.testing.assert_frame_equal(listed, named)


def test_what_cannot_be_asked() -> None:
    with pytest.raises(EstimateError, match="no item has a headline"):
        trend_battery(design_of_waves())
    with pytest.raises(EstimateError, match=r"there is no item 'scor'\. Did you mean 'score'"):
        trend_battery(design_of_waves(), ["scor"])


def test_made_up_data_say_so_in_the_table() -> None:
    source = eg.Source("made.sav", "0" * 64, synthetic=True)
    design = eg.Design(
        design_of_waves().frame, weight="weight", stratum="stratum", psu="psu", sources=(source,)
    )
    found = trend_battery(design, ["score"])
    assert found.synthetic
    assert "SYNTHETIC" in repr(found)
