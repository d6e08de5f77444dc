"""How the command starts, finds what is meant, and ends."""

from __future__ import annotations

import os
import subprocess
import sys
import types
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import pytest

import egovstats.cli
from egovstats import errors
from egovstats.cli import COMMANDS, main, overview

Probe = Callable[[Callable[..., Any]], None]


@pytest.fixture
def probe(monkeypatch: pytest.MonkeyPatch) -> Iterator[Probe]:
    """Put a command of the test's own among the others: ``egovstats probe``."""

    def install(body: Callable[..., Any]) -> None:
        module = types.ModuleType("egovstats.cli.probe")
        command = body if isinstance(body, click.Command) else click.command("probe")(body)
        module.probe = command  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "egovstats.cli.probe", module)
        monkeypatch.setitem(egovstats.cli.COMMANDS, "probe", ("probe", "Try things"))

    return install


@pytest.mark.parametrize("words", [[], ["--help"], ["-h"], ["-q", "--help"]])
def test_help_names_every_command(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 0
    out, err = capsys.readouterr()
    assert out == overview() + "\n"
    assert all(f"  {name} " in out for name in COMMANDS)
    assert err == ""


@pytest.mark.parametrize("name", [*COMMANDS, "new survey", "new accept"])
def test_every_command_has_help(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*name.split(), "--help"]) == 0
    out, _ = capsys.readouterr()
    assert out.startswith(f"Usage: egovstats {name} ")
    assert "--quiet" in out or "\nCommands:\n" in out


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"egovstats {egovstats.__version__}\n"


def test_unknown_command_names_the_near_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["reprot"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "error: there is no command 'reprot'. Did you mean 'report'?" in err


def test_unknown_option_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", "--nonsense"]) == 2
    assert "--nonsense" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.WaveError("a wave has no rows. Read another."), 3),
        (errors.SourceError("the file is damaged."), 3),
        (errors.DisclosureError("too few respondents."), 4),
        (errors.MissingExtraError("Writing Word files", "docx"), 5),
    ],
)
def test_own_errors_are_messages(
    error: errors.EgovstatsError, code: int, probe: Probe, capsys: pytest.CaptureFixture[str]
) -> None:
    def body() -> None:
        raise error

    probe(body)
    assert main(["probe"]) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert err == f"error: {error}\n"


def test_missing_extra_names_it(probe: Probe, capsys: pytest.CaptureFixture[str]) -> None:
    def body() -> None:
        raise errors.MissingExtraError("Writing Word files", "docx")

    probe(body)
    main(["probe"])
    assert "pip install 'egovstats[docx]'" in capsys.readouterr().err


def test_unexpected_errors_tell_no_data(probe: Probe, capsys: pytest.CaptureFixture[str]) -> None:
    def body() -> None:
        raise KeyError("respondent 17, Bayanzurkh, income 2400000")

    probe(body)
    assert main(["probe"]) == 70
    err = capsys.readouterr().err
    assert "KeyError in " in err
    assert "fault of egovstats" in err
    assert "respondent" not in err
    assert "Traceback" not in err


def test_debug_shows_the_place(
    probe: Probe, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def body() -> None:
        raise KeyError("somewhere")

    probe(body)
    monkeypatch.setenv("EGOVSTATS_DEBUG", "1")
    assert main(["probe"]) == 70
    assert "Traceback" in capsys.readouterr().err


def test_interrupt(probe: Probe, capsys: pytest.CaptureFixture[str]) -> None:
    def body() -> None:
        raise KeyboardInterrupt

    probe(body)
    assert main(["probe"]) == 130
    assert "interrupted" in capsys.readouterr().err


def test_a_command_decides_its_exit_code(probe: Probe) -> None:
    def body() -> int:
        return 1

    probe(body)
    assert main(["probe"]) == 1


def test_warnings_about_data_are_sentences_said_once(
    probe: Probe, capsys: pytest.CaptureFixture[str]
) -> None:
    def body() -> None:
        for _ in range(2):
            warnings.warn("wave 2015 has no weight; everyone counts 1", errors.DataWarning, stacklevel=1)

    probe(body)
    assert main(["probe"]) == 0
    out, err = capsys.readouterr()
    assert out == ""
    assert err == "warning: wave 2015 has no weight; everyone counts 1\n"


def test_quiet_before_and_after_the_command(probe: Probe, capsys: pytest.CaptureFixture[str]) -> None:
    from egovstats.cli import options
    from egovstats.cli.console import console

    @click.command("probe")
    @options.quiet
    def body() -> None:
        console().say("reading")
        console().warn("doubtful")
        click.echo("result")

    probe(body)
    for words in (["probe"], ["-q", "probe"], ["probe", "-q"]):
        assert main(words) == 0
    out, err = capsys.readouterr()
    assert out == "result\n" * 3
    assert err.count("reading") == 1
    assert err.count("doubtful") == 3


def test_no_color_is_heeded(probe: Probe, monkeypatch: pytest.MonkeyPatch) -> None:
    from egovstats.cli.console import _colours

    monkeypatch.setenv("NO_COLOR", "1")
    assert _colours() is False
    monkeypatch.setenv("NO_COLOR", "")
    assert _colours() is None


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_cyrillic_leaves_a_process_of_another_code_page(encoding: str, root: Path) -> None:
    code = "from egovstats.cli.console import speak_utf8; speak_utf8(); print('Ерөнхийлөгч')"  # a pipe, not a terminal
    environment = os.environ | {
        "PYTHONPATH": str(root / "src"),
        "PYTHONIOENCODING": encoding,
        "PYTHONUTF8": "0",
    }
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, check=True)
    assert done.stdout.decode("utf-8").strip() == "Ерөнхийлөгч"


def test_a_closed_pipe_is_no_error(root: Path) -> None:
    code = (
        "import sys, click, types, egovstats.cli as cli\n"
        "module = types.ModuleType('egovstats.cli.probe')\n"
        "module.probe = click.command('probe')(lambda: [click.echo('x' * 1000) for _ in range(1000)] and None)\n"
        "sys.modules['egovstats.cli.probe'] = module\n"
        "cli.COMMANDS['probe'] = ('probe', '')\n"
        "sys.exit(cli.main(['probe']))\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONPATH": str(root / "src")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.read(10)
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(timeout=60) == 0


def test_shells_can_complete_commands(root: Path) -> None:
    environment = os.environ | {
        "PYTHONPATH": str(root / "src"),
        "_EGOVSTATS_COMPLETE": "bash_complete",
        "COMP_WORDS": "egovstats rep",
        "COMP_CWORD": "1",
    }
    words = [sys.executable, "-c", "from egovstats.cli import main; main()"]
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["plain,report"]
