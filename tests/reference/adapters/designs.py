"""A case's design in neutral words -> `egovstats.Design`."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd
from run_cases import NotCovered

import egovstats as eg


def sample(case: dict[str, Any], data: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """The sample's frame, with the columns that an R formula makes on the way."""
    frame = data[case["data"][0]]
    args = case.get("args") or {}
    named = [*np.ravel(args.get("variables") or []), args.get("variable")]
    made = {str(text): made_column(str(text), frame) for text in named if text and text not in frame}
    frame = frame.assign(**{name: column for name, column in made.items() if column is not None})
    inside = condition(case["design"].get("domain"), frame) if calibrates_in_domain(case) else None
    if inside is not None:  # weights outside the domain are 0 before the calibration
        weight = case["design"]["weights"]
        frame = frame.assign(**{weight: np.where(inside, frame[weight], 0.0)})
    return frame


def made_column(text: str, frame: pd.DataFrame) -> Any:
    """Values of `interaction(a, b)`, `factor(a)` or `I(condition)`; None for another term."""
    crossed = re.fullmatch(r"interaction\(([\w.]+), *([\w.]+)\)", text)
    if crossed:
        a, b = frame[crossed.group(1)], frame[crossed.group(2)]
        levels = [f"{x}.{y}" for y in b.cat.categories for x in a.cat.categories]
        return pd.Categorical(a.astype(str) + "." + b.astype(str), levels)
    factor = re.fullmatch(r"(?:as\.)?factor\(([\w.]+)\)", text)
    if factor:
        return pd.Categorical(frame[factor.group(1)])
    computed = re.fullmatch(r"(?:I|as\.numeric)\((.+)\)", text)
    if computed:
        known = known_in(computed.group(1), frame)
        return np.where(known, frame.eval(in_python(computed.group(1)), engine="python"), np.nan)
    return None


def calibrates_in_domain(case: dict[str, Any]) -> bool:
    design = case.get("design") or {}
    steps = design.get("calibration") or []
    return bool(design.get("after_domain")) or any(step.get("after_domain") for step in steps)


def design_of(case: dict[str, Any], data: dict[str, pd.DataFrame]) -> eg.Design:
    """The design object of a case, calibrated where the case says so."""
    design = uncalibrated(case, data)
    for step in case["design"].get("calibration") or []:
        design = calibrated(design, step, case)
    return design


def cell_population(case: dict[str, Any]) -> pd.DataFrame:
    """Population by two variables that a case lists cell by cell, the first running fastest."""
    given = case["args"]["population"]
    cells = [(a, b) for b in given["b_levels"] for a in given["a_levels"]]
    return pd.DataFrame(cells, columns=["a", "b"]).assign(count=given["counts_a_fastest"])


def calibrated(design: eg.Design, step: dict[str, Any], case: dict[str, Any]) -> eg.Design:
    """One calibration step in neutral words -> the package's function."""
    kind = step["kind"]
    names = step.get("variables") or [step.get("variable")]
    if kind == "post_stratify":
        totals = step.get("totals") or cell_population(case).rename(
            columns=dict(zip("ab", names, strict=False))
        )
        return eg.poststratify(design, names, totals)
    if kind == "rake":
        margins = step.get("margins") or {
            name: cell_population(case).groupby(name)["count"].sum() for name in names
        }
        return eg.rake(design, margins, tolerance=step["tolerance"], regression="unweighted")  # as R rakes
    if kind == "calibrate":
        spread = step.get("variance")
        return eg.calibrate(
            design,
            formula_of(step["formula"]),
            control_totals(design.frame, step["formula"], step["totals"]),
            method=step["calfun"],
            bounds=tuple(step["bounds"]) if step.get("bounds") else None,
            spread=spread.removeprefix("proportional to ") if spread else None,
            tolerance=1e-12,
        )
    if kind == "trim_weights":
        lower = 0.0 if step["lower"] == "-Inf" else step["lower"]
        return eg.trim(design, lower=lower, upper=step["upper"], strict=step["strict"])
    if kind == "standardize":
        levels = design.frame[step["by"][0]].cat.categories
        totals = dict(zip(levels, step["population"], strict=True))
        return eg.standardise(
            design, step["by"], step["over"], totals, excluding_missing=step["excluding_missing"]
        )
    raise NotCovered(f"calibration step {kind!r}")


def formula_of(text: str) -> str:
    """R's formula in the package's formula language: names with dots in backticks."""
    return re.sub(r"\b([A-Za-z_]\w*(?:\.\w+)+)\b", r"`\1`", text)


def control_totals(frame: pd.DataFrame, formula: str, totals: dict[str, float]) -> dict[str, float]:
    """R's names of model columns (`stypeH:sch.wideYes`) -> the package's (`stype[T.H]:sch.wide[T.Yes]`)."""
    factors = [name for name in frame if isinstance(frame[name].dtype, pd.CategoricalDtype)]
    every_level = re.search(r"- *1|\+ *0", formula) is not None

    def part(text: str) -> str:
        for factor in factors:
            level = text.removeprefix(factor)
            if level in [str(each) for each in frame[factor].cat.categories] and level != text:
                first = factor == next((name for name in factors if name in formula), None)
                return f"{factor}[{level}]" if every_level and first else f"{factor}[T.{level}]"
        return "Intercept" if text == "(Intercept)" else text

    return {":".join(part(each) for each in name.split(":")): value for name, value in totals.items()}


