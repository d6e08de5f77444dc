"""Small bases: withheld before anything is written, in every file."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from report_sample import source

import egovstats.report as er
from egovstats.errors import DisclosureError
from egovstats.report import charts
from egovstats.report.renderers.paper import paper_data
from egovstats.results import Covariance, Effect, Estimates, HypothesisTest

RULE = er.Disclosure()


def share(n: float | None, name: str = "a.b") -> er.Value:
    return er.Value(name, 0.7373, "share", er.Format("percent", 1), n=n)


@pytest.mark.parametrize(
    ("n", "status"),
    [
        (29, "suppressed"),
        (29.9, "suppressed"),
        (30, "flagged"),
        (49, "flagged"),
        (50, "shown"),
        (None, "shown"),
    ],
)
def test_limits(n: float | None, status: str) -> None:
    value = RULE.apply(share(n))
    assert value.status == status
    assert value.visible == (status != "suppressed")


def test_a_withheld_value_keeps_nothing_of_its_number() -> None:
    value = RULE.apply(share(12))
    assert value.value is None
    assert value.n is None
    assert "7373" not in repr(value)
    assert "12" not in repr(value)
    assert er.Language("en").show(value) == "*"


def test_a_withheld_count_says_below_what() -> None:
    count = er.Value("n", 12, "respondents", er.Format("count", 0), n=12)
    assert er.Language("en").show(RULE.apply(count)) == "< 30"


def test_limits_are_configurable_and_in_order() -> None:
    strict = er.Disclosure(suppress_below=100, flag_below=200)
    assert [strict.apply(share(n)).status for n in (99, 150, 200)] == ["suppressed", "flagged", "shown"]
    with pytest.raises(DisclosureError, match=r"^suppress_below must not exceed flag_below, got 60 and 50\."):
        er.Disclosure(suppress_below=60)


def test_exceptions_need_a_reason() -> None:
    with pytest.raises(
        DisclosureError, match=r"^the disclosure exception 'a' has no reason\. Write why it may be shown"
    ):
        er.Disclosure(exceptions={"a": " "})
    rule = er.Disclosure(exceptions={"a": "The producer printed it."})
    assert rule.apply(share(12, "a.b")).status == "flagged"
    assert rule.apply(share(12, "ab.c")).status == "suppressed"


def test_writing_stops_at_a_number_that_went_past_the_rule(tmp_path: Path) -> None:
    section = er.Section("s", "S", (er.Paragraph(share(12)),))
    report = er.Report("r", "T", er.Language("en"), (section,))
    with pytest.raises(DisclosureError) as caught:
        report.write(tmp_path / "out")
    assert str(caught.value) == (
        "'a.b' would show an estimate on fewer than 30 respondents. Pass it through Disclosure.apply, or give the "
        "reason for an exception in the report's definition."
    )
    assert caught.value.exit_code == 4
    assert not (tmp_path / "out").exists()


def secretive_report(code: str) -> er.Report:
    """One wave of 23 whose share, interval and changes have digits that occur nowhere else."""
    language = er.Language(code)
    share, n = np.array([0.4, 0.737373, 0.5]), np.array([1000.0, 23.0, 1000.0])
    est = Estimates(
        keys=pd.DataFrame({"wave": ["2013", "2015", "2018"], "item": "trust", "answer": "net"}),
        estimate=share,
        covariance=Covariance.of(np.diag(share * (1 - share) / n)),
        df=n - 1,
        n=n,
        population=n,
        statistic="proportion",
        unit="share",
        sources=tuple(source(wave) for wave in ("2013", "2015", "2018")),
        design_df=2000.0,
        var_srs=share * (1 - share) / n,
    )
    rows = er.show(est, prefix="trust", rule=RULE)
    effect = Effect("difference", 0.337373, 0.147147, 0.527527, "share difference", 0.95, 0.0969)
    test = HypothesisTest(
        "Wald test", "no change", 3.4791, "t", (1021.0,), 0.000523, effect, n=1023.0, sources=est.sources
    )
    tested = er.show_test(test, prefix="change", rule=RULE, bases=[rows[0].estimate, rows[1].estimate])
    topline = er.Topline(
        waves=[(row.keys["wave"], row.keys["wave"]) for row in rows],
        answers=[er.AnswerRow("net", "Net", "net")],
        shares={(row.keys["wave"], "net"): row for row in rows},
        previous={"net": tested},
        n={row.keys["wave"]: row.n for row in rows},
        margin={row.keys["wave"]: row.margin for row in rows},
    )
    sentence = er.change_sentence(
        tested,
        rows[0].estimate,
        rows[1].estimate,
        labels=("2013", "2015"),
        subject="Trust",
        language=language,
        rule=RULE,
    )
    points = tuple(
        charts.Point(2013 + i, row.keys["wave"], row.estimate, row.conf_low, row.conf_high)
        for i, row in enumerate(rows)
    )
    blocks = (
        er.Headlines((sentence,)),
        er.topline_table(topline, id="t", caption="T", language=language),
        er.changes_table([("Trust", tested)], id="u", caption="U", language=language),
        er.Chart("f", "F", charts.TrendChart((charts.Line("Trust", points),))),
        er.Chart("g", "G", charts.ForestChart((charts.ForestRow("x", tested.effect, tested.conf_low, tested.conf_high),))),
        er.Chart("h", "H", charts.SlopeChart("2013", "2015", (charts.SlopeLine("x", rows[0].estimate, rows[1].estimate),))),
    )  # fmt: skip
    everything = tuple(value for row in rows for value in row.values()) + tested.values()
    return er.Report("secretive", "Secretive", language, (er.Section("s", "S", blocks),), results=everything)


@pytest.mark.parametrize("code", ["en", "mn", "ru"])
def test_no_file_holds_a_withheld_number(code: str, tmp_path: Path) -> None:
    report = secretive_report(code)
    files = report.write(tmp_path)
    low, margin = 0.737373 - 0.190151, 0.190151  # t quantile with 22 df times the standard error
    secrets = [0.737373, low, margin, 0.337373, 0.147147, 0.527527, 0.000523, 3.4791]
    digits = [f"{each:.6g}".lstrip("0").rstrip("0") for each in secrets]
    printed = ["73.7", "73,7", "33.7", "33,7", "52.8", "52,8", "14.7", "14,7", "19.0", "19,0", "3.48", "3,48"]
    searched = 0
    for path in files:
        # The letters of a PDF are packed; what it was set from is searched in its place.
        texts = [(path.name, paper_data(report))] if path.suffix == ".pdf" else _texts(path)
        for name, text in texts:
            searched += 1
            # Paths of drawn lines hold coordinates, in which any digits may occur by chance.
            text = re.sub(r"<(path|use|rect|g|clipPath)\b[^>]*>", "", text)
            for secret in [*digits, *printed]:
                assert secret not in text, f"{name} holds {secret}"
            assert not re.search(r'<data value="23"|"value": 23\b', text), name
    assert searched > 15


def test_the_workbook_does_not_hold_the_small_base(tmp_path: Path) -> None:
    import openpyxl

    secretive_report("en").write(tmp_path, formats=["xlsx"])
    book = openpyxl.load_workbook(tmp_path / "report.xlsx")
    cells = [cell.value for sheet in book for row in sheet.iter_rows() for cell in row]
    assert 1000 in cells
    assert 23 not in cells
    assert "< 30" in cells


def test_withheld_points_are_not_drawn() -> None:
    from egovstats.report.charts import vector

    report = secretive_report("en")
    hidden = vector(report.numbered()[2].drawing, report.language, name="x")  # type: ignore[union-attr, arg-type]
    assert hidden.count("<use") > 0
    line = report.numbered()[2].drawing.lines[0]  # type: ignore[union-attr]
    assert [len(piece) for piece in line.pieces()] == [1, 1]


def _texts(path: Path) -> list[tuple[str, str]]:
    if path.suffix not in (".docx", ".xlsx"):
        return [(path.name, path.read_text(encoding="utf-8"))]
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as archive:
        names = [name for name in archive.namelist() if name.endswith((".xml", ".rels"))]
        # Styles and themes hold sizes and colours only.
        names = [name for name in names if not re.search(r"styles|theme|fontTable|numbering|settings", name)]
        return [(f"{path.name}/{name}", archive.read(name).decode("utf-8")) for name in names]


def test_legends_say_what_marks_mean(russian: Path) -> None:
    page = (russian / "report.html").read_text(encoding="utf-8")
    assert "* Не показано: опрошено менее 30 человек." in page
    assert "( ) Опрошено от 30 до 49 человек: оценку следует толковать осторожно." in page
    assert "Полые маркеры" in page
    assert "&lt; 30" in page
