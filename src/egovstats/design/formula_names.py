"""Formulas as users write them, in the plain words and signs that formulaic reads."""

from __future__ import annotations

import re


def plain_names(formula: str) -> tuple[str, dict[str, str]]:
    """Put plain words where names in backticks (or patsy's `Q`) stand, and say which stands for which.

    Examples
    --------
    >>> plain_names("age + `net income` + `net income`:age")
    ('age + quoted0_ + quoted0_:age', {'quoted0_': 'net income'})
    """
    original: dict[str, str] = {}
    formula = re.sub(r"""\bQ\(\s*(?:'([^']+)'|"([^"]+)")\s*\)""", r"`\1\2`", formula)

    def word(match: re.Match[str]) -> str:
        for known, name in original.items():
            if name == match.group(1):
                return known
        made = f"quoted{len(original)}_"
        original[made] = match.group(1)
        return made

    pieces = re.split(r"""("[^"]*"|'[^']*')""", re.sub(r"`([^`]+)`", word, formula))
    # A power is written ^ in R: Python's own meaning of that sign (bits) is of no use in a model.
    pieces[::2] = [piece.replace("^", "**") for piece in pieces[::2]]
    return "".join(pieces), original
