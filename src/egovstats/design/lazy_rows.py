"""What a design that holds no rows refuses, with the way out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from egovstats.design.design import Design
from egovstats.design.domains import Domains
from egovstats.errors import EstimateError
from egovstats.variance import Totals


class RowsNotHeld(Design):
    """A design without the respondents themselves: all that asks for their answers is refused."""

    @property
    def frame(self) -> pd.DataFrame:
        """Not held.

        Raises
        ------
        EstimateError
            Always.
        """
        raise _needs_rows("the frame of respondents")

    def values(self, item: str) -> tuple[np.ndarray, np.ndarray]:
        """Not held; raises `EstimateError`."""
        raise _needs_rows(f"this statistic of {item!r}")

    def codes(self, item: str) -> tuple[np.ndarray, list[Any]]:
        """Not held; raises `EstimateError`."""
        raise _needs_rows(f"this statistic of {item!r}")

    def numbers(self, item: str) -> tuple[np.ndarray, np.ndarray] | None:
        """Not held; raises `EstimateError`."""
        raise _needs_rows(f"this statistic of {item!r}")

    def totals(self, domains: Domains, columns: Sequence[np.ndarray]) -> Totals:
        """Not held; raises `EstimateError`."""
        raise _needs_rows("this statistic")

    def code_totals(self, domains: Domains, codes: np.ndarray, levels: int) -> Totals:
        """Not held; raises `EstimateError`."""
        raise _needs_rows("this statistic")

    def counts(self, domains: Domains, inside: np.ndarray) -> np.ndarray:
        """Not held; raises `EstimateError`."""
        raise _needs_rows("this statistic")

    def cov_of_totals(self, scores: np.ndarray) -> np.ndarray:
        """Not held; raises `EstimateError`."""
        raise _needs_rows("this statistic")

    def __getattr__(self, name: str) -> Any:
        if name in ("weight", "_frame", "_active"):
            raise _needs_rows("this statistic")
        raise AttributeError(name)


def _needs_rows(what: str) -> EstimateError:
    return EstimateError(
        f"{what} needs every respondent's own answer, and a lazy design holds totals by PSU alone. Read the "
        "columns it needs into memory and use Design; totals, means, proportions, ratios, toplines and "
        "chi-square tests work on a lazy design as they are."
    )
