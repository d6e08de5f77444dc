"""Groups of matched variables into items and crosswalk rows, each row marked as proposed."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from egovstats.waves.codes import Coded, coded
from egovstats.waves.crosswalk import COPY
from egovstats.waves.draft_answers import Mapped, map_answers, target_list, turned_or_not
from egovstats.waves.draft_asked import Asked, far_codes
from egovstats.waves.draft_cards import PROPOSED, Opened
from egovstats.waves.draft_contact import no_contact_codes
from egovstats.waves.draft_likeness import SURE
from egovstats.waves.draft_match import Group
from egovstats.waves.draft_words import concepts_of, folded, without_numbering
from egovstats.waves.glossary import CONCEPTS, STOP_WORDS, concept_set
from egovstats.waves.item import RESERVED

FAR_AWAY = "its code is far from the others, as those of missing answers are"

SCALE_WORDS = concept_set(
    "very at_all strongly somewhat little lot never often always more less better worse few_times"
)
"""Concepts of answers that have an order."""


@dataclass(slots=True, eq=False)
class DraftItem:
    """An item as proposed.

    Parameters
    ----------
    content : dict
        Its entry in ``series.yaml``.
    rows : list of dict
        Its rows of ``crosswalk.csv``.
    undecided : list of tuple
        Wave, variable, code, respondents and what is to be decided.
    """

    content: dict[str, Any]
    rows: list[dict[str, str]] = field(default_factory=list)
    undecided: list[tuple[str, str, str, int, str]] = field(default_factory=list)


def draft_item(group: Group, opened: Mapping[str, Opened], taken: set[str]) -> DraftItem | str:
    """Propose one item with its rows; a sentence where the group makes none."""
    reference = _reference(group, opened)
    found = {
        wave: coded(opened[wave].data.frame[each.name], opened[wave].data.tags.get(each.name))
        for wave, each in {**group.members, **group.borrowed}.items()
    }
    number = _is_number(reference, found[reference.wave])
    targets = {} if number else target_list(reference)
    if not number and len(targets) < 2:
        return "has fewer than two answers with a label"
    item = DraftItem({"name": _name(reference, opened[reference.wave].language, taken)})
    mapped: dict[str, Mapped] = {}
    for wave in opened:
        each = group.members.get(wave)
        if each is None:
            continue
        if _is_number(each, found[wave]) != number:
            kind = "numbers" if not number else "answers"
            item.undecided.append((wave, each.name, "", 0, f"the file holds {kind}, other waves do not"))
        elif number:
            item.rows += _number_rows(item, each, found[wave])
        else:
            foreign = opened[wave].language != opened[reference.wave].language
            mapped[wave] = map_answers(group, each, reference, targets, foreign=foreign)
    _add_answer_rows(item, group, mapped, found, targets, reference)
    for wave, each in group.borrowed.items():
        item.rows += _borrowed_rows(item, wave, each, targets, found[wave])
    order = {wave: at for at, wave in enumerate(opened)}
    item.rows.sort(key=lambda row: order[row["wave"]])
    item.content |= _content(group, reference, mapped, targets, opened, number=number)
    return item


def _reference(group: Group, opened: Mapping[str, Opened]) -> Asked:
    """The wave whose labels and codes the item takes: the latest in English, or else the latest."""
    members = list(group.members.values())
    english = [each for each in members if opened[each.wave].language == "en"]
    return (english or members)[-1]


def _is_number(asked: Asked, found: Coded) -> bool:
    """Whether the codes are numbers of their own: most that occur have no label."""
    bare = [
        text
        for text, n in zip(found.texts, found.counts, strict=True)
        if n and text and text not in asked.answers and text not in asked.missing
    ]
    return found.numeric and len(bare) > len(asked.answers)


def _row(item: DraftItem, asked: Asked, code: str, label: str, note: str) -> dict[str, str]:
    return {
        "wave": asked.wave,
        "item": item.content["name"],
        "source_variable": asked.name,
        "source_code": code,
        "source_label": label,
        "code": "",
        "missing": "",
        "note": PROPOSED + note,
    }


def _missing_rows(item: DraftItem, asked: Asked, found: Coded) -> list[dict[str, str]]:
    rows = []
    for code, (label, reason) in asked.missing.items():
        why = f"the label says {reason}" if label else "declared missing in the file, without a label"
        rows.append(_row(item, asked, code, label, why) | {"missing": reason})
    if "" in found.texts and found.counts[found.texts.index("")]:
        rows.append(_row(item, asked, "", "", "empty cells; say why, if it is known") | {"missing": "system"})
    return rows


def _number_rows(item: DraftItem, asked: Asked, found: Coded) -> list[dict[str, str]]:
    """A range whose ends are round numbers, so that no respondent's own number is written."""
    values = [
        float(text)
        for text, n in zip(found.texts, found.counts, strict=True)
        if n and text and text not in asked.missing and not text.startswith(".")
    ]
    top = 10.0 ** max(1, math.ceil(math.log10(max(map(abs, values), default=1.0) + 1)))
    low = -int(top) if min(values, default=0.0) < 0 else 0
    copied = _row(item, asked, f"{low}..{int(top) - 1}", "", "numbers taken as they are; narrow the range")
    if any(value > int(top) - 1 for value in values):
        copied["source_code"] = f"{low}..{int(top)}"
    return [*_missing_rows(item, asked, found), copied | {"code": COPY}]


