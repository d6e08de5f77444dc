"""Where the free numbers of a confirmatory model stand in its matrices, group by group.

Sigma = Lambda Psi Lambda' + Theta and mu = nu + Lambda alpha, in the notation of Joereskog (1969),
Psychometrika 34, 183-202, and (1971), Psychometrika 36, 409-426 (several groups).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from egovstats.errors import EstimateError, nearest
from egovstats.scales.cfa_syntax import Measures

EQUAL = ("loadings", "intercepts", "residuals")
_SHAPES = {"loading": "pm", "factor": "mm", "residual": "pp", "intercept": "p1", "factor mean": "m1"}


@dataclass(slots=True)
class _Slots:
    """Free cells of one kind of matrix: parameter, group, row, column."""

    at: list[tuple[int, int, int, int]] = field(default_factory=list)


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """The q parameters of a model in G groups of p items and m factors.

    Parameters
    ----------
    measures : Measures
    groups : int
    means : bool
        Whether intercepts and factor means are in the model.
    names : list of tuple
        Of each parameter: kind, left and right name, group (-1 where groups share it).
    free : dict of str to np.ndarray, shape (cells, 4)
        By kind: parameter, group, row, column.
    fixed : dict of str to np.ndarray, shape (G, rows, columns)
        Values of the cells that are not free; 0 elsewhere.
    """

    measures: Measures
    groups: int
    means: bool
    names: list[tuple[str, str, str, int]]
    free: dict[str, np.ndarray]
    fixed: dict[str, np.ndarray]

    @property
    def size(self) -> int:
        """Number of parameters."""
        return len(self.names)

    @property
    def moments(self) -> int:
        """Number of sample moments that the model is held against."""
        p = len(self.measures.items)
        return self.groups * (p * (p + 1) // 2 + (p if self.means else 0))

    def matrix(self, kind: str, theta: np.ndarray) -> np.ndarray:
        """A matrix of all groups, shape (G, rows, columns)."""
        filled = self.fixed[kind].astype(theta.dtype)
        cells = self.free[kind]
        filled[cells[:, 1], cells[:, 2], cells[:, 3]] = theta[cells[:, 0]]
        if kind in ("factor", "residual"):
            filled[cells[:, 1], cells[:, 3], cells[:, 2]] = theta[cells[:, 0]]
        return filled

    def implied(self, theta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Covariances (G, p, p) and means (G, p) that the model implies."""
        loading, factor = self.matrix("loading", theta), self.matrix("factor", theta)
        sigma = loading @ factor @ loading.transpose(0, 2, 1) + self.matrix("residual", theta)
        mu = self.matrix("intercept", theta) + loading @ self.matrix("factor mean", theta)
        return sigma, mu[..., 0]

    def slopes(self, theta: np.ndarray, group: int) -> tuple[np.ndarray, np.ndarray]:
        """Derivatives of one group's covariances (q, p, p) and means (q, p)."""
        loading, factor = self.matrix("loading", theta)[group], self.matrix("factor", theta)[group]
        level = self.matrix("factor mean", theta)[group][:, 0]
        p = len(loading)
        of_sigma, of_mu = np.zeros((self.size, p, p), theta.dtype), np.zeros((self.size, p), theta.dtype)
        spread = factor @ loading.T
        for parameter, i, j in self._of(group, "loading"):
            of_sigma[parameter, i, :] += spread[j]
            of_sigma[parameter, :, i] += spread[j]
            of_mu[parameter, i] += level[j]
        for parameter, i, j in self._of(group, "factor"):
            outer = np.outer(loading[:, i], loading[:, j])
            of_sigma[parameter] += outer if i == j else outer + outer.T
        for parameter, i, j in self._of(group, "residual"):
            of_sigma[parameter, i, j] += 1
            if i != j:
                of_sigma[parameter, j, i] += 1
        for parameter, i, _ in self._of(group, "intercept"):
            of_mu[parameter, i] += 1
        for parameter, i, _ in self._of(group, "factor mean"):
            of_mu[parameter] += loading[:, i]
        return of_sigma, of_mu

    def _of(self, group: int, kind: str) -> list[tuple[int, int, int]]:
        cells = self.free[kind]
        return [(int(a), int(i), int(j)) for a, g, i, j in cells if g == group]


def lay_out(
    measures: Measures, groups: int, *, means: bool, equal: Sequence[str] = (), scale: str = "marker"
) -> Layout:
    """Number the parameters of a model.

    Parameters
    ----------
    measures : Measures
    groups : int
    means : bool
    equal : sequence of str
        What groups share: ``"loadings"``, ``"intercepts"``, ``"residuals"``.
    scale : str
        ``"marker"``: the first loading of each factor is 1; ``"variance"``: each factor's variance is 1
        (of the first group alone where groups share loadings).
    """
    strange = [each for each in equal if each not in EQUAL]
    if strange:
        raise EstimateError(f"groups cannot share {strange[0]!r}. {nearest(strange[0], EQUAL)}")
    if scale not in ("marker", "variance"):
        raise EstimateError(f"scale must be 'marker' or 'variance', got {scale!r}.")
    items, factors = measures.items, list(measures.factors)
    p, m = len(items), len(factors)
    sizes = {"p": p, "m": m, "1": 1}
    fixed = {kind: np.zeros((groups, *(sizes[each] for each in shape))) for kind, shape in _SHAPES.items()}
    slots: dict[str, _Slots] = {kind: _Slots() for kind in _SHAPES}
    names: list[tuple[str, str, str, int]] = []
    known: dict[tuple[str, str, str], int] = {}

    def add(kind: str, group: int, i: int, j: int, left: str, right: str, *, shared: bool) -> None:
        key = (kind, left, right)
        if not shared or key not in known:
            names.append((*key, -1 if shared else group))
            known[key] = len(names) - 1
        slots[kind].at.append((known[key], group, i, j))

    for g in range(groups):
        same = "loadings" in equal
        for j, factor in enumerate(factors):
            for place, item in enumerate(measures.factors[factor]):
                if scale == "marker" and place == 0:
                    fixed["loading"][g, items.index(item), j] = 1.0
                else:
                    add("loading", g, items.index(item), j, factor, item, shared=same)
        for i, left in enumerate(factors):
            for j in range(i + 1):
                if scale == "variance" and i == j and (g == 0 or not same):
                    fixed["factor"][g, i, i] = 1.0
                else:
                    add("factor", g, i, j, left, factors[j], shared=False)
        for i, item in enumerate(items):
            add("residual", g, i, i, item, item, shared="residuals" in equal)
        for left, right in measures.pairs:
            add("residual", g, items.index(left), items.index(right), left, right, shared=False)
        if means:
            for i, item in enumerate(items):
                add("intercept", g, i, 0, item, "", shared="intercepts" in equal)
            if "intercepts" in equal and g > 0:
                for j, factor in enumerate(factors):
                    add("factor mean", g, j, 0, factor, "", shared=False)
    free = {kind: np.array(each.at, dtype=int).reshape(-1, 4) for kind, each in slots.items()}
    return Layout(measures, groups, means, names, free, fixed)
