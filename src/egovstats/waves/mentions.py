"""Questions that take several answers: first, second and third choice, or a column for each mention.

Each column is an item of its own and harmonises like any other. A set joins them, and `spread` makes an
item for each answer: was it mentioned at all? Those are ordinary items of two answers for every estimate.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
import pandas as pd
from pydantic import Field

from egovstats.errors import WaveError, nearest
from egovstats.waves.documents import Document
from egovstats.waves.harmonise import LOG_COLUMNS, REASONS
from egovstats.waves.item import Answer, Headline, Item, Name
from egovstats.waves.words import Words

if TYPE_CHECKING:
    from egovstats.waves.pooled import Waves

NOT_MENTIONED = {"en": "not mentioned", "mn": "дурдаагүй", "ru": "не названо"}
MENTIONED = {"en": "mentioned", "mn": "дурдсан", "ru": "названо"}


class MentionSet(Document):
    """Items that are answers to one question, in ``series.yaml`` under ``sets``.

    Parameters
    ----------
    name : str
        Begins the names of the items made of it: ``main_problem`` gives ``main_problem_4``.
    kind : str
        ``"ranked"``: first, second, third choice; ``"mentions"``: in no order.
    label : dict
        By language.
    items : tuple of str
        Two items or more with the same answers, in order of rank.
    """

    name: Name
    kind: Literal["ranked", "mentions"] = "ranked"
    label: Words
    items: Annotated[tuple[str, ...], Field(min_length=2)]


def spread(waves: Waves, name: str) -> Waves:
    """Add an item for each answer of a set: 1 where any of its columns has it, 0 where none has.

    Parameters
    ----------
    waves : Waves
    name : str
        Of a set of the series.

    Returns
    -------
    Waves
        With the new items in `frame`, `missing`, `items` and `log`. Who answered one column answered: a
        missing second choice is no missing answer. Where all are missing, the reason is that of the first.

    Raises
    ------
    WaveError
        There is no such set, or one of its items was not read.
    """
    about = _set(waves, name)
    members = [waves.items[item] for item in about.items]
    values = waves.frame[list(about.items)].to_numpy(dtype=float)
    answered = ~np.isnan(values).all(axis=1)
    reason = np.where(answered, 0, waves.missing[about.items[0]].cat.codes.to_numpy())
    frame, missing, items = waves.frame.copy(), waves.missing.copy(), dict(waves.items)
    log = [waves.log]
    for answer in members[0].answers:
        item = _item(about, members[0], answer)
        if item.name in items:
            raise WaveError(f"the set {name!r} would make the item {item.name!r}, which is there already.")
        frame[item.name] = np.where(answered, (values == answer.code).any(axis=1).astype(float), np.nan)
        missing[item.name] = pd.Categorical.from_codes(reason, dtype=REASONS)
        items[item.name] = item
        log.append(_log(item.name, about, frame, missing))
    notes = (*waves.notes, *_notes(about, waves))
    labels = waves.labels | {
        (card.wave, item): waves.labels.get((card.wave, about.items[0]), "")
        for card in waves.cards
        for item in items
        if item not in waves.items
    }
    return replace(
        waves,
        frame=frame,
        missing=missing,
        items=items,
        log=pd.concat(log, ignore_index=True),
        labels=labels,
        notes=notes,
        as_read=None if waves.as_read is None else spread(waves.as_read, name),
    )


def _set(waves: Waves, name: str) -> MentionSet:
    known = {each.name: each for each in waves.series.about.sets}
    if name not in known:
        raise WaveError(f"the series {waves.series.name!r} has no set {name!r}. {nearest(name, known)}")
    gone = [item for item in known[name].items if item not in waves.items]
    if gone:
        raise WaveError(
            f"the set {name!r} needs the item {gone[0]!r}, which was not read. Add it to items=[...]."
        )
    return known[name]


def _item(about: MentionSet, member: Item, answer: Answer) -> Item:
    languages = [language for language in about.label if language in answer.label]
    label = {language: f"{about.label[language]}: {answer.label[language]}" for language in languages}
    return Item(
        name=f"{about.name}_{answer.code:g}".replace("-", "m").replace(".", "_"),
        topic=member.topic,
        kind="nominal",
        label=label,
        question=member.question,
        answers=(Answer(code=0, label=dict(NOT_MENTIONED)), Answer(code=1, label=dict(MENTIONED))),
        base=member.base,
        headline=Headline(codes=(1,), label=dict(MENTIONED)),
    )


def _log(name: str, about: MentionSet, frame: pd.DataFrame, missing: pd.DataFrame) -> pd.DataFrame:
    """What became of each respondent: mentioned, not mentioned, or the reason."""
    table = pd.DataFrame({"wave": frame["wave"], "target": frame[name], "missing": missing[name].astype(str)})
    counted = (
        table.groupby(["wave", "target", "missing"], dropna=False, sort=False).size().reset_index(name="n")
    )
    says = counted["target"].map({0.0: "not mentioned", 1.0: "mentioned"}).fillna("")
    return counted.assign(
        item=name, source_variable=" + ".join(about.items), source_code="", source_label=says
    )[list(LOG_COLUMNS)]


def _notes(about: MentionSet, waves: Waves) -> list[str]:
    """Waves that asked for fewer answers than others: their shares are lower for that reason alone."""
    asked = (waves.missing[list(about.items)] != "not_asked").groupby(waves.frame["wave"]).any()
    counts = asked.sum(axis=1)
    counts = counts[counts > 0]
    if counts.nunique() < 2:
        return []
    shown = ", ".join(f"{wave} {n}" for wave, n in counts.items())
    return [
        f"{about.name}: the waves took different numbers of answers ({shown}), so shares that mentioned an "
        "answer do not compare between them."
    ]


def set_faults(about: MentionSet, items: dict[str, Item]) -> list[str]:
    """What is wrong with a set: an item that is not there, or answers that differ."""
    gone = [name for name in about.items if name not in items]
    if gone:
        return [f"the set {about.name!r} names the item {gone[0]!r}. {nearest(gone[0], items)}"]
    first = items[about.items[0]]
    return [
        f"the set {about.name!r} joins {first.name} and {name}, whose answers differ."
        for name in about.items[1:]
        if items[name].codes != first.codes or not first.codes
    ]
