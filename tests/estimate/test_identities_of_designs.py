"""The same truths on every kind of design: stages, lonely PSUs, replicates, calibrated weights."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import egovstats as eg
from random_samples import random_sample

TIGHT = {"rtol": 1e-8, "atol": 1e-11}
PEOPLE = {"a": 700.0, "b": 900.0}
ANSWERS = {"u": 800.0, "v": 500.0, "w": 300.0}


def staged(frame: pd.DataFrame, **more: object) -> eg.Design:
    """Two stages with population sizes, respondents being the second."""
    sizes = frame.assign(
        psus=frame.groupby("stratum")["psu"].transform("nunique") + 5,
        people=frame.groupby("psu")["psu"].transform("size") * 3,
    )
    return eg.Design(
        sizes, weight="w", stratum="stratum", psu="psu", population_size=["psus", "people"], **more
    )  # type: ignore[arg-type]


def plain(frame: pd.DataFrame) -> eg.Design:
    return eg.Design(frame, weight="w", stratum="stratum", psu="psu")


def lonely(frame: pd.DataFrame, policy: str) -> eg.Design:
    """The first stratum keeps one PSU only."""
    first = frame.loc[frame.stratum == frame.stratum.min(), "psu"].min()
    kept = frame[(frame.stratum != frame.stratum.min()) | (frame.psu == first)].reset_index(drop=True)
    return eg.Design(
        kept, weight="w", stratum="stratum", psu="psu", lonely_psu=policy, domain_lonely=policy != "certainty"
    )


KINDS: dict[str, Callable[[pd.DataFrame], eg.Design]] = {
    "two stages": staged,
    "certainty": lambda frame: lonely(frame, "certainty"),
    "adjust": lambda frame: lonely(frame, "adjust"),
    "average": lambda frame: lonely(frame, "average"),
    "jackknife": lambda frame: eg.jackknife(plain(frame)),
    "post-stratified": lambda frame: eg.poststratify(staged(frame), "group", PEOPLE),
    "raked": lambda frame: eg.rake(plain(frame), {"group": PEOPLE, "z": ANSWERS}),
    "raked jackknife": lambda frame: eg.rake(eg.jackknife(plain(frame)), {"group": PEOPLE, "z": ANSWERS}),
}
every_kind = pytest.mark.parametrize("kind", list(KINDS))
few = settings(max_examples=8, deadline=None)
seeds = st.integers(0, 10_000)


def sample(seed: int) -> pd.DataFrame:
    """Everyone has an answer of each kind in every PSU, so that all replicates can be raked."""
    frame = random_sample(seed, least=3)
    frame["group"] = np.where(np.arange(len(frame)) % 2, "a", "b")
    frame["z"] = np.array(["u", "v", "w"])[np.arange(len(frame)) % 3]
    return frame


@every_kind
@few
@given(seeds)
def test_a_domain_mean_three_ways(kind: str, seed: int) -> None:
    frame = sample(seed)
    inside = ((frame.q >= 3) & frame.y.notna()).astype(float)
    frame = frame.assign(high=frame.q >= 3, inside=inside, inside_y=inside * frame.y.fillna(0))
    design = KINDS[kind](frame)
    where = eg.mean(design, "y", where="q >= 3")
    by = eg.mean(design, "y", by="high").select([1])
    np.testing.assert_allclose(where.estimate, by.estimate, **TIGHT)
    np.testing.assert_allclose(where.cov, by.cov, **TIGHT)
    assert where.df.tolist() == by.df.tolist()
    if kind in ("adjust", "average"):  # these know which PSUs hold the domain; a ratio does not
        return
    ratio = eg.ratio(design, "inside_y", "inside")
    np.testing.assert_allclose(where.estimate, ratio.estimate, **TIGHT)
    np.testing.assert_allclose(where.cov, ratio.cov, **TIGHT)


@every_kind
@few
@given(seeds)
def test_order_of_rows_labels_and_scale_of_weights(kind: str, seed: int) -> None:
    frame = sample(seed)
    mixed = frame.sample(frac=1, random_state=seed).reset_index(drop=True)
    mixed = mixed.assign(psu="p" + mixed.psu, stratum=mixed.stratum + "s", w=mixed.w * 7)
    a, b = (eg.proportion(KINDS[kind](each), "q", by=["wave", "group"]) for each in (frame, mixed))
    pd.testing.assert_frame_equal(a.keys, b.keys)
    np.testing.assert_allclose(a.estimate, b.estimate, **TIGHT)
    np.testing.assert_allclose(a.cov, b.cov, **TIGHT)
    np.testing.assert_array_equal(a.df, b.df)


@every_kind
@few
@given(seeds)
def test_totals_add_up_and_shares_have_no_variance_together(kind: str, seed: int) -> None:
    design = KINDS[kind](sample(seed))
    shares = eg.proportion(design, "z")
    assert shares.estimate.sum() == pytest.approx(1)
    assert abs(shares.cov.sum()) < 1e-12
    np.testing.assert_allclose(shares.variance, np.diag(shares.cov), **TIGHT)
    if kind in ("adjust", "average"):  # a lonely PSU in one domain need not be lonely in all
        return
    parts, whole = eg.total(design, "x", by="group"), eg.total(design, "x")
    np.testing.assert_allclose(parts.estimate.sum(), whole.estimate[0], **TIGHT)
    np.testing.assert_allclose(parts.cov.sum(), whole.cov[0, 0], rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize("kind", ["post-stratified", "raked", "raked jackknife"])
@few
@given(seeds)
def test_calibrated_totals_have_no_variance(kind: str, seed: int) -> None:
    people = eg.total(KINDS[kind](sample(seed)), "group")
    np.testing.assert_allclose(people.estimate, list(PEOPLE.values()), rtol=1e-8)
    assert (people.std_error < 1e-5).all()


@settings(max_examples=12, deadline=None)
@given(seeds, st.booleans())
def test_jackknife_and_linearisation_agree_on_totals(seed: int, known_sizes: bool) -> None:
    """Exactly, domain by domain and jointly; with population sizes of the first stage, too."""
    frame = sample(seed)
    sizes = frame.assign(psus=frame.groupby("stratum")["psu"].transform("nunique") + 5)
    more = {"population_size": "psus"} if known_sizes else {}
    design = eg.Design(sizes, weight="w", stratum="stratum", psu="psu", **more)  # type: ignore[arg-type]
    linear = eg.total(design, "x", by=["wave", "group"])
    for mse in (False, True):
        made = eg.total(eg.jackknife(design, mse=mse), "x", by=["wave", "group"])
        np.testing.assert_allclose(made.cov, linear.cov, rtol=1e-8, atol=1e-9)


@settings(max_examples=12, deadline=None)
@given(seeds)
def test_two_stages_by_the_formula(seed: int) -> None:
    """Saerndal, Swensson and Wretman (1992), result 4.3.1, written out for a total."""
    frame = sample(seed)
    variance = 0.0
    for _, stratum in frame.assign(wx=frame.w * frame.x).groupby("stratum"):
        psus = [psu["wx"] for _, psu in stratum.groupby("psu")]
        m = len(psus)
        rate = m / (m + 5)
        variance += (1 - rate) * m * np.var([psu.sum() for psu in psus], ddof=1)
        variance += rate * sum((1 - 1 / 3) * len(psu) * np.var(psu, ddof=1) for psu in psus)
    assert eg.total(staged(frame), "x").variance[0] == pytest.approx(variance)
