"""Shares that a run has published: all that synthetic answers may know about respondents."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from egovstats.report.build_survey import NONRESPONSE, asked_column
from egovstats.review.run import Run

DECIMALS = 3
"""Shares are taken as they are printed, in tenths of a per cent."""

NOT_ASKED = "not_applicable"
"""Under this reason stand all who were not asked."""


@dataclass(frozen=True, slots=True)
class Shares:
    """Published shares of one item in one wave.

    Parameters
    ----------
    answers : mapping of float to float
        By target code, of those who answered; a withheld share is not there.
    reasons : mapping of str to float
        By missing reason: don't know, refused and no answer of those asked, `NOT_ASKED` of everybody.
    """

    answers: Mapping[float, float] = field(default_factory=dict)
    reasons: Mapping[str, float] = field(default_factory=dict)


def published_shares(run: Run, survey: str) -> dict[tuple[str, str], Shares]:
    """Shares of a survey in a run's record, by wave and item.

    Parameters
    ----------
    run : Run
    survey : str
        Id of the survey, which begins the ids of its results.
    """
    answers: dict[tuple[str, str], dict[float, float]] = defaultdict(dict)
    reasons: dict[tuple[str, str], dict[str, float]] = defaultdict(dict)
    asked: dict[tuple[str, str], float] = {}
    sizes = wave_sizes(run, survey)
    for entry in run.record["results"]:
        kind = entry["id"].removeprefix(f"{survey}.").split(".")[0]
        if not entry["id"].startswith(f"{survey}.") or kind not in ("topline", "asked"):
            continue
        keys, value = entry["keys"], entry["value"]
        if value is None or not isinstance(keys.get("answer"), int | float):
            continue
        at = (str(keys["wave"]), str(keys["item"]).removesuffix(asked_column("")))
        if kind == "topline" and entry["statistic"] == "proportion":
            answers[at][float(keys["answer"])] = round(value, DECIMALS)
        elif kind == "asked" and entry["statistic"] == "proportion" and keys["answer"] > 0:
            reasons[at][NONRESPONSE[int(keys["answer"]) - 1]] = round(value, DECIMALS)
        elif kind == "asked" and entry["statistic"] == "n":
            asked[at] = value
    for (wave, item), n in asked.items():
        if wave in sizes and n < sizes[wave]:
            reasons[wave, item][NOT_ASKED] = round(1 - n / sizes[wave], DECIMALS)
    return {at: Shares(answers[at], reasons[at]) for at in {**answers, **reasons}}


def wave_sizes(run: Run, survey: str) -> dict[str, int]:
    """Respondents of each wave, as the run has published them."""
    return {
        str(entry["keys"]["wave"]): int(entry["value"])
        for entry in run.record["results"]
        if entry["id"].startswith(f"{survey}.size.") and entry["value"] is not None
    }
