"""The likelihood of cumulative link models: P(answer <= j) = F(threshold j - x'b).

References
----------
McCullagh (1980), Journal of the Royal Statistical Society B 42, 109-142; Agresti (2010), Analysis of Ordinal
Categorical Data, 2nd ed., sections 3.4 and 5.1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from scipy import special

from egovstats.errors import EstimateError
from egovstats.models.columns import Columns
from egovstats.models.newton import Derivatives

Function = Callable[[np.ndarray], np.ndarray]
_FAR = 700.0


@dataclass(frozen=True, slots=True)
class Distribution:
    """A distribution of the latent scale: its function, density, the density's slope, and quantiles."""

    name: str
    below: Function
    density: Function
    slope: Function
    quantile: Function


def _logistic_density(x: np.ndarray) -> np.ndarray:
    return special.expit(x) * special.expit(-x)


def _normal_density(x: np.ndarray) -> np.ndarray:
    return np.exp(-0.5 * x * x) / np.sqrt(2 * np.pi)


def _small(x: np.ndarray) -> np.ndarray:
    """Density of the smallest extreme value."""
    x = np.minimum(x, _FAR)
    return np.exp(x - np.exp(x))


def _small_slope(x: np.ndarray) -> np.ndarray:
    x = np.minimum(x, _FAR)
    return np.exp(x - np.exp(x)) * (1 - np.exp(x))


DISTRIBUTIONS = {
    "logit": Distribution(
        "logit",
        special.expit,
        _logistic_density,
        lambda x: _logistic_density(x) * (1 - 2 * special.expit(x)),
        special.logit,
    ),
    "probit": Distribution(
        "probit", special.ndtr, _normal_density, lambda x: -x * _normal_density(x), special.ndtri
    ),
    "cloglog": Distribution(
        "cloglog",
        lambda x: -np.expm1(-np.exp(np.minimum(x, _FAR))),
        _small,
        _small_slope,
        lambda p: np.log(-np.log1p(-p)),
    ),
    "loglog": Distribution(
        "loglog",
        lambda x: np.exp(-np.exp(np.minimum(-x, _FAR))),
        lambda x: _small(-x),
        lambda x: -_small_slope(-x),
        lambda p: -np.log(-np.log(p)),
    ),
    "cauchit": Distribution(
        "cauchit",
        lambda x: 0.5 + np.arctan(x) / np.pi,
        lambda x: 1 / (np.pi * (1 + x * x)),
        lambda x: -2 * x / (np.pi * (1 + x * x) ** 2),
        lambda p: np.tan(np.pi * (p - 0.5)),
    ),
}


@dataclass(frozen=True, slots=True, eq=False)
class Cumulative:
    """Cumulative link likelihood of p coefficients and K - 1 thresholds.

    Parameters
    ----------
    columns : Columns, p of them, without an intercept
    rows : np.ndarray of int, shape (m,), or None
    codes : np.ndarray of int, shape (m,)
        Answers 0..K-1 of the respondents used.
    weight : np.ndarray, shape (m,)
    offset : np.ndarray, shape (m,), or None
    answers : int
        K.
    distribution : Distribution
    """

    columns: Columns
    rows: np.ndarray | None
    codes: np.ndarray
    weight: np.ndarray
    offset: np.ndarray | None
    answers: int
    distribution: Distribution

    @property
    def people(self) -> float:
        """See `Likelihood`."""
        return float(self.weight.sum())

    @property
    def back(self) -> np.ndarray:
        """Takes parameters of centred columns to those of the columns as they are, (q, q)."""
        p = len(self.columns)
        matrix = np.eye(p + self.answers - 1)
        if len(self.columns.shift):
            matrix[p:, :p] = self.columns.shift
        return matrix

    def without(self, dropped: set[int]) -> Cumulative:
        """The likelihood without some of its coefficients."""
        p = len(self.columns)
        if max(dropped, default=-1) >= p:
            raise EstimateError(
                "thresholds cannot be left out of an ordinal model. Name terms of its formula."
            )
        return replace(self, columns=self.columns.take([at for at in range(p) if at not in dropped]))

    def start(self) -> np.ndarray:
        """No effects; thresholds at the answers' own shares."""
        share = np.bincount(self.codes, weights=self.weight, minlength=self.answers)
        below = np.cumsum(share)[:-1] / share.sum()
        thresholds = self.distribution.quantile(np.clip(below, 1e-6, 1 - 1e-6))
        return np.concatenate([np.zeros(len(self.columns)), thresholds])

    def _pieces(self, theta: np.ndarray) -> Iterator[tuple[slice, np.ndarray, _Pieces]]:
        p = len(self.columns)
        cuts = np.concatenate([[-np.inf], theta[p:], [np.inf]])
        for part, block in self.columns.blocks(self.rows, len(self.codes)):
            eta = theta[:p] @ block if p else np.zeros(part.stop - part.start)
            if self.offset is not None:
                eta = eta + self.offset[part]
            code = self.codes[part]
            yield part, block, _pieces(self.distribution, cuts[code + 1] - eta, cuts[code] - eta, code)

    def derivatives(self, theta: np.ndarray) -> Derivatives:
        """See `Likelihood`."""
        p, q = len(self.columns), len(theta)
        value, gradient, info = 0.0, np.zeros(q), np.zeros((q, q))
        if (np.diff(theta[p:]) <= 0).any():
            return Derivatives(-np.inf, gradient, info)
        for part, block, piece in self._pieces(theta):
            weight = self.weight[part]
            if not (piece.share > 0).all():
                return Derivatives(-np.inf, gradient, info)
            value += float(weight @ np.log(piece.share))
            each = piece.scores(block, self.answers) * weight
            gradient += each.sum(axis=1)
            upper, lower, both = (weight * h for h in (piece.upper2, piece.lower2, piece.cross))
            info[:p, :p] -= (block * (upper + 2 * both + lower)) @ block.T
            to_upper = _by_answer(block * (upper + both), piece.code, self.answers + 1, 1)
            to_lower = _by_answer(block * (lower + both), piece.code, self.answers + 1, 0)
            info[:p, p:] += (to_upper + to_lower)[:, 1:-1]
            own = _by_answer(upper[None], piece.code, self.answers + 1, 1)[0]
            own += _by_answer(lower[None], piece.code, self.answers + 1, 0)[0]
            beside = _by_answer(both[None], piece.code, self.answers + 1, 1)[0]
            info[p:, p:] -= np.diag(own[1:-1])
            at = np.arange(p + 1, q)
            info[at, at - 1] -= beside[2:-1]
            info[at - 1, at] -= beside[2:-1]
        info[p:, :p] = info[:p, p:].T
        return Derivatives(value, gradient, info)

    def score_blocks(self, theta: np.ndarray) -> Iterator[tuple[slice, np.ndarray]]:
        """See `Likelihood`."""
        for part, block, piece in self._pieces(theta):
            yield part, piece.scores(block, self.answers) * self.weight[part]


