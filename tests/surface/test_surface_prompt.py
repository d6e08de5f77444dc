"""What results show at a prompt."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from dataclasses import is_dataclass, replace

import numpy as np
import pandas as pd
import pytest

import egovstats as eg
from egovstats.console import MOST_ROWS, WIDTH, as_html, as_text, digits

ROOMS = ("estimate", "indicators", "inference", "models", "results", "scales")


def result_classes() -> list[type]:
    """Every public dataclass with a table or a p-value in the rooms that make results."""
    found = []
    for room in ROOMS:
        top = importlib.import_module(f"egovstats.{room}")
        names = [each.name for each in pkgutil.iter_modules(getattr(top, "__path__", []))]
        for module in [top, *(importlib.import_module(f"egovstats.{room}.{name}") for name in names)]:
            for name, kind in vars(module).items():
                own = inspect.isclass(kind) and kind.__module__ == module.__name__
                if not own or name.startswith("_") or not is_dataclass(kind):
                    continue
                if hasattr(kind, "to_frame") or "p_value" in kind.__dataclass_fields__:
                    found.append(kind)
    return found


@pytest.fixture(scope="module")
def design() -> eg.Design:
    """Two waves of 40 respondents in eight PSUs."""
    rng = np.random.default_rng(3)
    frame = pd.DataFrame(
        {
            "wave": np.repeat(["a", "b"], 40),
            "year": np.repeat([2019, 2021], 40),
            "psu": np.repeat(np.arange(16), 5),
            "w": rng.lognormal(size=80),
            "trust": rng.integers(1, 5, 80),
            "secret": [f"person {at}" for at in range(80)],
        }
    )
    source = eg.Source(title="drawn", kind="microdata", file="drawn.sav", sha256="c" * 64, synthetic=True)
    return eg.Design(frame, weight="w", psu="psu", sources=[source])


def test_every_result_has_a_glance() -> None:
    classes = result_classes()
    assert len(classes) > 30
    plain = [kind.__name__ for kind in classes if kind.__repr__ is not as_text]
    # Small records of numbers, which their generated text shows well.
    assert sorted(plain) == ["CorrectedKendall", "SeasonalKendall"]


def test_estimates_show_their_table_and_that_they_are_made_up(design: eg.Design) -> None:
    shares = eg.proportion(design, "trust", by="wave")
    text = repr(shares)
    assert text.splitlines()[1].startswith("SYNTHETIC")
    assert digits(float(shares.estimate[0])) in text
    assert "person" not in text
    assert "c" * 64 not in text
    assert max(len(line) for line in text.splitlines()) <= WIDTH + 2


def test_a_test_shows_statistic_effect_and_null(design: eg.Design) -> None:
    change = eg.change(eg.proportion(design, "trust", by="wave", answers=[3, 4]))[0]
    text = repr(change)
    assert change.null in text
    assert f"t({digits(change.df[0])}) = {digits(change.statistic)}, p = {change.p_value:.3g}" in text
    assert change.effect is not None
    assert f"[{digits(change.effect.conf_low)}, {digits(change.effect.conf_high)}]" in text


def test_reasons_stand_where_numbers_cannot(design: eg.Design) -> None:
    found = eg.joinpoint(design, "trust", answers=[3, 4])
    assert f"not answered: {found.reason[:20]}" in repr(found)


def test_long_tables_are_cut(design: eg.Design) -> None:
    shares = eg.proportion(design, "trust", by=["wave", "psu"])
    assert len(shares) > MOST_ROWS
    assert len(repr(shares).splitlines()) < MOST_ROWS + 10


def test_html_is_escaped(design: eg.Design) -> None:
    shares = eg.mean(design, "trust", by="wave")
    page = as_html(replace(shares, notes=("<script>",)))
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert "<table" in page


def test_a_topline_shows_its_rows(design: eg.Design) -> None:
    assert "estimate" in repr(eg.topline(design, ["trust"]))


@pytest.mark.parametrize(
    ("value", "shown"), [(2.0, "2"), (1_234_567.0, "1234567"), (1 / 3, "0.333333"), (1e9, "1e+09")]
)
def test_digits(value: float, shown: str) -> None:
    assert digits(value) == shown
