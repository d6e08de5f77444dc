"""What a draft tells whoever has to accept it: where to look first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from egovstats.waves.draft import Draft

MOST = 400


def report_of(draft: Draft) -> str:
    """Write ``draft.md``: matches not sure, codes to decide, what was not found, what was left out."""
    matches = draft.matches
    unsure = matches[~matches["sure"]]
    parts = [
        f"# Draft of {draft.folder.name}",
        f"{matches['item'].nunique()} items are proposed. Of their {len(matches)} variables "
        f"{len(matches) - len(unsure)} are sure, {len(unsure)} to be looked at first. "
        f"{len(draft.alone)} variables have no counterpart in another wave.",
        "Nothing here is settled. A row, item or assumption that begins with `proposed:` keeps the series "
        "from being read. Look at it; then accept it with `egovstats new accept FOLDER --item NAME`, or take "
        "`proposed:` out of its note by hand, or correct it, or take its rows out.",
        _section("Not sure that these are the same question", unsure),
        _section("To decide: codes without a label have no row", draft.undecided),
        _section("Found in one wave only (near: as good a match, so that none was taken)", draft.alone),
        _section("Left out", draft.left_out),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _section(title: str, rows: pd.DataFrame) -> str:
    if rows.empty:
        return f"## {title}\n\nNone."
    head = [str(column) for column in rows.columns]
    lines = [" | ".join(head), " | ".join("---" for _ in head)]
    lines += [" | ".join(_cell(value) for value in row) for row in rows.head(MOST).itertuples(index=False)]
    more = f"\n\nand {len(rows) - MOST} more." if len(rows) > MOST else ""
    return f"## {title}\n\n" + "\n".join(f"| {line} |" for line in lines) + more


def _cell(value: object) -> str:
    text = "" if value != value else str(value)  # NaN: found by another way than likeness
    return " ".join(text.split()).replace("|", "\\|")
