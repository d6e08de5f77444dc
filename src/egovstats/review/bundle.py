"""A bundle: a run with all that a reviewer needs to follow and to repeat it, and no respondent's answer."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from egovstats.errors import ReportError
from egovstats.report.definition import Definition
from egovstats.report.renderers.archive import same_bytes
from egovstats.review.bundle_parts import definition_files, described, readme, run_files
from egovstats.review.crate import METADATA, Absent, Crate, Packed
from egovstats.review.refusals import refuse_microdata
from egovstats.review.run import Run, read_run
from egovstats.review.shares import published_shares
from egovstats.review.synthetic_files import NoStandIn
from egovstats.review.waves_in_bundle import SYNTHETIC, SurveyFiles, survey_files
from egovstats.sources import write_whole

SEED = 2026
"""Seed of the synthetic respondents, unless another is asked for."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """What became of a bundle.

    Parameters
    ----------
    file : Path
    contents : tuple of str
        Paths in it, in order.
    absent : tuple of str
        Files that the run has read and that are not in it.
    left_out : mapping of str to tuple of str
        Columns that probably identify respondents, by wave: in no codebook and no synthetic file.
    without : tuple of NoStandIn
        Waves without a synthetic file, with the reason.
    """

    file: Path
    contents: tuple[str, ...]
    absent: tuple[str, ...]
    left_out: Mapping[str, tuple[str, ...]]
    without: tuple[NoStandIn, ...]


def bundle(
    run: str | Path,
    file: str | Path,
    *,
    data: str | Path | None = None,
    report: str | Path | None = None,
    seed: int = SEED,
    force: bool = False,
    progress: Callable[[str], None] | None = None,
) -> Bundle:
    """Pack a run for a reviewer, without respondents' answers, as an RO-Crate 1.1 in a zip file.

    In it are the run's files, its definition with cards, crosswalks, claims and indicators, codebooks, the
    log of harmonising, and a synthetic file with the schema of each wave, on which the report can be run.

    Parameters
    ----------
    run : path
        Folder that a report was written into, with its manifest.json.
    file : path
        The zip file to write. The same run gives the same bytes.
    data : path, optional
        Folder of the wave files that the run was made from, if it was made from any.
    report : path, optional
        Folder of the report's definition; the one that ships under the run's name where left out.
    seed : int
        Of the synthetic respondents, who are drawn column by column from codebook and published shares.
    force : bool
        Replace a file that is there already.
    progress : callable, optional
        Is told what is being done.

    Returns
    -------
    Bundle

    Raises
    ------
    ReportError
        The run has no manifest, its files or its definition have changed since, or it was made from wave
        files that are not those in `data`.
    DisclosureError
        Something that was to be packed is a file of respondents; nothing is written then.
    SourceError
        The file is there already and `force` is off, or it cannot be written.
    """
    tell = progress or (lambda text: None)
    if Path(file).suffix.lower() != ".zip":
        raise ReportError(
            f"a bundle is a zip file, and {Path(file).name!r} does not end in .zip. Give it such a name."
        )
    was = read_run(run)
    contents = run_files(was)
    opened, waves = definition_files(was, report, data, contents, tell=tell)
    limit = opened.definition.disclosure.cell_below
    parts = []
    for name, each in waves.items():
        assert data is not None  # without it no waves were read
        shares = published_shares(was, name)
        parts.append(survey_files(each, Path(data), shares, cell_below=limit, seed=seed, tell=tell))
        contents |= parts[-1].contents
    absent = _absent(was)
    without = tuple(each for part in parts for each in part.without)
    title = str(was.record["title"])
    contents["README.md"] = readme(title, was, absent, without, seed=seed, cell_below=limit)
    checksums = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    refuse_microdata(
        contents,
        checksums,
        inputs={each.sha256 for each in absent},
        columns={name for part in parts for name in part.columns},
        synthetic=f"{SYNTHETIC}/",
    )
    tell("packing")
    contents[METADATA] = _crate(was, opened.definition, contents, checksums, absent).to_json()
    names = (METADATA, *sorted(set(contents) - {METADATA}))
    written = write_whole(file, _zipped({name: contents[name] for name in names}), force=force)
    return Bundle(written, names, tuple(each.name for each in absent), _left_out(parts), without)


def _crate(
    was: Run,
    about: Definition,
    contents: Mapping[str, bytes],
    checksums: Mapping[str, str],
    absent: tuple[Absent, ...],
) -> Crate:
    assert was.manifest is not None  # run_files has refused a run without
    title = str(was.record["title"])
    return Crate(
        name=title,
        description=_description(title, surveys=bool(absent)),
        date=str(about.date),
        language=was.language,
        authors=tuple(name.strip() for name in about.authors.split(";") if name.strip()),
        licence=about.licence,
        files=[_packed(name, contents[name], checksums[name]) for name in sorted(contents)],
        absent=absent,
        manifest=was.manifest,
    )


def _description(title: str, *, surveys: bool) -> str:
    said = (
        f"Run of the report {title!r} with definition, codebooks and log, without respondents' answers. "
        "verify it with egovstats verify."
    )
    made_up = " All files in the folder synthetic are SYNTHETIC: nothing can be concluded from them."
    return said + (made_up if surveys else "")


def _absent(run: Run) -> tuple[Absent, ...]:
    """Wave files that the run has read; synthetic ones are made anew as well, so that one rule holds."""
    return tuple(
        Absent(each["file"], each["sha256"], each["title"], each["licence"], each["citation"])
        for each in run.microdata
    )


def _packed(name: str, content: bytes, checksum: str) -> Packed:
    description, conforms, role = described(name)
    return Packed(name, checksum, len(content), description, conforms, role)


def _left_out(parts: list[SurveyFiles]) -> dict[str, tuple[str, ...]]:
    return {wave: names for part in parts for wave, names in part.left_out.items()}


def _zipped(contents: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return same_bytes(packed.getvalue())
