"""The trend test of Cochran and Armitage for survey data, with the correction of Rao and Scott."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from egovstats.design import ReplicateDesign
from egovstats.design.design import Design
from egovstats.design.where import Where
from egovstats.inference.outcome import at_two_times, followed
from egovstats.inference.statement import per_time, t_effect
from egovstats.inference.wald import f_tail
from egovstats.one_thread import one_thread
from egovstats.results import Effect, HypothesisTest


def cochran_armitage_test(
    design: Design,
    item: str,
    on: str = "year",
    *,
    answers: Sequence[Any] | None = None,
    where: Where = None,
    conf_level: float = 0.95,
) -> HypothesisTest:
    """Score test of a linear trend of a share, or of the scores of ordered answers.

    Parameters
    ----------
    design : Design
    item, on, answers, where, conf_level
        As in `trend`. Without `answers` the codes are the scores: the linear-by-linear test of Mantel, of
        which that of Cochran and Armitage is the case of two answers.

    Returns
    -------
    HypothesisTest
        F with 1 and the design's degrees of freedom: the test's X squared, as if everybody were drawn
        alone, over its design effect. `others` holds that X squared and the design effect; the effect is the
        slope, with an interval from the variance under the null hypothesis.

    Raises
    ------
    EstimateError
        One wave only, a time that is no number, answers in words without `answers`.

    References
    ----------
    Armitage (1955), Biometrics 11, 375-386; Mantel (1963), JASA 58, 690-700; Rao and Scott (1984), Annals
    of Statistics 12, 46-60; Rao, Scott and Skinner (1998), Statistica Sinica 8, 1059-1070 (score tests for
    surveys).
    """
    found = followed(design, item, on, answers, where)
    y, time, used = found.y, found.time, found.used
    at_two_times(found.times, item, on)
    df = float(design.domains(None, used).df[0])
    slope, variance, plain = _score(design, y, time, used)
    statistic = slope**2 / variance if variance > 0 and df > 0 else float("nan")
    none = float("nan")
    return HypothesisTest(
        test="Cochran-Armitage test for trend, Rao-Scott correction",
        null=f"The answers have no linear trend over {on}.",
        statistic=float(statistic),
        distribution="F",
        df=(1.0, df),
        p_value=f_tail(float(statistic), 1.0, df) if np.isfinite(statistic) else none,
        effect=t_effect(
            "slope", slope, float(np.sqrt(variance)), df, unit=per_time(found.unit, on), conf_level=conf_level
        ),
        others=(
            Effect("X squared without the design", plain, none, none, "chi-square"),
            Effect("design effect", float(plain / statistic), none, none, "ratio"),
        ),
        n=float(used.sum()),
        keys={"item": item},
        sources=design.sources,
        notes=() if np.isfinite(statistic) else ("no variance or no degrees of freedom to test against",),
    )


@one_thread
def _score(design: Design, y: np.ndarray, time: np.ndarray, used: np.ndarray) -> tuple[float, float, float]:
    """Slope, its variance were there no trend, and X squared as if everybody were drawn alone."""
    inside = np.where(used, design.weight, 0.0)
    mass = inside.sum()
    late, high = time - inside @ np.where(used, time, 0) / mass, y - inside @ y / mass
    late = np.where(used, late, 0.0)
    spread = inside @ late**2
    slope = float(inside @ (late * high) / spread)
    plain = used.sum() * (inside @ (late * high)) ** 2 / (spread * (inside @ high**2))
    if isinstance(design, ReplicateDesign):
        _, cov = design.replicated(lambda weight: _slope(np.where(used, weight, 0.0), time, y))
        return slope, float(cov.variance[0]), float(plain)
    scores = (inside * late * high / spread)[:, None]
    return slope, float(design.cov_of_totals(scores)[0, 0]), float(plain)


@one_thread
def _slope(weight: np.ndarray, time: np.ndarray, y: np.ndarray) -> np.ndarray:
    held = weight > 0
    w, t, v = weight[held], time[held], y[held]
    late = t - w @ t / w.sum()
    return np.array([w @ (late * v) / (w @ late**2)])
