"""The package against R's survey, both computed now; skipped where R or its package is not installed."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import egovstats as eg

HERE = Path(__file__).resolve().parent
REFERENCE = HERE.parent
sys.path.insert(0, str(REFERENCE))

import run_cases  # noqa: E402

CLOSED, ITERATED = 1e-8, 1e-6  # R stops its iterations earlier than the package
SCHEMA = json.loads((REFERENCE / "data" / "schema.json").read_text(encoding="utf-8"))


def numbers_of(script: str) -> dict[str, dict[str, np.ndarray]]:
    """R's numbers by case and name; skips where R or a package of the script is not installed."""
    if shutil.which("Rscript") is None:
        pytest.skip("R is not installed on this machine")
    found = subprocess.run(
        ["Rscript", str(HERE / script), str(REFERENCE / "data")],
        capture_output=True,
        text=True,
        check=False,
    )
    if "there is no package called" in found.stderr:
        pytest.skip(f"R is installed without a package that {script} needs")
    assert found.returncode == 0, found.stderr[-2000:]
    table = pd.read_csv(io.StringIO(found.stdout))
    table["name"] = table["name"].str.split(".").str[0]
    return {
        str(case): {str(name): part["value"].to_numpy() for name, part in rows.groupby("name", sort=False)}
        for case, rows in table.groupby("case", sort=False)
    }


@pytest.fixture(scope="module")
def numbers() -> dict[str, dict[str, np.ndarray]]:
    return numbers_of("matrix.R")


def frame(name: str) -> pd.DataFrame:
    return run_cases.load_frame(REFERENCE, name, SCHEMA)


def designs() -> dict[str, eg.Design]:
    clus1 = frame("apiclus1")
    return {
        "strat": eg.Design(frame("apistrat"), stratum="stype", weight="pw", population_size="fpc"),
        "clus1": eg.Design(clus1, psu="dnum", weight="pw", population_size="fpc"),
        "clus2": eg.Design(frame("apiclus2"), psu=["dnum", "snum"], population_size=["fpc1", "fpc2"]),
        "replaced": eg.Design(clus1, psu="dnum", weight="pw"),
    }


STATISTICS: dict[str, Callable[[eg.Design], Any]] = {
    "mean": lambda d: eg.mean(d, ["api00", "meals"]),
    "total": lambda d: eg.total(d, "api00"),
    "share": lambda d: eg.proportion(d, "stype"),
    "ratio": lambda d: eg.ratio(d, "api00", "api99"),
    "mean.Yes": lambda d: eg.mean(d, "api00", where="`comp.imp` == 'Yes'"),
    "mean.No": lambda d: eg.mean(d, "api00", where="`comp.imp` == 'No'"),
    "ratio.Yes": lambda d: eg.ratio(d, "api00", "api99", where="`comp.imp` == 'Yes'"),
    "ratio.No": lambda d: eg.ratio(d, "api00", "api99", where="`comp.imp` == 'No'"),
    "by": lambda d: eg.mean(d, "api00", by="sch.wide"),
}


@pytest.mark.parametrize("design", ["strat", "clus1", "clus2", "replaced"])
@pytest.mark.parametrize("statistic", list(STATISTICS))
def test_estimate_covariance_and_df(numbers: dict, design: str, statistic: str) -> None:
    want = numbers[f"{design}.{statistic}"]
    have = STATISTICS[statistic](designs()[design])
    np.testing.assert_allclose(have.estimate, want["estimate"], rtol=CLOSED)
    np.testing.assert_allclose(
        have.cov.ravel(), want["cov"], rtol=CLOSED, atol=1e-14 + CLOSED * np.abs(want["cov"]).max()
    )
    assert have.df_of(np.arange(len(have))) == want["df"][0]


@pytest.mark.parametrize("design", ["strat", "clus1", "clus2", "replaced"])
@pytest.mark.parametrize("family", ["glm", "logit"])
def test_models(numbers: dict, design: str, family: str) -> None:
    fit = (
        eg.glm(designs()[design], "api00 ~ ell + meals")
        if family == "glm"
        else eg.glm(_with_outcome(design), "wide ~ ell + meals", family="binomial")
    )
    want = numbers[f"{design}.{family}"]
    np.testing.assert_allclose(fit.estimate, want["estimate"], rtol=ITERATED)
    np.testing.assert_allclose(
        fit.cov.ravel(), want["cov"], rtol=ITERATED, atol=ITERATED * np.abs(want["cov"]).max()
    )


def _with_outcome(design: str) -> eg.Design:
    file = {"strat": "apistrat", "clus2": "apiclus2"}.get(design, "apiclus1")
    data = frame(file)
    data["wide"] = (data["sch.wide"] == "Yes").astype(float)
    if design == "strat":
        return eg.Design(data, stratum="stype", weight="pw", population_size="fpc")
    if design == "clus2":
        return eg.Design(data, psu=["dnum", "snum"], population_size=["fpc1", "fpc2"])
    return eg.Design(
        data, psu="dnum", weight="pw", **({"population_size": "fpc"} if design == "clus1" else {})
    )


def test_waves_trend_and_table(numbers: dict) -> None:
    design = eg.Design(frame("trustwaves"), weight="wt", stratum="stratum", psu="psu", nest=True)
    by = eg.mean(design, "trust", by="year")
    np.testing.assert_allclose(by.estimate, numbers["waves.by"]["estimate"], rtol=CLOSED)
    np.testing.assert_allclose(by.cov.ravel(), numbers["waves.by"]["cov"], atol=1e-12)
    slope = eg.trend(design, "trust", "year").slope
    assert slope.effect.estimate == pytest.approx(numbers["waves.slope"]["estimate"][0], rel=CLOSED)
    assert slope.effect.std_error**2 == pytest.approx(numbers["waves.slope"]["cov"][0], rel=CLOSED)
    assert slope.df[0] == numbers["waves.slope"]["df"][0]
    table = eg.chi_square(design, "sat5", "year")
    assert table.statistic == pytest.approx(numbers["waves.chisq"]["estimate"][0], rel=CLOSED)
    assert table.p_value == pytest.approx(numbers["waves.chisq"]["p"][0], rel=ITERATED)
