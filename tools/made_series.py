"""Make two waves of one survey file, changed as files of real series are, with the key to them.

The second wave has other names, other numbers of questions, labels cut, typed anew or partly reworded,
answers re-coded or turned; some questions are in one wave only. Which question is which is known, so drafts
can be scored on files that nobody tuned them to. Labels in another language come from a table.
"""

from __future__ import annotations

import csv
import random
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import pyreadstat

from egovstats.microdata import Microdata
from egovstats.waves.draft_words import missing_reason, without_numbering

SHARED, FIRST = 0.65, 0.82
"""Up to these shares of the questions both waves have one, and the first wave alone; the rest the second."""


@dataclass(slots=True)
class Question:
    """A question as a wave asks it: label, and the answers' labels by code."""

    label: str
    answers: dict[float, str] = field(default_factory=dict)


@dataclass(slots=True)
class Made:
    """Two files and their key.

    Parameters
    ----------
    files : tuple of Path
    pairs : dict of str
        Variable of the second wave by that of the first.
    codes : dict of dict
        For each variable of the first wave that has a counterpart, the second wave's code of each answer.
    single : tuple of set of str
        Variables of either wave that have no counterpart.
    """

    files: tuple[Path, Path]
    pairs: dict[str, str] = field(default_factory=dict)
    codes: dict[str, dict[float, float]] = field(default_factory=dict)
    single: tuple[set[str], set[str]] = field(default_factory=lambda: (set(), set()))


def questions_of(data: Microdata) -> dict[str, Question]:
    """Questions with labels and answers of a file, by variable, in its order."""
    found = {}
    for name, variable in data.codebook.variables.items():
        answers = {
            float(code): text for code, text in variable.values.items() if isinstance(code, int | float)
        }
        if variable.label and 2 <= len(answers) <= 40:
            found[name] = Question(variable.label, answers)
    return found


def in_other_words(path: Path) -> dict[str, Question]:
    """Read questions in another language: columns variable, label, answers (``1=Yes|2=No``)."""
    with open(path, encoding="utf-8", newline="") as file:
        return {
            row["variable"]: Question(
                row["label"],
                {
                    float(code): text
                    for code, _, text in (each.partition("=") for each in row["answers"].split("|"))
                },
            )
            for row in csv.DictReader(file)
        }


def make_series(
    folder: Path,
    questions: Mapping[str, Question],
    *,
    seed: int,
    other: Mapping[str, Question] | None = None,
    rows: int = 120,
) -> Made:
    """Write ``wave_2001.sav`` and ``wave_2003.sav`` from the questions of one file.

    Parameters
    ----------
    folder : Path
    questions : mapping of Question
        By variable.
    seed : int
    other : mapping of Question, optional
        The same questions in another language, for the second wave; those it lacks are in the first only.
    rows : int
        Respondents of each wave; their answers are drawn at random.
    """
    rng = random.Random(seed)
    made = Made((folder / "wave_2001.sav", folder / "wave_2003.sav"))
    first: dict[str, Question] = {}
    second: dict[str, Question] = {}
    for name, about in questions.items():
        where = rng.random()
        if other is not None:
            where = 0.0 if name in other and where < FIRST else 0.75 if where < FIRST else 0.9
        there = about if other is None else other.get(name)
        if where < FIRST:
            first[name] = about
        if there is None or SHARED <= where < FIRST:
            made.single[0].update({name} if where < FIRST else ())
            continue
        new = f"B{len(second) + 1}"
        asked, codes = _asked_again(there, rng, reworded=other is None)
        second[new] = asked
        if where < SHARED:
            made.pairs[name], made.codes[name] = new, codes
        else:
            made.single[1].add(new)
    for path, wave in zip(made.files, (first, second), strict=True):
        _write(path, wave, rng, rows)
    return made


def _asked_again(
    about: Question, rng: random.Random, *, reworded: bool
) -> tuple[Question, dict[float, float]]:
    """A question as another wave has it, and the new code of each old one."""
    text = without_numbering(about.label)
    if reworded:
        for change in rng.sample(CHANGES, rng.choice((0, 1, 1, 2))):
            text = change(text, rng) or text
    answers = [code for code, label in about.answers.items() if not missing_reason(label)]
    kind = rng.choice(("same", "same", "moved", "turned"))
    new = {code: code for code in about.answers}
    if kind == "turned":
        new |= dict(zip(answers, answers[::-1], strict=True))
    elif kind == "moved" and max(answers, default=0.0) < 90:
        new |= {code: code + 1 for code in answers}
        if {new[code] for code in answers} & (set(about.answers) - set(answers)):
            new = {code: code for code in about.answers}
    return Question(
        f"B{rng.randint(1, 99)}. {text}", {new[code]: label for code, label in about.answers.items()}
    ), new


def _cut(text: str, rng: random.Random) -> str:
    """As programs with short labels cut it."""
    return text[: rng.choice((60, 80, 120))].rsplit(" ", 1)[0]


def _bare(text: str, rng: random.Random) -> str:
    """Without accents, in capitals or small letters."""
    plain = "".join(mark for mark in unicodedata.normalize("NFKD", text) if not unicodedata.combining(mark))
    return plain.upper() if rng.random() < 0.5 else plain.lower()


def _mistyped(text: str, rng: random.Random) -> str:
    """Two letters of some long words changed places."""
    words = text.split()
    for at, word in enumerate(words):
        if len(word) > 6 and rng.random() < 0.15:
            place = rng.randrange(1, len(word) - 2)
            words[at] = word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    return " ".join(words)


def _shorter(text: str, rng: random.Random) -> str:
    """Some words are gone, never one that holds a digit or denies."""
    return " ".join(word for word in text.split() if rng.random() > 0.15 or re.search(r"\d|^n", word.lower()))


def _other_way_round(text: str, rng: random.Random) -> str:
    """The part of a battery before its question."""
    stem, mark, part = text.rpartition(" - ")
    return f"{part}: {stem}" if mark else text


def _short_stem(text: str, rng: random.Random) -> str:
    """Only the first words of a battery's question."""
    stem, mark, part = text.rpartition(" - ")
    return f"{' '.join(stem.split()[:4])} - {part}" if mark else text


CHANGES: Sequence[Callable[[str, random.Random], str]] = (
    _cut, _bare, _mistyped, _shorter, _other_way_round, _short_stem,
)  # fmt: skip


def _write(path: Path, wave: Mapping[str, Question], rng: random.Random, rows: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    frame = pd.DataFrame({name: rng.choices(list(about.answers), k=rows) for name, about in wave.items()})
    pyreadstat.write_sav(
        frame,
        str(path),
        column_labels=[about.label for about in wave.values()],
        variable_value_labels={name: about.answers for name, about in wave.items()},
        file_label="SYNTHETIC",
    )
