"""The answers of a question across waves: one list of target codes, and how each wave's codes reach it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from egovstats.waves.draft_asked import Asked, alike_words
from egovstats.waves.draft_match import Group
from egovstats.waves.draft_words import concepts_of
from egovstats.waves.glossary import concept_set
from egovstats.waves.labels import plain_label

DEGREES = concept_set(
    "not no never very at_all strongly little somewhat lot less more better worse good bad first "
    "second third once few_times often always none some all neither yes easy difficult primary "
    "secondary university completed formal informal"
)
"""Concepts that two labels of one answer must share: with and without them, a label means two things."""

NEAR_WORDS = 88.0
"""Likeness (0-100) from which two spellings of an answer are proposed as one."""


@dataclass(slots=True, eq=False)
class Mapped:
    """How the codes of one wave reach the target codes.

    Parameters
    ----------
    targets : dict of float
        Target code by source code.
    why : dict of str
        What the proposal rests on, by source code.
    shape : str
        ``"same"``, ``"turned"``, ``"recoded"`` or ``"other"`` (not every answer has a counterpart).
    remark : str
        What the shares say of a turned or recoded scale.
    """

    targets: dict[str, float] = field(default_factory=dict)
    why: dict[str, str] = field(default_factory=dict)
    shape: str = "same"
    remark: str = ""


def target_list(asked: Asked) -> dict[float, str]:
    """Make target codes of a wave's answers: its own numbers, or 1, 2, 3 where its codes are text."""
    codes = [_number(code) for code in asked.answers]
    if any(code is None for code in codes):
        codes = [float(at) for at in range(1, len(codes) + 1)]
    return {
        code: label for code, label in zip(codes, asked.answers.values(), strict=True) if code is not None
    }


def map_answers(
    group: Group, asked: Asked, reference: Asked, targets: dict[float, str], *, foreign: bool
) -> Mapped:
    """Map one wave's answers to the target list, which gains the answers that only this wave has.

    An answer is found by its label, by its concepts, by a near spelling, or, where none of these decides,
    by its code (`foreign`: the labels are in another language than the list's); each row says which.
    """
    about = {word for each in group.members.values() for word in each.concepts}
    mapped = Mapped()
    if asked is reference:
        for code, target in zip(asked.answers, targets, strict=False):
            mapped.targets[code], mapped.why[code] = target, f"code and label of {asked.wave}"
        return mapped
    _by_label(mapped, asked, targets)
    _by_concepts(mapped, asked, targets, about)
    _by_spelling(mapped, asked, targets)
    _by_code(mapped, asked, targets, foreign=foreign)
    mapped.shape = _shape(mapped.targets)
    for code, label in asked.answers.items():
        if code not in mapped.targets:
            target = _free(code, targets)
            targets[target] = label
            mapped.targets[code], mapped.why[code] = (
                target,
                f"an answer that only {asked.wave} is known to have",
            )
            mapped.shape = "turned" if mapped.shape == "turned" else "other"
    mapped.targets = {code: mapped.targets[code] for code in asked.answers}
    return mapped


def _open(mapped: Mapped, asked: Asked, targets: Mapping[float, str]) -> tuple[list[str], list[float]]:
    used = set(mapped.targets.values())
    return [code for code in asked.answers if code not in mapped.targets], [
        t for t in targets if t not in used
    ]


def _by_label(mapped: Mapped, asked: Asked, targets: Mapping[float, str]) -> None:
    codes, free = _open(mapped, asked, targets)
    mine = [plain_label(asked.answers[code]) for code in codes]
    theirs = [plain_label(targets[target]) for target in free]
    for code, text in zip(codes, mine, strict=True):
        if text and mine.count(text) == 1 and theirs.count(text) == 1:
            mapped.targets[code], mapped.why[code] = free[theirs.index(text)], "same label"


def _by_concepts(mapped: Mapped, asked: Asked, targets: Mapping[float, str], about: set[str]) -> None:
    codes, free = _open(mapped, asked, targets)
    mine = {code: _telling(concepts_of(asked.answers[code]), about) for code in codes}
    theirs = {target: _telling(concepts_of(targets[target]), about) for target in free}
    pairs = [
        (_overlap(words, others), -at, code, target)
        for at, (code, words) in enumerate(mine.items())
        for target, others in theirs.items()
        if words and others and (words ^ others).isdisjoint(DEGREES)
    ]
    taken: set[float] = set()
    for score, _, code, target in sorted(pairs, key=lambda pair: (-pair[0], -pair[1])):
        if score < 0.5 or code in mapped.targets or target in taken:
            continue
        rivals = [pair for pair in pairs if pair[0] == score and (pair[2] == code) != (pair[3] == target)]
        if rivals:
            continue  # two answers are as near: the labels do not decide
        mapped.targets[code] = target
        mapped.why[code] = "same meaning by the glossary" if score == 1 else "near by the glossary"
        taken.add(target)


