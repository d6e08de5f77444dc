"""Which variables of several files are one question: by label, answers, name and place in the file.

Labels are compared as sets of concepts, weighted by how rare a concept is among all labels (inverse
document frequency), so that "president" counts for more than "trust" where twenty labels ask of trust.
"""

from __future__ import annotations

import importlib
import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from egovstats.errors import MissingExtraError
from egovstats.microdata import Codebook
from egovstats.waves.codes import labels_by_text
from egovstats.waves.draft_words import concepts_of, language_of, missing_reason, without_numbering
from egovstats.waves.glossary import RIVALS
from egovstats.waves.labels import plain_label

SURE, ENOUGH = 0.8, 0.5
"""Scores from which a match is called sure, and below which nothing is matched."""

LABEL = 0.4
"""Least likeness of the labels themselves: equal answers never make two questions one."""

ALIKE = 85.0
"""Likeness (0-100) from which two words that the glossary lacks count as one: minister, ministre."""

CONTRADICTED = 0.5
"""What is left of the likeness of two labels that name different institutions."""

FOREIGN = 0.35
"""Share of its weight that an untranslated word keeps between files of two languages."""


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """A variable of a wave as the draft sees it.

    Parameters
    ----------
    wave : str
    name, label : str
    answers : dict of str
        Label of each code that is an answer, by code.
    missing : dict of tuple
        Label and proposed reason of each code that is none.
    concepts : tuple of str
        Of the label, or of the name where there is no label.
    position : int
        Place in the file.
    """

    wave: str
    name: str
    label: str
    answers: dict[str, str]
    missing: dict[str, tuple[str, str]]
    concepts: tuple[str, ...]
    position: int
    answer_keys: tuple[frozenset[str], ...] = field(default=())


def asked_of(wave: str, name: str, book: Codebook, position: int) -> Asked:
    """Look at one variable: which of its codes are answers, which are missing, what its label is of."""
    variable = book.variables[name]
    labels = labels_by_text({**variable.values, **variable.tagged_missing})
    declared = set(labels_by_text(dict.fromkeys(variable.missing_codes, "")))
    missing = {}
    for code, label in labels.items():
        reason = missing_reason(label) or ("no_answer" if code in declared or code.startswith(".") else "")
        if reason:
            missing[code] = (label, reason)
    missing |= {code: ("", "no_answer") for code in declared if code not in labels}
    answers = {code: label for code, label in labels.items() if code not in missing}
    text = variable.label or name.replace("_", " ")
    keys = tuple(frozenset(concepts_of(label) or (plain_label(label),)) for label in answers.values())
    return Asked(wave, name, variable.label, answers, missing, concepts_of(text), position, keys)


def alike_words() -> tuple[Any, Any]:
    """Load rapidfuzz: its scorers, and what runs them over lists.

    Raises
    ------
    MissingExtraError
        It is not installed.
    """
    try:
        fuzz, process = (
            importlib.import_module("rapidfuzz.fuzz"),
            importlib.import_module("rapidfuzz.process"),
        )
    except ImportError:
        raise MissingExtraError("matching items across waves", "harmonise") from None
    return fuzz, process


def likeness(waves: Sequence[Sequence[Asked]]) -> dict[tuple[int, int], np.ndarray]:
    """Score every pair of variables of every pair of waves, 0 to 1.

    Parameters
    ----------
    waves : sequence of sequences of Asked
        Variables of each wave, in the order of its file.

    Returns
    -------
    dict of np.ndarray
        For waves ``(a, b)`` with a before b, an array of shape (variables of a, variables of b).
    """
    one_word = _spellings(waves)
    sets = [
        [frozenset(one_word.get(word, word) for word in each.concepts) for each in wave] for wave in waves
    ]
    counted = Counter(word for wave in sets for each in wave for word in each)
    total = sum(map(len, sets))
    weight = {word: math.log(1 + total / n) ** 2 for word, n in counted.items()}
    tongues = [language_of(each.label for each in wave) for wave in waves]
    return {
        (a, b): _pair(waves[a], waves[b], sets[a], sets[b], weight, foreign=tongues[a] != tongues[b])
        for a in range(len(waves))
        for b in range(a + 1, len(waves))
    }


