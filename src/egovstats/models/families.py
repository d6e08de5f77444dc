"""Families and links of generalised linear models, as functions of arrays.

References
----------
McCullagh and Nelder (1989), Generalized Linear Models, 2nd ed., table 2.1 and section 4.3.1.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special

from egovstats.errors import EstimateError, nearest

Function = Callable[[np.ndarray], np.ndarray]
Pair = Callable[[np.ndarray, np.ndarray], np.ndarray]
_TINY = np.finfo(float).eps


@dataclass(frozen=True, slots=True)
class Link:
    """A link: linear predictor to mean, its derivative, and back."""

    name: str
    mean: Function
    slope: Function
    predictor: Function


def _normal_density(eta: np.ndarray) -> np.ndarray:
    return np.exp(-0.5 * eta * eta) / np.sqrt(2 * np.pi)


def _gumbel_density(eta: np.ndarray) -> np.ndarray:
    """Density of the smallest extreme value: the slope of the complementary log-log link."""
    bounded = np.minimum(eta, 700)
    return np.maximum(np.exp(bounded - np.exp(bounded)), _TINY)


LINKS = {
    "identity": Link("identity", lambda eta: eta, np.ones_like, lambda mu: mu),
    "log": Link("log", np.exp, np.exp, np.log),
    "inverse": Link("inverse", lambda eta: 1 / eta, lambda eta: -1 / eta**2, lambda mu: 1 / mu),
    "inverse-squared": Link(
        "inverse-squared", lambda eta: eta**-0.5, lambda eta: -0.5 * eta**-1.5, lambda mu: mu**-2.0
    ),
    "sqrt": Link("sqrt", lambda eta: eta**2, lambda eta: 2 * eta, np.sqrt),
    "logit": Link(
        "logit",
        special.expit,
        lambda eta: np.maximum(special.expit(eta) * special.expit(-eta), _TINY),
        special.logit,
    ),
    "probit": Link(
        "probit", special.ndtr, lambda eta: np.maximum(_normal_density(eta), _TINY), special.ndtri
    ),
    "cloglog": Link(
        "cloglog",
        lambda eta: -np.expm1(-np.exp(np.minimum(eta, 700))),
        _gumbel_density,
        lambda mu: np.log(-np.log1p(-mu)),
    ),
    "loglog": Link(
        "loglog",
        lambda eta: np.exp(-np.exp(np.minimum(-eta, 700))),
        lambda eta: _gumbel_density(-eta),
        lambda mu: -np.log(-np.log(mu)),
    ),
    "cauchit": Link(
        "cauchit",
        lambda eta: 0.5 + np.arctan(eta) / np.pi,
        lambda eta: 1 / (np.pi * (1 + eta**2)),
        lambda mu: np.tan(np.pi * (mu - 0.5)),
    ),
}


@dataclass(frozen=True, slots=True)
class Family:
    """A family with its link.

    Parameters
    ----------
    name : str
    link : Link
    variance : callable
        Variance function of the mean.
    start : callable
        First guess of the means from the answers.
    allowed : callable
        Whether answers can come from the family, element by element.
    about : str
        What the answers must be, for error messages.
    deviance : callable
        Deviance of each answer from its mean, of (answers, means).
    means : callable
        Whether means can belong to the family, element by element.
    canonical : bool
        Whether the link is the one under which Fisher scoring is Newton's method.
    """

    name: str
    link: Link
    variance: Function
    start: Function
    allowed: Function
    about: str
    deviance: Pair
    means: Function
    canonical: bool = False

    def bounded(self, mu: np.ndarray) -> np.ndarray:
        """Means kept off the ends at which the variance is 0."""
        return np.clip(mu, _TINY, 1 - _TINY) if self.name == "binomial" else mu


def _binomial_deviance(y: np.ndarray, mu: np.ndarray) -> np.ndarray:
    mu = np.clip(mu, 1e-300, 1 - 1e-16)
    return 2 * (special.xlogy(y, y / mu) + special.xlogy(1 - y, (1 - y) / (1 - mu)))


@dataclass(frozen=True, slots=True)
class _Kind:
    """What a family is before its link is chosen; the first link is the usual one."""

    links: tuple[str, ...]
    canonical: str
    variance: Function
    start: Function
    allowed: Function
    about: str
    deviance: Pair
    means: Function


def _positive(mu: np.ndarray) -> np.ndarray:
    return np.isfinite(mu) & (mu > 0)


_KINDS: dict[str, _Kind] = {
    "gaussian": _Kind(
        ("identity", "log", "inverse"),
        "identity",
        np.ones_like,
        lambda y: y,
        np.isfinite,
        "numbers",
        lambda y, mu: (y - mu) ** 2,
        np.isfinite,
    ),
    "binomial": _Kind(
        ("logit", "probit", "cloglog", "loglog", "cauchit", "log", "identity"),
        "logit",
        lambda mu: mu * (1 - mu),
        lambda y: (y + 0.5) / 2,
        lambda y: (y >= 0) & (y <= 1),
        "0 or 1 (or shares between)",
        _binomial_deviance,
        lambda mu: (mu >= 0) & (mu <= 1),
    ),
    "poisson": _Kind(
        ("log", "identity", "sqrt"),
        "log",
        lambda mu: mu,
        lambda y: y + 0.1,
        lambda y: y >= 0,
        "counts of 0 or more",
        lambda y, mu: 2 * (special.xlogy(y, y / mu) - (y - mu)),
        _positive,
    ),
    "gamma": _Kind(
        ("inverse", "log", "identity"),
        "inverse",
        lambda mu: mu**2,
        lambda y: y,
        lambda y: y > 0,
        "numbers above 0",
        lambda y, mu: 2 * ((y - mu) / mu - np.log(y / mu)),
        _positive,
    ),
    "inverse-gaussian": _Kind(
        ("inverse-squared", "inverse", "log", "identity"),
        "inverse-squared",
        lambda mu: mu**3,
        lambda y: y,
        lambda y: y > 0,
        "numbers above 0",
        lambda y, mu: (y - mu) ** 2 / (y * mu**2),
        _positive,
    ),
}
FAMILIES = tuple(_KINDS)


def family_of(family: Any, link: str | None = None) -> Family:
    """A family by name, with its usual link or another that it allows; or one of statsmodels.

    Parameters
    ----------
    family : str or statsmodels family
        One of `FAMILIES` (with or without ``quasi`` before it), or an object such as
        ``statsmodels.api.families.Tweedie(var_power=1.5)``, which brings its link with it.
    link : str, optional

    Raises
    ------
    EstimateError
        An unknown family, or a link that does not fit it.

    Examples
    --------
    >>> family_of("binomial").link.name
    'logit'
    """
    if not isinstance(family, str):
        return _of_statsmodels(family, link)
    plain = family.lower().removeprefix("quasi").replace("_", "-").replace("inverse.", "inverse-")
    if plain not in _KINDS:
        raise EstimateError(f"there is no family {family!r}. {nearest(family, _KINDS)}")
    kind = _KINDS[plain]
    chosen = link or kind.links[0]
    if chosen not in kind.links:
        raise EstimateError(f"the {plain} family takes no {chosen!r} link. {nearest(chosen, kind.links)}")
    return Family(
        plain,
        LINKS[chosen],
        kind.variance,
        kind.start,
        kind.allowed,
        kind.about,
        kind.deviance,
        kind.means,
        chosen == kind.canonical,
    )


def _of_statsmodels(family: Any, link: str | None) -> Family:
    """Wrap a statsmodels family: its variance, link, deviance and starting values."""
    parts = ("link", "variance", "starting_mu", "resid_dev")
    if isinstance(family, type) or not all(hasattr(family, part) for part in parts):
        raise EstimateError(
            f"family must be a name or a statsmodels family object, got {type(family).__name__}. "
            f"{nearest('', _KINDS)}"
        )
    if link is not None:
        raise EstimateError(
            "a statsmodels family brings its own link. Pass link to the family itself, such as "
            "families.Gamma(link=families.links.Log())."
        )
    own = family.link
    wrapped = Link(
        type(own).__name__.lower(), own.inverse, lambda eta: np.asarray(own.inverse_deriv(eta), float), own
    )
    return Family(
        type(family).__name__.lower(),
        wrapped,
        lambda mu: np.asarray(family.variance(mu), float),
        family.starting_mu,
        np.isfinite,
        "numbers",
        lambda y, mu: np.asarray(family.resid_dev(y, mu)) ** 2,
        np.isfinite,
    )
