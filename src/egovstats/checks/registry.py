"""Checks by name: each a function of the evidence and of the parameters that a claim gives it.

A check takes `Evidence` and keyword parameters, whose annotations say what a claims file may pass, and
returns an `Outcome`. It computes; it never holds a verdict of its own.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, get_args, get_origin, get_type_hints

from pydantic import BaseModel, ConfigDict, create_model

from egovstats.checks.figures import Figure, Figures
from egovstats.checks.outcomes import Outcome
from egovstats.checks.rounding import Rounded
from egovstats.checks.wording import Printed
from egovstats.errors import ClaimError, nearest

if TYPE_CHECKING:
    from egovstats.indicators import IndicatorTable
    from egovstats.waves import Waves

FigureId = Annotated[str, "figure"]
"""A parameter that names a figure; a claims file is refused when there is no such figure."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What checks may look at.

    Parameters
    ----------
    figures : Figures
    indicators : IndicatorTable, optional
    waves : mapping
        Survey waves that were read, by the name of their series.
    alpha : float
        Significance level.
    """

    figures: Figures
    indicators: IndicatorTable | None = None
    waves: Mapping[str, Waves] = field(default_factory=dict)
    alpha: float = 0.05

    def figure(self, name: str) -> Figure:
        """One figure by id."""
        return self.figures[name]

    def rounded(self, value: str | float) -> Rounded:
        """The interval of a figure by id, or of an agreed constant."""
        return self.figures[value].rounded if isinstance(value, str) else Rounded.exact(str(value))

    def shown(self, value: str | float) -> str:
        """A figure as printed; a constant has no printed form."""
        return self.figures[value].shown if isinstance(value, str) else ""

    def told(self, value: str | float) -> Printed:
        """A figure, or a constant, to stand in a sentence."""
        return self.figures[value].told if isinstance(value, str) else Printed(Fraction(str(value)), 0)

    def plain(self, value: str | float) -> Printed:
        """The same without the word printed before it."""
        return replace(self.told(value), qualifier="")


@dataclass(frozen=True)
class Check:
    """A registered check: its name, its function, and the model of its parameters."""

    name: str
    function: Callable[..., Outcome]

    @cached_property
    def parameters(self) -> type[BaseModel]:
        """What a claims file may pass: the function's keyword parameters, and nothing else."""
        hints = get_type_hints(self.function, include_extras=True)
        fields: dict[str, Any] = {
            name: (hints[name], ... if given.default is inspect.Parameter.empty else given.default)
            for name, given in inspect.signature(self.function).parameters.items()
            if given.kind is inspect.Parameter.KEYWORD_ONLY
        }
        config = ConfigDict(extra="forbid", frozen=True)
        return create_model(f"parameters of {self.name}", __config__=config, **fields)

    def figure_ids(self, values: BaseModel) -> list[str]:
        """Ids of the figures that some parameters name."""
        hints = get_type_hints(self.function, include_extras=True)
        return [
            each for name in type(values).model_fields for each in _ids(hints[name], getattr(values, name))
        ]

    def run(self, evidence: Evidence, values: BaseModel) -> Outcome:
        """The outcome, with the figures it rests on."""
        given = {name: getattr(values, name) for name in type(values).model_fields}
        return self.function(evidence, **given)


def _ids(hint: Any, value: Any) -> list[str]:
    """The strings in `value` that stand where `hint` says `FigureId`."""
    if hint == FigureId:
        return [value] if isinstance(value, str) else []
    inner = get_args(hint)
    if not inner or isinstance(value, str | None):
        return [each for part in inner if part == FigureId for each in _ids(part, value)]
    if get_origin(hint) is dict and isinstance(value, dict):
        return [each for entry in value.values() for each in _ids(inner[1], entry)]
    if isinstance(value, list | tuple):
        return [each for entry in value for each in _ids(inner[0], entry)]
    return []


CHECKS: dict[str, Check] = {}


def check(name: str) -> Callable[[Callable[..., Outcome]], Callable[..., Outcome]]:
    """Register a function as the check of that name."""

    def register(function: Callable[..., Outcome]) -> Callable[..., Outcome]:
        if name in CHECKS:
            raise ClaimError(f"there is a check {name!r} already. Give the new one another name.")
        CHECKS[name] = Check(name, function)
        return function

    return register


def find_check(name: str) -> Check:
    """The check of that name.

    Raises
    ------
    ClaimError
        There is none; near names are given.
    """
    if name not in CHECKS:
        raise ClaimError(f"there is no check {name!r}. {nearest(name, CHECKS)}")
    return CHECKS[name]