@dataclass(frozen=True, slots=True, eq=False)
class _Pieces:
    """Share of each respondent's answer, and derivatives of its log by the upper and the lower limit."""

    code: np.ndarray
    share: np.ndarray
    upper: np.ndarray
    lower: np.ndarray
    upper2: np.ndarray
    lower2: np.ndarray
    cross: np.ndarray

    def scores(self, block: np.ndarray, answers: int) -> np.ndarray:
        """Scores of coefficients and thresholds, shape (q, respondents)."""
        found = np.zeros((len(block) + answers - 1, len(self.code)))
        found[: len(block)] = -(self.upper + self.lower) * block
        cuts = np.zeros((answers + 1, len(self.code)))
        at = np.arange(len(self.code))
        cuts[self.code + 1, at] = self.upper
        cuts[self.code, at] = self.lower
        found[len(block) :] = cuts[1:-1]
        return found


def _pieces(distribution: Distribution, high: np.ndarray, low: np.ndarray, code: np.ndarray) -> _Pieces:
    top, bottom = np.isposinf(high), np.isneginf(low)
    a, b = np.where(top, 0.0, high), np.where(bottom, 0.0, low)
    # Far up the scale 1 - F keeps the digits that F loses.
    above = (a > 0) & (b > 0) & ~bottom
    mirrored = DISTRIBUTIONS[_MIRROR[distribution.name]].below
    share = np.where(
        above,
        mirrored(-b) - np.where(top, 0.0, mirrored(-a)),
        np.where(top, 1.0, distribution.below(a)) - np.where(bottom, 0.0, distribution.below(b)),
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        fa = np.where(top, 0.0, distribution.density(a)) / share
        fb = np.where(bottom, 0.0, distribution.density(b)) / share
        da = np.where(top, 0.0, distribution.slope(a)) / share
        db = np.where(bottom, 0.0, distribution.slope(b)) / share
    return _Pieces(code, share, fa, -fb, da - fa * fa, -db - fb * fb, fa * fb)


_MIRROR = {
    "logit": "logit",
    "probit": "probit",
    "cauchit": "cauchit",
    "cloglog": "loglog",
    "loglog": "cloglog",
}


def _by_answer(values: np.ndarray, code: np.ndarray, cells: int, ahead: int) -> np.ndarray:
    """Sums of rows of `values`, shape (r, m), by answer plus `ahead`, shape (r, cells)."""
    return (
        np.stack([np.bincount(code + ahead, weights=row, minlength=cells) for row in values])
        if len(values)
        else np.zeros((0, cells))
    )


@dataclass(frozen=True, slots=True, eq=False)
class CumulativeResponse:
    """Shares of the answers of a cumulative link model; see `egovstats.models.response.Response`."""

    distribution: Distribution
    offset: np.ndarray | None
    outcomes: int

    def _limits(self, block: np.ndarray, part: slice, theta: np.ndarray) -> np.ndarray:
        eta = theta[: len(block)] @ block
        if self.offset is not None:
            eta = eta + self.offset[part]
        return theta[len(block) :, None] - eta

    def values(self, block: np.ndarray, part: slice, theta: np.ndarray) -> np.ndarray:
        """See `Response`."""
        below = self.distribution.below(self._limits(block, part, theta))
        return np.diff(below, axis=0, prepend=0.0, append=1.0)

    def gradient(self, block: np.ndarray, part: slice, theta: np.ndarray, weight: np.ndarray) -> np.ndarray:
        """See `Response`."""
        density = self.distribution.density(self._limits(block, part, theta)) * weight
        p, cuts = len(block), len(density)
        by_threshold = np.zeros((cuts, p + cuts))
        by_threshold[:, :p] = -density @ block.T
        by_threshold[np.arange(cuts), p + np.arange(cuts)] = density.sum(axis=1)
        return np.diff(by_threshold, axis=0, prepend=np.zeros((1, p + cuts)), append=np.zeros((1, p + cuts)))
