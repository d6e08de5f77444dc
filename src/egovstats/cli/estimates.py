"""What the commands on estimates share: how an estimate stands in a table or in JSON.

Estimates on too few respondents are withheld here, before any form of the output sees them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from egovstats.report import Shown
    from egovstats.results import Estimates
    from egovstats.waves import Item


def shown_estimates(estimates: Estimates, prefix: str, conf_level: float) -> tuple[Shown, ...]:
    """Estimates as a report may show them: those on too few respondents without their numbers."""
    from egovstats.report import Disclosure, show

    asked = estimates.select(estimates.n > 0)
    return show(asked, prefix=prefix, rule=Disclosure(), conf_level=conf_level)


def estimate_row(shown: Shown, item: Item, lang: str) -> dict[str, Any]:
    """One estimate in full precision; null where too few respondents answered."""
    keys = dict(shown.keys)
    if "answer" in keys:
        keys["answer_label"] = in_words(item, keys["answer"], lang)
    names = ("estimate", "std_error", "conf_low", "conf_high", "margin", "n", "deff")
    numbers = {name: getattr(shown, name).value for name in names}
    return {
        "item": item.name,
        **keys,
        **numbers,
        "status": shown.estimate.status,
        "unit": shown.estimate.unit,
    }


def in_words(item: Item | None, code: Any, lang: str) -> str:
    """Give the words of an answer's code; the code itself where it has none."""
    return _pick(item.labels[code], lang) if item is not None and code in item.labels else str(code)


def title_of(item: Item, lang: str) -> str:
    """Give the short name of an item."""
    return _pick(item.label, lang)


def _pick(words: dict[str, str], lang: str) -> str:
    from egovstats.waves import in_language

    return in_language(words, lang)
