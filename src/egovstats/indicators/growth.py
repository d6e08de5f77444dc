"""Growth between two years: by how much, how many times over, and at what rate a year."""

from __future__ import annotations

from dataclasses import dataclass

from egovstats.errors import SeriesError
from egovstats.indicators.series import IndicatorSeries


@dataclass(frozen=True, slots=True)
class Growth:
    """Growth from one year to another.

    Parameters
    ----------
    start, end : float
        Values in `unit`.
    years : float
        Years between them.
    unit : str
    """

    start: float
    end: float
    years: float
    unit: str = ""

    @property
    def change(self) -> float:
        """End less start, in the unit of the values."""
        return self.end - self.start

    @property
    def factor(self) -> float:
        """End over start."""
        return self.end / self.start

    @property
    def relative_change(self) -> float:
        """Change over start (0.5 for half as much again)."""
        return self.factor - 1

    @property
    def annual_rate(self) -> float:
        """Compound annual growth rate: the even rate a year that leads from start to end."""
        return float(self.factor ** (1 / self.years) - 1)


def growth(start: float, end: float, *, years: float, unit: str = "") -> Growth:
    """Growth between two values.

    Parameters
    ----------
    start, end : float
        Both positive.
    years : float
        Years between them, more than 0.
    unit : str

    Raises
    ------
    SeriesError
        A value that is not positive, or no time between them.

    Examples
    --------
    >>> found = growth(100, 400, years=2)
    >>> found.factor, found.annual_rate
    (4.0, 1.0)
    """
    if not (start > 0 and end > 0):
        raise SeriesError(
            f"a growth factor needs positive values, got {start:g} and {end:g}. "
            "Compare their difference instead."
        )
    if not years > 0:
        raise SeriesError(
            f"growth needs time between the values, got {years:g} years. Pass the later year last."
        )
    return Growth(float(start), float(end), float(years), unit)


def growth_of_indicator(series: IndicatorSeries, year_a: int, year_b: int) -> Growth:
    """Growth of an indicator between two years of one edition.

    Raises
    ------
    SeriesError
        A year that the series lacks, years out of order, or a value that is not positive.
    """
    a, b = series.at(year_a), series.at(year_b)
    return growth(float(a["value"]), float(b["value"]), years=year_b - year_a, unit=series.unit)
