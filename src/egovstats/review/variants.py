"""Headlines and decisions of a report under every choice that could have been made otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from egovstats.errors import EgovstatsError, ReportError
from egovstats.report import definition_sections as spec
from egovstats.report.build_data import read_surveys
from egovstats.report.build_findings import compared
from egovstats.report.build_materials import Materials
from egovstats.report.build_survey import Pair, SurveyData
from egovstats.report.definition import Group
from egovstats.report.disclosure import Disclosure
from egovstats.report.document import FORMATS, Report
from egovstats.report.language import Language
from egovstats.report.opened import open_definition
from egovstats.report.shown import Shown, ShownTest
from egovstats.report.values import Value
from egovstats.review.variant_choices import UNIT, Choice, choices
from egovstats.sources import Source

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


@dataclass(frozen=True, eq=False)
class Variants:
    """A report's headlines under other choices.

    Parameters
    ----------
    name, title : str
        Of the report.
    language : Language
    rows : tuple of VariantRow
        By headline, the report's own analysis first.
    conf_level : float
    disclosure : Disclosure
    sources : tuple of Source
    apart : tuple of str
        Headlines on published indicators, which no choice about survey data touches.
    claims_apart : int
        Claims that do not rest on survey data.
    """

    name: str
    title: str
    language: Language
    rows: tuple[VariantRow, ...]
    conf_level: float
    disclosure: Disclosure
    sources: tuple[Source, ...]
    apart: tuple[str, ...] = ()
    claims_apart: int = 0

    def __repr__(self) -> str:
        count = len(self.headlines())
        return f"<Variants of {self.name}: {count} headlines, {len(self.differing())} differences>"

    @property
    def synthetic(self) -> bool:
        """Whether any source is made up."""
        return any(source.synthetic for source in self.sources)

    def headlines(self) -> dict[str, list[VariantRow]]:
        """Rows by headline, the report's own analysis first."""
        found: dict[str, list[VariantRow]] = {}
        for row in self.rows:
            found.setdefault(row.headline, []).append(row)
        return found

    def differing(self) -> tuple[VariantRow, ...]:
        """Rows whose decision is another than the report's."""
        return tuple(row for row in self.rows if row.differs)

    def to_frame(self) -> pd.DataFrame:
        """One row a headline and choice, in full precision; a choice that was not tried has its reason."""
        from egovstats.review.variants_document import label_of, reason_of

        main = {row.headline: row for row in self.rows if row.choice is MAIN}
        return pd.DataFrame(
            {
                "headline": row.headline,
                "subject": row.subject,
                "what": row.what,
                "variant": row.choice.name,
                "label": label_of(row.choice, self.language),
                "estimate": _number(row.estimate),
                "conf_low": _number(row.conf_low),
                "conf_high": _number(row.conf_high),
                "p_value": _number(row.p_value),
                "decision": row.decision,
                "main_estimate": _number(main[row.headline].estimate),
                "main_decision": main[row.headline].decision,
                "differs": row.differs,
                "reason": reason_of(row, self.language),
            }
            for row in self.rows
        )

    def report(self) -> Report:
        """All of it as a document, ready to be written in any format of reports."""
        from egovstats.review.variants_document import variants_report

        return variants_report(self)

    def write(
        self, folder: str | Path, *, formats: Sequence[str] = FORMATS, force: bool = True
    ) -> list[Path]:
        """Write the document; see `Report.write`."""
        return self.report().write(folder, formats=formats, force=force)


def variants(
    report: str | Path,
    *,
    data: str | Path | None,
    language: str = "en",
    progress: Callable[[str], None] | None = None,
) -> Variants:
    """Ask of every headline of a report whether it hangs on one of the choices that were made.

    Tried are: no weights; each wave left out in turn; don't know, refused and no answer in the base, or all
    of them outside, inside, or moving from outside to inside the followed answers (which bounds levels, and
    changes from first to last); respondents as sampling units; other rules for strata of one sampling unit;
    the wave as the unit of a trend. Verdicts on claims that rest on the waves are computed again as well.

    Parameters
    ----------
    report : str or path
        A report that ships, or a folder with a ``report.yaml``.
    data : path
        Folder of wave files.
    language : str
        ``"en"``, ``"mn"`` or ``"ru"``.
    progress : callable, optional
        Is told what is being done.

    Returns
    -------
    Variants
        A row a headline and choice. Families of tests are adjusted anew under each choice. A choice that
        cannot be tried has a reason.

    Raises
    ------
    ReportError
        There is no such report, or no wave file of it, or it has no section of findings about a survey.

    References
    ----------
    Steegen, Tuerlinckx, Gelman and Vanpaemel (2016), Perspectives on Psychological Science 11, 702-712;
    Manski (1995), Identification Problems in the Social Sciences, ch. 2 (bounds under missing answers).
    """
    tell = progress or (lambda text: None)
    words = Language(language)
    opened = open_definition(report)
    series, waves = read_surveys(opened, data, tell=tell)
    of = Materials(opened, words, series, waves, tell)
    headlines = list(_headlines(of))
    if not headlines:
        found = "no wave file was read" if not waves else "its findings name no item that was asked"
        raise ReportError(
            f"the report {of.definition.name!r} has no headline about a survey to try variants on: {found}. "
            "Pass the folder of the wave files (--data), or name items under findings in report.yaml."
        )
    claims = _survey_claims(of)
    rows = [row for name in of.surveys for row in _of_survey(of, name, headlines, claims)]
    order = {name: at for at, name in enumerate(dict.fromkeys(row.headline for row in rows))}
    rows.sort(key=lambda row: order[row.headline])
    total = 0 if of.claims is None else len(of.claims)
    return Variants(
        name=of.definition.name,
        title=words.pick(of.definition.title),
        language=words,
        rows=tuple(rows),
        conf_level=of.definition.conf_level,
        disclosure=of.rule,
        sources=tuple(source for each in waves.values() for source in each.sources),
        apart=tuple(
            of.indicators[finding.indicator].title
            for finding in _findings(of)
            if finding.indicator is not None
        ),
        claims_apart=total - len({claim for found in claims.values() for claim in found}),
    )


