"""The kinds of sections that ``report.yaml`` may list, and what each must say."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from egovstats.waves.documents import Document
from egovstats.waves.words import Words

Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]
"""A name that can stand in results and in addresses within a page."""


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


class Crosstabs(Part):
    """Every answer of every item of some groups, in its last wave, by the answers to other items."""

    kind: Literal["crosstabs"]
    survey: str
    by: Annotated[tuple[str, ...], Field(min_length=1)]
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
    | Crosstabs
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
