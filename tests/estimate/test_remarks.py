"""No silent NaN, and no standard error of 0 without a word."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

import egovstats as eg
from egovstats.errors import DesignError, EstimateError

rng = np.random.default_rng(1)
FRAME = pd.DataFrame(
    {
        "psu": np.repeat(np.arange(8), 5),
        "stratum": np.repeat([0, 1], 20),
        "w": 1 + rng.random(40),
        "y": rng.normal(size=40),
        "q": rng.integers(0, 2, 40),
        "silent": np.nan,
        "same": 1,
        "zero": 0.0,
        "size": 4,
    }
)
DESIGN = eg.Design(FRAME, weight="w", stratum="stratum", psu="psu")
REPLICATED = eg.jackknife(DESIGN)
ZERO = "have a standard error of 0: everyone in their base gave the same answer"


@pytest.mark.parametrize("design", [DESIGN, REPLICATED], ids=["linearised", "replicated"])
@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda d: eg.mean(d, "silent"), "1 of 1 estimates have no respondents in their base"),
        (lambda d: eg.total(d, "silent"), "1 of 1 estimates have no respondents in their base"),
        (lambda d: eg.quantile(d, "silent"), "1 of 1 estimates have no respondents in their base"),
        (lambda d: eg.proportion(d, "silent"), "nobody answered, so there is nothing to show"),
        (lambda d: eg.ratio(d, "y", "zero"), "1 of 1 estimates are not defined: their base has one"),
        (lambda d: eg.correlation(d, ["y", "same"]), "1 of 1 estimates are not defined: their base has one"),
        (lambda d: eg.mean(d, "same"), f"1 of 1 estimates {ZERO}"),
        (lambda d: eg.mean(d, "y", by="psu"), "8 of 8 estimates have no degrees of freedom, so no interval"),
        (lambda d: eg.proportion(d, "same", interval="wald"), f"1 of 1 estimates {ZERO}"),
    ],
)
def test_a_table_says_what_it_cannot_say(design: eg.Design, ask: Callable, said: str) -> None:
    assert any(note.startswith(said) for note in ask(design).notes)


@pytest.mark.parametrize("interval", ["logit", "arcsine", "likelihood"])
def test_shares_of_0_and_1_name_the_intervals_that_hold(interval: str) -> None:
    found = eg.proportion(DESIGN, "same", interval=interval)
    assert np.isnan(found.conf_int()).all()
    assert found.notes[0].endswith(
        f"shares of 0 and 1 have no {interval} interval, interval='beta' or 'wilson' has one"
    )
    for holds in ("beta", "wilson"):
        low, high = eg.proportion(DESIGN, "same", interval=holds).conf_int()
        assert 0.8 < low[0] < high[0] == 1


def test_a_replicate_without_the_domain_leaves_no_standard_error() -> None:
    found = eg.mean(REPLICATED, "y", where="psu == 3")
    assert np.isfinite(found.estimate[0])
    assert np.isnan(found.std_error[0])
    said = "1 of 1 estimates have no standard error: a replicate leaves nobody in their base"
    assert any(note.startswith(said) for note in found.notes)


def test_an_ordinary_table_has_nothing_to_say() -> None:
    for found in (eg.mean(DESIGN, "y"), eg.proportion(DESIGN, "q", by="stratum"), eg.total(DESIGN, "y")):
        assert found.notes == ()
    assert eg.topline(DESIGN, ["q", "silent"], by=None)._stacked().notes == ("nobody answered silent",)


@pytest.mark.parametrize("design", [DESIGN, REPLICATED], ids=["linearised", "replicated"])
@pytest.mark.parametrize(
    "ask",
    [
        lambda d: eg.mean(d, "y", where="y > 100"),
        lambda d: eg.total(d, "y", where="y > 100"),
        lambda d: eg.proportion(d, "q", where="y > 100"),
        lambda d: eg.quantile(d, "y", where="y > 100"),
        lambda d: eg.mean(d, "y", by="q", where="y > 100"),
    ],
)
def test_a_domain_that_nobody_is_in_is_refused(design: eg.Design, ask: Callable) -> None:
    with pytest.raises(
        EstimateError, match=r"no respondent (has a weight above 0 and is where|is in any domain)"
    ):
        ask(design)


def test_tables_that_nobody_answered_and_samples_of_one_psu_are_refused() -> None:
    with pytest.raises(EstimateError, match="nobody in the table answered 'silent', so it has no rows"):
        eg.crosstab(DESIGN, "silent", "q")
    with pytest.raises(DesignError, match="all respondents are of one PSU, so nothing can be said"):
        eg.Design(FRAME[FRAME.psu == 1], psu="psu")
    with pytest.raises(DesignError, match=r"PSU '0' lies in more than one stratum \('0' and '1'; 8 in all\)"):
        eg.Design(FRAME.assign(stratum=FRAME.index % 2), stratum="stratum", psu="psu")
    with pytest.raises(DesignError, match="stratum '0' has 4 sampled units but a population size of 3"):
        eg.Design(FRAME.assign(size=3), stratum="stratum", psu="psu", population_size="size")


def test_a_census_has_no_error_and_says_why() -> None:
    census = eg.Design(FRAME, stratum="stratum", psu="psu", population_size="size")
    found = eg.mean(census, "y")
    assert found.std_error[0] == 0
    assert "or the design fixes them" in found.notes[0]
