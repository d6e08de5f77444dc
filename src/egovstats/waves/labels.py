"""Labels compared by what they say, not how they are typed."""

from __future__ import annotations

import unicodedata


def same_label(left: str, right: str) -> bool:
    """Whether two labels say the same, apart from case, space and punctuation.

    Signs that carry meaning (``<``, ``+``, currency) are compared.

    Examples
    --------
    >>> same_label("Don't know", "DON’T  KNOW.")
    True
    >>> same_label("Not at all", "A lot")
    False
    >>> same_label("< 18", "> 18")
    False
    """
    return plain_label(left) == plain_label(right)


def plain_label(label: str) -> str:
    """Letters, digits and meaningful signs of a label, in lower case, without the rest."""
    text = unicodedata.normalize("NFKC", label).casefold()
    return "".join(
        mark for mark in text if mark.isalnum() or unicodedata.category(mark) in ("Sm", "Sc", "Mn")
    )
