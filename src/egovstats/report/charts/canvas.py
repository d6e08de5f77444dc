"""Paper, pens and letters of charts: sizes in centimetres, one font, and the same bytes every time."""

from __future__ import annotations

import functools
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from egovstats.report.language import Language

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDE, NARROW = 16.0, 9.0
"""Widths in cm: of a printed page's text, and of a telephone held upright."""

INK, MUTED, RULE, PALE = "#1b1f24", "#57606a", "#c9ced6", "#eceff2"
# Okabe and Ito (2008): distinguishable with any colour vision. The yellow is too pale for thin lines.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
MARKERS = ("o", "s", "^", "D", "v", "P")
DASHES: tuple[Any, ...] = (
    "-",
    (0, (5, 1.6)),
    (0, (5, 1.5, 1, 1.5)),
    (0, (1.2, 1.2)),
    (0, (8, 2)),
    (0, (3, 1)),
)

SMALL, NORMAL = 7.0, 8.0
_DPI = 220
_CM = 1 / 2.54

_STYLE: Any = {
    # This font comes with matplotlib and has Mongolian and Russian letters: a chart looks alike everywhere.
    "font.family": ["DejaVu Sans"],
    "font.size": NORMAL,
    "text.color": INK,
    # Survey text may hold dollar signs; it is never a formula.
    "text.parse_math": False,
    "axes.edgecolor": RULE,
    "axes.labelcolor": MUTED,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    # Letters as outlines: they print the same where the font is missing.
    "svg.fonttype": "path",
    # Letters as TrueType, which publishers take; the default is refused by some.
    "pdf.fonttype": 42,
    "svg.hashsalt": "egovstats",
    "path.simplify": False,
    "axes.unicode_minus": True,
}


_UNSAID: dict[str, dict[str, Any]] = {
    "svg": {"Date": None, "Creator": None},
    "png": {"Software": None},
    "pdf": {"Creator": None, "Producer": None, "CreationDate": None},
}
"""What matplotlib would write into a file of each kind by itself."""


class Drawable(Protocol):
    """A drawing that can be put on a canvas."""

    def draw(self, canvas: Canvas) -> Figure:
        """The figure."""


@dataclass(frozen=True, slots=True)
class Canvas:
    """What a drawing needs to know of the paper.

    Parameters
    ----------
    language : Language
    width : float
        In cm.
    stamp : str
        Mark of made-up data, printed inside the picture so that it travels with a copy; empty for real data.
    """

    language: Language
    width: float = WIDE
    stamp: str = ""

    @property
    def narrow(self) -> bool:
        """Whether labels must stand above things rather than beside them."""
        return self.width < 12

    def figure(self, height: float) -> Figure:
        """An empty figure of this width and the given height in cm, stamped where it has to be."""
        from matplotlib.figure import Figure

        height += 0.45 if self.stamp else 0.0
        figure = Figure(figsize=(self.width * _CM, height * _CM), facecolor="white")
        if self.stamp:
            look: dict[str, Any] = {"weight": "bold", "size": SMALL, "color": INK}
            figure.text(1.0, 1 - 0.1 / height, self.stamp, ha="right", va="top", **look)
        return figure

    def axes(self, figure: Figure, left: float, bottom: float, width: float, height: float) -> Axes:
        """Axes at a place given in cm from the lower left corner, without spines, ticks or labels."""
        whole_width, whole_height = figure.get_size_inches() / _CM
        box = (left / whole_width, bottom / whole_height, width / whole_width, height / whole_height)
        axes = figure.add_axes(box)
        axes.set_facecolor("none")
        for spine in axes.spines.values():
            spine.set_visible(False)
        axes.tick_params(length=0, labelsize=SMALL)
        return axes


def put(
    axes: Axes,
    text: str,
    x: float,
    y: float,
    *,
    along: str = "data",
    up: str = "data",
    shift: tuple[float, float] = (0.0, 0.0),
    **look: Any,
) -> None:
    """Words at a place in or beside axes.

    Parameters
    ----------
    x, y : float
        In the data's units, or from 0 to 1 across the axes.
    along, up : str
        ``"data"`` or ``"axes fraction"``, for x and for y.
    shift : tuple of float
        Distance from there in points.
    look : dict
        Properties of the text.
    """
    axes.annotate(
        text,
        (x, y),
        xycoords=(along, up),
        xytext=shift,
        textcoords="offset points",
        annotation_clip=False,
        **{"size": SMALL, **look},
    )


