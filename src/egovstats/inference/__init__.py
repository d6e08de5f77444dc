"""Questions asked of estimates: did it change, by how much, how sure is that, and is it a trend."""

from egovstats.inference.adjust import p_adjust
from egovstats.inference.change import Changes, change
from egovstats.inference.contrast import contrast
from egovstats.inference.published import published_change
from egovstats.inference.published_trend import published_trend
from egovstats.inference.trend import Trend, trend
from egovstats.inference.wald import wald_test

__all__ = [
    "Changes",
    "Trend",
    "change",
    "contrast",
    "p_adjust",
    "published_change",
    "published_trend",
    "trend",
    "wald_test",
]
