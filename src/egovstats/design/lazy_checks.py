"""What a lazy design refuses, in the words of the design in memory."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from egovstats.design.lazy_scan import Groups
from egovstats.errors import DesignError


def check_rows(found: Groups, keys: tuple[str, ...], weight: str | None) -> None:
    """Refuse an empty source, missing labels and weights that cannot be.

    Raises
    ------
    DesignError
        With how many respondents, and in which column.
    """
    n = int(found.rows.sum())
    if not n:
        raise DesignError("the source has no rows, so there is no sample. Read a file with respondents.")
    for name in keys:
        missing = int(found.rows[found.keys[name].isna().to_numpy()].sum())
        if missing:
            role = "PSU" if name == keys[-1] else "stratum"
            raise DesignError(
                f"{missing} of {n} respondents have no {role} in {name!r}. Fill it in, or give them a label "
                "of their own."
            )
    for what in ("missing", "infinite", "negative"):
        if found.faults.get(what):
            raise DesignError(
                f"{found.faults[what]} of {n} weights in {weight!r} are {what}. Correct them, or set them "
                "to 0 to keep these respondents out of the estimates."
            )
    if not found.n.any():
        raise DesignError(
            f"no weight in {weight!r} is above 0, so nobody is represented. Pass another column."
        )


def population_of(found: Groups, name: str | None) -> np.ndarray | None:
    """PSUs in the population of each PSU's stratum, shape (g,).

    Raises
    ------
    DesignError
        It varies within a PSU, or is no count.
    """
    if name is None:
        return None
    if (found.low != found.high).any():
        raise DesignError(
            f"population size {name!r} is not the same within {int((found.low != found.high).sum())} PSUs. "
            "Give every respondent of a stratum the number of units in that stratum."
        )
    if (found.low < 1).any():
        raise DesignError(f"population sizes in {name!r} below 1 are not counts. Pass numbers of PSUs.")
    return found.low[:, 0]


def strata_of(keys: pd.DataFrame, names: tuple[str, ...]) -> Any:
    """Strata as one label."""
    if not names:
        return None
    if len(names) == 1:
        return keys[names[0]].to_numpy()
    return pd.Series(["|".join(map(str, row)) for row in zip(*(keys[name] for name in names), strict=True)])