@functools.lru_cache(maxsize=4096)
def text_width(text: str, size: float = NORMAL, *, bold: bool = False) -> float:
    """Width of one line of text in cm."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextPath

    if not text.strip():
        return 0.0
    font = FontProperties(family="DejaVu Sans", weight="bold" if bold else "normal")
    # The control points of the letters' outlines reach as far as the letters but for a hair, and are quick.
    across = TextPath((0, 0), text, size=size, prop=font).vertices[:, 0]
    return float(across.max() - across.min()) / 72 * 2.54


def wrap(text: str, width: float, size: float = NORMAL, *, bold: bool = False, most: int = 4) -> str:
    """Text broken into lines no wider than `width` cm; beyond `most` lines it ends in an ellipsis."""
    lines: list[str] = []
    for word in re.split(r"[ \n]+", text):
        joined = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(joined, size, bold=bold) <= width:
            lines[-1] = joined
        else:
            lines.append(word)
    if len(lines) > most:
        lines = [*lines[: most - 1], lines[most - 1] + " …"]
    return "\n".join(lines)


def spread(wanted: Sequence[float], heights: Sequence[float], low: float, high: float) -> list[float]:
    """Centres of labels moved apart so that none overlaps, each as near as can be to where it is wanted.

    Parameters
    ----------
    wanted, heights : sequence of float
        Centre and height of each label, in one unit.
    low, high : float
        Edges that labels stay within, as far as there is room.
    """
    order = sorted(range(len(wanted)), key=lambda i: (wanted[i], i))
    below = 0.0
    edges: list[tuple[float, int]] = []
    for i in order:
        # Where the stack would have to start for this label to stand where it is wanted: labels that do
        # not overlap have starts that do not fall, so pooling those that fall is all there is to do.
        edges.append((wanted[i] - heights[i] / 2 - below, 1))
        below += heights[i]
        while len(edges) > 1 and edges[-1][0] < edges[-2][0]:
            (second, m), (first, n) = edges.pop(), edges.pop()
            edges.append(((first * n + second * m) / (n + m), n + m))
    starts = [start for start, count in edges for _ in range(count)]
    placed = [0.0] * len(wanted)
    below = 0.0
    for i, start in zip(order, starts, strict=True):
        placed[i] = max(low, min(start, high - sum(heights))) + below + heights[i] / 2
        below += heights[i]
    return placed


def picture(drawing: Drawable, language: Language, *, width: float = WIDE, stamp: str = "") -> bytes:
    """A drawing as PNG, sharp enough for print."""
    return _render(drawing, Canvas(language, width, stamp), "png")


def pages(drawing: Drawable, language: Language, *, width: float = WIDE, stamp: str = "") -> bytes:
    """A drawing as PDF with its letters as text, to be set into a printed page."""
    return _render(drawing, Canvas(language, width, stamp), "pdf")


def vector(drawing: Drawable, language: Language, *, name: str, width: float = WIDE, stamp: str = "") -> str:
    """A drawing as an SVG element to stand inside a page.

    Parameters
    ----------
    name : str
        Beginning of all ids inside, which must differ between the pictures of one page.
    """
    source = _render(drawing, Canvas(language, width, stamp), "svg").decode("utf-8")
    element = source[source.index("<svg") :]
    element = re.sub(r"<metadata>.*?</metadata>\s*", "", element, flags=re.DOTALL)
    element = re.sub(r'\bid="([^"]+)"', rf'id="{name}-\1"', element)
    element = re.sub(r'(href="#|url\(#)', rf"\g<1>{name}-", element)
    element = re.sub(r' (width|height)="[\d.]+pt"', "", element, count=2)
    return re.sub(r"\s*\n\s*", " ", element)


def _render(drawing: Drawable, canvas: Canvas, kind: str) -> bytes:
    import matplotlib
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    with matplotlib.rc_context(_STYLE):
        figure = drawing.draw(canvas)
        FigureCanvasAgg(figure)
        buffer = io.BytesIO()
        figure.savefig(buffer, format=kind, dpi=_DPI, metadata=_UNSAID[kind], facecolor="white")
    return buffer.getvalue()
