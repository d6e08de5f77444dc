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
    for text in (case.get("args") or {}).get("variables") or []:
        made = re.fullmatch(r"interaction\(([\w.]+), ([\w.]+)\)", str(text))
        if made:
            a, b = frame[made.group(1)], frame[made.group(2)]
            levels = [f"{x}.{y}" for y in b.cat.categories for x in a.cat.categories]
            frame = frame.assign(**{text: pd.Categorical(a.astype(str) + "." + b.astype(str), levels)})
    return frame


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
        return eg.rake(design, margins, tolerance=step["tolerance"])
    if kind == "calibrate":
        factors = [name for name in design.frame if isinstance(design.frame[name].dtype, pd.CategoricalDtype)]

        def named(column: str) -> str:
            for factor in factors:
                if column.startswith(factor) and column != factor:
                    return f"{factor}[T.{column.removeprefix(factor)}]"
            return "Intercept" if column == "(Intercept)" else column

        spread = step.get("variance")
        return eg.calibrate(
            design,
            step["formula"],
            {named(name): value for name, value in step["totals"].items()},
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


def uncalibrated(case: dict[str, Any], data: dict[str, pd.DataFrame]) -> eg.Design:
    """The design before any calibration."""
    spec = case["design"]
    replicates = spec.get("replicates")
    if replicates and not replicates["from_design"]:
        return eg.ReplicateDesign(
            sample(case, data),
            weight=spec["weights"],
            replicates=replicates["columns"],
            method=replicates["type"],
            fay=replicates.get("rho"),
            scale=replicates.get("scale"),
            rscales=replicates.get("rscales"),
            mse=bool(replicates.get("mse")),
            combined=bool(replicates["combined_weights"]),
        )
    fpc = spec.get("fpc") or None
    size = {"population_size": fpc} if spec.get("fpc_is") == "population_size" else {"sampling_fraction": fpc}
    if spec.get("fpc_is") == "inclusion_probability":
        joint = spec["pps"] != "brewer"
        size = {"inclusion_probability": fpc[0]}
        size["pps"] = data[case["data"][1]].to_numpy() if joint else "brewer"
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
    make = {"JK1": eg.jackknife, "JKn": eg.jackknife, "BRR": eg.brr}[replicates["type"]]
    return make(design, mse=bool(replicates.get("mse")))


def condition(text: str | None, frame: pd.DataFrame) -> np.ndarray | None:
    """An R condition on columns as a boolean array; missing counts as outside."""
    if not text:
        return None
    expression = re.sub(r"\b([A-Za-z_]+)\.([A-Za-z_.]+)\b", lambda m: f"`{m.group(0)}`", text)
    expression = expression.replace("&", " and ").replace("|", " or ")
    return frame.eval(expression, engine="python").to_numpy(dtype=bool)


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
