"""Headlines of one survey computed under each choice, by the code that the report itself is built with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from egovstats.errors import EgovstatsError
from egovstats.report.build_materials import Materials
from egovstats.report.build_survey import SurveyData
from egovstats.report.shown import Shown
from egovstats.report.shown_tests import ShownTest
from egovstats.review.variant_choices import UNIT, Choice, choices
from egovstats.review.variant_claims import claims_under, verdict_row
from egovstats.review.variant_row import MAIN, Headline, VariantRow


def rows_of_survey(
    of: Materials, name: str, headlines: Sequence[Headline], claims: Mapping[str, Mapping[str, str]]
) -> Iterator[VariantRow]:
    """Rows of all headlines of one survey, and of the claims that rest on it."""
    survey = of.surveys[name]
    mine = [each for each in headlines if each.survey == name]
    main = {each.id: _row(each, MAIN, _found(survey, each)) for each in mine}
    yield from main.values()
    yield from (verdict_row(of, claim, MAIN, verdict) for claim, verdict in claims.get(name, {}).items())
    for choice in choices(survey.waves, survey.survey.lonely_psu):
        of.tell(f"{name}: {choice.name}")
        other = _under(of, survey, choice)
        for each in mine:
            yield _compared(main[each.id], _row(each, choice, _tried(survey, other, each, choice)))
        yield from claims_under(of, name, choice, claims.get(name, {}))


def _under(of: Materials, survey: SurveyData, choice: Choice) -> SurveyData | None:
    """The survey under a choice; None where it stays as it is or cannot be tried."""
    if choice.why_not or (choice.change is None and choice.lonely_psu is None):
        return None
    about = survey.survey
    if choice.lonely_psu is not None:
        about = about.model_copy(update={"lonely_psu": choice.lonely_psu})
    return SurveyData(
        about,
        survey.waves if choice.change is None else choice.change(survey.waves),
        language=of.language,
        rule=of.rule,
        conf_level=of.definition.conf_level,
        phrases=of.phrases[survey.id],
    )


Found = ShownTest | Shown | str
"""What a headline rests on, or the key of the reason why it does not exist under a choice."""


def _tried(main: SurveyData, other: SurveyData | None, headline: Headline, choice: Choice) -> Found:
    if choice.why_not:
        return choice.why_not
    if choice is UNIT:
        trend = main.trends(headline.group).get(headline.item) if headline.what == "trend" else None
        if trend is None:
            return "no_unit"
        return trend.by_wave if trend.by_wave is not None else "few_waves"
    assert other is not None  # every other choice changes the survey
    try:
        return _not_for(main, headline, choice) or _found(other, headline)
    except EgovstatsError as error:  # a design that has no variance under the choice, for instance
        return str(error)


def _not_for(survey: SurveyData, headline: Headline, choice: Choice) -> str:
    """Why a choice says nothing about one headline; empty where it does."""
    item = survey.item(headline.item)
    if choice.without in headline.pair and headline.what != "trend":
        return "own_wave"
    if choice.missing and not item.answers:
        return "number"
    if choice.missing == "answer" and item.headline is None:
        return "mean"
    if choice.late:
        if headline.what == "level":
            return "level_bounds"
        if [wave in choice.late for wave in headline.pair] != [False, True]:
            return "same_half"
    return ""


def _found(survey: SurveyData, headline: Headline) -> Found:
    """The numbers of a headline in a survey."""
    if not survey.has(headline.item):
        return "not_asked"
    if headline.what == "level":
        return survey.levels(headline.item).get(headline.pair[1]) or "not_asked"
    if headline.what == "trend":
        trend = survey.trends(headline.group).get(headline.item)
        return "few_waves" if trend is None else trend.slope
    return survey.changes(headline.group).get((headline.item, headline.pair)) or "not_compared"


# Rows


def _row(headline: Headline, choice: Choice, found: Found) -> VariantRow:
    made = VariantRow(headline.id, headline.subject, headline.what, choice, headline.followed)
    if isinstance(found, str):
        return replace(made, reason=found)
    mark = "" if choice is MAIN else f"variant.{choice.name}."
    low, high = (replace(each, id=f"{mark}{each.id}") for each in (found.conf_low, found.conf_high))
    made = replace(made, conf_low=low, conf_high=high)
    if isinstance(found, Shown):
        return replace(made, estimate=replace(found.estimate, id=f"{mark}{found.estimate.id}"))
    p = found.p if found.p_adjusted is None else found.p_adjusted
    return replace(
        made,
        estimate=replace(found.effect, id=f"{mark}{found.effect.id}"),
        p_value=replace(p, id=f"{mark}{p.id}"),
        decision=found.finding,
    )


def _compared(main: VariantRow, row: VariantRow) -> VariantRow:
    """The row with whether its decision is another than the report's.

    An interval that holds 0 and one that only the adjustment brings there are the same decision: not clear.
    """
    if not row.decision or not main.decision:
        return row
    decided = [
        each.decision if each.decision not in ("unclear", "doubtful") else "open" for each in (main, row)
    ]
    return replace(row, differs=decided[0] != decided[1])
