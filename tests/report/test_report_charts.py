"""Charts: what is joined and what is not, labels that do not overlap, words for those who do not see them."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from report_sample import ITEMS, estimates, indicator_line, line

import egovstats.report as er
from egovstats.errors import ReportError
from egovstats.report import charts
from egovstats.report.charts.canvas import spread, text_width, wrap
from egovstats.report.charts.lines import scale_of
from egovstats.report.language import _catalogue

RULE = er.Disclosure()
EN = er.Language("en")


def value(name: str, number: float | None, **options: object) -> er.Value:
    return er.Value(name, number, "share", er.Format("percent", 1), **options)  # type: ignore[arg-type]


def points(*shares: float | None) -> tuple[charts.Point, ...]:
    return tuple(
        charts.Point(2010.0 + 2 * i, str(2010 + 2 * i), value(f"p{i}", share))
        for i, share in enumerate(shares)
    )


def lines(language: er.Language, breaks: tuple[charts.Break, ...] = ()) -> list[charts.Line]:
    made = []
    for item in ITEMS:
        shown = {
            (row.keys["wave"], row.keys["answer"]): row
            for row in er.show(estimates(item), prefix=f"topline.{item}", rule=RULE)
        }
        made.append(line(item, language, shown, breaks if item == "courts" else ()))
    return made


def test_a_line_is_broken_at_breaks_and_at_missing_points() -> None:
    whole = charts.Line("x", points(0.1, 0.2, 0.3, 0.4))
    assert [len(piece) for piece in whole.pieces()] == [4]
    broken = charts.Line("x", points(0.1, 0.2, 0.3, 0.4), (charts.Break(2013.0, "wording"),))
    assert [[point.label for point in piece] for piece in broken.pieces()] == [
        ["2010", "2012"],
        ["2014", "2016"],
    ]
    gap = charts.Line("x", points(0.1, None, 0.3, 0.4))
    assert [len(piece) for piece in gap.pieces()] == [1, 2]


def test_a_break_at_a_wave_separates_it_from_the_one_before() -> None:
    broken = charts.Line("x", points(0.1, 0.2, 0.3), (charts.Break(2012.0, "scale"),))
    assert [len(piece) for piece in broken.pieces()] == [1, 2]


def test_points_must_be_in_order() -> None:
    with pytest.raises(
        ReportError, match=r"^the line 'x' needs points in order of time, got dates \[2012\.0, 2010\.0\]\."
    ):
        charts.Line("x", points(0.1, 0.2)[::-1])


@given(
    st.lists(st.tuples(st.floats(-50, 150), st.floats(0.5, 9)), min_size=1, max_size=12),
)
def test_labels_never_overlap_and_keep_their_order(labels: list[tuple[float, float]]) -> None:
    wanted, heights = [each[0] for each in labels], [each[1] for each in labels]
    placed = spread(wanted, heights, 0.0, 100.0)
    ranked = sorted(range(len(labels)), key=lambda i: (wanted[i], i))
    for below, above in pairwise(ranked):
        assert placed[above] - placed[below] >= (heights[above] + heights[below]) / 2 - 1e-9
    if sum(heights) <= 100:
        assert min(p - h / 2 for p, h in zip(placed, heights, strict=True)) >= -1e-9


def test_labels_that_do_not_touch_stay() -> None:
    assert spread([10.0, 50.0, 90.0], [5.0, 5.0, 5.0], 0.0, 100.0) == [10.0, 50.0, 90.0]
    assert spread([50.0, 50.0], [4.0, 4.0], 0.0, 100.0) == [48.0, 52.0]


def test_text_is_wrapped_to_its_room() -> None:
    wrapped = wrap("Trust in the local government council", 2.6, 7.0)
    assert wrapped.count("\n") >= 1
    assert max(text_width(each, 7.0) for each in wrapped.split("\n")) <= 2.6
    assert wrapped.replace("\n", " ") == "Trust in the local government council"
    assert wrap("a b c d", 0.1, most=2) == "a\nb …"


def test_shares_start_at_zero() -> None:
    def top(*shares: float) -> tuple[float, float]:
        return scale_of([charts.Line("x", points(*shares))], None)

    assert top(0.2, 0.24) == (0.0, 25.0)
    assert top(0.2, 0.4) == (0.0, 50.0)
    assert top(0.2, 0.5) == (0.0, 100.0)
    assert scale_of([charts.Line("x", points(0.2))], (10.0, 30.0)) == (10.0, 30.0)


def test_words_of_a_trend() -> None:
    chart = charts.TrendChart((lines(EN)[0],))
    assert chart.alt(EN) == (
        "Line chart with 95% confidence intervals. Trust in the president: 2013 51.1% (47.5 to 54.7); "
        "2015 62.1% (58.6 to 65.6); 2018 40.1% (36.6 to 43.6); 2020 66.1% (62.6 to 69.5); 2022 72.1% (68.9 to 75.3)."
    )
    assert "Ерөнхийлөгчид итгэх итгэл: 2013 – 51.1% (47.5; 54.7)" in charts.TrendChart(
        (lines(er.Language("mn"))[0],)
    ).alt(er.Language("mn"))


def test_words_of_a_long_series_are_its_ends_and_extremes() -> None:
    chart = charts.IndicatorChart(indicator_line("Mongolia", 48, interval=True))
    assert chart.alt(EN).startswith(
        "Yearly series with 90% intervals. Mongolia: 45.4 in 2005, 40.6 in 2023; highest "
    )
    assert (
        charts.IndicatorChart(indicator_line("Peer", 48, interval=False))
        .alt(EN)
        .startswith("Yearly series. Peer")
    )


def test_words_name_withheld_points() -> None:
    hidden = value("h", 0.7, n=12)
    chart = charts.TrendChart((charts.Line("x", (charts.Point(2010, "2010", RULE.apply(hidden)), *points(0.1)[:0], charts.Point(2012, "2012", value("s", 0.4)))),))  # fmt: skip
    assert chart.alt(EN) == "Line chart with 95% confidence intervals. x: 2010 not shown; 2012 40.0%."
    assert chart.legends(EN, RULE) == ["Left out: estimates on fewer than 30 respondents."]


def test_legends_explain_intervals_hollow_markers_and_breaks() -> None:
    broken = lines(EN, (charts.Break(2016.5, "wording changed in 2018"),))
    legends = charts.SmallMultiples(tuple(broken)).legends(EN, RULE)
    assert legends == [
        "Vertical lines are 95% confidence intervals.",
        "The line is broken where waves are not comparable: "
        "(a) Trust in the courts of law: wording changed in 2018.",
    ]
    few = charts.Line("x", (charts.Point(2010, "2010", RULE.apply(value("f", 0.4, n=40))),))
    assert charts.TrendChart((few,)).legends(EN, RULE) == [
        "Hollow markers: between 30 and 49 respondents, read with care."
    ]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: charts.TrendChart(tuple(lines(EN)) * 2),
            r"^a trend chart takes 1 to 6 lines, got 10\. Use SmallMult",
        ),
        (lambda: charts.TrendChart(()), r"got 0"),
        (lambda: charts.ForestChart(()), r"^a forest plot needs at least one row"),
        (lambda: charts.SlopeChart("a", "b", ()), r"^a slope chart needs at least one line"),
        (lambda: charts.LikertChart(("a",), ()), r"^diverging bars take 2 to 7 answers, got 1\."),
        (
            lambda: charts.LikertChart(("a", "b"), (charts.LikertRow("2013", (value("a", 0.5),)),)),
            r"^the bar '2013' has 1 shares for 2 answers\.",
        ),
    ],
)
def test_charts_refuse_what_they_cannot_show(make: Callable[[], object], message: str) -> None:
    with pytest.raises(ReportError, match=message):
        make()


@pytest.mark.parametrize("count", range(2, 8))
def test_likert_bars_meet_in_the_middle(count: int) -> None:
    shares = tuple(value(f"s{i}", 1 / count) for i in range(count))
    chart = charts.LikertChart(tuple(str(i) for i in range(count)), (charts.LikertRow("x", shares),))
    starts = chart._starts(chart.rows[0])
    assert starts[0] == pytest.approx(-50)
    assert len(set(chart.colours)) == count
    if count % 2 == 0:
        assert starts[count // 2] == pytest.approx(0)
    assert charts.vector(chart, EN, name="x").startswith("<svg")


def drawings(language: er.Language) -> dict[str, object]:
    all_lines = lines(language, (charts.Break(2016.5, "wording"),))
    aside = charts.LikertRow("2013", tuple(value(f"l{i}", 0.2) for i in range(5)), value("dk", 0.04))
    change = [
        er.Value(f"c{i}", x, "share difference", er.Format("points", 1))
        for i, x in enumerate((0.1, 0.05, 0.15))
    ]
    return {
        "trend": charts.TrendChart((all_lines[0],)),
        "trends": charts.TrendChart(tuple(all_lines)),
        "panels": charts.SmallMultiples(tuple(all_lines)),
        "likert": charts.LikertChart(tuple("abcde"), (aside,), language.say("missing.dont_know")),
        "forest": charts.ForestChart((charts.ForestRow("x", *change, group="Group"),)),
        "slope": charts.SlopeChart("2013", "2022", (charts.SlopeLine("x", value("a", 0.1), value("b", 0.2), True),)),
        "indicator": charts.IndicatorChart(indicator_line("A", 48, interval=True), (indicator_line("B", 30, interval=False),)),
    }  # fmt: skip


@pytest.mark.parametrize("name", list(drawings(EN)))
@pytest.mark.parametrize("width", [charts.WIDE, charts.NARROW])
def test_svg_is_one_element_without_dates_and_with_its_own_ids(name: str, width: float) -> None:
    text = charts.vector(drawings(EN)[name], EN, name="mine", width=width)  # type: ignore[arg-type]
    assert text.startswith("<svg")
    assert text.rstrip().endswith("</svg>")
    assert all(each.startswith("mine-") for each in re.findall(r'\bid="([^"]+)"', text))
    assert not re.search(r"<metadata|20\d\d-\d\d-\d\d|Matplotlib", text)
    assert re.match(r"<svg[^>]* viewBox", text)
    assert not re.match(r'<svg[^>]* width="', text)


def test_a_picture_is_as_wide_as_the_text_of_a_page() -> None:
    data = charts.picture(drawings(EN)["trend"], EN)  # type: ignore[arg-type]
    width = struct.unpack(">I", data[16:20])[0]
    assert width == pytest.approx(16 / 2.54 * 220, abs=2)
    assert b"tEXt" not in data[:200]


def test_the_stamp_is_in_the_picture() -> None:
    plain = charts.vector(drawings(EN)["trend"], EN, name="x")  # type: ignore[arg-type]
    stamped = charts.vector(drawings(EN)["trend"], EN, name="x", stamp="SYNTHETIC DATA")  # type: ignore[arg-type]
    assert "<!-- SYNTHETIC DATA -->" in stamped
    assert "SYNTHETIC" not in plain


@pytest.mark.parametrize("code", ["mn", "ru"])
def test_the_font_has_every_letter_of_the_language(code: str) -> None:
    from matplotlib import font_manager

    path = font_manager.findfont("DejaVu Sans")
    assert "mpl-data" in path, (
        "the font that comes with matplotlib is found first, so charts are alike everywhere"
    )
    letters = set("".join(str(message) for message in _catalogue(code).values())) | set("ӨөҮүЁё▲▼≈✓✗○→")
    known = set(font_manager.get_font(path).get_charmap())
    missing = {letter for letter in letters if ord(letter) not in known and letter.isprintable()}
    assert missing == set()


def test_dollar_signs_are_not_formulas() -> None:
    made = charts.Line("costs $5 and $6", points(0.1, 0.2))
    assert "costs" in charts.vector(charts.TrendChart((made, made)), EN, name="x")


@pytest.mark.parametrize("width", [charts.WIDE, charts.NARROW])
def test_the_first_number_does_not_stand_on_the_scale(width: float) -> None:
    for level in range(25, 65, 3):
        line = indicator_line("Mongolia", level, interval=False)
        start = replace(line.points[0], value=replace(line.points[0].value, format=er.Format("number", 3)))
        line = replace(line, points=(start, *line.points[1:]))
        others = (indicator_line("Kazakhstan", 56, interval=False),)
        figure = charts.IndicatorChart(line, others, bounds=(0, 100)).draw(charts.Canvas(EN, width))
        axes = figure.axes[0]
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        renderer = canvas.get_renderer()
        (number,) = [text for text in axes.texts if text.get_text() == EN.show(line.points[0].value)]
        scale = [label.get_window_extent(renderer) for label in axes.get_yticklabels()]
        assert not any(number.get_window_extent(renderer).overlaps(box) for box in scale)


def test_no_line_crosses_the_numbers_of_a_middle_answer() -> None:
    def behind(answers: int) -> bool:
        shares = tuple(
            er.Value(f"v{answers}.{i}", 1 / answers, "share", er.Format("percent")) for i in range(answers)
        )
        names = tuple(str(i) for i in range(answers))
        drawing = charts.LikertChart(names, (charts.LikertRow("row", shares),))
        axes = drawing.draw(charts.Canvas(er.Language("en"))).axes[0]
        return axes.lines[0].get_zorder() < min(bar.get_zorder() for bar in axes.patches)

    assert behind(5)
    assert not behind(4)
