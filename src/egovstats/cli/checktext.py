"""``egovstats check-text``: the statistics in a text, by what they imply."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from egovstats.cli import options
from egovstats.cli.output import Result, deliver, wrapped

if TYPE_CHECKING:
    from egovstats.checks import TextChecks


@click.command("check-text")
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--strict", is_flag=True, help="End with exit code 1 if a statistic cannot be as printed.")
@options.result_options
def check_text(file: Path, strict: bool, output: Path | None, as_json: bool, force: bool) -> int:
    """Check the statistics in a text FILE (UTF-8; - for what is piped in).

    p-values of t, F, chi-squared, z and r in APA style are computed again from their statistics, with all
    that rounding leaves open; means are set beside what whole scores can give.
    """
    import egovstats

    found = egovstats.check_text(_read(file))
    rows: list[dict[str, Any]] = [
        {str(key): each for key, each in row.items()} for row in found.to_frame().to_dict("records")
    ]
    result = Result("check-text", _text(found), rows)
    deliver(result, as_json=as_json, output=output, force=force)
    return 1 if strict and found.contradicted else 0


def _read(file: Path) -> str:
    import sys

    from egovstats.errors import SourceError

    try:
        return sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise SourceError(
            f"the file {file.name!r} cannot be read: {error.strerror or error}. Check its name and folder."
        ) from error
    except UnicodeDecodeError as error:
        raise SourceError(
            f"the file {file.name!r} is not text in UTF-8 (byte {error.start}). "
            "Save it as plain text in UTF-8; from Word, PDF or HTML, copy the text."
        ) from error


def _text(found: TextChecks) -> str:
    if not len(found):
        return "No statistics were found, such as t(28) = 2.20, p = .036 or M = 3.45, SD = 1.20, n = 20."
    signs = {"reproduced": "✓", "within_rounding": "≈", "contradicted": "✗", "not_testable": "○"}
    lines = [f"{len(found)} statistics, {len(found.contradicted)} of which cannot be as printed"]
    for each in found:
        said = f"{signs[each.verdict]} line {each.line}: {each.text}: {each.verdict.replace('_', ' ')}"
        said += f"; computed p = {each.computed:.4g}" if each.computed is not None else ""
        said += f"; {each.reason}" if each.reason else ""
        said += "; the decision at .05 is another" if each.decision is False else ""
        lines.append(wrapped(said, after="  "))
    return "\n".join(lines)
