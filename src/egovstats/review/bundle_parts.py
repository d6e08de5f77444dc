"""What goes into a bundle from the run and from the report's definition, and how each file is described."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import resources
from pathlib import Path, PurePosixPath
from string import Template
from typing import TYPE_CHECKING

from egovstats.errors import ReportError, SourceError
from egovstats.report.build_data import read_surveys
from egovstats.report.opened import CARRIED, Opened, open_definition
from egovstats.review.crate import Absent
from egovstats.review.run import Run
from egovstats.review.synthetic_files import NoStandIn
from egovstats.review.waves_in_bundle import CODEBOOKS, LOGS, SYNTHETIC
from egovstats.sources import sha256_of, shipped

if TYPE_CHECKING:
    from egovstats.waves import SurveySeries, Waves

RUN, DEFINITION = "run", "definition"
"""Folders of a bundle."""

_SERIES = (
    "series.yaml",
    "crosswalk.csv",
    "crosswalk.xlsx",
    "translations.yaml",
    "published.csv",
    "published.xlsx",
)
_STUDY = ("claims.yaml", "figures.csv", "indicators.csv", "indicators.md", "translations.yaml")
_SOURCES = "sources.md"
# Only files of these names are taken from a series or a study: its folder may hold wave files as well.

_WHAT = {
    "results.json": ("Each number of the report once, in full precision, with its origin", "results"),
    "manifest.json": ("Inputs, outputs, versions and choices of the run", "manifest"),
    "claims.csv": ("Verdicts on the claims", "csv"),
    "tables.csv": ("All tables of the report, a row a cell", "csv"),
    "report.yaml": ("Definition of the report", "yaml"),
    "series.yaml": ("Items of a survey series", "yaml"),
    "crosswalk.csv": ("Crosswalk from the codes of the wave files to the items", "csv"),
    "claims.yaml": ("Claims of a publication, and how each is tested", "yaml"),
    "figures.csv": ("Figures in print", "csv"),
    "indicators.csv": ("Published values of indicators", "csv"),
    "README.md": ("What is in the bundle, how to verify it and how to run it", ""),
}


def run_files(run: Run) -> dict[str, bytes]:
    """The run's own files, unchanged since they were written.

    Raises
    ------
    ReportError
        There is no manifest, or a file is missing or another than the manifest says.
    """
    if run.manifest is None:
        raise ReportError(
            f"{run.folder.name!r} has no manifest.json, so nobody could tell what it was made from. "
            "Pass a folder that egovstats report wrote with the format json."
        )
    names = {each["file"]: each["sha256"] for each in run.manifest["outputs"]}
    contents = {f"{RUN}/manifest.json": (run.folder / "manifest.json").read_bytes()}
    for name, checksum in names.items():
        path = run.folder / name
        if ".." in PurePosixPath(name).parts or not path.is_file() or sha256_of(path) != checksum:
            raise ReportError(
                f"the file {name!r} of the run {run.folder.name!r} is not there, or is not as it was "
                "written. Build the report again, then bundle it."
            )
        contents[f"{RUN}/{name}"] = path.read_bytes()
    return contents


def definition_files(
    run: Run,
    report: str | Path | None,
    data: str | Path | None,
    contents: dict[str, bytes],
    *,
    tell: Callable[[str], None],
) -> tuple[Opened, Mapping[str, Waves]]:
    """Add the definition with everything that it names, and read the waves that the run has read.

    Raises
    ------
    ReportError
        The definition or the wave files are not those of the run.
    """
    assert run.manifest is not None  # run_files has refused a run without
    opened = open_definition(report or str(run.manifest["report"]))
    if opened.checksum != run.manifest["config"]["definition"]["sha256"]:
        raise ReportError(
            f"the definition of {opened.definition.name!r} is not the one that the run was made from: "
            "its checksum is another. Pass the folder of the report with --report, or build the report again."
        )
    files = [opened.folder / "report.yaml", *sorted((opened.folder / "text").glob("*.md"))]
    contents |= {
        f"{DEFINITION}/{each.relative_to(opened.folder).as_posix()}": each.read_bytes() for each in files
    }
    series, waves = _read_again(run, opened, data, tell)
    for survey in opened.definition.surveys:
        contents |= series_files(series[survey.id], Path(survey.series).name)
    if opened.definition.study is not None:
        contents |= _study_files(opened, opened.definition.study)
    return opened, waves


def _read_again(
    run: Run, opened: Opened, data: str | Path | None, tell: Callable[[str], None]
) -> tuple[Mapping[str, SurveySeries], Mapping[str, Waves]]:
    read = {each["sha256"]: each["file"] for each in run.microdata}
    if read and data is None:
        raise ReportError(
            f"the run {run.folder.name!r} was made from wave files ({_some(read.values())}), and no "
            "folder of them was given. Pass it (--data): codebooks and log come from it; no file is packed."
        )
    if not read:
        from egovstats.waves import open_series

        surveys = opened.definition.surveys
        return {each.id: open_series(opened.study(each.series)) for each in surveys}, {}
    series, waves = read_surveys(opened, data, tell=tell)
    now = {source.sha256: source.file for each in waves.values() for source in each.sources}
    if set(now) != set(read):
        other = [
            name for checksum, name in {**read, **now}.items() if (checksum in now) != (checksum in read)
        ]
        raise ReportError(
            f"the wave files in {Path(str(data)).name!r} are not those of the run: {_some(other)} "
            "differ or are missing. Pass the folder that the report was built from."
        )
    return series, waves


def _some(names: object) -> str:
    listed = sorted(set(names))  # type: ignore[call-overload]
    return ", ".join(listed[:5]) + (" ..." if len(listed) > 5 else "")


def series_files(series: SurveySeries, folder: str) -> dict[str, bytes]:
    """Items, cards, crosswalk and what these name; no other file of the folder.

    Parameters
    ----------
    series : SurveySeries
    folder : str
        Name of the series' folder, as the definition has it.
    """
    tables = [f"{name[1:]}.csv" for name in series.crosswalk.tables]
    found = [series.folder / name for name in (*_SERIES, *tables, _SOURCES)]
    found = [each for each in found if each.is_file()] + sorted((series.folder / "waves").glob("*.yaml"))
    place = f"{DEFINITION}/{CARRIED}/{folder}"
    return {f"{place}/{each.relative_to(series.folder).as_posix()}": each.read_bytes() for each in found}


def _study_files(opened: Opened, name: str) -> dict[str, bytes]:
    given = opened.study(name)
    folder = shipped("surveys") / given if isinstance(given, str) else given
    if not folder.is_dir():
        raise SourceError(
            f"the study {name!r}, which the report names, is not there. Put its folder beside report.yaml, "
            f"in {CARRIED}/, or install egovstats again."
        )
    files = [folder / each for each in (*_STUDY, _SOURCES)]
    place = f"{DEFINITION}/{CARRIED}/{Path(name).name}"
    return {f"{place}/{each.name}": each.read_bytes() for each in files if each.is_file()}


def described(name: str) -> tuple[str, str, str]:
    """Description of a file, key of the format that it conforms to, and its part in the run."""
    path = PurePosixPath(name)
    top, ending = path.parts[0], path.suffix.lower().removeprefix(".")
    role = {RUN: "output", DEFINITION: "input"}.get(top, "")
    if path.name in _WHAT:
        what, conforms = _WHAT[path.name]
        return what, conforms, role
    by_folder = {
        RUN: f"The report as {ending.upper()}",
        CODEBOOKS: "Codebook of a wave, without frequencies",
        LOGS: "Where each code of each wave went, with counts; small ones are withheld",
        SYNTHETIC: "SYNTHETIC respondents, drawn from a codebook and published shares: nothing follows",
    }
    what = by_folder.get(top, "")
    if not what:
        what = {"waves": "Card of a wave", "text": "Texts of the report"}.get(path.parent.name, "")
    conforms = "codebook" if ending == "json" else ending if ending in ("pdf", "csv", "yaml") else ""
    return what or "What the definition rests on", conforms, role


def readme(
    title: str,
    run: Run,
    absent: Sequence[Absent],
    without: Sequence[NoStandIn],
    *,
    seed: int,
    cell_below: int,
) -> bytes:
    """The page that comes first, in three languages."""
    template = resources.files("egovstats.review").joinpath("templates", "bundle.md")
    assert run.manifest is not None  # run_files has refused a run without
    rows = [f"| {each.name} | `{each.sha256}` | {each.title} |" for each in absent]
    left = [f"- {each.wave}: no synthetic file, since {each.reason}" for each in without]
    text = Template(template.read_text(encoding="utf-8")).substitute(
        title=title,
        seed=seed,
        cell_below=cell_below,
        software=f"egovstats {run.manifest['egovstats']}, Python {run.manifest['python']}",
        inputs="\n".join(rows) or "| - | - | - |",
        without="\n".join(["", *left]) if left else "",
    )
    return (text.rstrip() + "\n").encode("utf-8")
