"""Estimates or changes one below the other, each with its interval and its numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from egovstats.errors import ReportError
from egovstats.report.charts.canvas import COLOURS, MUTED, NORMAL, PALE, SMALL, Canvas, put, text_width, wrap
from egovstats.report.charts.series import base_legends
from egovstats.report.disclosure import Disclosure
from egovstats.report.language import Language
from egovstats.report.values import Value

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@dataclass(frozen=True, slots=True)
class ForestRow:
    """One estimate; rows of a group follow one another under its name."""

    label: str
    value: Value
    low: Value
    high: Value
    group: str = ""


@dataclass(frozen=True, slots=True)
class ForestChart:
    """Points with intervals on one scale; for changes with a line at 0.

    Raises
    ------
    ReportError
        No rows.
    """

    rows: tuple[ForestRow, ...]

    def __post_init__(self) -> None:
        if not self.rows:
            raise ReportError(
                "a forest plot needs at least one row. Leave the chart out where there is none."
            )

    def values(self) -> Iterator[Value]:
        """All that is drawn."""
        for row in self.rows:
            yield from (row.value, row.low, row.high)

    def alt(self, language: Language) -> str:
        """The chart in words."""
        said = []
        for row in self.rows:
            label = f"{row.group}, {row.label}" if row.group else row.label
            if row.low.visible and row.high.visible:
                limits = {"low": row.low, "high": row.high}
                said.append(language.say("chart.point_interval", label=label, value=row.value, **limits))
            else:
                said.append(language.say("chart.point", label=label, value=language.say("chart.missing")))
        return language.say(
            "chart.forest", level=language.percent(self._level()), series="; ".join(said) + "."
        )

    def legends(self, language: Language, rule: Disclosure) -> list[str]:
        """Intervals, and rows on few respondents."""
        said = [language.say("legend.bars", level=language.percent(self._level()))]
        return said + base_legends([row.value for row in self.rows], language, rule)

    def _level(self) -> float:
        return float(self.rows[0].low.parameters.get("conf_level", 0.95))

    @property
    def _changes(self) -> bool:
        return self.rows[0].value.format.signed

    def draw(self, canvas: Canvas) -> Figure:
        """Names to the left (above on narrow paper), numbers to the right."""
        slots = self._slots()
        pitch = 0.95 if canvas.narrow else self._pitch()
        numbers = [self._numbers(row, canvas.language) for row in self.rows]
        number_room = max(text_width(text, SMALL) for text in numbers) + 0.35
        label_room = 0.5 if canvas.narrow else self._label_room()
        count = max(y for y, _ in slots) + 1
        body = count * pitch
        figure = canvas.figure(body + 1.0)
        width = canvas.width - label_room - number_room
        axes = canvas.axes(figure, label_room, 0.9, width, body)
        axes.set_ylim(count - 0.5, -0.5)
        self._dress(axes, canvas.language)
        texts = iter(numbers)
        for y, content in slots:
            if isinstance(content, str):
                self._name(axes, y, content, label_room, canvas.narrow, bold=True)
                continue
            at = y + (0.22 if canvas.narrow else 0.0)
            self._name(axes, y - 0.2 if canvas.narrow else y, content.label, label_room, canvas.narrow)
            self._point(axes, at, content)
            put(axes, next(texts), 1, at, along="axes fraction", shift=(8, 0), va="center")
        return figure

    def _slots(self) -> list[tuple[int, str | ForestRow]]:
        slots: list[tuple[int, str | ForestRow]] = []
        group = ""
        for row in self.rows:
            if row.group != group:
                group = row.group
                slots.append((len(slots), group))
            slots.append((len(slots), row))
        return slots

    def _label_room(self) -> float:
        return min(max(text_width(row.label) for row in self.rows) + 0.5, 5.5)

    def _pitch(self) -> float:
        room = self._label_room() - 0.3
        lines = max(wrap(row.label, room, most=3).count("\n") + 1 for row in self.rows)
        return max(0.68, 0.34 * lines + 0.16)

    def _numbers(self, row: ForestRow, language: Language) -> str:
        if not (row.low.visible and row.high.visible):
            return language.show(row.value, "bare")
        low, high = language.show(row.low, "limit"), language.show(row.high, "limit")
        return f"{language.show(row.value, 'bare')} [{low}; {high}]"

    def _dress(self, axes: Axes, language: Language) -> None:
        from matplotlib.ticker import MaxNLocator

        numbers = [value.printed for value in self.values() if value.visible]
        numbers += [0.0] if self._changes or not numbers else []
        room = (max(numbers) - min(numbers)) * 0.06 or 1.0
        axes.set_xlim(min(numbers) - room, max(numbers) + room)
        low, high = axes.get_xlim()
        ticks = [t for t in MaxNLocator(nbins=6).tick_values(low, high) if low <= t <= high]
        decimals = 0 if all(abs(t - round(t)) < 1e-9 for t in ticks) else 2
        unit = language.signs.percent if self.rows[0].value.format.kind == "percent" else ""
        signed = self._changes
        axes.set_xticks(ticks, [language.number(t, decimals=decimals, signed=signed) + unit for t in ticks])
        axes.set_yticks([])
        axes.grid(axis="x", color=PALE, linewidth=0.8)
        axes.set_axisbelow(True)
        if self._changes:
            axes.axvline(0, color=MUTED, linewidth=1.0, zorder=2)
            below: dict[str, Any] = {"ha": "center", "va": "top", "color": MUTED}
            put(axes, language.say("chart.zero"), 0, 0, up="axes fraction", shift=(0, -14), **below)

    def _point(self, axes: Axes, y: float, row: ForestRow) -> None:
        if not row.value.visible:
            return
        colour = COLOURS[0]
        if row.low.visible and row.high.visible:
            axes.hlines(y, row.low.printed, row.high.printed, color=colour, linewidth=2.0, zorder=3)
        hollow = row.value.status == "flagged"
        axes.plot(
            [row.value.printed],
            [y],
            marker="o",
            markersize=6,
            linestyle="none",
            markerfacecolor="white" if hollow else colour,
            markeredgecolor=colour if hollow else "white",
            zorder=4,
        )

    def _name(
        self, axes: Axes, y: float, name: str, room: float, narrow: bool, *, bold: bool = False
    ) -> None:
        look: dict[str, Any] = {"va": "center", "weight": "bold" if bold else "normal", "zorder": 5}
        text = name
        if narrow:
            # The name crosses the line at 0, which must not strike it through.
            look |= {"size": SMALL + 0.5, "bbox": {"facecolor": "white", "edgecolor": "none", "pad": 0.8}}
        else:
            text = name if bold else wrap(name, room - 0.3, most=3)
            look |= {"size": NORMAL, "linespacing": 1.0}
        # Names start at the left edge of the paper, so that they read as a list.
        put(axes, text, 0, y, along="axes fraction", shift=(-room / 2.54 * 72 + 2, 0), **look)