def _spellings(waves: Sequence[Sequence[Asked]]) -> dict[str, str]:
    """Map words that the glossary lacks to the commonest of their near spellings."""
    fuzz, process = alike_words()
    counted = Counter(
        word for wave in waves for each in wave for word in each.concepts if not word.startswith(":")
    )
    words = [word for word, _ in counted.most_common() if len(word) >= 5 and not word.isdigit()]
    if not words:
        return {}
    near = process.cdist(words, words, scorer=fuzz.ratio, score_cutoff=ALIKE, dtype=np.uint8) > 0
    first = near.argmax(axis=1)  # words stand by frequency, so the first near one is the commonest
    return {word: words[at] for word, at in zip(words, first, strict=True)}


def _pair(
    left: Sequence[Asked],
    right: Sequence[Asked],
    left_sets: Sequence[frozenset[str]],
    right_sets: Sequence[frozenset[str]],
    weight: dict[str, float],
    *,
    foreign: bool,
) -> np.ndarray:
    """Score two waves' variables: label 0.75, answers 0.2, name 0.05, and what stands beside them."""
    label = _label_scores(left_sets, right_sets, weight, foreign=foreign)
    label = np.where(_same(left, right, lambda each: plain_label(without_numbering(each.label))), 1.0, label)
    answers = _answer_scores(left, right, foreign=foreign)
    names = _same(left, right, lambda each: each.name.casefold())
    score = np.where(label >= LABEL, 0.75 * label + 0.2 * answers + 0.05 * names, 0.0)
    return np.minimum(score + _beside(score), 1.0)


def _same(left: Sequence[Asked], right: Sequence[Asked], text: Callable[[Asked], str]) -> np.ndarray:
    """Whether a text is there and the same; shape (left, right)."""
    one, two = (np.array([text(each) for each in side], dtype=object) for side in (left, right))
    return (one[:, None] == two[None, :]) & (one != "")[:, None]


def _label_scores(
    left: Sequence[frozenset[str]],
    right: Sequence[frozenset[str]],
    weight: dict[str, float],
    *,
    foreign: bool,
) -> np.ndarray:
    """Dice's coefficient of the concepts, weighted; shape (left, right)."""
    words = sorted({word for each in (*left, *right) for word in each})
    place = {word: at for at, word in enumerate(words)}
    one, two = (_indicators(each, place) for each in (left, right))
    heavy = np.array([weight[word] for word in words])
    if foreign:
        shared = one.any(axis=0) & two.any(axis=0)
        known = np.array([word.startswith(":") for word in words])
        heavy = np.where(shared | known, heavy, FOREIGN * heavy)
    common = (one * heavy) @ two.T
    size = (one @ heavy)[:, None] + (two @ heavy)[None, :]
    dice = np.divide(2 * common, size, out=np.zeros_like(common), where=size > 0)
    return np.where(_contradict(left, right), CONTRADICTED * dice, dice)


def _contradict(left: Sequence[frozenset[str]], right: Sequence[frozenset[str]]) -> np.ndarray:
    """Whether each label has a concept that rivals one of the other's, as police and courts do."""
    found = np.zeros((len(left), len(right)), dtype=bool)
    for rivals in RIVALS:
        place = {word: at for at, word in enumerate(sorted(rivals))}
        one, two = (_indicators([each & rivals for each in side], place) for side in (left, right))
        common = one @ two.T
        found |= (one.sum(axis=1)[:, None] > common) & (two.sum(axis=1)[None, :] > common)
    return found


def _indicators(sets: Sequence[frozenset[str]], place: dict[str, int]) -> np.ndarray:
    table = np.zeros((len(sets), len(place)))
    for row, words in enumerate(sets):
        table[row, [place[word] for word in words]] = 1.0
    return table


def _answer_scores(left: Sequence[Asked], right: Sequence[Asked], *, foreign: bool) -> np.ndarray:
    """How much of the answer lists is shared; lists that no glossary can compare count by their codes."""
    lists: dict[tuple[object, ...], int] = {}
    first: list[Asked] = []
    number = []
    for each in (*left, *right):
        key = (each.answer_keys, tuple(each.answers))
        if key not in lists:
            lists[key] = len(first)
            first.append(each)
        number.append(lists[key])
    alike = np.array([[_answers_alike(one, two, foreign=foreign) for two in first] for one in first])
    return alike[np.ix_(number[: len(left)], number[len(left) :])]


