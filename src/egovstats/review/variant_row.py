"""One headline under one choice, and what the report says that it rests on."""

from __future__ import annotations

from dataclasses import dataclass

from egovstats.report.build_survey import Pair
from egovstats.report.definition import Group
from egovstats.report.values import Value
from egovstats.review.variant_choices import Choice

MAIN = Choice("main", "main")
"""The analysis of the report."""


@dataclass(frozen=True, slots=True)
class Headline:
    """What the report says of one item, and what that rests on.

    Parameters
    ----------
    id : str
    survey, subject, followed : str
        Id of the survey; name of the item in words, with the waves that are compared; what its share joins,
        empty for a mean.
    group : Group
    item : str
    what : str
        ``"change"``, ``"trend"`` or ``"level"``.
    pair : tuple of str
        First and last wave of what is said.
    """

    id: str
    survey: str
    subject: str
    followed: str
    group: Group
    item: str
    what: str
    pair: Pair


@dataclass(frozen=True, slots=True)
class VariantRow:
    """One headline, or the verdict on one claim, under one choice.

    Parameters
    ----------
    headline, subject, what : str
        Id, in words, and ``"change"``, ``"trend"``, ``"level"`` or ``"verdict"``.
    followed : str
        Answers that the share joins; empty for a mean and a verdict.
    choice : Choice
    estimate, conf_low, conf_high, p_value : Value, optional
        The p-value is the adjusted one where the report adjusts. None where there is no number of the kind.
    decision : str
        ``"up"``, ``"down"``, ``"unclear"``, ``"doubtful"``, ``"untested"``, ``"suppressed"``, or a verdict;
        empty for a level and where the choice could not be tried.
    differs : bool, optional
        Whether the decision is another than the report's; None where there is none to compare.
    reason : str
        Key of the reason why the choice could not be tried, or an error's own words; empty where it could.
    """

    headline: str
    subject: str
    what: str
    choice: Choice
    followed: str = ""
    estimate: Value | None = None
    conf_low: Value | None = None
    conf_high: Value | None = None
    p_value: Value | None = None
    decision: str = ""
    differs: bool | None = None
    reason: str = ""
