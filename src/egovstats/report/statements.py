"""Any test as a sentence, in plain words, in APA style, or as the American Statistical Association advises.

`report.sentences` writes the headlines of a report from values that are in its record; these sentences are
for one who works with results in a script, and holds them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from egovstats.errors import ReportError, nearest
from egovstats.report.language import Language
from egovstats.report.phrases import library_phrases
from egovstats.report.statement_words import Speaker
from egovstats.results import HypothesisTest

STYLES = ("plain", "apa", "asa")
"""Styles of `sentences`."""


def sentences(
    result: Any,
    *,
    style: str = "plain",
    language: str = "en",
    subject: str = "",
    labels: Mapping[Any, str] | None = None,
) -> tuple[str, ...]:
    r"""Say what tests found, a sentence a test.

    Parameters
    ----------
    result : HypothesisTest, or anything that holds some
        Such as `Changes`, `Trend`, `TrendShape`, `Joinpoint`, `ParallelTrends` or `Decomposition`.
    style : str
        ``"plain"``: effect and interval in words; ``"apa"``: with statistic, degrees of freedom, p-value
        and effect sizes, as the American Psychological Association prints them; ``"asa"``: effect, interval
        and what is assumed, with the p-value as a number and no threshold, as the American Statistical
        Association advises.
    language : str
        ``"en"``, ``"mn"`` or ``"ru"``.
    subject : str
        What the tests are about; the item's name where left out.
    labels : mapping, optional
        Names of waves and domains instead of their codes.

    Returns
    -------
    tuple of str
        A test that could not be made gives its reason.

    Raises
    ------
    ReportError
        An unknown style or language, or a result without tests.

    References
    ----------
    American Psychological Association (2020), Publication Manual, 7th ed., sections 6.36-6.45; Wasserstein
    and Lazar (2016), American Statistician 70, 129-133.

    Examples
    --------
    >>> from egovstats import Effect, HypothesisTest
    >>> effect = Effect("difference", -0.132, -0.17, -0.09, "share difference")
    >>> found = HypothesisTest("t test", "The share is the same.", -6.3, "t", (238.0,), 1e-9, effect=effect,
    ...                        keys={"item": "trust", "wave_from": 2019, "wave_to": 2022})
    >>> sentences(found)
    ('trust, 2019–2022: down 13.2 percentage points (95% CI −17.0 to −9.0).',)
    >>> print(sentences(found, style="apa")[0].replace("\xa0", " "))  # doctest: +NORMALIZE_WHITESPACE
    trust, 2019–2022: there was a decrease, t(238) = −6.30, p < .001,
    difference = −13.2 percentage points, 95% CI [−17.0, −9.0].
    """
    if style not in STYLES:
        raise ReportError(f"there is no style {style!r} of sentences. {nearest(style, STYLES)}")
    tests = list(tests_of(result))
    if not tests:
        raise ReportError(
            f"a {type(result).__name__} holds no tests to speak of. Pass a test, changes or a trend."
        )
    speaker = Speaker(Language(language), library_phrases(), subject, labels or {})
    return tuple(getattr(speaker, style)(test) for test in tests)


def tests_of(result: Any) -> Iterator[HypothesisTest]:
    """The tests that a result holds, in its own order."""
    if isinstance(result, HypothesisTest):
        yield result
    elif hasattr(result, "slopes") and hasattr(result, "differences"):
        for part in (result.slopes, result.tests, result.differences):
            yield from part
    elif hasattr(result, "segments"):
        yield from (*result.tests, *result.segments, result.average, result.departure)
    elif hasattr(result, "by_wave") and isinstance(result.by_wave, tuple):
        yield from (*result.tests, *result.by_wave)
    elif hasattr(result, "first_to_last"):
        yield result.first_to_last
    elif hasattr(result, "tests"):
        yield from result.tests
    elif isinstance(result, Iterable) and not isinstance(result, str):
        for part in result:
            yield from tests_of(part)