def _findings(of: Materials) -> Iterator[spec.Finding]:
    for section in of.definition.sections:
        if isinstance(section, spec.Findings):
            yield from section.findings


def _headlines(of: Materials) -> Iterator[Headline]:
    """What the report's findings say of items, each once."""
    seen: set[str] = set()
    for finding in _findings(of):
        for name, survey in of.surveys.items():
            groups = [group for group in survey.survey.groups if finding.item in group.items]
            if finding.item is None or not groups or finding.survey not in (None, name):
                continue
            for said, pair in compared(survey, finding):
                what = said if said in ("level", "trend") else "change"
                made = _headline(survey, groups[0], finding.item, what, pair)
                if made.id not in seen:
                    seen.add(made.id)
                    yield made


def _headline(survey: SurveyData, group: Group, item: str, what: str, pair: Pair) -> Headline:
    waves = survey.labels[pair[1]] if what == "level" else survey.period(pair)
    kind = survey.language.say(f"variants.what.{what}")
    headline = survey.item(item).headline
    return Headline(
        id=f"{survey.id}.{what}.{group.id}.{item}.{'_'.join(dict.fromkeys(pair))}",
        survey=survey.id,
        subject=f"{survey.title(item)} ({kind}, {waves})",
        followed="" if headline is None else survey.say(headline.label),
        group=group,
        item=item,
        what=what,
        pair=pair,
    )


# One survey


def _of_survey(
    of: Materials, name: str, headlines: Sequence[Headline], claims: Mapping[str, Mapping[str, str]]
) -> Iterator[VariantRow]:
    """Rows of all headlines of one survey, and of the claims that rest on it."""
    survey = of.surveys[name]
    mine = [each for each in headlines if each.survey == name]
    main = {each.id: _row(each, MAIN, _found(survey, each)) for each in mine}
    yield from main.values()
    yield from (_verdict(of, claim, MAIN, verdict) for claim, verdict in claims.get(name, {}).items())
    for choice in choices(survey.waves, survey.survey.lonely_psu):
        of.tell(f"{name}: {choice.name}")
        try:
            other = _under(of, survey, choice)
            for each in mine:
                yield _compared(main[each.id], _row(each, choice, _tried(survey, other, each, choice)))
        except EgovstatsError as error:
            yield from (_row(each, choice, str(error)) for each in mine)
        yield from _claims_under(of, name, choice, claims.get(name, {}))


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
    return _not_for(main, headline, choice) or _found(other, headline)


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


# Claims


def _survey_claims(of: Materials) -> dict[str, dict[str, str]]:
    """Verdicts of claims that rest on each survey's waves, by its id."""
    if of.claims is None:
        return {}
    found: dict[str, dict[str, str]] = {}
    for name, waves in of.waves.items():
        files = {source.sha256 for source in waves.sources}
        found[name] = {
            verdict.claim: verdict.verdict
            for verdict in of.claims
            if any(source.sha256 in files for source in verdict.sources)
        }
    return found


def _verdict(of: Materials, claim: str, choice: Choice, verdict: str) -> VariantRow:
    assert of.claims is not None  # there are verdicts
    about = of.claims[claim]
    subject = f"{about.number}. {about.statement_text(of.language.code)}"
    return VariantRow(f"claim.{claim}", subject, "verdict", choice, decision=verdict)


def _claims_under(of: Materials, name: str, choice: Choice, main: Mapping[str, str]) -> Iterator[VariantRow]:
    if not main:
        return
    reason = choice.why_not or ("" if choice.change is not None else "claims_own_rule")
    now: Mapping[str, Any] = {}
    if choice.change is not None and not reason:
        from egovstats.checks import check_claims

        waves = {each.series.name: each for each in of.waves.values()}
        changed = choice.change(of.waves[name])
        try:
            ledger = check_claims(
                of.opened.study(of.definition.study or ""), waves=waves | {changed.series.name: changed}
            )
            now = {verdict.claim: verdict.verdict for verdict in ledger}
        except EgovstatsError as error:
            reason = str(error)
    for claim, verdict in main.items():
        if reason:
            yield replace(_verdict(of, claim, choice, ""), reason=reason)
        else:
            yield replace(_verdict(of, claim, choice, now[claim]), differs=now[claim] != verdict)


def _number(value: Value | None) -> float | int | None:
    return None if value is None else value.value