def _add_answer_rows(
    item: DraftItem,
    group: Group,
    mapped: Mapping[str, Mapped],
    found: Mapping[str, Coded],
    targets: Mapping[float, str],
    reference: Asked,
) -> None:
    shares = _shares(mapped.get(reference.wave), found.get(reference.wave))
    for wave, done in mapped.items():
        asked, counts = group.members[wave], _counts(found[wave])
        if done.shape == "turned":
            done.remark = turned_or_not(done, counts, shares, reference.wave)
        for code, target in done.targets.items():
            note = _note(done, code, targets[target], far=code in far_codes(asked))
            item.rows.append(_row(item, asked, code, asked.answers[code], note) | {"code": f"{target:.15g}"})
        item.rows += _missing_rows(item, asked, found[wave])
        item.undecided += [
            (wave, asked.name, text, n, "the code has no label")
            for text, n in counts.items()
            if n and text and text not in asked.answers and text not in asked.missing
        ]
        item.undecided += [
            (
                wave,
                asked.name,
                code,
                counts.get(code, 0),
                f"{asked.answers[code]!r}: is it an answer? {FAR_AWAY}",
            )
            for code in far_codes(asked)
        ]


def _note(done: Mapped, code: str, target: str, *, far: bool) -> str:
    words = {
        "turned": f"scale turned ({done.remark or 'its labels run the other way'}); ",
        "recoded": "re-coded; ",
    }
    doubt = f"; {FAR_AWAY}" if far else ""
    return f"{words.get(done.shape, '')}{done.why[code]}" + ("" if target else "; no label") + doubt


def _counts(found: Coded) -> dict[str, int]:
    return {text: int(n) for text, n in zip(found.texts, found.counts, strict=True)}


def _shares(done: Mapped | None, found: Coded | None) -> dict[float, float]:
    if done is None or found is None:
        return {}
    counts = _counts(found)
    total = sum(counts.get(code, 0) for code in done.targets)
    return {target: counts.get(code, 0) / total for code, target in done.targets.items()} if total else {}


def _borrowed_rows(
    item: DraftItem, wave: str, asked: Asked, targets: Mapping[float, str], found: Coded
) -> list[dict[str, str]]:
    """Rows of a contact question that is held by the "no contact" answer of another."""
    code_of = {concepts_of(label): f"{target:.15g}" for target, label in targets.items()}
    yes, no = code_of.get((":yes",), ""), code_of.get((":no",), "")
    why = f"read from {asked.name} ({without_numbering(asked.label)}), whose respondents had contact"
    rows = [_row(item, asked, code, label, why) | {"code": yes} for code, label in asked.answers.items()]
    none = no_contact_codes(asked)
    for row in _missing_rows(item, asked, found):
        if row["source_code"] in none:
            row |= {"code": no, "missing": "", "note": f"{PROPOSED}read from {asked.name}: no contact"}
        rows.append(row)
    return rows


