"""How many of a set of replicate weights are no combination of the others: one more than their df."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from egovstats.one_thread import one_thread

_ROWS = 1 << 15  # respondents in one block: their replicate weights stay in cache
_APART = 1e-10  # squared distance, of weights scaled to length 1, from a combination of the others


def rank_by_rows(block: Callable[[np.ndarray | slice], np.ndarray], rows: int, most: int) -> int:
    """Rank of a matrix of replicate weights, as few rows of it read as need be.

    Parameters
    ----------
    block : callable
        Takes numbers of rows and gives their weights, shape (replicates, rows).
    rows : int
        How many there are.
    most : int
        A rank that it cannot exceed; reaching it ends the search.

    Examples
    --------
    >>> weights = np.array([[2.0, 0, 2], [2, 2, 0], [4, 2, 2]])
    >>> rank_by_rows(lambda part: weights[:, part], 3, 3)
    2
    """
    if rows <= 4 * most:
        return _rank(block(slice(0, rows)))
    spread = np.arange(0, rows, rows // (4 * most))
    if _rank(block(spread)) >= most:
        return most
    gram: np.ndarray | float = 0.0
    for low in range(0, rows, _ROWS):
        part = block(slice(low, min(low + _ROWS, rows)))
        gram = gram + part @ part.T
    return _rank_of_gram(np.asarray(gram))


@one_thread
def _rank(weights: np.ndarray) -> int:
    """Rank of weights, shape (replicates, rows), from the smaller of its two crossproducts."""
    replicates, rows = weights.shape
    if replicates <= rows:
        return _rank_of_gram(weights @ weights.T)
    size = np.sqrt((weights**2).sum(axis=1))
    scaled = weights[size > 0] / size[size > 0, None]
    return int((np.linalg.eigvalsh(scaled.T @ scaled) > _APART).sum())


@one_thread
def _rank_of_gram(gram: np.ndarray) -> int:
    """Rank from the crossproduct of replicates, shape (replicates, replicates)."""
    size = np.sqrt(np.diag(gram))
    kept = size > 0
    scaled = gram[np.ix_(kept, kept)] / np.outer(size[kept], size[kept])
    return int((np.linalg.eigvalsh(scaled) > _APART).sum())
