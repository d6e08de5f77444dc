"""The page of the simulations: guide, tables and a chart, from all draws in the store."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from simulations.chart import write_chart
from simulations.runs import merged
from simulations.tally import Count, Tally
from simulations.words import ADVICE, GUIDE, REASONS

SIZE, COVERAGE = (0.04, 0.06), (0.935, 0.965)
SURE = 1.96  # Monte Carlo standard errors


def write_page(page: Path, store: Path, *, psus: Sequence[int], seed: int) -> None:
    """Write `page` and the chart beside it."""
    tallies = {count: merged(store, count, seed) for count in psus}
    most = max(psus)
    parts = [
        "# Simulations: size of the tests, coverage of the intervals",
        GUIDE.format(most=most, fewer=" or ".join(str(each) for each in psus if each != most), seed=seed),
        _made(tallies),
        f"![Rejections of true null hypotheses by PSUs a stratum]({page.stem}.svg)",
        "## Size: rejections at 5 % where nothing is there",
        _table(tallies, "size", lambda count: not count.bound),
        "### Families and other tests that promise at most 5 %",
        _table(tallies, "size", lambda count: count.bound),
        "## Coverage of 95 % intervals",
        _table(tallies, "coverage", lambda count: True),
        "## Power",
        _power(tallies[most]),
        "## Where it fails",
        *(_failures(tally, count, most) for count, tally in tallies.items()),
    ]
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    write_chart(page.with_suffix(".svg"), tallies)


def _made(tallies: dict[int, Tally]) -> str:
    """How many draws there are so far."""
    parts = []
    for psus, tally in tallies.items():
        draws = [count.draws + count.untold for count in tally.values()]
        if draws:
            fewest = "" if min(draws) == max(draws) else f"{min(draws):,} to "
            parts.append(f"{fewest}{max(draws):,} with {psus} PSUs a stratum")
    return f"**Draws in this page:** {', '.join(parts) or 'none yet'}."


def verdict(count: Count) -> str:
    """``"high"``, ``"low"`` or empty: outside the limits by more than Monte Carlo error."""
    low, high = SIZE if count.kind == "size" else COVERAGE
    margin = SURE * count.monte_carlo_error
    if count.rate - margin > high and not (count.bound and count.kind == "coverage"):
        return "high"
    if count.rate + margin < low and not (count.bound and count.kind == "size"):
        return "low"
    return ""


def _cell(count: Count | None) -> str:
    if count is None or not count.draws:
        return "no answer" if count is not None else ""
    mark = {"high": " ▲", "low": " ▼", "": ""}[verdict(count)]
    lost = f", {count.untold} untold" if count.untold else ""
    return f"{100 * count.rate:.1f}{mark} (± {100 * count.monte_carlo_error:.1f}; {count.draws:,}{lost})"


def _named(tally: Tally, kind: str) -> dict[str, Count]:
    start = f"{kind}: "
    return {name.removeprefix(start): count for name, count in tally.items() if name.startswith(start)}


def _table(tallies: dict[int, Tally], kind: str, wanted: object) -> str:
    by_psus = {psus: _named(tally, kind) for psus, tally in tallies.items()}
    names = dict.fromkeys(name for counts in by_psus.values() for name in counts)
    rows = []
    for name in names:
        counts = [by_psus[psus].get(name) for psus in tallies]
        one = next(count for count in counts if count is not None)
        if callable(wanted) and wanted(one) and not name.startswith("refused"):
            rows.append([name, f"`{one.call}`", *(_cell(count) for count in counts)])
    return _markdown(["", "call", *(f"{psus} PSUs a stratum" for psus in tallies)], rows)


def _markdown(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])


def _power(tally: Tally) -> str:
    counts = _named(tally, "power")
    rows = [
        [name, f"`{count.call}`", f"{100 * count.rate:.1f}", f"{count.draws:,}"]
        for name, count in counts.items()
    ]
    return _markdown(["", "call", "per cent, or points", "draws"], rows)


def _failures(tally: Tally, psus: int, most: int) -> str:
    rows = []
    for kind, limits in (("size", "4-6 %"), ("coverage", "93.5-96.5 %")):
        for name, count in _named(tally, kind).items():
            found = verdict(count) if count.draws else ""
            if found:
                rows.append([name, kind, f"{100 * count.rate:.1f} ({limits})", _why(name, kind, found)])
    head = f"### {psus} PSUs a stratum"
    if not rows:
        return f"{head}\n\nEverything is within its limits."
    return f"{head}\n\n" + _markdown(["", "", "found (limits)", "why, and what to use"], rows)


def _why(name: str, kind: str, found: str) -> str:
    side = "unsafe" if (kind, found) in (("size", "high"), ("coverage", "low")) else "safe"
    for part, where, reason in REASONS:
        if part in name and where == side:
            return reason
    return ADVICE[kind, found]


def truth_errors(tally: Tally) -> dict[str, float]:
    """Mean of estimate less truth of each effect, in Monte Carlo standard errors."""
    return {name: count.bias for name, count in tally.items() if np.isfinite(count.bias)}
