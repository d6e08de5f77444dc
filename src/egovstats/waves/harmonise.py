"""One wave file into the series' items: every code through a rule, every respondent accounted for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from egovstats.microdata import Microdata
from egovstats.waves import complaints
from egovstats.waves.aliases import spelled_out
from egovstats.waves.card import Card
from egovstats.waves.codes import Coded, as_written, coded, labels_by_text, rule_of_each, unfit_codes
from egovstats.waves.crosswalk import Crosswalk, Rule
from egovstats.waves.faults import Fault
from egovstats.waves.item import Item
from egovstats.waves.labels import same_label
from egovstats.waves.words import MISSING_REASONS

LOG_COLUMNS = (
    "wave",
    "item",
    "source_variable",
    "source_code",
    "source_label",
    "target",
    "missing",
    "n",
)
"""Columns of the log: one row a crosswalk row, with the respondents it took.

A range of codes is one row, so that no respondent's own number is shown. `target` is NaN for a missing
reason, and for numbers that were copied, where `missing` is empty.
"""

REASONS = pd.CategoricalDtype(["", *MISSING_REASONS])
"""Type of the columns of missing reasons; ``""`` where there is an answer."""


@dataclass(slots=True, eq=False)
class Harmonised:
    """One wave's items.

    Parameters
    ----------
    values : dict of np.ndarray, shape (n,)
        Target codes by item; NaN where missing.
    missing : dict of pd.Categorical, shape (n,)
        Missing reasons by item.
    log : list of tuple
        Rows of `LOG_COLUMNS`.
    labels, before : dict of str
        The file's label of each item's source variable, and of the question that stands before it.
    faults : list of Fault
    notes : list of str
    """

    values: dict[str, np.ndarray] = field(default_factory=dict)
    missing: dict[str, pd.Categorical] = field(default_factory=dict)
    log: list[tuple[object, ...]] = field(default_factory=list)
    labels: dict[str, str] = field(default_factory=dict)
    before: dict[str, str] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def harmonise(card: Card, data: Microdata, crosswalk: Crosswalk, items: Sequence[Item]) -> Harmonised:
    """Map the codes of a wave file to the items of the series.

    Parameters
    ----------
    card : Card
    data : Microdata
        The wave's file.
    crosswalk : Crosswalk
    items : sequence of Item

    Returns
    -------
    Harmonised
        With faults instead of values for items that cannot be mapped whole.
    """
    done = Harmonised()
    unlabelled = 0
    for item in items:
        rules: Sequence[Rule] = crosswalk.of(card.wave, item.name)
        if not rules:
            _not_asked(done, card, item, len(data.frame))
            continue
        if rules[0].variable not in data.frame.columns:
            place = complaints.place_of(card, data.source.file)
            done.faults.append(complaints.missing_item_column(place, item, rules, data.codebook))
            continue
        unlabelled += _map(done, card, data, item, rules, crosswalk.tables)
    if unlabelled:
        done.notes.append(
            f"{unlabelled} codes that the crosswalk names have no label in the file, so their meaning is "
            "taken from the crosswalk alone."
        )
    return done


def _not_asked(done: Harmonised, card: Card, item: Item, n: int) -> None:
    done.values[item.name] = np.full(n, np.nan)
    done.missing[item.name] = pd.Categorical.from_codes(
        np.full(n, 1 + MISSING_REASONS.index("not_asked")), dtype=REASONS
    )
    done.log.append((card.wave, item.name, "", "", "", np.nan, "not_asked", n))


def _map(
    done: Harmonised,
    card: Card,
    data: Microdata,
    item: Item,
    rules: Sequence[Rule],
    tables: Mapping[str, Mapping[str, float]],
) -> int:
    """Map one item; the number of codes that the crosswalk labels and the file does not."""
    place = complaints.place_of(card, data.source.file)
    first = rules[0]
    source = data.codebook.variables[first.variable]
    labels = labels_by_text({**source.values, **source.tagged_missing})
    found = coded(data.frame[first.variable], data.tags.get(first.variable))
    rules = spelled_out(rules, tables, found, labels_by_text(source.values)) if tables else rules
    each = rule_of_each(found, rules)
    faults, unlabelled = _label_faults(place, rules, found, labels)
    faults += [complaints.unfit_code(place, rule, why) for rule, why in unfit_codes(found, rules)]
    faults += [
        complaints.unmapped_code(place, item, first, text, labels.get(text, ""), int(count))
        for text, count, rule in zip(found.texts, found.counts, each, strict=True)
        if rule is None and count
    ]
    done.faults += faults
    done.labels[item.name] = source.label
    done.before[item.name] = _label_before(data, first.variable)
    if not faults:
        rule_of = [rule or first for rule in each]  # codes without a rule have no respondents here
        done.values[item.name], done.missing[item.name] = _apply(found, rule_of)
        done.log += _log(card, item, rules, found, each, labels)
    return unlabelled


def _label_before(data: Microdata, variable: str) -> str:
    """Label of the variable before in the file, a sign of what was asked before; empty without one."""
    names = list(data.codebook.variables)
    at = names.index(variable)
    return data.codebook.variables[names[at - 1]].label if at else ""


def _label_faults(
    place: str, rules: Sequence[Rule], found: Coded, labels: dict[str, str]
) -> tuple[list[Fault], int]:
    """Codes whose label in the file says something else, and how many have lost theirs."""
    counts = dict(zip(found.texts, found.counts, strict=True))
    faults, unlabelled = [], 0
    for rule in rules:
        text = as_written(rule.source_code, numeric=found.numeric)
        if not rule.source_label or rule.bounds is not None:
            continue
        label = labels.get(text, "")
        if not label:
            unlabelled += 1
        elif not same_label(label, rule.source_label) and not complaints.accepts(rule, label):
            faults.append(complaints.changed_label(place, rule, label, int(counts.get(text, 0))))
    return faults, unlabelled


def _apply(found: Coded, each: Sequence[Rule]) -> tuple[np.ndarray, pd.Categorical]:
    """Target codes and missing reasons, shape (n,) each."""
    target = np.array(
        [
            float(text) if rule.copies and text else np.nan if rule.target is None else float(rule.target)
            for text, rule in zip(found.texts, each, strict=True)
        ]
    )
    reason = np.array([1 + MISSING_REASONS.index(rule.missing) if rule.missing else 0 for rule in each])
    return target[found.index], pd.Categorical.from_codes(reason[found.index], dtype=REASONS)


def _log(
    card: Card,
    item: Item,
    rules: Sequence[Rule],
    found: Coded,
    each: Sequence[Rule | None],
    labels: dict[str, str],
) -> list[tuple[object, ...]]:
    """One row a rule, with the respondents it took; a range is one row.

    Raises
    ------
    AssertionError
        The counts do not add up to the respondents of the file: the mapping itself is wrong.
    """
    taken = {id(rule): 0 for rule in rules}
    for count, rule in zip(found.counts, each, strict=True):
        if rule is not None:
            taken[id(rule)] += int(count)
    rows: list[tuple[object, ...]] = []
    for rule in rules:
        label = labels.get(as_written(rule.source_code, numeric=found.numeric), rule.source_label)
        target = np.nan if rule.target is None else float(rule.target)
        rows.append(
            (
                card.wave,
                item.name,
                rule.variable,
                rule.source_code,
                label,
                target,
                rule.missing,
                taken[id(rule)],
            )
        )
    counted, there = sum(taken.values()), len(found.index)
    if counted != there:
        raise AssertionError(f"{item.name} in {card.wave}: {counted} respondents mapped of {there}")
    return rows
