"""Measures of how well a confirmatory model fits.

References
----------
Bentler (1990), Psychological Bulletin 107, 238-246 (CFI); Tucker and Lewis (1973), Psychometrika 38, 1-10;
Steiger (1998), Structural Equation Modeling 5, 411-419 (RMSEA in several groups); Browne and Cudeck (1992),
Sociological Methods and Research 21, 230-258 (its interval); Bentler (1995), EQS manual (SRMR);
Brosseau-Liard and Savalei (2014), Multivariate Behavioral Research 49, 460-470 (robust CFI and RMSEA).
"""

from __future__ import annotations

import numpy as np
from scipy import optimize, special

from egovstats.scales.cfa_layout import Layout
from egovstats.scales.cfa_ml import Moments


def incremental(
    chi_square: float, df: int, baseline: float, baseline_df: int, scales: tuple[float, float] = (1.0, 1.0)
) -> tuple[float, float]:
    """CFI and TLI; `scales` are what the two chi-squares exceed theirs by where data are not normal."""
    own, base = chi_square - scales[0] * df, baseline - scales[1] * baseline_df
    top, bottom = max(own, 0.0), max(own, base, 0.0)
    cfi = 1.0 if bottom == 0 else 1 - top / bottom
    tli = 1 - own / df * baseline_df / base if df > 0 and base != 0 else float("nan")
    return cfi, tli


def rmsea(
    chi_square: float, df: int, n: float, groups: int, scale: float = 1.0
) -> tuple[float, float, float]:
    """RMSEA and its 90 % interval; NaN where the model has no degrees of freedom."""
    if df <= 0:
        return float("nan"), float("nan"), float("nan")

    def of(noncentrality: float) -> float:
        return float(np.sqrt(groups * max(noncentrality, 0.0) / (n * df)))

    limits = [scale * _noncentrality(chi_square / scale, df, share) for share in (0.95, 0.05)]
    return of(chi_square - scale * df), of(limits[0]), of(limits[1])


def _noncentrality(chi_square: float, df: int, share: float) -> float:
    """Noncentrality under which `share` of chi-squares lie below the one found; 0 if none does."""
    if special.chdtr(df, chi_square) <= share:
        return 0.0
    high = max(chi_square, 1.0)
    while special.chndtr(chi_square, df, high) > share:
        high *= 2
    return float(
        optimize.brentq(lambda at: special.chndtr(chi_square, df, at) - share, 0.0, high, xtol=1e-10)
    )


def srmr(layout: Layout, theta: np.ndarray, moments: Moments) -> float:
    """Root mean square of the residuals in standard deviations of the items, means among them where modelled.

    Of several groups, the mean of theirs weighted by respondents.
    """
    sigma, mu = layout.implied(theta)
    p = sigma.shape[1]
    rows, columns = np.tril_indices(p)
    total = 0.0
    for g, n in enumerate(moments.n):
        spread = np.sqrt(np.diag(moments.cov[g]))
        left = ((moments.cov[g] - sigma[g]) / np.outer(spread, spread))[rows, columns]
        if layout.means:
            left = np.append(left, (moments.mean[g] - mu[g]) / spread)
        total += n / moments.n.sum() * float(np.sqrt(np.mean(left**2)))
    return float(total)
