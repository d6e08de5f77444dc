"""A run made again: whether its files, its inputs and its numbers are still what they were."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from egovstats.errors import ReportError
from egovstats.report import build_report
from egovstats.review.compare import Comparison, compare
from egovstats.review.packed import is_bundle, unpacked
from egovstats.review.run import Run, read_run
from egovstats.sources import sha256_of


@dataclass(frozen=True, slots=True)
class FileCheck:
    """One file of a run: ``"same"``, ``"changed"``, ``"missing"`` or ``"new"``."""

    file: str
    status: str


@dataclass(frozen=True, slots=True)
class Verification:
    """What became of a run that was made again.

    Parameters
    ----------
    outputs : tuple of FileCheck
        The run's files against the checksums in its manifest; of a bundle, all its files against those in its
        metadata.
    inputs : tuple of FileCheck
        What the run had read against what was read now.
    versions : dict of str to (str, str)
        Packages that have another version now.
    numbers : Comparison
        The run's numbers against those that came out now.
    not_made : str
        Why nothing came out: a bundle holds no wave files, and none were given. Empty where the run was made
        again.
    """

    outputs: tuple[FileCheck, ...]
    inputs: tuple[FileCheck, ...]
    versions: Mapping[str, tuple[str, str]]
    numbers: Comparison
    not_made: str = ""

    @property
    def agrees(self) -> bool:
        """Whether the files are as they were written, from the same inputs, with the same numbers."""
        files = (*self.outputs, *self.inputs)
        made = self.numbers.agrees and not self.not_made
        return made and all(each.status == "same" for each in files)


def verify(
    run: str | Path,
    *,
    data: str | Path | None = None,
    report: str | Path | None = None,
    progress: Callable[[str], None] | None = None,
) -> Verification:
    """Make a run again and compare.

    Parameters
    ----------
    run : path
        Folder that a report was written into, with its manifest.json; or a bundle of one, a zip file.
    data : path, optional
        Folder of the wave files that it was made from, if it was made from any.
    report : path, optional
        Folder of the report's definition; where left out, that in the bundle, or the one that ships under the
        run's name.
    progress : callable, optional
        Is told what is being done.

    Returns
    -------
    Verification

    Raises
    ------
    SourceError
        There is no results.json.
    ReportError
        There is no manifest, or the report cannot be built from what is at hand.
    """
    if is_bundle(run):
        with unpacked(Path(run)) as bundle:
            return _verified(
                read_run(bundle.run),
                data=data,
                report=report or bundle.definition,
                packed=tuple(FileCheck(name, status) for name, status in bundle.checks.items()),
                progress=progress,
            )
    return _verified(read_run(run), data=data, report=report, packed=None, progress=progress)


def _verified(
    was: Run,
    *,
    data: str | Path | None,
    report: str | Path | None,
    packed: tuple[FileCheck, ...] | None,
    progress: Callable[[str], None] | None,
) -> Verification:
    """Check the files, make the run again, compare; `packed` are the files of a bundle."""
    manifest = was.manifest
    if manifest is None:
        raise ReportError(
            f"{was.folder.name!r} has no manifest.json, so it cannot be made again. "
            "Pass a folder that egovstats report wrote with the format json."
        )
    outputs = _outputs(was, manifest) if packed is None else packed
    if packed is not None and data is None and was.microdata:
        missing = tuple(FileCheck(each["file"], "missing") for each in was.microdata)
        why = "A bundle holds no respondents' answers: pass the folder of the wave files (--data)."
        return Verification(outputs, missing, {}, Comparison(()), not_made=why)
    built = build_report(
        report or str(manifest["report"]), data=data, language=str(manifest["language"]), progress=progress
    )
    with tempfile.TemporaryDirectory() as folder:
        built.write(folder, formats=["json"])
        now = read_run(folder)
    assert now.manifest is not None
    return Verification(
        outputs=outputs,
        inputs=_inputs(manifest, now.manifest),
        versions=_versions(manifest, now.manifest),
        numbers=compare(was, now),
    )


def _outputs(run: Run, manifest: Mapping[str, Any]) -> tuple[FileCheck, ...]:
    found = []
    for each in manifest["outputs"]:
        file = run.folder / each["file"]
        status = "missing"
        if file.is_file():
            status = "same" if sha256_of(file) == each["sha256"] else "changed"
        found.append(FileCheck(each["file"], status))
    return tuple(found)


def _inputs(was: Mapping[str, Any], now: Mapping[str, Any]) -> tuple[FileCheck, ...]:
    before, after = ({(e["file"], e["sha256"]) for e in each["inputs"]} for each in (was, now))
    names = dict.fromkeys(name for name, _ in sorted(before | after))
    found = []
    for name in names:
        old, new = ({digest for file, digest in each if file == name} for each in (before, after))
        status = "same" if old == new else "new" if not old else "missing" if not new else "changed"
        found.append(FileCheck(name, status))
    return tuple(found)


def _versions(was: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    pairs = {"egovstats": (was["egovstats"], now["egovstats"]), "python": (was["python"], now["python"])}
    packages = {**was["packages"], **now["packages"]}
    pairs |= {name: (was["packages"].get(name), now["packages"].get(name)) for name in packages}
    return {name: (str(a), str(b)) for name, (a, b) in pairs.items() if a != b}
