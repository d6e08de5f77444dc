"""One language of a report: its fixed text, plural forms, dates and number signs.

The messages lie in ``text/en.yaml``, ``mn.yaml`` and ``ru.yaml``, those of the sections that reports are
built from in ``text/build-en.yaml`` and so on, sentences on tests in ``text/said-en.yaml``, and what is said
to reviewers in ``text/review-en.yaml``. Translators edit them; the three languages have the same keys and the
same fields.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections.abc import Mapping, Sequence
from importlib import resources
from string import Formatter
from typing import Any

from egovstats.errors import ReportError, nearest
from egovstats.report.numerals import NBSP, P_STYLES, PStyle, Signs, number_text, p_text
from egovstats.report.values import Em, Form, Num, Part, Ref, Text, Textual, Value, text_of

LANGUAGES = ("en", "mn", "ru")
"""Languages that a report can be written in."""

_ITALICS = re.compile(r"\*([^*\s][^*]*)\*")


@functools.cache
def _catalogue(code: str) -> dict[str, Any]:
    from ruamel.yaml import YAML

    found: dict[str, Any] = {}
    for name in (f"{code}.yaml", f"build-{code}.yaml", f"said-{code}.yaml", f"review-{code}.yaml"):
        text = resources.files("egovstats.report").joinpath("text", name).read_text(encoding="utf-8")
        found |= dict(_flat(YAML(typ="safe", pure=True).load(text)))
    return found


def _flat(node: Mapping[str, Any], prefix: str = "") -> list[tuple[str, Any]]:
    """Messages under dotted keys; a mapping with ``other`` holds plural forms and stays whole."""
    found: list[tuple[str, Any]] = []
    for key, value in node.items():
        if isinstance(value, Mapping) and "other" not in value:
            found += _flat(value, f"{prefix}{key}.")
        else:
            found.append((prefix + key, value))
    return found


class Language:
    r"""The words and signs of one language.

    Parameters
    ----------
    code : str
        ``"en"``, ``"mn"`` or ``"ru"``.
    p_style : str
        How p-values are printed: ``"apa"``, ``"asa"`` or ``"plain"``.

    Raises
    ------
    ReportError
        Another language or style.

    Examples
    --------
    >>> Language("ru").number(1234.5)
    '1\xa0234,5'
    """

    def __init__(self, code: str = "en", *, p_style: PStyle = "apa") -> None:
        if code not in LANGUAGES:
            raise ReportError(f"there is no report language {code!r}. {nearest(code, LANGUAGES)}")
        if p_style not in P_STYLES:
            raise ReportError(f"there is no style {p_style!r} for p-values. {nearest(p_style, P_STYLES)}")
        self.code = code
        self.p_style: PStyle = p_style
        self._messages = _catalogue(code)
        self.tag: str = self._messages["signs.tag"]
        self.word_tag: str = self._messages["signs.word"]
        names = ("decimal", "group", "percent", "leading_zero")
        self.signs = Signs(**{name: self._messages[f"signs.{name}"] for name in names})

    def __repr__(self) -> str:
        return f"Language({self.code!r})"

    # Fixed text

    def has(self, key: str) -> bool:
        """Whether there is a message of that name."""
        return key in self._messages

    def fill(self, key: str, /, **fields: Any) -> Text:
        """A message with its fields filled in, as text that keeps numbers and pointers.

        A field may be a string, a whole number, a `Value` (``{low:bare}`` chooses its form), a `Ref` or a
        text. A message with plural forms needs the field `count`.

        Raises
        ------
        ReportError
            No such message, or a field that it needs is not given.
        """
        message = self._messages.get(key)
        if message is None:
            raise ReportError(f"there is no message {key!r} in {self.code!r}. {nearest(key, self._messages)}")
        if isinstance(message, Mapping):
            message = message[plural(self.code, fields["count"])]
        return self.compose(str(message), **fields)

    def say(self, key: str, /, **fields: Any) -> str:
        """A message as plain text."""
        return self.plain(self.fill(key, **fields))

    def compose(self, template: str, /, **fields: Any) -> Text:
        """Any template with fields, filled as `fill` does; ``*words*`` become italics."""
        parts: list[Part] = []
        for literal, name, spec, _ in Formatter().parse(template):
            parts += _italics(literal)
            if name is None:
                continue
            if name not in fields:
                raise ReportError(f"the text {template!r} needs the field {name!r}. {nearest(name, fields)}")
            parts += self._field(fields[name], spec)
        return tuple(parts)

    def _field(self, content: Any, spec: str | None) -> Text:
        if isinstance(content, Value):
            form: Form = spec or "display"  # type: ignore[assignment]
            return (Num(content, form),)
        if isinstance(content, Ref):
            return (content,)
        if isinstance(content, int):
            return (number_text(content, self.signs, decimals=0),)
        return text_of(content)

    def pick(self, words: str | Mapping[str, str]) -> str:
        """A text given by language; English where this language is missing; a plain string as it is."""
        return words if isinstance(words, str) else words.get(self.code) or words["en"]

    def join(self, items: Sequence[str]) -> str:
        """A list in words: "a, b and c"."""
        if len(items) < 2:
            return "".join(items)
        head = self._messages["list.join"].join(items[:-1])
        return self.say("list.two", first=head, last=items[-1])

    # Numbers

    def number(self, value: float, *, decimals: int = 1, signed: bool = False) -> str:
        """A number in the signs of the language."""
        return number_text(value, self.signs, decimals=decimals, signed=signed)

    def percent(self, share: float, *, decimals: int = 0) -> str:
        """A share as a percentage with its sign, for fixed facts such as a confidence level."""
        return number_text(share, self.signs, decimals=decimals, factor=100) + self.signs.percent

    def p(self, value: float) -> str:
        """A p-value with its relation sign: ``= .021``."""
        return p_text(value, self.signs, self.p_style)

    def show(self, value: Value, form: Form = "display") -> str:
        """The printed text of a value, in one of the forms that `Num` describes."""
        if value.value is None:
            return self._withheld(value)
        fmt = value.format
        if fmt.kind == "p":
            return self._p_form(self.p(float(value.value)), form)
        number = abs(value.value) if form == "size" else value.value
        text = number_text(
            number,
            self.signs,
            decimals=fmt.decimals,
            factor=fmt.factor,
            signed=fmt.signed and form not in ("size", "limit"),
            grouped=fmt.kind != "label",
        )
        if form != "display":
            return text
        if fmt.kind == "points":
            return f"{text}{NBSP}{self.say('unit.points')}"
        return text + self.signs.percent if fmt.kind == "percent" else text

    def _p_form(self, text: str, form: Form) -> str:
        if form == "display":
            return f"p{NBSP}{text}"
        return text.removeprefix(f"={NBSP}") if form == "cell" else text

    def _withheld(self, value: Value) -> str:
        if value.status != "suppressed":
            return self.say("mark.undefined")
        if value.format.kind == "count" and "limit" in value.parameters:
            return self.say("mark.suppressed_count", limit=value.parameters["limit"])
        return self.say("mark.suppressed")

    def plain(self, content: Textual, *, labels: Mapping[str, str] | None = None) -> str:
        """Any content as one string; pointers print their label, or their target where none is known."""
        return "".join(self._plain(part, labels or {}) for part in text_of(content))

    def _plain(self, part: Part, labels: Mapping[str, str]) -> str:
        if isinstance(part, Num):
            return self.show(part.value, part.form)
        if isinstance(part, Em):
            return part.text
        if isinstance(part, Ref):
            return labels.get(part.target, part.target)
        return part

    # Dates

    def date(self, day: dt.date) -> str:
        """A day in words."""
        return self.say("date.day", day=str(day.day), month=self._month(day), year=str(day.year))

    def date_range(self, start: dt.date, end: dt.date) -> str:
        """A period in words, naming a shared month and year once."""
        year = str(start.year)
        if start == end:
            return self.date(start)
        if (start.year, start.month) == (end.year, end.month):
            days = {"first": str(start.day), "last": str(end.day)}
            return self.say("date.within_month", **days, month=self._month(start), year=year)
        if start.year == end.year:
            months = {"first_month": self._month(start), "last_month": self._month(end)}
            return self.say("date.within_year", first=str(start.day), last=str(end.day), **months, year=year)
        return self.say("date.across", start=self.date(start), end=self.date(end))

    def _month(self, day: dt.date) -> str:
        return str(self._messages["date.months"][day.month - 1])


def plural(code: str, count: int) -> str:
    """The CLDR plural category of a whole number: Mongolian nouns do not change after a number.

    Examples
    --------
    >>> [plural("ru", n) for n in (1, 3, 5, 11, 21)]
    ['one', 'few', 'many', 'many', 'one']
    """
    if code == "ru":
        if count % 10 == 1 and count % 100 != 11:
            return "one"
        return "few" if count % 10 in (2, 3, 4) and count % 100 not in (12, 13, 14) else "many"
    return "one" if code == "en" and count == 1 else "other"


def _italics(literal: str) -> list[Part]:
    parts: list[Part] = []
    end = 0
    for match in _ITALICS.finditer(literal):
        parts += [literal[end : match.start()], Em(match[1])]
        end = match.end()
    parts.append(literal[end:])
    return [part for part in parts if part != ""]
