"""egovstats' side of the benchmarks; labels, missing answers, domains and every check are on.

What a design keeps from one estimate to the next is dropped before every repetition, but for the operation
``again``: a topline of items that were asked for before.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import harness

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))


def load(op: str, folder: Path, items: int) -> dict[str, Any]:
    import pandas as pd

    import egovstats as eg

    frame = pd.read_parquet(folder / "survey.parquet", columns=harness.columns_of(op, items))
    state: dict[str, Any] = {"frame": frame, "items": [name for name in frame if name.startswith("q")]}
    if op == "e":
        replicates = pd.read_parquet(folder / "replicates.parquet")
        both = pd.concat([frame, replicates], axis=1)
        state["design"] = eg.ReplicateDesign(
            both, weight="w", replicates=list(replicates), method="bootstrap", scale=1 / 80, mse=True
        )
    elif op != "design":
        state["design"] = make(frame)
    if op == "d":
        frame["years"], frame["female"] = frame["year"] - 2017, frame["sex"] - 1
        import numpy as np

        frame["log_income"] = np.log(frame["income"])
        state["design"] = make(frame)
    # Modules that come with the first use are part of starting, not of the operation.
    for name in ("mean", "chi_square", "glm", "rake"):
        getattr(eg, name)
    return state


def make(frame: Any) -> Any:
    import egovstats as eg

    return eg.Design(frame, weight="w", stratum="stratum", psu="psu")


def fresh(state: dict[str, Any]) -> Any:
    """The design with nothing kept but its domains and the small integers that its items are held as."""
    state["design"]._kept.drop(lambda key: not isinstance(key[1], str))
    return state["design"]


def design(state: dict[str, Any]) -> list[float]:
    return [float(len(make(state["frame"])))]


def share(state: dict[str, Any]) -> list[float]:
    import egovstats as eg

    found = eg.mean(fresh(state), "q01", by="wave")
    low, high = found.conf_int()
    return [harness.total(each) for each in (found.estimate, found.std_error, found.deff(), low, high)][:2]


def topline(state: dict[str, Any], *, again: bool = False) -> list[float]:
    import egovstats as eg

    table = eg.topline(state["design"] if again else fresh(state), state["items"], by="wave").to_frame()
    return [harness.total(table[name]) for name in ("estimate", "std_error")]


def rao_scott(state: dict[str, Any]) -> list[float]:
    import egovstats as eg

    tests = eg.chi_square(fresh(state), state["items"], "wave")
    return [harness.total(test.statistic for test in tests)]


def logit(state: dict[str, Any]) -> list[float]:
    import egovstats as eg

    formula = "vote ~ years + female + age + educ + urban + log_income"
    fit = eg.glm(state["design"], formula, family="binomial")
    return [harness.total(fit.estimate), harness.total(fit.std_error)]


def replicates(state: dict[str, Any]) -> list[float]:
    import egovstats as eg

    found = eg.mean(fresh(state), state["items"], by="wave")
    return [harness.total(found.estimate), harness.total(found.std_error)]


def raking(state: dict[str, Any]) -> list[float]:
    import egovstats as eg

    old = state["design"]
    regions = int(state["frame"]["region"].max())
    weight = eg.rake(old, harness.margins(float(old.weight.sum()), regions)).weight
    return [float((weight * weight).sum())]


def median(state: dict[str, Any]) -> list[float]:
    import egovstats as eg

    found = eg.quantile(state["design"], "income", by="wave")
    low, high = found.conf_int()
    return [harness.total(each) for each in (found.estimate, low, high)]


OPS = {
    "design": design,
    "a": share,
    "b": topline,
    "again": lambda state: topline(state, again=True),
    "c40": rao_scott,
    "d": logit,
    "e": replicates,
    "f": raking,
    "g": median,
}

if __name__ == "__main__":
    harness.side(load, OPS)
