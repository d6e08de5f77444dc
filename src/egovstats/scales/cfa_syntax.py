"""A confirmatory model in words: which items measure which factor."""

from __future__ import annotations

import re
from dataclasses import dataclass

from egovstats.errors import EstimateError

_NAME = re.compile(r"[^\W\d]\w*")


@dataclass(frozen=True, slots=True)
class Measures:
    """What a model says.

    Parameters
    ----------
    factors : dict of str to list of str
        Items of each factor, the marker first.
    pairs : list of tuple of str
        Residuals of items that may correlate.
    """

    factors: dict[str, list[str]]
    pairs: list[tuple[str, str]]

    @property
    def items(self) -> list[str]:
        """All items, in the order in which they appear."""
        return list(dict.fromkeys(item for items in self.factors.values() for item in items))


def parse_model(text: str) -> Measures:
    """Read ``"trust =~ q1 + q2 + q3; q1 ~~ q2"``: lines or semicolons apart.

    Raises
    ------
    EstimateError
        A line that cannot be read, a factor with one item, a name that is factor and item, a pair that is
        not of items.
    """
    factors: dict[str, list[str]] = {}
    pairs: list[tuple[str, str]] = []
    lines = [line.split("#")[0].strip() for line in re.split(r"[;\n]", text)]
    for line in filter(None, lines):
        if "=~" in line:
            name, _, right = (part.strip() for part in line.partition("=~"))
            items = [each.strip() for each in right.split("+")]
            _check_names([name, *items], line)
            if name in factors:
                raise EstimateError(f"the factor {name!r} is described twice. Put all its items on one line.")
            factors[name] = items
        elif "~~" in line:
            pair = [part.strip() for part in line.split("~~")]
            _check_names(pair, line)
            if len(pair) != 2 or pair[0] == pair[1]:
                raise EstimateError(f"the line {line!r} must pair two items, as in 'q1 ~~ q2'.")
            pairs.append((pair[0], pair[1]))
        else:
            raise EstimateError(
                f"the line {line!r} says neither 'factor =~ item + item' nor 'item ~~ item'. "
                "Write one of them."
            )
    found = Measures(factors, pairs)
    _check(found)
    return found


def _check_names(names: list[str], line: str) -> None:
    wrong = [name for name in names if not _NAME.fullmatch(name)]
    if wrong:
        raise EstimateError(f"{wrong[0]!r} in {line!r} is no name of a factor or item. Check the line.")


def _check(found: Measures) -> None:
    if not found.factors:
        raise EstimateError("the model has no factor. Write 'factor =~ item + item + item'.")
    for name, items in found.factors.items():
        if len(items) < 2 or len(set(items)) < len(items):
            raise EstimateError(f"the factor {name!r} needs two or more different items, got {items}.")
    both = [name for name in found.factors if name in found.items]
    if both:
        raise EstimateError(f"{both[0]!r} is a factor and an item. Give the factor another name.")
    for pair in found.pairs:
        strange = [each for each in pair if each not in found.items]
        if strange:
            raise EstimateError(f"{strange[0]!r} is paired but is no item of the model. Leave the line out.")
