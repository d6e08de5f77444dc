"""Outcomes of tests: the statistic, the effect that it is about, and the assumptions looked at."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from egovstats.console import as_html, as_text
from egovstats.sources import Source, Sourced


@dataclass(frozen=True, slots=True)
class Effect:
    """An effect with its interval; `name` says which ("difference", "odds ratio", "Cohen's h")."""

    name: str
    estimate: float
    conf_low: float
    conf_high: float
    unit: str
    conf_level: float = 0.95
    std_error: float = float("nan")


@dataclass(frozen=True, slots=True)
class Check:
    """One assumption of a test, looked at.

    Parameters
    ----------
    assumption : str
        What the test takes for granted.
    found : str
        What these data say of it.
    holds : bool or None
        None where they do not tell.
    """

    assumption: str
    found: str
    holds: bool | None


@dataclass(frozen=True, slots=True, eq=False)
class HypothesisTest(Sourced):
    """Outcome of one test, with the effect it is about.

    Parameters
    ----------
    test : str
        Standard name of the test.
    null : str
        The null hypothesis as a sentence.
    statistic : float
    distribution : str
        ``"t"``, ``"F"``, ``"chi2"``, ``"normal"`` or ``"exact"``.
    df : tuple of float
        Degrees of freedom, as many as the distribution has.
    p_value : float
        Two-sided unless `null` says otherwise; NaN only together with a reason in `notes`.
    effect : Effect, optional
        What changed and by how much.
    others : tuple of Effect
        The same on other scales.
    n : float
        Respondents behind it.
    keys : dict
        Which item, waves and domain.
    p_adjusted : float, optional
        p-value after adjustment over the family.
    adjust : str
        Method of the adjustment.
    sources, notes : tuple
    checks : tuple of Check
        Assumptions that could be looked at; those about how the data were collected cannot.
    """

    test: str
    null: str
    statistic: float
    distribution: str
    df: tuple[float, ...]
    p_value: float
    effect: Effect | None = None
    others: tuple[Effect, ...] = ()
    n: float = float("nan")
    keys: dict[str, Any] = field(default_factory=dict)
    p_adjusted: float | None = None
    adjust: str = "none"
    sources: tuple[Source, ...] = ()
    notes: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()

    __repr__ = as_text
    _repr_html_ = as_html

    def to_frame(self) -> pd.DataFrame:
        """One row: keys, the effect with its interval, the test, and a reason where it has no p-value."""
        row: dict[str, Any] = dict(self.keys)
        if self.effect is not None:
            row |= {
                "effect": self.effect.name,
                "estimate": self.effect.estimate,
                "std_error": self.effect.std_error,
                "conf_low": self.effect.conf_low,
                "conf_high": self.effect.conf_high,
                "conf_level": self.effect.conf_level,
                "unit": self.effect.unit,
            }
        row |= {"test": self.test, "statistic": self.statistic, "df": self.df, "p_value": self.p_value}
        if self.p_adjusted is not None:
            row |= {"p_adjusted": self.p_adjusted, "adjust": self.adjust}
        if not np.isfinite(self.p_value):
            row["reason"] = "; ".join(self.notes)
        return pd.DataFrame([row])
