"""Maximum likelihood by Newton's method for models whose information is worked out block by block."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from egovstats.errors import EstimateError
from egovstats.one_thread import one_thread

_STEPS = 80
_HALVINGS = 30
_ENOUGH = 1e-12
_FLAT = 1e-9  # what is left of the information where a coefficient has run off
_RUNAWAY = 1e-3  # a last step so large, where the likelihood is flat, leads nowhere


@dataclass(frozen=True, slots=True, eq=False)
class Derivatives:
    """Weighted log-likelihood, its gradient (q,) and minus its second derivatives (q, q)."""

    value: float
    gradient: np.ndarray
    information: np.ndarray


class Likelihood(Protocol):
    """A model that can be maximised."""

    def start(self) -> np.ndarray:
        """A point at which the likelihood is above 0, shape (q,)."""

    def derivatives(self, theta: np.ndarray) -> Derivatives:
        """At a point; the value is minus infinity where the likelihood is 0."""

    def score_blocks(self, theta: np.ndarray) -> Iterator[tuple[slice, np.ndarray]]:
        """Weighted scores of the respondents used, block by block, (q, respondents)."""

    @property
    def people(self) -> float:
        """Sum of the weights."""


@one_thread
def maximise(model: Likelihood, start: np.ndarray | None = None) -> tuple[np.ndarray, Derivatives]:
    """The maximum and the derivatives there.

    Raises
    ------
    EstimateError
        No convergence: as a rule because some combination of columns predicts the answers perfectly.
    """
    theta = model.start() if start is None else start
    here = model.derivatives(theta)
    if not np.isfinite(here.value):
        theta = model.start()
        here = model.derivatives(theta)
    first = np.diag(here.information)
    for _ in range(_STEPS):
        step = _step(here)
        size = float(np.sqrt(abs(step @ here.gradient) / model.people))
        for _ in range(_HALVINGS):
            there = model.derivatives(theta + step)
            # Near the top rounding hides the rise; a short step is taken as it is.
            if there.value >= here.value - 1e-9 * abs(here.value) * (size < 1e-3):
                break
            step = step / 2
        else:
            break
        theta, here = theta + step, there
        if size < _ENOUGH:
            flat = np.diag(here.information) < _FLAT * first
            if flat.any() or (np.abs(step) > _RUNAWAY * (1 + np.abs(theta))).any():
                break
            return theta, here
    raise EstimateError(
        f"the fit does not converge in {_STEPS} steps: some combination of columns may predict the answers "
        "perfectly. Join sparse categories, or drop terms."
    )


def _step(at: Derivatives) -> np.ndarray:
    """Newton's step; along the gradient's own scale where the surface is not bowed downwards."""
    size = np.sqrt(np.maximum(np.diag(at.information), 1e-300))
    scaled = at.information / np.outer(size, size)
    least = float(np.linalg.eigvalsh(scaled)[0])
    if least < 1e-12:
        scaled = scaled + (1e-6 + abs(least)) * np.eye(len(size))
    try:
        return np.linalg.solve(scaled, at.gradient / size) / size
    except np.linalg.LinAlgError as error:
        raise EstimateError(
            "the likelihood is flat in some direction: some combination of columns may predict the answers "
            "perfectly. Join sparse categories, or drop terms."
        ) from error
