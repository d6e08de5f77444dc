"""The shape of a trend: line, curve, per cent a year, and how far the waves are from each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from egovstats.console import as_html, as_text
from egovstats.errors import EstimateError
from egovstats.inference.checks import form_check, units_check
from egovstats.inference.statement import on_scale, per_time, t_statement, untested
from egovstats.inference.wave_fit import contrast_df, departure_test, fit_waves
from egovstats.inference.wave_points import WavePoints, wave_points
from egovstats.results import Estimates, HypothesisTest

_NAMES = ("linear", "quadratic", "cubic", "quartic")


@dataclass(frozen=True, slots=True, eq=False)
class TrendShape:
    """What polynomials say about waves.

    Parameters
    ----------
    points : WavePoints
    orthogonal : tuple of HypothesisTest
        Orthogonal polynomial contrasts of the waves (unweighted, over their true times): each degree's own
        part, whatever the others are.
    slope : HypothesisTest
        Of the straight line by generalised least squares.
    curvature : HypothesisTest
        The coefficient of time squared beside time, and in `others` the time at which the curve turns.
    relative : HypothesisTest
        Relative change per unit of time of a log-linear line.
    departures : tuple of HypothesisTest
        Of the waves from the line, and from the curve.
    notes : tuple of str
    """

    points: WavePoints
    orthogonal: tuple[HypothesisTest, ...]
    slope: HypothesisTest
    curvature: HypothesisTest
    relative: HypothesisTest
    departures: tuple[HypothesisTest, ...]
    notes: tuple[str, ...]

    __repr__ = as_text
    _repr_html_ = as_html

    @property
    def tests(self) -> tuple[HypothesisTest, ...]:
        """All tests; those that could not be made have NaN and a reason."""
        return (self.slope, self.curvature, self.relative, *self.departures, *self.orthogonal)

    @property
    def synthetic(self) -> bool:
        """Whether any source is made up."""
        return self.slope.synthetic

    def to_frame(self) -> pd.DataFrame:
        """One row a test, in the project's column names."""
        return pd.concat([test.to_frame() for test in self.tests], ignore_index=True)


def orthogonal_polynomials(time: Sequence[float] | np.ndarray, degree: int) -> np.ndarray:
    """Contrasts of k times that are the orthogonal polynomials of degree 1 to `degree`.

    Returns
    -------
    np.ndarray, shape (degree, k)
        Rows of length 1, as those of R's ``contr.poly(k, scores = time)``.

    Examples
    --------
    >>> orthogonal_polynomials([2010, 2012, 2014, 2016], 2).round(4).tolist()
    [[-0.6708, -0.2236, 0.2236, 0.6708], [0.5, -0.5, -0.5, 0.5]]
    """
    given = np.asarray(time, dtype=float)
    if not 1 <= degree < len(given) or len(np.unique(given)) != len(given):
        raise EstimateError(
            f"{len(given)} times carry polynomials of degree 1 to {len(given) - 1}, asked for {degree}. "
            "Pass a lower degree, and each time once."
        )
    centred = given - given.mean()
    basis, corner = np.linalg.qr(np.vander(centred / np.abs(centred).max(), degree + 1, increasing=True))
    return (basis * np.sign(np.diag(corner))).T[1:]


def trend_shape(
    estimates: Estimates, *, on: str = "year", weights: str = "estimated", conf_level: float = 0.95
) -> TrendShape:
    """Fit lines and curves through wave estimates, on their joint covariance.

    Parameters
    ----------
    estimates : Estimates
        One quantity split by `on`: a share, mean, median, net or ratio.
    on : str
        Key with the time of each wave, a number.
    weights : str
        ``"estimated"``: standard errors allow for each wave's precision being an estimate from its PSUs;
        ``"known"``: the textbook's generalised least squares, whose errors are too small with few PSUs.
    conf_level : float

    Returns
    -------
    TrendShape
        Tests by t and F. Degrees of freedom are those of Welch and Satterthwaite where waves have their own
        PSUs, Rao's where they share them. What too few waves cannot tell is NaN, with a reason.

    Raises
    ------
    EstimateError
        As in `wave_points`; fewer than two waves.

    Notes
    -----
    Waves are weighted by their precision (generalised least squares), so a slope differs a little from
    that of `trend`, which weights respondents. Intervals hold for these waves as they are; see
    `Trend.by_wave` for the wave as the unit.

    References
    ----------
    Korn and Graubard (1999), Analysis of Health Surveys, section 8.2; Ingram et al. (2018), NCHS guidelines
    for analysis of trends, section 5; Grizzle, Starmer and Koch (1969), Biometrics 25, 489-504; Kenward and
    Roger (1997), Biometrics 53, 983-997, and Johansen (1980), Biometrika 67, 85-92 (estimated weights).
    """
    points = wave_points(estimates, on, weights=weights)
    if len(points) < 2:
        raise EstimateError(
            f"{len(points)} wave(s) with answers and variance have no trend. Read more waves, or choose "
            "another item."
        )
    departures = (departure_from(points, 1), departure_from(points, 2))
    units = units_check(points.df)
    line, curve = (
        (units, form_check(f"a {form} through the waves", test))
        for form, test in zip(("straight line", "parabola"), departures, strict=True)
    )
    return TrendShape(
        points=points,
        orthogonal=_orthogonal(points, on, conf_level),
        slope=replace(_coefficient(points, 1, on, conf_level), checks=line),
        curvature=replace(_curvature(points, on, conf_level), checks=curve),
        relative=replace(_relative(points, on, conf_level), checks=(units,)),
        departures=departures,
        notes=points.dropped,
    )


