"""What a check finds, and the one rule that turns what the checks of a claim found into its verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from egovstats.checks.rounding import Rounded
from egovstats.checks.wording import Message, number, word
from egovstats.errors import ClaimError
from egovstats.results import HypothesisTest
from egovstats.sources import Source, merge_sources

Result = Literal["holds", "within_rounding", "fails", "unknown", "informs"]
VERDICTS = ("reproduced", "within_rounding", "contradicted", "not_testable")


@dataclass(frozen=True, slots=True)
class Number:
    """One computed number, set beside the printed one.

    Parameters
    ----------
    label : Message
        What it is.
    computed : float
    low, high : float
        What the rounding of the printed figures, or sampling, leaves open; equal to `computed` where nothing.
    unit : str
    decimals : int
        For showing it.
    style : str
        ``"p"`` for a p-value, which has its own way of being shown.
    printed : str
        The printed number it is compared with; empty where there is none.
    figures : tuple of str
        Ids of the figures it was computed from.
    """

    label: Message
    computed: float
    low: float
    high: float
    unit: str = ""
    decimals: int = 0
    printed: str = ""
    figures: tuple[str, ...] = ()
    style: str = ""

    @classmethod
    def of(
        cls,
        key: str,
        value: Rounded | tuple[float, float, float] | float,
        *,
        unit: str = "",
        decimals: int = 0,
        printed: str = "",
        figures: Sequence[str] = (),
        style: str = "",
        **values: Any,
    ) -> Number:
        """A number from an interval, from (low, value, high), or plain; further arguments fill its label."""
        if isinstance(value, Rounded):
            value = (float(value.low), float(value.value), float(value.high))
        low, middle, high = value if isinstance(value, tuple) else (value, value, value)
        label = Message(key, values, "numbers")
        return cls(
            label,
            float(middle),
            float(low),
            float(high),
            unit,
            decimals,
            printed,
            tuple(dict.fromkeys(figures)),
        )

    @property
    def name(self) -> str:
        """What it is, in English."""
        return self.label.text()

    def shown(self, language: str = "en") -> str:
        """The computed number as text, with its unit."""
        text = number(self.computed, self.style or f",.{self.decimals}f", language)
        return f"{text} {word('units', self.unit, language)}".strip()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one check found.

    Parameters
    ----------
    check : str
        Name of the check.
    result : str
        ``"holds"``, ``"within_rounding"``, ``"fails"``; ``"unknown"`` where the data cannot decide;
        ``"informs"`` where it computes without deciding.
    reason : Message
    needed : Message, optional
        What would let the check decide; always there when `result` is ``"unknown"``.
    numbers, tests, figures, sources : tuple
    """

    check: str
    result: Result
    reason: Message
    needed: Message | None = None
    numbers: tuple[Number, ...] = ()
    tests: tuple[HypothesisTest, ...] = ()
    figures: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()

    def __post_init__(self) -> None:
        if self.result == "unknown" and self.needed is None:
            raise ClaimError(
                f"the check {self.check!r} cannot decide and does not say what it needs. Give it `needed`."
            )


def verdict_of(outcomes: Sequence[Outcome]) -> str:
    """The verdict that the outcomes of a claim's checks make.

    In this order: contradicted if any check fails; not testable if any cannot decide, or none decides; within
    rounding if any holds only so; else reproduced.
    """
    results = [outcome.result for outcome in outcomes]
    if "fails" in results:
        return "contradicted"
    if "unknown" in results or not {"holds", "within_rounding"} & set(results):
        return "not_testable"
    return "within_rounding" if "within_rounding" in results else "reproduced"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verdict on one claim, which follows from its outcomes.

    Parameters
    ----------
    claim : str
        Id of the claim.
    number : int
        Its place in the list.
    topic : str
    words : dict
        The statement by language.
    outcomes : tuple of Outcome
        One a check, in order.
    note : dict, optional
        How the claim was read, by language.
    rests_on : tuple of str
        Ids of the figures that the claim names.
    source : Source, optional
        The publication.
    """

    claim: str
    number: int
    topic: str
    words: dict[str, str]
    outcomes: tuple[Outcome, ...]
    note: dict[str, str] = field(default_factory=dict)
    rests_on: tuple[str, ...] = ()
    source: Source | None = None

    @property
    def verdict(self) -> str:
        """One of `VERDICTS`."""
        return verdict_of(self.outcomes)

    @property
    def statement(self) -> str:
        """The statement in English."""
        return self.words["en"]

    @property
    def reasons(self) -> tuple[Message, ...]:
        """Sentences of the checks that decide, or could not."""
        return tuple(outcome.reason for outcome in self.outcomes if outcome.result != "informs")

    @property
    def remarks(self) -> tuple[Message, ...]:
        """Sentences of the checks that only inform."""
        return tuple(outcome.reason for outcome in self.outcomes if outcome.result == "informs")

    @property
    def needs(self) -> tuple[Message, ...]:
        """What would let the undecided checks decide."""
        found = {o.needed.text(): o.needed for o in self.outcomes if o.needed is not None}
        return tuple(found.values())

    @property
    def reason(self) -> str:
        """`reasons` in English."""
        return self.reason_text()

    @property
    def needed(self) -> str:
        """`needs` in English; empty where nothing is needed."""
        return self.needed_text()

    def reason_text(self, language: str = "en", *, remarks: bool = False) -> str:
        """The reasons (and the remarks) as text in one language."""
        messages = (*self.reasons, *(self.remarks if remarks else ()))
        return " ".join(dict.fromkeys(message.text(language) for message in messages))

    def needed_text(self, language: str = "en") -> str:
        """What would be needed, as text in one language."""
        return " ".join(message.text(language) for message in self.needs)

    def statement_text(self, language: str = "en") -> str:
        """The statement in one language, or in English where there is none."""
        return self.words.get(language) or self.words["en"]

    def topic_text(self, language: str = "en") -> str:
        """Heading that the claim stands under, in one language; the topic itself where there is no other."""
        return word("topics", self.topic, language)

    def note_text(self, language: str = "en") -> str:
        """How the claim was read, in one language; empty where nothing is to be said."""
        return self.note.get(language) or self.note.get("en", "")

    @property
    def numbers(self) -> tuple[Number, ...]:
        """All the numbers, check by check."""
        return tuple(each for outcome in self.outcomes for each in outcome.numbers)

    @property
    def tests(self) -> tuple[HypothesisTest, ...]:
        """All the tests, check by check."""
        return tuple(each for outcome in self.outcomes for each in outcome.tests)

    @property
    def figures(self) -> tuple[str, ...]:
        """Ids of all the figures named or used, each once."""
        used = (each for outcome in self.outcomes for each in outcome.figures)
        return tuple(dict.fromkeys((*self.rests_on, *used)))

    @property
    def sources(self) -> tuple[Source, ...]:
        """The publication and all that its figures were checked against."""
        own = () if self.source is None else (self.source,)
        return merge_sources(own, *(outcome.sources for outcome in self.outcomes))
