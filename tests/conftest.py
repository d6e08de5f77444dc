"""Fixtures that every room's tests share."""

from __future__ import annotations

from pathlib import Path

import hypothesis
import pytest

# A busy machine makes examples slowly; that says nothing about the code, so no test fails for the clock.
hypothesis.settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("any machine")

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real files that may not enter the project; they lie beside the checkout where they are at hand."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("real test files are not beside this checkout (../shared/data)")
    return folder