def _answers_alike(one: Asked, two: Asked, *, foreign: bool) -> float:
    if not one.answers or not two.answers:
        return 0.7 if not one.answers and not two.answers else 0.0
    first, second = set(one.answer_keys), set(two.answer_keys)
    shared = 2 * len(first & second) / (len(first) + len(second))
    codes = set(one.answers), set(two.answers)
    by_code = 2 * len(codes[0] & codes[1]) / (len(codes[0]) + len(codes[1]))
    return max(shared, (0.7 if foreign else 0.4) * by_code)


def _beside(score: np.ndarray) -> np.ndarray:
    """A little more for two variables whose neighbours in both files match well; shape as `score`."""
    extra = np.zeros_like(score)
    strong = np.where(score >= SURE, 0.03, 0.0)
    extra[1:, 1:] += strong[:-1, :-1]
    extra[:-1, :-1] += strong[1:, 1:]
    return np.where(score > 0, extra, 0.0)


@dataclass(slots=True, eq=False)
class Group:
    """Variables of several waves that are one question, with the score of each but the first.

    Parameters
    ----------
    members : dict of Asked
        By wave.
    scores : dict of float
        By wave; 1 for the wave the group begins with.
    rivals : dict of str
        By wave, a variable that came near and belongs elsewhere or nowhere.
    borrowed : dict of Asked
        By wave, a variable of another question that holds this one in its "no contact" answer.
    """

    members: dict[str, Asked] = field(default_factory=dict)
    scores: dict[str, float] = field(default_factory=dict)
    rivals: dict[str, str] = field(default_factory=dict)
    borrowed: dict[str, Asked] = field(default_factory=dict)


def match_variables(waves: Sequence[Sequence[Asked]]) -> list[Group]:
    """Group the variables of the waves, each in one group, at most one of a wave in each.

    Waves are added one after another; within a wave the surest pairs are taken first, and pairs below
    `ENOUGH` stay apart.
    """
    scores = likeness(waves)
    groups: list[Group] = []
    at: list[dict[int, int]] = []  # for each group, wave number -> variable number
    for number, wave in enumerate(waves):
        if groups and wave:
            table = np.array([_to_group(scores, each, number) for each in at])
            taken = _surest_first(table)
        else:
            table, taken = np.zeros((len(groups), len(wave))), {}
        for column, asked in enumerate(wave):
            row = taken.get(column)
            if row is None:
                groups.append(Group({asked.wave: asked}, {asked.wave: 1.0}))
                at.append({number: column})
                continue
            group = groups[row]
            group.members[asked.wave] = asked
            group.scores[asked.wave] = round(float(table[row, column]), 3)
            at[row][number] = column
            _note_rival(group, asked, table[row], column, wave)
    return groups


def _surest_first(table: np.ndarray) -> dict[int, int]:
    """Row of each column that is matched, the highest scores first, ties in the order of the files."""
    taken: dict[int, int] = {}
    used: set[int] = set()
    rows, columns = np.nonzero(table >= ENOUGH)
    for at in np.argsort(-table[rows, columns], kind="stable"):
        row, column = int(rows[at]), int(columns[at])
        if row not in used and column not in taken:
            taken[column] = row
            used.add(row)
    return taken


def _to_group(scores: dict[tuple[int, int], np.ndarray], members: dict[int, int], number: int) -> np.ndarray:
    """Best score of each of a wave's variables with any member; the last member counts a little more."""
    last = max(members)
    return np.max(
        [scores[wave, number][row] * (1.0 if wave == last else 0.97) for wave, row in members.items()],
        axis=0,
    )


def _note_rival(group: Group, asked: Asked, row: np.ndarray, column: int, wave: Sequence[Asked]) -> None:
    others = np.delete(row, column)
    if others.size and others.max() >= row[column] - 0.05:
        best = int(others.argmax())
        group.rivals[asked.wave] = wave[best + (best >= column)].name
