"""One survey of a report, read: its estimates and tests as values, each worked out once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from egovstats.estimate import mean, proportion, topline
from egovstats.inference import change, p_adjust, trend
from egovstats.report.build_items import Segment, segments_of
from egovstats.report.definition import Group, Survey
from egovstats.report.disclosure import Disclosure
from egovstats.report.language import Language
from egovstats.report.phrases import Phrases
from egovstats.report.shown import Shown, show
from egovstats.report.shown_tests import ShownTest, ShownTrend, show_test
from egovstats.waves import in_language

if TYPE_CHECKING:
    from egovstats.design import Design
    from egovstats.estimate.topline import Topline as AllAnswers
    from egovstats.inference.trend import Trend
    from egovstats.results import Estimates, HypothesisTest
    from egovstats.waves import Item, Waves

NONRESPONSE = ("dont_know", "refused", "no_answer")
"""Missing reasons of people who were asked: topline rows as shares of all asked."""

Pair = tuple[str, str]
Tell = Callable[[str], None]


class SurveyData:
    """Waves of one survey with everything that a report says of them.

    Parameters
    ----------
    survey : Survey
        What the definition says.
    waves : Waves
    language : Language
    rule : Disclosure
    conf_level : float
    phrases : Phrases
        Translations of the series' English facts.
    """

    def __init__(
        self,
        survey: Survey,
        waves: Waves,
        *,
        language: Language,
        rule: Disclosure,
        conf_level: float,
        phrases: Phrases,
    ) -> None:
        self.survey, self.waves, self.language = survey, waves, language
        self.rule, self.conf_level, self.phrases = rule, conf_level, phrases
        self.labels = wave_labels(waves)
        self.dates = {card.wave: card.date for card in waves.cards}
        self._levels: dict[str, Estimates] = {}
        self._shown: dict[str, dict[str, Shown]] = {}
        self._families: dict[str, dict[tuple[str, Pair], ShownTest]] = {}
        self._lines: dict[str, dict[str, ShownTrend]] = {}
        self._segments: dict[str, list[Segment]] = {}
        self._toplines: dict[str, dict[tuple[str, Any], Shown]] = {}

    @property
    def id(self) -> str:
        """Short name, with which the ids of its results begin."""
        return self.survey.id

    @cached_property
    def design(self) -> Design:
        """The sample design; beside each item a column that tells answers from reasons for none."""
        frame = self.waves.frame
        reasons = {}
        for name in self.waves.items:
            text = self.waves.missing[name].astype(str).to_numpy()
            codes = np.full(len(frame), np.nan)
            for code, reason in enumerate(("", *NONRESPONSE)):
                codes[text == reason] = code
            reasons[asked_column(name)] = codes
        return replace(self.waves, frame=frame.assign(**reasons)).design(lonely_psu=self.survey.lonely_psu)

    @cached_property
    def items(self) -> list[str]:
        """Items of all groups, in order."""
        return list(dict.fromkeys(name for group in self.survey.groups for name in group.items))

    def item(self, name: str) -> Item:
        """One item of the series."""
        return self.waves.items[name]

    def say(self, words: Mapping[str, str] | str) -> str:
        """A text of the series in the report's language."""
        return self.phrases.pick(words, self.language)

    def title(self, name: str) -> str:
        """Short name of an item."""
        return in_language(self.item(name).label, self.language.code)

    def subject(self, name: str) -> str:
        """Name of an item with the answers that its headline share joins."""
        headline = self.item(name).headline
        return self.title(name) if headline is None else f"{self.title(name)}: {self.say(headline.label)}"

    def period(self, waves: Sequence[str]) -> str:
        """First to last wave in words."""
        first, last = self.labels[waves[0]], self.labels[waves[-1]]
        return first if first == last else f"{first}–{last}"

    # Levels

    @cached_property
    def answers(self) -> AllAnswers:
        """Shares of all answers of all items."""
        return topline(self.design, [name for name in self.items if self.item(name).answers])

    @cached_property
    def reasons(self) -> AllAnswers:
        """Shares of answers and reasons for none among all who were asked."""
        return topline(self.design, [asked_column(name) for name in self.items])

    def level_estimates(self, name: str) -> Estimates:
        """Headline share, or mean, in each wave that asked."""
        if name not in self._levels:
            codes = self.headline_codes(name)
            if codes is None:
                found = mean(self.design, name, by="wave")
            elif codes:
                found = proportion(self.design, name, by="wave", answers=codes)
                found = replace(found, keys=found.keys.assign(answer="headline"))
            else:
                found = self.answers[name].select(np.array([], dtype=int))
            self._levels[name] = _in_time(found.select(found.n > 0), self.dates)
        return self._levels[name]

    def headline_codes(self, name: str) -> list[float] | None:
        """Codes of the headline share that anybody gave; None for an item that is followed by its mean."""
        headline = self.item(name).headline
        if headline is None:
            return None
        given = self.design.codes(name)[1]
        return [float(code) for code in headline.codes if code in given]

    def levels(self, name: str) -> dict[str, Shown]:
        """`level_estimates` as values, by wave."""
        if name not in self._shown:
            shown = self.show(self.level_estimates(name), "level")
            self._shown[name] = {str(each.keys["wave"]): each for each in shown}
        return self._shown[name]

    def show(self, estimates: Estimates, what: str) -> tuple[Shown, ...]:
        """Estimates as values of this survey."""
        return show(estimates, prefix=f"{self.id}.{what}", rule=self.rule, conf_level=self.conf_level)

    def asked(self, name: str) -> list[str]:
        """Waves with answers, in order of time."""
        return [str(wave) for wave in self.level_estimates(name).keys["wave"]]

    def segments(self, name: str) -> list[Segment]:
        """Runs of waves that may be compared."""
        if name not in self._segments:
            self._segments[name] = segments_of(self, name)
        return self._segments[name]

    @cached_property
    def changed_aspects(self) -> dict[tuple[str, str, str], list[str]]:
        """Aspects that changed, by item and pair of waves, of those that break comparability."""
        table = self.waves.comparability
        table = table[(table["status"] == "changed") & table["aspect"].isin(self.survey.breaks)]
        found: dict[tuple[str, str, str], list[str]] = {}
        for name, first, second, aspect in zip(
            table["item"], table["wave_a"], table["wave_b"], table["aspect"], strict=True
        ):
            found.setdefault((name, first, second), []).append(aspect)
        return found

    def topline_shares(self, name: str) -> dict[tuple[str, Any], Shown]:
        """Shares of all answers by wave and code, those on too few respondents withheld."""
        if name not in self._toplines:
            estimates = self.answers[name]
            shown = self.show(estimates.select(estimates.n > 0), "topline")
            self._toplines[name] = {(str(each.keys["wave"]), each.keys["answer"]): each for each in shown}
        return self._toplines[name]

    def comparable(self, name: str) -> list[str]:
        """The last run of comparable waves."""
        return list(self.segments(name)[-1].waves)

    # Tests

    def pairs(self, name: str) -> list[Pair]:
        """Each wave with the one before, and the last with the first, within runs of comparable waves."""
        found: list[Pair] = []
        for segment in self.segments(name):
            found += pairwise(segment.waves)
            if len(segment.waves) > 2:
                found.append((segment.waves[0], segment.waves[-1]))
        return found

    def changes(self, group: Group) -> dict[tuple[str, Pair], ShownTest]:
        """Changes of all items of a group: one family, adjusted by Holm."""
        if group.id not in self._families:
            raw = [(name, test) for name in group.items if self.has(name) for test in self._raw_changes(name)]
            adjusted = _family([test for _, test in raw])
            self._families[group.id] = {
                (name, _pair(test)): self._show_change(group, name, test)
                for (name, _), test in zip(raw, adjusted, strict=True)
            }
        return self._families[group.id]

    def _raw_changes(self, name: str) -> list[HypothesisTest]:
        pairs = self.pairs(name)
        if not pairs:
            return []
        found = change(self.level_estimates(name), pairs=pairs, adjust="none", conf_level=self.conf_level)
        return list(found.tests)

    def _show_change(self, group: Group, name: str, test: HypothesisTest) -> ShownTest:
        first, second = _pair(test)
        levels = self.levels(name)
        prefix = f"{self.id}.change.{group.id}.{name}.{first}_{second}"
        bases = (levels[first].estimate, levels[second].estimate)
        return show_test(test, prefix=prefix, rule=self.rule, bases=bases)

    def trends(self, group: Group) -> dict[str, ShownTrend]:
        """Trends of the items of a group over their last run of comparable waves; slopes adjusted by Holm."""
        if group.id not in self._lines:
            found: dict[str, Trend] = {}
            for name in group.items:
                waves = self.comparable(name) if self.has(name) else []
                if len(waves) > 2:
                    found[name] = self._trend(name, waves)
            slopes = _family([each.slope for each in found.values()])
            self._lines[group.id] = {
                name: self._show_trend(group, name, replace(each, slope=slope))
                for (name, each), slope in zip(found.items(), slopes, strict=True)
            }
        return self._lines[group.id]

    def _trend(self, name: str, waves: Sequence[str]) -> Trend:
        codes = self.headline_codes(name)
        where = self.waves.frame["wave"].isin(waves).to_numpy()
        return trend(self.design, name, "date", answers=codes, where=where, conf_level=self.conf_level)

    def _show_trend(self, group: Group, name: str, found: Trend) -> ShownTrend:
        waves = self.comparable(name)
        bases = [self.levels(name)[wave].estimate for wave in waves]
        tests = {"slope": found.slope, "departure": found.linearity, "by_wave": found.by_wave}
        shown = {
            part: show_test(
                test,
                prefix=f"{self.id}.trend.{group.id}.{name}.{part}",
                rule=self.rule,
                bases=bases,
                decimals=2,
            )
            for part, test in tests.items()
            if test is not None
        }
        return ShownTrend(tuple(waves), **shown)

    def has(self, name: str) -> bool:
        """Whether any wave that was read has answers."""
        return len(self.level_estimates(name)) > 0


def wave_labels(waves: Waves) -> dict[str, str]:
    """Names of waves in tables and charts: the year, or the wave's id where two share a year."""
    years = [card.year for card in waves.cards]
    return {card.wave: str(card.year) if years.count(card.year) == 1 else card.wave for card in waves.cards}


def asked_column(name: str) -> str:
    """Column that tells answers (0) from reasons for none (1, 2, ...), empty for those not asked."""
    return f"{name}__asked"


def _in_time(estimates: Estimates, dates: Mapping[str, float]) -> Estimates:
    """Estimates with their waves in order of time."""
    order = sorted(range(len(estimates)), key=lambda i: dates[str(estimates.keys["wave"].iloc[i])])
    return estimates.select(np.array(order, dtype=int))


def _pair(test: HypothesisTest) -> Pair:
    return str(test.keys["wave_from"]), str(test.keys["wave_to"])


def _family(tests: Iterable[HypothesisTest]) -> list[HypothesisTest]:
    """Tests with p-values adjusted by Holm over all of them."""
    found = list(tests)
    if not found:
        return []
    adjusted = p_adjust([test.p_value for test in found], "holm")
    return [
        replace(test, p_adjusted=float(p), adjust="holm") for test, p in zip(found, adjusted, strict=True)
    ]
