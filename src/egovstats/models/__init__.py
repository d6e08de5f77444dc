"""Design-based regression: the coefficients, their sandwich covariance, and what follows from them."""

from egovstats.models.categorical import CategoricalFit
from egovstats.models.criteria import Criteria, PseudoR2, information_criteria, pseudo_r2
from egovstats.models.families import FAMILIES, Family, family_of
from egovstats.models.fit import Fit, GlmFit, fit_matrix
from egovstats.models.glm import glm
from egovstats.models.margins import margins, predictive_margins
from egovstats.models.multinomial import multinomial
from egovstats.models.ordinal import ordinal
from egovstats.models.predict import predict
from egovstats.models.profile import profile_intervals
from egovstats.models.small_sample import small_sample

__all__ = [
    "FAMILIES",
    "CategoricalFit",
    "Criteria",
    "Family",
    "Fit",
    "GlmFit",
    "PseudoR2",
    "family_of",
    "fit_matrix",
    "glm",
    "information_criteria",
    "margins",
    "multinomial",
    "ordinal",
    "predict",
    "predictive_margins",
    "profile_intervals",
    "pseudo_r2",
    "small_sample",
]
