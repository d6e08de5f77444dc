"""Written reports that several tests read."""

from __future__ import annotations

from pathlib import Path

import pytest
from report_sample import sample_report

SMALL = {"2013": 1200, "2015": 25, "2018": 45, "2020": 1169, "2022": 1200}


@pytest.fixture(scope="session")
def english(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report on real sources in English."""
    folder = tmp_path_factory.mktemp("english")
    sample_report("en").write(folder)
    return folder


@pytest.fixture(scope="session")
def mongolian(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report on synthetic sources in Mongolian."""
    folder = tmp_path_factory.mktemp("mongolian")
    sample_report("mn", synthetic=True).write(folder)
    return folder


@pytest.fixture(scope="session")
def russian(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report in Russian with one wave of 25 respondents and one of 45."""
    folder = tmp_path_factory.mktemp("russian")
    sample_report("ru", sizes=SMALL).write(folder)
    return folder
