"""What a wave's file shows of the wave: its id, year, days, weight and sampling units, all as proposals."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from egovstats.microdata import Microdata
from egovstats.sources import sha256_of
from egovstats.waves.draft_words import concepts_of, language_of

PROPOSED = "proposed: "
"""A note, an assumption or a text that begins so has not been accepted by anyone."""

_YEAR = re.compile(r"(?<!\d)(19[5-9]\d|20\d\d)(?!\d)")
_ROUND = re.compile(r"(?<![a-z0-9])(?:r|w|round|wave)[ _-]?(\d{1,3})(?!\d)", re.IGNORECASE)
_UNIT = re.compile(
    r"^(psu|ea|cluster|segment|ea_?(no|num|number|id|code)|psu_?(no|num|id)|кластер|хэсэг)$", re.I
)
_UNIT_LABEL = re.compile(
    r"\b(primary sampling unit number|psu (number|code|id)|"
    r"enumeration area (number|code)|cluster (number|code))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, eq=False)
class Opened:
    """A wave's file and what is proposed of it.

    Parameters
    ----------
    wave : str
    path : Path
    data : Microdata
    card : dict
        What its card will hold.
    language : str, optional
        Of its labels.
    """

    wave: str
    path: Path
    data: Microdata
    card: dict[str, Any]
    language: str | None


def wave_ids(paths: Sequence[Path]) -> list[str]:
    """Propose an id for each file: its year, its round, or its name, whichever tells all files apart."""
    for pattern, shape in ((_YEAR, "{}"), (_ROUND, "r{}")):
        found = [pattern.findall(path.stem) for path in paths]
        if all(len(set(each)) == 1 for each in found):
            ids = [shape.format(each[0]) for each in found]
            if len(set(ids)) == len(ids):
                return ids
    stems = [re.sub(r"[\s|]+", "_", path.stem) for path in paths]
    return stems if len(set(stems)) == len(stems) else [f"w{at}" for at in range(1, len(paths) + 1)]


def draft_card(wave: str, path: Path, data: Microdata) -> Opened:
    """Propose the card of one wave from its file."""
    assumptions: list[str] = []
    day, start, end = _days(data)
    year = _year(path, data, start, assumptions)
    weight = _weight(data, assumptions)
    unit = _unit(data, assumptions)
    language = language_of(variable.label for variable in data.codebook.variables.values())
    if start is not None:
        assumptions.append(f"{PROPOSED}field dates are the first and last day in {day}")
    card = {
        "wave": wave,
        "year": year,
        "title": data.codebook.file_label or path.stem,
        "file": {"names": [path.name], "sha256": sha256_of(path)},
        "field": {"start": start, "end": end},
        "mode": None,
        "areas": None,
        "n": None,
        "weight": weight,
        "stratum": [],
        "psu": unit,
        "interview_date": day,
        "label_language": language,
        "licence": "not stated",
        "encoding": data.codebook.encoding if data.codebook.encoding_how == "given by the user" else None,
        "sources": ["File name, checksum, columns, codes and labels: the file."],
        "assumptions": [
            *assumptions,
            f"{PROPOSED}the wave is one stratum; no column of strata was looked for",
        ],
        "not_reported": [],
    }
    return Opened(wave, path, data, card, language)


def _days(data: Microdata) -> tuple[str | None, Any, Any]:
    """The column of interview days, with its first and last day."""
    for name, variable in data.codebook.variables.items():
        words = concepts_of(variable.label or name)
        if ":date" not in words and "date" not in name.casefold():
            continue
        if name not in data.frame.columns or not pd.api.types.is_datetime64_any_dtype(data.frame[name].dtype):
            continue
        days = data.frame[name].dropna()
        if len(days):
            return name, days.min().date(), days.max().date()
    return None, None, None


def _year(path: Path, data: Microdata, start: Any, assumptions: list[str]) -> int:
    named = sorted(set(_YEAR.findall(path.stem)))
    if start is not None:
        return int(start.year)
    if len(named) == 1:
        assumptions.append(f"{PROPOSED}the year {named[0]} is taken from the file's name")
        return int(named[0])
    created = _YEAR.findall(data.codebook.created or "")
    year = int(created[0]) if created else 2000
    whence = "the day the file was made" if created else "nowhere: the file does not show it"
    assumptions.append(f"{PROPOSED}the year {year} is taken from {whence}; correct it")
    return year


def _weight(data: Microdata, assumptions: list[str]) -> str | None:
    if data.codebook.weight is not None:
        assumptions.append(f"{PROPOSED}the weight is {data.codebook.weight}, which the file declares")
        return data.codebook.weight
    found = [
        name
        for name, variable in data.codebook.variables.items()
        if name in data.frame.columns
        and pd.api.types.is_numeric_dtype(data.frame[name].dtype)
        and not variable.values
        and (
            ":weight" in concepts_of(variable.label) or re.search(r"weight|wght|^wt|wt$|withinwt", name, re.I)
        )
    ]
    if not found:
        assumptions.append(f"{PROPOSED}the wave is not weighted; no column looks like a weight")
        return None
    others = f" ({', '.join(found[1:4])} would do as well)" if len(found) > 1 else ""
    assumptions.append(f"{PROPOSED}the weight is {found[0]}, by its name or label{others}")
    return found[0]


def _unit(data: Microdata, assumptions: list[str]) -> str | None:
    for name, variable in data.codebook.variables.items():
        if name in data.frame.columns and (_UNIT.match(name) or _UNIT_LABEL.search(variable.label)):
            assumptions.append(f"{PROPOSED}the sampling unit is {name}, by its name or label")
            return name
    assumptions.append(f"{PROPOSED}respondents are the sampling units; no column looks like a cluster")
    return None
