"""Trend of one item, or of a few, with intervals on true dates; and small multiples of many."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from egovstats.errors import ReportError
from egovstats.report.charts.canvas import COLOURS, SMALL, Canvas, put, wrap
from egovstats.report.charts.lines import (
    draw_line,
    dress,
    ends_of,
    label_ends,
    mark_breaks,
    marks_of,
    number_points,
    pen,
    scale_of,
)
from egovstats.report.charts.series import Line, conf_level_of, legends_of, letters_of
from egovstats.report.disclosure import Disclosure
from egovstats.report.language import Language
from egovstats.report.values import Value

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST_LINES = 6
_MOST_NUMBERED = 9


@dataclass(frozen=True, slots=True)
class TrendChart:
    """Up to six lines in one frame.

    Parameters
    ----------
    lines : tuple of Line
    bounds : tuple of float, optional
        Ends of the vertical axis on the printed scale; shares otherwise start at 0.

    Raises
    ------
    ReportError
        No line, or more than six: `SmallMultiples` shows those.
    """

    lines: tuple[Line, ...]
    bounds: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        if not 1 <= len(self.lines) <= MOST_LINES:
            raise ReportError(
                f"a trend chart takes 1 to {MOST_LINES} lines, got {len(self.lines)}. "
                "Use SmallMultiples for more."
            )

    def values(self) -> Iterator[Value]:
        """All that is drawn."""
        for line in self.lines:
            yield from line.values()

    def alt(self, language: Language) -> str:
        """The chart in words."""
        series = " ".join(line.words(language) for line in self.lines)
        level = language.percent(conf_level_of(self.lines) or 0.95)
        return language.say("chart.trend", level=level, series=series)

    def legends(self, language: Language, rule: Disclosure) -> list[str]:
        """Intervals, hollow markers, gaps."""
        return legends_of(self.lines, language, rule)

    def draw(self, canvas: Canvas) -> Figure:
        """One frame; several lines get their names at their right ends."""
        alone = len(self.lines) == 1
        height, room = 7.0, 0.3 if alone else (2.9 if canvas.narrow else 4.2)
        figure = canvas.figure(height)
        width = canvas.width - 1.15 - room
        axes = canvas.axes(figure, 1.15, 0.65, width, height - 1.2)
        scale = scale_of(self.lines, self.bounds)
        dress(axes, self.lines, scale, canvas.language, width=width)
        looks = [pen(i) for i in range(len(self.lines))]
        # Lines stand a little beside one another, so that intervals at one date do not cover each other.
        apart = (axes.get_xlim()[1] - axes.get_xlim()[0]) * 0.007
        for i, (line, look) in enumerate(zip(self.lines, looks, strict=True)):
            draw_line(axes, line, look, shift=(i - (len(looks) - 1) / 2) * apart)
        mark_breaks(axes, self.lines, letters_of(self.lines))
        if alone:
            points = self.lines[0].visible()
            few = len(points) <= (_MOST_NUMBERED if not canvas.narrow else 6)
            points = points if few else marks_of(self.lines[0])
            number_points(axes, points, canvas.language, inward=canvas.narrow, along=self.lines[0].visible())
        else:
            label_ends(axes, self.lines, looks, canvas.language, room=room, height=height - 1.2)
        return figure


@dataclass(frozen=True, slots=True)
class SmallMultiples:
    """A small frame for each line, all on one scale.

    Parameters
    ----------
    lines : tuple of Line
    bounds : tuple of float, optional
        Ends of the common vertical axis on the printed scale.
    """

    lines: tuple[Line, ...]
    bounds: tuple[float, float] | None = None

    def values(self) -> Iterator[Value]:
        """All that is drawn."""
        for line in self.lines:
            yield from line.values()

    def alt(self, language: Language) -> str:
        """The chart in words."""
        series = " ".join(line.words(language) for line in self.lines)
        level = language.percent(conf_level_of(self.lines) or 0.95)
        return language.say("chart.panels", count=len(self.lines), level=level, series=series)

    def legends(self, language: Language, rule: Disclosure) -> list[str]:
        """Intervals, hollow markers, gaps."""
        return legends_of(self.lines, language, rule)

    def draw(self, canvas: Canvas) -> Figure:
        """Rows of three frames; of two on narrow paper."""
        columns = min(len(self.lines), 2 if canvas.narrow else 3)
        rows = -(-len(self.lines) // columns)
        left, gap, below, tall = 1.0, 0.45, 0.6, 2.8
        cell = (canvas.width - left - gap * (columns - 1) - 0.15) / columns
        titles = [wrap(line.label, cell, SMALL + 0.5, bold=True, most=3) for line in self.lines]
        title = 0.36 * (max(text.count("\n") for text in titles) + 1) + 0.2
        figure = canvas.figure(rows * (title + tall + below) + 0.05)
        scale = scale_of(self.lines, self.bounds)
        letters = letters_of(self.lines)
        for i, line in enumerate(self.lines):
            row, column = divmod(i, columns)
            bottom = (rows - 1 - row) * (title + tall + below) + below
            axes = canvas.axes(figure, left + column * (cell + gap), bottom, cell, tall)
            # Every frame shows the dates of all, so that positions can be compared across frames.
            dress(axes, self.lines, scale, canvas.language, width=cell, ends_only=True)
            if column:
                axes.set_yticklabels([])
            draw_line(axes, line, {"color": COLOURS[0], "marker": "o", "linestyle": "-", "markersize": 4})
            mark_breaks(axes, [line], letters)
            number_points(axes, ends_of(line), canvas.language, inward=True, along=line.visible())
            look: dict[str, Any] = {"size": SMALL + 0.5, "weight": "bold", "va": "bottom", "linespacing": 1.1}
            put(axes, titles[i], 0, 1, along="axes fraction", up="axes fraction", shift=(0, 4), **look)
        return figure
