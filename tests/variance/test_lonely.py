"""Strata of one unit, at either stage and in domains, against the rules written out stratum by stratum."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import egovstats as eg

RULES = ("remove", "certainty", "average", "adjust")


def frame(seed: int) -> pd.DataFrame:
    """Two stages with strata of one PSU, PSUs of one household, and a domain of few PSUs."""
    rng = np.random.default_rng(seed)
    rows, psu = [], 0
    for stratum in range(8):
        count = 1 if stratum in (2, 5) else int(rng.integers(2, 5))
        psus = count + int(rng.integers(1, 9))
        for _ in range(count):
            households = 1 if rng.random() < 0.35 else int(rng.integers(2, 5))
            of = households + int(rng.integers(1, 9))
            for household in range(households):
                rows += [(stratum, psu, household, psus, of)] * int(rng.integers(1, 5))
            psu += 1
    made = pd.DataFrame(rows, columns=["st", "psu", "hh", "psus", "hhs"])
    n = len(made)
    return made.assign(
        w=rng.lognormal(2, 0.6, n),
        x=rng.gamma(2, 3, n) + made["psu"] % 5,
        q=rng.integers(1, 4, n),
        group=rng.integers(1, 4, n),
        rare=(made["psu"] % 4 == 1) | (rng.random(n) < 0.05),
    )


def design(data: pd.DataFrame, rule: str, domain: bool, stages: int = 1) -> eg.Design:
    two = {"psu": ["psu", "hh"], "population_size": ["psus", "hhs"]}
    units = two if stages == 2 else {"psu": "psu", "population_size": "psus"}
    return eg.Design(data, weight="w", stratum="st", lonely_psu=rule, domain_lonely=domain, **units)


def squares(units: pd.Series, population: float, held: pd.Series) -> tuple[float, int, int]:
    """(1 - n/N) n/(n - 1) times the centred squares of a stratum; units in all and in the domain."""
    n, centred = len(units), units - units.mean()
    scale = (1 - n / population) * n / (n - 1) if n > 1 else np.nan
    return scale * float(centred @ centred), n, int(held.sum())


def one_stage(strata: list[tuple[pd.Series, float, pd.Series]], rule: str, domain: bool) -> float:
    """Variance from the strata of one parent: totals of units, population size, who holds the domain."""
    every = np.concatenate([units.to_numpy() for units, _, _ in strata])
    known, lonely, added = [], 0, 0.0
    for units, population, held in strata:
        own, n, present = squares(units, population, held)
        alone = n == 1 or (domain and rule in ("average", "adjust") and present == 1)
        if alone and rule == "adjust":
            off = units - every.mean()
            added += (1 - n / population) * (n / (n - 1) if n > 1 else 1) * float(off @ off)
        elif alone and present:
            lonely += 1
        elif present:
            known.append(own)
    if rule != "average":
        return added + sum(known)
    if not known:
        return np.nan if lonely else 0.0
    return sum(known) * (len(known) + lonely) / len(known)


def by_hand(data: pd.DataFrame, inside: pd.Series, rule: str, domain: bool, stages: int) -> float:
    """Variance of the total of x in a domain."""
    z, shown = (data["w"] * data["x"]).where(inside, 0.0), inside.astype(int)
    first, within = [], []
    for _, own in data.groupby("st"):
        psus = float(own["psus"].iloc[0])
        totals = z[own.index].groupby(own["psu"]).sum()
        first.append((totals, psus, shown[own.index].groupby(own["psu"]).max()))
        for _, psu in own.groupby("psu"):
            households = z[psu.index].groupby(psu["hh"]).sum()
            held = shown[psu.index].groupby(psu["hh"]).max()
            part = one_stage([(households, float(psu["hhs"].iloc[0]), held)], rule, domain)
            within.append((part * len(totals) / psus, bool(held.any())))
    variance = one_stage(first, rule, domain)
    if stages == 1:
        return variance
    parts = np.array([part for part, held in within if held])
    others = parts[~np.isnan(parts)]
    return variance + float(others.sum()) * len(parts) / len(others)


@pytest.mark.parametrize("seed", [2])
@pytest.mark.parametrize("stages", [1, 2])
@pytest.mark.parametrize("rule", RULES)
def test_totals_follow_the_rule(rule: str, stages: int, seed: int) -> None:
    data = frame(seed)
    for domain in (False, True):
        for inside in (data["x"] > -1, data["group"] == 2, data["rare"]):
            found = eg.total(design(data, rule, domain, stages), "x", where=inside.to_numpy())
            known = by_hand(data, inside, rule, domain, stages)
            np.testing.assert_allclose(found.variance[0], known, rtol=1e-10, atol=1e-9)


@pytest.mark.parametrize("calibrated", [False, True])
@pytest.mark.parametrize("domain", [False, True])
@pytest.mark.parametrize("rule", RULES)
def test_a_model_of_the_mean_alone_is_the_mean(rule: str, domain: bool, calibrated: bool) -> None:
    made = design(frame(1), rule, domain)
    if calibrated:
        made = eg.poststratify(made, "group", {1: 300.0, 2: 400.0, 3: 300.0})
    mean, model = (eg.mean(made, "x", where="rare"), eg.glm(made, "x ~ 1", where="rare"))
    np.testing.assert_allclose(model.std_error, mean.std_error, rtol=1e-9)


@pytest.mark.parametrize("calibrated", [False, True])
@pytest.mark.parametrize("domain", [False, True])
@pytest.mark.parametrize("rule", RULES)
def test_a_table_may_be_turned_round(rule: str, domain: bool, calibrated: bool) -> None:
    made = design(frame(3), rule, domain)
    if calibrated:
        made = eg.poststratify(made, "group", {1: 300.0, 2: 400.0, 3: 300.0})
    one, other = eg.chi_square(made, "q", "group"), eg.chi_square(made, "group", "q")
    assert one.statistic == pytest.approx(other.statistic, rel=1e-9)
    assert one.p_value == pytest.approx(other.p_value, rel=1e-9)


def test_no_stratum_of_two_psus_leaves_the_error_unknown() -> None:
    data = frame(1).drop_duplicates("st")
    found = eg.mean(eg.Design(data, weight="w", stratum="st", psu="psu", lonely_psu="average"), "x")
    assert np.isfinite(found.estimate).all()
    assert np.isnan(found.std_error).all()
    assert any("lonely_psu='average' finds no stratum" in note for note in found.notes)
