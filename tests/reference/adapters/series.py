"""Cases of the family `series` by the public functions of the room `indicators`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from egovstats import indicators as ind

Data = dict[str, pd.DataFrame]
Case = dict[str, Any]


def _series(case: Case, data: Data) -> tuple[np.ndarray, np.ndarray]:
    frame = data[case["data"][0]]
    rows = frame.loc[frame["series"] == case["args"]["series"]]
    return rows["time"].to_numpy(float), rows["value"].to_numpy(float)


def _fit(case: Case, data: Data) -> tuple[list[str], ind.Fit]:
    """Least squares for a formula such as ``y ~ t + level``."""
    frame = data[case["data"][0]]
    rows = frame.loc[frame["series"] == case["args"]["series"]]
    rows = rows.rename(columns={"time": "t", "value": "y"})
    terms = [term.strip() for term in case["args"]["model"].split("~")[1].split("+")]
    terms = [term for term in terms if term != "1"]
    columns = [np.ones(len(rows)), *(rows[term].to_numpy(float) for term in terms)]
    return ["(Intercept)", *terms], ind.least_squares(rows["y"].to_numpy(float), np.column_stack(columns))


def _has_trend(case: Case) -> bool:
    return "t" in case["args"]["model"].split("~")[1].split()


def _score(score: ind.KendallScore) -> dict[str, Any]:
    return {
        "n": score.n,
        "S": score.score,
        "var_S": score.variance,
        "tau_a": score.tau_a,
        "tau_b": score.tau_b,
    }


def mann_kendall(case: Case, data: Data) -> dict[str, Any]:
    t, y = _series(case, data)
    test = ind.mann_kendall(t, y, method="normal", continuity=case["args"]["continuity"])
    return _score(ind.kendall_score(y)) | {"z": test.statistic, "p_value": test.p_value}


def mann_kendall_exact(case: Case, data: Data) -> dict[str, Any]:
    t, y = _series(case, data)
    test = ind.mann_kendall(t, y, method="exact")
    score = ind.kendall_score(y)
    pairs = score.n * (score.n - 1) // 2
    return {"tau": score.tau_b, "concordant": (pairs + score.score) // 2, "p_value": test.p_value}


def sen_slope(case: Case, data: Data) -> dict[str, Any]:
    found = ind.sen_slope(*_series(case, data), conf_level=case["args"]["level"])
    return {
        "slope": found.estimate,
        "n_slopes": found.n_slopes,
        "lower": found.conf_low,
        "upper": found.conf_high,
        "lower_rank": found.lower_rank,
        "upper_rank": found.upper_rank,
        "intercept_median": found.intercept_median,
        "intercept_conover": found.intercept_conover,
        "level": found.conf_level,
    }


def kendall_tau(case: Case, data: Data) -> dict[str, Any]:
    args = case["args"]
    test = ind.kendall_tau(*_series(case, data), exact=args["exact"], continuity=args["continuity"])
    return {"tau_b": _estimate(test), "z": test.statistic, "p_value": test.p_value}


def spearman_rho(case: Case, data: Data) -> dict[str, Any]:
    test = ind.spearman_rho(*_series(case, data))
    return {"rho": _estimate(test), "S": test.others[0].estimate, "p_value": test.p_value}


def hamed_rao(case: Case, data: Data) -> dict[str, Any]:
    found = ind.hamed_rao(*_series(case, data), significance=case["args"]["alpha"])
    return _corrected(found) | {
        "lags_used": list(found.lags),
        "acf_of_ranks_lag1_3": found.autocorrelation[:3],
    }


def yue_wang(case: Case, data: Data) -> dict[str, Any]:
    first = case["args"]["lags"] == 1
    found = ind.yue_wang(*_series(case, data), lags="first" if first else "all")
    return _corrected(found) | ({"r1": found.autocorrelation[0]} if first else {})


def _corrected(found: ind.CorrectedKendall) -> dict[str, Any]:
    return {
        "S": found.score.score,
        "correction_factor": found.factor,
        "var_S_corrected": found.variance,
        "z": found.z,
        "p_value": found.p_value,
    }


def _prewhitened(trend_free: bool) -> Callable[[Case, Data], dict[str, Any]]:
    def run(case: Case, data: Data) -> dict[str, Any]:
        found = ind.prewhitened(*_series(case, data), trend_free=trend_free)
        out = _score(found.score) | {"z": found.z, "p_value": found.p_value}
        return out | {"r1": found.autocorrelation[0], "sen_slope": found.slope}

    return run


def seasonal_mann_kendall(case: Case, data: Data) -> dict[str, Any]:
    t, y = _series(case, data)
    found = ind.seasonal_mann_kendall(t, y, season=_quarter(t))
    return {
        "S": found.score,
        "var_S": found.variance,
        "S_by_season": list(found.by_season.values()),
        "z": found.z,
        "p_value": found.p_value,
    }


def seasonal_sen_slope(case: Case, data: Data) -> dict[str, Any]:
    t, y = _series(case, data)
    slope, n_slopes = ind.seasonal_sen_slope(t, y, season=_quarter(t))
    return {"slope": slope, "n_slopes": n_slopes}


def _quarter(t: np.ndarray) -> np.ndarray:
    return np.round((t - np.floor(t)) * 4).astype(int) + 1


def pettitt(case: Case, data: Data) -> dict[str, Any]:
    found = ind.pettitt(*_series(case, data))
    return {
        "K": found.test.statistic,
        "U": found.sequence,
        "change_after": found.position,
        "p_value": found.test.p_value,
        "mean_before": found.mean_before,
        "mean_after": found.mean_after,
    }


def buishand(case: Case, data: Data) -> dict[str, Any]:
    t, y = _series(case, data)
    found = ind.buishand(t, y)
    root = np.sqrt(len(y))
    return {
        "Q": found.test.statistic * root,
        "R": ind.range_of_sums(found),
        "Q_over_sqrt_n": found.test.statistic,
        "R_over_sqrt_n": ind.range_of_sums(found) / root,
        "change_after": found.position,
    }


def snht(case: Case, data: Data) -> dict[str, Any]:
    found = ind.snht(*_series(case, data))
    return {"T0": found.test.statistic, "change_after": found.position}


def cox_stuart(case: Case, data: Data) -> dict[str, Any]:
    test = ind.cox_stuart(*_series(case, data))
    return {"plus": test.statistic, "n": test.n, "p_value": test.p_value}


def ols_trend(case: Case, data: Data) -> dict[str, Any]:
    found = ind.ols_trend(*_series(case, data), conf_level=case["args"]["level"])
    effect = found.test.effect
    assert effect is not None
    return {
        "intercept": found.intercept,
        "slope": effect.estimate,
        "slope_se": effect.std_error,
        "t": found.test.statistic,
        "df": found.fit.df,
        "p_value": found.test.p_value,
        "ci": [effect.conf_low, effect.conf_high],
        "r_squared": found.r_squared,
        "sigma": found.sigma,
    }


def autocorrelation(case: Case, data: Data) -> dict[str, Any]:
    return {"acf": ind.autocorrelation(_series(case, data)[1], lags=case["args"]["lags"])}


def ljung_box(case: Case, data: Data) -> dict[str, Any]:
    return _outcome(ind.ljung_box(_series(case, data)[1], lags=case["args"]["lags"]))


def durbin_watson(case: Case, data: Data) -> dict[str, Any]:
    return _outcome(ind.durbin_watson(_fit(case, data)[1]))


def breusch_godfrey(case: Case, data: Data) -> dict[str, Any]:
    return _outcome(ind.breusch_godfrey(_fit(case, data)[1], order=case["args"]["order"]))


def breusch_pagan(case: Case, data: Data) -> dict[str, Any]:
    return _outcome(ind.breusch_pagan(_fit(case, data)[1]))


def breakpoints(case: Case, data: Data) -> dict[str, Any]:
    found = ind.breakpoints(
        *_series(case, data), trend=_has_trend(case), min_segment=case["args"]["min_segment"]
    )
    return {
        "n_breaks_bic": found.best,
        "break_index_bic": list(found.positions[found.best]),
        "breaks_considered": list(range(len(found.positions))),
        "rss": found.rss,
        "bic": found.bic,
        "break_index_by_m": [list(places) for places in found.positions[1:]],
    }


def _sequence(case: Case, data: Data) -> ind.BreakSequence:
    return ind.break_sequence(*_series(case, data), trend=_has_trend(case), trimming=case["args"]["from"])


def f_stat_sequence(case: Case, data: Data) -> dict[str, Any]:
    found = _sequence(case, data)
    # R numbers its vector of statistics from 1 whatever the first candidate year is.
    return {"first_index": 1, "f": found.statistic, "candidate_index": found.likeliest}


def f_stat_break_test(case: Case, data: Data) -> dict[str, Any]:
    return _outcome(ind.break_test(_sequence(case, data), kind=case["args"]["type"]))


def chow(case: Case, data: Data) -> dict[str, Any]:
    return _outcome(
        ind.chow(*_series(case, data), break_after=case["args"]["break_after"], trend=_has_trend(case))
    )


def ols_cusum(case: Case, data: Data) -> dict[str, Any]:
    return _outcome(ind.ols_cusum(*_series(case, data), trend=_has_trend(case)))


def _outcome(test: Any) -> dict[str, Any]:
    """Statistic, degrees of freedom and p-value; no degrees of freedom is R's null."""
    return {"statistic": test.statistic, "df": list(test.df) or None, "p_value": test.p_value}


