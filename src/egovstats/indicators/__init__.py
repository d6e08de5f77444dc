"""Published country indicators: their releases side by side, and the methods that short series allow."""

from __future__ import annotations

from egovstats.indicators.ar1 import AutoregressiveFit, fit_ar1
from egovstats.indicators.autocorrelation import (
    autocorrelation,
    breusch_godfrey,
    breusch_pagan,
    durbin_watson,
    ljung_box,
)
from egovstats.indicators.breakpoints import Breakpoints, breakpoints
from egovstats.indicators.breaks import BreakSequence, break_sequence, break_test, chow, ols_cusum
from egovstats.indicators.change import change_of_indicator
from egovstats.indicators.correlation import kendall_tau, spearman_rho
from egovstats.indicators.editions import EditionSearch, which_edition
from egovstats.indicators.growth import Growth, growth, growth_of_indicator
from egovstats.indicators.homogeneity import Shift, buishand, cox_stuart, pettitt, range_of_sums, snht
from egovstats.indicators.interrupted import Interrupted, interrupted
from egovstats.indicators.kendall import SeasonalKendall, mann_kendall, seasonal_mann_kendall
from egovstats.indicators.kendall_corrected import CorrectedKendall, hamed_rao, prewhitened, yue_wang
from egovstats.indicators.rank_score import KendallScore, exact_p_value, kendall_score
from egovstats.indicators.read import read_indicators, shipped_indicators
from egovstats.indicators.regression import (
    Fit,
    least_squares,
    newey_west_bandwidth,
    newey_west_cov,
    robust_cov,
    t_p_value,
)
from egovstats.indicators.sen import SenSlope, seasonal_sen_slope, sen_slope
from egovstats.indicators.series import EACH, IndicatorSeries
from egovstats.indicators.table import IndicatorTable, make_table
from egovstats.indicators.trend import LineTrend, ols_trend, trend_of_indicator, weighted_trend

__all__ = [
    "EACH",
    "AutoregressiveFit",
    "BreakSequence",
    "Breakpoints",
    "CorrectedKendall",
    "EditionSearch",
    "Fit",
    "Growth",
    "IndicatorSeries",
    "IndicatorTable",
    "Interrupted",
    "KendallScore",
    "LineTrend",
    "SeasonalKendall",
    "SenSlope",
    "Shift",
    "autocorrelation",
    "break_sequence",
    "break_test",
    "breakpoints",
    "breusch_godfrey",
    "breusch_pagan",
    "buishand",
    "change_of_indicator",
    "chow",
    "cox_stuart",
    "durbin_watson",
    "exact_p_value",
    "fit_ar1",
    "growth",
    "growth_of_indicator",
    "hamed_rao",
    "interrupted",
    "kendall_score",
    "kendall_tau",
    "least_squares",
    "ljung_box",
    "make_table",
    "mann_kendall",
    "newey_west_bandwidth",
    "newey_west_cov",
    "ols_cusum",
    "ols_trend",
    "pettitt",
    "prewhitened",
    "range_of_sums",
    "read_indicators",
    "robust_cov",
    "seasonal_mann_kendall",
    "seasonal_sen_slope",
    "sen_slope",
    "shipped_indicators",
    "snht",
    "spearman_rho",
    "t_p_value",
    "trend_of_indicator",
    "weighted_trend",
    "which_edition",
    "yue_wang",
]