def pps_of(case: dict[str, Any], data: dict[str, pd.DataFrame]) -> dict[str, Any]:
    """The rule for unequal probabilities, under the package's names."""
    rule = case["design"]["pps"]
    joint = re.fullmatch(r"ppsmat\(.*?(\w+)\)+", rule)
    variance = {"pps_variance": case["design"].get("pps_variance") or "HT"}
    if joint:
        return {"pps": data[joint.group(1)].to_numpy(), **variance}
    squares = re.fullmatch(r"HR\((?:sum\((\w+)\$(\w+)\^2\)/)?([\d.]*)\)", rule)
    if squares:
        name, probability, number = squares.groups()
        if not number:
            return {"pps": "hartley-rao", **variance}
        total = 1 / (data[name][probability] ** 2).sum() if name else None
        return {"pps": ("hartley-rao", 1 / (float(number) * total) if total else float(number)), **variance}
    return {"pps": rule, **variance}


METHODS = {"ACS": "successive-difference", "auto": "JKn"}


def uncalibrated(case: dict[str, Any], data: dict[str, pd.DataFrame]) -> eg.Design:
    """The design before any calibration."""
    spec = case["design"]
    replicates = spec.get("replicates")
    if replicates and not replicates["from_design"]:
        return eg.ReplicateDesign(
            sample(case, data),
            weight=spec["weights"],
            replicates=replicates["columns"],
            method=METHODS.get(replicates["type"], replicates["type"]),
            fay=replicates.get("rho"),
            scale=replicates.get("scale"),
            rscales=replicates.get("rscales"),
            mse=bool(replicates.get("mse")),
            combined=bool(replicates["combined_weights"]),
        )
    fpc = spec.get("fpc") or None
    size = {"population_size": fpc} if spec.get("fpc_is") == "population_size" else {"sampling_fraction": fpc}
    if spec.get("fpc_is") == "inclusion_probability":
        size = {"inclusion_probability": fpc[0], **pps_of(case, data)}
    design = eg.Design(
        sample(case, data),
        weight=spec.get("weights"),
        strata=spec.get("strata") or None,
        psu=spec.get("ids") or None,
        nest=bool(spec.get("nest")),
        lonely_psu=spec.get("lonely_psu") or "fail",
        domain_lonely=bool(spec.get("domain_lonely")),
        **(size if fpc else {}),
    )
    if not replicates:
        return design
    mse = bool(replicates.get("mse"))
    if replicates["type"] in ("BRR", "Fay"):
        return eg.brr(design, fay=replicates.get("rho") or 0.0, mse=mse)
    if replicates["type"] in ("JK1", "JKn", "auto"):
        return eg.jackknife(design, mse=mse)
    raise NotCovered(f"replicates of type {replicates['type']!r} made from a design")


def in_python(text: str) -> str:
    """An R condition in the language of `DataFrame.eval`."""
    text = re.sub(r"\b([A-Za-z_]+)\.([A-Za-z_.]\w*)\b", lambda m: f"`{m.group(0)}`", text)
    text = re.sub(r"!is.na\((`?[\w.]+`?)\)", r"(\1 == \1)", text.replace("`is.na`", "is.na"))
    text = re.sub(r"is.na\((`?[\w.]+`?)\)", r"(\1 != \1)", text)
    text = re.sub(r"%in% *c\(([^)]*)\)", r"in [\1]", text)
    return text.replace("&", " and ").replace("|", " or ").replace("TRUE", "True").replace("FALSE", "False")


def known_in(text: str, frame: pd.DataFrame) -> np.ndarray:
    """Rows in which no column of an R expression is missing."""
    used = [name for name in frame if re.search(rf"(?<![\w.\"]){re.escape(str(name))}(?![\w.\"(])", text)]
    return frame[used].notna().all(axis=1).to_numpy()


def condition(text: str | None, frame: pd.DataFrame) -> np.ndarray | None:
    """An R condition on columns as a boolean array; missing counts as outside."""
    if not text:
        return None
    parts = [text] if "(" in text else text.split("|")
    found = np.zeros(len(frame), bool)
    for part in parts:
        inside = frame.eval(in_python(part), engine="python").to_numpy(dtype=bool)
        found |= inside if "is.na" in part else inside & known_in(part, frame)
    return found


def where_of(case: dict[str, Any], frame: pd.DataFrame, variables: list[str] = ()) -> np.ndarray | None:  # type: ignore[assignment]
    """The case's domain; with na_rm, also only rows complete in all variables."""
    mask = condition(case["design"].get("domain"), frame)
    own = condition((case.get("args") or {}).get("domain"), frame)
    if own is not None:
        mask = own if mask is None else mask & own
    if (case.get("args") or {}).get("na_rm"):
        complete = frame[list(variables)].notna().all(axis=1).to_numpy()
        mask = complete if mask is None else mask & complete
    return mask
