"""Figures in print: sums, growth, rounding, releases; claims and the verdicts that their checks make."""

# importing these registers their checks
from egovstats.checks import (  # noqa: F401
    change,
    counts,
    distribution,
    growth,
    indicator,
    percentages,
    population,
    range,
    releases,
    sums,
    waves,
)
from egovstats.checks.dispersion import debit, grimmer
from egovstats.checks.figures import Figure, Figures, read_figures
from egovstats.checks.granularity import grim_counts, grim_mean, grim_percent_n
from egovstats.checks.ledger import Ledger, check_claims
from egovstats.checks.outcomes import VERDICTS, Number, Outcome, Verdict
from egovstats.checks.registry import CHECKS, Evidence, check
from egovstats.checks.reported import TextCheck, TextChecks, check_text
from egovstats.checks.wording import Message

__all__ = [
    "CHECKS",
    "VERDICTS",
    "Evidence",
    "Figure",
    "Figures",
    "Ledger",
    "Message",
    "Number",
    "Outcome",
    "TextCheck",
    "TextChecks",
    "Verdict",
    "check",
    "check_claims",
    "check_text",
    "debit",
    "grim_counts",
    "grim_mean",
    "grim_percent_n",
    "grimmer",
    "read_figures",
]
