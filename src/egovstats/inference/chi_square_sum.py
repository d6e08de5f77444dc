"""Upper tails of weighted sums of chi-squares, which test statistics of surveys follow.

References
----------
Rice (1980), SIAM Journal on Scientific and Statistical Computing 1, 438-448 (the inversion integral along
a contour through its saddle point; Imhof 1961, Biometrika 48, 419-426 integrates along the imaginary axis,
where small tails drown in cancellation); Kuonen (1999), Biometrika 86, 929-935 (saddle point
approximation); Satterthwaite (1946), Biometrics Bulletin 2, 110-114.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from scipy import special

from egovstats.errors import EstimateError, nearest

METHODS = ("exact", "saddlepoint", "satterthwaite")
_STEP = 0.05
_REACH = 40.0  # along the contour; its exponential is beyond any weight


def weighted_chi_square_tail(
    x: float, weights: Sequence[float] | np.ndarray, *, ddf: float = np.inf, method: str = "exact"
) -> float:
    """Probability that sum of weight * chi-square(1) exceeds x, or x times chi-square(ddf)/ddf.

    Parameters
    ----------
    x : float
    weights : sequence of float
        Above 0 (eigenvalues); zeros are left out.
    ddf : float
        Degrees of freedom of the denominator; infinity for none.
    method : str
        ``"exact"`` (numerical inversion, about 12 digits), ``"saddlepoint"`` or ``"satterthwaite"``.

    Raises
    ------
    EstimateError
        No weight above 0, one clearly below 0, an unknown method.

    Examples
    --------
    >>> round(weighted_chi_square_tail(7.814728, [1, 1, 1]), 6)
    0.05
    >>> round(weighted_chi_square_tail(7.5, [2.1, 1, 0.4]), 6)
    0.105694
    """
    if method not in METHODS:
        raise EstimateError(f"there is no method {method!r}. {nearest(method, METHODS)}")
    given = np.asarray(weights, dtype=float)
    largest = float(given.max(initial=0.0))
    if largest <= 0 or not np.isfinite(given).all() or given.min() < -1e-8 * largest:
        raise EstimateError(
            f"weights of chi-squares must be above 0, got {given.min(initial=0.0):g} to {largest:g}. "
            "They are eigenvalues of a covariance."
        )
    if not ddf > 0:
        raise EstimateError(f"degrees of freedom must be above 0, got {ddf:g}. More PSUs are needed.")
    # The tail does not change when x and the weights are divided by the same number.
    kept, x = given[given > 1e-12 * largest] / largest, float(x) / largest
    if x <= 0:
        return 1.0
    if np.isinf(ddf) and x > 2000 + 10 * len(kept):  # below the smallest number there is
        return 0.0
    if method == "satterthwaite":
        return _satterthwaite(x, kept, ddf)
    found = _exact(x, kept, ddf) if method == "exact" else _saddle(x, kept, ddf)
    return float(np.clip(found, 0.0, 1.0))


def moments_match(weights: np.ndarray) -> tuple[float, float]:
    """Scale and degrees of freedom of the chi-square with the same mean and variance."""
    scale = float((weights**2).sum() / weights.sum())
    return scale, float(weights.sum()) / scale


def _satterthwaite(x: float, weights: np.ndarray, ddf: float) -> float:
    scale, df = moments_match(weights)
    if np.isinf(ddf):
        return float(special.chdtrc(df, x / scale))
    return float(special.fdtrc(df, ddf, x / (scale * df)))


def _log_moment(s: np.ndarray, x: float, weights: np.ndarray, ddf: float) -> np.ndarray:
    """Log of the moment generating function of (sum - x * denominator) at s, any shape."""
    top = -0.5 * np.log(1 - 2 * weights * s[..., None]).sum(axis=-1)
    return top - (s * x if np.isinf(ddf) else 0.5 * ddf * np.log(1 + 2 * s * x / ddf))


def _slope(s: float, x: float, weights: np.ndarray, ddf: float) -> float:
    """Derivative of the log of the moment generating function at a real s."""
    below = x if np.isinf(ddf) else x / (1 + 2 * s * x / ddf)
    return float((weights / (1 - 2 * weights * s)).sum()) - below


def _root(function: Callable[[float], float], low: float, high: float) -> float:
    from scipy.optimize import brentq

    return float(brentq(function, low, high, xtol=1e-14, rtol=1e-14))


def _exact(x: float, weights: np.ndarray, ddf: float) -> float:
    """Integrate along a hyperbola through the saddle point, open to where the integrand dies out."""
    edge = 0.5  # the first singularity: 1 / (2 * largest weight), which is 1
    centre = _root(lambda s: _slope(s, x, weights, ddf) - 1 / s, 1e-12 * edge, edge * (1 - 1e-13))
    width = min(0.4 * centre, 2 * (edge - centre))
    # Leaning towards the singularity would lift the integrand of many weights above its saddle point.
    lean = min(width / (1 - 2 * centre), 1.0)
    v = np.arange(0, _REACH, _STEP)
    s = centre + width * (lean * (np.cosh(v) - 1) + 1j * np.sinh(v))
    ds = width * (lean * np.sinh(v) + 1j * np.cosh(v))
    with np.errstate(over="ignore", under="ignore"):
        values = (np.exp(_log_moment(s, x, weights, ddf)) / s * ds).imag
    values[0] /= 2
    return float(values.sum() * _STEP / np.pi)


def _saddle(x: float, weights: np.ndarray, ddf: float) -> float:
    """Lugannani and Rice's formula; Satterthwaite's at the mean, where it has no value."""
    edge = 0.5 * (1 - 1e-9)
    if np.isinf(ddf):
        low = -len(weights) / x - 1.0
    else:
        low = -ddf / (2 * x) * (1 - 1e-9)
    zeta = _root(lambda s: _slope(s, x, weights, ddf), low, edge)
    if abs(zeta) < 1e-4:
        return _satterthwaite(x, weights, ddf)
    w = np.sign(zeta) * np.sqrt(max(-2 * float(_log_moment(np.array(zeta), x, weights, ddf)), 0.0))
    curve = 2 * float((weights**2 / (1 - 2 * weights * zeta) ** 2).sum())
    if np.isfinite(ddf):
        curve += 2 * ddf * (x / ddf) ** 2 / (1 + 2 * zeta * x / ddf) ** 2
    u = zeta * np.sqrt(curve)
    return float(special.ndtr(-(w + np.log(u / w) / w)))
