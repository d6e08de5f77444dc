"""Decompositions: printed cases, identities between methods, and variances against replicates."""

from __future__ import annotations

import numpy as np
import pytest
from trend_sample import design_of_waves, frame_of_waves

import egovstats as eg
from egovstats.errors import EstimateError
from egovstats.inference import decompose_change, kitagawa, oaxaca


@pytest.fixture(scope="module")
def design() -> eg.Design:
    frame = frame_of_waves(slope=-0.01, seed=7)
    older = (frame.year == 2018) & (np.arange(len(frame)) % 4 == 0)
    frame["young"] = np.where(older, 0.0, frame.young)
    frame["trust"] = np.where((frame.young == 1) & (np.arange(len(frame)) % 6 == 0), 0.0, frame.trust)
    return design_of_waves(frame)


def test_printed_shares_and_rates() -> None:
    parts = kitagawa([0.4, 0.35, 0.25], [0.3, 0.45, 0.62], [0.3, 0.38, 0.32], [0.28, 0.5, 0.66])
    assert parts.composition == pytest.approx(0.03005)
    assert parts.rate == pytest.approx(0.02265)
    np.testing.assert_allclose(parts.composition_by_group, [-0.029, 0.01425, 0.0448])
    with pytest.raises(EstimateError, match=r"shares of groups must add up to 1, got 0\.9 and 1"):
        kitagawa([0.4, 0.5], [0.1, 0.2], [0.5, 0.5], [0.1, 0.2])
    with pytest.raises(EstimateError, match="every group needs both shares and both rates"):
        kitagawa([0.4, 0.6], [0.1], [0.5, 0.5], [0.1, 0.2])


def test_design_parts_are_kitagawas_and_add_up(design: eg.Design) -> None:
    found = decompose_change(design, "trust", ["young", "sex"], on="year")
    total, composition, rate = (found.part(name) for name in ("total", "composition", "rate"))
    assert total.effect.estimate == pytest.approx(composition.effect.estimate + rate.effect.estimate)
    change = eg.change(eg.mean(design, "trust", by="year"), on="year", pairs="last")[0]
    assert total.effect.estimate == pytest.approx(change.effect.estimate)
    assert total.effect.std_error == pytest.approx(change.effect.std_error)
    assert len(found.tests) == 3 + 2 * 4
    assert found.to_frame()["share_of_change"].iloc[1:3].sum() == pytest.approx(1)
    with pytest.raises(EstimateError, match="there is no part 'rates'"):
        found.part("rates")


@pytest.mark.parametrize("method", ["kitagawa", "oaxaca"])
def test_errors_agree_with_the_jackknife(design: eg.Design, method: str) -> None:
    moved = eg.jackknife(design)
    if method == "kitagawa":
        a, b = (decompose_change(each, "trust", "young", on="year") for each in (design, moved))
    else:
        a, b = (oaxaca(each, "trust", ["young", "age", "area"], on="year") for each in (design, moved))
    for one, other in zip(a.tests, b.tests, strict=True):
        assert one.effect.estimate == pytest.approx(other.effect.estimate, abs=1e-10)
        assert one.effect.std_error == pytest.approx(other.effect.std_error, rel=0.05)


def test_one_factor_averaged_is_kitagawa(design: eg.Design) -> None:
    groups = decompose_change(design, "trust", "area", on="year")
    regression = oaxaca(design, "trust", ["area"], on="year")
    for component, same in (("total", "total"), ("composition", "explained"), ("rate", "unexplained")):
        a, b = groups.part(component).effect, regression.part(same).effect
        assert a.estimate == pytest.approx(b.estimate, abs=1e-12)
        assert a.std_error == pytest.approx(b.std_error, rel=1e-8)


@pytest.mark.parametrize("reference", ["earlier", "later", "average", "threefold"])
def test_parts_add_up_to_the_change(design: eg.Design, reference: str) -> None:
    found = oaxaca(design, "score", ["age", "sex"], on="year", reference=reference)
    whole = eg.change(eg.mean(design, "score", by="year"), on="year", pairs="last")[0].effect
    parts = [test for test in found.tests[1:] if not test.keys["detail"]]
    assert found.tests[0].effect.estimate == pytest.approx(whole.estimate)
    assert found.tests[0].effect.std_error == pytest.approx(whole.std_error)
    assert sum(test.effect.estimate for test in parts) == pytest.approx(whole.estimate)
    by_variable = [test.effect.estimate for test in found.tests if test.keys["detail"]]
    assert sum(by_variable) == pytest.approx(found.part("explained").effect.estimate)


def test_what_cannot_be_decomposed(design: eg.Design) -> None:
    frame = frame_of_waves()
    frame.loc[frame.year == 2018, "area"] = "north"
    with pytest.raises(EstimateError, match="there are none for south in 2018, west in 2018"):
        decompose_change(design_of_waves(frame), "trust", "area", on="year")
    with pytest.raises(EstimateError, match="in 2018 1 of 3 columns"):
        oaxaca(design_of_waves(frame), "trust", ["area"], on="year")
    with pytest.raises(EstimateError, match=r"answers in 1 wave\(s\), so nothing can have changed"):
        decompose_change(design, "trust", "area", on="year", where="year == 2010")
    with pytest.raises(EstimateError, match="reference cannot be 'first'"):
        oaxaca(design, "trust", ["area"], on="year", reference="first")
