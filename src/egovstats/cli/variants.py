"""``egovstats variants``: a report's headlines under every choice that could have been made otherwise."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from egovstats.cli import options
from egovstats.cli.console import console
from egovstats.cli.documents import is_document, write_document
from egovstats.cli.output import Result, deliver, terminal_width, wrapped

if TYPE_CHECKING:
    from egovstats.review import Variants


@click.command()
@click.argument("report", default="mongolia")
@options.needed_data
@options.lang
@options.document_options
def variants(report: str, data: Path, lang: str, output: Path | None, as_json: bool, force: bool) -> None:
    """Try every headline of a REPORT under other choices, and say which decisions hang on one.

    Without weights; without each wave; with those who did not know, refused or gave no answer in the base,
    or at its bounds; without clusters; with another rule for lone sampling units; with the wave as the unit.
    What cannot be tried says why. The exit code is 0 also where a decision differs: that is a finding, not a
    fault.
    """
    import egovstats

    whole = is_document(output, as_json=as_json)
    found = egovstats.variants(report, data=data, language=lang, progress=console().say)
    if output is not None and whole:
        write_document(found.report(), output, force=force)
        return
    result = Result(
        "variants",
        _text(found),
        [{str(key): each for key, each in row.items()} for row in found.to_frame().to_dict("records")],
        found.sources,
        more={"report": found.name, "conf_level": found.conf_level, "differing": len(found.differing())},
    )
    deliver(result, as_json=as_json, output=output, force=force)


def _text(found: Variants) -> str:
    from egovstats.review.variants_document import decision_of, label_of, notes, summary

    language, width = found.language, terminal_width()
    lines = [wrapped(summary(found), width=width), ""]
    followed = ""
    for main, *others in found.headlines().values():
        if main.followed != followed:
            followed = main.followed
            lines += ["", wrapped(followed, width=width)] if followed else [""]
        tried = [row for row in others if row.differs is not None]
        moved = [row for row in tried if row.differs]
        counts = {"same": len(tried) - len(moved), "tried": len(tried)}
        said = main.subject
        if main.decision:
            decision = decision_of(main, language)
            said = language.say("variants.line", subject=said, decision=decision, **counts)
        lines.append(wrapped(said, before="  ", after="    ", width=width))
        for row in moved:
            other = f"≠ {label_of(row.choice, language)}: {decision_of(row, language)}"
            lines.append(wrapped(other, before="      ", after="        ", width=width))
    lines += ["", *(wrapped(f"- {note}", after="  ", width=width) for note in notes(found))]
    return "\n".join(lines)
