"""The words of a sentence on a test: what was found, with which numbers, in which style."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from egovstats.inference.statement import time_in_words
from egovstats.report.language import Language
from egovstats.report.numerals import NBSP, number_text, p_text
from egovstats.report.phrases import Phrases
from egovstats.report.statement_numbers import KINDS, NUMBERED, Scale, apa_number, finding_of, scale_of
from egovstats.results import Check, HypothesisTest

TIMES = ("wave", "year", "date")
"""Keys whose two values are the ends of a period; two values of any other key are two groups."""

_VERDICTS = {"changed, but within the margin": "within"}


class Speaker:
    """Says tests in one language."""

    def __init__(self, language: Language, phrases: Phrases, subject: str, labels: Mapping[Any, str]) -> None:
        self.language, self.phrases, self.subject, self.labels = language, phrases, subject, labels

    def plain(self, test: HypothesisTest) -> str:
        """Effect and interval in words."""
        if not np.isfinite(test.p_value) and "verdict" not in test.keys:
            return self._lead(test, self._untested(test))
        if "verdict" in test.keys:
            return self._lead(test, self._equivalence(test))
        if test.effect is None:
            key = "against" if _p_used(test) < 0.05 else "with"
            said = self._say(key, null=self._null(test)) + f" ({self._statistic(test)})"
            return self._lead(test, said)
        scale, finding = scale_of(test.effect), finding_of(test)
        kind = KINDS.get(test.effect.name, "any")
        said = self._finding(test, kind, "unclear" if finding == "unclear" else _direction(test), scale)
        said = self._with_interval(said, test)
        if test.test.endswith("random wave effect"):
            said += self._say("by_wave")
        return self._lead(test, said + (self._say("doubtful") if finding == "doubtful" else ""))

    def apa(self, test: HypothesisTest) -> str:
        """Statistic, degrees of freedom, p-value, effect with interval, further effect sizes."""
        if not np.isfinite(test.p_value):
            return self._lead(test, self._untested(test))
        parts = [self._statistic(test)]
        if "verdict" in test.keys:
            parts.insert(0, self._say("apa.two_sided", **self._margins(test)))
        elif test.effect is not None and KINDS.get(test.effect.name) in ("difference", "slope"):
            finding = finding_of(test)
            word = _direction(test) if finding in ("up", "down") else "unclear"
            parts.insert(0, self._say(f"apa.{KINDS[test.effect.name]}.{word}"))
        elif self._word(test.test) != self.subject:
            parts.insert(0, self._word(test.test))
        if test.effect is not None:
            scale = scale_of(test.effect, apa=True)
            amount = apa_number(self._amount(scale, "bare"), test.effect)
            parts.append(self._named(test.effect.name, self._with_time(amount, test)))
            low, high = scale.limits(self.language)
            if low:
                numbers = {"low": apa_number(low, test.effect), "high": apa_number(high, test.effect)}
                parts.append(self._say("apa.interval", level=self._level(test), **numbers))
        parts += [
            self._named(each.name, apa_number(self.language.number(each.estimate, decimals=2), each))
            for each in test.others
            if each.name in NUMBERED and np.isfinite(each.estimate)
        ]
        return self._lead(test, ", ".join(parts))

    def asa(self, test: HypothesisTest) -> str:
        """Estimate with compatible values, the p-value as a number, and the assumptions."""
        if not np.isfinite(test.p_value):
            return self._lead(test, self._untested(test))
        said = []
        if test.effect is not None:
            scale = scale_of(test.effect)
            low, high = scale.limits(self.language)
            amount = self._with_time(self._amount(scale, "signed"), test)
            fields = {"name": self._word(test.effect.name), "signed": amount}
            key = "asa.estimate" if low else "asa.point"
            limits = {"low": low, "high": high, "level": self._level(test)} if low else {}
            said.append(self._say(key, **fields, **limits))
        p = {"null": self._null(test), "p": self._p(test.p_value)}
        if self._adjusted(test):
            p |= {"adjusted": self._p(float(test.p_adjusted or 0)), "adjust": self._adjust(test)}
        said.append(self._say("asa.p_adjusted" if self._adjusted(test) else "asa.p", **p))
        first = self._lead(test, "; ".join(said))
        return " ".join([first, *(f"{each}." for each in self._checked(test.checks))])

    # Parts

    def _checked(self, checks: tuple[Check, ...]) -> list[str]:
        said = []
        for key, holds in (("held", True), ("failed", False), ("unknown", None)):
            found = [
                f"{self._word(each.assumption)} ({self._word(each.found)})"
                for each in checks
                if each.holds is holds
            ]
            if found:
                said.append(self._say(f"asa.{key}", checks="; ".join(found)))
        return [*said, self._say("asa.taken")]

    def _finding(self, test: HypothesisTest, kind: str, word: str, scale: Scale) -> str:
        effect = test.effect
        assert effect is not None
        signed = self._amount(scale, "signed")
        return self._say(
            f"{kind}.{word}",
            size=self._amount(scale, "size"),
            signed=self._with_time(signed, test) if kind == "any" else signed,
            time=self._time(effect.unit),
            at=self._label(test.keys.get("break", "")),
            component=self._component(test),
            name=self._word(effect.name),
        )

    def _amount(self, scale: Scale, form: str) -> str:
        """The effect with its unit: ``37.8 percentage points``."""
        number = scale.number(self.language, form)
        return self._say(scale.unit, size=number) if scale.unit else number

    def _margins(self, test: HypothesisTest) -> dict[str, str]:
        assert test.effect is not None
        scale = scale_of(test.effect)
        ends = {name: scale.with_estimate(float(test.keys[f"margin_{name}"])) for name in ("low", "high")}
        return {name: self._amount(each, "signed") for name, each in ends.items()}

    def _with_interval(self, said: str, test: HypothesisTest) -> str:
        """The interval in brackets, or in those that are there already."""
        assert test.effect is not None
        low, high = scale_of(test.effect).limits(self.language)
        if not low:
            return said
        interval = self._say("interval", level=self._level(test), low=low, high=high)
        return f"{said[:-1]}; {interval})" if said.endswith(")") else f"{said} ({interval})"

    def _equivalence(self, test: HypothesisTest) -> str:
        assert test.effect is not None
        verdict = str(test.keys["verdict"])
        scale = scale_of(test.effect)
        low, high = scale.limits(self.language)
        margin = scale.with_estimate(float(test.keys["margin_high"]))
        return self._say(
            f"equivalence.{_VERDICTS.get(verdict, verdict)}",
            margin=self._amount(margin, "size"),
            level=self._level(test),
            low=low,
            high=high,
        )

    def _statistic(self, test: HypothesisTest) -> str:
        p = self._p(_p_used(test), apa=True)
        said = (
            self._say("apa.adjusted", p=p, adjust=self._adjust(test))
            if self._adjusted(test)
            else f"p{NBSP}{p}"
        )
        sign = {"t": "t", "F": "F", "chi2": "χ²", "normal": "z"}.get(test.distribution)
        if sign is None or not np.isfinite(test.statistic):
            return said
        signs = self.language.signs
        df = ", ".join(
            number_text(each, signs, decimals=0 if float(each).is_integer() else 2, grouped=False)
            for each in test.df
            if np.isfinite(each)
        )
        value = self.language.number(test.statistic, decimals=2)
        return f"{sign}{f'({df})' if df else ''}{NBSP}={NBSP}{value}, {said}"

    def _lead(self, test: HypothesisTest, said: str) -> str:
        """``trust, 2019–2022: ...``"""
        about = [self.subject or str(test.keys.get("item", "")), *self._domain(test), self._period(test)]
        named = ", ".join(part for part in about if part)
        if not named:
            return f"{said[:1].upper()}{said[1:]}."
        return self._say("lead", about=named, said=said)

    def _period(self, test: HypothesisTest) -> str:
        on = next((key.removesuffix("_from") for key in test.keys if key.endswith("_from")), "")
        if not on or f"{on}_to" not in test.keys:
            return ""
        ends = {"first": self._label(test.keys[f"{on}_from"]), "last": self._label(test.keys[f"{on}_to"])}
        return self._say("period", **ends) if on in TIMES else self._say("pair", key=on, **ends)

    def _domain(self, test: HypothesisTest) -> list[str]:
        known = ("item", "answer", "component", "detail", "verdict", "break", "net", "prob")
        return [
            f"{key}{NBSP}{self._label(value)}"
            for key, value in test.keys.items()
            if key not in known and not key.endswith(("_from", "_to")) and not key.startswith("margin_")
        ]

    def _component(self, test: HypothesisTest) -> str:
        detail = test.keys.get("detail", "")
        return self._word(str(test.keys.get("component", ""))) + (f" ({detail})" if detail else "")

    def _untested(self, test: HypothesisTest) -> str:
        return self._say("untested", reason="; ".join(map(self._word, test.notes)))

    def _with_time(self, amount: str, test: HypothesisTest) -> str:
        assert test.effect is not None
        return f"{amount} {self._time(test.effect.unit)}" if " per " in test.effect.unit else amount

    def _named(self, name: str, size: str) -> str:
        return self._say("apa.effect", name=self._word(name), size=size)

    def _null(self, test: HypothesisTest) -> str:
        if "verdict" in test.keys:
            return self._say("equivalence.null", **self._margins(test))
        return self._word(test.null).removesuffix(".")

    def _label(self, value: Any) -> str:
        return self.labels.get(value) or time_in_words(value)

    def _time(self, unit: str) -> str:
        time = unit.rpartition(" per ")[2]
        return self._say("year") if time in ("year", unit) else self._say("time", time=time)

    def _level(self, test: HypothesisTest) -> str:
        assert test.effect is not None
        return self.language.percent(test.effect.conf_level)

    def _adjusted(self, test: HypothesisTest) -> bool:
        return test.adjust != "none" and test.p_adjusted is not None and np.isfinite(test.p_adjusted)

    def _adjust(self, test: HypothesisTest) -> str:
        name = test.adjust.split(" ")[0].lower()
        return self._say("adjust.max_t") if name == "max-t" else self.language.say(f"adjust.{name}")

    def _p(self, p: float, *, apa: bool = False) -> str:
        return p_text(p, self.language.signs, "apa" if apa else "plain")

    def _word(self, text: str) -> str:
        return self.phrases.find(text, self.language.code) or text

    def _say(self, message: str, /, **fields: str) -> str:
        return self.language.say(f"said.{message}", **fields)


def _p_used(test: HypothesisTest) -> float:
    adjusted = test.p_adjusted
    return test.p_value if adjusted is None or not np.isfinite(adjusted) else adjusted


def _direction(test: HypothesisTest) -> str:
    assert test.effect is not None
    return "up" if test.effect.estimate > scale_of(test.effect).neutral else "down"
