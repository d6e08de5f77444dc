"""The ledger of a publication's claims: every claim with the verdict that its checks make."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from egovstats.checks.claims import Claim, prepare, read_claims
from egovstats.checks.figures import Figures, read_figures
from egovstats.checks.outcomes import VERDICTS, Number, Outcome, Verdict
from egovstats.checks.registry import Evidence
from egovstats.checks.wording import word
from egovstats.errors import ClaimError, nearest
from egovstats.sources import Source, merge_sources, shipped

if TYPE_CHECKING:
    from egovstats.indicators import IndicatorTable
    from egovstats.waves import Waves

FIRST = 4
"""Computed numbers that the table shows of a claim without a printed counterpart."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """Claims with their verdicts.

    Parameters
    ----------
    title, citation : str
        Of the publication.
    verdicts : tuple of Verdict
        In the order of the claims' numbers.
    figures : Figures
    """

    title: str
    citation: str
    verdicts: tuple[Verdict, ...]
    figures: Figures

    def __len__(self) -> int:
        return len(self.verdicts)

    def __iter__(self) -> Iterator[Verdict]:
        return iter(self.verdicts)

    def __getitem__(self, claim: str) -> Verdict:
        for verdict in self.verdicts:
            if verdict.claim == claim:
                return verdict
        names = [verdict.claim for verdict in self.verdicts]
        raise ClaimError(f"there is no claim {claim!r}. {nearest(claim, names)}")

    @property
    def counts(self) -> dict[str, int]:
        """How many claims have each verdict."""
        found = Counter(verdict.verdict for verdict in self.verdicts)
        return {name: found[name] for name in VERDICTS}

    @property
    def sources(self) -> tuple[Source, ...]:
        """Everything that the verdicts rest on."""
        return merge_sources(*(verdict.sources for verdict in self.verdicts))

    def to_frame(self, language: str = "en") -> pd.DataFrame:
        """One row a claim: number, claim, statement, verdict, reason, needed, printed, computed.

        `printed` and `computed` hold the numbers that have a printed counterpart; where none has, the
        figures of the claim and the first numbers. Verdicts stay as English keys, for code to compare.
        """
        rows = []
        for verdict in self.verdicts:
            printed, computed = self._beside(verdict)
            rows.append(
                {
                    "number": verdict.number,
                    "claim": verdict.claim,
                    "statement": verdict.statement_text(language),
                    "verdict": verdict.verdict,
                    "reason": verdict.reason_text(language, remarks=True),
                    "needed": verdict.needed_text(language),
                    "printed": "; ".join(dict.fromkeys(printed)),
                    "computed": "; ".join(
                        f"{each.label.text(language)}: {each.shown(language)}" for each in computed
                    ),
                }
            )
        return pd.DataFrame(rows)

    def _beside(self, verdict: Verdict) -> tuple[list[str], list[Number]]:
        """Printed numbers of a claim and the computed ones to set beside them."""
        compared = [each for each in verdict.numbers if each.printed]
        if compared:
            return [each.printed for each in compared], compared
        names = [name for name in verdict.figures if name in self.figures]
        return [self.figures[name].shown for name in names], list(verdict.numbers[:FIRST])

    def numbers_frame(self, language: str = "en") -> pd.DataFrame:
        """One row a computed number, with its interval and the figures it came from."""
        return pd.DataFrame(
            [
                {
                    "number": verdict.number,
                    "claim": verdict.claim,
                    "check": outcome.check,
                    "name": each.label.text(language),
                    "printed": each.printed,
                    "computed": each.computed,
                    "low": each.low,
                    "high": each.high,
                    "unit": word("units", each.unit, language),
                    "figures": ", ".join(each.figures),
                }
                for verdict in self.verdicts
                for outcome in verdict.outcomes
                for each in outcome.numbers
            ]
        )


def check_claims(
    path: str | Path,
    *,
    figures: Figures | str | Path | None = None,
    indicators: IndicatorTable | str | Path | None = None,
    waves: Waves | Mapping[str, Waves] | None = None,
    alpha: float = 0.05,
) -> Ledger:
    """Test every claim of a study.

    Parameters
    ----------
    path : path
        A claims file, the folder it lies in as ``claims.yaml``, or the name of a study that ships
        (``"mongolia"``).
    figures : Figures or path, optional
        By default ``figures.csv`` beside the claims.
    indicators : IndicatorTable or path, optional
        By default ``indicators.csv`` beside the claims, where there is one; without any, claims on indicators
        are not testable.
    waves : Waves, or mapping of series name to Waves, optional
        Survey waves; without them, or where they are synthetic, claims on surveys are not testable.
    alpha : float
        Significance level.

    Returns
    -------
    Ledger
        A verdict on every claim, in the order of their numbers.

    Raises
    ------
    ClaimError
        A file is not what it should be; all its faults are listed.
    SourceError
        A file is missing.

    Examples
    --------
    >>> ledger = check_claims("mongolia")
    >>> ledger["civil-registration-units"].verdict
    'reproduced'
    """
    if not 0 < alpha < 1:
        raise ClaimError(f"alpha must lie between 0 and 1, got {alpha!r}. Pass 0.05 for 5 per cent.")
    file = _claims_path(path)
    found = read_claims(file)
    publication = found.publication
    if not isinstance(figures, Figures):
        figures = read_figures(
            figures or file.parent / "figures.csv", title=publication.title, citation=publication.citation
        )
    evidence = Evidence(
        figures,
        _indicator_table(indicators, file.parent),
        _by_series(waves),
        alpha,
    )
    ready = prepare(found, figures, name=file.name)
    verdicts = [
        _verdict(claim, [check.run(evidence, values) for check, values in calls], figures.source)
        for claim, calls in zip(found.claims, ready, strict=True)
    ]
    return Ledger(
        publication.title,
        publication.citation,
        tuple(sorted(verdicts, key=lambda each: each.number)),
        figures,
    )


def _verdict(claim: Claim, outcomes: list[Outcome], source: Source) -> Verdict:
    return Verdict(
        claim.id,
        claim.number,
        claim.topic,
        claim.statement,
        tuple(outcomes),
        claim.note or {},
        claim.figures,
        source,
    )


def _by_series(waves: Waves | Mapping[str, Waves] | None) -> Mapping[str, Waves]:
    if waves is None:
        return {}
    return waves if isinstance(waves, Mapping) else {waves.series.name: waves}


def _claims_path(path: str | Path) -> Path:
    given = Path(path)
    if given.is_file():
        return given
    for folder in (given, shipped("surveys") / given):
        if (folder / "claims.yaml").is_file():
            return folder / "claims.yaml"
    known = sorted(each.parent.name for each in shipped("surveys").glob("*/claims.yaml"))
    raise ClaimError(
        f"there are no claims at {given.name!r}: neither a file nor a study with a claims.yaml. "
        + nearest(given.name, known)
    )


def _indicator_table(given: IndicatorTable | str | Path | None, folder: Path) -> IndicatorTable | None:
    from egovstats.indicators import read_indicators

    if given is None:
        beside = folder / "indicators.csv"
        return read_indicators("egovstats", beside) if beside.is_file() else None
    return read_indicators("egovstats", given) if isinstance(given, str | Path) else given
