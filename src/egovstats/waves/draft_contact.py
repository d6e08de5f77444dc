"""Contact with a service, read from the "no contact" answer of another question where it was not asked.

Some waves ask first whether a service was used and then how it went; others let "no contact" be one
answer of the second question. Then whoever answered the second question had contact.
"""

from __future__ import annotations

from collections.abc import Sequence

from egovstats.waves.draft_asked import Asked
from egovstats.waves.draft_match import Group
from egovstats.waves.glossary import ASKING

CONTACT = frozenset({":contact", ":try"})
YES_NO = frozenset({frozenset({":yes"}), frozenset({":no"})})
ALIKE = 0.6
"""Least share of concepts that two labels must have in common, apart from what is asked of the service."""


def read_from_others(groups: Sequence[Group], waves: Sequence[str]) -> None:
    """Add to each yes-or-no question of contact the variables that hold it in other waves.

    Parameters
    ----------
    groups : sequence of Group
        Changed: `borrowed` gets the variables, by wave.
    waves : sequence of str
        All waves.
    """
    partners = [group for group in groups if any(_has_no_contact(each) for each in group.members.values())]
    for group in groups:
        gone = [wave for wave in waves if wave not in group.members]
        if not gone or not _is_contact(group):
            continue
        scored = [
            (_alike(group, other), len(_useful(other, gone)), -at)
            for at, other in enumerate(partners)
            if other is not group and _useful(other, gone)
        ]
        if scored and max(scored)[0] >= ALIKE:
            group.borrowed = _useful(partners[-max(scored)[2]], gone)


def no_contact_codes(asked: Asked) -> tuple[str, ...]:
    """Codes that say that there was no contact."""
    return tuple(
        code for code, (label, reason) in asked.missing.items() if reason == "not_applicable" and label
    )


def _useful(group: Group, gone: Sequence[str]) -> dict[str, Asked]:
    return {wave: each for wave, each in group.members.items() if wave in gone and _has_no_contact(each)}


def _has_no_contact(asked: Asked) -> bool:
    return bool(no_contact_codes(asked)) and len(asked.answers) > 1


def _is_contact(group: Group) -> bool:
    return any(
        CONTACT & set(each.concepts) and set(each.answer_keys) == YES_NO for each in group.members.values()
    )


def _alike(group: Group, other: Group) -> float:
    """Largest share of common concepts (Dice) between any members, without those of asking."""
    best = 0.0
    for one in group.members.values():
        for two in other.members.values():
            left, right = set(one.concepts) - ASKING, set(two.concepts) - ASKING
            if left and right:
                best = max(best, 2 * len(left & right) / (len(left) + len(right)))
    return best
