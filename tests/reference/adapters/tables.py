"""Crosstabs, tests on tables, t and rank tests, log-linear models, and the unweighted classics."""

from __future__ import annotations

from typing import Any

import pandas as pd
from adapters.designs import design_of, sample, where_of
from run_cases import NotCovered

import egovstats as eg
from egovstats.inference.chi_square_sum import weighted_chi_square_tail


def crosstab(case: dict[str, Any], data: dict[str, pd.DataFrame]) -> dict[str, Any]:
    args = case["args"]
    rows, columns, *by = args["variables"]
    table = eg.crosstab(
        design_of(case, data), rows, columns, by=by or None, where=where_of(case, sample(case, data))
    )
    total = args.get("total")
    cells = table.shares("total") if total else table.counts
    b, r, c = table.shape
    values = cells.estimate.reshape(b, r, c) * (total or 1)
    levels = {rows: table.answers, columns: table.levels}
    if by:
        levels[by[0]] = table.tables.keys[by[0]].tolist()
    return {
        "dim": [len(each) for each in levels.values()],
        "levels": {name: [str(each) for each in values] for name, values in levels.items()},
        "counts_column_major": values.transpose(0, 2, 1).ravel(),
    }


def chisq(case: dict[str, Any], data: dict[str, pd.DataFrame]) -> dict[str, Any]:
    args = case["args"]
    statistic = args["statistic"]
    design = design_of(case, data)
    # R gives no denominator to the sums of chi-squares of replicate designs.
    test = eg.chi_square(
        design,
        args["rows"],
        args["columns"],
        statistic=statistic,
        where=where_of(case, sample(case, data)),
        denominator="none" if isinstance(design, eg.ReplicateDesign) else "design",
    )
    if statistic == "saddlepoint" and test.df and not float(test.df[0]).is_integer():
        raise NotCovered(
            "R cuts the denominator's degrees of freedom to a whole number: see docs/decisions/reference-differences.md"
        )
    return {
        "statistic": test.pearson if statistic in ("Chisq", "lincom", "saddlepoint") else test.statistic,
        "df": None if statistic in ("lincom", "saddlepoint") else list(test.df),
        "p_value": test.p_value,
        "observed_scaled_to_n": test.observed.to_numpy(),
        "expected": test.expected.to_numpy(),
    }


def tail(case: dict[str, Any], data: dict[str, pd.DataFrame]) -> dict[str, Any]:
    args = case["args"]
    method = {"integration": "exact"}.get(args["method"], args["method"])
    found = weighted_chi_square_tail(args["x"], args["weights"], ddf=float(args["ddf"]), method=method)
    return {"upper_tail": found}


ESTIMATORS = {
    "crosstab": crosstab,
    "chisq_test": chisq,
    "weighted_chisq_tail": tail,
}
