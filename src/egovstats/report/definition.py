"""What a report is made of, as ``report.yaml`` says it: title, surveys, indicators, sections in order."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Annotated

from pydantic import Field, model_validator

from egovstats.errors import ReportError, nearest
from egovstats.report.definition_sections import Claims, Figures, GroupSection, Id, SectionSpec
from egovstats.waves.documents import Document
from egovstats.waves.item import Aspect
from egovstats.waves.words import Words


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
    turned : bool
        The bars run from the last answer to the first, so that the unwelcome side is on the left.
    chart : dict
        Caption of the trend chart.
    """

    id: Id
    title: Words
    items: Annotated[tuple[str, ...], Field(min_length=1)]
    text: str | None = None
    answers: bool = False
    turned: bool = False
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
    periods : tuple of (int, int)
        Pairs of years whose change is shown; by default the first and the last year.
    breaks : tuple of Break
    why_untested : dict, optional
        Why no change can be tested.
    bounds : tuple of float, optional
        Ends of the vertical axis.
    trend : bool
        Whether the trend over all years is shown.
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
    periods: tuple[tuple[int, int], ...] = ()
    breaks: tuple[Break, ...] = ()
    why_untested: Words | None = None
    trend: bool = True


class DisclosureRule(Document):
    """Limits for small bases, and exceptions with their reasons."""

    suppress_below: int = 30
    flag_below: int = 50
    cell_below: Annotated[int, Field(ge=0)] = 5
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
        Who is named in the report's citation; several with semicolons.
    licence : str, optional
        Terms of the report itself, as an address or in words; a bundle repeats them.
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
    licence: str | None = None
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
