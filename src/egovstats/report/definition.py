"""What a report is made of, as ``report.yaml`` says it: title, surveys, indicators, sections in order."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field, model_validator

from egovstats.errors import ReportError, nearest
from egovstats.waves.documents import Document
from egovstats.waves.words import Words

Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]
Aspect = Literal["wording", "scale", "categories", "mode", "coverage", "base", "weights"]


class Group(Document):
    """Items that a report shows together, and whose tests are one family.

    Parameters
    ----------
    id : str
    title : dict
    items : tuple of str
        In the order of tables and charts.
    text : str, optional
        Prose above the first chart.
    answers : bool
        Also draw all answers of the last wave as diverging bars.
    chart : dict
        Caption of the trend chart.
    """

    id: Id
    title: Words
    items: Annotated[tuple[str, ...], Field(min_length=1)]
    text: str | None = None
    answers: bool = False
    chart: Words | None = None


class Survey(Document):
    """A survey series that the report reads.

    Parameters
    ----------
    id : str
        Short name, which begins the ids of its results.
    series : str
        Name or folder of the series.
    needed : bool
        Without its files there is no report; otherwise the report says which are missing.
    breaks : tuple of str
        Aspects of an item whose change makes waves incomparable.
    lonely_psu : str
    groups : tuple of Group
    """

    id: Id
    series: str
    needed: bool = False
    breaks: tuple[Aspect, ...] = ("wording", "scale", "categories", "base")
    lonely_psu: str = "fail"
    groups: Annotated[tuple[Group, ...], Field(min_length=1)]

    def group(self, name: str) -> Group:
        """One of its groups.

        Raises
        ------
        ReportError
            There is no such group.
        """
        for group in self.groups:
            if group.id == name:
                return group
        known = [each.id for each in self.groups]
        raise ReportError(f"the survey {self.id!r} has no group {name!r}. {nearest(name, known)}")


class Break(Document):
    """A year from which an indicator's values are not comparable with those before."""

    year: int
    label: Words


class Indicator(Document):
    """A published series that the report shows.

    Parameters
    ----------
    id : str
    indicator, area : str
    edition : str, optional
        The newest where it is left out.
    label, axis : dict
        Its name; what the vertical axis counts.
    others : dict
        Areas to draw in grey, each with its name.
    name : dict
        Of the area.
    decimals : int
    band : float
        Level of the interval drawn from published standard errors.
    years : tuple of int
        The change is taken from the first to the last of these; by default the series' first and last year.
    breaks : tuple of Break
    why_untested : dict, optional
        Why no change can be tested.
    rank : dict, optional
        Head of a column of ranks.
    columns : tuple of int
        Years that the table shows; all where it is empty.
    """

    id: Id
    indicator: str
    area: str
    edition: str | None = None
    label: Words
    axis: Words
    name: Words
    others: dict[str, Words] = Field(default_factory=dict)
    decimals: Annotated[int, Field(ge=0, le=6)] = 2
    bounds: tuple[float, float] | None = None
    band: Annotated[float, Field(gt=0, lt=1)] = 0.90
    years: tuple[int, ...] = ()
    breaks: tuple[Break, ...] = ()
    why_untested: Words | None = None
    rank: bool = False
    trend: bool = True


class Part(Document):
    """What every section has: an anchor, a title, and perhaps prose above its first block."""

    id: Id
    title: Words
    text: str | None = None


class Finding(Document):
    """What a headline is about: an item of a survey, an indicator, or the ledger of claims.

    ``ends`` compares the first comparable wave with the last, ``steps`` each wave with the one before,
    ``trend`` gives the average change a year.
    """

    survey: str | None = None
    item: str | None = None
    indicator: str | None = None
    claims: bool = False
    say: tuple[Literal["ends", "latest", "steps", "trend"], ...] = ("ends",)

    @model_validator(mode="after")
    def _one_subject(self) -> Finding:
        if [self.item is not None, self.indicator is not None, self.claims].count(True) != 1:
            raise ValueError("a finding names one of item, indicator and claims")
        return self


class Findings(Part):
    """Headline sentences."""

    kind: Literal["findings"]
    findings: Annotated[tuple[Finding, ...], Field(min_length=1)]


class TextSection(Part):
    """Prose alone."""

    kind: Literal["text"]
    text: str


class GroupSection(Part):
    """Charts, levels, changes and trends of a group of items."""

    kind: Literal["group"]
    survey: str
    group: str


