"""Truths that hold for any data, over random designs."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import egovstats as eg

TIGHT = {"rtol": 1e-9, "atol": 1e-12}


def random_sample(seed: int, *, clustered: bool = True) -> pd.DataFrame:
    """Two waves, strata nested in waves, PSUs of uneven size, an item with missing answers."""
    rng = np.random.default_rng(seed)
    rows = []
    for wave in (2013, 2018):
        for stratum in range(int(rng.integers(2, 5))):
            for psu in range(int(rng.integers(2, 6))):
                effect = rng.normal(0, 0.7)
                for _ in range(int(rng.integers(1, 7))):
                    rows.append((wave, f"{wave}-{stratum}", f"{wave}-{stratum}-{psu}", effect))
    frame = pd.DataFrame(rows, columns=["wave", "stratum", "psu", "effect"])
    n = len(frame)
    frame["w"] = rng.lognormal(0, 0.5, n)
    frame["sex"] = rng.integers(1, 3, n)
    frame["y"] = np.round(5 + frame.effect + rng.normal(0, 1, n), 2)
    frame["trust"] = np.clip(np.round(2 + frame.effect + rng.normal(0, 1, n)), 0, 4)
    frame.loc[rng.random(n) < 0.1, ["y", "trust"]] = np.nan
    frame["x"] = 1 + rng.random(n)
    return frame


def design_of(frame: pd.DataFrame, **changed: object) -> eg.Design:
    return eg.Design(frame, **({"weight": "w", "stratum": "stratum", "psu": "psu"} | changed))  # type: ignore[arg-type]


seeds = st.integers(0, 10_000)
quick = settings(max_examples=25, deadline=None)


@quick
@given(seeds)
def test_a_domain_mean_three_ways(seed: int) -> None:
    frame = random_sample(seed)
    inside = ((frame.sex == 1) & frame.y.notna()).astype(float)
    frame = frame.assign(inside=inside, inside_y=inside * frame.y.fillna(0))
    design = design_of(frame)
    where = eg.mean(design, "y", where="sex == 1")
    by = eg.mean(design, "y", by="sex").select([0])
    ratio = eg.ratio(design, "inside_y", "inside")
    for other in (by, ratio):
        np.testing.assert_allclose(where.estimate, other.estimate, **TIGHT)
        np.testing.assert_allclose(where.cov, other.cov, **TIGHT)


@quick
@given(seeds)
def test_row_order_and_labels_do_not_matter(seed: int) -> None:
    frame = random_sample(seed)
    mixed = frame.sample(frac=1, random_state=seed).assign(
        psu=lambda d: pd.factorize(d.psu)[0] + 7, stratum=lambda d: "s" + d.stratum
    )
    a = eg.proportion(design_of(frame), "trust", by=["wave", "sex"])
    b = eg.proportion(design_of(mixed), "trust", by=["wave", "sex"])
    pd.testing.assert_frame_equal(a.keys, b.keys)
    np.testing.assert_allclose(a.estimate, b.estimate, **TIGHT)
    np.testing.assert_allclose(a.cov, b.cov, **TIGHT)
    np.testing.assert_array_equal(a.df, b.df)


@quick
@given(seeds, st.floats(0.01, 1000))
def test_weight_scale_moves_no_mean_and_scales_totals(seed: int, factor: float) -> None:
    frame = random_sample(seed)
    other = design_of(frame.assign(w=frame.w * factor))
    design = design_of(frame)
    a, b = eg.mean(design, "y", by="wave"), eg.mean(other, "y", by="wave")
    np.testing.assert_allclose(a.estimate, b.estimate, **TIGHT)
    np.testing.assert_allclose(a.cov, b.cov, **TIGHT)
    np.testing.assert_allclose(a.deff(), b.deff(), **TIGHT)
    t, u = eg.total(design, "y"), eg.total(other, "y")
    np.testing.assert_allclose(t.std_error * factor, u.std_error, **TIGHT)


@quick
@given(seeds)
def test_domain_totals_add_up_with_their_covariance(seed: int) -> None:
    design = design_of(random_sample(seed))
    parts, whole = eg.total(design, "y", by="sex"), eg.total(design, "y")
    np.testing.assert_allclose(parts.estimate.sum(), whole.estimate[0], **TIGHT)
    np.testing.assert_allclose(parts.cov.sum(), whole.cov[0, 0], **TIGHT)


@quick
@given(seeds)
def test_shares_add_to_one_without_variance(seed: int) -> None:
    shares = eg.proportion(design_of(random_sample(seed)), "trust")
    assert shares.estimate.sum() == pytest.approx(1)
    assert abs(shares.cov.sum()) < 1e-12
    np.testing.assert_allclose(shares.variance, np.diag(shares.cov), **TIGHT)


@quick
@given(seeds)
def test_waves_with_their_own_strata_are_uncorrelated(seed: int) -> None:
    found = eg.mean(design_of(random_sample(seed)), "y", by="wave")
    assert found.cov[0, 1] == 0
    alone = eg.mean(design_of(random_sample(seed)), "y", where="wave == 2013")
    np.testing.assert_allclose(found.variance[0], alone.variance[0], **TIGHT)


@quick
@given(seeds)
def test_the_diagonal_alone_equals_that_of_the_joint_covariance(seed: int) -> None:
    found = eg.mean(design_of(random_sample(seed)), ["y", "x"], by=["sex"])
    np.testing.assert_allclose(found.variance, np.diag(found.cov), **TIGHT)


@quick
@given(seeds)
def test_jackknife_by_hand_agrees_with_linearisation_on_totals(seed: int) -> None:
    frame = random_sample(seed)
    total = eg.total(design_of(frame), "x")
    variance = 0.0
    for _, stratum in frame.groupby("stratum"):
        sums = stratum.groupby("psu").apply(lambda d: float((d.w * d.x).sum()), include_groups=False)
        m = len(sums)
        # Leaving PSU i out and weighting the others up by m/(m-1) moves the total by this much.
        moved = (sums.sum() - sums) * m / (m - 1) - sums.sum()
        variance += (m - 1) / m * float((moved**2).sum())
    assert total.variance[0] == pytest.approx(variance)


@quick
@given(seeds)
def test_a_net_is_the_sum_of_its_answers(seed: int) -> None:
    design = design_of(random_sample(seed))
    shares = eg.proportion(design, "trust")
    pair = shares.keys["answer"].isin([3, 4]).to_numpy()
    if pair.sum() < 2:
        return
    net = eg.proportion(design, "trust", answers=[3, 4])
    assert net.estimate[0] == pytest.approx(shares.estimate[pair].sum())
    assert net.variance[0] == pytest.approx(shares.cov[np.ix_(pair, pair)].sum())


@quick
@given(seeds)
def test_the_callers_frame_is_not_changed(seed: int) -> None:
    frame = random_sample(seed)
    before = frame.copy(deep=True)
    design = design_of(frame)
    eg.topline(design, ["trust", "sex"], by="wave").to_frame()
    eg.trend(design, "y", "wave")
    pd.testing.assert_frame_equal(frame, before)


def test_blocks_of_strata_give_the_same_covariance(monkeypatch: pytest.MonkeyPatch) -> None:
    frame = random_sample(3)
    whole = eg.proportion(design_of(frame), "trust", by="sex").cov
    monkeypatch.setattr("egovstats.variance.cells._BLOCK", 40)
    np.testing.assert_allclose(eg.proportion(design_of(frame), "trust", by="sex").cov, whole, **TIGHT)


def test_chunks_of_rows_give_the_same_totals(monkeypatch: pytest.MonkeyPatch) -> None:
    frame = random_sample(4).sample(frac=1, random_state=1)
    whole = eg.topline(design_of(frame), ["trust"], by="wave").to_frame()
    monkeypatch.setattr("egovstats.variance.sums.CHUNK", 7)
    pd.testing.assert_frame_equal(eg.topline(design_of(frame), ["trust"], by="wave").to_frame(), whole)
