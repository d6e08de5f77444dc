"""The command line: words into calls of the public interface.

This module loads nothing, so that ``egovstats --help`` costs little more than starting Python. The
commands load with the first that is called.
"""

from __future__ import annotations

import os
import sys

COMMANDS = {
    "report": ("report", "Build a report: the main job"),
    "demo": ("demo", "Write synthetic wave files to try things on"),
    "inspect": ("files", "Show what a survey file holds"),
    "codebook": ("codebook", "Write the codebook of a survey file"),
    "new": ("new", "Draft a survey series from its files"),
    "harmonise": ("harmonise", "Pool the files of a series, and show what became of every code"),
    "topline": ("topline", "All answers by wave, with margins of error"),
    "crosstab": ("crosstab", "Answers by group, with letters for what stands out"),
    "trend": ("trend", "How one item changed across the waves, and how sure that is"),
    "battery": ("battery", "The trends of many items, as an article's table"),
    "indicator": ("indicator", "A country indicator with its trend"),
    "claims": ("claims", "Check the claims of a study against its figures"),
    "check-text": ("checktext", "Check the statistics in a text by what they imply"),
    "compare": ("compare", "Compare two runs of a report, number by number"),
    "verify": ("compare", "Make a run again from its manifest, and compare"),
    "variants": ("variants", "Try a report's headlines under other choices"),
    "bundle": ("bundle", "Pack a run for a reviewer, without respondents' answers"),
}
"""Command -> the module of this room that holds it, and what it does."""


def overview() -> str:
    """What ``egovstats --help`` prints."""
    width = max(map(len, COMMANDS)) + 2
    commands = "\n".join(f"  {name:<{width}}{does}" for name, (_, does) in COMMANDS.items())
    return f"""Usage: egovstats [OPTIONS] COMMAND ...

Survey and indicator statistics: from wave files to a report that can be re-run.

Commands:
{commands}

Options:
  -q, --quiet    Say nothing on the way; errors still are
  -V, --version  Show the version
  -h, --help     Show this; egovstats COMMAND --help shows more

Start with:
  egovstats report                      the report on Mongolia, from what ships
  egovstats demo waves                  synthetic wave files in the folder waves
  egovstats report --data waves -o out  the same report with these files"""


def main(arguments: list[str] | None = None) -> int:
    """Run the command line.

    Parameters
    ----------
    arguments : list of str, optional
        The words after ``egovstats``; those of this process where left out.

    Returns
    -------
    int
        0 done, 1 a check failed, 2 wrong usage, 3 bad data or settings, 4 withheld to protect
        respondents, 5 a package is missing, 70 a fault of egovstats itself.
    """
    words = sys.argv[1:] if arguments is None else arguments
    completing = "_EGOVSTATS_COMPLETE" in os.environ  # a shell asks click for the words that may follow
    if not completing and (not words or words in (["--help"], ["-h"])):
        print(overview())
        return 0
    from egovstats.cli.app import end_as_interrupted, run

    if arguments is None:
        end_as_interrupted()
    return run(words)
