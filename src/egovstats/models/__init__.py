"""Design-based regression: the coefficients, their sandwich covariance, and what follows from them."""

from egovstats.models.categorical import CategoricalFit
from egovstats.models.cox import CoxFit, cox
from egovstats.models.criteria import Criteria, PseudoR2, information_criteria, pseudo_r2
from egovstats.models.families import FAMILIES, Family, family_of
from egovstats.models.fit import Fit
from egovstats.models.glm import glm
from egovstats.models.glm_fit import GlmFit, fit_matrix
from egovstats.models.imputation import ImputedEstimates, combine_imputations
from egovstats.models.margins import margins, predictive_margins
from egovstats.models.multinomial import multinomial
from egovstats.models.ordinal import ordinal
from egovstats.models.predict import predict
from egovstats.models.profile import profile_intervals
from egovstats.models.small_sample import small_sample
from egovstats.models.standardised import standardised_predictions
from egovstats.models.survival import kaplan_meier, log_rank

__all__ = [
    "FAMILIES",
    "CategoricalFit",
    "CoxFit",
    "Criteria",
    "Family",
    "Fit",
    "GlmFit",
    "ImputedEstimates",
    "PseudoR2",
    "combine_imputations",
    "cox",
    "family_of",
    "fit_matrix",
    "glm",
    "information_criteria",
    "kaplan_meier",
    "log_rank",
    "margins",
    "multinomial",
    "ordinal",
    "predict",
    "predictive_margins",
    "profile_intervals",
    "pseudo_r2",
    "small_sample",
    "standardised_predictions",
]
