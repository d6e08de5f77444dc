"""Covariance of estimated totals: arrays in, arrays out; the only room that knows strata and stages."""

from egovstats.variance.cells import Cells
from egovstats.variance.joint import with_approximate_joint, with_joint_probabilities
from egovstats.variance.numbered_stages import LONELY_POLICIES, build_stages
from egovstats.variance.numbering import dense_codes, whole_codes
from egovstats.variance.stages import Stage, Stages
from egovstats.variance.sums import sum_columns, tallies, tally
from egovstats.variance.totals import CellTotals, Totals, answer_shares

__all__ = [
    "LONELY_POLICIES",
    "CellTotals",
    "Cells",
    "Stage",
    "Stages",
    "Totals",
    "answer_shares",
    "build_stages",
    "dense_codes",
    "sum_columns",
    "tallies",
    "tally",
    "whole_codes",
    "with_approximate_joint",
    "with_joint_probabilities",
]
