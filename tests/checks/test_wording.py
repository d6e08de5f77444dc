from __future__ import annotations

import re
import string
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from egovstats.checks.wording import LANGUAGES, Message, Printed, Terms, Word, catalogue, number, word
from egovstats.errors import ClaimError


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_all_languages_have_the_same_keys_and_places() -> None:
    english = catalogue("en")
    for language in LANGUAGES[1:]:
        other = catalogue(language)
        for group in ("topics", "qualifiers", "reasons", "parts", "needs", "numbers", "scales"):
            assert set(other[group]) == set(english[group]), (language, group)
            for key, text in english[group].items():
                assert places(other[group][key]) <= places(text), (language, group, key)


def test_every_key_in_the_code_is_in_the_catalogue() -> None:
    room = Path(__file__).parents[2] / "src/egovstats/checks"
    code = "\n".join(path.read_text(encoding="utf-8") for path in room.glob("*.py"))
    known = {key for group in catalogue("en").values() for key in group}
    for key in re.findall(r'Message\(\s*"([a-z_]+)"', code) + re.findall(
        r'Number\.of\(\s*"([a-z_0-9]+)"', code
    ):
        assert key in known, key


@pytest.mark.parametrize(
    ("value", "spec", "language", "text"),
    [
        (1234567.5, ",.1f", "en", "1,234,567.5"),
        (1234567.5, ",.1f", "ru", "1\N{NO-BREAK SPACE}234\N{NO-BREAK SPACE}567,5"),
        (1234567.5, ",.1f", "mn", "1,234,567.5"),
        (-0.04, "+.1f", "en", "+0.0"),
        (-9, "+.0f", "en", "\N{MINUS SIGN}9"),
        (0.125, ".2f", "en", "0.13"),
        (Fraction(1, 3), ".3f", "en", "0.333"),
        (np.float64(2.5), "", "ru", "2,5"),
        (np.int64(2012), "", "en", "2012"),
        (2.0, "", "en", "2"),
        (0.0004, "p", "ru", "< 0,001"),
        (0.0126, "p", "en", "0.013"),
        (float("nan"), ".1f", "en", "\N{EN DASH}"),
    ],
)
def test_numbers_in_the_signs_of_a_language(value: float, spec: str, language: str, text: str) -> None:
    assert number(value, spec, language) == text


def test_sentences_take_words_printed_numbers_and_lists() -> None:
    values = {
        "parts": Terms((Printed(Fraction(125, 2), 1), Printed(Fraction(20), 0, "about"))),
        "sum": Fraction(165, 2),
        "total": Printed(Fraction(83), 0),
        "gap": Fraction(1, 2),
    }
    message = Message("sum_fails", values)
    assert message.text() == "62.5 + about 20 = 82.5, not 83: off by 0.5."
    assert message.text("ru") == "62,5 + около 20 = 82,5, а не 83: расхождение 0,5."
    assert Word("indicators", "EGDI").text("en") == "E-Government Development Index"
    assert word("indicators", "OTHER_INDEX") == "OTHER_INDEX"
    lists = Message("print_holds", {"item": {"en": "A", "ru": "Б"}, "percent": 5, "waves": ["2019", "2020"]})
    assert lists.text("ru") == "Б: 5 % — доля волны 2019, 2020."


def test_unknown_keys_and_languages() -> None:
    with pytest.raises(ClaimError, match=r"the 'en' texts lack reasons.sum_hold. Did you mean 'sum_holds'"):
        Message("sum_hold").text()
    with pytest.raises(ClaimError, match="there are no texts in 'de'"):
        Message("sum_holds").text("de")
