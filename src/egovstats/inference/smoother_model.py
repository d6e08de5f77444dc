"""The state space model behind `smooth_trend`: statsmodels' Kalman smoother with known variances."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

_POINTS = 33  # values of the spread in the mixture
_TINY = 1e-9
_WIDE = 1e5  # variance of the start over that of the measurements


@dataclass(eq=False)
class CurveModel:
    """A level at irregular times, measured with known variances.

    Parameters
    ----------
    time, y, variance : np.ndarray, shape (m,)
        Measurements in order of time.
    shift : np.ndarray, shape (m, sources)
        1 where a measurement carries a source's constant offset.
    wanted : np.ndarray, shape (g,)
        Times of the curve, ascending.
    slope : bool
        The slope walks, not the level.
    """

    time: np.ndarray
    y: np.ndarray
    variance: np.ndarray
    shift: np.ndarray
    wanted: np.ndarray
    slope: bool
    order: np.ndarray = field(init=False)
    smoother: Any = field(init=False)

    def __post_init__(self) -> None:
        from statsmodels.tsa.statespace.kalman_smoother import KalmanSmoother

        m, g = len(self.time), len(self.wanted)
        every = np.concatenate([self.time, self.wanted])
        self.order = np.argsort(every, kind="stable")
        gap = np.append(np.diff(every[self.order]), 0.0)
        moving = 2 if self.slope else 1
        states, rows = moving + self.shift.shape[1], m + g
        model = KalmanSmoother(k_endog=1, k_states=states, k_posdef=moving)
        seen = np.where(self.order < m, np.append(self.y, np.full(g, np.nan))[self.order], np.nan)
        model.bind(np.ascontiguousarray(seen[:, None]))
        design = np.zeros((1, states, rows))
        design[0, 0] = 1.0
        design[0, moving:] = np.vstack([self.shift, np.zeros((g, self.shift.shape[1]))])[self.order].T
        transition = np.repeat(np.eye(states)[:, :, None], rows, axis=2)
        if self.slope:
            transition[0, 1] = gap
        model["design"] = design
        model["transition"] = transition
        model["selection"] = np.eye(states)[:, :moving]
        model["obs_cov"] = np.append(self.variance, np.ones(g))[self.order][None, None, :]
        self._unit = self._walk(gap)
        # Exact diffuse starts lose digits where unobserved dates follow the first measurement; a start that
        # is wide beside everything else does not.
        wide = np.full(states, _WIDE * (float(np.var(self.y)) + float(self.variance.mean())))
        if self.slope:
            wide[1] /= float(np.ptp(self.time)) ** 2
        model.initialize_known(np.append(self.y.mean(), np.zeros(states - 1)), np.diag(wide))
        self.smoother = model

    def _walk(self, gap: np.ndarray) -> np.ndarray:
        """Covariance of what the state gains over each gap, for a spread of 1."""
        if not self.slope:
            return gap[None, None, :].copy()
        return np.array([[gap**3 / 3, gap**2 / 2], [gap**2 / 2, gap]])

    def log_likelihood(self, spread: float) -> float:
        """Diffuse log-likelihood of the measurements."""
        self.smoother["state_cov"] = self._unit * spread**2
        return float(self.smoother.loglike())

    def smoothed(self, spread: float) -> tuple[np.ndarray, np.ndarray]:
        """All states (states, rows) and their covariances (states, states, rows), in the order given."""
        self.smoother["state_cov"] = self._unit * spread**2
        found = self.smoother.smooth()
        back = np.argsort(self.order, kind="stable")
        return found.smoothed_state[:, back], found.smoothed_state_cov[:, :, back]

    def mixture(
        self, spreads: np.ndarray, weights: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray, list[tuple[float, float]]]:
        """Level and its error at the wanted times, fitted measurements, (offset, error) by source."""
        m = len(self.time)
        states, covs = zip(*(self.smoothed(float(each)) for each in spreads), strict=True)
        mean = np.tensordot(weights, np.array(states), 1)
        variance = np.array([np.diagonal(cov, axis1=0, axis2=1).T for cov in covs])
        # Variance of a mixture: the mean variance, and the variance of the means.
        total = np.tensordot(weights, variance + (np.array(states) - mean) ** 2, 1)
        moving = 2 if self.slope else 1
        offsets = [(float(mean[at, 0]), float(np.sqrt(total[at, 0]))) for at in range(moving, len(mean))]
        fitted = mean[0, :m] + self.shift @ mean[moving:, 0]
        return mean[0, m:], np.sqrt(np.maximum(total[0, m:], 0.0)), fitted, offsets


def posterior_of_spread(
    model: CurveModel,
) -> tuple[np.ndarray, np.ndarray, float, tuple[float, float]]:
    """Weights (r,) of spreads (r,) by their likelihood, the most likely one, and a 95 per cent range.

    The prior is flat on the standard deviation, which lets 0 in and stays proper wherever there are more
    measurements than a few (Gelman 2006, Bayesian Analysis 1, 515-534, section 3.2).
    """
    top = _upper(model)
    grid = np.linspace(0.0, top, _POINTS)
    log = np.array([model.log_likelihood(max(float(each), _TINY * top)) for each in grid])
    weights = np.exp(log - log.max())
    weights /= weights.sum()
    cumulative = np.cumsum(weights)
    low = float(grid[int(np.searchsorted(cumulative, 0.025))])
    high = float(grid[min(int(np.searchsorted(cumulative, 0.975)), len(grid) - 1)])
    kept = weights > 1e-4
    spreads = np.maximum(grid[kept], _TINY * top)
    best = float(grid[np.argmax(log)])
    return weights[kept] / weights[kept].sum(), spreads, best, (low, high)


def _upper(model: CurveModel) -> float:
    """A spread beyond which the likelihood is negligible."""
    scale = float(np.std(model.y)) + float(np.sqrt(model.variance.mean()))
    span = float(np.ptp(model.time)) / max(len(np.unique(model.time)) - 1, 1)
    top = 2 * scale / np.sqrt(span) if not model.slope else 2 * scale / span**1.5
    peak = max(model.log_likelihood(each * top) for each in (0.01, 0.03, 0.1, 0.3, 1.0))
    for _ in range(8):
        if model.log_likelihood(top) < peak - 5:
            break
        top *= 2
    # Down again where all the mass lies near 0, so that the grid resolves it.
    for _ in range(8):
        if model.log_likelihood(top / 2) >= peak - 8:
            break
        top /= 2
    return top
