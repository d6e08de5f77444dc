"""A survey in a report: what can be compared, and how the data were collected."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from egovstats.report.blocks import Block, Heading, Notes, Paragraph
from egovstats.report.build_files import field_period
from egovstats.report.build_items import difference, present
from egovstats.report.ledger import MethodStatement
from egovstats.report.tables import comparability_table
from egovstats.report.values import COUNT, Num, Text, Textual, Value

if TYPE_CHECKING:
    from egovstats.report.build_survey import SurveyData
    from egovstats.waves import Card


MOST_NAMED = 12
"""With more items than this, a note on comparability counts them instead of naming them."""


def comparability_blocks(survey: SurveyData) -> Iterator[Block]:
    """Neighbouring waves of which something changed, and what that was."""
    language = survey.language
    table = survey.waves.comparability
    names = present(survey, survey.items)
    pairs = {
        (name, first, second)
        for name in names
        for first, second in zip(survey.asked(name), survey.asked(name)[1:], strict=False)
    }
    held = [key in pairs for key in zip(table["item"], table["wave_a"], table["wave_b"], strict=True)]
    near = table.loc[np.array(held, dtype=bool)]
    changed = near[near["status"] == "changed"]
    unknown = near[near["status"] == "unknown"]
    yield Paragraph(language.fill("compare.lead"))
    if len(changed):
        marked = set(zip(changed["item"], changed["wave_a"], changed["wave_b"], strict=True))
        keys = zip(near["item"], near["wave_a"], near["wave_b"], strict=True)
        yield comparability_table(
            near[[key in marked for key in keys]],
            id=f"{survey.id}-comparability",
            language=language,
            items={name: survey.title(name) for name in names},
            waves=survey.labels,
            notes=(language.fill("compare.rest"),),
        )
        yield Notes(tuple(_differences(survey, changed)), title=language.say("compare.changed"))
    else:
        yield Paragraph(language.fill("compare.nothing"))
    if len(unknown):
        yield Notes(tuple(_unknowns(survey, unknown)), title=language.say("compare.unknown"))


def _differences(survey: SurveyData, changed: Iterable) -> Iterator[Textual]:
    """Each difference once, with the waves and items it is about."""
    said: dict[tuple[str, str], dict[tuple[str, str], list[str]]] = {}
    for row in changed.to_dict("records"):  # type: ignore[attr-defined]
        pair = (row["wave_a"], row["wave_b"])
        told = difference(survey, row["item"], *pair, row["aspect"])
        said.setdefault((row["aspect"], told), {}).setdefault(pair, []).append(row["item"])
    for (aspect, told), pairs in said.items():
        whom = "; ".join(f"{_waves(survey, pair)}: {_items(survey, names)}" for pair, names in pairs.items())
        yield f"{survey.language.say('aspect.' + aspect)}: {told} ({whom})"


def _unknowns(survey: SurveyData, unknown: Iterable) -> Iterator[Textual]:
    """Aspects of which it is not known whether they stayed the same, with the items."""
    rows = unknown.to_dict("records")  # type: ignore[attr-defined]
    for aspect in dict.fromkeys(row["aspect"] for row in rows):
        names = list(dict.fromkeys(row["item"] for row in rows if row["aspect"] == aspect))
        yield f"{survey.language.say('aspect.' + aspect)}: {_items(survey, names)}"


def _waves(survey: SurveyData, pair: tuple[str, str]) -> str:
    first, second = (survey.labels[wave] for wave in pair)
    return survey.language.say("comparability.pair", first=first, second=second)


def _items(survey: SurveyData, names: Sequence[str]) -> str:
    every = len(present(survey, survey.items))
    if len(names) == every:
        return survey.language.say("compare.all_items")
    if len(names) > MOST_NAMED:
        return survey.language.say("compare.some_items", count=str(len(names)), total=str(every))
    return ", ".join(survey.title(name) for name in names)


# Method


@dataclass(frozen=True, slots=True)
class _Told:
    """Says facts of cards, each once, with the waves that it holds for."""

    survey: SurveyData

    def __call__(self, of: Callable[[Card], str | None]) -> str:
        return "; ".join(self.listed(of))

    def listed(self, of: Callable[[Card], str | None]) -> list[str]:
        cards = self.survey.waves.cards
        said: dict[str, list[str]] = {}
        for card in cards:
            text = of(card)
            if text:
                said.setdefault(text, []).append(self.survey.labels[card.wave])
        return [
            text if len(waves) == len(cards) else f"{', '.join(waves)}: {text}"
            for text, waves in said.items()
        ]


def method_blocks(survey: SurveyData) -> Iterator[Block]:
    """The AAPOR items, then what the analysis assumes and what was seen while reading."""
    language = survey.language
    yield Paragraph(language.fill("method.intro"))
    yield MethodStatement(method_items(survey))  # type: ignore[misc]
    assumed = _listed(survey, lambda card: card.assumptions)
    if assumed:
        yield Notes(tuple(assumed), title=language.say("build.assumptions"))
    notes = [survey.say(note) for note in survey.waves.series.about.notes] + reading_notes(survey)
    if notes:
        yield Notes(tuple(notes), title=language.say("build.data_notes"))
    gaps = _listed(survey, lambda card: card.not_reported)
    if gaps:
        yield Notes(tuple(gaps), title=language.say("build.not_reported"))


def method_items(survey: SurveyData) -> dict[str, Textual]:
    """What series and cards say of each AAPOR item; items of which they say nothing are left out."""
    about, language = survey.waves.series.about, survey.language
    told, say = _Told(survey), survey.say

    def card_text(name: str) -> str:
        return told(lambda card: say(getattr(card, name)) if getattr(card, name) else None)

    def both(words: dict[str, str] | None, name: str) -> str:
        return " ".join(filter(None, [say(words) if words else "", card_text(name)]))

    tongue = told(lambda card: language.say(f"tongue.{card.language}") if card.language else None)
    items: dict[str, Textual] = {
        "strategy": language.say("build.strategy"),
        "sponsor": _who(survey, card_text("conductor")),
        "instruments": say(about.instrument) if about.instrument else "",
        "population": "; ".join(filter(None, [say(about.population), card_text("population")])),
        "sampling": both(about.sampling, "sampling"),
        "mode": "; ".join(filter(None, [card_text("mode"), tongue])),
        "dates": told(lambda card: field_period(card, language) if card.field.start else None),
        "size": sizes(survey),
        "weighting": both(about.weighting, "weighting") if about.weighting is None else say(about.weighting),
        "processing": card_text("processing"),
        "limitations": both(about.limitations, "limitations"),
    }
    return items


def _who(survey: SurveyData, conductor: str) -> str:
    about, language = survey.waves.series.about, survey.language

    def named(name: str) -> str:
        # A name without a translation stays as it is.
        return survey.phrases.find(name, language.code) or name

    parts = [
        language.say("build.producer", name=named(about.producer)) if about.producer else "",
        language.say("build.sponsor", name=named(about.sponsor)) if about.sponsor else "",
        language.say("build.conductor", name=conductor) if conductor else "",
    ]
    return "; ".join(filter(None, parts))


def sizes(survey: SurveyData, *, precision: bool = True) -> Text:
    """Respondents by wave, and where to find the precision of an estimate."""
    language = survey.language
    parts: list[Text] = []
    counts = survey.waves.frame["wave"].value_counts()
    for card in survey.waves.cards:
        value = wave_size(survey, card.wave, int(counts[card.wave]))
        parts.append((f"{survey.labels[card.wave]}: ", Num(value)))
    joined: Text = parts[0]
    for part in parts[1:]:
        joined = (*joined, "; ", *part)
    return (*joined, ". ", *language.fill("build.precision")) if precision else joined


def wave_size(survey: SurveyData, wave: str, count: int) -> Value:
    """Respondents of one wave."""
    return Value(
        id=f"{survey.id}.size.{wave}",
        value=count,
        unit="respondents",
        format=COUNT,
        statistic="n",
        how="respondents in the file",
        keys={"wave": wave},
        sources=tuple(source for source in survey.waves.sources if source.wave == wave),
        n=float(count),
    )


def _listed(survey: SurveyData, of: Callable[[Card], Sequence[str]]) -> list[str]:
    """Facts of which a card may have several, each once with its waves."""
    facts = dict.fromkeys(fact for card in survey.waves.cards for fact in of(card))
    told = _Told(survey)

    def lines(fact: str) -> list[str]:
        text = _with_titles(survey, survey.say(fact))
        return told.listed(lambda card: text if fact in of(card) else None)

    return [line for fact in facts for line in lines(fact)]


def _with_titles(survey: SurveyData, text: str) -> str:
    """The text with items called by their titles."""
    items = survey.waves.items

    def title(match: re.Match[str]) -> str:
        return survey.title(match[0]) if match[0] in items else match[0]

    return re.sub(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)+", title, text)


def reading_notes(survey: SurveyData) -> list[str]:
    """What was seen while the files were read, in the report's language, with the wave's name."""
    cards = survey.waves.cards
    known = {note["en"] for note in survey.waves.series.about.notes}
    assumed = {fact for card in cards for fact in card.assumptions}
    found = []
    for note in survey.waves.notes:
        waves, _, text = note.partition(": ")
        if note in known or text in assumed:
            continue
        labels = ", ".join(survey.labels.get(wave, wave) for wave in waves.split(", "))
        found.append(f"{labels}: {survey.say(text)}")
    return found


def headed(title: str, blocks: Iterable[Block]) -> Iterator[Block]:
    """Blocks under a heading; nothing where there are none."""
    found = list(blocks)
    if found:
        yield Heading(title)
        yield from found