def _estimate(test: Any) -> float:
    return float(test.effect.estimate)


def _coefficients(case: Case, data: Data) -> dict[str, Any]:
    args = case["args"]
    names, fit = _fit(case, data)
    extra: dict[str, Any] = {}
    if args.get("covariance") == "classical":
        cov = fit.cov
    elif "type" in args:
        cov = ind.robust_cov(fit, args["type"])
    else:
        automatic = isinstance(args["lag"], str)
        cov = ind.newey_west_cov(
            fit,
            lag=None if automatic else args["lag"],
            prewhite=args["prewhite"],
            adjust=args["small_sample_adjust"],
        )
        if automatic:
            extra["bandwidth"] = ind.newey_west_bandwidth(fit, prewhite=args["prewhite"])
    std_error = np.sqrt(np.diag(cov))
    t = fit.estimate / std_error
    return {
        "names": names,
        "estimate": fit.estimate,
        "se": std_error,
        "t": t,
        "p_value": ind.t_p_value(t, fit.df),
        "df": fit.df,
        **extra,
    }


def its_gls_ar1(case: Case, data: Data) -> dict[str, Any]:
    frame = data[case["data"][0]]
    y = frame.loc[frame["series"] == case["args"]["series"], "y"].to_numpy(float)
    found = ind.fit_ar1(y, _fit(case, data)[1].design, method=case["args"]["method"])
    return {
        "estimate": found.estimate,
        "se": np.sqrt(np.diag(found.cov)),
        "phi": found.correlation,
        "sigma": found.sigma,
        "loglik": found.log_likelihood,
    }


