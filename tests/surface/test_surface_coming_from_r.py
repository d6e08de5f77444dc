"""Every cell of the page for people who come from R, Stata or SPSS runs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import egovstats as eg

PAGE = Path(__file__).resolve().parents[2] / "docs" / "coming-from-r.md"
ROW = re.compile(r"^\|(?:[^|\\]|\\.)*\|(?:[^|\\]|\\.)*\| (.+) \|$", re.MULTILINE)


def cells() -> list[str]:
    """The code in the last column of every table."""
    last = [cell for cell in ROW.findall(PAGE.read_text(encoding="utf-8")) if cell != "here"]
    assert all(re.fullmatch(r"`[^`]+`", cell) for cell in last), [c for c in last if c[0] != "`"]
    return [cell.strip("`") for cell in last]


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    rng = np.random.default_rng(7)
    n = 320
    made = pd.DataFrame(
        {
            "st": np.repeat([1, 2, 3, 4], 80),
            "psu": np.repeat(np.arange(16), 20),
            "ssu": np.repeat(np.arange(80), 4),
            "N1": 40,
            "N2": 10,
            "rate": 0.1,
            "p": rng.uniform(0.1, 0.3, n),
            "w": rng.uniform(2, 4, n),
            "y": rng.normal(0, 1, n),
            "x": rng.normal(5, 1, n),
            "q": rng.integers(1, 4, n),
            "q2": rng.integers(1, 3, n),
            "b": rng.integers(0, 2, n),
            "sex": rng.choice(["f", "m"], n),
            "region": rng.choice(["n", "s"], n),
            "year": np.tile([2013, 2015, 2018, 2020], 80),
        }
    )
    made["wave"] = made["year"]
    for at in range(1, 9):
        made[f"r{at}"] = made["w"] * rng.uniform(0.5, 1.5, n)
    return made


def test_every_cell_runs_in_the_order_of_the_page(frame: pd.DataFrame) -> None:
    known: dict[str, Any] = {"np": np, "eg": eg, "df": frame}
    found = cells()
    assert len(found) > 60
    for code in found:
        try:
            exec(compile(code, "<cell>", "exec"), known)
        except Exception as error:
            raise AssertionError(
                f"this cell does not run: {code}\n{type(error).__name__}: {error}"
            ) from error


def test_every_public_estimator_and_test_of_the_daily_work_is_on_the_page() -> None:
    text = PAGE.read_text(encoding="utf-8")
    daily = "mean total proportion ratio quantile crosstab topline distribution glm ordinal chi_square t_test rake"
    assert [name for name in daily.split() if f"eg.{name}(" not in text] == []
