"""Design-based regression: the coefficients, their sandwich covariance, and what follows from them."""

from egovstats.models.families import FAMILIES, Family, family_of
from egovstats.models.fit import Fit, GlmFit, fit_matrix
from egovstats.models.glm import glm

__all__ = ["FAMILIES", "Family", "Fit", "GlmFit", "family_of", "fit_matrix", "glm"]
