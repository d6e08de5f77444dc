"""Points in time and lines of them: what trend, small-multiple and indicator charts are made of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from egovstats.errors import ReportError
from egovstats.report.disclosure import Disclosure
from egovstats.report.language import Language
from egovstats.report.values import Value

MOST_POINTS_IN_WORDS = 8


@dataclass(frozen=True, slots=True)
class Point:
    """An estimate at a date.

    Parameters
    ----------
    at : float
        The date as a year with decimals (2018.29 is mid-April 2018).
    label : str
        What stands on the axis: the year, or the name of the wave.
    value : Value
    low, high : Value, optional
        Its interval.
    """

    at: float
    label: str
    value: Value
    low: Value | None = None
    high: Value | None = None

    def values(self) -> Iterator[Value]:
        """Estimate and limits."""
        yield from (each for each in (self.value, self.low, self.high) if each is not None)

    @property
    def has_interval(self) -> bool:
        """Whether both limits can be drawn."""
        return bool(self.low and self.high and self.low.visible and self.high.visible)


@dataclass(frozen=True, slots=True)
class Break:
    """A date at which a line stops being comparable with what was before, and why."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Line:
    """A series of points in order of time.

    Raises
    ------
    ReportError
        Points out of order, or none.
    """

    label: str
    points: tuple[Point, ...]
    breaks: tuple[Break, ...] = ()

    def __post_init__(self) -> None:
        dates = [point.at for point in self.points]
        if not dates or dates != sorted(dates):
            raise ReportError(
                f"the line {self.label!r} needs points in order of time, got dates {dates}. Sort them."
            )

    def values(self) -> Iterator[Value]:
        """All its values."""
        for point in self.points:
            yield from point.values()

    def pieces(self) -> list[list[Point]]:
        """Runs of points that may be joined: no break and no missing point between them."""
        runs: list[list[Point]] = [[]]
        before: float | None = None
        for point in self.points:
            if before is not None and any(before < each.at <= point.at for each in self.breaks):
                runs.append([])
            if point.value.visible:
                runs[-1].append(point)
            else:
                runs.append([])
            before = point.at
        return [run for run in runs if run]

    def visible(self) -> list[Point]:
        """Points that can be drawn."""
        return [point for point in self.points if point.value.visible]

    def words(self, language: Language) -> str:
        """The line for those who do not see it: every point, or ends and extremes of a long one."""
        points = self.visible()
        if not points:
            return language.say("chart.series", label=self.label, points=language.say("chart.missing"))
        if len(self.points) > MOST_POINTS_IN_WORDS:
            return _summary(self.label, points, language)
        said = [_point_words(point, language) for point in self.points]
        return language.say("chart.series", label=self.label, points="; ".join(said))


def _point_words(point: Point, language: Language) -> str:
    if not point.value.visible:
        return language.say("chart.point", label=point.label, value=language.say("chart.missing"))
    if not point.has_interval:
        return language.say("chart.point", label=point.label, value=point.value)
    assert point.low is not None
    assert point.high is not None
    limits = {"low": point.low, "high": point.high}
    return language.say("chart.point_interval", label=point.label, value=point.value, **limits)


def _summary(label: str, points: Sequence[Point], language: Language) -> str:
    marks = {
        "first": points[0],
        "last": points[-1],
        "highest": max(points, key=lambda point: point.value.printed),
        "lowest": min(points, key=lambda point: point.value.printed),
    }
    fields: dict[str, Value | str] = {name: point.value for name, point in marks.items()}
    fields |= {f"{name}_label": point.label for name, point in marks.items()}
    return language.say("chart.summary", label=label, **fields)


def conf_level_of(lines: Sequence[Line]) -> float | None:
    """Level of the first interval there is; None where there is none."""
    for line in lines:
        for point in line.points:
            if point.has_interval and point.low is not None:
                return float(point.low.parameters.get("conf_level", 0.95))
    return None


def legends_of(
    lines: Sequence[Line], language: Language, rule: Disclosure, *, shape: str = "interval"
) -> list[str]:
    """Sentences on intervals (``"interval"`` lines or a ``"band"``), hollow markers, gaps and breaks."""
    level = conf_level_of(lines)
    said = [] if level is None else [language.say(f"legend.{shape}", level=language.percent(level))]
    points = [point for line in lines for point in line.points]
    return said + base_legends([point.value for point in points], language, rule) + _breaks(lines, language)


def base_legends(values: Sequence[Value], language: Language, rule: Disclosure) -> list[str]:
    """Sentences on values that are flagged or withheld."""
    said = []
    if any(value.status == "flagged" for value in values):
        said.append(language.say("legend.hollow", low=rule.suppress_below, high=rule.flag_below - 1))
    if any(value.status == "suppressed" for value in values):
        said.append(language.say("legend.left_out", limit=rule.suppress_below))
    return said


def letters_of(lines: Sequence[Line]) -> dict[Break, str]:
    """A letter for each break, in order of time."""
    breaks = sorted({each for line in lines for each in line.breaks}, key=lambda each: (each.at, each.label))
    return {each: chr(ord("a") + i % 26) for i, each in enumerate(breaks)}


def _breaks(lines: Sequence[Line], language: Language) -> list[str]:
    named = []
    for each, letter in letters_of(lines).items():
        broken = [line.label for line in lines if each in line.breaks]
        whose = "" if len(broken) == len(lines) else f"{language.join(broken)}: "
        named.append(f"({letter}) {whose}{each.label}")
    return [language.say("legend.break", breaks="; ".join(named))] if named else []
