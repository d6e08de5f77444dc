"""A draft of a survey series from its files: cards, items and crosswalk, every part marked as proposed."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from ruamel.yaml import YAML

from egovstats.errors import SourceError, WaveError
from egovstats.microdata import read_microdata
from egovstats.sources import write_whole
from egovstats.waves.crosswalk_write import write_crosswalk
from egovstats.waves.draft_asked import Asked, alike_words, asked_of
from egovstats.waves.draft_cards import PROPOSED, Opened, draft_card, wave_ids
from egovstats.waves.draft_contact import read_from_others
from egovstats.waves.draft_items import DraftItem, draft_item, variables_of
from egovstats.waves.draft_match import Group, match_variables
from egovstats.waves.draft_report import report_of

MATCHES = ("item", "wave", "source_variable", "source_label", "score", "sure", "rival", "how")
ALONE = ("wave", "source_variable", "source_label", "near")
UNDECIDED = ("item", "wave", "source_variable", "source_code", "n", "reason")
LEFT_OUT = ("wave", "source_variable", "reason")


@dataclass(frozen=True, slots=True, eq=False)
class Draft:
    """What was drafted, and what was not.

    Parameters
    ----------
    folder : Path
        Holds ``series.yaml``, ``waves/*.yaml``, the crosswalk and ``draft.md``.
    matches : pd.DataFrame
        A row for each item and wave: its variable, the score (0-1) of the match, whether it is sure, a
        variable that came as near, and how it was found (``"label"`` or ``"another question"``).
    alone : pd.DataFrame
        Variables that have no counterpart in another wave; they are no items unless `single` was asked for.
        `near` names variables of earlier waves that fit alike, so that none was taken.
    undecided : pd.DataFrame
        Codes and variables for which no row is proposed, and codes that may be no answers: somebody has to
        decide.
    left_out : pd.DataFrame
        Variables that are no items, each with the reason.
    """

    folder: Path
    matches: pd.DataFrame
    alone: pd.DataFrame
    undecided: pd.DataFrame
    left_out: pd.DataFrame

    def __repr__(self) -> str:
        items, unsure = self.matches["item"].nunique(), int((~self.matches["sure"]).sum())
        counts = f"{items} items; {unsure} matches not sure, {len(self.alone)} alone"
        return f"<Draft in {self.folder.name}: {counts}>"


def draft_survey(
    folder: str | Path,
    files: Iterable[str | Path],
    *,
    single: bool = False,
    excel: bool = False,
    force: bool = False,
) -> Draft:
    """Draft the series, cards and crosswalk of a survey from its files.

    Items are matched across the waves by label, answers, name and place in the file, also between
    languages as far as the glossary goes. Nothing is taken as settled: each row, item and assumption begins
    with ``proposed:``, and reading the series is an error until somebody has accepted them
    (`accept_proposals`).

    Parameters
    ----------
    folder : path
        Where the study is written; its name becomes the series' name.
    files : iterable of path
        One file a wave, oldest first where neither names nor interview days tell.
    single : bool
        Draft items of variables that only one wave has, too. With one file it is always so.
    excel : bool
        Write the crosswalk as an Excel sheet, ``crosswalk.xlsx``, instead of a CSV file.
    force : bool
        Replace study files that are there already.

    Returns
    -------
    Draft

    Raises
    ------
    MissingExtraError
        rapidfuzz is not installed (extra ``harmonise``), or xlsxwriter for an Excel sheet (``xlsx``).
    SourceError
        A file cannot be read, or the folder holds a study already.
    WaveError
        There is no file, the same file twice, or nothing that could be an item.
    """
    alike_words()
    target, paths = Path(folder), [Path(each) for each in files]
    _check(target, paths, force=force)
    opened = _open(paths)
    single = single or len(opened) == 1
    asked: list[list[Asked]] = []
    out: list[tuple[str, str, str]] = []
    for wave, each in opened.items():
        names = [name for name in each.data.codebook.variables if name in each.data.frame.columns]
        seen = [asked_of(wave, name, each.data.codebook, at) for at, name in enumerate(names)]
        wanted, reasons = variables_of(each, seen)
        asked.append(wanted)
        out += [(wave, name, why) for name, why in reasons.items()]
    groups = match_variables(asked)
    read_from_others(groups, list(opened))
    items, alone = _items(groups, opened, out, single=single)
    if not items:
        raise WaveError(
            f"no item can be drafted from {len(paths)} files: no question has a counterpart in another wave. "
            "Pass single=True (--single) to draft what one wave alone has."
        )
    draft = _tables(target, groups, items, alone, out)
    _write(target, opened, [item for _, item in items], draft, excel=excel)
    return draft


def _check(folder: Path, paths: Sequence[Path], *, force: bool) -> None:
    if not paths:
        raise WaveError("no file is named, so there is nothing to draft from. Name one file for each wave.")
    twice = sorted({path.name for path in paths if paths.count(path) > 1})
    if twice:
        raise WaveError(f"the file {twice[0]!r} is named twice. Name one file for each wave.")
    written = [folder / name for name in ("series.yaml", "crosswalk.csv", "crosswalk.xlsx", "draft.md")]
    there = [path.name for path in written if path.exists()]
    ours = {path.resolve() for path in written} & {path.resolve() for path in paths}
    if ours:
        raise SourceError(
            f"{min(ours).name!r} is one of the wave files, and the study would be written over it. Name "
            "another folder."
        )
    if there and not force:
        raise SourceError(
            f"{folder.name!r} holds a study already ({', '.join(there)}). "
            "Name another folder, or pass force=True (--force) to replace it."
        )
    if re.search(r"[\s|]", folder.name) or not folder.name:
        raise WaveError(
            f"the folder's name becomes the name of the series, and {folder.name!r} has spaces in it. "
            "Name a folder such as 'my-survey'."
        )


def _open(paths: Sequence[Path]) -> dict[str, Opened]:
    """Read the files; waves in order of their year and first day."""
    ids = wave_ids(paths)
    found = [draft_card(wave, path, read_microdata(path)) for wave, path in zip(ids, paths, strict=True)]
    found.sort(key=lambda each: (each.card["year"], str(each.card["field"]["start"] or "")))
    return {each.wave: each for each in found}


def _items(
    groups: Sequence[Group], opened: dict[str, Opened], out: list[tuple[str, str, str]], *, single: bool
) -> tuple[list[tuple[Group, DraftItem]], list[tuple[str, ...]]]:
    items: list[tuple[Group, DraftItem]] = []
    alone: list[tuple[str, ...]] = []
    taken: set[str] = set()
    for group in groups:
        members = list(group.members.values())
        if len(members) + len(group.borrowed) == 1:
            near = ", ".join(group.near)
            alone += [(each.wave, each.name, each.label, near) for each in members]
            if not single:
                continue
        made = draft_item(group, opened, taken)
        if isinstance(made, str):
            out += [(each.wave, each.name, made) for each in members]
        elif made.rows:
            items.append((group, made))
    return items, alone


def _tables(
    folder: Path,
    groups: Sequence[Group],
    items: Sequence[tuple[Group, DraftItem]],
    alone: Sequence[tuple[str, ...]],
    out: Sequence[tuple[str, str, str]],
) -> Draft:
    matches: list[tuple[Any, ...]] = []
    undecided: list[tuple[Any, ...]] = []
    for group, item in items:
        name, used = item.content["name"], {row["wave"] for row in item.rows}
        for wave, each in group.members.items():
            if wave in used:
                score, rival = group.scores[wave], group.rivals.get(wave, "")
                matches.append((name, wave, each.name, each.label, score, group.sure(wave), rival, "label"))
        for wave, each in group.borrowed.items():
            matches.append((name, wave, each.name, each.label, float("nan"), False, "", "another question"))
        undecided += [(name, *each) for each in item.undecided]
    return Draft(
        folder,
        pd.DataFrame(matches, columns=list(MATCHES)),
        pd.DataFrame(alone, columns=list(ALONE)),
        pd.DataFrame(undecided, columns=list(UNDECIDED)),
        pd.DataFrame(out, columns=list(LEFT_OUT)),
    )


def _write(
    folder: Path, opened: dict[str, Opened], items: Sequence[DraftItem], draft: Draft, *, excel: bool
) -> None:
    """Write the study; the crosswalk last, without which no series opens."""
    for wave, each in opened.items():
        write_whole(folder / "waves" / f"{wave}.yaml", _yaml(each.card, CARD_HEAD))
    about = {
        "name": folder.name,
        "title": folder.name,
        "population": f"{PROPOSED}adults; the files do not say who the waves represent",
        "items": [item.content for item in items],
    }
    write_whole(folder / "series.yaml", _yaml(about, SERIES_HEAD))
    write_whole(folder / "draft.md", report_of(draft))
    write_crosswalk(folder, [row for item in items for row in item.rows], excel=excel)


SERIES_HEAD = """\
# A draft. Every note that begins with "proposed:" waits for somebody to look at it; draft.md says where to
# look first. Accept with: egovstats new accept FOLDER --item NAME, or take "proposed:" out by hand.
"""
CARD_HEAD = """\
# A draft. Fill in what the file does not say: mode, areas, n as published, strata, licence, sources.
"""


def _yaml(content: dict[str, Any], head: str) -> str:
    yaml = YAML()
    yaml.width, yaml.allow_unicode, yaml.default_flow_style = 4096, True, False
    text = io.StringIO()
    yaml.dump(content, text)
    return head + text.getvalue()
