"""What stand-in files are drawn from: a series' demo plan and its stated marginals."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import pandas as pd
from pydantic import Field, model_validator

from egovstats.errors import WaveError
from egovstats.waves.card import WaveId
from egovstats.waves.documents import Document, read_document
from egovstats.waves.faults import raise_faults
from egovstats.waves.series import SurveySeries, open_series
from egovstats.waves.words import MISSING_REASONS

MARGINAL_COLUMNS = ("wave", "item", "answer", "percent", "origin", "source")
ORIGINS = ("published", "approximate", "remainder", "invented")
_Share = Annotated[float, Field(ge=0, le=1)]


class Place(Document):
    """Items that say where an interview took place, and the capital's code in the first of them."""

    area: str
    settlement: str
    capital: float


class WavePlan(Document):
    """How one stand-in wave is sampled.

    Parameters
    ----------
    n : int
        Respondents.
    areas : tuple of float
        Target codes of the areas visited, besides the capital.
    capital_sample, capital_population : float
        Share of the capital among interviews, and among adults of the places covered.
    user_missing : str
        How the file declares don't know, refused and no answer: up to three values, a range, a range and
        a value, or not at all.
    """

    n: Annotated[int, Field(ge=50, le=20_000)]
    areas: tuple[float, ...] = ()
    capital_sample: _Share
    capital_population: _Share
    user_missing: Literal["values", "range", "range and value", "none"]


class Topic(Document):
    """How answers of a topic hang together, on a normal scale of variance 1 outside the capital.

    Parameters
    ----------
    cluster : float
        Share of the variance that lies between points of interview.
    person : float
        Share that a respondent brings to every item of the topic.
    capital : float
        Shift of the capital's respondents.
    age, education : float
        Slopes on the respondent's normal rank of age and of education.
    """

    cluster: _Share = 0.0
    person: _Share = 0.0
    capital: float = 0.0
    age: float = 0.0
    education: float = 0.0

    @model_validator(mode="after")
    def _within_one(self) -> Topic:
        if self.explained > 1:
            raise ValueError(f"the shares of variance add up to {self.explained:g}, and must not pass 1")
        return self

    @property
    def explained(self) -> float:
        """Share of the variance that is not the single answer's own."""
        return self.cluster + self.person + self.age**2 + self.education**2


class Asked(Document):
    """Who is asked an item: those whose answer to `item` is in `codes`, or missing for a reason named."""

    item: str
    codes: tuple[float, ...]
    missing: tuple[Literal["dont_know", "refused", "no_answer"], ...] = ()


class Plan(Document):
    """What ``demo/demo.yaml`` of a series says.

    Parameters
    ----------
    title : str
        Short name in ASCII, for the label of the files.
    file : str
        Name of the files, with ``{wave}``.
    interviews_per_point : int
        Respondents of one primary unit.
    place : Place
    age, education : str
        The items that carry the ranks which other items lean on.
    waves : dict of WavePlan
    topics : dict of Topic
        By the topic of the items, or by the name of an item that stands alone.
    nonresponse : Topic
        The same for giving no answer.
    asked : dict of Asked
        By item.
    wording : dict
        By item and wave, where a file's wording is not that of ``series.yaml``.
    """

    title: Annotated[str, Field(pattern=r"^[ -~]{1,24}$")]
    file: Annotated[str, Field(pattern=r"^synthetic-[a-z0-9-]*\{wave\}\.sav$")]
    interviews_per_point: Annotated[int, Field(ge=2)]
    place: Place
    age: str
    education: str
    waves: dict[WaveId, WavePlan]
    topics: dict[str, Topic]
    nonresponse: Topic = Topic()
    asked: dict[str, Asked] = Field(default_factory=dict)
    wording: dict[str, dict[WaveId, str]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _asked_stand_alone(self) -> Plan:
        # sharing anything with the item that filters would move the shares among those asked
        for item in self.asked:
            alone = self.topics.get(item)
            if alone is None or alone.explained != alone.cluster or alone.capital:
                raise ValueError(
                    f"{item} is not asked of everybody: give it a topic of its own, of cluster alone"
                )
        return self

    def topic_of(self, item: str, topic: str) -> str:
        """Name of the topic whose effects an item shares."""
        return item if item in self.topics else topic


def read_plan(series: SurveySeries) -> Plan:
    """Read the demo plan of a series.

    Raises
    ------
    WaveError
        There is none, or it has faults.
    """
    path = _demo_file(series, "demo.yaml")
    plan, faults = read_document(path, Plan, name="demo/demo.yaml")
    raise_faults(f"the demo plan of {series.name!r}", faults)
    assert plan is not None  # read_document gives a fault otherwise
    return plan


def demo_marginals(series: SurveySeries | str | Path) -> pd.DataFrame:
    """Give the shares that the stand-in files of a series are drawn from: the truth that estimates aim at.

    Parameters
    ----------
    series : SurveySeries, str or path
        The series, its name, or its folder.

    Returns
    -------
    pandas.DataFrame
        One row an answer, a band of ages or a missing reason, with the columns ``wave``, ``item``,
        ``answer`` (target code, ``"18..24"``, or missing reason, as text), ``percent`` (of those asked),
        ``origin`` (published, approximate, remainder, invented) and ``source``.

    Raises
    ------
    WaveError
        The series has no demo, or the percentages of an item do not add up to 100.
    """
    found = series if isinstance(series, SurveySeries) else open_series(series)
    table = pd.read_csv(
        _demo_file(found, "marginals.csv"), dtype=str, keep_default_na=False, encoding="utf-8"
    ).astype({"percent": float})
    if tuple(table.columns) != MARGINAL_COLUMNS:
        raise WaveError(
            f"the marginals of {found.name!r} must have the columns {', '.join(MARGINAL_COLUMNS)}; "
            f"found {', '.join(table.columns)}. Correct the header of demo/marginals.csv."
        )
    totals = table.groupby(["wave", "item"], as_index=False, sort=False)["percent"].sum()
    wrong = totals[(totals["percent"] - 100).abs() > 0.01]
    if len(wrong):
        first = wrong.iloc[0]
        raise WaveError(
            f"the percentages of an item must add up to 100; those of {first['item']} in {first['wave']} of "
            f"{found.name!r} add up to {first['percent']:g}. Correct demo/marginals.csv."
        )
    return table


def is_reason(answer: str) -> bool:
    """Whether an entry of the marginals is a missing reason."""
    return answer in MISSING_REASONS


def _demo_file(series: SurveySeries, name: str) -> Path:
    path = series.folder / "demo" / name
    if not path.is_file():
        raise WaveError(
            f"the series {series.name!r} has no stand-in files: its folder holds no demo/{name}. "
            "Choose a series that has one, or write demo/demo.yaml and demo/marginals.csv."
        )
    return path
