"""Scales of several items: reliability, agreement, factors, invariance."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from adapters.designs import design_of, where_of
from run_cases import NotCovered

import egovstats as eg

Case = dict[str, Any]
Data = dict[str, pd.DataFrame]


def _frame(case: Case, data: Data) -> pd.DataFrame:
    return data[case["data"][0]]


def _simple(case: Case, data: Data) -> eg.Design:
    return eg.Design(_frame(case, data))


def _ends(args: dict[str, Any]) -> tuple[float, float] | None:
    return None if args.get("scale_min") is None else (args["scale_min"], args["scale_max"])


def cronbach_alpha(case: Case, data: Data) -> dict[str, Any]:
    args = case["args"]
    found = eg.alpha(_simple(case, data), args["items"], reverse=args["reverse"] or [], ends=_ends(args))
    value = dict(zip(found.coefficients.keys["coefficient"], found.coefficients.estimate, strict=True))
    return {
        "raw_alpha": value["alpha"],
        "std_alpha": value["standardised alpha"],
        "guttman_lambda6": value["lambda 6"],
        "average_r": value["average r"],
        "median_r": found.scale["median_r"].iloc[0],
        "mean": found.scale["mean"].iloc[0],
        "sd": found.scale["std_dev"].iloc[0],
        "items": found.items["item"],
        "alpha_if_dropped": found.items["alpha_if_dropped"],
        "std_alpha_if_dropped": found.items["standardised_alpha_if_dropped"],
        "item_total_r": found.items["item_total_r"],
        "item_rest_r": found.items["item_rest_r"],
    }


def alpha_ci(case: Case, _: Data) -> dict[str, Any]:
    args = case["args"]
    low, high = eg.alpha_interval(args["alpha"], args["n"], args["k"], conf_level=args["level"])
    return {"lower": low, "upper": high}


def spearman_brown(case: Case, _: Data) -> dict[str, Any]:
    return {"value": eg.spearman_brown(case["args"]["r"], length=case["args"]["factor"])}


def weighted_alpha(case: Case, data: Data) -> dict[str, Any]:
    design = eg.Design(_frame(case, data), weight="wt", stratum="stratum", psu="psu", nest=True)
    return {"alpha": eg.alpha(design, case["args"]["items"]).coefficients.estimate[0]}


def omega_hierarchical(case: Case, data: Data) -> dict[str, Any]:
    args, design = case["args"], _simple(case, data)
    found = eg.hierarchical_omega(design, args["items"], factors=args["factors"])
    value = eg.alpha(design, args["items"]).coefficients.estimate
    return {
        "omega_hierarchical": found.hierarchical,
        "omega_total": found.total,
        "alpha": value[0],
        "guttman_lambda6": value[2],
    }


def omega_one_factor(case: Case, data: Data) -> dict[str, Any]:
    design, items = _simple(case, data), case["args"]["items"]
    model = eg.cfa(design, f"f =~ {' + '.join(items)}", scale="variance")
    return {
        "loadings": model.loadings()["estimate"],
        "residual_variances": model.residual_variances()["estimate"],
        "omega_total": eg.omega(design, items).estimate,
    }


def polychoric(case: Case, data: Data) -> dict[str, Any]:
    method = {"two-step": "two-step", "maximum likelihood": "ml"}[case["args"]["method"]]
    found = eg.polychoric(_simple(case, data), case["args"]["items"], method=method)
    if len(found.names) > 2:
        return {"rho": found.r, "thresholds": found.thresholds}
    out: dict[str, Any] = {
        "rho": found.r[0, 1],
        "row_thresholds": found.thresholds[0],
        "col_thresholds": found.thresholds[1],
    }
    return out | ({"se_rho": found.model_std_error} if method == "ml" else {})


def kmo(case: Case, data: Data) -> dict[str, Any]:
    found = eg.sampling_adequacy(_simple(case, data), case["args"]["items"])
    return {"overall": found.kmo, "by_item": found.items["kmo"]}


def smc(case: Case, data: Data) -> dict[str, Any]:
    return {"smc": eg.sampling_adequacy(_simple(case, data), case["args"]["items"]).items["smc"]}


def bartlett(case: Case, data: Data) -> dict[str, Any]:
    found = eg.sphericity(_simple(case, data), case["args"]["items"])
    return {"chisq": found.statistic, "df": found.df[0], "p_value": found.p_value}


def pca(case: Case, data: Data) -> dict[str, Any]:
    args = case["args"]
    found = eg.principal_components(_simple(case, data), args["items"], components=args["components"])
    return {
        "eigenvalues": found.eigenvalues,
        "loadings_abs": np.abs(found.loadings),
        "communality": found.communality,
    }


def efa_ml(case: Case, data: Data) -> dict[str, Any]:
    args = case["args"]
    found = eg.factor_analysis(
        _simple(case, data), args["items"], factors=args["factors"], rotation=args["rotation"]
    )
    assert found.fit is not None
    return {
        "uniquenesses": found.uniqueness,
        "chisq": found.fit.statistic,
        "df": found.fit.df[0],
        "p_value": found.fit.p_value,
        "loadings_sumsq": found.explained,
    }


def cohen_kappa(case: Case, data: Data) -> dict[str, Any]:
    args = case["args"]
    frame, categories = _frame(case, data), args["categories"]
    first, second = args["raters"]
    table = pd.crosstab(frame[first], frame[second]).reindex(
        index=categories, columns=categories, fill_value=0
    )
    weighted = eg.kappa_of_table(table, weights="linear" if args["weights"] == "linear" else "quadratic")
    plain = eg.kappa_of_table(table)
    return {
        "kappa": plain.estimate,
        "se": plain.std_error,
        "ci": [plain.conf_low, plain.conf_high],
        "weighted_kappa": weighted.estimate,
        "weighted_se": weighted.std_error,
        "weighted_ci": [weighted.conf_low, weighted.conf_high],
    }


def kappa_from_table(case: Case, _: Data) -> dict[str, Any]:
    found = eg.kappa_of_table(case["args"]["table"])
    return {"kappa": found.estimate, "se": found.std_error}


def fleiss(case: Case, data: Data) -> dict[str, Any]:
    found = eg.fleiss_kappa(_frame(case, data)[case["args"]["raters"]])
    assert found.effect is not None
    return {
        "kappa": found.effect.estimate,
        "p_observed": found.others[0].estimate,
        "p_expected": found.others[1].estimate,
        "se_null": found.effect.std_error,
        "z": found.statistic,
        "p_value": found.p_value,
    }


def krippendorff(case: Case, data: Data) -> dict[str, Any]:
    args = case["args"]
    found = eg.krippendorff_alpha(_frame(case, data)[args["raters"]], level=args["level"])
    return {
        "alpha": found.alpha,
        "observed_disagreement": found.observed,
        "expected_disagreement": found.expected,
        "n_pairable": found.n_pairable,
    }


def icc(case: Case, data: Data) -> dict[str, Any]:
    found = eg.icc(_frame(case, data).pivot(index="unit", columns="judge", values="y"))
    return {
        "type": found["form"],
        "icc": found["estimate"],
        "F": found["statistic"],
        "df1": found["df1"],
        "df2": found["df2"],
        "p_value": found["p_value"],
        "lower": found["conf_low"],
        "upper": found["conf_high"],
    }


def survey_kappa(case: Case, data: Data) -> dict[str, Any]:
    args = case["args"]
    found = eg.cohen_kappa(
        design_of(case, data), args["a"], args["b"], where=where_of(case, _frame(case, data))
    )
    return {"kappa": found.estimate[0], "se": found.std_error[0]}


def _ordered(case: Case, data: Data) -> dict[str, Any]:
    found = eg.ordered_cfa(_simple(case, data), case["args"]["model"])
    fit = {
        "chisq": found.measures["chi_square"],
        "df": len(found.correlations.std_error) - len(found.to_frame()),
    }
    fit |= {name: found.measures[name] for name in ("cfi", "tli", "rmsea", "srmr")}
    return {
        "fit": fit,
        "loadings": found.to_frame()["estimate"],
        "thresholds": np.concatenate(found.correlations.thresholds),
    }


def cfa(case: Case, data: Data) -> dict[str, Any]:
    args = case["args"]
    if args.get("ordered"):
        return _ordered(case, data)
    robust = {None: "model", "MLR": "robust"}
    if args.get("robust") not in robust:
        raise NotCovered(f"robust {args['robust']!r}")
    group = args.get("group")
    found = eg.cfa(
        _simple(case, data),
        args["model"],
        group=group,
        equal=args.get("equal") or (),
        scale="variance" if args.get("identification") == "factor variance 1" else "marker",
        errors=robust[args.get("robust")],
    )
    measures = found.measures
    fit = {
        "chisq": found.chi_square,
        "df": found.model_df,
        "pvalue": found.test.p_value,
        "cfi": measures["cfi"],
        "tli": measures["tli"],
        "rmsea": measures["rmsea"],
        "rmsea.ci.lower": measures["rmsea_low"],
        "rmsea.ci.upper": measures["rmsea_high"],
        "srmr": measures["srmr"],
        "logl": measures["log_likelihood"],
        "aic": measures["aic"],
        "bic": measures["bic"],
        "npar": found.layout.size,
        "chisq.scaled": found.test.statistic,
        "df.scaled": found.test.df[0],
        "pvalue.scaled": found.test.p_value,
        "chisq.scaling.factor": found.scale,
        "cfi.robust": measures.get("cfi_robust"),
        "rmsea.robust": measures.get("rmsea_robust"),
    }
    table = found.loadings()
    out: dict[str, Any] = {
        "fit": fit,
        "loading_names": (table["factor"] + "=~" + table["item"]).tolist(),
        "loadings": table["estimate"],
        "loadings_se": table["std_error"],
        "std_loadings": table["standardised"],
    }
    if group:
        # The reference has the groups in the order in which they appear.
        order = [found.groups.index(each) for each in _frame(case, data)[group].unique()]
        out |= {
            "group_n": found.moments.n[order],
            "group_labels": [str(found.groups[each]) for each in order],
            "group_chisq": found.group_chi_square[order],
        }
    return out


def invariance(case: Case, data: Data) -> dict[str, Any]:
    args = case["args"]
    found = eg.invariance(_simple(case, data), args["model"], args["group"], steps=tuple(args["steps"]))
    table = found.to_frame()
    return {
        "df": table["df"],
        "chisq": table["chi_square"],
        "chisq_diff": [test.statistic for test in found.tests],
        "df_diff": [test.df[0] for test in found.tests],
        "p_value": [test.p_value for test in found.tests],
    }


ESTIMATORS = {
    "cronbach_alpha": cronbach_alpha,
    "alpha_ci_feldt": alpha_ci,
    "spearman_brown": spearman_brown,
    "cronbach_alpha_weighted": weighted_alpha,
    "omega_schmid_leiman": omega_hierarchical,
    "omega_one_factor": omega_one_factor,
    "polychoric": polychoric,
    "kmo": kmo,
    "squared_multiple_correlations": smc,
    "bartlett_sphericity": bartlett,
    "pca": pca,
    "efa_ml": efa_ml,
    "cohen_kappa": cohen_kappa,
    "cohen_kappa_from_table": kappa_from_table,
    "fleiss_kappa": fleiss,
    "krippendorff_alpha": krippendorff,
    "icc": icc,
    "kappa_weighted_survey": survey_kappa,
    "cfa": cfa,
    "invariance_comparison": invariance,
}
