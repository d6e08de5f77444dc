"""Drawing lines of estimates on true dates: axes, intervals, gaps, direct labels."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from egovstats.report.charts.canvas import (
    COLOURS,
    DASHES,
    INK,
    MARKERS,
    MUTED,
    PALE,
    RULE,
    SMALL,
    put,
    spread,
    text_width,
    wrap,
)
from egovstats.report.charts.series import Break, Line, Point
from egovstats.report.language import Language

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_CM_AN_INCH = 2.54
_CM_A_LINE = 0.32


def scale_of(lines: Sequence[Line], bounds: tuple[float, float] | None) -> tuple[float, float]:
    """Lower and upper end of the axis on the printed scale.

    Shares start at 0 and end at 25, 50 or 100 per cent; other numbers get a tenth of their range as room.
    """
    if bounds is not None:
        return bounds
    numbers = [value.printed for line in lines for value in line.values() if value.visible]
    if not numbers:
        return (0.0, 1.0)
    if lines[0].points[0].value.format.kind == "percent":
        return (0.0, next(top for top in (25.0, 50.0, 100.0) if max(numbers) <= top * 0.98 or top == 100.0))
    room = (max(numbers) - min(numbers)) * 0.1 or 1.0
    low = min(numbers) - room
    return (0.0 if min(numbers) >= 0 and low < 0 else low, max(numbers) + room)


def dress(
    axes: Axes,
    lines: Sequence[Line],
    scale: tuple[float, float],
    language: Language,
    *,
    width: float,
    ends_only: bool = False,
) -> None:
    """Give axes their grid, their numbers and their dates."""
    from matplotlib.ticker import FixedLocator, MaxNLocator

    axes.set_ylim(*scale)
    fmt = lines[0].points[0].value.format
    ticks = MaxNLocator(nbins=5, steps=[1, 2, 2.5, 5, 10]).tick_values(*scale)
    ticks = [float(t) for t in ticks if scale[0] - 1e-9 <= t <= scale[1] + 1e-9]
    decimals = 0 if all(abs(t - round(t)) < 1e-9 for t in ticks) else 1 if scale[1] - scale[0] > 1 else 2
    unit = language.signs.percent if fmt.kind == "percent" else ""
    axes.yaxis.set_major_locator(FixedLocator(ticks))
    axes.set_yticklabels([language.number(t, decimals=decimals) + unit for t in ticks])
    axes.grid(axis="y", color=PALE, linewidth=0.8)
    axes.set_axisbelow(True)
    _date_axis(axes, lines, width, ends_only)
    if scale[0] <= 0 <= scale[1]:
        axes.axhline(0, color=RULE, linewidth=0.9, zorder=1)


def _date_axis(axes: Axes, lines: Sequence[Line], width: float, ends_only: bool) -> None:
    dates = {point.at: point.label for line in lines for point in line.points}
    first, last = min(dates), max(dates)
    room = (last - first) * (0.09 if ends_only else 0.05) or 0.5
    axes.set_xlim(first - room, last + room)
    per_cm = (last - first + 2 * room) / width
    kept = [first, last] if ends_only else _thinned(dates, per_cm)
    axes.set_xticks(kept, [dates[at] for at in kept])
    axes.set_xticks(sorted(dates), minor=True)
    axes.tick_params(axis="x", which="minor", length=2.5, color=RULE)
    axes.spines["bottom"].set_visible(True)
    axes.spines["bottom"].set_color(RULE)


def _thinned(dates: dict[float, str], per_cm: float) -> list[float]:
    """Dates whose labels do not touch; the ends stay, then as many as fit, from the latest backwards."""
    half = {at: (text_width(label, SMALL) + 0.2) / 2 * per_cm for at, label in dates.items()}
    ends = {min(dates), max(dates)}
    kept = sorted(ends)
    for at in sorted(set(dates) - ends, reverse=True):
        if all(abs(at - other) >= half[at] + half[other] for other in kept):
            kept.append(at)
    return sorted(kept)


def pen(index: int) -> dict[str, Any]:
    """Colour, marker and dash of the n-th line: never colour alone."""
    return {
        "color": COLOURS[index % len(COLOURS)],
        "marker": MARKERS[index % len(MARKERS)],
        "linestyle": DASHES[index % len(DASHES)],
    }


def draw_line(
    axes: Axes, line: Line, look: dict[str, Any], *, band: bool = False, shift: float = 0.0
) -> None:
    """One line in pieces, its intervals, and its markers, hollow where the base is small."""
    colour = look["color"]
    for piece in line.pieces():
        x = [point.at + shift for point in piece]
        y = [point.value.printed for point in piece]
        axes.plot(
            x, y, color=colour, linestyle=look["linestyle"], linewidth=look.get("linewidth", 1.6), zorder=3
        )
        within = [point for point in piece if point.has_interval]
        if band and len(within) > 1:
            low, high = _limits(within)
            axes.fill_between(
                [p.at for p in within], low, high, color=colour, alpha=0.16, linewidth=0, zorder=2
            )
        elif within:
            low, high = _limits(within)
            axes.vlines(
                [p.at + shift for p in within], low, high, color=colour, alpha=0.4, linewidth=3.2, zorder=2
            )
    if look["marker"]:
        _markers(axes, line, look, shift)


def _limits(points: Sequence[Point]) -> tuple[list[float], list[float]]:
    low = [point.low.printed for point in points if point.low is not None]
    return low, [point.high.printed for point in points if point.high is not None]


def _markers(axes: Axes, line: Line, look: dict[str, Any], shift: float) -> None:
    for hollow in (False, True):
        points = [p for p in line.visible() if (p.value.status == "flagged") == hollow]
        axes.plot(
            [p.at + shift for p in points],
            [p.value.printed for p in points],
            linestyle="none",
            marker=look["marker"],
            markersize=look.get("markersize", 5),
            markerfacecolor="white" if hollow else look["color"],
            markeredgecolor=look["color"] if hollow else "white",
            markeredgewidth=1.2 if hollow else 0.7,
            zorder=4,
        )


def mark_breaks(axes: Axes, lines: Sequence[Line], letters: dict[Break, str]) -> None:
    """A dotted line with a letter where all lines break; only the letter, in the gap, where some do."""
    low, high = axes.get_xlim()
    for each, letter in letters.items():
        broken = [line for line in lines if each in line.breaks]
        if not broken or not low < each.at < high:
            continue
        look: dict[str, Any] = {"color": MUTED, "zorder": 5}
        if len(broken) == len(lines):
            axes.axvline(each.at, color=MUTED, linewidth=0.8, linestyle=(0, (1, 2)), zorder=1)
            put(axes, f" ({letter})", each.at, 1, up="axes fraction", va="top", **look)
            continue
        for line in broken:
            put(axes, f"({letter})", each.at, _middle(line, each), ha="center", va="center", **look)


def _middle(line: Line, each: Break) -> float:
    """Height of the gap at a break: half-way between the points at its sides."""
    before = [point.value.printed for point in line.visible() if point.at < each.at][-1:]
    after = [point.value.printed for point in line.visible() if point.at >= each.at][:1]
    sides = before + after
    return sum(sides) / len(sides) if sides else 0.0


def number_points(
    axes: Axes,
    points: Sequence[Point],
    language: Language,
    *,
    inward: bool = False,
    along: Sequence[Point] = (),
) -> None:
    """The printed number above each point's interval; below it where the line or the edge is in the way.

    Parameters
    ----------
    points : sequence of Point
        In order of time.
    inward : bool
        The numbers of first and last point lean to the middle, so that they stay inside.
    along : sequence of Point
        All points of the line, where it has more than those that get a number.
    """
    sides = [_goes_above(axes, point, along or points, leans=inward) for point in points]
    if inward and len(points) > 1 and sides[0] == sides[-1] and _touch(axes, points, language):
        sides[-1] = not sides[-1]
    for i, (point, above) in enumerate(zip(points, sides, strict=True)):
        across = "center"
        if inward and len(points) > 1 and i in (0, len(points) - 1):
            across = "right" if i else "left"
        elif i == 0 and _reaches_out(axes, point, language):
            across = "left"
        look: dict[str, Any] = {"ha": across, "va": "bottom" if above else "top", "color": INK, "zorder": 5}
        look["bbox"] = {"facecolor": "white", "alpha": 0.75, "edgecolor": "none", "pad": 0.4}
        low, high = _reach(point)
        y = high if above else low
        put(axes, language.show(point.value), point.at, y, shift=(0, 4 if above else -4), **look)


def _reach(point: Point) -> tuple[float, float]:
    """Ends of the point's interval; the point itself where it has none."""
    if point.has_interval and point.low and point.high:
        return point.low.printed, point.high.printed
    return point.value.printed, point.value.printed