def _orthogonal(points: WavePoints, on: str, conf_level: float) -> tuple[HypothesisTest, ...]:
    degree = min(len(points) - 1, len(_NAMES))
    contrasts = orthogonal_polynomials(points.time, degree)
    return tuple(
        t_statement(
            f"orthogonal polynomial contrast, {name}",
            f"The waves have no {name} component.",
            float(row @ points.estimate),
            float(np.sqrt(row @ points.cov @ row)),
            contrast_df(points, row),
            name=f"{name} contrast",
            unit=points.unit,
            conf_level=conf_level,
            n=points.n,
            keys=points.keys,
            sources=points.sources,
        )
        for row, name in zip(contrasts, _NAMES, strict=False)
    )


def _powers(points: WavePoints, degree: int) -> tuple[np.ndarray, float]:
    """Powers of centred time, shape (k, degree + 1), and the centre."""
    centre = float(points.time.mean())
    return np.vander(points.time - centre, degree + 1, increasing=True), centre


def _coefficient(points: WavePoints, degree: int, on: str, conf_level: float) -> HypothesisTest:
    """The highest coefficient of a polynomial."""
    fit = fit_waves(points, _powers(points, degree)[0])
    name = "slope" if degree == 1 else "curvature"
    return t_statement(
        f"generalised least squares, polynomial of degree {degree}",
        "There is no linear trend." if degree == 1 else "The trend has no curve.",
        float(fit.beta[-1]),
        float(np.sqrt(fit.cov[-1, -1])),
        fit.df_of(np.eye(degree + 1)[-1]),
        name=name,
        unit=per_time(points.unit, on) + (" squared" if degree == 2 else ""),
        conf_level=conf_level,
        n=points.n,
        keys=points.keys,
        sources=points.sources,
    )


def _curvature(points: WavePoints, on: str, conf_level: float) -> HypothesisTest:
    if len(points) < 3:
        return untested(
            "generalised least squares, polynomial of degree 2",
            "The trend has no curve.",
            "two waves have no curve; three are needed",
            keys=points.keys,
            sources=points.sources,
        )
    made = _coefficient(points, 2, on, conf_level)
    X, centre = _powers(points, 2)
    fit = fit_waves(points, X)
    b, c = fit.beta[1:]
    gradient = np.array([0.0, -1 / (2 * c), b / (2 * c**2)])
    turn = t_statement(
        "",
        "",
        float(centre - b / (2 * c)),
        float(np.sqrt(gradient @ fit.cov @ gradient)),
        fit.df_of(gradient),
        name="turning point",
        unit=on,
        conf_level=conf_level,
    ).effect
    # Where the curve may be a line, its turn may be anywhere: the delta method's interval would mislead.
    sure = made.p_value < 1 - conf_level and turn is not None
    if sure and turn is not None and points.time[0] <= turn.estimate <= points.time[-1]:
        return replace(made, others=(turn,))
    return replace(made, notes=(*made.notes, "no turning point within these waves is established"))


def _relative(points: WavePoints, on: str, conf_level: float) -> HypothesisTest:
    test, null = "log-linear generalised least squares", "There is no relative change."
    if (points.estimate <= 0).any():
        return untested(
            test,
            null,
            "an estimate is 0 or below, so there is no logarithm",
            keys=points.keys,
            sources=points.sources,
        )
    logs = points.transformed(np.log(points.estimate), 1 / points.estimate, "log")
    made = _coefficient(logs, 1, on, conf_level)
    made = replace(made, test=test, null=null)
    return on_scale(made, np.expm1, "relative change", per_time("ratio less 1", on))


def departure_from(points: WavePoints, degree: int) -> HypothesisTest:
    """Whether waves lie on a polynomial; NaN with a reason where that cannot be told."""
    form = "straight line" if degree == 1 else "parabola"
    test, null = f"Wald test of departure from a {form}", f"A {form} through the waves is enough."
    left = len(points) - degree - 1
    if left < 1 or points.df <= 0:
        return untested(
            test,
            null,
            f"{len(points)} waves always lie on a {form}; {degree + 2} are needed to test it",
            keys=points.keys,
            sources=points.sources,
        )
    return departure_test(fit_waves(points, _powers(points, degree)[0]), left, test=test, null=null)
