"""What estimators and tests return.

A result keeps the facts (estimates, their joint covariance, degrees of freedom, bases, sources) and
derives the rest, so that an interval and its standard error cannot disagree. At a prompt a result shows
a glance of itself (`egovstats.console`); documents, with their rounding and words, are the room `report`'s.
"""

from egovstats.results.covariance import Covariance, Reach
from egovstats.results.estimates import Estimates
from egovstats.results.hypothesis import Check, Effect, HypothesisTest

__all__ = ["Check", "Covariance", "Effect", "Estimates", "HypothesisTest", "Reach"]
