"""Weight, strata and sampling units of one wave, distinct from those of every other wave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from egovstats.errors import nearest
from egovstats.microdata import Microdata
from egovstats.waves import complaints
from egovstats.waves.card import Card
from egovstats.waves.codes import Coded, coded
from egovstats.waves.faults import Fault


@dataclass(slots=True, eq=False)
class Sampled:
    """How the respondents of a wave were sampled.

    Parameters
    ----------
    weight : np.ndarray, shape (n,)
    stratum, psu : np.ndarray of str, shape (n,)
        Labels that begin with the wave.
    faults : list of Fault
    notes : list of str
    """

    weight: np.ndarray
    stratum: np.ndarray
    psu: np.ndarray
    faults: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def sample_of(card: Card, data: Microdata, strata: Sequence[np.ndarray]) -> Sampled:
    """Read weight, strata and PSUs as the card names them.

    Parameters
    ----------
    card : Card
    data : Microdata
    strata : sequence of np.ndarray, shape (n,)
        Target codes of the card's `stratum_items`, NaN where missing.

    Returns
    -------
    Sampled
        With faults for columns that are not there or have gaps.
    """
    n = len(data.frame)
    faults = _missing_columns(card, data)
    gone = {column for column in card.columns if column not in data.frame.columns}
    weight, weight_faults = _weight(card, data) if card.weight not in gone else (np.ones(n), [])
    stratum = [_texts(data, column) for column in card.stratum if column not in gone]
    stratum += [coded(pd.Series(codes)) for codes in strata]
    unit = [_texts(data, card.psu)] if card.psu is not None and card.psu not in gone else []
    sampled = Sampled(
        weight,
        _joined(card.wave, stratum, n),
        _joined(card.wave, unit, n) if unit else _numbered(card.wave, n),
        [*faults, *weight_faults, *_gaps(card, data, stratum, "stratum"), *_gaps(card, data, unit, "psu")],
    )
    sampled.notes = _notes(card, data)
    return sampled


def _missing_columns(card: Card, data: Microdata) -> list[Fault]:
    place = complaints.place_of(card, data.source.file)
    roles = [
        ("weight", card.weight),
        *(("stratum", column) for column in card.stratum),
        ("psu", card.psu),
        ("interview date", card.interview_date),
    ]
    return [
        complaints.missing_card_column(place, column, role, data.codebook)
        for role, column in roles
        if column is not None and column not in data.frame.columns
    ]


def _weight(card: Card, data: Microdata) -> tuple[np.ndarray, list[Fault]]:
    """Weights, 1 for everyone where the card says that there are none."""
    n = len(data.frame)
    if card.weight is None:
        return np.ones(n), []
    place = complaints.place_of(card, data.source.file)
    column = data.frame[card.weight]
    if not pd.api.types.is_numeric_dtype(column.dtype):
        what = f"the weight {card.weight!r} holds text. {nearest(card.weight, data.codebook.variables)}"
        return np.ones(n), [Fault(place, 0, f"{what} Name a column of numbers in the card.")]
    weight = column.to_numpy(dtype=float, na_value=np.nan)
    empty, negative = int(np.isnan(weight).sum()), int((weight < 0).sum())
    if empty or negative:
        what = f"the weight {card.weight!r} is missing for {empty} respondents and negative for {negative}"
        return weight, [Fault(place, 0, f"{what}. Correct the file, or name another column in the card.")]
    return weight, []


def _texts(data: Microdata, column: str) -> Coded:
    return coded(data.frame[column], data.tags.get(column))


def _joined(wave: str, parts: Sequence[Coded], n: int) -> np.ndarray:
    """Labels ``wave|code|code``, shape (n,)."""
    label = np.full(n, wave, dtype=object)
    for part in parts:
        label = label + "|" + np.array(part.texts, dtype=object)[part.index]
    return label


def _numbered(wave: str, n: int) -> np.ndarray:
    """A label for each respondent."""
    return np.array([f"{wave}|{at}" for at in range(1, n + 1)], dtype=object)


def _gaps(card: Card, data: Microdata, parts: Sequence[Coded], role: str) -> list[Fault]:
    place = complaints.place_of(card, data.source.file)
    names = [*card.stratum, *card.stratum_items] if role == "stratum" else [card.psu]
    empty = [int(part.counts[part.texts.index("")]) if "" in part.texts else 0 for part in parts]
    return [
        Fault(
            place, 0, f"{count} respondents have no {role} in {name!r}. Give them one, or correct the card."
        )
        for name, count in zip(names, empty, strict=False)
        if count
    ]


def _notes(card: Card, data: Microdata) -> list[str]:
    notes = []
    n, declared = len(data.frame), data.codebook.weight
    if card.n is not None and card.n != n:
        notes.append(f"The file has {n} respondents; {card.n} were published.")
    if declared is not None and declared != card.weight:
        taken = f"the card's {card.weight!r} was taken" if card.weight else "the card says that there is none"
        notes.append(f"The file declares the weight {declared!r}; {taken}.")
    return notes + _date_notes(card, data)


def _date_notes(card: Card, data: Microdata) -> list[str]:
    """Whether the days of the interviews lie in the card's field period."""
    if card.interview_date is None or card.interview_date not in data.frame.columns:
        return []
    column = data.frame[card.interview_date]
    if not pd.api.types.is_datetime64_any_dtype(column.dtype):
        return [f"{card.interview_date} holds no dates, so the field period was not checked against it."]
    days = column.dropna()
    start, end = card.field.start, card.field.end
    outside = pd.Series(False, index=days.index)
    if start is not None:
        outside |= days < pd.Timestamp(start)
    if end is not None:
        outside |= days >= pd.Timestamp(end) + pd.Timedelta(days=1)
    if not outside.any():
        return []
    return [
        f"{_interviews(int(outside.sum()))} dated outside the field period of the card ({start} to {end}); "
        f"the file's run from {days.min().date()} to {days.max().date()}."
    ]


def _interviews(n: int) -> str:
    return "1 interview is" if n == 1 else f"{n} interviews are"
