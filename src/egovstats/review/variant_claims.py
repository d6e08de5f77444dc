"""Verdicts on claims that rest on survey waves, under each choice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from egovstats.errors import EgovstatsError
from egovstats.report.build_materials import Materials
from egovstats.review.variant_choices import Choice
from egovstats.review.variant_row import VariantRow


def survey_claims(of: Materials) -> dict[str, dict[str, str]]:
    """Verdicts of claims that rest on each survey's waves, by its id."""
    if of.claims is None:
        return {}
    found: dict[str, dict[str, str]] = {}
    for name, waves in of.waves.items():
        files = {source.sha256 for source in waves.sources}
        found[name] = {
            verdict.claim: verdict.verdict
            for verdict in of.claims
            if any(source.sha256 in files for source in verdict.sources)
        }
    return found


def verdict_row(of: Materials, claim: str, choice: Choice, verdict: str) -> VariantRow:
    """A claim with a verdict on it."""
    assert of.claims is not None  # there are verdicts
    about = of.claims[claim]
    subject = f"{about.number}. {about.statement_text(of.language.code)}"
    return VariantRow(f"claim.{claim}", subject, "verdict", choice, decision=verdict)


def claims_under(of: Materials, name: str, choice: Choice, main: Mapping[str, str]) -> Iterator[VariantRow]:
    """Verdicts under a choice on the claims in `main`, whose verdicts stand there, or why there are none."""
    if not main:
        return
    reason = choice.why_not or ("" if choice.change is not None else "claims_own_rule")
    now: Mapping[str, Any] = {}
    if choice.change is not None and not reason:
        from egovstats.checks import check_claims

        waves = {each.series.name: each for each in of.waves.values()}
        changed = choice.change(of.waves[name])
        try:
            ledger = check_claims(
                of.opened.study(of.definition.study or ""), waves=waves | {changed.series.name: changed}
            )
            now = {verdict.claim: verdict.verdict for verdict in ledger}
        except EgovstatsError as error:
            reason = str(error)
    for claim, verdict in main.items():
        if reason:
            yield replace(verdict_row(of, claim, choice, ""), reason=reason)
        else:
            yield replace(verdict_row(of, claim, choice, now[claim]), differs=now[claim] != verdict)
