"""Replicates, calibrated weights, quantiles and lonely PSUs against R's survey, both computed now."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from test_live import CLOSED, ITERATED, STATISTICS, designs, frame, numbers_of

import egovstats as eg


@pytest.fixture(scope="module")
def numbers() -> dict[str, dict[str, np.ndarray]]:
    return numbers_of("designs.R")


REPLICATED: dict[str, Callable[[], eg.ReplicateDesign]] = {
    "jk1": lambda: eg.jackknife(designs()["clus1"]),
    "jk1_mse": lambda: eg.jackknife(designs()["replaced"], mse=True),
    "jkn": lambda: eg.jackknife(designs()["strat"]),
}
PEOPLE = {"E": 4421, "H": 755, "M": 1018}
WIDE = {"No": 1072, "Yes": 5122}
TOTALS = {"Intercept": 6194, "stype[T.H]": 755, "stype[T.M]": 1018, "api99": 3914069}
STEPS: dict[str, Callable[[eg.Design], eg.Design]] = {
    "poststratified": lambda d: eg.poststratify(d, "stype", PEOPLE),
    "raked": lambda d: eg.rake(d, {"stype": PEOPLE, "sch.wide": WIDE}, regression="unweighted"),
    "linear": lambda d: eg.calibrate(d, "stype + api99", TOTALS),
    "raking": lambda d: eg.calibrate(d, "stype + api99", TOTALS, method="raking", tolerance=1e-12),
}


def same(have: Any, want: np.ndarray, rtol: float = CLOSED) -> None:
    np.testing.assert_allclose(np.ravel(have), want, rtol=rtol, atol=1e-14 + rtol * np.abs(want).max())


def read_in(name: str) -> eg.ReplicateDesign:
    """Replicate weights from columns."""
    columns = [f"{'fay' if name == 'fay' else 'brr'}{at}" for at in range(1, 9)]
    how: dict[str, Any] = {
        "brr": {"method": "BRR"},
        "fay": {"method": "Fay", "fay": 0.3, "mse": True},
        "other": {"method": "other", "scale": 0.2, "rscales": [1, 1, 2, 1, 1, 1, 0, 1]},
    }[name]
    return eg.ReplicateDesign(frame("twopsu"), weight="w", replicates=columns, **how)


@pytest.mark.parametrize("name", list(REPLICATED))
@pytest.mark.parametrize("statistic", ["mean", "total", "share", "ratio", "mean.Yes", "by"])
def test_replicates_made(numbers: dict, name: str, statistic: str) -> None:
    want, have = numbers[f"{name}.{statistic}"], STATISTICS[statistic](REPLICATED[name]())
    same(have.estimate, want["estimate"])
    same(have.cov, want["cov"])
    assert have.df_of(np.arange(len(have))) == want["df"][0]


@pytest.mark.parametrize("name", ["brr", "fay", "other"])
def test_replicates_read(numbers: dict, name: str) -> None:
    design = read_in(name)
    for statistic, have in (("mean", eg.mean(design, ["x", "y"])), ("by", eg.mean(design, "y", by="grp"))):
        same(have.estimate, numbers[f"{name}.{statistic}"]["estimate"])
        same(have.cov, numbers[f"{name}.{statistic}"]["cov"])
    quantiles = eg.quantile(design, "x", [0.25, 0.5], rule="school", interval="quantile")
    same(quantiles.estimate, numbers[f"{name}.quantile"]["estimate"])
    same(quantiles.std_error, numbers[f"{name}.quantile"]["se"])


@pytest.mark.parametrize("name", ["clus1", "clus2", "strat", "jk1", "jkn"])
@pytest.mark.parametrize("step", list(STEPS))
def test_calibrated(numbers: dict, name: str, step: str) -> None:
    if f"{name}.{step}" not in numbers:
        pytest.skip("R stops after ten rounds of residuals, too few for this sample")
    want = numbers[f"{name}.{step}"]
    made = STEPS[step](REPLICATED[name]() if name in REPLICATED else designs()[name])
    same(made.weight[:20], want["weight"], ITERATED)
    found = eg.mean(made, ["api00", "ell"])
    same(found.estimate, want["estimate"], ITERATED)
    same(found.cov, want["cov"], ITERATED)
    part = eg.total(made, "api00", where="`comp.imp` == 'Yes'")
    same([part.estimate[0], part.std_error[0]], want["domain"], ITERATED)


@pytest.mark.parametrize("rule", ["math", "school", "shahvaish", *(f"hf{at}" for at in range(1, 10))])
@pytest.mark.parametrize("domain", ["all", "Yes"])
def test_quantiles(numbers: dict, rule: str, domain: str) -> None:
    where = None if domain == "all" else "`comp.imp` == 'Yes'"
    have = eg.quantile(designs()["strat"], "api00", [0.2, 0.5, 0.8], rule=rule, ties="row", where=where)
    same(have.estimate, numbers[f"quantile.{rule}.{domain}"]["estimate"])
    same(np.column_stack(have.conf_int()).T, numbers[f"quantile.{rule}.{domain}"]["limits"])


@pytest.mark.parametrize("policy", ["remove", "certainty", "adjust", "average"])
@pytest.mark.parametrize("within", [False, True])
def test_lonely_psus(numbers: dict, policy: str, within: bool) -> None:
    design = eg.Design(
        frame("lonely"),
        weight="w",
        stratum="stratum",
        psu="psu",
        population_size="nh",
        nest=True,
        lonely_psu=policy,
        domain_lonely=within,
    )
    for case, where in (("", None), (".a", "grp == 'a'")):
        want = numbers[f"lonely.{policy}.{str(within).upper()}{case}"]
        have = eg.mean(design, "y", where=where)
        same(have.estimate, want["estimate"])
        same(have.cov, want["cov"])
        assert have.df[0] == want["df"][0]
