"""Names of what is made from several answers or items, as they stand in keys, tables and reports."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

_WORDS = (" or ", " minus ")


def joined(answers: Sequence[Any]) -> Any:
    """Several answers as one: ``"2 or 3"``; one answer stays what it is.

    Examples
    --------
    >>> joined([2, 3]), joined(["a lot", "somewhat"]), joined([4])
    ('2 or 3', 'a lot or somewhat', 4)
    """
    return answers[0] if len(answers) == 1 else " or ".join(map(_plain, answers))


def less(first: Any, second: Any) -> str:
    """One thing less another: ``"2 or 3 minus 0 or 1"``, in which minus parts the two sides.

    Examples
    --------
    >>> less(joined([2, 3]), joined([0, 1])), less("trust", "mood")
    ('2 or 3 minus 0 or 1', 'trust minus mood')
    """
    return f"{first} minus {second}"


def _plain(answer: Any) -> str:
    """An answer in words, in quotes where it holds one of the words that join."""
    said = str(answer)
    return repr(said) if any(word in said for word in _WORDS) else said
