"""What a result shows when its name is typed at a prompt or ends a notebook's cell.

A glance for the person at work, six digits a number; documents are the room `report`'s. It reads a
result by what it has (`to_frame`, `notes`, `synthetic`, its fields) and never shows arrays, frames of
respondents or sources at length.
"""

from __future__ import annotations

import html
import textwrap
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
import pandas as pd

MOST_ROWS = 24
WIDTH = 118
SYNTHETIC = "SYNTHETIC: made-up data; nothing real follows from these numbers"
_SYMBOL = {"chi2": "chi-square", "normal": "z"}


def digits(value: float) -> str:
    """A number in six significant digits, whole numbers below ten million in full."""
    return f"{value:.0f}" if float(value).is_integer() and abs(value) < 1e7 else f"{value:.6g}"


def outcome(result: Any) -> str:
    """A test in one line: where, statistic, p-value, effect with its interval."""
    where = ", ".join(str(each) for each in result.keys.values())
    degrees = ", ".join(digits(each) for each in result.df)
    symbol = _SYMBOL.get(result.distribution, result.distribution)
    symbol = "statistic" if symbol == "exact" else symbol
    words = [f"{symbol}({degrees}) = " if degrees else f"{symbol} = ", digits(result.statistic)]
    words.append(f", p = {result.p_value:.3g}")
    if result.p_adjusted is not None and result.adjust != "none":
        words.append(f" ({result.adjust}: {result.p_adjusted:.3g})")
    if result.effect is not None:
        words.append(f"; {effect_line(result.effect)}")
    return f"{where}{': ' if where else ''}{''.join(words)}"


def effect_line(effect: Any) -> str:
    """An effect with its interval and unit."""
    limits = f"[{digits(effect.conf_low)}, {digits(effect.conf_high)}]"
    known = not (np.isnan(effect.conf_low) and np.isnan(effect.conf_high))
    return f"{effect.name} {digits(effect.estimate)}{f' {limits}' if known else ''} {effect.unit}".rstrip()


def as_text(result: Any) -> str:
    """The result for a prompt; classes of results take it as their `__repr__`."""
    lines = [f"{type(result).__name__}{_about(result)}"]
    lines += [SYNTHETIC] * bool(getattr(result, "synthetic", False))
    frame = _frame(result)
    if frame is not None:
        lines.append(
            frame.to_string(index=_named(frame), max_rows=MOST_ROWS, line_width=WIDTH, float_format=digits)
        )
    for fact in _facts(result):
        lines.append(textwrap.fill(fact, WIDTH, initial_indent="  ", subsequent_indent="      "))
    return "\n".join(lines)


def as_html(result: Any) -> str:
    """The same for a notebook; classes of results take it as their `_repr_html_`."""
    frame = _frame(result)
    parts = [f"<p><b>{html.escape(type(result).__name__ + _about(result))}</b></p>"]
    if getattr(result, "synthetic", False):
        parts.append(f"<p><b>{html.escape(SYNTHETIC)}</b></p>")
    if frame is not None:
        parts.append(frame.to_html(index=_named(frame), max_rows=MOST_ROWS, float_format=digits, border=0))
    parts += [f"<p>{html.escape(each)}</p>" for each in _facts(result)]
    return "\n".join(parts)


def _about(result: Any) -> str:
    """What stands behind the name of its class."""
    if hasattr(result, "null"):
        return f": {result.test}"
    words = [getattr(result, name, None) for name in ("item", "statistic", "unit", "formula", "method")]
    told = ", ".join(dict.fromkeys(str(word) for word in words if word))
    return f": {told}" if told else ""


def _frame(result: Any) -> pd.DataFrame | None:
    """The table of a result; not where it would only list the tests again that stand below it as lines."""
    if hasattr(result, "null") or (hasattr(result, "reason") and result.reason):
        return None
    told = any(_tests(result))
    made = result.estimates if told and hasattr(result, "estimates") else result
    table = getattr(made, "to_frame", None)
    frame = None if table is None else table()
    return None if frame is None or (told and made is result and "p_value" in frame) else frame


def _named(frame: pd.DataFrame) -> bool:
    """Whether the rows of a table have names."""
    return not isinstance(frame.index, pd.RangeIndex)


def _facts(result: Any) -> Iterator[str]:
    """Lines below the table."""
    if hasattr(result, "null"):
        yield f"null: {result.null}"
        yield outcome(result)
        yield from (effect_line(effect) for effect in result.others)
    yield from _tests(result)
    count = getattr(result, "n", None)
    if isinstance(count, (int, float)) and not np.isnan(count):
        yield f"n = {digits(count)}"
    if getattr(result, "reason", ""):
        yield f"not answered: {result.reason}"
    yield from (f"note: {each}" for each in getattr(result, "notes", ()))


def _tests(result: Any) -> Iterator[str]:
    """The tests and effects that a result holds, a line each."""
    if hasattr(result, "null"):
        return
    for field in fields(result) if is_dataclass(result) else ():
        value = getattr(result, field.name)
        for each in value if isinstance(value, (tuple, list)) else [value]:
            if hasattr(each, "null") and hasattr(each, "p_value"):
                yield f"{field.name}: {each.test}; {outcome(each)}"
            elif hasattr(each, "conf_low") and hasattr(each, "unit") and hasattr(each, "name"):
                yield f"{field.name}: {effect_line(each)}"
