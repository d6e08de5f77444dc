"""Headlines and decisions of a report under every choice that could have been made otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from egovstats.errors import ReportError
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
from egovstats.report.values import Value
from egovstats.review.variant_claims import survey_claims
from egovstats.review.variant_row import MAIN, Headline, VariantRow
from egovstats.review.variant_rows import rows_of_survey
from egovstats.sources import Source


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
    claims = survey_claims(of)
    rows = [row for name in of.surveys for row in rows_of_survey(of, name, headlines, claims)]
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


def _number(value: Value | None) -> float | int | None:
    return None if value is None else value.value