def _goes_above(axes: Axes, point: Point, along: Sequence[Point], *, leans: bool) -> bool:
    """Whether a point's number goes above it: where the line leaves room, and the frame does."""
    bottom, top = axes.get_ylim()
    near = 0.08 * (top - bottom)
    low, high = _reach(point)
    return high < top - near if _clear_above(point, along, leans=leans) else low < bottom + 1.25 * near


def _touch(axes: Axes, points: Sequence[Point], language: Language) -> bool:
    """Whether the numbers of the outer points, both leaning to the middle, would meet."""
    wide = sum(text_width(language.show(point.value), SMALL) for point in (points[0], points[-1]))
    left, right = axes.get_xlim()
    across = axes.bbox.width / axes.figure.dpi * _CM_AN_INCH
    return (points[-1].at - points[0].at) / (right - left) * across < wide + 0.15


def _reaches_out(axes: Axes, point: Point, language: Language) -> bool:
    """Whether a number centred on the point would stand on the scale to the left of the axes."""
    left, right = axes.get_xlim()
    across = axes.bbox.width / axes.figure.dpi * _CM_AN_INCH
    return (point.at - left) / (right - left) * across < text_width(language.show(point.value), SMALL) / 2


def _clear_above(point: Point, along: Sequence[Point], *, leans: bool) -> bool:
    """Whether the line leaves the room above a point free; in a valley it does not."""
    at = next(i for i, each in enumerate(along) if each is point)
    beside = [each.value.printed for each in (*along[max(at - 1, 0) : at], *along[at + 1 : at + 2])]
    if len(beside) == 2:
        return not point.value.printed < min(beside)
    return not leans or not beside or point.value.printed >= beside[0]


