"""Quantiles, the distribution function, intervals of shares, variances and correlations."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd
from adapters.designs import design_of, sample, where_of
from run_cases import NotCovered
from scipy import special

import egovstats as eg

INTERVALS = {"asin": "arcsine"}
SHARE_INTERVALS = {"asin": "arcsine", "mean": "wald"}


def quantiles(
    case: dict[str, Any], data: dict[str, pd.DataFrame], variable: str, by: Any = None
) -> eg.Estimates:
    args = case["args"]
    design = design_of(case, data)
    interval = args.get("interval_type") or "mean"
    return eg.quantile(
        design,
        variable,
        args["probs"],
        by=by,
        where=where_of(case, sample(case, data), args["variables"]),
        rule=args.get("qrule") or "math",
        interval=INTERVALS.get(interval, interval),
        ties="row",  # as R takes equal answers
        conf_level=1 - (args.get("alpha") or 0.05),
        df=np.inf if args.get("df") == "Inf" else "domain",
    )


def quantile(case: dict[str, Any], data: dict[str, pd.DataFrame]) -> dict[str, Any]:
    args = case["args"]
    out = []
    for variable in args["variables"]:
        found = quantiles(case, data, variable)
        level = 1 - (args.get("alpha") or 0.05)
        limits = found.conf_int(level, df=np.inf if args.get("df") == "Inf" else "domain")
        out.append(
            {
                "variable": variable,
                "probs": list(found.keys["prob"]),
                "quantile": found.estimate.tolist(),
                "ci": np.column_stack(limits).tolist(),
                "se": found.std_error.tolist(),
            }
        )
    return {"variables": out}


def first_key_fastest(keys: pd.DataFrame, by: list[str]) -> np.ndarray:
    """Positions of rows in the reference's order of groups: the first key runs fastest."""
    return keys.sort_values([*reversed(by)], kind="stable").index.to_numpy()


def by_quantile(case: dict[str, Any], data: dict[str, pd.DataFrame]) -> dict[str, Any]:
    args = case["args"]
    name, probs = args["variables"][0], np.atleast_1d(args["probs"])
    found = quantiles(case, data, name, by=args["by"])
    found = found.select(first_key_fastest(found.keys, args["by"]))
    low, high = found.conf_int()
    parts = [found.estimate, low, high]
    table = np.column_stack([part.reshape(-1, len(probs)) for part in parts])
    columns = [name, "ci_l", "ci_u"]
    if len(probs) > 1:
        columns = [f"{head}.{p:g}" for head in columns for p in probs]
    return {"columns": columns, "table": table}


def cdf(case: dict[str, Any], data: dict[str, pd.DataFrame]) -> dict[str, Any]:
    args = case["args"]
    where = where_of(case, sample(case, data), args["variables"])
    found = eg.distribution(design_of(case, data), args["variables"][0], at=args["at"], where=where)
    return {"at": args["at"], "cdf": found.estimate}


def proportion_ci(case: dict[str, Any], data: dict[str, pd.DataFrame], by: Any = None) -> dict[str, Any]:
    args = case["args"]
    frame = sample(case, data)
    method = args.get("method") or "logit"
    design, where = design_of(case, data), where_of(case, frame, [args["variable"]])
    if method == "logit" and isinstance(design, eg.ReplicateDesign):
        return by_logistic_model(design, case, where, by)
    found = eg.proportion(
        design,
        args["variable"],
        by=by,
        where=where,
        interval=SHARE_INTERVALS.get(method, method),
    )
    found = found.select((found.keys["answer"] == 1).to_numpy())
    if by:
        found = found.select(first_key_fastest(found.keys, by))
    level = args.get("level") or 0.95
    return {
        "estimate": found.estimate,
        "ci": np.column_stack(found.conf_int(level)),
        "se": found.std_error,
        "degf": found.df,
    }


def by_logistic_model(design: eg.Design, case: dict[str, Any], where: Any, by: Any = None) -> dict[str, Any]:
    """R's "logit" is a model with a constant alone; with replicate weights its coefficient is replicated."""
    args = case["args"]
    share = eg.mean(design, args["variable"], where=where, by=by)
    order = first_key_fastest(share.keys, by or [])
    estimates, limits = [], []
    for group in share.keys.iloc[order].itertuples(index=False):
        inside = np.ones(len(design), bool) if where is None else where.copy()
        for name in by or []:
            inside &= (design.frame[name] == getattr(group, name, group[0])).to_numpy()
        fit = eg.glm(design, f"{args['variable']} ~ 1", family="binomial", where=inside)
        table = fit.to_frame(conf_level=args.get("level") or 0.95)
        estimates.append(special.expit(fit.estimate[0]))
        limits.append(special.expit(table[["conf_low", "conf_high"]].to_numpy()[0]))
    return {"estimate": estimates, "ci": limits, "se": share.std_error[order], "degf": share.df}


def by_proportion_ci(case: dict[str, Any], data: dict[str, pd.DataFrame]) -> dict[str, Any]:
    return proportion_ci(case, data, by=case["args"]["by"])


def variance(case: dict[str, Any], data: dict[str, pd.DataFrame]) -> dict[str, Any]:
    names = case["args"]["variables"]
    found = eg.population_variance(
        design_of(case, data), names, where=where_of(case, sample(case, data), names)
    )
    at = {name: place for place, name in enumerate(names)}
    value, error = np.zeros((2, len(names), len(names)))
    for row, estimate, std_error in zip(
        found.keys.itertuples(index=False), found.estimate, found.std_error, strict=True
    ):
        for i, j in ((at[row.item], at[row.other]), (at[row.other], at[row.item])):
            value[i, j], error[i, j] = estimate, std_error
    return {"matrix": value, "estimate": value, "se": error, "variables": names}


def custom_statistic(case: dict[str, Any], data: dict[str, pd.DataFrame]) -> dict[str, Any]:
    wanted = re.fullmatch(r"weighted Pearson correlation of (\w+) and (\w+)", case["args"]["statistic"])
    if wanted is None:
        raise NotCovered(case["args"]["statistic"])
    found = eg.correlation(design_of(case, data), list(wanted.groups()))
    return {"estimate": found.estimate, "se": found.std_error}


ESTIMATORS = {
    "quantile": quantile,
    "by:quantile": by_quantile,
    "cdf": cdf,
    "proportion_ci": proportion_ci,
    "by:proportion_ci": by_proportion_ci,
    "variance": variance,
    "custom_statistic": custom_statistic,
}
