"""Diverging stacked bars: the answers of an ordinal item, negative to the left and positive to the right."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from egovstats.errors import ReportError
from egovstats.report.charts.canvas import INK, MUTED, NORMAL, RULE, SMALL, Canvas, put, text_width, wrap
from egovstats.report.charts.series import base_legends
from egovstats.report.disclosure import Disclosure
from egovstats.report.language import Language
from egovstats.report.values import Value

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# From the strongest answer to the mildest; dark ones carry white numbers, pale ones black.
_AGAINST = {1: ("#A84800",), 2: ("#A84800", "#F0B27F"), 3: ("#A84800", "#E08A4A", "#F6D3B8")}
_FOR = {1: ("#00568C",), 2: ("#00568C", "#9CC7E2"), 3: ("#00568C", "#5A9FCC", "#C3DDED")}
_MIDDLE = "#DADDE1"


@dataclass(frozen=True, slots=True)
class LikertRow:
    """One bar.

    Parameters
    ----------
    label : str
        The wave, the item or the group.
    shares : tuple of Value
        Of each answer, in questionnaire order.
    aside : Value, optional
        Share without a substantive answer, printed beside the bar.
    """

    label: str
    shares: tuple[Value, ...]
    aside: Value | None = None


@dataclass(frozen=True, slots=True)
class LikertChart:
    """Stacked bars of two to seven answers from most negative to most positive.

    With an odd number of answers the middle one is neutral and straddles the centre line.

    Parameters
    ----------
    answers : tuple of str
    rows : tuple of LikertRow
    aside : str
        Name of what is printed beside the bars.

    Raises
    ------
    ReportError
        A number of answers that cannot diverge, or a row with another number of shares.
    """

    answers: tuple[str, ...]
    rows: tuple[LikertRow, ...]
    aside: str = ""

    def __post_init__(self) -> None:
        if not 2 <= len(self.answers) <= 7:
            raise ReportError(
                f"diverging bars take 2 to 7 answers, got {len(self.answers)}. Show a table instead."
            )
        for row in self.rows:
            if len(row.shares) != len(self.answers):
                raise ReportError(
                    f"the bar {row.label!r} has {len(row.shares)} shares for {len(self.answers)} answers. "
                    "Give one share an answer, in the same order."
                )

    def values(self) -> Iterator[Value]:
        """All that is drawn."""
        for row in self.rows:
            yield from row.shares
            if row.aside is not None:
                yield row.aside

    def alt(self, language: Language) -> str:
        """The chart in words: each bar with its answers."""
        return language.say(
            "chart.likert", series=" ".join(self._row_words(row, language) for row in self.rows)
        )

    def _row_words(self, row: LikertRow, language: Language) -> str:
        named = [*zip(self.answers, row.shares, strict=True)]
        if row.aside is not None:
            named.append((self.aside, row.aside))
        points = [language.say("chart.point", label=label, value=value) for label, value in named]
        return language.say("chart.series", label=row.label, points="; ".join(points))

    def legends(self, language: Language, rule: Disclosure) -> list[str]:
        """Only withheld bars need one."""
        return [
            said
            for said in base_legends([*self.values()], language, rule)
            if said == language.say("legend.left_out", limit=rule.suppress_below)
        ]

    @property
    def colours(self) -> list[str]:
        """Colour of each answer."""
        half = len(self.answers) // 2
        middle = [_MIDDLE] if len(self.answers) % 2 else []
        return [*_AGAINST[half], *middle, *reversed(_FOR[half])]

    def draw(self, canvas: Canvas) -> Figure:
        """A key in the order of the bars, then a bar a row."""
        label_room = 0.0 if canvas.narrow else self._label_room()
        aside = wrap(self.aside, 2.2, SMALL, most=3) if self.aside else ""
        aside_room = max(1.5, *(text_width(each, SMALL) + 0.2 for each in ["", *aside.split("\n")]))
        aside_room = aside_room if any(row.aside is not None for row in self.rows) else 0.1
        key = self._key(canvas.width)
        key_height = (max(line for _, _, line in key) + 1) * 0.5 + 0.15
        pitch = 1.15 if canvas.narrow else 0.78
        aside_height = aside.count("\n") * 0.3 + 0.35 if aside else 0.0
        body = pitch * len(self.rows)
        figure = canvas.figure(body + key_height + aside_height + 0.1)
        width = canvas.width - label_room - aside_room
        axes = canvas.axes(figure, label_room, 0.05, width, body)
        self._scale(axes)
        axes.set_ylim(len(self.rows) - 0.5, -0.5)
        axes.set_xticks([])
        axes.set_yticks([])
        # With an answer in the middle the line would cross its numbers: it stands behind the bars.
        behind = len(self.answers) % 2 == 1
        axes.axvline(0, color=MUTED, linewidth=0.8, zorder=0.5 if behind else 4)
        height = 0.42 if canvas.narrow else 0.72
        for i, row in enumerate(self.rows):
            at = i + (0.2 if canvas.narrow else 0.0)
            self._bar(axes, at, row, height, width, aside_room, canvas.language)
            self._label(axes, i, row.label, label_room, canvas.narrow)
        whole = canvas.axes(figure, 0, 0.05, canvas.width, body + key_height + aside_height)
        self._draw_key(whole, key, canvas.width, body + key_height + aside_height)
        if aside:
            at = 1 + aside_room / 2 / width
            head: dict[str, Any] = {"ha": "center", "va": "bottom", "color": MUTED, "linespacing": 1.1}
            put(axes, aside, at, 1, along="axes fraction", up="axes fraction", shift=(0, 3), **head)
        return figure

    def _label_room(self) -> float:
        widest = max((text_width(row.label) for row in self.rows), default=0.0)
        return min(max(widest + 0.35, 1.0), 4.6)

    def _starts(self, row: LikertRow) -> list[float]:
        """Left ends of the segments, the centre being 0."""
        widths = [0.0 if value.value is None else value.printed for value in row.shares]
        half = len(widths) // 2
        left = sum(widths[:half]) + (widths[half] / 2 if len(widths) % 2 else 0.0)
        return [sum(widths[:i]) - left for i in range(len(widths))]

    def _scale(self, axes: Axes) -> None:
        low = min((self._starts(row)[0] for row in self.rows), default=-1.0)
        high = max(
            (self._starts(row)[0] + sum(v.printed for v in row.shares if v.visible) for row in self.rows),
            default=1.0,
        )
        axes.set_xlim(min(low, -1.0), max(high, 1.0))

    def _bar(
        self,
        axes: Axes,
        y: float,
        row: LikertRow,
        height: float,
        width: float,
        aside_room: float,
        language: Language,
    ) -> None:
        low, high = axes.get_xlim()
        per_cm = (high - low) / width
        if not any(value.visible for value in row.shares):
            axes.text(0, y, f" {language.show(row.shares[0])}", va="center", ha="left")
            return
        for value, start, colour in zip(row.shares, self._starts(row), self.colours, strict=True):
            if not value.visible:
                continue
            long = value.printed
            axes.barh(y, long, left=start, height=height, color=colour, edgecolor="white", linewidth=0.8)
            number = language.number(long, decimals=0)
            if text_width(number) + 0.12 < long / per_cm:
                ink = "white" if colour in (_AGAINST[1][0], _FOR[1][0]) else INK
                axes.text(start + long / 2, y, number, ha="center", va="center", color=ink, zorder=5)
        if row.aside is not None:
            share = row.aside
            text = (
                language.number(share.printed, decimals=0) if share.visible else language.show(share, "bare")
            )
            look: dict[str, Any] = {"ha": "center", "va": "center", "color": MUTED, "size": NORMAL}
            put(axes, text, 1, y, along="axes fraction", shift=(aside_room / 2 / 2.54 * 72, 0), **look)

    def _label(self, axes: Axes, i: int, label: str, room: float, narrow: bool) -> None:
        look: dict[str, Any] = {"va": "center", "size": NORMAL, "linespacing": 1.05}
        if narrow:
            put(axes, label, 0, i - 0.28, along="axes fraction", weight="bold", **look)
        else:
            text = wrap(label, room - 0.25, most=2)
            put(axes, text, 0, i, along="axes fraction", shift=(-5, 0), ha="right", **look)

    def _key(self, width: float) -> list[tuple[str, float, int]]:
        """Each answer's text with its place: cm from the left, and line."""
        placed: list[tuple[str, float, int]] = []
        x, line = 0.0, 0
        for answer in self.answers:
            need = text_width(answer, SMALL + 0.5) + 0.75
            if x and x + need > width:
                x, line = 0.0, line + 1
            placed.append((answer, x, line))
            x += need
        return placed

    def _draw_key(
        self, axes: Axes, key: Sequence[tuple[str, float, int]], width: float, height: float
    ) -> None:
        axes.set_xlim(0, width)
        axes.set_ylim(0, height)
        axes.set_xticks([])
        axes.set_yticks([])
        for (answer, x, line), colour in zip(key, self.colours, strict=True):
            y = height - 0.3 - line * 0.5
            axes.barh(y, 0.32, left=x, height=0.3, color=colour, edgecolor=RULE, linewidth=0.5)
            axes.text(x + 0.42, y, answer, va="center", size=SMALL + 0.5)
