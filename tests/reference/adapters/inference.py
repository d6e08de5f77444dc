"""Contrasts and wave differences."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd
from adapters.designs import design_of, sample, where_of
from adapters.estimation import estimates

import egovstats as eg

METHODS = ("holm", "hochberg", "bonferroni", "BH", "BY", "hommel")


def contrast(case: dict[str, Any], data: dict[str, pd.DataFrame]) -> dict[str, Any]:
    args = case["args"]
    base = estimates(case, data, args["base"].removeprefix("by:"), by=args.get("by"))
    spec = args.get("contrasts") or {
        name: re.sub(r"\b([A-Za-z_]\w*(?:\.\w+)+)\b", r"`\1`", text)
        for name, text in args["expressions"].items()
    }
    found = eg.contrast(base, spec)
    return {"estimate": found.estimate, "se": found.std_error, "vcov": found.cov}


def wave_differences(case: dict[str, Any], data: dict[str, pd.DataFrame]) -> dict[str, Any]:
    args = case["args"]
    frame = sample(case, data)
    wave = args["wave"]
    found = eg.mean(design_of(case, data), args["variable"], by=wave, where=where_of(case, frame))
    tests = eg.change(found, on=wave, adjust="none", df=found.df_of(np.arange(len(found))))
    normal = eg.change(found, on=wave, adjust="none", df=np.inf)
    p = [test.p_value for test in tests]
    out: dict[str, Any] = {
        "from": [str(test.keys[f"{wave}_from"]) for test in tests],
        "to": [str(test.keys[f"{wave}_to"]) for test in tests],
        "difference": [test.effect.estimate for test in tests],
        "se": [test.effect.std_error for test in tests],
        "statistic": [test.statistic for test in tests],
        "df": tests[0].df[0],
        "p_value_t": p,
        "p_value_normal": [test.p_value for test in normal],
    }
    return out | {f"p_{method}": eg.p_adjust(p, method) for method in METHODS}


def p_adjust(case: dict[str, Any], data: dict[str, pd.DataFrame]) -> dict[str, Any]:
    p = [np.nan if value == "NA" else value for value in case["args"]["p"]]
    return {method: eg.p_adjust(p, method) for method in METHODS}


ESTIMATORS = {
    "contrast_linear": contrast,
    "contrast_nonlinear": contrast,
    "wave_differences": wave_differences,
    "p_adjust": p_adjust,
}
