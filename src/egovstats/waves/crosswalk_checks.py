"""Crosswalk rows checked against the items, the cards, and each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from egovstats.errors import nearest
from egovstats.waves.crosswalk import Crosswalk, Rule
from egovstats.waves.faults import Fault
from egovstats.waves.item import Item
from egovstats.waves.labels import same_label


def check_crosswalk(
    crosswalk: Crosswalk, items: Mapping[str, Item], waves: tuple[str, ...], *, name: str = "crosswalk.csv"
) -> list[Fault]:
    """Look for rows that do not fit the items, the waves or each other.

    Parameters
    ----------
    crosswalk : Crosswalk
    items : dict of Item
        By name.
    waves : tuple of str
        Ids of the cards.
    name : str
        How faults name the file.

    Returns
    -------
    list of Fault
        Unknown waves and items, codes that are no answers, the same code twice, overlapping ranges,
        two labels for one code, two variables for one item; each with its line.
    """
    faults = [
        Fault(name, rule.line, what) for rule in crosswalk for what in _reference_faults(rule, items, waves)
    ]
    seen = _Seen()
    return faults + [Fault(name, rule.line, what) for rule in crosswalk for what in seen.contradictions(rule)]


def _reference_faults(rule: Rule, items: Mapping[str, Item], waves: tuple[str, ...]) -> list[str]:
    faults = []
    if rule.wave not in waves:
        faults.append(f"no card has the wave {rule.wave!r}. {nearest(rule.wave, waves)}")
    item = items.get(rule.item)
    if item is None:
        return [*faults, f"series.yaml has no item {rule.item!r}. {nearest(rule.item, items)}"]
    named = rule.source_code.startswith("@")
    if named and not rule.copies:
        faults.append(f"the table {rule.source_code!r} gives the codes, so the column code must hold '='.")
    if rule.copies and item.kind != "number" and not named:
        faults.append(f"only a number can be copied ('='), and {item.name} is {item.kind}. Give a code.")
    if rule.target is not None and item.kind != "number" and rule.target not in item.codes:
        known = ", ".join(f"{code:g}" for code in item.codes)
        faults.append(f"code {rule.target:g} is not among the answers of {item.name} ({known}).")
    return faults


@dataclass(slots=True)
class _Seen:
    """Rows read so far, to find those that a later row contradicts."""

    variables: dict[tuple[str, str], Rule] = field(default_factory=dict)
    codes: dict[tuple[str, str, str], Rule] = field(default_factory=dict)
    labels: dict[tuple[str, str, str], Rule] = field(default_factory=dict)
    ranges: dict[tuple[str, str], list[Rule]] = field(default_factory=dict)

    def contradictions(self, rule: Rule) -> Iterator[str]:
        first = self.variables.setdefault((rule.wave, rule.item), rule)
        if first.variable != rule.variable:
            yield (
                f"{rule.item} comes from {rule.variable!r} here and from {first.variable!r} in line "
                f"{first.line}; in one wave an item has one source variable."
            )
        earlier = self.codes.setdefault((rule.wave, rule.item, rule.source_code), rule)
        if earlier is not rule:
            yield f"the code {rule.source_code!r} of {rule.item} is mapped in line {earlier.line} already."
        yield from self._label(rule)
        yield from self._overlap(rule)

    def _label(self, rule: Rule) -> Iterator[str]:
        if not rule.source_label:
            return
        other = self.labels.setdefault((rule.wave, rule.variable, rule.source_code), rule)
        if not same_label(other.source_label, rule.source_label):
            yield (
                f"the code {rule.source_code!r} of {rule.variable} is labelled {rule.source_label!r} here "
                f"and {other.source_label!r} in line {other.line}."
            )

    def _overlap(self, rule: Rule) -> Iterator[str]:
        bounds = rule.bounds
        if bounds is None:
            return
        earlier = self.ranges.setdefault((rule.wave, rule.item), [])
        for other in earlier:
            ends = other.bounds
            if (
                ends
                and bounds[0] <= ends[1]
                and ends[0] <= bounds[1]
                and other.source_code != rule.source_code
            ):
                yield f"the range {rule.source_code!r} overlaps {other.source_code!r} in line {other.line}."
        earlier.append(rule)