class Toplines(Part):
    """Every answer of every item of some groups, with what changed."""

    kind: Literal["toplines"]
    survey: str
    groups: tuple[str, ...] = ()


class Comparability(Part):
    """What stayed the same between waves, and what did not."""

    kind: Literal["comparability"]
    survey: str


class Method(Part):
    """The method statement of a survey, with what is assumed."""

    kind: Literal["method"]
    survey: str


class WholeSurvey(Part):
    """Which files there are; and, where there are any, all of the above in one section."""

    kind: Literal["survey"]
    survey: str


class Indicators(Part):
    """Charts and tables of published series."""

    kind: Literal["indicators"]
    indicators: Annotated[tuple[str, ...], Field(min_length=1)]


class Claims(Part):
    """The ledger of the study's claims."""

    kind: Literal["claims"]


class Figures(Part):
    """The figures in print that claims rest on, under the names of their topics, in that order."""

    kind: Literal["figures"]
    topics: dict[str, Words] = Field(default_factory=dict)


class NotesSection(Part):
    """Notes on weighting, design effect, rounding, missing answers and suppression."""

    kind: Literal["notes"]


class Cite(Part):
    """How to cite the report, the data and the software."""

    kind: Literal["cite"]


AnySection = (
    Findings
    | TextSection
    | GroupSection
    | Toplines
    | Comparability
    | Method
    | WholeSurvey
    | Indicators
    | Claims
    | Figures
    | NotesSection
    | Cite
)
SectionSpec = Annotated[AnySection, Field(discriminator="kind")]


class DisclosureRule(Document):
    """Limits for small bases, and exceptions with their reasons."""

    suppress_below: int = 30
    flag_below: int = 50
    exceptions: dict[str, str] = Field(default_factory=dict)


class Definition(Document):
    """A whole ``report.yaml``.

    Parameters
    ----------
    name : str
    title, subtitle : dict
    version : str
    date : datetime.date
        Date of the definition, which the files carry.
    authors : str
        Who is named in the report's citation.
    study : str, optional
        Folder among the studies that holds claims, figures and indicators.
    conf_level : float
    disclosure : DisclosureRule
    surveys, indicators, sections : tuple
    """

    name: Id
    title: Words
    subtitle: Words | None = None
    version: Annotated[str, Field(coerce_numbers_to_str=True)]
    date: dt.date
    authors: str = ""
    study: str | None = None
    conf_level: Annotated[float, Field(gt=0, lt=1)] = 0.95
    disclosure: DisclosureRule = DisclosureRule()
    surveys: tuple[Survey, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    sections: Annotated[tuple[SectionSpec, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _names_known(self) -> Definition:
        faults = [*self._twice(), *self._unknown()]
        if faults:
            raise ValueError("; ".join(faults))
        return self

    def _twice(self) -> Iterator[str]:
        for what, names in (
            ("survey", [each.id for each in self.surveys]),
            ("indicator", [each.id for each in self.indicators]),
            ("section", [each.id for each in self.sections]),
        ):
            for name in sorted({each for each in names if names.count(each) > 1}):
                yield f"the {what} {name!r} is there twice"

    def _unknown(self) -> Iterator[str]:
        surveys = {each.id: each for each in self.surveys}
        indicators = [each.id for each in self.indicators]
        for section in self.sections:
            name = getattr(section, "survey", None)
            if name is not None and name not in surveys:
                yield f"section {section.id!r}: there is no survey {name!r}. {nearest(name, surveys)}"
            if isinstance(section, GroupSection) and name in surveys:
                groups = [each.id for each in surveys[section.survey].groups]
                if section.group not in groups:
                    found = nearest(section.group, groups)
                    yield f"section {section.id!r}: there is no group {section.group!r}. {found}"
            for each in getattr(section, "indicators", ()):
                if each not in indicators:
                    yield f"section {section.id!r}: no indicator {each!r}. {nearest(each, indicators)}"
            if isinstance(section, Claims | Figures) and self.study is None:
                yield f"section {section.id!r} needs the key 'study'"

    def survey(self, name: str) -> Survey:
        """The survey of that id."""
        return next(each for each in self.surveys if each.id == name)

    def indicator(self, name: str) -> Indicator:
        """The indicator of that id."""
        return next(each for each in self.indicators if each.id == name)
