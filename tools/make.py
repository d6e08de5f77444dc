"""Set up and run the project: python tools/make.py GOAL...

Goals, each done once however often it is asked for:

    setup      build .venv from constraints.txt (skipped when nothing changed)
    run        the main job on what ships: egovstats report, into out/
    test       the test suite, the examples in docstrings among it
    static     format, lint, types, import direction
    check      static, then test
    reports    build the shipped reports again and accept their results
    reference  compute the comparison with R again (needs R with its package survey)
    clean      remove .venv, out and everything that tools left behind

It needs Python 3.11 or newer and nothing else, and uses the network only to install packages.
`make GOAL` does the same. This file is read by older Pythons too, to find a newer one.
"""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
STAMP = VENV / "installed.txt"
OLDEST = (3, 11)
NEWEST_TRIED = 16
EXTRAS = "all,test,dev"
CACHES = (".pytest_cache", ".mypy_cache", ".ruff_cache", ".hypothesis")
WINDOWS = os.name == "nt"
PYTHON = VENV / ("Scripts/python.exe" if WINDOWS else "bin/python")

STATIC = {
    "format": ["-m", "ruff", "format", "--check", "--quiet", "."],
    "lint": ["-m", "ruff", "check", "--quiet", "."],
    "types": ["-m", "mypy", "--no-error-summary"],
    "import direction": ["tools/import_direction.py"],
}


def say(text: str) -> None:
    """Tell the reader what happens now."""
    print("==> " + text, file=sys.stderr, flush=True)


def stop(text: str) -> None:
    """End with a message that says what to do."""
    sys.exit("egovstats: " + text)


def ask(*command: object) -> subprocess.CompletedProcess[str]:
    """Run a command and keep what it says, whether it fails or not."""
    words = [str(word) for word in command]
    return subprocess.run(words, check=False, stdin=subprocess.DEVNULL, capture_output=True, text=True)


def run(*command: object) -> None:
    """Run a command in the checkout; end with its exit code if it fails."""
    words = [str(word) for word in command]
    done = subprocess.run(words, check=False, cwd=str(ROOT), stdin=subprocess.DEVNULL)
    if done.returncode:
        print("egovstats: failed: " + " ".join(words), file=sys.stderr)
        sys.exit(done.returncode)


def version_of(python: str) -> tuple[int, ...]:
    """Version of an interpreter, or () where it does not start."""
    try:
        answer = ask(python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])")
        return tuple(int(part) for part in answer.stdout.split("."))
    except (OSError, ValueError):
        return ()


def find_python() -> str:
    """The interpreter that runs this if it is new enough, or else the oldest on the PATH that is."""
    if sys.version_info[:2] >= OLDEST:
        # Inside a virtual environment, its base: .venv must not hang on another project's.
        return getattr(sys, "_base_executable", "") or sys.executable
    for minor in range(OLDEST[1], NEWEST_TRIED + 1):
        path = shutil.which(f"python3.{minor}")
        if path and version_of(path) >= OLDEST:
            return path
    stop(
        f"Python {OLDEST[0]}.{OLDEST[1]} or newer is needed, and {sys.executable} is "
        f"{platform.python_version()}. Install a newer one, and name it if it is not found: "
        "make run PYTHON=/path/to/python"
    )
    return ""


def fingerprint(python: str) -> str:
    """What the environment depends on: change any, and it is built again."""
    digest = hashlib.sha256()
    for name in ("setup.cfg", "pyproject.toml", "constraints.txt"):
        digest.update((ROOT / name).read_bytes())
    digest.update(repr((str(ROOT), EXTRAS, version_of(python))).encode())
    return digest.hexdigest()


def make_environment(python: str) -> list[object]:
    """A fresh .venv; the words that call pip for it."""
    if VENV.exists():
        shutil.rmtree(str(VENV))
    say(f"making .venv with {python}")
    made = ask(python, "-m", "venv", VENV)
    if made.returncode == 0:
        return [PYTHON, "-m", "pip"]
    # Some systems ship venv without ensurepip; a pip of theirs can fill the environment from outside.
    shutil.rmtree(str(VENV), ignore_errors=True)
    bare = ask(python, "-m", "venv", "--without-pip", VENV)
    if bare.returncode or ask(python, "-m", "pip", "--version").returncode:
        stop(
            f"this Python cannot make virtual environments with pip:\n{made.stdout}{made.stderr}"
            "Install its venv part (on Debian and Ubuntu the package python3-venv), then try again."
        )
    return [python, "-m", "pip", "--python", PYTHON]


def setup() -> None:
    """Build .venv unless it is up to date."""
    python = find_python()
    wanted = fingerprint(python)
    if PYTHON.exists() and STAMP.exists() and STAMP.read_text(encoding="ascii") == wanted:
        return
    started = time.monotonic()
    install = [*make_environment(python), "install", "--disable-pip-version-check", "--quiet"]
    install += ["--constraint", "constraints.txt"]
    say("installing packages: some minutes the first time, nothing after that")
    run(*install, "setuptools")
    run(*install, "--no-build-isolation", "--editable", f".[{EXTRAS}]")
    STAMP.write_text(wanted, encoding="ascii")
    say(f"set up in {time.monotonic() - started:.0f} s")


def job() -> None:
    """The main job on what ships."""
    setup()
    say("building the report on Mongolia from what ships, into out/")
    run(PYTHON, "-m", "egovstats", "report", "--output", "out", "--force")
    say("done: open out/report.html")


def test() -> None:
    """All tests, two at a time."""
    setup()
    run(PYTHON, "-m", "pytest", "-q", "-n", "2", "--dist", "loadfile")


def static() -> None:
    """Whatever can be said without running the code; all of it, so that one look is enough."""
    setup()
    failed = []
    for name, words in STATIC.items():
        say(name)
        command = [str(PYTHON), *words]
        if subprocess.run(command, check=False, cwd=str(ROOT), stdin=subprocess.DEVNULL).returncode:
            failed.append(name)
    if failed:
        stop("failed: " + ", ".join(failed))


def reports() -> None:
    """Build every shipped report again; its results become the accepted ones."""
    setup()
    run(PYTHON, "tools/accepted_reports.py", "--accept")


def reference() -> None:
    """Compute the comparison with R again."""
    if not shutil.which("Rscript"):
        stop("R is not installed (no Rscript on the PATH). Install R and its package survey first.")
    setup()
    run(PYTHON, "-m", "pytest", "-q", "tests/reference/live")


def clean() -> None:
    """Remove what can be made again."""
    for name in (".venv", "out", "build", "dist", *CACHES):
        shutil.rmtree(str(ROOT / name), ignore_errors=True)


GOALS = {
    "setup": [setup],
    "run": [job],
    "test": [test],
    "static": [static],
    "check": [static, test],
    "reports": [reports],
    "reference": [reference],
    "clean": [clean],
}


def main(arguments: list[str]) -> None:
    """Do the goals in their order, each step once."""
    unknown = [goal for goal in arguments if goal not in GOALS]
    if unknown or not arguments:
        print(__doc__, file=sys.stderr)
        stop("no such goal: " + ", ".join(unknown) if unknown else "name a goal")
    steps = dict.fromkeys(step for goal in arguments for step in GOALS[goal])
    for step in steps:
        step()


if __name__ == "__main__":
    main(sys.argv[1:])