def ends_of(line: Line) -> list[Point]:
    """First and last visible point."""
    points = line.visible()
    return [points[0], points[-1]] if len(points) > 1 else points


def marks_of(line: Line) -> list[Point]:
    """The points worth a number in a long line: its ends, its highest and its lowest, in order of time."""
    points = line.visible()
    heights = [point.value.printed for point in points]
    chosen = (
        {0, len(points) - 1, heights.index(max(heights)), heights.index(min(heights))} if points else set()
    )
    return [points[i] for i in sorted(chosen)]


def label_ends(
    axes: Axes,
    lines: Sequence[Line],
    looks: Sequence[dict[str, Any]],
    language: Language,
    *,
    room: float,
    height: float,
) -> None:
    """Names of lines to the right of their last points, moved apart where they would overlap.

    Parameters
    ----------
    room : float
        Width in cm that the labels have.
    height : float
        Height of the axes in cm.
    """
    low, high = axes.get_ylim()
    per_cm = (high - low) / height
    right = axes.get_xlim()[1]
    labelled = [(line, look) for line, look in zip(lines, looks, strict=True) if line.visible()]
    texts = [
        wrap(
            f"{line.label} {language.show(line.visible()[-1].value)}",
            room - 0.5,
            SMALL,
            bold=look.get("weight") == "bold",
        )
        for line, look in labelled
    ]
    wanted = [line.visible()[-1].value.printed for line, _ in labelled]
    sizes = [(text.count("\n") + 1) * _CM_A_LINE * per_cm + 0.08 * per_cm for text in texts]
    placed = spread(wanted, sizes, low, math.inf if not wanted else max(high, low + sum(sizes)))
    for (line, look), text, y in zip(labelled, texts, placed, strict=True):
        last = line.visible()[-1]
        name: dict[str, Any] = {"va": "center", "color": look.get("text", INK), "linespacing": 1.15}
        put(axes, text, right, y, shift=(11, 0), weight=look.get("weight", "normal"), **name)
        xs, ys = [last.at, right], [last.value.printed, y]
        axes.plot(xs, ys, color=look["color"], linewidth=0.6, clip_on=False, zorder=2)
        if look["marker"]:
            colours = {"markerfacecolor": look["color"], "markeredgecolor": "white", "markeredgewidth": 0.5}
            axes.plot([right], [y], marker=look["marker"], markersize=4.5, clip_on=False, zorder=4, **colours)
