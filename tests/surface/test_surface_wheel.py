"""The wheel holds everything, and works in an empty environment away from the checkout."""

from __future__ import annotations

import ast
import configparser
import os
import re
import subprocess
import sys
import tarfile
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

# Module -> distribution, where the two have different names, or one is part of what another is made of.
DISTRIBUTION = {
    "docx": "python-docx",
    "markupsafe": "jinja2",
    "pydantic_core": "pydantic",
    "ruamel": "ruamel.yaml",
}


@pytest.fixture(scope="session")
def settings(root: Path) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(root / "setup.cfg", encoding="utf-8")
    return parser


def _names(requirements: str) -> set[str]:
    return {re.split(r"[ <>=!;\[]", line)[0].lower() for line in requirements.split("\n") if line.strip()}


def _third_party(root: Path) -> Iterator[tuple[Path, str]]:
    for path in (root / "src" / "egovstats").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [each.name for each in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names = [node.module]
            for name in {each.split(".")[0] for each in names} - sys.stdlib_module_names - {"egovstats"}:
                yield path, DISTRIBUTION.get(name, name).lower()


def test_every_import_is_a_requirement_or_an_extra(root: Path, settings: configparser.ConfigParser) -> None:
    known = _names(settings["options"]["install_requires"])
    for extra in settings["options.extras_require"].values():
        known |= _names(extra)
    unknown = {(path.name, name) for path, name in _third_party(root) if name not in known}
    assert unknown == set()


def test_every_extra_is_used(root: Path, settings: configparser.ConfigParser) -> None:
    used = {name for _, name in _third_party(root)} | {"rapidfuzz", "pyspark"}  # loaded by their names
    for extra, packages in settings["options.extras_require"].items():
        if extra not in ("all", "dev", "test"):
            assert _names(packages) <= used, extra


def test_extras_named_in_errors_are_extras(root: Path, settings: configparser.ConfigParser) -> None:
    sources = [path.read_text(encoding="utf-8") for path in (root / "src" / "egovstats").rglob("*.py")]
    named = {name for text in sources for name in re.findall(r'MissingExtraError\([^)]*?"(\w+)"\s*\)', text)}
    assert {"docx", "xlsx"} <= named <= set(settings["options.extras_require"])


def test_every_package_is_listed(root: Path, settings: configparser.ConfigParser) -> None:
    listed = set(settings["options"]["packages"].split())
    src = root / "src"
    there = {".".join(path.parent.relative_to(src).parts) for path in src.rglob("__init__.py")}
    assert listed - {"egovstats.surveys", "egovstats.reports"} == there


def test_every_pin_meets_its_requirement(root: Path, settings: configparser.ConfigParser) -> None:
    pins = (root / "constraints.txt").read_text(encoding="utf-8").lower().splitlines()
    pinned = {re.split("[=; ]", pin)[0].replace("_", "-") for pin in pins if not pin.startswith("#")}
    extras = settings["options.extras_require"]
    wanted = _names(settings["options"]["install_requires"])
    # Spark needs a Java machine, so it is not installed here.
    for name in [each for each in extras if each not in ("all", "spark")]:
        wanted |= _names(extras[name])
    assert wanted - pinned == set()


def _run(*command: object, cwd: Path, **more: str) -> subprocess.CompletedProcess[str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTHON", "EGOVSTATS_", "COV_"))
    }
    return subprocess.run(
        [str(word) for word in command],
        check=False,
        cwd=cwd,
        env=kept | more,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )


@pytest.fixture(scope="session")
def built(root: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The wheel and the sdist, the wheel made from the unpacked sdist as an installer would."""
    folder = tmp_path_factory.mktemp("dist")
    tracked = subprocess.run(
        ["git", "ls-files", "-z"], cwd=root, capture_output=True, text=True, check=True
    ).stdout.split("\0")
    copy = tmp_path_factory.mktemp("copy") / "egovstats"
    for name in filter(None, tracked):
        if (root / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            (copy / name).write_bytes((root / name).read_bytes())
    backend = "import sys, setuptools.build_meta as b; print(getattr(b, sys.argv[1])(sys.argv[2]))"
    sdist = _run(sys.executable, "-c", backend, "build_sdist", folder, cwd=copy)
    assert sdist.returncode == 0, sdist.stderr
    archive = folder / sdist.stdout.splitlines()[-1]
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
    wheel = _run(sys.executable, "-c", backend, "build_wheel", folder, cwd=folder / archive.name[:-7])
    assert wheel.returncode == 0, wheel.stderr
    return folder / wheel.stdout.splitlines()[-1], archive


def _data_files(root: Path) -> set[str]:
    tracked = subprocess.run(
        ["git", "ls-files", "src/egovstats", "surveys", "reports"],
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    )
    files = [name for name in tracked.stdout.splitlines() if (root / name).is_file()]
    return {
        re.sub(r"^src/|^(?=surveys/|reports/)", lambda m: "" if m[0] else "egovstats/", name)
        for name in files
    }


def test_wheel_holds_every_file(built: tuple[Path, Path], root: Path) -> None:
    names = set(zipfile.ZipFile(built[0]).namelist())
    assert _data_files(root) - names == set()
    assert "egovstats/py.typed" in names
    assert [name for name in names if name.startswith(("tests", "tools"))] == []


def test_metadata(built: tuple[Path, Path]) -> None:
    with zipfile.ZipFile(built[0]) as wheel:
        info = next(name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
        metadata = wheel.read(info).decode("utf-8")
        entries = wheel.read(info.replace("METADATA", "entry_points.txt")).decode("utf-8")
        licence = wheel.read(info.replace("METADATA", "licenses/LICENSE")).decode("utf-8")
    assert "\nLicense-Expression: GPL-3.0-or-later\n" in metadata
    assert "\nRequires-Python: >=3.11\n" in metadata
    assert "egovstats = egovstats.cli:main" in entries
    assert "GNU GENERAL PUBLIC LICENSE" in licence


@pytest.mark.slow
def test_wheel_works_in_an_empty_environment(built: tuple[Path, Path], root: Path, tmp_path: Path) -> None:
    """Installed with what it requires and nothing else, then called from a folder that knows no checkout."""
    environment = tmp_path / "empty"
    venv.create(environment, with_pip=True)
    scripts = environment / ("Scripts" if os.name == "nt" else "bin")
    python = scripts / "python"
    installed = _run(
        *(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"),
        *("--constraint", root / "constraints.txt", built[0]),
        cwd=tmp_path,
    )
    assert installed.returncode == 0, installed.stderr

    away = tmp_path / "away"
    away.mkdir()
    where = _run(python, "-c", "import egovstats.sources as s; print(s.shipped('surveys'))", cwd=away)
    assert Path(where.stdout.strip()).is_relative_to(environment.resolve())
    helped = _run(scripts / "egovstats", "--help", cwd=away)
    assert helped.stdout.startswith("Usage: egovstats")
    for words in (
        ("demo", "waves"),
        ("inspect", "waves/bureaucracy/synthetic-red-tape-2015.sav"),
        ("trend", "bureaucracy", "bureaucratic", "--data", "waves/bureaucracy"),
        ("indicator", "MNG", "WGI_GE_EST"),
        ("claims", "mongolia"),
    ):
        done = _run(scripts / "egovstats", *words, cwd=away)
        assert done.returncode == 0, (words, done.stderr)
    done = _run(scripts / "egovstats", "report", "-o", "out", cwd=away)
    assert done.returncode == 0, done.stderr
    assert "left out: the format docx" in done.stderr
    assert (away / "out" / "report.html").stat().st_size > 10_000
    missing = _run(scripts / "egovstats", "report", "-o", "word", "--format", "docx", cwd=away)
    assert missing.returncode == 5
    assert "pip install 'egovstats[docx]'" in missing.stderr