def _content(
    group: Group,
    reference: Asked,
    mapped: Mapping[str, Mapped],
    targets: Mapping[float, str],
    opened: Mapping[str, Opened],
    *,
    number: bool,
) -> dict[str, Any]:
    """The item's entry, with labels in the languages of the waves as far as files have them."""
    tongue = {wave: opened[wave].language for wave in group.members}
    label = {"en": without_numbering(reference.label) or reference.name}
    answers = {target: {"en": text or f"code {target:.15g}"} for target, text in targets.items()}
    for wave, asked in group.members.items():
        language = tongue[wave]
        if language not in ("mn", "ru"):
            continue
        label[language] = without_numbering(asked.label) or asked.name
        for code, target in mapped[wave].targets.items() if wave in mapped else ():
            answers[target].setdefault(language, asked.answers[code])
    content: dict[str, Any] = {
        "topic": "other",
        "kind": "number" if number else _kind(reference, group),
        "label": label,
    }
    if not number:
        content["answers"] = [
            {"code": _plain(code), "label": words} for code, words in sorted(answers.items())
        ]
        content["reversed"] = any(done.shape == "turned" for done in mapped.values())
    content["note"] = PROPOSED + _why(group, reference, tongue[reference.wave])
    return content


def _plain(code: float) -> float:
    return int(code) if float(code).is_integer() else code


def _kind(asked: Asked, group: Group) -> str:
    """A scale has no mean while an answer of it may be a missing reason."""
    if any(far_codes(each) for each in group.members.values()):
        return "nominal"
    ordered = sum(1 for words in asked.answer_keys if words & SCALE_WORDS)
    return "ordinal" if ordered >= 2 and len(asked.answers) > 2 else "nominal"


def _why(group: Group, reference: Asked, language: str | None) -> str:
    parts = [f"{wave} {each.name}" for wave, each in group.members.items()]
    text = "one question in " + ", ".join(parts)
    weak = [f"{wave} ({score:.2f})" for wave, score in group.scores.items() if score < SURE]
    text += f"; not sure of {', '.join(weak)}" if weak else ""
    near = [f"{name} in {wave}" for wave, name in group.rivals.items()]
    text += f"; as near is {', '.join(near)}" if near else ""
    borrowed = [f"{each.name} in {wave}" for wave, each in group.borrowed.items()]
    text += f"; read from the answers of {', '.join(borrowed)}" if borrowed else ""
    return text + (f"; the label is in {language}, translate it" if language not in (None, "en") else "")


def _name(asked: Asked, language: str | None, taken: set[str]) -> str:
    """A name from the label's words, or from its concepts where it is not English."""
    if language in (None, "en"):
        words = re.findall(r"[a-z0-9]+", folded(without_numbering(asked.label)).replace("'", ""))
        words = [word for word in words if word not in STOP_WORDS and len(word) > 1]
    else:
        words = [word[1:] for word in asked.concepts if word[1:] in CONCEPTS]
    text = "_".join(words[:5]) or re.sub(r"\W+", "_", folded(asked.name))
    text = re.sub(r"[^a-z0-9_]", "", text).strip("_")
    text = text if re.match(r"[a-z]", text) and text not in RESERVED else f"item_{text}".rstrip("_")
    name, at = text, 2
    while name in taken:
        name, at = f"{text}_{at}", at + 1
    taken.add(name)
    return name


def left_out(asked: Asked, opened: Opened) -> str:
    """Say why a variable is no item: text, days, identifiers, weights; ``""`` where it is one."""
    data = opened.data
    variable = data.codebook.variables[asked.name]
    column = data.frame[asked.name]
    if variable.kind not in ("number", "text"):
        return "holds dates or times"
    if variable.kind == "text" and len(asked.answers) < 2:
        return "holds text without labels of codes"
    if asked.name in (opened.card["weight"], opened.card["psu"]) or (
        ":weight" in asked.concepts and not asked.answers
    ):
        return "is a weight or a sampling unit"
    distinct = column.nunique()
    if not asked.answers and distinct > 0.9 * max(len(column), 20):
        return "has another value for nearly every respondent"
    if not column.notna().any():
        return "is empty"
    return ""


def variables_of(opened: Opened, asked: Sequence[Asked]) -> tuple[list[Asked], dict[str, str]]:
    """Split a wave's variables into those to match and those left out, each with the reason."""
    reasons = {each.name: left_out(each, opened) for each in asked}
    return [each for each in asked if not reasons[each.name]], {k: why for k, why in reasons.items() if why}
