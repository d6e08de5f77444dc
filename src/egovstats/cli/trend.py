"""``egovstats trend``: how one item changed across the waves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from egovstats.cli import options
from egovstats.cli.blocks import sentences_text, table_text
from egovstats.cli.estimates import estimate_row, in_words, shown_estimates, title_of
from egovstats.cli.output import Result, deliver, wrapped
from egovstats.cli.series import (
    compared,
    differences_of,
    fieldwork,
    notes_aside,
    read_series,
    wave_names,
)
from egovstats.cli.tables import lined_up

if TYPE_CHECKING:
    from egovstats.design import Design
    from egovstats.report import Language, Sentence, Shown, ShownTest
    from egovstats.results import Estimates, HypothesisTest
    from egovstats.waves import Item

PAIRS = ("successive", "first", "last", "all")


@click.command()
@click.argument("series")
@click.argument("item")
@options.needed_data
@options.many("--answer", "answers", help="Codes whose share to follow; the item's own headline if left out.")
@options.many("--wave", "waves", help="Only these waves.")
@click.option("--pairs", type=click.Choice(PAIRS), help="Waves to compare; if left out, neighbours and ends.")
@click.option(
    "--adjust",
    type=click.Choice(("holm", "hochberg", "hommel", "BH", "BY", "bonferroni", "max-t", "none")),
    default="holm",
    show_default=True,
    help="How p-values are adjusted for the number of comparisons; max-t uses their correlation.",
)
@click.option("--on", type=click.Choice(("date", "year")), default="date", show_default=True, help="Time.")
@click.option(
    "--comparable-only",
    is_flag=True,
    help="Leave out waves of which something is known to have changed, and say why; stop if no two are left.",
)
@options.lonely_psu
@options.conf_level
@options.lang
@options.result_options
def trend(
    series: str,
    item: str,
    data: Path,
    answers: tuple[str, ...],
    waves: tuple[str, ...],
    pairs: str | None,
    adjust: str,
    on: str,
    comparable_only: bool,
    lonely_psu: str,
    conf_level: float,
    lang: str,
    output: Path | None,
    as_json: bool,
    force: bool,
) -> None:
    """Show how one ITEM of a SERIES changed across its waves, and how sure that is.

    The share that gave the item's headline answers (or --answer), or the mean of a number: by wave, with
    the change between waves and the trend across them.
    """
    import egovstats
    from egovstats.report import Language, wave_labels

    read = read_series(series, data, waves=waves, items=(item,))
    pooled = read.only_comparable(item) if comparable_only else read
    apart = tuple(note for note in pooled.notes if note not in read.notes)
    about, design = pooled.items[item], pooled.design(lonely_psu=lonely_psu)
    codes = _codes(about, answers)
    levels = _estimates(design, item, codes)
    chosen = pairs or _neighbours_and_ends(list(levels.keys["wave"]))
    changes = egovstats.change(levels, pairs=chosen, adjust=adjust, conf_level=conf_level)
    line = egovstats.trend(design, item, on=on, answers=codes or None, conf_level=conf_level)
    language, labels = Language(lang), wave_labels(pooled)
    found = _Found(
        levels=shown_estimates(levels, "trend", conf_level),
        changes=tuple(changes),
        lines=line.tests,
        notes=(*apart, *line.notes),
        labels=labels,
        names=wave_names(pooled),
        dates=fieldwork(pooled, language),
    )
    text = found.text(_title(about, codes, language), language)
    pairs_tested = [(test.keys["wave_from"], test.keys["wave_to"]) for test in changes]
    differs = differences_of(pooled, pairs_tested, labels, language)
    result = Result(
        "trend",
        "\n\n".join(filter(None, [text, compared(pooled, item, language), differs])),
        [estimate_row(each, about, lang) for each in found.levels],
        pooled.sources,
        (*pooled.notes, *line.notes),
        aside=notes_aside(pooled, series, language),
        more={**found.rows(), "comparability": pooled.comparability.to_dict("records")},
    )
    deliver(result, as_json=as_json, output=output, force=force)


@dataclass(frozen=True)
class _Found:
    """Levels by wave, and the tests on them, which are withheld together with the waves they rest on."""

    levels: tuple[Shown, ...]
    changes: tuple[HypothesisTest, ...]
    lines: tuple[HypothesisTest, ...]
    notes: tuple[str, ...]
    labels: Mapping[str, str]
    names: Mapping[str, str]
    dates: Mapping[str, str]

    def text(self, subject: str, language: Language) -> str:
        """The findings as sentences, then the tables they rest on."""
        parts = [
            *(wrapped(text) for text in sentences_text(self._sentences(subject, language), language)),
            _levels(self.levels, self.names, self.dates, language),
            self._comparisons(language),
            _tests(self._shown(self.lines), language),
            "\n".join(wrapped(f"- {_translated(note, language)}", after="  ") for note in self.notes),
        ]
        return "\n\n".join(filter(None, parts))

    def _sentences(self, subject: str, language: Language) -> list[Sentence]:
        from egovstats.report import Disclosure, change_sentence, trend_sentence

        levels = {each.keys["wave"]: each.estimate for each in self.levels}
        ends = [
            change_sentence(
                each,
                levels[each.test.keys["wave_from"]],
                levels[each.test.keys["wave_to"]],
                labels=(self.labels[each.test.keys["wave_from"]], self.labels[each.test.keys["wave_to"]]),
                subject=subject,
                language=language,
                rule=Disclosure(),
            )
            for each in self._shown(self.changes[-1:])
        ]
        period = "–".join(self.labels[self.levels[at].keys["wave"]] for at in (0, -1))
        slopes = self._shown(self.lines[:1])
        return [
            *ends,
            *(trend_sentence(each, period=period, subject=subject, language=language) for each in slopes),
        ]

    def _comparisons(self, language: Language) -> str:
        from egovstats.report import changes_table

        named = [
            (f"{self.labels[each.test.keys['wave_from']]} → {self.labels[each.test.keys['wave_to']]}", each)
            for each in self._shown(self.changes)
        ]
        return table_text(changes_table(named, id="changes", caption="", language=language), language)

    def rows(self) -> dict[str, list[dict[str, Any]]]:
        return {
            "changes": [_test_row(each) for each in self._shown(self.changes)],
            "trend": [_test_row(each) for each in self._shown(self.lines)],
        }

    def _shown(self, tests: Iterable[HypothesisTest]) -> list[ShownTest]:
        from egovstats.report import Disclosure, show_test

        shown = []
        for test in tests:
            waves = {test.keys.get("wave_from"), test.keys.get("wave_to")} - {None}
            bases = [each.estimate for each in self.levels if not waves or each.keys["wave"] in waves]
            shown.append(show_test(test, prefix="trend", rule=Disclosure(), bases=bases))
        return shown


def _estimates(design: Design, item: str, codes: list[float]) -> Estimates:
    """The share of the answers, or the mean where there are none, in the waves that asked."""
    import egovstats

    if codes:
        found = egovstats.proportion(design, item, by="wave", answers=codes)
    else:
        found = egovstats.mean(design, item, by="wave")
    return found.select(found.n > 0)


def _codes(item: Item, answers: Sequence[str]) -> list[float]:
    """The answers whose share to follow; none for a number."""
    if answers:
        try:
            return [float(answer) for answer in answers]
        except ValueError as error:
            known = ", ".join(f"{each.code:g} {each.label['en']}" for each in item.answers)
            raise click.UsageError(f"--answer takes codes of the item {item.name}: {known}.") from error
    if item.headline is not None:
        return list(item.headline.codes)
    if item.kind == "nominal":
        raise click.UsageError(f"the item {item.name} has no headline answers; choose some with --answer.")
    return []


def _neighbours_and_ends(waves: list[Any]) -> list[tuple[Any, Any]]:
    """Each wave against the one before, and the last against the first."""
    return list(dict.fromkeys([*pairwise(waves), (waves[0], waves[-1])])) if len(waves) > 1 else []


def _test_row(shown: ShownTest) -> dict[str, Any]:
    test = shown.test
    row = {"test": test.test, "null": test.null, **test.keys, "effect": test.effect and test.effect.name}
    names = {"estimate": shown.effect, "conf_low": shown.conf_low, "conf_high": shown.conf_high}
    row |= {name: value.value for name, value in names.items()}
    row |= {"statistic": shown.statistic.value, "distribution": test.distribution, "df": test.df}
    row |= {"p_value": shown.p.value}
    if shown.p_adjusted is not None:
        row |= {"p_adjusted": shown.p_adjusted.value, "adjust": test.adjust}
    return row | {"finding": shown.finding}


def _title(item: Item, codes: Sequence[float], language: Language) -> str:
    title = f"{title_of(item, language.code)} ({item.name})"
    if item.headline is not None and tuple(codes) == item.headline.codes:
        return f"{title}: {language.pick(item.headline.label)}"
    if codes:
        return f"{title}: {language.join([in_words(item, code, language.code) for code in codes])}"
    return title + (f", {item.unit}" if item.unit else "")


def _levels(
    shown: Sequence[Shown], names: Mapping[str, str], dates: Mapping[str, str], language: Language
) -> str:
    """A row a wave: fieldwork, estimate, interval, respondents."""
    rows = [
        [
            names[each.keys["wave"]],
            dates[each.keys["wave"]],
            language.show(each.estimate),
            language.show(each.conf_low, "bare"),
            language.show(each.conf_high, "bare"),
            language.show(each.n, "bare"),
        ]
        for each in shown
    ]
    level = language.say("column.interval", level=language.percent(shown[0].conf_level))
    header = [language.say(key) for key in ("column.wave", "title.field", "column.estimate")]
    header += [language.say(f"column.{limit}") for limit in ("low", "high")]
    groups = ["", "", "", level, level, ""]
    return lined_up([*header, language.say("column.n")], rows, words=2, groups=groups)


def _tests(lines: Sequence[ShownTest], language: Language) -> str:
    """The tests of the trend, a line each."""
    return "\n".join(wrapped(_test(each, language), after="  ") for each in lines)


def _test(shown: ShownTest, language: Language) -> str:
    """The test's name, then its outcome in APA style; the name alone where too few respondents answered."""
    from egovstats.report import sentences

    name = _translated(shown.test.test, language)
    if not shown.p.visible and shown.effect.status == "suppressed":
        return f"{name}: {language.say('mark.suppressed_word')}"
    (said,) = sentences(shown.test, style="apa", language=language.code, subject=name)
    return f"{said[:1].upper()}{said[1:]}"


def _translated(text: str, language: Language) -> str:
    from egovstats.report.phrases import library_phrases

    return library_phrases().find(text, language.code) or text
