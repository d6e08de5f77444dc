"""What a variable says in one language."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_TAG = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")


@dataclass(frozen=True)
class Wording:
    """What a variable says in one more language.

    Parameters
    ----------
    label : str
    question : str
        The question as it was asked.
    values : dict
        Code to label.
    tagged_missing : dict
        Tag to label.
    """

    label: str = ""
    question: str = ""
    values: dict[int | float | str, str] = field(default_factory=dict)
    tagged_missing: dict[str, str] = field(default_factory=dict)


def is_language(tag: str) -> bool:
    """Whether a text is formed as a language tag.

    Examples
    --------
    >>> is_language("fr-TN"), is_language("my language")
    (True, False)
    """
    return _TAG.fullmatch(tag) is not None
