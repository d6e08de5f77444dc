"""Crosstabs of a survey's items in a report: by the groups that the definition names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from egovstats.errors import ReportError, nearest
from egovstats.report.blocks import Block, Heading, Table
from egovstats.report.build_items import present, source_of
from egovstats.report.crossed import NET, cross
from egovstats.report.crosstab_table import crosstab_table

if TYPE_CHECKING:
    from egovstats.report.build_survey import SurveyData
    from egovstats.report.definition import Group


def crosstab_blocks(survey: SurveyData, groups: Sequence[Group], by: Sequence[str]) -> Iterator[Block]:
    """A crosstab of each item of some groups in the last wave that asked it.

    Raises
    ------
    ReportError
        An item to split by that the series has not, or that has no answers.
    """
    _check(survey, by)
    done: set[str] = set()
    for group in groups:
        names = [name for name in present(survey, group.items) if name not in done and name not in by]
        names = [name for name in names if survey.item(name).answers]
        if len(groups) > 1 and names:
            yield Heading(survey.say(group.title))
        for name in names:
            done.add(name)
            table = item_crosstab(survey, name, by)
            if table is not None:
                yield table


def item_crosstab(survey: SurveyData, name: str, by: Sequence[str]) -> Table | None:
    """One item by all the groups; None where nobody in its last wave gave them away."""
    item, language = survey.item(name), survey.language
    wave = survey.asked(name)[-1]
    where = (survey.waves.frame["wave"] == wave).to_numpy()
    split = [survey.item(each) for each in by if survey.waves.frame.loc[where, each].notna().any()]
    if not split:
        return None
    crossed = [
        cross(
            survey.design,
            item,
            each,
            where=where,
            prefix=f"{survey.id}.crosstab.{wave}",
            rule=survey.rule,
            conf_level=survey.conf_level,
        )
        for each in split
    ]
    shares = {code: each for (w, code), each in survey.topline_shares(name).items() if w == wave}
    everybody = {code: each.estimate for code, each in shares.items()}
    if item.headline is not None:
        everybody[NET] = survey.levels(name)[wave].estimate
    question = f"“{survey.say(item.question)}” " if item.question else ""
    return crosstab_table(
        crossed,
        everybody,
        n=next(iter(shares.values())).n,
        id=f"{survey.id}-{name.replace('_', '-')}-by-group",
        caption=language.say("crosstab.caption", item=survey.title(name), wave=survey.labels[wave]),
        language=language,
        say=survey.say,
        rule=survey.rule,
        conf_level=survey.conf_level,
        lead=question + language.say("build.base", base=survey.say(item.base)),
        source=source_of(survey),
    )


def _check(survey: SurveyData, by: Sequence[str]) -> None:
    items = survey.waves.items
    for name in by:
        if name not in items:
            raise ReportError(
                f"crosstabs of survey {survey.id!r} are split by {name!r}, which its series does not have. "
                f"{nearest(name, items)}"
            )
        if not items[name].answers:
            raise ReportError(
                f"crosstabs of survey {survey.id!r} are split by {name!r}, which is a number. "
                "Name an item with answers, such as groups of it."
            )
