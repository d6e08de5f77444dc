"""Finding the wave files of a report's surveys in a folder that may hold several series."""

from __future__ import annotations

import fnmatch
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from egovstats.errors import ReportError, SourceError
from egovstats.sources import sha256_of
from egovstats.waves import open_series
from egovstats.waves.matching import DATA_ENDINGS

if TYPE_CHECKING:
    from egovstats.report.definition import Definition, Survey
    from egovstats.report.opened import Opened
    from egovstats.waves import SurveySeries, Waves


def read_surveys(
    opened: Opened, data: str | Path | None, *, tell: Callable[[str], None]
) -> tuple[dict[str, SurveySeries], dict[str, Waves]]:
    """Open the series of a report's surveys, and read those whose files are there.

    Parameters
    ----------
    opened : Opened
    data : path, optional
        Folder of wave files, of one series or with a folder for each.
    tell : callable

    Returns
    -------
    tuple
        Series, and waves of those with files, by the survey's id.

    Raises
    ------
    SourceError
        `data` is not a folder.
    ReportError
        A survey that the report needs has no file, or no file fits any survey of the report.
    """
    definition = opened.definition
    series = {survey.id: open_series(opened.study(survey.series)) for survey in definition.surveys}
    folder = None if data is None else Path(data)
    if folder is not None and not folder.is_dir():
        raise SourceError(
            f"there is no folder {folder.name!r}, so no wave file can be read. "
            "Pass the folder that holds the files."
        )
    waves: dict[str, Waves] = {}
    for survey in definition.surveys:
        found = None if folder is None else find_folder(series[survey.id], folder)
        if found is not None:
            tell(f"reading the waves of {series[survey.id].name}")
            items = [name for group in survey.groups for name in group.items]
            _check_items(survey, series[survey.id], items)
            waves[survey.id] = series[survey.id].read(found)
        elif survey.needed:
            raise ReportError(_needed(definition, survey, series[survey.id], folder))
    if folder is not None and definition.surveys and not waves:
        raise ReportError(_nothing(definition, series, folder))
    return series, waves


def find_folder(series: SurveySeries, folder: Path) -> Path | None:
    """The folder with files of a series: one of its name inside, the folder itself, or another inside it."""
    inside = sorted(each for each in folder.iterdir() if each.is_dir() and not each.name.startswith("."))
    for candidate in dict.fromkeys([folder / series.name, folder, *inside]):
        if candidate.is_dir() and _fits(series, candidate):
            return candidate
    return None


def _fits(series: SurveySeries, folder: Path) -> bool:
    """Whether any file of a folder is one that a card of the series looks for."""
    files = [each for each in folder.iterdir() if each.is_file() and not each.name.startswith(".")]
    patterns = [pattern.lower() for card in series.waves for pattern in card.file.names]
    if any(fnmatch.fnmatchcase(each.name.lower(), pattern) for each in files for pattern in patterns):
        return True
    checksums = {card.file.sha256 for card in series.waves} - {None}
    return bool(checksums) and any(
        sha256_of(each) in checksums for each in files if each.suffix.lower() in DATA_ENDINGS
    )


def _check_items(survey: Survey, series: SurveySeries, items: list[str]) -> None:
    from egovstats.errors import nearest

    for name in items:
        if name not in series.items:
            raise ReportError(
                f"the survey {survey.id!r} of the report names the item {name!r}, which the series "
                f"{series.name!r} does not have. {nearest(name, series.items)}"
            )


def _needed(definition: Definition, survey: Survey, series: SurveySeries, folder: Path | None) -> str:
    where = "no data folder was given" if folder is None else f"none of its files is in {folder.name!r}"
    return (
        f"the report {definition.name!r} needs wave files of {series.name}, and {where}. "
        f"These names are looked for:\n{_expected(series)}\n"
        f"Get the files from the producer{_address(series)}, put them into one folder and pass it: "
        f"egovstats report {definition.name} --data FOLDER, or build_report(..., data=FOLDER)."
    )


def _nothing(definition: Definition, series: dict[str, SurveySeries], folder: Path) -> str:
    names = "\n".join(f"{each.name}:\n{_expected(each)}" for each in series.values())
    return (
        f"no file in {folder.name!r} or in the folders inside it fits a survey of the report "
        f"{definition.name!r}. These names are looked for:\n{names}\n"
        "Pass the folder that holds the files, give them one of these names, or leave --data out."
    )


def _expected(series: SurveySeries) -> str:
    return "\n".join(f"  {card.wave}: {card.expected} ({card.title})" for card in series.waves)


def _address(series: SurveySeries) -> str:
    return f" ({series.about.url})" if series.about.url else ""
