"""Indices of several items: reliability, agreement, factors, invariance."""

from egovstats.scales.adequacy import SamplingAdequacy, sampling_adequacy, sphericity
from egovstats.scales.agreement import cohen_kappa, fleiss_kappa, kappa_of_table
from egovstats.scales.cfa import cfa
from egovstats.scales.cfa_ordered import OrderedFactorModel, ordered_cfa
from egovstats.scales.cfa_result import FactorModel
from egovstats.scales.exploratory import Factors, factor_analysis, principal_components
from egovstats.scales.index import index
from egovstats.scales.invariance import Invariance, invariance
from egovstats.scales.omega import HierarchicalOmega, hierarchical_omega, omega
from egovstats.scales.polychoric import Polychoric, polychoric
from egovstats.scales.ratings import Krippendorff, icc, krippendorff_alpha
from egovstats.scales.reliability import Reliability, alpha, alpha_interval, spearman_brown

__all__ = [
    "FactorModel",
    "Factors",
    "HierarchicalOmega",
    "Invariance",
    "Krippendorff",
    "OrderedFactorModel",
    "Polychoric",
    "Reliability",
    "SamplingAdequacy",
    "alpha",
    "alpha_interval",
    "cfa",
    "cohen_kappa",
    "factor_analysis",
    "fleiss_kappa",
    "hierarchical_omega",
    "icc",
    "index",
    "invariance",
    "kappa_of_table",
    "krippendorff_alpha",
    "omega",
    "ordered_cfa",
    "polychoric",
    "principal_components",
    "sampling_adequacy",
    "spearman_brown",
    "sphericity",
]
