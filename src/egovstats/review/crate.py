"""``ro-crate-metadata.json``: what lies in a bundle and how it came about, as RO-Crate 1.1 says it.

https://w3id.org/ro/crate/1.1. Files that a run has read and that are not in the bundle are named by their
checksum. The run is a CreateAction in the terms of the Process Run Crate profile 0.5.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

METADATA = "ro-crate-metadata.json"
SPECIFICATION = "https://w3id.org/ro/crate/1.1"
PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
_SHA256 = "https://w3id.org/ro/terms/workflow-run#sha256"

ENCODINGS = {
    ".html": "text/html",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".pdf": "application/pdf",
    ".md": "text/markdown",
    ".csv": "text/csv",
    ".json": "application/json",
    ".yaml": "application/yaml",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".sav": "application/x-spss-sav",
    ".zsav": "application/x-spss-sav",
    ".dta": "application/x-stata-dta",
}
"""Media types by ending."""

FORMATS: dict[str, tuple[str, str]] = {
    "results": (
        "#format-results",
        "egovstats results, layout 1: each number of a report once, with its origin",
    ),
    "manifest": (
        "#format-manifest",
        "egovstats manifest, layout 1: inputs, outputs, versions and choices of a run",
    ),
    "codebook": (
        "#format-codebook",
        "egovstats codebook, layout 1: variables, labels, codes and missing values",
    ),
    "pdf": ("http://pdfa.org/declarations/wtpdf#ua1", "PDF/UA-1 (ISO 14289-1)"),
    "csv": ("https://www.rfc-editor.org/rfc/rfc4180", "CSV (RFC 4180), in UTF-8"),
    "yaml": ("https://yaml.org/spec/1.2.2/", "YAML 1.2"),
}
"""What a file conforms to: an address or a place in the crate, and its name."""


@dataclass(frozen=True, slots=True)
class Packed:
    """One file of a bundle.

    Parameters
    ----------
    path, sha256 : str
    size : int
        Bytes.
    description : str
    conforms : str
        Key of `FORMATS`, or empty.
    role : str
        ``"output"`` of the run, ``"input"`` to it, or empty.
    """

    path: str
    sha256: str
    size: int
    description: str
    conforms: str = ""
    role: str = ""


@dataclass(frozen=True, slots=True)
class Absent:
    """A file that the run has read and that is not in the bundle."""

    name: str
    sha256: str
    title: str
    licence: str
    citation: str = ""


@dataclass(frozen=True, slots=True)
class Crate:
    """What the metadata say.

    Parameters
    ----------
    name, description, date, language : str
        Of the bundle; the date is the report's own.
    authors : tuple of str
    licence : str, optional
        An address, or words.
    files : sequence of Packed
    absent : sequence of Absent
    manifest : mapping
        Of the run: software and its versions.
    """

    name: str
    description: str
    date: str
    language: str
    authors: tuple[str, ...]
    licence: str | None
    files: Sequence[Packed]
    absent: Sequence[Absent]
    manifest: Mapping[str, Any]

    def to_json(self) -> bytes:
        """The file, in JSON-LD."""
        content = {"@context": [f"{SPECIFICATION}/context", {"sha256": _SHA256}], "@graph": self._graph()}
        return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode("utf-8")

    def _graph(self) -> list[dict[str, Any]]:
        graph = [self._descriptor(), self._root(), *map(_file, self.files), *map(_absent, self.absent)]
        graph += [self._run(), *self._software(), *self._people(), *self._licence(), *self._formats()]
        return graph

    def _descriptor(self) -> dict[str, Any]:
        return {
            "@id": METADATA,
            "@type": "CreativeWork",
            "conformsTo": _ref(SPECIFICATION),
            "about": _ref("./"),
        }

    def _root(self) -> dict[str, Any]:
        root: dict[str, Any] = {
            "@id": "./",
            "@type": "Dataset",
            "name": self.name,
            "description": self.description,
            "datePublished": self.date,
            "inLanguage": self.language,
            "license": _ref(self._licence_id),
            "conformsTo": _ref(PROFILE),
            "hasPart": [_ref(_id(each.path)) for each in self.files],
            "mentions": [_ref("#run"), *(_ref(_absent_id(each)) for each in self.absent)],
        }
        if self.authors:
            authors = [_ref(f"#author-{at}") for at in range(1, len(self.authors) + 1)]
            root["author"] = authors if len(authors) > 1 else authors[0]
        return root

    def _run(self) -> dict[str, Any]:
        inside = [_ref(_id(each.path)) for each in self.files if each.role == "input"]
        run: dict[str, Any] = {
            "@id": "#run",
            "@type": "CreateAction",
            "name": f"Run of the report {self.manifest['report']}",
            "description": "The report was built from its definition and the files under object.",
            "instrument": _ref("#egovstats"),
            "object": [*inside, *(_ref(_absent_id(each)) for each in self.absent)],
            "result": [_ref(_id(each.path)) for each in self.files if each.role == "output"],
            "actionStatus": _ref("http://schema.org/CompletedActionStatus"),
        }
        if self.authors:
            run["agent"] = _ref("#author-1")
        return run

    def _software(self) -> list[dict[str, Any]]:
        packages = {name: version for name, version in self.manifest["packages"].items() if version}
        versions = {"python": self.manifest["python"], **packages}
        own = _application("egovstats", self.manifest["egovstats"])
        own["softwareRequirements"] = [_ref(f"#{name}") for name in versions]
        return [own, *(_application(name, version) for name, version in versions.items())]

    def _people(self) -> list[dict[str, Any]]:
        return [
            # "The authors of ..." are several, without a name of their own
            {
                "@id": f"#author-{at}",
                "@type": "Organization" if name.startswith("The ") else "Person",
                "name": name,
            }
            for at, name in enumerate(self.authors, start=1)
        ]

    @property
    def _licence_id(self) -> str:
        stated = self.licence or ""
        return stated if stated.startswith(("http://", "https://")) else "#licence"

    def _licence(self) -> list[dict[str, Any]]:
        stated = self.licence or "not stated"
        said = "Terms of the report as its definition states them; data and outputs of others keep their own."
        if self.licence is None:
            said = "The report's definition states no licence (its key is licence): ask its authors."
        return [
            {"@id": self._licence_id, "@type": "CreativeWork", "name": stated, "description": said},
            {
                "@id": PROFILE,
                "@type": "CreativeWork",
                "name": "Process Run Crate",
                "version": PROFILE.rsplit("/", 1)[-1],
            },
        ]

    def _formats(self) -> list[dict[str, Any]]:
        used = dict.fromkeys(each.conforms for each in self.files if each.conforms)
        return [{"@id": FORMATS[key][0], "@type": "CreativeWork", "name": FORMATS[key][1]} for key in used]


def _file(packed: Packed) -> dict[str, Any]:
    path = PurePosixPath(packed.path)
    entity: dict[str, Any] = {
        "@id": _id(packed.path),
        "@type": "File",
        "name": path.name,
        "description": packed.description,
        "encodingFormat": ENCODINGS.get(path.suffix.lower(), "application/octet-stream"),
        "contentSize": str(packed.size),
        "sha256": packed.sha256,
    }
    if packed.conforms:
        entity["conformsTo"] = _ref(FORMATS[packed.conforms][0])
    return entity


def _absent(absent: Absent) -> dict[str, Any]:
    said = f"{absent.title}. Read by the run, and not in this bundle: ask the producer for it."
    said += f" Terms: {absent.licence}." + (f" Cite: {absent.citation}" if absent.citation else "")
    return {
        "@id": _absent_id(absent),
        "@type": "CreativeWork",
        "name": absent.name,
        "description": said,
        "sha256": absent.sha256,
    }


def _application(name: str, version: str) -> dict[str, Any]:
    return {"@id": f"#{name}", "@type": "SoftwareApplication", "name": name, "softwareVersion": version}


def _ref(name: str) -> dict[str, str]:
    return {"@id": name}


def _id(path: str) -> str:
    return quote(path)


def _absent_id(absent: Absent) -> str:
    return f"#input-{absent.sha256[:16]}"
