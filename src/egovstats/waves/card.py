"""Cards: what one wave file is, how its respondents were sampled, and what its producer did not say."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, model_validator

from egovstats.waves.documents import Document

WaveId = Annotated[str, Field(coerce_numbers_to_str=True, pattern=r"^[^\s|]+$")]
_MONTH = re.compile(r"^(\d{4})-(\d{2})$")


def _listed(value: Any) -> Any:
    """Take one name for a list of one; nothing for an empty list."""
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else value


Names = Annotated[tuple[str, ...], BeforeValidator(_listed)]


class FileSpec(Document):
    """How to know a wave's file among others.

    Parameters
    ----------
    names : tuple of str
        Patterns of its name (``"*2020*.sav"``); case does not matter.
    sha256 : str, optional
        Checksum of its bytes. A file that has it belongs to the card whatever its name, and one that
        fits the name but not the checksum is another edition, which the pooled waves' notes say.
    """

    names: Names = ()
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None

    @model_validator(mode="after")
    def _known_by_something(self) -> FileSpec:
        if not self.names and self.sha256 is None:
            raise ValueError("names or sha256 must be given, or no file can be known as this wave's")
        return self


def _first_day(value: Any) -> Any:
    match = _MONTH.match(value) if isinstance(value, str) else None
    return dt.date(int(match[1]), int(match[2]), 1) if match and 1 <= int(match[2]) <= 12 else value


def _last_day(value: Any) -> Any:
    first = _first_day(value)
    if first is value or not isinstance(first, dt.date):
        return value
    return first.replace(day=calendar.monthrange(first.year, first.month)[1])


class FieldDates(Document):
    """First and last day of interviewing; a month (``2010-04``) stands for its first or last day."""

    start: Annotated[dt.date, BeforeValidator(_first_day)] | None = None
    end: Annotated[dt.date, BeforeValidator(_last_day)] | None = None

    @model_validator(mode="after")
    def _in_order(self) -> FieldDates:
        if self.start and self.end and self.end < self.start:
            raise ValueError(f"the field ends ({self.end}) before it starts ({self.start})")
        return self


class Card(Document):
    """What is known of one wave.

    Parameters
    ----------
    wave : str
        Its id in crosswalk and results.
    year : int
    title : str
    file : FileSpec
    field : FieldDates
    mode : str, optional
        How people were interviewed (``"face to face"``); None where it is not known.
    areas : tuple of str, optional
        Places covered; None where they are not known.
    n : int, optional
        Respondents as published.
    weight : str, optional
        Column of the weight; None counts every respondent 1.
    stratum : tuple of str
        Columns whose combinations are the strata; empty where the wave is one stratum.
    stratum_items : tuple of str
        Harmonised items whose combinations are the strata, instead of columns: for waves whose own codes
        are finer than the strata that can be used.
    psu : str, optional
        Column of the primary sampling unit; None takes respondents for the units.
    interview_date : str, optional
        Column of the day of the interview, which the field dates are checked against.
    language : str, optional
        Language of the interview; `label_language` is that of the file's labels.
    population : str, optional
        Who is represented, where it differs from the series.
    conductor, sampling, weighting, processing, response_rate, limitations : str, optional
        What the producer reports of them.
    licence : str
    encoding : str, optional
        Encoding of the file's text, where the file does not say it.
    sources, assumptions, not_reported : tuple of str
        Where each fact is from; what was assumed; what the producer did not report.
    """

    wave: WaveId
    year: Annotated[int, Field(ge=1900, le=2100)]
    title: str
    file: FileSpec
    field: FieldDates = FieldDates()
    mode: str | None = None
    areas: tuple[str, ...] | None = None
    n: Annotated[int, Field(gt=0)] | None = None
    weight: str | None = None
    stratum: Names = ()
    stratum_items: Names = ()
    psu: str | None = None
    interview_date: str | None = None
    language: str | None = None
    label_language: str | None = None
    population: str | None = None
    conductor: str | None = None
    sampling: str | None = None
    weighting: str | None = None
    processing: str | None = None
    response_rate: str | None = None
    limitations: str | None = None
    licence: str = "not stated"
    encoding: str | None = None
    sources: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()
    not_reported: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _one_kind_of_strata(self) -> Card:
        if self.stratum and self.stratum_items:
            raise ValueError(
                "strata come from columns (stratum) or from items (stratum_items), not from both"
            )
        return self

    @property
    def date(self) -> float:
        """Middle of the field period as a year with decimals; the middle of `year` where it is not known.

        One known day stands for the period when the other is not known.
        """
        days = [day for day in (self.field.start, self.field.end) if day is not None]
        if not days:
            return self.year + 0.5
        return sum(map(_year_of, days)) / len(days)

    @property
    def expected(self) -> str:
        """How an error names the file that is looked for."""
        if self.file.names:
            return " or ".join(self.file.names)
        return f"the file with sha256 {self.file.sha256}"

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of the file that the card itself needs, weight first."""
        named = (self.weight, *self.stratum, self.psu, self.interview_date)
        return tuple(dict.fromkeys(name for name in named if name is not None))


def _year_of(day: dt.date) -> float:
    days = 366 if calendar.isleap(day.year) else 365
    return day.year + (day.timetuple().tm_yday - 0.5) / days
