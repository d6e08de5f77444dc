"""Crosstabs, tests on tables, t and rank tests, log-linear models, and the unweighted classics."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd
from adapters.designs import design_of, sample, where_of
from adapters.formulas import formula_of, with_column

import egovstats as eg
from egovstats.inference.chi_square_sum import weighted_chi_square_tail


def crosstab(case: dict[str, Any], data: dict[str, pd.DataFrame]) -> dict[str, Any]:
    args = case["args"]
    if len(args["variables"]) == 1:
        return one_way(case, data)
    rows, columns, *by = args["variables"]
    table = eg.crosstab(
        design_of(case, data), rows, columns, by=by or None, where=where_of(case, sample(case, data))
    )
    total = args.get("total")
    b, r, c = table.shape
    values = table.counts.estimate.reshape(b, r, c)
    if total:
        values = values / values.sum() * total
    levels = {rows: table.answers, columns: table.levels}
    if by:
        levels[by[0]] = table.tables.keys[by[0]].tolist()
    return {
        "dim": [len(each) for each in levels.values()],
        "levels": {name: [str(each) for each in values] for name, values in levels.items()},
        "counts_column_major": values.transpose(0, 2, 1).ravel(),
    }


def one_way(case: dict[str, Any], data: dict[str, pd.DataFrame]) -> dict[str, Any]:
    item, total = case["args"]["variables"][0], case["args"].get("total")
    ask: dict[str, Any] = {"where": where_of(case, sample(case, data))}
    if total:
        found = eg.proportion(design_of(case, data), item, **ask)
    else:
        found = eg.total(design_of(case, data), item, **ask)
    answers = found.keys["answer"].tolist()
    return {
        "dim": [len(found)],
        "levels": {item: [str(each) for each in answers]},
        "counts_column_major": found.estimate * (total or 1),
    }


def chisq(case: dict[str, Any], data: dict[str, pd.DataFrame]) -> dict[str, Any]:
    args = case["args"]
    statistic = args["statistic"]
    design = design_of(case, data)
    # R gives no denominator to the sums of chi-squares of replicate designs, and cuts it at the saddle point.
    whole = "whole" if statistic == "saddlepoint" else "design"
    test = eg.chi_square(
        design,
        args["rows"],
        args["columns"],
        statistic=statistic,
        where=where_of(case, sample(case, data)),
        denominator="none" if isinstance(design, eg.ReplicateDesign) else whole,
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


def goodness_of_fit(case: dict[str, Any], data: dict[str, pd.DataFrame]) -> dict[str, Any]:
    args = case["args"]
    test = eg.goodness_of_fit(
        design_of(case, data),
        args["variable"],
        args["probabilities"],
        statistic="satterthwaite",
        where=where_of(case, sample(case, data)),
    )
    return {"statistic": test.pearson, "scale": test.scale, "df": test.df[0], "p_value": test.p_value}


def t_test(case: dict[str, Any], data: dict[str, pd.DataFrame]) -> dict[str, Any]:
    left, right = (side.strip() for side in case["args"]["formula"].split("~"))
    name = r"([A-Za-z_][\w.]*)"
    made = re.fullmatch(rf"I\({name}\s*-\s*(?:{name}|([\d.]+))\)", left)
    ask: dict[str, Any] = {}
    if right == "0" and made:
        item, other, value = made.groups()
        ask |= {"value": float(value)} if value else {"paired": other}
    else:
        item, case, data = with_column(case, data, left)
        if right != "0":
            ask["by"], case, data = with_column(case, data, right)
    frame = sample(case, data)
    test = eg.t_test(design_of(case, data), item, where=where_of(case, frame), **ask)
    shift = ask.get("value", 0.0)
    effect = test.effect
    return {
        "statistic": test.statistic,
        "df": list(test.df),
        "p_value": test.p_value,
        "estimate": [effect.estimate - shift],
        "conf_int": [effect.conf_low - shift, effect.conf_high - shift],
    }


RANK_TESTS = {
    "wilcoxon": "wilcoxon",
    "KruskalWallis": "kruskal-wallis",
    "vanderWaerden": "van-der-waerden",
    "median": "median",
}


def rank_test(case: dict[str, Any], data: dict[str, pd.DataFrame]) -> dict[str, Any]:
    left, right = (side.strip() for side in case["args"]["formula"].split("~"))
    item, case, data = with_column(case, data, left)
    group, case, data = with_column(case, data, right)
    test = eg.rank_test(
        design_of(case, data),
        item,
        by=group,
        test=RANK_TESTS[case["args"]["test"]],
        ties="row",
        where=where_of(case, sample(case, data)),
    )
    if test.effect is not None:
        return {
            "statistic": test.statistic,
            "df": list(test.df),
            "p_value": test.p_value,
            "estimate": test.effect.estimate,
        }
    return {
        "statistic": test.chi_square,
        "df": [test.df[0]],
        "ddf": test.df[1],
        "p_value": test.p_value,
    }


def loglinear(case: dict[str, Any], data: dict[str, pd.DataFrame]) -> dict[str, Any]:
    where = where_of(case, sample(case, data))
    fit = eg.loglinear(design_of(case, data), formula_of(case["args"]["formula"]), where=where)
    found = fit.coefficients
    return {
        "estimate": found.estimate,
        "se": found.std_error,
        "deviance": fit.deviance,
        "contrasts": "sum-to-zero",
    }


def loglinear_compare(case: dict[str, Any], data: dict[str, pd.DataFrame]) -> dict[str, Any]:
    design = design_of(case, data)
    where = where_of(case, sample(case, data))
    smaller, larger = (
        eg.loglinear(design, formula_of(case["args"][name]), where=where) for name in ("smaller", "larger")
    )
    out: dict[str, Any] = {}
    for statistic in ("deviance", "score"):
        for reference, label in (("Chisq", "scaled_chisq"), ("saddlepoint", "saddlepoint")):
            test = eg.loglinear_test(smaller, larger, statistic=statistic, reference=reference)
            out |= {statistic: test.pearson, f"{statistic}_p_{label}": test.p_value}
    return out


def jonckheere(case: dict[str, Any], data: dict[str, pd.DataFrame]) -> dict[str, Any]:
    args, frame = case["args"], sample(case, data)
    test = eg.jonckheere_terpstra(frame[args["outcome"]], frame[args["group"]])
    return {
        "J": test.j,
        "expected": test.expected,
        "variance": test.variance,
        "z": test.statistic,
        "p_value": test.p_value,
    }


def mantel(case: dict[str, Any], data: dict[str, pd.DataFrame]) -> dict[str, Any]:
    args, frame = case["args"], sample(case, data)
    test = eg.mantel_linear_by_linear(frame[args["x"]], frame[args["y"]])
    return {
        "r": test.effect.estimate,
        "statistic": test.statistic,
        "df": test.df[0],
        "p_value": test.p_value,
    }


def kendall(case: dict[str, Any], data: dict[str, pd.DataFrame]) -> dict[str, Any]:
    args, frame = case["args"], sample(case, data)
    return {"tau_b": eg.kendall_tau_b(frame[args["x"]], frame[args["y"]]).statistic}


def kruskal(case: dict[str, Any], data: dict[str, pd.DataFrame]) -> dict[str, Any]:
    args, frame = case["args"], sample(case, data)
    test = eg.kruskal_wallis(frame[args["outcome"]], frame[args["group"]])
    return {"statistic": test.statistic, "df": list(test.df), "p_value": test.p_value}


def kitagawa(case: dict[str, Any], data: dict[str, pd.DataFrame]) -> dict[str, Any]:
    found = eg.kitagawa(**case["args"])
    return {
        "total": found.total,
        "composition": found.composition,
        "rate": found.rate,
        "composition_by_group": found.composition_by_group,
        "rate_by_group": found.rate_by_group,
    }


ESTIMATORS = {
    "crosstab": crosstab,
    "chisq_test": chisq,
    "weighted_chisq_tail": tail,
    "goodness_of_fit": goodness_of_fit,
    "t_test": t_test,
    "rank_test": rank_test,
    "loglinear": loglinear,
    "loglinear_compare": loglinear_compare,
    "jonckheere_terpstra": jonckheere,
    "mantel_linear_by_linear": mantel,
    "kendall_tau_b": kendall,
    "kruskal_wallis_unweighted": kruskal,
    "kitagawa": kitagawa,
}