def its_effect(case: Case, data: Data) -> dict[str, Any]:
    """Effect at the last time point, with the Newey-West lag that the case names in words."""
    frame = data[case["data"][0]]
    rows = frame.loc[frame["series"] == case["args"]["series"]]
    words = case["args"]["covariance"].replace(",", "").split()
    found = ind.interrupted(
        rows["t"],
        rows["y"],
        at=float(rows.loc[rows["level"] == 1, "t"].min()),
        lag=int(words[words.index("lag") + 1]),
        prewhite="no prewhitening" not in case["args"]["covariance"],
        adjust="no adjustment" not in case["args"]["covariance"],
    )
    effect = found.effect_at(float(rows["t"].max())).effect
    assert effect is not None
    return {"effect": effect.estimate, "se": effect.std_error}


ESTIMATORS: dict[str, Callable[[Case, Data], dict[str, Any]]] = {
    "mann_kendall": mann_kendall,
    "mann_kendall_exact": mann_kendall_exact,
    "mann_kendall_hamed_rao": hamed_rao,
    "mann_kendall_yue_wang": yue_wang,
    "mann_kendall_prewhitened": _prewhitened(trend_free=False),
    "mann_kendall_tfpw": _prewhitened(trend_free=True),
    "seasonal_mann_kendall": seasonal_mann_kendall,
    "seasonal_sen_slope": seasonal_sen_slope,
    "sen_slope": sen_slope,
    "kendall_tau": kendall_tau,
    "spearman_rho": spearman_rho,
    "pettitt": pettitt,
    "buishand": buishand,
    "snht": snht,
    "cox_stuart": cox_stuart,
    "ols_trend": ols_trend,
    "autocorrelation": autocorrelation,
    "ljung_box": ljung_box,
    "durbin_watson": durbin_watson,
    "breusch_godfrey": breusch_godfrey,
    "breusch_pagan": breusch_pagan,
    "breakpoints": breakpoints,
    "f_stat_sequence": f_stat_sequence,
    "f_stat_break_test": f_stat_break_test,
    "chow": chow,
    "ols_cusum": ols_cusum,
    "its_ols": _coefficients,
    "its_newey_west": _coefficients,
    "its_hc": _coefficients,
    "its_gls_ar1": its_gls_ar1,
    "its_effect": its_effect,
}
