"""What of an item stayed the same between two waves, what changed, and what is not known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from egovstats.waves.card import Card
from egovstats.waves.draft_words import without_numbering
from egovstats.waves.item import ASPECTS, Item
from egovstats.waves.labels import plain_label, same_label

COLUMNS = ("item", "wave_a", "wave_b", "aspect", "status", "detail")
"""Columns of the table of comparability."""

EMPTY = 0.01
"""Share of empty cells from which it is not known who was asked."""

_RANK = {"same": 0, "unknown": 1, "changed": 2}
Verdict = tuple[str, str]


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """An item as one wave asked it.

    Parameters
    ----------
    card : Card
    label : str
        The file's label of the source variable.
    answers : dict
        Labels of the source codes behind each target code.
    order : tuple of float
        Target codes as the file's own codes run; empty where these are no numbers.
    left_out : tuple of str
        Labels of the codes that mean "not applicable" or "not asked".
    empty : float
        Share of respondents whose cell is empty, of whom the file does not say whether they were asked.
    before : str
        The file's label of the variable before.
    """

    card: Card
    label: str
    answers: dict[float, tuple[str, ...]]
    order: tuple[float, ...]
    left_out: tuple[str, ...]
    empty: float
    before: str


def compare_waves(
    items: Mapping[str, Item],
    cards: Sequence[Card],
    log: pd.DataFrame,
    labels: Mapping[tuple[str, str], str],
    before: Mapping[tuple[str, str], str],
) -> pd.DataFrame:
    """Compare every pair of waves that asked an item, aspect by aspect.

    Parameters
    ----------
    items : mapping of Item
    cards : sequence of Card
        In order of time.
    log : pd.DataFrame
        The harmonising log.
    labels, before : mapping
        The file's label of the source variable, and of the variable before it, by wave and item.

    Returns
    -------
    pd.DataFrame
        One row for each item, pair of waves and aspect, with `COLUMNS`. `status` is ``"same"``,
        ``"changed"`` or ``"unknown"``; `detail` says what it rests on. What ``series.yaml`` says in an
        item's `changes` goes before what labels show.
    """
    order = {card.wave: at for at, card in enumerate(cards)}
    by_item = {str(name): rows for name, rows in log.groupby("item", sort=False)}
    rows: list[tuple[str, ...]] = []
    for item in items.values():
        asked = _asked(item, cards, by_item.get(item.name), labels, before)
        for at, first in enumerate(asked):
            for second in asked[at + 1 :]:
                rows += _pair(item, first, second, order)
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _asked(
    item: Item,
    cards: Sequence[Card],
    log: pd.DataFrame | None,
    labels: Mapping[tuple[str, str], str],
    before: Mapping[tuple[str, str], str],
) -> list[Asked]:
    """The waves that put the question to somebody."""
    found: list[Asked] = []
    if log is None:
        return found
    for card in cards:
        rows = log[log["wave"] == card.wave]
        if not ((rows["missing"] != "not_asked") & (rows["n"] > 0)).any():
            continue
        answered = rows[rows["missing"] == ""]
        answers: dict[float, tuple[str, ...]] = {}
        for target, label in zip(answered["target"], answered["source_label"], strict=True):
            if target == target:  # a copied number has no target code
                answers[target] = (*answers.get(target, ()), label)
        left_out = tuple(rows.loc[rows["missing"].isin(("not_applicable", "not_asked")), "source_label"])
        empty = rows.loc[rows["missing"] == "system", "n"].sum() / rows["n"].sum()
        key = (card.wave, item.name)
        label, near = labels.get(key, ""), before.get(key, "")
        found.append(Asked(card, label, answers, _run(answered), left_out, float(empty), near))
    return found


def _run(answered: pd.DataFrame) -> tuple[float, ...]:
    """Target codes in the order of the source codes, each once."""
    codes = pd.to_numeric(answered["source_code"], errors="coerce")
    if codes.isna().any() or answered["target"].isna().any():
        return ()
    return tuple(dict.fromkeys(answered["target"].loc[codes.sort_values().index]))


def _pair(item: Item, first: Asked, second: Asked, order: Mapping[str, int]) -> list[tuple[str, ...]]:
    seen = {
        "wording": _wording(first, second),
        "scale": _scale(item, first, second),
        "categories": _categories(item, first, second),
        "order": _order(item, first, second),
        "mode": _mode(first.card, second.card),
        "coverage": _coverage(first.card, second.card),
        "base": _base(first, second),
        "weights": _weights(first.card, second.card),
    }
    rows: list[tuple[str, ...]] = []
    for aspect in ASPECTS:
        status, detail = _recorded(item, aspect, first, second, order) or seen[aspect]
        rows.append((item.name, first.card.wave, second.card.wave, aspect, status, detail))
    return rows


def _recorded(
    item: Item, aspect: str, first: Asked, second: Asked, order: Mapping[str, int]
) -> Verdict | None:
    """What the item's `changes` say of the waves after the first, up to the second."""
    start, end = order[first.card.wave], order[second.card.wave]
    said = [
        change
        for change in item.changes
        if change.aspect == aspect and start < order.get(change.wave, -1) <= end
    ]
    if not said:
        return None
    worst = max((change.status for change in said), key=lambda status: _RANK[status])
    return worst, " ".join(change.detail["en"] for change in said if change.status == worst)


