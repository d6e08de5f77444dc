"""How alike two variables of two files are: by label, answers, name, and what stands beside them.

Labels are compared as sets of concepts, weighted by how rare a concept is among all labels (inverse
document frequency), so that "president" counts for more than "trust" where twenty labels ask of trust. What
a label shares with its neighbours in the file, as the parts of a battery share their question, together
weighs no more than what is its own.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from egovstats.waves.draft_asked import Asked, alike_words
from egovstats.waves.draft_words import language_of, without_numbering
from egovstats.waves.glossary import RIVALS
from egovstats.waves.labels import plain_label

SURE, ENOUGH = 0.8, 0.5
"""Scores from which a match is called sure, and below which nothing is matched."""

LABEL, FOREIGN_LABEL = 0.4, 0.2
"""Least likeness of the labels themselves, in one language and in two: equal answers match nothing alone."""

BESIDE, FOREIGN_BESIDE = 0.06, 0.25
"""What neighbours that match add at the most; they never make a match sure."""

ALIKE = 85.0
"""Likeness (0-100) from which two words that the glossary lacks count as one: minister, ministre."""

CONTRADICTED = 0.5
"""What is left of the likeness of two labels that name different institutions, or parts of a battery."""

PHRASE = 3
"""Words from which what neighbours share is a question of its own; fewer are a topic."""

FOREIGN = 0.35
"""Share of its weight that an untranslated word keeps between files of two languages."""

_TELLING_NAME = re.compile(r"[^\W\d_]{4}")
"""A name that is a word (NOCALL, TRUSTPM) and not the number of a question."""


@dataclass(frozen=True, slots=True)
class Label:
    """A label's words with their weights.

    Parameters
    ----------
    weights : mapping
        By concept or word.
    question, part : frozenset of str
        In a battery, the words of its question, and those beside it: what it is asked of. Empty elsewhere.
    """

    weights: Mapping[str, float]
    question: frozenset[str] = frozenset()
    part: frozenset[str] = frozenset()


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
    labels = _weighted(waves)
    tongues = [language_of(each.label for each in wave) for wave in waves]
    return {
        (a, b): _pair(waves[a], waves[b], labels[a], labels[b], foreign=tongues[a] != tongues[b])
        for a in range(len(waves))
        for b in range(a + 1, len(waves))
    }


def _weighted(waves: Sequence[Sequence[Asked]]) -> list[list[Label]]:
    """Each label's words with their weights: the squared inverse document frequency, batteries held down."""
    one_word = _spellings(waves)
    sets = [
        [frozenset(one_word.get(word, word) for word in each.concepts) for each in wave] for wave in waves
    ]
    counted = Counter(word for wave in sets for each in wave for word in each)
    total = sum(map(len, sets))
    weight = {word: math.log(1 + total / n) ** 2 for word, n in counted.items()}
    return [[_label(words, _stem(wave, at), weight) for at, words in enumerate(wave)] for wave in sets]


def _stem(wave: Sequence[frozenset[str]], at: int) -> frozenset[str]:
    """Words of a label that two or more of its four neighbours have, too: the question of a battery."""
    near = [wave[place] for place in (at - 2, at - 1, at + 1, at + 2) if 0 <= place < len(wave)]
    return frozenset(word for word in wave[at] if sum(word in other for other in near) >= 2)


def _label(words: frozenset[str], stem: frozenset[str], weight: Mapping[str, float]) -> Label:
    """Weights of a label's words; those of a battery's question together weigh no more than the rest."""
    if len(stem) < PHRASE:
        return Label({word: weight[word] for word in words})
    own = sum(weight[word] for word in words - stem)
    shared = sum(weight[word] for word in stem)
    scale = own / shared if 0 < own < shared else 1.0
    scaled = {word: weight[word] * (scale if word in stem else 1.0) for word in words}
    return Label(scaled, stem, words - stem)


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
    for row, column in zip(*np.nonzero(near), strict=True):
        one, two = words[row], words[column]
        if one != two and (one.endswith(two) or two.endswith(one)):
            near[row, column] = False  # a beginning turns the meaning: (un)fair, (не)полный
    first = near.argmax(axis=1)  # words stand by frequency, so the first near one is the commonest
    return {word: words[at] for word, at in zip(words, first, strict=True)}


