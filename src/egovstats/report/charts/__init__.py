"""Charts: what they show, how they describe themselves, and how they are drawn."""

from egovstats.report.charts.canvas import NARROW, WIDE, Canvas, pages, picture, vector
from egovstats.report.charts.forest import ForestChart, ForestRow
from egovstats.report.charts.indicator import IndicatorChart
from egovstats.report.charts.likert import LikertChart, LikertRow
from egovstats.report.charts.series import Break, Line, Point
from egovstats.report.charts.slope import SlopeChart, SlopeLine
from egovstats.report.charts.trend import SmallMultiples, TrendChart

__all__ = [
    "NARROW",
    "WIDE",
    "Break",
    "Canvas",
    "ForestChart",
    "ForestRow",
    "IndicatorChart",
    "LikertChart",
    "LikertRow",
    "Line",
    "Point",
    "SlopeChart",
    "SlopeLine",
    "SmallMultiples",
    "TrendChart",
    "pages",
    "picture",
    "vector",
]
