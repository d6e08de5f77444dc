"""What could have been chosen otherwise: weights, waves, missing answers, sampling units, a trend's unit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from egovstats.waves.simplified import mixed, unclustered, unweighted

if TYPE_CHECKING:
    from egovstats.waves import Waves

LONELY = ("adjust", "average", "certainty")
"""Rules for strata of one sampling unit that are tried where there are such strata."""

Change = Callable[["Waves"], "Waves"]


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice made otherwise.

    Parameters
    ----------
    name : str
        Such as ``"unweighted"`` or ``"without.r7"``.
    label : str
        Key of its words; `fields` are what they need.
    change : callable, optional
        The waves of a survey under it; None where the waves stay as they are.
    lonely_psu : str, optional
        Rule for strata of one sampling unit, where that is the choice.
    without : str
        Wave that is left out.
    missing : str
        Rule for missing answers.
    late : tuple of str
        Waves after the middle of the period, where the rule differs between the two halves.
    why_not : str
        Key of the reason why it cannot be tried; empty where it can.
    """

    name: str
    label: str
    change: Change | None = None
    lonely_psu: str | None = None
    without: str = ""
    missing: str = ""
    late: tuple[str, ...] = ()
    why_not: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)


UNIT = Choice("unit.wave", "unit")
"""The wave as the unit of a trend: the report computes it already."""


def choices(waves: Waves, lonely_psu: str) -> Iterator[Choice]:
    """Everything that is tried on the waves of one survey.

    Parameters
    ----------
    waves : Waves
    lonely_psu : str
        Rule of the main analysis for strata of one sampling unit.
    """
    frame = waves.frame
    weight = frame["weight"].to_numpy()
    alike = bool(np.ptp(weight[weight > 0]) == 0)
    yield Choice("unweighted", "unweighted", unweighted, why_not="equal_weights" if alike else "")
    names = [card.wave for card in waves.cards]
    for name in names:
        why = "one_wave" if len(names) == 1 else ""
        yield Choice(
            f"without.{name}", "without", _without(name), without=name, why_not=why, fields={"wave": name}
        )
    for rule in ("answer", "lower", "upper"):
        yield Choice(f"missing.{rule}", f"missing_{rule}", _under(rule), missing=rule)
    yield from _halves(waves)
    single = frame["psu"].nunique() == len(frame)
    yield Choice("unclustered", "unclustered", unclustered, why_not="own_units" if single else "")
    lonely = bool((frame.groupby("stratum")["psu"].nunique() == 1).any())
    for rule in LONELY:
        if rule != lonely_psu:
            why = "" if lonely else "no_lonely"
            yield Choice(f"lonely.{rule}", f"lonely_{rule}", lonely_psu=rule, why_not=why)
    yield UNIT


def _without(name: str) -> Change:
    return lambda waves: waves.only([card.wave for card in waves.cards if card.wave != name])


def _under(rule: str) -> Change:
    return lambda waves: waves.under(rule)


def _halves(waves: Waves) -> Iterator[Choice]:
    """The rules that make a rise, and a fall, from the first to the last wave as large as can be."""
    dates = [card.date for card in waves.cards]
    middle = (dates[0] + dates[-1]) / 2
    late = tuple(card.wave for card in waves.cards if card.date > middle)
    for name, (early_rule, late_rule) in {"rise": ("lower", "upper"), "fall": ("upper", "lower")}.items():

        def change(waves: Waves, early_rule: str = early_rule, late_rule: str = late_rule) -> Waves:
            return mixed(waves.under(early_rule), waves.under(late_rule), list(late))

        why = "one_wave" if not late else ""
        yield Choice(f"missing.{name}", f"missing_{name}", change, missing=name, late=late, why_not=why)