def _telling(words: Sequence[str], about: set[str]) -> frozenset[str]:
    """Concepts of an answer without those of the question, which some files repeat in every answer."""
    return frozenset(word for word in words if word not in about) or frozenset(words)


def _overlap(one: frozenset[str], two: frozenset[str]) -> float:
    return 2 * len(one & two) / (len(one) + len(two))


def _by_spelling(mapped: Mapped, asked: Asked, targets: Mapping[float, str]) -> None:
    fuzz, _ = alike_words()
    codes, free = _open(mapped, asked, targets)
    pairs = sorted(
        (
            (
                fuzz.token_sort_ratio(plain_words(asked.answers[code]), plain_words(targets[target])),
                code,
                target,
            )
            for code in codes
            for target in free
            if not (set("0123456789") & (set(asked.answers[code]) ^ set(targets[target])))
        ),
        key=lambda pair: -pair[0],
    )
    taken: set[float] = set()
    for score, code, target in pairs:
        if score >= NEAR_WORDS and code not in mapped.targets and target not in taken:
            mapped.targets[code], mapped.why[code] = target, "near spelling"
            taken.add(target)


def plain_words(label: str) -> str:
    """A label in lower case, its words apart, without punctuation."""
    return " ".join(plain_label(word) for word in label.split())


def _by_code(mapped: Mapped, asked: Asked, targets: Mapping[float, str], *, foreign: bool) -> None:
    """Take the same code for the same answer, where labels do not decide and nothing shows a turned scale."""
    if _shape(mapped.targets) not in ("same", "unknown"):
        return
    codes, free = _open(mapped, asked, targets)
    unlabelled = not any(asked.answers.values())
    if not (foreign or unlabelled or len(mapped.targets) >= len(asked.answers) / 2):
        return
    if foreign and not mapped.targets and _moved(codes, free):
        return  # the same scale from another number on: an equal code is its neighbour's
    for code in codes:
        number = _number(code)
        if number is not None and number in free:
            pair = f"{asked.answers[code]!r} and {targets[number]!r}"
            mapped.targets[code], mapped.why[code] = number, f"by its code alone: {pair} were not matched"


def _moved(codes: Sequence[str], targets: Sequence[float]) -> bool:
    """Whether codes are as many as the targets, all with the same difference, which is not nought."""
    numbers = sorted(number for code in codes if (number := _number(code)) is not None)
    if len(numbers) != len(targets) or not numbers:
        return False
    apart = np.subtract(numbers, sorted(targets))
    return bool(apart[0] != 0 and (apart == apart[0]).all())


def _shape(targets: Mapping[str, float]) -> str:
    pairs = [(number, target) for code, target in targets.items() if (number := _number(code)) is not None]
    if len(pairs) < 2:
        return "unknown" if not pairs else ("same" if pairs[0][0] == pairs[0][1] else "recoded")
    source, target = (np.array(each) for each in zip(*sorted(pairs), strict=True))
    if (source == target).all():
        return "same"
    return "turned" if len(pairs) > 2 and (np.diff(target) < 0).all() else "recoded"


def _free(code: str, targets: Mapping[float, str]) -> float:
    number = _number(code)
    if number is not None and number not in targets:
        return number
    return float(int(max(targets, default=0.0)) + 1)


def _number(code: str) -> float | None:
    try:
        number = float(code)
    except ValueError:
        return None
    return number if np.isfinite(number) else None


def turned_or_not(
    mapped: Mapped, counts: Mapping[str, int], other: Mapping[float, float], other_wave: str
) -> str:
    """Say how far the shares of a turned scale are from another wave's, turned and as coded.

    Parameters
    ----------
    mapped : Mapped
    counts : mapping
        Respondents by source code.
    other : mapping
        Shares of the other wave by target code, adding up to 1.
    other_wave : str

    Returns
    -------
    str
        A clause; which reading is right is for whoever accepts the proposal to say.
    """
    total = sum(counts.get(code, 0) for code in mapped.targets)
    if not total or not other:
        return ""
    far = []
    for target_of in (mapped.targets, {code: _number(code) for code in mapped.targets}):
        shares = dict.fromkeys(other, 0.0)
        for code, target in target_of.items():
            shares[target] = shares.get(target, 0.0) + counts.get(code, 0) / total  # type: ignore[index,arg-type]
        far.append(50 * sum(abs(share - other.get(key, 0.0)) for key, share in shares.items()))
    doubt = "; the labels may be wrong, compare with related questions" if far[1] < far[0] else ""
    shown = f"by the labels {far[0]:.0f} points of shares differ from {other_wave}, by the codes {far[1]:.0f}"
    return shown + doubt
