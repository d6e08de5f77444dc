"""Review: what a report wrote, read again, compared with another run, made anew, packed, tried otherwise."""

from egovstats.review.bundle import Bundle, bundle
from egovstats.review.compare import STATUSES, Comparison, NumberComparison, compare
from egovstats.review.run import Run, read_run
from egovstats.review.variant_row import VariantRow
from egovstats.review.variants import Variants, variants
from egovstats.review.verify import FileCheck, Verification, verify

__all__ = [
    "STATUSES",
    "Bundle",
    "Comparison",
    "FileCheck",
    "NumberComparison",
    "Run",
    "VariantRow",
    "Variants",
    "Verification",
    "bundle",
    "compare",
    "read_run",
    "variants",
    "verify",
]
