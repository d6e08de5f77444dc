"""A chart of all sizes by PSUs a stratum, as SVG text: the same counts give the same bytes."""

from __future__ import annotations

from pathlib import Path

from simulations.tally import Tally

WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 720, 320, 56, 28, 44
HIGHEST = 0.16


def write_chart(path: Path, tallies: dict[int, Tally]) -> None:
    """One dot a test: across by PSUs a stratum, upwards by its rejections; the band is 4 to 6 per cent."""
    path.write_text(chart(tallies), encoding="utf-8")


def chart(tallies: dict[int, Tally]) -> str:
    """The text of the chart."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        'font-family="sans-serif" font-size="12">',
        "<title>Rejections of true null hypotheses at 5 per cent</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        f'<rect x="{LEFT}" y="{_y(0.06):.1f}" width="{WIDTH - LEFT - 12}" '
        f'height="{_y(0.04) - _y(0.06):.1f}" fill="#dbe7d3"/>',
    ]
    for level in (0.0, 0.05, 0.1, 0.15):
        y = _y(level)
        parts.append(f'<line x1="{LEFT}" x2="{WIDTH - 12}" y1="{y:.1f}" y2="{y:.1f}" stroke="#cccccc"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{100 * level:.0f} %</text>')
    step = (WIDTH - LEFT - 12) / len(tallies)
    for place, (psus, tally) in enumerate(tallies.items()):
        counts = [each for each in tally.values() if each.kind == "size" and not each.bound and each.draws]
        centre = LEFT + step * (place + 0.5)
        for at, count in enumerate(counts):
            x = centre + step * 0.8 * ((at + 0.5) / len(counts) - 0.5)
            y = _y(min(count.rate, HIGHEST))
            parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="#2f5d8a" fill-opacity="0.75"/>')
        parts.append(
            f'<text x="{centre:.1f}" y="{HEIGHT - 16}" text-anchor="middle">{psus} PSUs a stratum</text>'
        )
    parts.append("</svg>")
    return "\n".join(parts) + "\n"


def _y(rate: float) -> float:
    return TOP + (HEIGHT - TOP - BOTTOM) * (1 - rate / HIGHEST)
