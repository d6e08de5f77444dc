"""Means, totals, shares and ratios."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from adapters.designs import design_of, sample, where_of

import egovstats as eg


def in_words(frame: pd.DataFrame, name: str) -> bool:
    return not pd.api.types.is_numeric_dtype(frame[name])


def estimates(
    case: dict[str, Any], data: dict[str, pd.DataFrame], statistic: str, by: Any = None
) -> eg.Estimates:
    """The case's estimates through the public interface."""
    frame = sample(case, data)
    design = design_of(case, data)
    args = case["args"]
    if statistic == "ratio":
        pair = [np.ravel(args["numerator"]), np.ravel(args["denominator"])]
        names = [str(name) for name in pair[0]]
        where = where_of(case, frame, [*names, str(pair[1][0])])
        return eg.ratio(design, names, str(pair[1][0]), by=by, where=where)
    names = args["variables"]
    where = where_of(case, frame, names)
    if len(names) == 1 and in_words(frame, names[0]):
        if statistic == "mean":
            return eg.proportion(design, names[0], by=by, where=where, interval="wald")
        return eg.total(design, names[0], by=by, where=where)
    if any(in_words(frame, name) for name in names):
        frame, names = with_indicators(design.frame, names)
        design = design_of(case, {**data, case["data"][0]: frame})
    return {"mean": eg.mean, "total": eg.total}[statistic](design, names, by=by, where=where)


def with_indicators(frame: pd.DataFrame, names: list[str]) -> tuple[pd.DataFrame, list[str]]:
    """The frame with a column of 0 and 1 for each level of each factor among `names`, as R has it."""
    made: dict[str, pd.Series] = {}
    out: list[str] = []
    for name in names:
        if not in_words(frame, name):
            out.append(name)
            continue
        for level in frame[name].cat.categories:
            made[f"{name}{level}"] = (frame[name] == level).where(frame[name].notna()).astype(float)
            out.append(f"{name}{level}")
    return frame.assign(**made), out


def weights_of(design: eg.Design, case: dict[str, Any]) -> dict[str, Any]:
    """What the reference tells about calibrated weights."""
    weight = design.weight
    out: dict[str, Any] = {
        "weights_first12": weight[:12],
        "weights_min": weight.min(),
        "weights_max": weight.max(),
        "weights_sum": weight.sum(),
        "weights_sumsq": (weight**2).sum(),
    }
    if {"a", "b"} <= set(design.frame.columns):
        cells = design.frame.assign(w=weight).groupby(["b", "a"], observed=True)["w"].mean()
        out["weight_ratio_by_cell_a_fastest"] = cells.to_numpy()
    return out


def described(result: eg.Estimates, case: dict[str, Any], data: dict[str, pd.DataFrame]) -> dict[str, Any]:
    """A result under the reference's names."""
    level = case["args"].get("level") or 0.95
    deff = case["args"].get("deff")
    out: dict[str, Any] = {
        "estimate": result.estimate,
        "se": result.std_error,
        "vcov": result.cov,
        "ci_normal": np.column_stack(result.conf_int(level, df=np.inf)),
        "degf": result.design_df,
        "ci_t": np.column_stack(result.conf_int(level, df="design")),
    }
    with np.errstate(divide="ignore", invalid="ignore"):
        out["cv"] = result.std_error / result.estimate
    if case["design"].get("calibration"):
        out |= weights_of(design_of(case, data), case)
        out["se_below_1e_8"] = bool((result.std_error < 1e-8 * result.estimate.max()).all())
    if deff:
        out["deff"] = result.deff("srswr" if deff == "replace" else "srswor")
    return out


def single(statistic: str) -> Any:
    def adapter(case: dict[str, Any], data: dict[str, pd.DataFrame]) -> dict[str, Any]:
        result = estimates(case, data, statistic)
        out = described(result, case, data)
        # degf of a domain counts the PSUs and strata with rows in the domain
        if case["design"].get("domain"):
            df = result.df_of(np.arange(len(result)))
            out["degf"] = df
            out["ci_t"] = np.column_stack(result.conf_int(case["args"].get("level") or 0.95, df=df))
        return out

    return adapter


def grouped(statistic: str) -> Any:
    def adapter(case: dict[str, Any], data: dict[str, pd.DataFrame]) -> dict[str, Any]:
        by = case["args"]["by"]
        result = estimates(case, data, statistic, by=by)
        # The reference lists variable by variable (answers likewise), groups with the first key fastest.
        keys = result.keys
        order = keys.assign(_v=np.arange(len(keys)) % (len(keys) // len(keys[by].drop_duplicates())))
        place = order.sort_values(["_v", *reversed(by)], kind="stable").index.to_numpy()
        result = result.select(place)
        out = described(result, case, data)
        if case["design"].get("domain"):
            df = result.df_of(np.arange(len(result)))
            out["degf"] = df
            out["ci_t"] = np.column_stack(result.conf_int(case["args"].get("level") or 0.95, df=df))
        return out

    return adapter


def ratio_total(case: dict[str, Any], data: dict[str, pd.DataFrame]) -> dict[str, Any]:
    result = estimates(case, data, "ratio")
    known = case["args"]["population_total"]
    scaled = eg.contrast(result, {"total": [known]})
    return {"estimate": scaled.estimate, "se": scaled.std_error}


def population_values(case: dict[str, Any], data: dict[str, pd.DataFrame]) -> dict[str, Any]:
    """A census: everyone counts 1."""
    design = eg.Design(sample(case, data))
    counts = eg.total(design, "stype").estimate
    return {"value": [eg.mean(design, "api00").estimate[0], eg.total(design, "enroll").estimate[0], *counts]}


ESTIMATORS = {
    "mean": single("mean"),
    "total": single("total"),
    "ratio": single("ratio"),
    "by:mean": grouped("mean"),
    "by:total": grouped("total"),
    "by:ratio": grouped("ratio"),
    "ratio_estimator_of_total": ratio_total,
    "population_values": population_values,
}
