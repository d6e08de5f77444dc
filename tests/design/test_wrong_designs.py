"""Designs that cannot be are refused by name: the column, the stratum or PSU, and how many; never a respondent."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import egovstats as eg
from egovstats.errors import DesignError, EgovstatsError

FRAME = pd.DataFrame(
    {
        "w": [1.0, 2, 1, 2, 1, 1, 3, 1],
        "st": ["a", "a", "a", "b", "b", "b", "b", "b"],
        "psu": [1, 1, 2, 3, 3, 4, 4, 5],
        "ssu": [1, 2, 1, 1, 2, 1, 2, 1],
        "N": [9.0, 9, 9, 8, 8, 8, 8, 8],
        "M": [4.0] * 8,
        "p": [0.5] * 8,
        **{f"r{at}": [1.0 + at, 2, 1, 2, 1, 1, 3, 1] for at in range(4)},
    }
)
STAGES: dict[str, Any] = {"psu": ["psu", "ssu"], "population_size": ["N", "M"]}
JOINT = np.full((5, 5), 0.2) + np.diag([0.3] * 5)

WRONG: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    (
        {"psu": [1, 1, 2, 2, 3, 4, 4, 5]},
        {},
        r"PSU '2' lies in more than one stratum \('a' and 'b'; 1 in all\)",
    ),
    ({"N": [1.0] * 3 + [8.0] * 5}, {"population_size": "N"}, "stratum 'a' has 2 sampled units .* of 1"),
    ({"N": 2.0}, {"population_size": "N", "stratum": None}, "the sample as a whole .* has 5 sampled units"),
    ({"M": 1.0}, STAGES, r"PSU '1' has 2 sampled units .* \(3 PSUs in all\)"),
    ({"N": [9.0, 8, 9, 8, 8, 8, 8, 8]}, {"population_size": "N"}, "not the same within stratum 'a'"),
    ({"M": [4.0, 5, 4, 4, 4, 4, 4, 4]}, STAGES, "not the same within PSU '1'"),
    ({}, STAGES, "2 PSUs have one unit at stage 2 only.*: PSU '2', PSU '5'"),
    ({"psu": [1, 1, 1, 3, 3, 4, 4, 5]}, {}, "1 stratum has one PSU only.*: 'a'"),
    ({"psu": 1}, {"stratum": None}, "all respondents are of one PSU"),
    ({"N": [np.nan] + [8.0] * 7}, {"population_size": "N"}, "population size is missing for 1 of 8 .* 'N'"),
    ({"N": np.inf}, {"population_size": "N"}, "population size is infinite for 8 of 8 respondents in 'N'"),
    ({"N": "9"}, {"population_size": "N"}, "'N' .* does not hold numbers, which a population size is"),
    ({"N": 0.5}, {"population_size": "N"}, "8 population sizes in 'N' are below 1"),
    ({"p": 1.5}, {"sampling_fraction": "p"}, "8 sampling fractions in 'p' are not above 0 and at most 1"),
    ({"p": np.nan}, {"sampling_fraction": "p"}, "sampling fraction is missing for 8 of 8 respondents in 'p'"),
    ({"p": [0.1] + [0.5] * 7}, {"inclusion_probability": "p"}, "respondents of PSU '1' have different"),
    ({}, {"inclusion_probability": "p", "pps": JOINT[:3, :3]}, r"have shape \(3, 3\), but there are 5 PSUs"),
    ({}, {"inclusion_probability": "p", "pps": JOINT * 2.5}, "5 do not, 0 pairs are not"),
    (
        {"p": 0.4},
        {"inclusion_probability": "p", "pps": JOINT},
        "not the inclusion probability of 5 of 5 PSUs",
    ),
    ({"w": [np.nan] + [1.0] * 7}, {}, "1 of 8 weights in 'w' are missing"),
    ({"w": [-1.0] + [1.0] * 7}, {}, "1 of 8 weights in 'w' are negative"),
    ({"w": [np.inf] + [1.0] * 7}, {}, "1 of 8 weights in 'w' are infinite"),
    ({"w": 0.0}, {}, "no weight in 'w' is above 0"),
    ({"w": "1,5"}, {}, "weight column 'w' .* does not hold numbers"),
    ({"w": "1.5"}, {}, "weight column 'w' .* does not hold numbers"),
    ({"w": pd.Timestamp("2020-01-01")}, {}, "weight column 'w' .* does not hold numbers"),
    ({"st": [None, *"aabbbbb"]}, {}, "1 of 8 respondents have no stratum in 'st'"),
    ({"psu": [np.nan, 1, 2, 3, 3, 4, 4, 5]}, {}, "1 of 8 respondents have no PSU in 'psu'"),
    (
        {"ssu": [np.nan, 2, 1, 1, 2, 1, 2, 1]},
        STAGES,
        "1 of 8 respondents have no unit of a later stage in 'ssu'",
    ),
    ({}, {"weight": ["w"]}, r"the weight is one column, got \['w'\]"),
]


@pytest.mark.parametrize(("changed", "options", "message"), WRONG)
def test_a_wrong_design_is_named(changed: dict[str, Any], options: dict[str, Any], message: str) -> None:
    with pytest.raises(EgovstatsError, match=message):
        eg.Design(FRAME.assign(**changed), **{"weight": "w", "stratum": "st", "psu": "psu", **options})


@pytest.mark.parametrize(
    ("changed", "options", "message"),
    [
        ({}, {"replicates": "r1"}, r"at least two replicate weights, got \['r1'\]"),
        ({"r1": [-1.0] + [1.0] * 7}, {}, "1 of 8 replicate weights in 'r1' are negative"),
        ({"r1": 0.0}, {}, "no replicate weight in 'r1' is above 0"),
        ({"r1": "a"}, {}, "'r1' .* does not hold numbers, which a replicate weight is"),
        ({}, {"scale": -1.0}, "scale must be a number above 0, got -1.0"),
        ({}, {"scale": np.nan}, "scale must be a number above 0, got nan"),
    ],
)
def test_wrong_replicates_are_named(changed: dict[str, Any], options: dict[str, Any], message: str) -> None:
    asked: dict[str, Any] = {"weight": "w", "replicates": ["r0", "r1", "r2"], "method": "BRR", **options}
    with pytest.raises(DesignError, match=message):
        eg.ReplicateDesign(FRAME.assign(**changed), **asked)


def test_what_is_no_frame_is_refused() -> None:
    with pytest.raises(
        DesignError, match=r"needs a pandas DataFrame, one row a respondent, got builtins\.dict"
    ):
        eg.Design({"w": [1.0, 2.0]}, weight="w")


def test_bounds_of_trimming_in_the_wrong_order() -> None:
    with pytest.raises(DesignError, match="cannot be above 3 and below 1"):
        eg.trim(eg.Design(FRAME, weight="w"), lower=3, upper=1)
