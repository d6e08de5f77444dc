"""A small study of three waves, and a run of its report."""

from __future__ import annotations

from pathlib import Path

import pytest
from review_sample import Study, write_study


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """The small study."""
    return write_study(tmp_path_factory.mktemp("study"))


@pytest.fixture(scope="session")
def town_run(town: Study, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of its report."""
    return town.run(tmp_path_factory.mktemp("run") / "run")
