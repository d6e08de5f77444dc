"""The likelihood of the multinomial logit: log P(answer k) / P(reference) = x'b_k.

References
----------
Agresti (2013), Categorical Data Analysis, 3rd ed., section 8.1.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from scipy import special

from egovstats.models.columns import Columns
from egovstats.models.newton import Derivatives


@dataclass(frozen=True, slots=True, eq=False)
class Logits:
    """Multinomial logit likelihood of K - 1 sets of p coefficients, set by set.

    Parameters
    ----------
    columns : Columns, p of them
    rows : np.ndarray of int, shape (m,), or None
    codes : np.ndarray of int, shape (m,)
        Answers 0..K-1 of the respondents used; 0 is the reference.
    weight : np.ndarray, shape (m,)
    answers : int
        K.
    coefficients : np.ndarray of int
        Which of the (K - 1) * p coefficients there are; the others are 0.
    intercept : int or None
        Column that is 1 for everyone.
    """

    columns: Columns
    rows: np.ndarray | None
    codes: np.ndarray
    weight: np.ndarray
    answers: int
    coefficients: np.ndarray
    intercept: int | None

    @property
    def people(self) -> float:
        """See `Likelihood`."""
        return float(self.weight.sum())

    @property
    def back(self) -> np.ndarray:
        """Takes parameters of centred columns to those of the columns as they are, (q, q)."""
        p = len(self.columns)
        one = np.eye(p)
        if len(self.columns.shift) and self.intercept is not None:
            one[self.intercept] -= self.columns.shift
        whole = np.kron(np.eye(self.answers - 1), one)
        return whole[np.ix_(self.coefficients, self.coefficients)]

    def without(self, dropped: set[int]) -> Logits:
        """The likelihood with some of its coefficients held at 0."""
        left = [at for place, at in enumerate(self.coefficients) if place not in dropped]
        # Columns as they are: coefficients at 0 stay there only if nothing is centred.
        plain = self.columns.shifted(np.zeros(len(self.columns)))
        return replace(self, columns=plain, coefficients=np.array(left, dtype=np.int64))

    def start(self) -> np.ndarray:
        """No effects; intercepts at the answers' own shares."""
        share = np.bincount(self.codes, weights=self.weight, minlength=self.answers)
        full = np.zeros((self.answers - 1, len(self.columns)))
        if self.intercept is not None:
            full[:, self.intercept] = np.log(share[1:] / share[0])
        return full.ravel()[self.coefficients]

    def _full(self, theta: np.ndarray) -> np.ndarray:
        full = np.zeros((self.answers - 1) * len(self.columns))
        full[self.coefficients] = theta
        return full.reshape(self.answers - 1, -1)

    def _pieces(self, theta: np.ndarray) -> Iterator[tuple[slice, np.ndarray, np.ndarray, np.ndarray]]:
        """Blocks with the log shares of all K answers, and who gave which of those but the reference."""
        full = self._full(theta)
        for part, block in self.columns.blocks(self.rows, len(self.codes)):
            eta = np.vstack([np.zeros(block.shape[1]), full @ block])
            gave = np.arange(1, self.answers)[:, None] == self.codes[part]
            yield part, block, special.log_softmax(eta, axis=0), gave

    def derivatives(self, theta: np.ndarray) -> Derivatives:
        """See `Likelihood`."""
        p, sets = len(self.columns), self.answers - 1
        value, gradient = 0.0, np.zeros((sets, p))
        info = np.zeros((sets, p, sets, p))
        for part, block, log_share, gave in self._pieces(theta):
            weight = self.weight[part]
            value += float(weight @ log_share[self.codes[part], np.arange(block.shape[1])])
            share = np.exp(log_share[1:])
            gradient += ((gave - share) * weight) @ block.T
            for k in range(sets):
                for other in range(k + 1):
                    spread = share[k] * ((k == other) - share[other]) * weight
                    piece = (block * spread) @ block.T
                    info[k, :, other] += piece
                    if other != k:
                        info[other, :, k] += piece
        at = self.coefficients
        return Derivatives(value, gradient.ravel()[at], info.reshape(sets * p, sets * p)[np.ix_(at, at)])

    def score_blocks(self, theta: np.ndarray) -> Iterator[tuple[slice, np.ndarray]]:
        """See `Likelihood`."""
        for part, block, log_share, gave in self._pieces(theta):
            each = (gave - np.exp(log_share[1:])) * self.weight[part]
            stacked = (each[:, None, :] * block[None]).reshape(-1, block.shape[1])
            yield part, stacked[self.coefficients]


@dataclass(frozen=True, slots=True, eq=False)
class LogitsResponse:
    """Shares of the answers of a multinomial logit; see `egovstats.models.response.Response`."""

    outcomes: int

    def _shares(self, block: np.ndarray, theta: np.ndarray) -> np.ndarray:
        eta = theta.reshape(self.outcomes - 1, -1) @ block
        return special.softmax(np.vstack([np.zeros(block.shape[1]), eta]), axis=0)

    def values(self, block: np.ndarray, part: slice, theta: np.ndarray) -> np.ndarray:
        """See `Response`."""
        return self._shares(block, theta)

    def gradient(self, block: np.ndarray, part: slice, theta: np.ndarray, weight: np.ndarray) -> np.ndarray:
        """See `Response`."""
        share = self._shares(block, theta)
        found = np.empty((self.outcomes, self.outcomes - 1, len(block)))
        for k in range(self.outcomes):
            for other in range(1, self.outcomes):
                slope = share[k] * ((k == other) - share[other]) * weight
                found[k, other - 1] = slope @ block.T
        return found.reshape(self.outcomes, -1)
