"""The three catalogues say the same things."""

from __future__ import annotations

import re
from string import Formatter

import pytest

from egovstats.report.language import LANGUAGES, Language, _catalogue

PLURALS = {"en": {"one", "other"}, "mn": {"other"}, "ru": {"one", "few", "many", "other"}}
# Signs, marks, and words that are the same in all languages.
SHARED = re.compile(
    r"^(signs\.|unit\.percent$|mark\.|verdict_symbol\.|status_sign\.|details\.(n|p|join)$|list\.|stamp\.word$|column\.(p|claim)$|comparability\.pair|ledger\.summary|level\.|chart\.(series|point)|date\.|cite\.indicator$|said\.(lead|period|ratio_percent|apa\.effect)$|build\.(quoted|low|high|p|version|range|edition)$)"
)


def fields_of(message: object) -> set[tuple[str, str]]:
    texts = (
        message.values() if isinstance(message, dict) else message if isinstance(message, list) else [message]
    )
    return {
        (name, spec or "")
        for text in texts
        if isinstance(text, str)
        for _, name, spec, _ in Formatter().parse(text)
        if name is not None
    }


@pytest.mark.parametrize("code", ["mn", "ru"])
def test_same_messages_and_fields(code: str) -> None:
    english, other = _catalogue("en"), _catalogue(code)
    assert set(english) - set(other) == set()
    assert set(other) - set(english) == set()
    for key, message in english.items():
        if key.startswith(("unit.", "date.")):
            continue
        assert fields_of(other[key]) == fields_of(message), key


@pytest.mark.parametrize("code", LANGUAGES)
def test_plural_messages_have_all_forms_and_nothing_is_empty(code: str) -> None:
    for key, message in _catalogue(code).items():
        if isinstance(message, dict):
            assert set(message) == PLURALS[code], key
        elif isinstance(message, str):
            assert message, key
    assert len(_catalogue(code)["date.months"]) == 12


@pytest.mark.parametrize("code", ["mn", "ru"])
def test_texts_are_translated(code: str) -> None:
    for key, message in _catalogue(code).items():
        if isinstance(message, str) and not SHARED.match(key):
            bare = re.sub(r"\{[^}]*\}", "", message)
            assert re.search(r"[а-яөүё]", bare, re.IGNORECASE), f"{code} {key}: {message}"


@pytest.mark.parametrize(
    ("code", "table", "figure"),
    [("en", "Table", "Figure"), ("mn", "Хүснэгт", "Зураг"), ("ru", "Таблица", "Рисунок")],
)
def test_words_for_table_and_figure(code: str, table: str, figure: str) -> None:
    assert Language(code).say("table.numbered", number=3).split() == [table, "3"]
    assert Language(code).say("figure.numbered", number=3).split() == [figure, "3"]


@pytest.mark.parametrize("code", LANGUAGES)
def test_stamp_has_the_word_in_every_language(code: str) -> None:
    assert "SYNTHETIC" in Language(code).say("stamp.short")


def test_no_catalogue_says_no_change() -> None:
    """An interval that includes 0 shows no clear change; it never shows that there was none."""
    for code, said in (
        ("en", "no clear change"),
        ("ru", "явного изменения не выявлено"),
        ("mn", "тодорхой өөрчлөлт илрээгүй"),
    ):
        messages = _catalogue(code)
        assert said in messages["change.unclear_share"]
        assert said in messages["change.unclear_number"]
