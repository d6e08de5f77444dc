"""Findings in a sentence: what changed, by how much, and how sure that is.

A change whose interval includes 0 is "no clear change", never "no change": an interval that includes 0
also includes others. A change that only the adjustment for many comparisons takes away is said to be so.
"""

from __future__ import annotations

from egovstats.report.blocks import Sentence
from egovstats.report.disclosure import Disclosure
from egovstats.report.language import Language
from egovstats.report.shown import Shown
from egovstats.report.shown_tests import ShownTest
from egovstats.report.values import Text, Value

ADJUSTMENTS = ("holm", "bonferroni", "hochberg", "hommel", "bh", "by", "max-t")
"""Adjustments that a sentence names; any other (and "none") leaves the p-value as it is."""


def change_sentence(
    test: ShownTest,
    first: Value,
    second: Value,
    *,
    labels: tuple[str, str],
    subject: str,
    language: Language,
    rule: Disclosure,
    target: str = "",
    reason: str = "",
) -> Sentence:
    """The change between two waves or years.

    Parameters
    ----------
    test : ShownTest
        Its effect is second minus first.
    first, second : Value
        Both levels.
    labels : tuple of str
        Names of the two waves or years.
    subject : str
        What changed ("Trust in the president: somewhat or a lot").
    language : Language
    rule : Disclosure
    target : str
        Id of the table with the details.
    reason : str
        Why there is no test, where there is none; that no standard error is published by default.

    Returns
    -------
    Sentence
    """
    finding = test.finding
    fields = {"first": first, "second": second, "first_label": labels[0], "second_label": labels[1]}
    if finding == "suppressed":
        text = language.fill("change.suppressed", limit=rule.suppress_below, **fields)
    elif finding == "untested":
        text = language.fill("change.untested", reason=reason or language.say("change.no_interval"), **fields)
    else:
        scale = "share" if test.effect.format.kind == "points" else "number"
        details = _details(test, language)
        text = language.fill(f"change.{finding}_{scale}", effect=test.effect, details=details, **fields)
    if "flagged" in (first.status, second.status) and finding != "suppressed":
        text = (*text, " ", *language.fill("change.flagged", limit=rule.flag_below))
    return Sentence(subject, text, target=target, result=test.effect.id, finding=finding)


def trend_sentence(
    test: ShownTest,
    *,
    period: str,
    subject: str,
    language: Language,
    target: str = "",
    reason: str = "",
) -> Sentence:
    """The average change a year over a period.

    Parameters
    ----------
    test : ShownTest
        Its effect is a slope per year.
    period : str
        Such as "2013–2022".
    """
    finding = test.finding
    if finding in ("suppressed", "untested"):
        default = "mark.suppressed_word" if finding == "suppressed" else "change.no_interval"
        said = reason or language.say(default)
        return Sentence(
            subject, language.fill("trend.untested", period=period, reason=said), target, "", finding
        )
    scale = "share" if test.effect.format.kind == "points" else "number"
    details = _details(test, language)
    text = language.fill(f"trend.{finding}_{scale}", effect=test.effect, details=details, period=period)
    return Sentence(subject, text, target=target, result=test.effect.id, finding=finding)


def level_sentence(
    shown: Shown, *, label: str, subject: str, language: Language, target: str = ""
) -> Sentence:
    """One estimate with its interval and base, where there is nothing to compare it with."""
    details: Text = ()
    if shown.conf_low.visible and shown.conf_high.visible:
        level = language.percent(shown.conf_level)
        limits = {"low": shown.conf_low, "high": shown.conf_high}
        details = (*language.fill("details.interval", level=level, **limits), language.say("details.join"))
    details = (*details, *language.fill("details.n", n=shown.n))
    text = language.fill("level.share", first=shown.estimate, first_label=label, details=details)
    return Sentence(subject, text, target=target, result=shown.estimate.id)


def _details(test: ShownTest, language: Language) -> Text:
    """Interval, p-value (adjusted where the test is one of several) and base."""
    level = language.percent(test.conf_level)
    parts: list[Text] = [
        language.fill("details.interval", level=level, low=test.conf_low, high=test.conf_high)
    ]
    family = test.test.adjust.lower().split(" ")[0]  # "max-t (step down)"
    if family in ADJUSTMENTS and test.p_adjusted is not None and test.p_adjusted.visible:
        adjust = language.say("said.adjust.max_t" if family == "max-t" else f"adjust.{family}")
        parts.append(language.fill("details.p_adjusted", p=test.p_adjusted, adjust=adjust))
    elif test.p.visible:
        parts.append(language.fill("details.p", p=test.p))
    if test.n.visible:
        parts.append(language.fill("details.n", n=test.n))
    joined: Text = parts[0]
    for part in parts[1:]:
        joined = (*joined, language.say("details.join"), *part)
    return joined
