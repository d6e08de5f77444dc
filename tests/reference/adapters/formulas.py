"""R's formulas in the package's formula language."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

Data = dict[str, pd.DataFrame]
_NAME = r"[A-Za-z_]\w*(?:\.\w+)*"


def calls(text: str, function: str, replace: Callable[[str], str]) -> str:
    """Put something else in place of each call of a function, from the text between its parentheses."""
    made, at = "", 0
    for found in re.finditer(rf"(?<![\w.]){re.escape(function)}\(", text):
        if found.start() < at:
            continue
        depth, end = 1, found.end()
        while depth:
            depth += {"(": 1, ")": -1}.get(text[end], 0)
            end += 1
        made += text[at : found.start()] + replace(text[found.end() : end - 1].strip())
        at = end
    return made + text[at:]


def in_backticks(text: str) -> str:
    """Names with dots in backticks, but for functions and what stands in quotes."""
    pieces = re.split(r"(\"[^\"]*\"|'[^']*'|`[^`]*`)", text)
    dotted = r"(?<![\w.])(?!contr\.)([A-Za-z_]\w*(?:\.\w+)+)\b(?!\()"
    pieces[::2] = [re.sub(dotted, r"`\1`", piece) for piece in pieces[::2]]
    return "".join(pieces)


def formula_of(text: str, frame: pd.DataFrame | None = None) -> str:
    """A formula of R without its offsets; factors with an order get R's polynomial contrasts."""
    text = calls(text, "offset", lambda _: "")
    text = re.sub(r"\+\s*(?=\+|$)", "", text).strip()
    text = re.sub(r"%in%", ":", text)
    text = calls(text, "relevel", _releveled)
    left, tilde, right = text.rpartition("~")
    for function in ("as.ordered", "ordered", "as.factor", "factor"):
        left = calls(left, function, str)
    for function in ("as.factor", "factor"):
        right = calls(right, function, lambda name: f"C({name})")
    for function in ("as.ordered", "ordered"):
        right = calls(right, function, lambda name: f"C({name}, contr.poly)")
    right = right if frame is None else _ordered(right, frame)
    left, right = (_comparisons(side) for side in (left, right))
    return in_backticks(f"{left}{tilde}{right}")


def offset_of(args: dict[str, Any], key: str = "formula") -> str | None:
    """The offset of a formula, or the one that a case names beside it."""
    found: list[str] = []
    calls(args[key], "offset", lambda inner: found.append(inner) or "")  # type: ignore[func-returns-value]
    text = " + ".join(found) if found else args.get("offset")
    return in_backticks(text) if text else None


def with_numbers(case: dict[str, Any], data: Data, key: str = "formula") -> tuple[str, Data]:
    """The formula and the data with columns in place of `as.numeric(...)`, which formulas here do not have."""
    name = case["data"][0]
    made: dict[str, Any] = {}

    def number(inner: str) -> str:
        series = data[name].get(inner)
        if series is None or not isinstance(series.dtype, pd.CategoricalDtype):
            return f"I({inner})"
        made[f"number_of_{inner.replace('.', '_')}"] = np.where(
            series.isna(), np.nan, series.cat.codes.to_numpy() + 1.0
        )
        return list(made)[-1]

    text = case["args"][key]
    for function in ("as.numeric", "as.integer"):
        text = calls(text, function, number)
    return text, {**data, name: data[name].assign(**made)} if made else data


def with_column(case: dict[str, Any], data: Data, text: str) -> tuple[str, dict[str, Any], Data]:
    """A side of a formula as the name of a column, made first where it is an expression."""
    name = case["data"][0]
    text = re.sub(r"^(?:as\.)?factor\((.*)\)$", r"\1", text)
    if text in data[name].columns:
        return text, case, data
    inner = in_backticks(re.sub(r"^I\((.*)\)$", r"\1", text).replace("^", "**"))
    made = data[name].eval(inner, engine="python")
    return text, case, {**data, name: data[name].assign(**{text: made})}


def _releveled(inner: str) -> str:
    name, level = re.fullmatch(rf"({_NAME}),\s*(?:ref\s*=\s*)?(.+)", inner).groups()  # type: ignore[union-attr]
    return f"C({name}, Treatment({level}))"


def _ordered(right: str, frame: pd.DataFrame) -> str:
    names = [name for name in frame if getattr(frame[name].dtype, "ordered", False)]
    for name in names:
        right = re.sub(rf"(?<![\w.(,]){re.escape(str(name))}\b(?![\w.(])", f"C({name}, contr.poly)", right)
    return right


def _comparisons(side: str) -> str:
    """Comparisons that stand in plain parentheses, or alone, in `I()`."""
    alone = re.fullmatch(r"[^()]*[<>=!]=?[^()]*", side)
    if alone and re.search(r"[<>]|[=!]=", side):
        return f"I({side.strip()})"
    return re.sub(r"(?<![\w.])\(([^()]*(?:[<>]|[=!]=)[^()]*)\)", r"I(\1)", side)
