"""Two dates, a line an item: which rose, which fell, and which did neither clearly."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from egovstats.errors import ReportError
from egovstats.report.charts.canvas import COLOURS, MUTED, NORMAL, RULE, SMALL, Canvas, put, spread, wrap
from egovstats.report.charts.series import base_legends
from egovstats.report.disclosure import Disclosure
from egovstats.report.language import Language
from egovstats.report.values import Value

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_LINE = 0.33


@dataclass(frozen=True, slots=True)
class SlopeLine:
    """One item at both dates; `clear` when its change stands out."""

    label: str
    first: Value
    second: Value
    clear: bool = False


@dataclass(frozen=True, slots=True)
class SlopeChart:
    """Lines between two dates.

    Raises
    ------
    ReportError
        No lines.
    """

    first_label: str
    second_label: str
    lines: tuple[SlopeLine, ...]

    def __post_init__(self) -> None:
        if not self.lines:
            raise ReportError(
                "a slope chart needs at least one line. Leave the chart out where there is none."
            )

    def values(self) -> Iterator[Value]:
        """All that is drawn."""
        for line in self.lines:
            yield from (line.first, line.second)

    def alt(self, language: Language) -> str:
        """The chart in words."""
        said = [
            language.say(
                "chart.series",
                label=line.label,
                points=f"{language.show(line.first)} → {language.show(line.second)}",
            )
            for line in self.lines
        ]
        labels = {"first_label": self.first_label, "second_label": self.second_label}
        return language.say("chart.slope", series=" ".join(said), **labels)

    def legends(self, language: Language, rule: Disclosure) -> list[str]:
        """What dashes mean, and lines on few respondents."""
        said = [] if all(line.clear for line in self.lines) else [language.say("legend.dashes")]
        return said + base_legends([*self.values()], language, rule)

    def draw(self, canvas: Canvas) -> Figure:
        """Numbers and names on both sides, moved apart where they would overlap."""
        shown = [line for line in self.lines if line.first.visible and line.second.visible]
        right_room = 3.6 if canvas.narrow else 6.0
        left_room = 1.3 if canvas.narrow else 1.6
        names = [wrap(line.label, right_room - 1.55, SMALL, bold=line.clear) for line in shown]
        height = max(5.0, sum(_LINE * (name.count("\n") + 1) + 0.1 for name in names) + 0.4)
        figure = canvas.figure(height + 0.7)
        width = canvas.width - left_room - right_room
        axes = canvas.axes(figure, left_room, 0.1, width, height)
        axes.set_xlim(0, 1)
        axes.set_xticks([])
        axes.set_yticks([])
        if not shown:
            return figure
        numbers = [value.printed for line in shown for value in (line.first, line.second)]
        room = (max(numbers) - min(numbers)) * 0.08 or 1.0
        axes.set_ylim(min(numbers) - room, max(numbers) + room)
        per_cm = (axes.get_ylim()[1] - axes.get_ylim()[0]) / height
        for x, label in ((0, self.first_label), (1, self.second_label)):
            axes.axvline(x, color=RULE, linewidth=1.0)
            head: dict[str, Any] = {"ha": "center", "va": "bottom", "weight": "bold", "size": NORMAL}
            put(axes, label, x, 1, up="axes fraction", shift=(0, 4), **head)
        for line in shown:
            self._line(axes, line)
        one = [_LINE * per_cm] * len(shown)
        self._left(axes, shown, one, canvas.language)
        self._right(axes, shown, names, per_cm, canvas.language)
        return figure

    def _line(self, axes: Axes, line: SlopeLine) -> None:
        colour = MUTED
        if line.clear:
            colour = COLOURS[0] if line.second.printed > line.first.printed else COLOURS[1]
        ends = [line.first.printed, line.second.printed]
        style: Any = "-" if line.clear else (0, (4, 2))
        width = 1.8 if line.clear else 1.1
        axes.plot([0, 1], ends, color=colour, linewidth=width, linestyle=style, clip_on=False, zorder=3)
        for x, value in ((0, line.first), (1, line.second)):
            face = "white" if value.status == "flagged" else colour
            axes.plot(
                [x],
                [value.printed],
                marker="o",
                markersize=5,
                color=colour,
                markerfacecolor=face,
                clip_on=False,
                zorder=4,
            )

    def _left(self, axes: Axes, lines: list[SlopeLine], sizes: list[float], language: Language) -> None:
        low, high = axes.get_ylim()
        placed = spread([line.first.printed for line in lines], sizes, low, high)
        for line, y in zip(lines, placed, strict=True):
            weight = "bold" if line.clear else "normal"
            put(axes, language.show(line.first), 0, y, shift=(-7, 0), ha="right", va="center", weight=weight)

    def _right(
        self, axes: Axes, lines: list[SlopeLine], names: list[str], per_cm: float, language: Language
    ) -> None:
        low, high = axes.get_ylim()
        sizes = [(_LINE * (name.count("\n") + 1) + 0.06) * per_cm for name in names]
        placed = spread([line.second.printed for line in lines], sizes, low, high)
        for line, name, y in zip(lines, names, placed, strict=True):
            look: dict[str, Any] = {"va": "center", "weight": "bold" if line.clear else "normal"}
            put(axes, language.show(line.second), 1, y, shift=(7, 0), **look)
            put(axes, name, 1, y, shift=(1.45 / 2.54 * 72, 0), linespacing=1.05, **look)