def _wording(first: Asked, second: Asked) -> Verdict:
    one, two = (without_numbering(each.label) for each in (first, second))
    if not one or not two:
        return "unknown", "a file has no label for the question"
    if same_label(one, two):
        return "same", f"both files label the question {two!r}"
    return "unknown", f"the files label the question {one!r} and {two!r}"


def _scale(item: Item, first: Asked, second: Asked) -> Verdict:
    if item.kind == "number":
        return "same", f"a number ({item.unit or 'own unit'}) in both"
    one, two = set(first.answers), set(second.answers)
    if one == two:
        return "same", f"{len(one)} answers in both"
    texts = []
    for wave, only in ((first.card.wave, one - two), (second.card.wave, two - one)):
        if only:
            names = ", ".join(repr(item.labels[code]["en"]) for code in item.codes if code in only)
            texts.append(f"{names} only in {wave}")
    return "changed", "; ".join(texts)


def _categories(item: Item, first: Asked, second: Asked) -> Verdict:
    if item.kind == "number":
        return "same", "a number has no categories"
    merged, worded = [], []
    for code in item.codes:
        one, two = first.answers.get(code, ()), second.answers.get(code, ())
        name = item.labels[code]["en"]
        if len(one) != len(two):
            here, there = (f"{_count(n)} in {w.card.wave}" for n, w in ((one, first), (two, second)))
            merged.append(f"{name!r} stands for {here} and {there}")
        elif {plain_label(each) for each in one} != {plain_label(each) for each in two}:
            worded.append(f"{name!r} is {_listed(one)} and {_listed(two)}")
    if merged:
        return "changed", "; ".join(merged)
    if not worded:
        return "same", "the files label the answers alike"
    languages = (first.card.label_language, second.card.label_language)
    if all(languages) and languages[0] != languages[1]:
        return "unknown", f"the files label the answers in two languages ({languages[0]}, {languages[1]})"
    return "unknown", "; ".join(worded)


def _order(item: Item, first: Asked, second: Asked) -> Verdict:
    """The order of the answers by their codes, then what stands before the question in the files."""
    both = set(first.order) & set(second.order)
    one, two = ([code for code in each.order if code in both] for each in (first, second))
    if one != two:
        how = "the other way" if one == two[::-1] else "in another order"
        return "changed", f"the codes of the answers run {how} in one of the files"
    if item.kind != "number" and len(both) < 2:
        return "unknown", "the order of the answers cannot be seen from their codes"
    before, after = (without_numbering(each.before) for each in (first, second))
    if not before or not after:
        return "unknown", "a file does not show what stood before the question"
    if same_label(before, after):
        return "same", f"the answers run alike, and {after!r} stands before the question in both files"
    return "unknown", f"before the question stand {before!r} and {after!r}"


def _count(labels: tuple[str, ...]) -> str:
    return "1 source answer" if len(labels) == 1 else f"{len(labels)} source answers"


def _listed(labels: tuple[str, ...]) -> str:
    return ", ".join(map(repr, labels)) or "without a label"


def _mode(first: Card, second: Card) -> Verdict:
    return _plain("the mode", first.mode, second.mode)


def _coverage(first: Card, second: Card) -> Verdict:
    if first.population != second.population and first.population and second.population:
        return "changed", f"{first.population}; {second.population}"
    if first.areas is None or second.areas is None:
        return "unknown", "the places covered are not known for both waves"
    one, two = ({area.casefold() for area in card.areas or ()} for card in (first, second))
    if one == two:
        return "same", f"the same {len(one)} places" if len(
            one
        ) > 1 else f"{(second.areas or ('',))[0]} in both"
    both = len(one & two)
    return "changed", f"{len(one)} places and {len(two)}, of which {both} in both"


def _base(first: Asked, second: Asked) -> Verdict:
    one, two = ({plain_label(each) for each in asked.left_out} for asked in (first, second))
    if one == two and max(first.empty, second.empty) > EMPTY:
        most = max((first, second), key=lambda asked: asked.empty)
        share = f"{100 * most.empty:.0f} % of respondents"
        return "unknown", f"{share} in {most.card.wave} have an empty cell, and may not have been asked"
    if one == two:
        left = f"those who answered {_listed(second.left_out)} are left out" if two else "nobody is left out"
        return "same", f"{left} in both"
    if not one or not two:
        with_, without = (second, first) if two else (first, second)
        return (
            "changed",
            f"{_listed(with_.left_out)} is left out in {with_.card.wave}, nobody in {without.card.wave}",
        )
    return "unknown", f"left out are {_listed(first.left_out)} and {_listed(second.left_out)}"


def _weights(first: Card, second: Card) -> Verdict:
    if (first.weight is None) != (second.weight is None):
        weighted = first if first.weight is not None else second
        return "changed", f"only {weighted.wave} is weighted"
    if first.weight is None:
        return "same", "neither wave is weighted"
    return _plain("how the weights were made", first.weighting, second.weighting)


def _plain(what: str, one: str | None, two: str | None) -> Verdict:
    if not one or not two:
        return "unknown", f"{what} is not known for both waves"
    if same_label(one, two):
        return "same", two
    return "changed", f"{one}; {two}"
