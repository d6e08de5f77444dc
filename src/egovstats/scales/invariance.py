"""Whether a scale measures the same in each group or wave: measurement invariance, step by step."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from scipy import special

from egovstats.console import as_html, as_text
from egovstats.design.design import Design
from egovstats.design.where import Where
from egovstats.errors import EstimateError, nearest
from egovstats.results import HypothesisTest
from egovstats.scales.cfa import FactorModel, cfa
from egovstats.scales.cfa_scores import scaling
from egovstats.sources import Source, Sourced

STEPS: dict[str, tuple[str, ...]] = {
    "configural": (),
    "metric": ("loadings",),
    "scalar": ("loadings", "intercepts"),
    "strict": ("loadings", "intercepts", "residuals"),
}
_MEANS = {
    "configural": "the same items measure the same factors",
    "metric": "a step of the factor moves the items alike: slopes and correlations can be compared",
    "scalar": "items start alike, too: means of the scale can be compared",
    "strict": "items are as noisy, too: sums of items can be compared in full",
}


@dataclass(frozen=True, slots=True, eq=False)
class Invariance(Sourced):
    """Models of growing sameness, each held against the one before.

    Parameters
    ----------
    models : dict of str to FactorModel
        By step.
    tests : tuple of HypothesisTest
        Of each step but the first against the one before.
    sources : tuple of Source
    notes : tuple of str
    """

    models: dict[str, FactorModel]
    tests: tuple[HypothesisTest, ...]
    sources: tuple[Source, ...]
    notes: tuple[str, ...]

    __repr__ = as_text
    _repr_html_ = as_html

    def to_frame(self) -> pd.DataFrame:
        """One row a step: ``chi_square``, ``df``, ``cfi``, ``rmsea``, ``srmr``, their
        changes from the step before, and what the step would allow.
        """
        rows: list[dict[str, Any]] = []
        for step, model in self.models.items():
            fit = {name: model.measures[name] for name in ("cfi", "rmsea", "srmr")}
            before = rows[-1] if rows else None
            rows.append(
                {
                    "step": step,
                    "chi_square": model.chi_square,
                    "df": model.model_df,
                    **fit,
                    **{
                        f"{name}_change": value - before[name] if before else np.nan
                        for name, value in fit.items()
                    },
                    "allows": _MEANS[step],
                }
            )
        return pd.DataFrame(rows)


def invariance(
    design: Design,
    model: str,
    group: str,
    *,
    steps: tuple[str, ...] = ("configural", "metric", "scalar", "strict"),
    errors: str | None = None,
    where: Where = None,
) -> Invariance:
    """Test measurement invariance across groups or waves.

    Parameters
    ----------
    design : Design
    model : str
        As in `cfa`.
    group : str
        Column that splits the sample.
    steps : tuple of str
        Of ``"configural"``, ``"metric"``, ``"scalar"``, ``"strict"``, in this order.
    errors, where
        As in `cfa`. With a design, the differences of chi-squares are referred to their mean and variance
        under it.

    Returns
    -------
    Invariance
        Only if the scalar step holds may the scale's means be compared between waves. Besides the tests,
        which large samples always fail, a fall of CFI by .01 or more or a rise of RMSEA by .015 or more is
        commonly taken for a step too far.

    Raises
    ------
    EstimateError
        Unknown steps or in another order, one group alone, or as in `cfa`.

    References
    ----------
    Meredith (1993), Psychometrika 58, 525-543 (the steps); Chen (2007), Structural Equation Modeling 14,
    464-504 (changes of CFI and RMSEA); Satorra (2000), in Innovations in Multivariate Statistical Analysis,
    233-247 (differences of chi-squares under any covariance of the moments).
    """
    strange = [step for step in steps if step not in STEPS]
    if strange:
        raise EstimateError(f"there is no step {strange[0]!r}. {nearest(strange[0], STEPS)}")
    order = [list(STEPS).index(step) for step in steps]
    if order != sorted(set(order)) or len(order) < 2:
        raise EstimateError(f"steps must be two or more, in the order {list(STEPS)}, got {list(steps)}.")
    models = {
        step: cfa(design, model, group=group, equal=STEPS[step], errors=errors, where=where) for step in steps
    }
    first = next(iter(models.values()))
    if len(first.groups) < 2:
        raise EstimateError(f"{group!r} has one group with answers to all items, so nothing can be compared.")
    names = list(models)
    tests = tuple(_difference(models[a], models[b], a, b, design) for a, b in pairwise(names))
    notes = tuple(dict.fromkeys(note for each in models.values() for note in each.notes))
    return Invariance(models, tests, design.sources, notes)


def _difference(loose: FactorModel, tight: FactorModel, a: str, b: str, design: Design) -> HypothesisTest:
    df = loose.layout.size - tight.layout.size
    rise = tight.chi_square - loose.chi_square
    test, distribution = "likelihood-ratio test of a step", "chi2"
    degrees: tuple[float, ...] = (float(df),)
    statistic, p_value = rise, float(special.chdtrc(df, max(rise, 0.0)))
    notes: tuple[str, ...] = ()
    if tight.law.residual is not None and loose.law.residual is not None and tight.law.gamma is not None:
        mean, spread = scaling(tight.law.residual - loose.law.residual, tight.law.gamma)
        statistic, degrees = rise / mean, (spread, spread * tight.df)
        test, distribution = f"{test}, Rao-Scott correction", "F"
        p_value = float(special.fdtrc(spread, spread * tight.df, statistic))
    elif tight.errors == "robust":
        scale = (tight.law.mean - loose.law.mean) / df
        statistic = rise / scale
        test = f"{test}, Satorra and Bentler's difference"
        p_value = float(special.chdtrc(df, max(statistic, 0.0))) if scale > 0 else float("nan")
        notes = () if scale > 0 else ("the scale of the difference is not positive, so it is not tested",)
    return HypothesisTest(
        test=test,
        null=f"The {b} step fits as well as the {a} one.",
        statistic=statistic,
        distribution=distribution,
        df=degrees,
        p_value=p_value,
        n=float(tight.n),
        keys={"step": b},
        sources=design.sources,
        notes=notes,
    )
