"""Tables as blocks: toplines down and across, changes, comparability, any frame."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from report_sample import difference, estimates, source

import egovstats.report as er
from egovstats.report.renderers.heads import heads_of
from egovstats.report.tables import legends_of_table

RULE = er.Disclosure()
EN = er.Language("en")


def shown() -> dict[tuple[str, object], er.Shown]:
    rows = er.show(estimates("president"), prefix="t", rule=RULE)
    return {(row.keys["wave"], row.keys["answer"]): row for row in rows}


def topline(waves: list[str], **options: object) -> er.Topline:
    return er.Topline(
        waves=[(wave, wave) for wave in waves],
        answers=[er.AnswerRow(0, "Not at all"), er.AnswerRow("net", "Net", "net")],
        shares=shown(),
        n={wave: shown()[(wave, "net")].n for wave in waves if (wave, "net") in shown()},
        **options,  # type: ignore[arg-type]
    )


def texts(table: er.Table) -> list[list[str]]:
    return [
        ["–" if cell.absent else EN.show(cell.value, "cell") if cell.value else EN.plain(cell.content) for cell in row.cells]
        for row in table.rows()
    ]  # fmt: skip


def test_few_waves_stand_side_by_side() -> None:
    test = er.show_test(difference(estimates("president"), 4, 24, holm=2), prefix="c", rule=RULE)
    table = er.topline_table(topline(["2013", "2022"], first={"net": test}), id="t", caption="c", language=EN)
    assert texts(table) == [
        ["Not at all", "25.1", "12.1", "–"],
        ["Net", "51.1", "72.1", "+21.0"],
        ["Respondents (n)", "1,200", "1,200", ""],
    ]
    assert [row.kind for row in table.rows()] == ["body", "net", "base"]
    assert [cell.clear for row in table.rows() for cell in row.cells if cell.clear] == [True]


def test_many_waves_stand_one_below_the_other() -> None:
    waves = ["2013", "2015", "2018", "2020", "2022", "2024", "2026"]
    table = er.topline_table(topline(waves), id="t", caption="c", language=EN)
    assert texts(table)[0] == ["2013", "25.1", "51.1", "1,200"]
    assert texts(table)[-1] == ["2026", "–", "–", "–"]
    assert [EN.plain(column.head) for column in table.columns] == [
        "Wave",
        "Not at all",
        "Net",
        "Respondents (n)",
    ]


def test_shared_heads_make_a_second_line() -> None:
    table = er.topline_table(topline(["2013", "2022"]), id="t", caption="c", language=EN)
    upper, lower = heads_of(table)
    assert [(head.scope, head.columns, head.rows, head.start) for head in upper] == [
        ("col", 1, 2, 0),
        ("colgroup", 2, 1, 1),
    ]
    assert [EN.plain(head.text) for head in lower] == ["2013", "2022"]
    assert len(heads_of(er.Table("x", "c", (er.Column("a"), er.Column("b")), ()))) == 1


def test_changes_show_an_adjusted_p_only_where_there_is_one() -> None:
    est = estimates("courts")
    plain = er.show_test(difference(est, 4, 24), prefix="c", rule=RULE)
    table = er.changes_table([("2013–2022", plain)], id="t", caption="c", language=EN)
    assert texts(table) == [["2013–2022", "+2.0", "−3.0", "+7.0", ".436", "2,400"]]
    adjusted = er.show_test(difference(est, 4, 24, holm=2), prefix="c", rule=RULE)
    table = er.changes_table([("2013–2022", adjusted)], id="t", caption="c", language=EN)
    assert texts(table)[0][4:6] == [".436", ".873"]


def test_legends_name_only_the_marks_that_occur() -> None:
    table = er.topline_table(topline(["2013", "2022"]), id="t", caption="c", language=EN)
    assert legends_of_table(table, EN, RULE) == []
    table = er.topline_table(topline(["2013", "2030"]), id="t", caption="c", language=EN)
    assert legends_of_table(table, EN, RULE) == ["– Not available, or not asked."]


def test_comparability_is_a_row_a_pair_and_a_column_an_aspect() -> None:
    frame = pd.DataFrame(
        [
            {
                "item": "courts",
                "wave_a": "2013",
                "wave_b": "2015",
                "aspect": aspect,
                "status": status,
                "detail": "",
            }
            for aspect, status in (("wording", "changed"), ("scale", "same"), ("coverage", "unknown"))
        ]
    )
    table = er.comparability_table(frame, id="t", language=EN, items={"courts": "Courts"}, waves={})
    assert table.groups[0].label == "Courts"
    assert [EN.plain(cell.content) for cell in table.groups[0].rows[0].cells[1:]] == ["≠", "=", "?"]
    assert [cell.spoken for cell in table.groups[0].rows[0].cells[1:]] == ["changed", "same", "not known"]


def test_any_frame_becomes_a_table_with_named_numbers() -> None:
    frame = pd.DataFrame(
        {"area": ["MNG", "KAZ"], "year": [2021, 2021], "value": [39.9038, np.nan], "n": [40, 12]}
    )
    table = er.frame_table(
        frame,
        id="wgi",
        caption="c",
        heads={"area": "Country", "year": "Year", "value": "Value"},
        keys=["area", "year"],
        formats={"year": er.Format("label", 0), "value": er.Format("number", 1)},
        units={"value": "percentile rank"},
        sources=[source("2021")],
        rule=RULE,
        base="n",
    )
    assert texts(table) == [["MNG", "2021", "39.9"], ["KAZ", "*", "–"]]
    value = next(iter(table.rows())).cells[2].value
    assert value is not None
    assert (value.id, value.unit, value.status) == ("wgi.MNG.2021.value", "percentile rank", "flagged")
    assert value.value == pytest.approx(39.9038)
    assert value.keys == {"area": "MNG", "year": 2021}


def test_ledger_counts_its_verdicts_and_keeps_its_groups() -> None:
    rows = (
        er.LedgerRow("1", "s", "contradicted", group="B"),
        er.LedgerRow("2", "s", "not_testable", reason="No n.", needed="The base.", group="A"),
        er.LedgerRow("3", "s", "contradicted", group="B"),
    )
    table = er.Ledger("l", rows).block(EN)
    assert EN.plain(table.lead) == "3 claims: 2 contradicted, 1 not testable."
    assert [(group.label, len(group.rows)) for group in table.groups] == [("B", 2), ("A", 1)]
    assert EN.plain(table.groups[1].rows[0].cells[4].content) == "No n. What would be needed: The base."