def _pair(
    left: Sequence[Asked],
    right: Sequence[Asked],
    ours: Sequence[Label],
    theirs: Sequence[Label],
    *,
    foreign: bool,
) -> np.ndarray:
    """Score two waves' variables: label 0.75, answers 0.2, name 0.05, and what stands beside them."""
    label = _label_scores(ours, theirs, foreign=foreign)
    label = np.where(_same(left, right, lambda each: plain_label(without_numbering(each.label))), 1.0, label)
    names = _same(left, right, lambda each: each.name.casefold())
    worded = np.array([bool(_TELLING_NAME.search(each.name)) for each in left], dtype=bool)
    telling = np.logical_and(names, worded.reshape(-1, 1))
    label = np.where(telling, (1 + label) / 2, label)
    answers = _answer_scores(left, right, foreign=foreign)
    possible = label >= (FOREIGN_LABEL if foreign else LABEL)
    score = np.where(possible, 0.75 * label + 0.2 * answers + 0.05 * names, 0.0)
    more = (FOREIGN_BESIDE if foreign else BESIDE) * _beside(score)
    return np.where(possible, np.maximum(score, np.minimum(score + more, SURE - 0.001)), 0.0)


def _same(left: Sequence[Asked], right: Sequence[Asked], text: Callable[[Asked], str]) -> np.ndarray:
    """Whether a text is there and the same; shape (left, right)."""
    one, two = (np.array([text(each) for each in side], dtype=object) for side in (left, right))
    return (one[:, None] == two[None, :]) & (one != "")[:, None]


def _label_scores(left: Sequence[Label], right: Sequence[Label], *, foreign: bool) -> np.ndarray:
    """Dice's coefficient of the words, weighted; shape (left, right).

    Where two labels weigh a word differently, what they share of it is the geometric mean.
    """
    words = sorted({word for each in (*left, *right) for word in each.weights})
    one, two = (_table([each.weights for each in side], words) for side in (left, right))
    if foreign:
        shared = one.any(axis=0) & two.any(axis=0)
        known = np.array([word.startswith(":") for word in words], dtype=bool)
        keeps = np.where(shared | known, 1.0, FOREIGN)
        one, two = one * keeps, two * keeps
    common = np.sqrt(one) @ np.sqrt(two).T
    size = one.sum(axis=1)[:, None] + two.sum(axis=1)[None, :]
    dice = np.divide(2 * common, size, out=np.zeros_like(common), where=size > 0)
    against = _contradict(left, right)
    if not foreign:
        against |= _other_battery(left, right, words)
    return np.where(against, CONTRADICTED * dice, dice)


def _table(labels: Sequence[Mapping[str, float]], words: Sequence[str]) -> np.ndarray:
    """Weights of words, 0 where a label lacks one; shape (labels, words)."""
    place = {word: at for at, word in enumerate(words)}
    table = np.zeros((len(labels), len(place)))
    for row, weights in enumerate(labels):
        table[row, [place[word] for word in weights]] = list(weights.values())
    return table


def _contradict(left: Sequence[Label], right: Sequence[Label]) -> np.ndarray:
    """Whether each label has a concept that rivals one of the other's, as police and courts do."""
    found = np.zeros((len(left), len(right)), dtype=bool)
    for rivals in RIVALS:
        one, two = (
            _table([dict.fromkeys(rivals & each.weights.keys(), 1.0) for each in side], sorted(rivals))
            for side in (left, right)
        )
        common = one @ two.T
        found |= (one.sum(axis=1)[:, None] > common) & (two.sum(axis=1)[None, :] > common)
    return found


def _other_battery(left: Sequence[Label], right: Sequence[Label], words: Sequence[str]) -> np.ndarray:
    """Whether two labels are different parts of batteries, or the same part of different batteries.

    Parts differ where neither has a word of the other label. Questions differ where one label has no word of
    the other's question, and has words of its own instead.
    """
    whole, question, part = (
        tuple(_table([dict.fromkeys(words_of(each), 1.0) for each in side], words) for side in (left, right))
        for words_of in (lambda each: each.weights, lambda each: each.question, lambda each: each.part)
    )
    parts = (part[0] @ whole[1].T == 0) & (whole[0] @ part[1].T == 0) & _some(part[0]) & _some(part[1]).T
    common = whole[0] @ whole[1].T
    first = (question[0] @ whole[1].T == 0) & _some(question[0])
    second = (whole[0] @ question[1].T == 0) & _some(question[1]).T
    first &= whole[1].sum(axis=1).reshape(1, -1) > common
    second &= whole[0].sum(axis=1).reshape(-1, 1) > common
    return parts | first | second


def _some(table: np.ndarray) -> np.ndarray:
    """Whether a row of a table has anything, shape (rows, 1)."""
    return np.asarray(table.any(axis=1)).reshape(-1, 1)


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
    """Mean score of the pairs before and after in both files, as far as there are any; shape as `score`."""
    good = np.where(score >= ENOUGH, score, 0.0)
    near, there = np.zeros_like(score), np.zeros_like(score)
    near[1:, 1:] += good[:-1, :-1]
    near[:-1, :-1] += good[1:, 1:]
    there[1:, 1:] += 1
    there[:-1, :-1] += 1
    return near / np.maximum(there, 1)
