"""The shipped reports give the results that were read and accepted; `make reports` accepts new ones."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import accepted_reports
import pytest


@pytest.mark.parametrize("name", list(accepted_reports.ACCEPTED))
def test_results_are_the_accepted_ones(name: str, tmp_path: Path) -> None:
    accepted = json.loads(accepted_reports.accepted_file(name).read_text(encoding="utf-8"))
    found = json.loads(accepted_reports.build(name, tmp_path))
    assert accepted_reports.differences(accepted, found) == []
    assert accepted["synthetic"] is accepted_reports.ACCEPTED[name]


RESULT = {"id": "a.share", "value": 0.25, "display": "25.0%", "unit": "share"}


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({}, None),
        ({"value": 0.25 * (1 + 1e-12)}, None),
        ({"value": 0.2501}, "a.share: 25.0% -> 25.0% (0.25 -> 0.2501)"),
        ({"display": "25%"}, "a.share: 25.0% -> 25% (0.25 -> 0.25)"),
        ({"value": None, "display": "*"}, "a.share: 25.0% -> * (0.25 -> None)"),
    ],
)
def test_a_number_that_moved_is_told(change: dict[str, Any], line: str | None) -> None:
    before, after = {"results": [copy.copy(RESULT)]}, {"results": [RESULT | change]}
    assert accepted_reports.differences(before, after) == ([] if line is None else [line])


def test_missing_and_new_numbers_are_told() -> None:
    full, empty = {"results": [RESULT]}, {"results": []}
    assert accepted_reports.differences(full, empty) == ["a.share: missing (was 25.0%)"]
    assert accepted_reports.differences(empty, full) == ["a.share: new (25.0%)"]
