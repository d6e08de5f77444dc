"""Values, and what a report refuses."""

from __future__ import annotations

import math

import pytest
from report_sample import estimates, source

import egovstats.report as er
from egovstats.errors import ReportError
from egovstats.report.values import text_of, values_in


def report(*blocks: object, **options: object) -> er.Report:
    section = er.Section("one", "One", blocks)  # type: ignore[arg-type]
    return er.Report("r", "Title", er.Language("en"), (section,), **options)  # type: ignore[arg-type]


def number(name: str = "a.b", value: float = 0.5, **options: object) -> er.Value:
    return er.Value(name, value, "share", er.Format("percent", 1), **options)  # type: ignore[arg-type]


def test_a_value_without_a_number_is_undefined() -> None:
    assert number(value=math.nan).value is None
    assert number(value=math.inf).status == "undefined"
    assert number().status == "shown"
    assert number().printed == 50.0
    assert math.isnan(number(value=math.nan).printed)


def test_result_ids_keep_letters_of_any_script() -> None:
    assert er.result_id("topline", "trust president", 2020, "share") == "topline.trust_president.2020.share"
    assert er.result_id("итгэл", "19(53)", 1.5) == "итгэл.19_53.1_5"


def test_parts_of_text() -> None:
    language = er.Language("en")
    text = language.compose("*n* = {n}, see {where}", n=number(), where=er.Ref("t"))
    assert text == (er.Em("n"), " = ", er.Num(number()), ", see ", er.Ref("t"))
    assert [value.id for value in values_in(text, "words", number("c"))] == ["a.b", "c"]
    assert text_of("") == ()
    assert language.plain(text, labels={"t": "Table 1"}) == "n = 50.0%, see Table 1"


def test_text_of_users_is_never_markup() -> None:
    assert er.Language("en").compose("{a}", a="*not italics* {b}") == ("*not italics* {b}",)


def test_one_id_for_two_numbers_is_an_error() -> None:
    with pytest.raises(
        ReportError, match=r"^the result 'a\.b' stands for two different numbers\. Give each its own"
    ):
        report(er.Paragraph(number()), er.Paragraph(number(value=0.6)))
    assert len(report(er.Paragraph(number()), er.Paragraph(number())).values()) == 1


def test_one_id_for_two_parts_is_an_error() -> None:
    table = er.changes_table([], id="one", caption="c", language=er.Language("en"))
    with pytest.raises(
        ReportError, match=r"^the id 'one' is given to two parts of the report\. Rename one of them\.$"
    ):
        report(table)


def test_a_pointer_to_nothing_is_an_error() -> None:
    sentence = er.Sentence("s", "text", target="tabel")
    table = er.changes_table([], id="table", caption="c", language=er.Language("en"))
    with pytest.raises(
        ReportError, match=r"points to 'tabel', which is no table or chart of this report\. Did you mean"
    ):
        report(er.Headlines((sentence,)), table)
    with pytest.raises(ReportError, match="points to 'gone'"):
        report(er.Paragraph(("see ", er.Ref("gone"))), table)


def test_a_verdict_is_one_of_four() -> None:
    with pytest.raises(ReportError, match=r"^claim '3' has the verdict 'false', which is none\."):
        er.LedgerRow("3", "s", "false")


def test_method_statement_has_all_items_of_aapor() -> None:
    language = er.Language("en")
    facts = er.MethodStatement({"mode": "Face to face."}).block(language)
    assert len(facts.rows) == len(er.AAPOR_ITEMS) == 11
    said = dict(facts.rows)
    assert said["Mode and language of interview"] == "Face to face."
    assert said["Weighting"] == ("not reported by the producer",)
    assert len(facts.muted) == 10
    with pytest.raises(ReportError, match=r"^a method statement has no item 'modes'\. Did you mean 'mode'"):
        er.MethodStatement({"modes": "x"})


def test_synthetic_sources_stamp_the_report_and_their_tables_only() -> None:
    real, made_up = (
        number("a", sources=(source("2013"),)),
        number("b", sources=(source("2015", synthetic=True),)),
    )
    tables = [
        er.Table(name, "c", (er.Column("h"),), (er.RowGroup((er.Row((er.Cell(value),)),)),))
        for name, value in (("real", real), ("demo", made_up))
    ]
    both = report(*tables)
    assert both.synthetic
    assert both.stamp() == both.stamp(tables[1]) == "SYNTHETIC DATA"
    assert both.stamp(tables[0]) == ""
    assert not report(tables[0]).synthetic


def test_estimates_become_values_with_their_own_wave_as_source() -> None:
    shown = er.show(estimates("president"), prefix="topline.president", rule=er.Disclosure())
    first = shown[0]
    assert first.estimate.id == "topline.president.2013.president.0.estimate"
    assert first.estimate.value == pytest.approx(0.2513)
    assert [each.wave for each in first.estimate.sources] == ["2013"]
    assert first.margin.printed == pytest.approx(
        100 * 1.9619 * (1.6 * 0.2513 * 0.7487 / 1200) ** 0.5, rel=1e-3
    )
    assert (first.n.value, first.n.unit, first.conf_level) == (1200, "respondents", 0.95)
    assert first.deff.value == pytest.approx(1.6)
    low, high = estimates("president").conf_int()
    assert (first.conf_low.value, first.conf_high.value) == (low[0], high[0])


def test_units_decide_how_levels_and_changes_print() -> None:
    from egovstats.report.shown import formats_of

    assert [each.kind for each in formats_of("share")] == ["percent", "points", "margin"]
    assert [each.kind for each in formats_of("share difference")] == ["percent", "points", "margin"]
    assert [each.kind for each in formats_of("score 0-3")] == ["number", "change", "number"]
    assert [each.kind for each in formats_of("people")] == ["count", "change", "number"]
    assert formats_of("ratio per year")[1] == er.Format("number", 2)
