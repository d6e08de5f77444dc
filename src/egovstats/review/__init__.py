"""Review: what a report wrote, read again, compared with another run and made anew."""

from egovstats.review.compare import STATUSES, Comparison, NumberComparison, compare
from egovstats.review.run import Run, read_run
from egovstats.review.verify import FileCheck, Verification, verify

__all__ = [
    "STATUSES",
    "Comparison",
    "FileCheck",
    "NumberComparison",
    "Run",
    "Verification",
    "compare",
    "read_run",
    "verify",
]
