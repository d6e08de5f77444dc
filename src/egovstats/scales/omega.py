"""McDonald's omega: how much of a scale's variance its factors hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from egovstats.console import as_html, as_text
from egovstats.design.design import Design
from egovstats.design.where import Where
from egovstats.errors import EstimateError, nearest
from egovstats.intervals import bonett
from egovstats.results import Effect
from egovstats.scales.adequacy import correlation_matrix
from egovstats.scales.cfa import cfa
from egovstats.scales.exploratory import extract
from egovstats.scales.items import scale_items
from egovstats.scales.rotation import rotate
from egovstats.sources import Source, Sourced


def omega(
    design: Design,
    items: Sequence[str],
    *,
    reverse: Sequence[str] = (),
    errors: str | None = None,
    conf_level: float = 0.95,
    where: Where = None,
) -> Effect:
    """McDonald's omega of a scale with one factor.

    Parameters
    ----------
    design : Design
        Linearised (not of replicate weights).
    items : sequence of str
        Three or more columns of numbers; people who answered all of them count.
    reverse : sequence of str
        Items that point the other way: their loadings count with the sign turned.
    errors : str, optional
        As in `cfa`.
    conf_level : float
    where : str or boolean array of shape (n,), optional

    Returns
    -------
    Effect
        Squared sum of the loadings over itself plus the residual variances; the interval is symmetric on
        log(1 - omega).

    Raises
    ------
    EstimateError
        Fewer than three items, or as in `cfa`.

    References
    ----------
    McDonald (1999), Test Theory, equation 6.20b; Raykov (2002), Structural Equation Modeling 9, 195-212 (its
    error by the delta method).
    """
    names = scale_items(items, least=3)
    strange = [name for name in reverse if name not in names]
    if strange:
        raise EstimateError(
            f"{strange[0]!r} is to be reversed but is not an item. {nearest(strange[0], names)}"
        )
    found = cfa(design, f"scale =~ {' + '.join(names)}", scale="variance", errors=errors, where=where)
    kinds = [name[0] for name in found.layout.names]
    signs = np.array([-1.0 if name[2] in reverse else 1.0 for name in found.layout.names])
    loads, left = (np.array([kind == each for kind in kinds]) for each in ("loading", "residual"))
    common, noise = float((signs * found.theta)[loads].sum()), float(found.theta[left].sum())
    estimate = common**2 / (common**2 + noise)
    slope = np.where(loads, 2 * common * signs * noise, np.where(left, -(common**2), 0.0))
    slope /= (common**2 + noise) ** 2
    std_error = float(np.sqrt(slope @ found.cov @ slope))
    low, high = bonett(
        np.array(estimate), np.array(std_error**2), np.array(found.n), np.array(found.df), conf_level
    )
    return Effect("omega", estimate, float(low), float(high), "coefficient", conf_level, std_error)


@dataclass(frozen=True, slots=True, eq=False)
class HierarchicalOmega(Sourced):
    """Omega of a scale with a general factor and m group factors.

    Parameters
    ----------
    hierarchical, total : float
        Share of the variance of the items' sum that the general factor holds; that all factors hold.
    loadings : pd.DataFrame
        One row an item: ``general``, ``factor_1`` to ``factor_m``, ``uniqueness`` (Schmid-Leiman).
    n : int
    sources, notes : tuple
    """

    hierarchical: float
    total: float
    loadings: pd.DataFrame
    n: int
    sources: tuple[Source, ...]
    notes: tuple[str, ...]

    __repr__ = as_text
    _repr_html_ = as_html

    def to_frame(self) -> pd.DataFrame:
        """Two rows: ``coefficient`` and ``estimate``."""
        return pd.DataFrame(
            {
                "coefficient": ["omega hierarchical", "omega total"],
                "estimate": [self.hierarchical, self.total],
            }
        )


def hierarchical_omega(
    design: Design,
    items: Sequence[str],
    *,
    factors: int = 3,
    reverse: Sequence[str] = (),
    ends: tuple[float, float] | None = None,
    where: Where = None,
) -> HierarchicalOmega:
    """Omega hierarchical and total, from oblique factors and the general factor behind them.

    Parameters
    ----------
    design : Design
    items : sequence of str
        Columns of numbers; people who answered all of them count.
    factors : int
        Group factors, two or more. With two, both are taken to load alike on the general factor, since
        one correlation cannot tell; for one factor see `omega`.
    reverse, ends
        As in `alpha`.
    where : str or boolean array of shape (n,), optional

    Returns
    -------
    HierarchicalOmega

    Raises
    ------
    EstimateError
        Fewer than two factors, more than the items can tell apart, factors without a common one.

    References
    ----------
    McDonald (1999), Test Theory, ch. 6; Zinbarg, Revelle, Yovel and Li (2005), Psychometrika 70, 123-133;
    Schmid and Leiman (1957), Psychometrika 22, 53-61. Factors by minimum residuals, rotated by oblimin.
    """
    matrix = correlation_matrix(design, items, reverse=reverse, ends=ends, where=where)
    k = len(matrix.names)
    if factors < 2 or (k - factors) ** 2 < k + factors:
        raise EstimateError(
            f"{factors} group factors of {k} items cannot be told apart. Ask for 2 or more, and fewer than "
            "the items allow; a scale of one factor has omega()."
        )
    raw, uniqueness, _ = extract(matrix.r, factors, "minres")
    pattern, together = rotate(raw, "oblimin")
    second = _general(together)
    general = pattern @ second
    groups = pattern * np.sqrt(1 - second**2)
    whole = float(matrix.r.sum())
    notes = (
        ("the correlation of two factors is split alike between their loadings on the general one",)
        if factors == 2
        else ()
    )
    table = pd.DataFrame(
        {
            "item": matrix.names,
            "general": general,
            **{f"factor_{at + 1}": groups[:, at] for at in range(factors)},
            "uniqueness": uniqueness,
        }
    )
    return HierarchicalOmega(
        float(general.sum() ** 2 / whole),
        float(1 - uniqueness.sum() / whole),
        table,
        matrix.n,
        matrix.sources,
        notes,
    )


def _general(together: np.ndarray) -> np.ndarray:
    """Loadings of the m factors on the general one, shape (m,)."""
    m = len(together)
    if m == 2:
        r = float(together[0, 1])
        if r <= 0:
            raise EstimateError(
                f"the two factors correlate {r:.2f}, so there is no general factor behind them. "
                "Treat them as two scales."
            )
        return np.sqrt(np.array([r, r]))
    loadings, _, _ = extract(together, 1, "minres")
    return loadings[:, 0]
