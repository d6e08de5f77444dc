"""The partial likelihood of Cox's model: value, derivatives and each respondent's score, by cumulative sums.

References
----------
Therneau and Grambsch (2000), Modeling Survival Data, section 3.3 (ties by Efron's method, weights enter each
death and each risk set) and 4.6 (score residuals).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from egovstats.models.newton import Derivatives
from egovstats.one_thread import one_thread


@dataclass(frozen=True, slots=True, eq=False)
class Partial:
    """Partial likelihood of q coefficients.

    Parameters
    ----------
    X : np.ndarray, shape (m, q)
    time, entry : np.ndarray, shape (m,)
        When each respondent leaves, and when they come under observation (minus infinity: always).
    event : np.ndarray of bool, shape (m,)
    weight : np.ndarray, shape (m,)
    efron : bool
        Ties by Efron's method; by Breslow's otherwise.
    """

    X: np.ndarray
    time: np.ndarray
    entry: np.ndarray
    event: np.ndarray
    weight: np.ndarray
    efron: bool

    @property
    def people(self) -> float:
        """See `Likelihood`."""
        return float(self.weight.sum())

    @property
    def died(self) -> np.ndarray:
        """Who has the event and a weight: a replicate may leave a death out, and all at risk with it."""
        return self.event & (self.weight > 0)

    def without(self, dropped: set[int]) -> Partial:
        """The likelihood without some of its coefficients."""
        return replace(self, X=self.X[:, [at for at in range(self.X.shape[1]) if at not in dropped]])

    def start(self) -> np.ndarray:
        """No effects."""
        return np.zeros(self.X.shape[1])

    def derivatives(self, theta: np.ndarray) -> Derivatives:
        """See `Likelihood`."""
        sets = self._risk_sets(theta, second=True)
        died = self.died
        eta = self.X[died] @ theta
        value = float(self.weight[died] @ eta - sets.pull @ np.log(sets.risk))
        gradient = self.weight[died] @ self.X[died] - sets.pull @ sets.mean
        assert sets.square is not None
        spread = np.tensordot(sets.pull / sets.risk, sets.square, 1)
        information = spread - (sets.mean * sets.pull[:, None]).T @ sets.mean
        return Derivatives(value, gradient, information)

    def score_blocks(self, theta: np.ndarray) -> Iterator[tuple[slice, np.ndarray]]:
        """See `Likelihood`; all respondents in one block."""
        yield slice(0, len(self.time)), self.scores(theta).T

    @one_thread
    def scores(self, theta: np.ndarray) -> np.ndarray:
        """Weighted scores, shape (m, q)."""
        sets = self._risk_sets(theta)
        share = sets.pull / sets.risk
        # Hazard and hazard times mean, up to each time; a death counts in part at its own time.
        whole = _by_time(sets, np.column_stack([share, share[:, None] * sets.mean]))
        part = (share * (1 - sets.rank))[:, None]
        own = _by_time(sets, np.column_stack([part, part * sets.mean]))
        upto = np.vstack([np.zeros(whole.shape[1]), np.cumsum(whole, axis=0)])
        last = np.searchsorted(sets.times, self.time, side="right")
        first = np.searchsorted(sets.times, self.entry, side="right")
        exposed = upto[last] - upto[first]
        died = self.died
        at = np.searchsorted(sets.times, self.time[died])
        exposed[died] += own[at] - whole[at]
        found = -np.exp(self.X @ theta)[:, None] * (self.X * exposed[:, [0]] - exposed[:, 1:])
        means = _by_time(sets, sets.mean) / np.bincount(sets.place, minlength=len(sets.times))[:, None]
        found[died] += self.X[died] - means[at]
        return found * self.weight[:, None]

    def _risk_sets(self, theta: np.ndarray, *, second: bool = False) -> _RiskSets:
        """Everything about the risk set of each death, one death after the other among ties."""
        q, died = self.X.shape[1], self.died
        risk = self.weight * np.exp(self.X @ theta)
        columns = [risk[:, None], risk[:, None] * self.X]
        if second:
            columns.append((risk[:, None, None] * self.X[:, :, None] * self.X[:, None, :]).reshape(-1, q * q))
        moments = np.column_stack(columns)
        times, place = np.unique(self.time[died], return_inverse=True)
        under = _at_or_after(self.time, moments, times) - _at_or_after(self.entry, moments, times)
        dying = np.stack(
            [np.bincount(place, weights=each, minlength=len(times)) for each in moments[died].T]
        ).T
        count = np.bincount(place, minlength=len(times))
        each = np.repeat(np.arange(len(times)), count)
        start = np.cumsum(count) - count
        rank = (np.arange(len(each)) - start[each]) / count[each] if self.efron else np.zeros(len(each))
        left = under[each] - rank[:, None] * dying[each]
        deaths = np.bincount(place, weights=self.weight[died], minlength=len(times))
        return _RiskSets(
            times=times,
            place=each,
            rank=rank,
            pull=(deaths / count)[each],
            risk=left[:, 0],
            mean=left[:, 1 : q + 1] / left[:, [0]],
            square=left[:, q + 1 :].reshape(-1, q, q) if second else None,
        )


@dataclass(frozen=True, slots=True, eq=False)
class _RiskSets:
    """Risk sets of d deaths, one after the other among ties.

    Distinct times (T,), each death's time, share of tied deaths before it, weight, risk, mean of the columns
    (d, q), and their second moments (d, q, q).
    """

    times: np.ndarray
    place: np.ndarray
    rank: np.ndarray
    pull: np.ndarray
    risk: np.ndarray
    mean: np.ndarray
    square: np.ndarray | None


def _by_time(sets: _RiskSets, values: np.ndarray) -> np.ndarray:
    """Sums over the deaths of each time, shape (T, r)."""
    return np.stack([np.bincount(sets.place, weights=v, minlength=len(sets.times)) for v in values.T]).T


def _at_or_after(moment: np.ndarray, values: np.ndarray, times: np.ndarray) -> np.ndarray:
    """Sums of `values` over those whose moment is at or after each time, shape (T, r)."""
    order = np.argsort(moment, kind="stable")
    after = np.vstack([np.cumsum(values[order][::-1], axis=0)[::-1], np.zeros(values.shape[1])])
    return after[np.searchsorted(moment[order], times, side="left")]
