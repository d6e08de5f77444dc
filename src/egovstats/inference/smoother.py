"""One curve through everything that measured the same thing: waves, printed percentages, odd dates.

The level moves as a random walk (``"level"``) or as a random walk of its slope (``"trend"``); each
measurement is the level at its date plus an error whose variance is known from its sample.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import special

from egovstats.console import as_html, as_text
from egovstats.errors import EstimateError, nearest
from egovstats.inference.measurements import Measurements, measurements
from egovstats.inference.smoother_model import CurveModel, posterior_of_spread
from egovstats.results import Estimates
from egovstats.sources import Source, Sourced

MODELS = ("level", "trend")
LEAST_DATES = 4


@dataclass(frozen=True, slots=True, eq=False)
class SmoothCurve(Sourced):
    """A level over time with its band.

    Parameters
    ----------
    curve : pd.DataFrame
        ``time``, ``estimate``, ``std_error``, ``conf_low``, ``conf_high``, and ``between`` (True where the
        nearest measurement is further than half the widest gap of the neighbours).
    measurements : pd.DataFrame
        Those it passes through, with ``residual`` in standard errors.
    spread : float
        Standard deviation of the level's change in one unit of time (of the slope's, for ``"trend"``),
        at its most likely value.
    spread_range : tuple of float
        Its 95 per cent interval.
    offsets : pd.DataFrame
        By source other than the first: how much higher it measures, where that was asked for.
    model, unit : str
    conf_level : float
    reason : str
        Why there is no curve; empty where there is one.
    sources, notes : tuple
        The notes are the assumptions, in sentences.
    """

    curve: pd.DataFrame
    measurements: pd.DataFrame
    spread: float
    spread_range: tuple[float, float]
    offsets: pd.DataFrame
    model: str
    unit: str
    conf_level: float
    reason: str
    sources: tuple[Source, ...]
    notes: tuple[str, ...]

    __repr__ = as_text
    _repr_html_ = as_html

    def to_frame(self) -> pd.DataFrame:
        """The curve."""
        return self.curve


def smooth_trend(
    data: Measurements | Estimates | pd.DataFrame,
    *,
    on: str = "date",
    model: str = "level",
    spread: float | None = None,
    at: Sequence[float] | None = None,
    logit: bool = False,
    offsets: bool = False,
    conf_level: float = 0.95,
) -> SmoothCurve:
    """Estimate the level between and behind noisy measurements of it.

    Parameters
    ----------
    data : Measurements, Estimates or pd.DataFrame
        From `measurements`; or one part of it.
    on : str
        As in `measurements`.
    model : str
        ``"level"``: a random walk in continuous time; ``"trend"``: a line whose slope is one, which gives
        smoother curves and wider bands outside the measurements.
    spread : float, optional
        Standard deviation of the walk in one unit of time. Without it the band allows for all values, each
        as likely as the measurements make it.
    at : sequence of float, optional
        Times of the curve; 101 evenly spaced ones and the measurements' own where left out.
    logit : bool
        Smooth the log-odds of shares, so that curve and band stay within 0 and 1.
    offsets : bool
        Each source but the first measures too high or low by a constant that is estimated. Needs sources
        that overlap in time.
    conf_level : float

    Returns
    -------
    SmoothCurve
        With fewer than 4 different dates and no `spread`: no curve, and a reason.

    Raises
    ------
    EstimateError
        An unknown model, a spread below 0, shares of 0 or 1 with `logit`.

    References
    ----------
    Harvey (1989), Forecasting, Structural Time Series Models and the Kalman Filter, sections 4.3 and 9.1
    (known measurement variance, irregular times); Durbin and Koopman (2012), Time Series Analysis by State
    Space Methods, 2nd ed., ch. 4-5; Jackman (2005), Australian Journal of Political Science 40, 499-517
    (pooling the polls).
    """
    if model not in MODELS:
        raise EstimateError(f"there is no model {model!r}. {nearest(model, MODELS)}")
    if spread is not None and not spread >= 0:
        raise EstimateError(f"a spread is a standard deviation, so not below 0, got {spread!r}.")
    given = data if isinstance(data, Measurements) else measurements(data, on=on, names=("data",))
    frame = given.frame
    y, variance = frame["estimate"].to_numpy(), frame["std_error"].to_numpy() ** 2
    if logit:
        y, variance = _to_logit(y, variance)
    reason = _reason(frame, spread, model)
    if reason:
        return _empty(given, model, conf_level, reason)
    names = list(dict.fromkeys(frame["source"]))
    shift = np.zeros((len(frame), 0))
    if offsets:
        shift = np.column_stack(
            [(frame["source"] == name).to_numpy(dtype=float) for name in names[1:]]
            or [np.zeros((len(frame), 0))]
        )
    time = frame["time"].to_numpy()
    wanted = (
        np.union1d(np.linspace(time.min(), time.max(), 101), time) if at is None else np.asarray(at, float)
    )
    made = CurveModel(time, y, variance, shift, np.unique(wanted), slope=model == "trend")
    weights, spreads, best, limits = (
        (np.ones(1), np.array([spread]), spread, (spread, spread))
        if spread is not None
        else posterior_of_spread(made)
    )
    level, error, fitted, shifts = made.mixture(spreads, weights)
    margin = special.ndtri((1 + conf_level) / 2) * error
    low, high = level - margin, level + margin
    curve = pd.DataFrame({"time": made.wanted, "estimate": level, "std_error": error})
    curve = curve.assign(conf_low=low, conf_high=high)
    if logit:
        p = special.expit(level)
        curve = curve.assign(
            estimate=p,
            std_error=error * p * (1 - p),
            conf_low=special.expit(low),
            conf_high=special.expit(high),
        )
    curve = curve.assign(between=_between(made.wanted, time))
    return SmoothCurve(
        curve=curve,
        measurements=frame.assign(residual=(y - fitted) / np.sqrt(variance)),
        spread=float(best),
        spread_range=(float(limits[0]), float(limits[1])),
        offsets=pd.DataFrame(
            [
                {"source": name, "estimate": value, "std_error": own}
                for name, (value, own) in zip(names[1:], shifts, strict=False)
            ],
            columns=["source", "estimate", "std_error"],
        ),
        model=model,
        unit=given.unit,
        conf_level=conf_level,
        reason="",
        sources=given.sources,
        notes=(*given.notes, *_assumptions(model, spread, logit, offsets, names, best)),
    )


def _to_logit(y: np.ndarray, variance: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    if not ((y > 0) & (y < 1)).all():
        raise EstimateError(
            "log-odds need shares above 0 and below 1, and a measurement is none. Pass logit=False."
        )
    return special.logit(y), variance / (y * (1 - y)) ** 2


def _reason(frame: pd.DataFrame, spread: float | None, model: str) -> str:
    dates = frame["time"].nunique()
    if dates < 2:
        return f"measurements at {dates} date(s) have no curve"
    if spread is None and dates < LEAST_DATES:
        return (
            f"measurements at {dates} dates do not tell how fast the level moves; {LEAST_DATES} are needed, "
            "or a spread that is known"
        )
    if model == "trend" and dates < 3:
        return "two dates have no slope that changes; use model='level'"
    return ""


def _empty(given: Measurements, model: str, conf_level: float, reason: str) -> SmoothCurve:
    none = float("nan")
    columns = ["time", "estimate", "std_error", "conf_low", "conf_high", "between"]
    return SmoothCurve(
        pd.DataFrame(columns=columns),
        given.frame,
        none,
        (none, none),
        pd.DataFrame(columns=["source", "estimate", "std_error"]),
        model,
        given.unit,
        conf_level,
        reason,
        given.sources,
        given.notes,
    )


def _between(wanted: np.ndarray, time: np.ndarray) -> np.ndarray:
    """Far from every measurement: what is seen there is the model more than the data."""
    near = np.abs(wanted[:, None] - time[None, :]).min(axis=1)
    gaps = np.diff(np.unique(time))
    return near > np.median(gaps) / 2


def _assumptions(
    model: str, spread: float | None, logit: bool, offsets: bool, names: list[str], best: float
) -> tuple[str, ...]:
    moves = (
        "the level moves as a random walk, as fast in all years"
        if model == "level"
        else "the level follows a line whose slope moves as a random walk"
    )
    scale = " on the log-odds" if logit else ""
    notes = [f"{moves}{scale}", "measurement errors are normal, independent, with the variances given"]
    if spread is None:
        notes.append("the band allows for not knowing how fast the level moves (flat prior on its spread)")
    if len(names) > 1 and not offsets:
        notes.append("all sources measure the same level, without constant differences")
    if best == 0:
        notes.append("the measurements differ no more than their errors: the most likely spread is 0")
    return tuple(notes)
