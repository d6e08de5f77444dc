"""What pingouin does well, for data drawn as simple random samples: the one place where it is called.

Its tests count every respondent once and alone. A sample with weights, strata or clusters is refused: a
p-value that ignores them would look like one that does not.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pandas as pd

from egovstats.design.columns import as_numbers, column
from egovstats.design.design import Design
from egovstats.errors import DesignError, EstimateError, nearest
from egovstats.results import Effect, HypothesisTest

METHODS = ("welch", "mann-whitney", "tost")
EFFECT_SIZES = ("cohen", "hedges", "r", "eta-square", "odds-ratio", "AUC", "CLES")


@contextmanager
def _quiet() -> Iterator[None]:
    """Silence pandas' notice of its next version within pingouin, and nothing else."""
    with warnings.catch_warnings():
        kind = getattr(pd.errors, "Pandas4Warning", None)
        if kind is not None:
            warnings.simplefilter("ignore", kind)
        yield


def simple_comparison(
    data: Design | pd.DataFrame,
    item: str,
    *,
    on: str = "wave",
    pair: tuple[Any, Any],
    method: str = "welch",
    margin: float | None = None,
    conf_level: float = 0.95,
) -> HypothesisTest:
    """Compare two groups of simple random samples by pingouin.

    Parameters
    ----------
    data : Design or pd.DataFrame
        A design must have equal weights and no strata or PSUs.
    item : str
        Column of numbers.
    on, pair
        Column that tells the groups apart, and which two are compared (later less earlier).
    method : str
        ``"welch"`` (t test), ``"mann-whitney"``, or ``"tost"`` (equivalence within `margin`).
    margin : float, optional
        For ``"tost"``, in the unit of the item.
    conf_level : float

    Returns
    -------
    HypothesisTest
        With Hedges' g and the common-language effect size in `others`.

    Raises
    ------
    DesignError
        A design with weights, strata or clusters: use `change`, `superiority` or `equivalence`.
    EstimateError
        An unknown method, fewer than two answers in a group.

    References
    ----------
    Vallat (2018), Journal of Open Source Software 3, 1026 (pingouin).
    """
    if method not in METHODS:
        raise EstimateError(f"there is no method {method!r}. {nearest(method, METHODS)}")
    if method == "tost" and not (margin and margin > 0):
        raise EstimateError(f"'tost' needs a margin above 0, got {margin!r}. Pass what would matter.")
    frame = _plain(data)
    values = as_numbers(column(frame, item, "item"), "comparison")
    group = column(frame, on, "group").to_numpy()
    x, y = (values[(group == each) & ~np.isnan(values)] for each in (pair[1], pair[0]))
    if min(len(x), len(y)) < 2:
        raise EstimateError(
            f"{item!r} has {len(y)} and {len(x)} answers in {pair[0]} and {pair[1]}; two a group are needed."
        )
    with _quiet():
        made = _called(method, x, y, margin, conf_level)
    keys = {"item": item, f"{on}_from": pair[0], f"{on}_to": pair[1]}
    return HypothesisTest(
        test=made["test"],
        null=made["null"],
        statistic=made["statistic"],
        distribution=made["distribution"],
        df=made["df"],
        p_value=made["p_value"],
        effect=made["effect"],
        others=tuple(effect_size(x, y, kind) for kind in ("hedges", "CLES")),
        n=float(len(x) + len(y)),
        keys=keys,
        notes=("as simple random samples: no weights, strata or clusters",),
    )


def _plain(data: Design | pd.DataFrame) -> pd.DataFrame:
    if not isinstance(data, Design):
        return data
    stage = data.stages.first
    clustered = len(stage.stratum) < int((data.weight > 0).sum()) or len(stage.size) > 1
    if type(data) is not Design or clustered or np.ptp(data.weight[data.weight > 0]) > 0:
        raise DesignError(
            "this sample has weights, strata or clusters, which the test would ignore. "
            "Use change(), superiority(), rank_test() or equivalence(), which do not."
        )
    return data.frame


def _called(
    method: str, x: np.ndarray, y: np.ndarray, margin: float | None, conf_level: float
) -> dict[str, Any]:
    import pingouin

    none = float("nan")
    if method == "mann-whitney":
        row = pingouin.mwu(x, y).iloc[0]
        share = float(row["CLES"])
        return {
            "test": "Mann-Whitney U test",
            "null": "An answer of the later group is as often higher as lower.",
            "statistic": float(row["U_val"]),
            "distribution": "exact",
            "df": (),
            "p_value": float(row["p_val"]),
            "effect": Effect("P(later > earlier)", share, none, none, "probability", conf_level),
        }
    row = pingouin.ttest(x, y, correction=True, confidence=conf_level).iloc[0]
    low, high = (float(each) for each in row[f"CI{conf_level * 100:g}"])
    difference = float(x.mean() - y.mean())
    effect = Effect("difference", difference, low, high, "own unit", conf_level, difference / float(row["T"]))
    if method == "welch":
        return {
            "test": "Welch's t test",
            "null": "The means are the same.",
            "statistic": float(row["T"]),
            "distribution": "t",
            "df": (float(row["dof"]),),
            "p_value": float(row["p_val"]),
            "effect": effect,
        }
    tost = pingouin.tost(x, y, bound=margin, correction=True).iloc[0]
    return {
        "test": "two one-sided t tests (equivalence)",
        "null": f"The means differ by {margin:g} or more.",
        "statistic": (abs(difference) - float(margin or 0)) / effect.std_error,
        "distribution": "t",
        "df": (float(tost["dof"]),),
        "p_value": float(tost["pval"]),
        "effect": effect,
    }


def effect_size(x: np.ndarray, y: np.ndarray, kind: str = "hedges") -> Effect:
    """Effect size of two simple random samples, `x` against `y`.

    Parameters
    ----------
    x, y : np.ndarray
        Answers without missing ones.
    kind : str
        ``"cohen"``, ``"hedges"``, ``"r"``, ``"eta-square"``, ``"odds-ratio"``, ``"AUC"`` or ``"CLES"``.

    Raises
    ------
    EstimateError
        An unknown kind.
    """
    if kind not in EFFECT_SIZES:
        raise EstimateError(f"there is no effect size {kind!r}. {nearest(kind, EFFECT_SIZES)}")
    import pingouin

    names = {"cohen": "Cohen's d", "hedges": "Hedges' g", "CLES": "common-language effect size"}
    with _quiet():
        value = float(pingouin.compute_effsize(x, y, eftype=kind if kind != "eta-square" else "eta_square"))
    none = float("nan")
    return Effect(names.get(kind, kind), value, none, none, "")
