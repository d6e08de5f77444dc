"""Effects as numbers of a sentence: their scale, sign, limits and direction."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from egovstats.report.language import Language
from egovstats.results import Effect, HypothesisTest

KINDS = {
    "difference": "difference",
    "slope": "slope",
    "average slope": "slope",
    "relative change": "slope",
    "odds ratio": "odds",
    "P(later > earlier)": "superiority",
    "distance": "distance",
    "step": "step",
    "change of slope": "bend",
    "Cramer's V": "association",
    "total": "difference",
    "composition": "component",
    "rate": "component",
    "explained": "component",
    "unexplained": "component",
    "interaction": "component",
    "within cohorts": "component",
    "replacement": "component",
    "rest": "component",
}
"""Effect -> how a sentence speaks of it."""

NUMBERED = ("Cohen's d", "Cohen's h", "odds ratio", "Hedges' g", "Cliff's delta")
"""Further effect sizes that an APA sentence lists."""

_NEUTRAL = {"odds": 1.0, "superiority": 0.5}
_BOUNDED = ("probability", "association 0-1")  # units that APA prints without the zero before the point


@dataclass(frozen=True, slots=True)
class Scale:
    """How an effect is printed.

    Parameters
    ----------
    effect : Effect
    unit : str
        ``"share"``, ``"ratio_percent"`` or ``"pairs"`` (printed times 100), or empty.
    decimals : int
    neutral : float
        The value that says "no effect".
    """

    effect: Effect
    unit: str
    decimals: int
    neutral: float

    @property
    def factor(self) -> float:
        """What the number is multiplied with before printing."""
        return 100.0 if self.unit else 1.0

    def number(self, language: Language, form: str) -> str:
        """The estimate, with its sign or as a size."""
        value = self.effect.estimate * self.factor
        signed = form == "signed" and self.neutral == 0 and self.unit != "pairs"
        shown = abs(value) if form == "size" and self.neutral == 0 else value
        return language.number(shown, decimals=self.decimals, signed=signed)

    def limits(self, language: Language) -> tuple[str, str]:
        """Both limits; empty texts where there are none."""
        ends = (self.effect.conf_low, self.effect.conf_high)
        if not np.isfinite(ends).all():
            return "", ""
        low, high = (language.number(each * self.factor, decimals=self.decimals) for each in ends)
        return low, high

    def with_estimate(self, value: float) -> Scale:
        """The same scale for another number."""
        return replace(self, effect=replace(self.effect, estimate=value))


def scale_of(effect: Effect, *, apa: bool = False) -> Scale:
    """The scale of an effect, by its unit: shares in percentage points, ratios without a sign.

    In APA style a probability stays one; in words it is so many of a hundred pairs.
    """
    kind = KINDS.get(effect.name, "any")
    neutral = _NEUTRAL.get(kind, 0.0)
    if effect.unit.startswith("ratio less 1"):
        return Scale(effect, "ratio_percent", 1, neutral)
    if effect.unit.split(" ")[0] == "share":
        return Scale(effect, "share", 2 if " per " in effect.unit else 1, neutral)
    in_pairs = kind == "superiority" and not apa
    return Scale(effect, "pairs" if in_pairs else "", 0 if in_pairs else 2, neutral)


def finding_of(test: HypothesisTest) -> str:
    """``"up"``, ``"down"``, ``"unclear"`` or ``"doubtful"`` (only before adjusting over the family).

    A test whose effect cannot be below its neutral value (a distance, Cramer's V) goes by its p-value.
    """
    effect = test.effect
    assert effect is not None
    alpha = 1 - effect.conf_level + 1e-12
    neutral = scale_of(effect).neutral
    if KINDS.get(effect.name) in ("distance", "association"):
        clear = test.p_value < alpha
    else:
        clear = effect.conf_low > neutral or effect.conf_high < neutral
    if not clear:
        return "unclear"
    if test.p_adjusted is not None and not test.p_adjusted < alpha:
        return "doubtful"
    return "up" if effect.estimate > neutral else "down"


def apa_number(text: str, effect: Effect) -> str:
    """A number that cannot exceed 1 loses its zero in APA style, where the decimal sign is a point."""
    return (
        text.replace("0.", ".", 1) if effect.unit in _BOUNDED and text.lstrip("−").startswith("0.") else text
    )
