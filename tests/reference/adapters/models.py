"""Regressions, tests of their terms, and what follows from them."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd
from adapters.designs import design_of, sample, where_of
from adapters.formulas import formula_of, offset_of, with_numbers

import egovstats as eg
from egovstats import models

TAILS = {None: "saddlepoint", "saddlepoint": "saddlepoint", "satterthwaite": "satterthwaite"}
METHODS = {"Wald": "wald", "LRT": "likelihood-ratio", "WorkingWald": "working-wald"}


def terms_of(text: str, frame: pd.DataFrame) -> list[str]:
    return [term.strip() for term in formula_of(text, frame).lstrip("~").split("+")]


def family_of(args: dict[str, Any]) -> tuple[Any, str | None]:
    """Family and link; R's name of the inverse squared link is a formula."""
    link = args.get("link")
    return args.get("family") or "gaussian", {"1/mu^2": "inverse-squared"}.get(link, link)


def model(case: dict[str, Any], data: dict[str, pd.DataFrame], key: str = "formula") -> models.GlmFit:
    text, data = with_numbers(case, data, key)
    frame = sample(case, data)
    family, link = family_of(case["args"])
    return eg.glm(
        design_of(case, data),
        formula_of(text, frame),
        family=family,
        link=link,
        where=where_of(case, frame),
        offset=offset_of(case["args"], key),
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


# What R calls cloglog here is the other extreme value distribution.
LINKS = {"logistic": "logit", "cloglog": "loglog", "loglog": "cloglog", None: "logit"}


def ordinal_model(case: dict[str, Any], data: dict[str, pd.DataFrame]) -> models.CategoricalFit:
    link = case["args"].get("link")
    frame = sample(case, data)
    return eg.ordinal(
        design_of(case, data),
        formula_of(case["args"]["formula"], frame),
        link=LINKS.get(link, link),
        where=where_of(case, frame),
    )


def ordinal(case: dict[str, Any], data: dict[str, pd.DataFrame]) -> dict[str, Any]:
    fit = ordinal_model(case, data)
    cuts = len(fit.answers) - 1
    return {
        "coefficients": fit.estimate[:-cuts],
        "thresholds": fit.estimate[-cuts:],
        "se": fit.std_error,
        "vcov": fit.cov,
        "df_residual": fit.df_residual,
    }


def described(found: eg.HypothesisTest) -> dict[str, Any]:
    """A test under the reference's names."""
    out = {
        "statistic": found.statistic,
        "reference": "F" if found.distribution == "F" else "chisq",
        "df": found.df[0],
        "ddf": found.df[1] if len(found.df) > 1 else None,
        "p_value": found.p_value,
    }
    if getattr(found, "scale_factors", ()):
        out |= {"statistic_scaled": found.chi_square, "scale_factors": found.scale_factors}
    return out


def term_test(case: dict[str, Any], data: dict[str, pd.DataFrame]) -> dict[str, Any]:
    args = case["args"]
    fit = ordinal_model(case, data) if args.get("model") == "ordinal" else model(case, data)
    found = eg.term_test(
        fit,
        terms_of(args["terms"], sample(case, data)),
        method=METHODS[args.get("method") or "Wald"],
        df=np.inf if args.get("df") == "Inf" else None,
        tail=TAILS[args.get("approximation")],
    )
    return described(found)


def nonlinearity(case: dict[str, Any], data: dict[str, pd.DataFrame]) -> dict[str, Any]:
    """A straight line against a free level for each wave."""
    args = case["args"]
    frame = sample(case, data)
    waves = sorted(frame[args["wave"]].dropna().unique())[2:]
    dummies = {f"late{at}": (frame[args["wave"]] == wave).astype(float) for at, wave in enumerate(waves)}
    widened = {**data, case["data"][0]: frame.assign(**dummies)}
    line = f"{args['outcome']} ~ {args['trend']} + {' + '.join(dummies)}"
    fit = model({**case, "args": {**args, "formula": line}}, widened)
    return described(eg.term_test(fit, list(dummies), method=METHODS[args["method"]], tail="saddlepoint"))


def comparison(case: dict[str, Any], data: dict[str, pd.DataFrame]) -> dict[str, Any]:
    args = case["args"]
    smaller, larger = model(case, data, "smaller"), model(case, data, "larger")
    found = eg.compare_models(
        smaller, larger, method=METHODS[args["method"]], tail=TAILS[args.get("approximation")]
    )
    return described(found)


def score_test(case: dict[str, Any], data: dict[str, pd.DataFrame]) -> dict[str, Any]:
    args = case["args"]
    method = {"working": "score", "pseudoscore": "pseudo-score"}[args["method"]]
    found = eg.term_test(
        model(case, data), terms_of(args["drop"], sample(case, data)), method=method, tail="satterthwaite"
    )
    if method == "score":
        return {"values": [found.statistic, found.df[1], found.p_value]}
    # Here the statistic is chi-square, with F's tail.
    return {"values": [found.chi_square, *found.df, found.p_value]}


def confint(case: dict[str, Any], data: dict[str, pd.DataFrame]) -> dict[str, Any]:
    fit, level = model(case, data), case["args"]["level"]
    wald = str(case["args"].get("method")).lower() == "wald"
    found = fit.to_frame(conf_level=level) if wald else models.profile_intervals(fit, conf_level=level)
    return {"ci": found[["conf_low", "conf_high"]].to_numpy()}


def bell_mccaffrey(case: dict[str, Any], data: dict[str, pd.DataFrame]) -> dict[str, Any]:
    working = {"Bell-McCaffrey": "independent", "Bell-McCaffrey-2": "exchangeable"}[case["args"]["variant"]]
    fit = eg.small_sample(model(case, data), working=working, df="least")
    table = fit.to_frame()
    return {
        "estimate": fit.estimate,
        "se": fit.std_error,
        "t": table["statistic"],
        "p_value": table["p_value"],
        "df_residual": fit.df_residual,
    }


def pseudo_r2(case: dict[str, Any], data: dict[str, pd.DataFrame]) -> dict[str, Any]:
    found = models.pseudo_r2(model(case, data))
    return {"value": [found.cox_snell, found.nagelkerke]}


def criteria(case: dict[str, Any], data: dict[str, pd.DataFrame]) -> dict[str, Any]:
    found = models.information_criteria(model(case, data))
    return {"value": [found.effective_parameters, found.aic, found.deff]}


def predicted(case: dict[str, Any], data: dict[str, pd.DataFrame]) -> dict[str, Any]:
    args = case["args"]
    new = {name: np.atleast_1d(values) for name, values in args["newdata"].items()}
    found = eg.predict(model(case, data), new, scale=args.get("scale") or "response", total=args.get("total"))
    return {"estimate": found.estimate, "se": found.std_error}


def margins(case: dict[str, Any], data: dict[str, pd.DataFrame]) -> dict[str, Any]:
    args = case["args"]
    fit = model(case, data, "adjust_formula")
    # The reference lists the groups in the order in which the rows show them.
    frame = sample(case, data)
    seen = frame.loc[fit.used, args["group"]].dropna().unique().tolist()
    found = eg.predictive_margins(fit, args["group"], levels=seen, variance="separate")
    return {"estimate": found.estimate, "se": found.std_error, "vcov": found.cov}


def marginpred(case: dict[str, Any], data: dict[str, pd.DataFrame]) -> dict[str, Any]:
    args = case["args"]
    found = eg.standardised_predictions(
        model(case, data),
        formula_of(args["adjust_for"]).lstrip("~"),
        args["predict_at"],
        scale=args.get("scale") or args.get("type") or "link",
        variance="fixed",
    )
    return {"estimate": found.estimate, "se": found.std_error, "vcov": found.variance}


def surv_of(text: str) -> dict[str, str]:
    """Names of the columns in `Surv(time, event)` or `Surv(entry, time, event)`."""
    inner = [re.sub(r"\s*==\s*1$", "", part.strip()) for part in text.split(",")]
    return dict(zip(("entry", "time", "event")[-len(inner) :], inner, strict=True))


def coxph(case: dict[str, Any], data: dict[str, pd.DataFrame]) -> dict[str, Any]:
    args, frame = case["args"], sample(case, data)
    made = re.fullmatch(r"Surv\((.*?)\)\s*~\s*(.*)", args["formula"])
    assert made is not None
    fit = eg.cox(
        design_of(case, data),
        formula_of(made[2], frame),
        **surv_of(made[1]),
        ties=args.get("ties") or "efron",
        where=where_of(case, frame),
    )
    return {"estimate": fit.estimate, "se": fit.std_error, "vcov": fit.cov}


def kaplan_meier(case: dict[str, Any], data: dict[str, pd.DataFrame]) -> dict[str, Any]:
    args = case["args"]
    found = eg.kaplan_meier(
        design_of(case, data),
        time=args["time"],
        event=args["event"],
        at=args["at"],
        where=where_of(case, sample(case, data)),
        method="nelson-aalen",
    )
    return {
        "times": found.keys["time"],
        "survival": found.estimate,
        "se_log": found.std_error / found.estimate,
    }


def logrank(case: dict[str, Any], data: dict[str, pd.DataFrame]) -> dict[str, Any]:
    args = case["args"]
    found = eg.log_rank(
        design_of(case, data),
        args["group"],
        time=args["time"],
        event=args["event"],
        where=where_of(case, sample(case, data)),
        df=np.inf,
    )
    out: dict[str, Any] = {"chisq": found.statistic, "p_value": found.p_value}
    if found.effect is None:
        return out
    score, error = found.effect.estimate, found.effect.std_error
    return out | {"score": score, "se": error, "z": score / error}


ESTIMATORS = {
    "marginpred": marginpred,
    "coxph": coxph,
    "kaplan_meier": kaplan_meier,
    "logrank": logrank,
    "glm": glm,
    "term_test": term_test,
    "nonlinearity_test": nonlinearity,
    "model_comparison": comparison,
    "score_test": score_test,
    "glm_confint": confint,
    "ordinal": ordinal,
    "glm_bell_mccaffrey": bell_mccaffrey,
    "pseudo_r2": pseudo_r2,
    "information_criteria": criteria,
    "predict": predicted,
    "predict_total": predicted,
    "predictive_margins": margins,
}
