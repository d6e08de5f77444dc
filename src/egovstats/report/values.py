"""A printed number with its origin, and text that numbers stand in.

A document never holds a number as a string. It holds a `Value`: the full-precision number, how it is
to be printed, and what it rests on. The printed text is derived from it, so a sentence, a table and a
chart cannot disagree about the same number, and `results.json` lists each one once.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from egovstats.sources import Source, Sourced

Kind = Literal["percent", "points", "margin", "number", "change", "count", "p", "label"]
Status = Literal["shown", "flagged", "suppressed", "undefined"]
Form = Literal["display", "bare", "size", "limit", "cell"]

_FACTOR: dict[str, int] = {"percent": 100, "points": 100, "margin": 100}


@dataclass(frozen=True, slots=True)
class Format:
    """How a number is printed.

    Parameters
    ----------
    kind : str
        ``"percent"`` (a share, printed times 100), ``"points"`` (a difference of shares, times 100,
        with its sign), ``"margin"`` (a half-width of shares, times 100, without a sign),
        ``"number"``, ``"change"`` (a number with its sign), ``"count"`` (a whole number, grouped in
        thousands), ``"p"`` (a p-value) or ``"label"`` (a whole number that is a name, such as a year).
    decimals : int
        Digits after the decimal sign; p-values have three.
    """

    kind: Kind = "number"
    decimals: int = 1

    @property
    def factor(self) -> int:
        """What the stored number is multiplied with before printing: 100 or 1."""
        return _FACTOR.get(self.kind, 1)

    @property
    def signed(self) -> bool:
        """Whether a plus sign is printed."""
        return self.kind in ("points", "change")


PERCENT = Format("percent", 1)
POINTS = Format("points", 1)
MARGIN = Format("margin", 1)
COUNT = Format("count", 0)
P_VALUE = Format("p", 3)


@dataclass(frozen=True, slots=True)
class Value(Sourced):
    """One number of a report.

    Parameters
    ----------
    id : str
        Stable name, unique in a report; see `result_id`.
    value : float, int or None
        Full precision, in `unit`; None when it is suppressed or undefined.
    unit : str
        ``"share"``, ``"percentage points"``, ``"respondents"``, ``"p-value"``, ``"score 1-5"``, ...
    format : Format
        How it is printed.
    statistic : str
        ``"proportion"``, ``"difference"``, ``"conf_low"``, ...
    how : str
        The formula in words.
    keys : dict
        Which item, wave, answer, domain.
    parameters : dict
        Choices that the number depends on, such as ``conf_level``.
    sources : tuple of Source
        What it rests on.
    n : float, optional
        Respondents behind it, which the disclosure rule looks at; None for a number that is not
        about respondents.
    status : str
        ``"shown"``, ``"flagged"`` (few respondents), ``"suppressed"`` (too few) or ``"undefined"``.
    reason : str
        Why it is not shown.
    """

    id: str
    value: float | int | None
    unit: str
    format: Format = Format()
    statistic: str = ""
    how: str = ""
    keys: Mapping[str, Any] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)
    sources: tuple[Source, ...] = ()
    n: float | None = None
    status: Status = "shown"
    reason: str = ""

    def __post_init__(self) -> None:
        if isinstance(self.value, float) and not math.isfinite(self.value):
            object.__setattr__(self, "value", None)
        if self.value is None and self.status in ("shown", "flagged"):
            object.__setattr__(self, "status", "undefined")

    @property
    def visible(self) -> bool:
        """Whether there is a number to print."""
        return self.value is not None

    @property
    def printed(self) -> float:
        """The number on the scale it is printed on (per cent, points); NaN where there is none."""
        return math.nan if self.value is None else float(self.value) * self.format.factor

    def withheld(self, reason: str) -> Value:
        """The same place in the document without its number."""
        return replace(self, value=None, status="suppressed", reason=reason)


@dataclass(frozen=True, slots=True)
class Num:
    """A value inside a text, and the form it takes there.

    ``"display"`` prints the unit (61.2%), ``"bare"`` leaves it out (61.2), ``"size"`` leaves out unit and
    sign (13.2), ``"limit"`` leaves out unit and plus sign (an interval's end), ``"cell"`` is bare for a
    table, where a p-value has no equals sign.
    """

    value: Value
    form: Form = "display"


@dataclass(frozen=True, slots=True)
class Em:
    """Words in italics."""

    text: str


@dataclass(frozen=True, slots=True)
class Ref:
    """A pointer to a numbered table or chart, printed as "Table 3"."""

    target: str


Part = str | Num | Em | Ref
Text = tuple[Part, ...]
Textual = str | Value | Text


def text_of(content: Textual) -> Text:
    """Any content as parts of text.

    Examples
    --------
    >>> text_of("words")
    ('words',)
    """
    if isinstance(content, str):
        return (content,) if content else ()
    if isinstance(content, Value):
        return (Num(content),)
    return content


def values_in(*contents: Textual) -> Iterator[Value]:
    """The values inside texts, in order."""
    for content in contents:
        for part in text_of(content):
            if isinstance(part, Num):
                yield part.value


def refs_in(*contents: Textual) -> Iterator[str]:
    """The ids that texts point to, in order."""
    for content in contents:
        for part in text_of(content):
            if isinstance(part, Ref):
                yield part.target


def result_id(*parts: object) -> str:
    """A stable name for a result, from what it is about.

    Letters of any script, digits, hyphens and underscores stay; a decimal point inside a part and
    anything else becomes an underscore; parts are joined by points.

    Examples
    --------
    >>> result_id("topline", "trust president", 2020, "share")
    'topline.trust_president.2020.share'
    """
    named = [re.sub(r"[^\w-]+", "_", str(part)).strip("_") for part in parts]
    return ".".join(name for name in named if name)


def unique(values: Iterable[Value]) -> dict[str, Value]:
    """Values by id, in order of first appearance; clashes are left to the caller to find."""
    found: dict[str, Value] = {}
    for value in values:
        found.setdefault(value.id, value)
    return found
