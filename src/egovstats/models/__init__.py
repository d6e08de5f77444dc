"""Design-based regression: the coefficients, their sandwich covariance, and tests of terms."""

from egovstats.models.families import FAMILIES, Family, family_of
from egovstats.models.fit import Fit, fit_matrix
from egovstats.models.glm import glm

__all__ = ["FAMILIES", "Family", "Fit", "family_of", "fit_matrix", "glm"]
