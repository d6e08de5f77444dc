"""svy's side of the benchmarks; run with the interpreter of an environment that has svy and pyarrow."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import harness


def load(op: str, folder: Path, items: int) -> dict[str, Any]:
    import polars as pl
    import svy

    columns = harness.columns_of(op, items)
    frame = pl.read_parquet(folder / "survey.parquet", columns=columns)
    state: dict[str, Any] = {"frame": frame, "items": [name for name in columns if name.startswith("q")]}
    if op == "e":
        weights = pl.read_parquet(folder / "replicates.parquet")
        weights = weights.rename({name: f"rw{at + 1}" for at, name in enumerate(weights.columns)})
        bootstrap = svy.BootstrapWgts(prefix="rw", n_reps=80)
        state["sample"] = svy.Sample(frame.hstack(weights), svy.Design(wgt="w", rep_wgts=bootstrap))
        return state
    if op == "d":
        state["frame"] = frame.with_columns(
            years=pl.col("year") - 2017, female=pl.col("sex") - 1, log_income=pl.col("income").log()
        )
    if op != "design":
        state["sample"] = make(state["frame"])
    return state


def make(frame: Any) -> Any:
    import svy

    return svy.Sample(frame, svy.Design(stratum="stratum", psu="psu", wgt="w"))


def _sums(results: list[Any], *names: str) -> list[float]:
    tables = [each.to_polars() for each in results]
    return [harness.total(value for table in tables for value in table[name]) for name in names]


def design(state: dict[str, Any]) -> list[float]:
    return [float(make(state["frame"]).n_records)]


def share(state: dict[str, Any]) -> list[float]:
    return _sums([state["sample"].estimation.mean("q01", by="wave", drop_nulls=True)], "est", "se")


def topline(state: dict[str, Any]) -> list[float]:
    found = state["sample"].estimation.prop(state["items"], by="wave", deff="wor", drop_nulls=True)
    return _sums(found, "est", "se")


def rao_scott(state: dict[str, Any]) -> list[float]:
    found = 0.0
    for item in state["items"]:
        statistic = state["sample"].categorical.tabulate(item, "wave", drop_nulls=True).stats.f
        found += float(getattr(statistic, "value", getattr(statistic, "statistic", float("nan"))))
    return [found]


def logit(state: dict[str, Any]) -> list[float]:
    terms = ["years", "female", "age", "educ", "urban", "log_income"]
    return _sums([state["sample"].glm.fit(y="vote", x=terms, family="binomial")], "estimate", "std_err")


def replicates(state: dict[str, Any]) -> list[float]:
    found = state["sample"].estimation.mean(
        state["items"], by="wave", method="replication", variance_center="estimate", drop_nulls=True
    )
    return _sums(found if isinstance(found, (list, tuple)) else [found], "est", "se")


def raking(state: dict[str, Any]) -> list[float]:
    sample = state["sample"]
    population, regions = float(state["frame"]["w"].sum()), int(state["frame"]["region"].max())
    raked = sample.weighting.rake(controls=harness.margins(population, regions), tol=1e-10, max_iter=200)
    weight = raked.data["rk_wgt"]
    return [float((weight * weight).sum())]


def median(state: dict[str, Any]) -> list[float]:
    return _sums([state["sample"].estimation.median("income", by="wave")], "est", "lci", "uci")


OPS = {
    "design": design,
    "a": share,
    "b": topline,
    "c40": rao_scott,
    "d": logit,
    "e": replicates,
    "f": raking,
    "g": median,
}

if __name__ == "__main__":
    harness.side(load, OPS)
