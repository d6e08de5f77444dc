"""Reference cases of published figures: an estimator's name to the call that answers it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from egovstats.checks import granularity
from egovstats.inference import (
    published,
    published_interval,
    published_power,
    published_summary,
    published_table,
)
from egovstats.inference.published_share import PublishedShare, difference_std_error, effect_sizes
from egovstats.inference.published_trend import cochran_armitage, equal_proportions, weighted_line
from egovstats.results import HypothesisTest

Args = dict[str, Any]
Answer = dict[str, Any]


def _pair(args: Args) -> tuple[PublishedShare, PublishedShare]:
    return (
        PublishedShare(args["x1"] / args["n1"], args["n1"]),
        PublishedShare(args["x2"] / args["n2"], args["n2"]),
    )


def _interval(test: HypothesisTest) -> list[float]:
    assert test.effect is not None
    return [test.effect.conf_low, test.effect.conf_high]


def _z(args: Args) -> Answer:
    first, second = _pair(args)
    test = published.published_change(second, first, pooled=args["pooled"])
    assert test.effect is not None
    std_error = difference_std_error(first, second, pooled=args["pooled"])
    return {"difference": test.effect.estimate, "se": std_error, "z": test.statistic, "p_value": test.p_value}


def _z_deff(args: Args) -> Answer:
    before = PublishedShare(args["p2"], args["n2"], args["deff2"])
    after = PublishedShare(args["p1"], args["n1"], args["deff1"])
    test = published.published_change(before, after)
    assert test.effect is not None
    return {
        "difference": test.effect.estimate,
        "se": test.effect.std_error,
        "z": test.statistic,
        "p_value": test.p_value,
        "ci": _interval(test),
    }


def _chisq(args: Args) -> Answer:
    first, second = _pair(args)
    test = published.two_proportion_chisq(first, second, continuity=args["continuity"])
    return {
        "statistic": test.statistic,
        "df": list(test.df),
        "p_value": test.p_value,
        "estimate": [first.share, second.share],
        "estimate_names": ["prop 1", "prop 2"],
        "conf_int": _interval(test),
    }


def _newcombe(args: Args) -> Answer:
    low, high = published.newcombe_difference(
        *_pair(args), continuity=args["continuity"], conf_level=args["level"]
    )
    return {"lower": low, "upper": high}


def _fisher(args: Args) -> Answer:
    table = [[args["x1"], args["n1"] - args["x1"]], [args["x2"], args["n2"] - args["x2"]]]
    # where R stops looking for the odds ratio
    test = published_table.fisher_exact(np.array(table), tolerance=2**-13)
    assert test.effect is not None
    return {"p_value": test.p_value, "odds_ratio_cmle": test.effect.estimate}


def _effects(args: Args) -> Answer:
    odds, risk, h = effect_sizes(*_pair(args), conf_level=args["level"])
    return {
        "cohen_h": h.estimate,
        "risk_ratio": risk.estimate,
        "risk_ratio_ci": [risk.conf_low, risk.conf_high],
        "odds_ratio": odds.estimate,
        "odds_ratio_ci": [odds.conf_low, odds.conf_high],
    }


def _proportion(args: Args) -> Answer:
    low, high = published_interval.proportion_interval(
        args["x"] / args["n"],
        args["n"],
        method=args["method"],
        continuity=args.get("continuity", False),
        conf_level=args["level"],
    )
    return {"lower": low, "upper": high}


def _binomial(args: Args) -> Answer:
    return {"p_value": published_interval.exact_binomial_p(args["x"], args["n"], share=args["p0"])}


def _power_shares(args: Args) -> Answer:
    options = {"alpha": args["alpha"], "alternative": args["alternative"]}
    if args["power"] is None:
        n = args["n_per_group"]
        return {
            "n_per_group": n,
            "power": published_power.power_two_proportions(args["p1"], args["p2"], n=n, **options),
        }
    power = args["power"]
    n = published_power.n_two_proportions(args["p1"], args["p2"], power=power, **options)
    return {"n_per_group": n, "power": power}


def _power_means(args: Args) -> Answer:
    delta, sd, alpha = args["delta"], args["sd"], args["alpha"]
    if args["power"] is None:
        n = args["n_per_group"]
        return {"n_per_group": n, "power": published_power.power_two_means(delta, sd, n=n, alpha=alpha)}
    n = published_power.n_two_means(delta, sd, power=args["power"], alpha=alpha)
    return {"n_per_group": n, "power": args["power"]}


def _n_cohen_h(args: Args) -> Answer:
    p1, p2 = args["p1"], args["p2"]
    n = published_power.n_for_cohen_h(p1, p2, power=args["power"], alpha=args["alpha"])
    return {"cohen_h": published_power.cohen_h(p1, p2), "n_per_group": n}


def _margin(args: Args) -> Answer:
    margin = published_interval.margin_of_error(
        args["p"],
        args["n"],
        deff=args["deff"],
        population=float(args["population"]),
        conf_level=args["level"],
    )
    return {"margin": margin, "effective_n": PublishedShare(args["p"], args["n"], args["deff"]).n_effective}


def _tost(args: Args) -> Answer:
    lower, upper = published.tost_two_proportions(
        *_pair(args), low=args["margin_low"], high=args["margin_high"], alpha=args["alpha"]
    )
    assert lower.effect is not None
    p_value = max(lower.p_value, upper.p_value)
    return {
        "difference": lower.effect.estimate,
        "se": lower.effect.std_error,
        "z_lower": lower.statistic,
        "z_upper": upper.statistic,
        "p_lower": lower.p_value,
        "p_upper": upper.p_value,
        "p_tost": p_value,
        "ci_1_minus_2alpha": _interval(lower),
        "equivalent": p_value <= args["alpha"],
    }


def _welch(args: Args) -> Answer:
    test = published_summary.welch_from_summary(
        *(published_summary.PublishedMean(args[f"mean{i}"], args[f"sd{i}"], args[f"n{i}"]) for i in (1, 2))
    )
    assert test.effect is not None
    return {
        "difference": test.effect.estimate,
        "se": test.effect.std_error,
        "t": test.statistic,
        "df": test.df[0],
        "p_value": test.p_value,
        "ci": _interval(test),
        "cohen_d": test.others[0].estimate,
        "hedges_g": test.others[1].estimate,
    }


def _counts(args: Args) -> Answer:
    test = published_table.chisq_counts(np.array(args["table"]), continuity=args["continuity"])
    assert test.effect is not None
    return {
        "statistic": test.statistic,
        "df": list(test.df),
        "p_value": test.p_value,
        "cramers_v": test.effect.estimate,
    }


def _mcnemar(args: Args) -> Answer:
    test = published_table.mcnemar(args["b"], args["c"], continuity=args["continuity"])
    return {"statistic": test.statistic, "df": list(test.df), "p_value": test.p_value}


def _recompute(args: Args) -> Answer:
    test = {"chisq": "chi2"}.get(args["test"], args["test"])
    p_value = published_summary.p_from_statistic(test, args["statistic"], df=args["df"] or [])
    return {"p_value": p_value}


def _from_intervals(args: Args) -> Answer:
    errors = [
        published_summary.std_error_from_interval(*args[f"ci{i}"], conf_level=args["level"]) for i in (1, 2)
    ]
    test = published_summary.difference_of_estimates(
        args["estimate1"], args["estimate2"], std_error1=errors[0], std_error2=errors[1]
    )
    assert test.effect is not None
    return {
        "se1": errors[0],
        "se2": errors[1],
        "difference": test.effect.estimate,
        "se": test.effect.std_error,
        "z": test.statistic,
        "p_value": test.p_value,
    }


def _printed(value: float, decimals: int) -> str:
    return f"{value:.{decimals}f}"


def _grim_n(args: Args) -> Answer:
    sizes = range(args["n_from"], args["n_to"] + 1)
    possible, impossible = granularity.grim_percent_n(_printed(args["percent"], args["decimals"]), sizes)
    return {"compatible_n": list(possible), "incompatible_n": list(impossible)}


def _grim_counts(args: Args) -> Answer:
    counts = granularity.grim_counts(_printed(args["percent"], args["decimals"]), args["n"])
    return {"consistent": bool(counts), "counts": list(counts)}


def _grim_mean(args: Args) -> Answer:
    mean = _printed(args["mean"], args["decimals"])
    return {"consistent": granularity.grim_mean(mean, args["n"], items=args["items"])}


def _pool_fixed(args: Args) -> Answer:
    found = published_summary.pool(np.array(args["estimates"]), np.array(args["se"]))
    return {
        "estimate": found.estimate,
        "se": found.std_error,
        "Q": found.q,
        "df": found.df,
        "p_Q": found.p_heterogeneity,
        "I2": found.i_squared,
    }


def _pool_random(args: Args) -> Answer:
    found = published_summary.pool(np.array(args["estimates"]), np.array(args["se"]), random=True)
    return {
        "estimate": found.estimate,
        "se": found.std_error,
        "tau2": found.tau_squared,
        "Q": found.q,
        "p_value": found.p_value,
    }


def _cochran_armitage(args: Args) -> Answer:
    scores = np.array(args["scores"]) if args.get("scores") else None
    test = cochran_armitage(np.array(args["successes"]), np.array(args["trials"]), scores=scores)
    assert test.effect is not None
    z = float(np.copysign(np.sqrt(test.statistic), test.effect.estimate))
    return {"chisq": test.statistic, "df": test.df[0], "p_value": test.p_value, "z": z}


def _k_proportions(args: Args) -> Answer:
    test = equal_proportions(np.array(args["successes"]), np.array(args["trials"]))
    return {"chisq": test.statistic, "df": test.df[0], "p_value": test.p_value}


def _weighted_line(args: Args) -> Answer:
    time, estimate, error = (np.array(args[name], dtype=float) for name in ("x", "estimate", "se"))
    line = weighted_line(time, estimate, error)
    z, df = line.slope / line.slope_error, len(time) - 2
    overall = published_summary.pool(estimate, error)
    return {
        "slope": line.slope,
        "slope_se": line.slope_error,
        "intercept": line.intercept,
        "intercept_se": line.intercept_error,
        "z": z,
        "p_value": published_summary.p_from_statistic("z", z),
        "chisq_linear": z**2,
        "chisq_departure": line.rest,
        "df_departure": df,
        "p_departure": published_summary.p_from_statistic("chi2", line.rest, df=[df]),
        "chisq_homogeneity": overall.q,
        "df_homogeneity": overall.df,
        "p_homogeneity": overall.p_heterogeneity,
    }


ESTIMATORS: dict[str, Callable[[dict[str, Any], dict[str, pd.DataFrame]], dict[str, Any]]] = {
    name: (lambda case, data, answer=answer: answer(case["args"]))
    for name, answer in {
        "two_proportion_z": _z,
        "two_proportion_z_deff": _z_deff,
        "two_proportion_chisq": _chisq,
        "newcombe_difference": _newcombe,
        "fisher_exact": _fisher,
        "effect_sizes": _effects,
        "proportion_interval": _proportion,
        "exact_binomial_test": _binomial,
        "power_two_proportions": _power_shares,
        "power_two_means": _power_means,
        "n_for_cohen_h": _n_cohen_h,
        "margin_of_error": _margin,
        "tost_two_proportions": _tost,
        "welch_from_summary": _welch,
        "chisq_counts": _counts,
        "mcnemar": _mcnemar,
        "p_from_statistic": _recompute,
        "difference_from_cis": _from_intervals,
        "grim_percent_n": _grim_n,
        "grim_counts": _grim_counts,
        "grim_mean": _grim_mean,
        "pool_fixed": _pool_fixed,
        "pool_random_dersimonian_laird": _pool_random,
        "cochran_armitage": _cochran_armitage,
        "k_proportions": _k_proportions,
        "wls_trend": _weighted_line,
    }.items()
}
