"""A report's folder, read: its definition and its prose.

The folder holds ``report.yaml`` and the prose, ``text/en.md``, ``text/mn.md`` and ``text/ru.md``: paragraphs
under headings ``# key`` that the sections name. It may carry its series and its study in a folder
``surveys``; these go before those that ship, so that a report that was passed on is built from what it
was passed on with.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from egovstats.errors import ReportError, SourceError, nearest
from egovstats.report.definition import Definition
from egovstats.report.language import LANGUAGES
from egovstats.sources import sha256_of, shipped
from egovstats.waves.documents import read_document
from egovstats.waves.faults import Fault

CARRIED = "surveys"
"""Folder beside ``report.yaml`` for the series and the study that a report carries with it."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A definition with its prose.

    Parameters
    ----------
    definition : Definition
    folder : Path
    texts : dict
        Paragraphs by language and key.
    checksum : str
        Of ``report.yaml``.
    """

    definition: Definition
    folder: Path
    texts: dict[str, dict[str, tuple[str, ...]]]
    checksum: str

    def study(self, name: str) -> str | Path:
        """A series or study by name: the folder that the report carries, or else the name itself."""
        carried = self.folder / CARRIED / Path(name).name
        return carried if carried.is_dir() else name


def open_definition(report: str | Path) -> Opened:
    """Read the definition of a report that ships, by name, or of any report, by its folder.

    Raises
    ------
    ReportError
        There is no such report, or its files have faults; all of them are listed with their lines.
    """
    folder = _find(report)
    definition, faults = read_document(folder / "report.yaml", Definition, name="report.yaml")
    texts: dict[str, dict[str, tuple[str, ...]]] = {}
    for code in LANGUAGES:
        file = folder / "text" / f"{code}.md"
        try:
            texts[code] = read_prose(file.read_text(encoding="utf-8")) if file.is_file() else {}
        except UnicodeDecodeError as error:
            faults.append(
                Fault(f"text/{code}.md", 0, f"is not UTF-8 (byte {error.start}). Save it as UTF-8.")
            )
    if definition is not None:
        faults += _prose_faults(definition, texts)
    if faults or definition is None:
        count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        lines = "\n".join(f"  {fault}" for fault in faults)
        raise ReportError(
            f"the report {folder.name!r} cannot be built, with {count}:\n{lines}\n"
            "Correct the lines named, then build again."
        )
    return Opened(definition, folder, texts, sha256_of(folder / "report.yaml"))


def read_prose(text: str) -> dict[str, tuple[str, ...]]:
    r"""Paragraphs under ``# key`` headings; lines of a paragraph are joined.

    Examples
    --------
    >>> read_prose("# a\n\nOne\ntwo.\n\nThree.\n")
    {'a': ('One two.', 'Three.')}
    """
    found: dict[str, list[str]] = {}
    key, lines = "", list[str]()

    def close() -> None:
        if key and lines:
            found.setdefault(key, []).append(" ".join(lines))
        lines.clear()

    for line in text.splitlines():
        if line.startswith("# "):
            close()
            key = line[2:].strip()
        elif not line.strip():
            close()
        elif not line.startswith("<!--"):
            lines.append(line.strip())
    close()
    return {name: tuple(paragraphs) for name, paragraphs in found.items()}


def _prose_faults(definition: Definition, texts: dict[str, dict[str, tuple[str, ...]]]) -> list[Fault]:
    """Prose that a section names and English lacks."""
    wanted = [section.text for section in definition.sections if section.text]
    wanted += [group.text for survey in definition.surveys for group in survey.groups if group.text]
    known = texts.get("en", {})
    return [
        Fault("text/en.md", 0, f"has no heading '# {key}', which report.yaml names. {nearest(key, known)}")
        for key in dict.fromkeys(wanted)
        if key not in known
    ]


def _find(report: str | Path) -> Path:
    given = Path(report)
    try:
        home = shipped("reports")
    except SourceError:
        home = None
    known = sorted(each.name for each in home.iterdir() if (each / "report.yaml").is_file()) if home else []
    # A shipped name goes first: folders of data often have the same name.
    if home is not None and str(report) in known:
        return home / str(report)
    if (given / "report.yaml").is_file():
        return given
    if given.name == "report.yaml" and given.is_file():
        return given.parent
    raise ReportError(
        f"there is no report {str(report)!r}: neither one that ships nor a folder with a report.yaml. "
        f"{nearest(str(report), known) if known else 'Name a folder that holds one.'}"
    )
