"""Contrasts, wave differences, models and tests of their terms."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd
from adapters.designs import design_of, sample, where_of
from adapters.estimation import estimates
from run_cases import NotCovered

import egovstats as eg

METHODS = ("holm", "hochberg", "bonferroni", "BH", "BY", "hommel")


def formula_of(text: str) -> str:
    """R's formula in the package's formula language: names with dots in backticks."""
    text = re.sub(r"\b([A-Za-z_]\w*(?:\.\w+)+)\b", r"`\1`", text)
    return re.sub(r"\s*\+\s*offset\(.*\)\)", "", text)


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


def model(case: dict[str, Any], data: dict[str, pd.DataFrame], formula: str | None = None) -> Any:
    args = case["args"]
    frame = sample(case, data)
    design = design_of(case, data)
    where = where_of(case, frame)
    offset = None
    if args.get("offset"):
        made = re.fullmatch(r"log\((\w+)\)", args["offset"])
        if made is None:
            raise NotCovered(f"offset {args['offset']!r}")
        design = design_of(
            case, {**data, case["data"][0]: frame.assign(log_offset=np.log(frame[made.group(1)]))}
        )
        offset = "log_offset"
    return eg.glm(
        design,
        formula_of(formula or args["formula"]),
        family=args.get("family") or "gaussian",
        link=args.get("link"),
        where=where,
        offset=offset,
    )


def glm(case: dict[str, Any], data: dict[str, pd.DataFrame]) -> dict[str, Any]:
    fit = model(case, data)
    table = fit.to_frame()
    return {
        "estimate": fit.estimate,
        "se": fit.std_error,
        "statistic": table["statistic"],
        "p_value": table["p_value"],
        "df_residual": fit.df_residual,
        "n_used": fit.n,
        "vcov": fit.cov,
        "ci_t": table[["conf_low", "conf_high"]].to_numpy(),
        "dispersion": fit.dispersion,
    }


def term_test(case: dict[str, Any], data: dict[str, pd.DataFrame]) -> dict[str, Any]:
    args = case["args"]
    if "method" not in args or args["method"] != "Wald" or args.get("df") not in (None, "residual"):
        raise NotCovered(f"term tests by {args.get('method')} (df {args.get('df')})")
    terms = [term.strip() for term in args["terms"].lstrip("~").split("+")]
    found = eg.wald_test(model(case, data), terms)
    return {"statistic": found.statistic, "df": found.df[0], "ddf": found.df[1], "p_value": found.p_value}


def nonlinearity(case: dict[str, Any], data: dict[str, pd.DataFrame]) -> dict[str, Any]:
    """A straight line against a free level for each wave."""
    args = case["args"]
    if args["method"] != "Wald":
        raise NotCovered(f"nonlinearity by {args.get('method')}")
    frame = sample(case, data)
    waves = sorted(frame[args["wave"]].dropna().unique())[2:]
    dummies = {f"late{at}": (frame[args["wave"]] == wave).astype(float) for at, wave in enumerate(waves)}
    widened = {**data, case["data"][0]: frame.assign(**dummies)}
    fit = model(case, widened, f"{args['outcome']} ~ {args['trend']} + {' + '.join(dummies)}")
    found = eg.wald_test(fit, list(dummies))
    return {"statistic": found.statistic, "df": found.df[0], "ddf": found.df[1], "p_value": found.p_value}


ESTIMATORS = {
    "contrast_linear": contrast,
    "contrast_nonlinear": contrast,
    "wave_differences": wave_differences,
    "p_adjust": p_adjust,
    "glm": glm,
    "term_test": term_test,
    "nonlinearity_test": nonlinearity,
}
