"""Survey series: cards and crosswalks of waves; harmonising, audit, comparability."""

from egovstats.waves.card import Card
from egovstats.waves.crosswalk import Crosswalk, Rule, read_crosswalk
from egovstats.waves.demo import write_demo
from egovstats.waves.demo_plan import demo_marginals
from egovstats.waves.draft import Draft, draft_survey
from egovstats.waves.item import Answer, Change, Headline, Item
from egovstats.waves.matching import Skipped
from egovstats.waves.mentions import MentionSet
from egovstats.waves.pooled import Waves
from egovstats.waves.proposals import accept_proposals
from egovstats.waves.published import Published
from egovstats.waves.series import SeriesCard, SurveySeries, open_series
from egovstats.waves.words import LANGUAGES, MISSING_REASONS, in_language

__all__ = [
    "LANGUAGES",
    "MISSING_REASONS",
    "Answer",
    "Card",
    "Change",
    "Crosswalk",
    "Draft",
    "Headline",
    "Item",
    "MentionSet",
    "Published",
    "Rule",
    "SeriesCard",
    "Skipped",
    "SurveySeries",
    "Waves",
    "accept_proposals",
    "demo_marginals",
    "draft_survey",
    "in_language",
    "open_series",
    "read_crosswalk",
    "write_demo",
]
