"""A published yearly series with its band, and others in grey behind it for comparison."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from egovstats.report.charts.canvas import COLOURS, DASHES, INK, MUTED, SMALL, Canvas, put, wrap
from egovstats.report.charts.lines import (
    draw_line,
    dress,
    ends_of,
    label_ends,
    mark_breaks,
    number_points,
    scale_of,
)
from egovstats.report.charts.series import Line, Point, conf_level_of, legends_of, letters_of
from egovstats.report.disclosure import Disclosure
from egovstats.report.language import Language
from egovstats.report.values import Value

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_GREYS = ("#6b7280", "#8b93a1", "#565d68", "#7b8494")


@dataclass(frozen=True, slots=True)
class IndicatorChart:
    """One area's series with its interval as a band; other areas in grey.

    Parameters
    ----------
    line : Line
        The series the report is about.
    others : tuple of Line
        Series to compare with; their intervals are not drawn.
    bounds : tuple of float, optional
        Ends of the vertical axis.
    axis : str
        What the vertical axis counts.
    """

    line: Line
    others: tuple[Line, ...] = ()
    bounds: tuple[float, float] | None = None
    axis: str = ""

    def values(self) -> Iterator[Value]:
        """All that is drawn."""
        yield from self.line.values()
        for line in self.others:
            yield from (point.value for point in line.points)

    def alt(self, language: Language) -> str:
        """The chart in words."""
        series = " ".join(line.words(language) for line in (self.line, *self.others))
        level = conf_level_of([self.line])
        if level is None:
            return language.say("chart.indicator", series=series)
        return language.say("chart.indicator_interval", level=language.percent(level), series=series)

    def legends(self, language: Language, rule: Disclosure) -> list[str]:
        """Bands and breaks."""
        return legends_of([self.line], language, rule, shape="band")

    def draw(self, canvas: Canvas) -> Figure:
        """One frame; names at the right where there are several series."""
        lines = (*self.others, self.line)
        height, top = 7.0, 0.95 if self.axis else 0.55
        room = (2.3 if canvas.narrow else 3.4) if self.others else 0.5
        figure = canvas.figure(height)
        width = canvas.width - 1.15 - room
        axes = canvas.axes(figure, 1.15, 0.65, width, height - 0.65 - top)
        drawn = [Line(line.label, tuple(_bare(line))) for line in self.others]
        dress(
            axes,
            (*drawn, self.line),
            scale_of((*drawn, self.line), self.bounds),
            canvas.language,
            width=width,
        )
        looks = [*(_grey(i) for i in range(len(drawn))), _strong()]
        for line, look in zip((*drawn, self.line), looks, strict=True):
            draw_line(axes, line, look, band=True)
        mark_breaks(axes, [self.line], letters_of([self.line]))
        number_points(axes, ends_of(self.line)[: 1 if self.others else 2], canvas.language)
        if self.others:
            label_ends(axes, lines, looks, canvas.language, room=room, height=height - 0.65 - top)
        if self.axis:
            name = wrap(self.axis, canvas.width - 0.5, SMALL, most=1)
            style: dict[str, Any] = {"color": MUTED, "va": "bottom"}
            put(axes, name, 0, 1, along="axes fraction", up="axes fraction", shift=(-28, 12), **style)
        return figure


def _strong() -> dict[str, Any]:
    return {
        "color": COLOURS[0],
        "marker": "o",
        "linestyle": "-",
        "linewidth": 2.2,
        "markersize": 4,
        "text": INK,
        "weight": "bold",
    }


def _grey(index: int) -> dict[str, Any]:
    grey = _GREYS[index % len(_GREYS)]
    dash = DASHES[index % len(DASHES)]
    return {"color": grey, "marker": "", "linestyle": dash, "linewidth": 1.0, "text": MUTED}


def _bare(line: Line) -> Iterator[Point]:
    """The points of a line without their intervals."""
    for point in line.points:
        yield replace(point, low=None, high=None)
