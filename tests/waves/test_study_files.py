"""Study files: what is read from cards, items and crosswalks, and how their faults are told."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from egovstats.errors import WaveError
from egovstats.waves import Card, open_series, read_crosswalk
from egovstats.waves.crosswalk import csv_row

SERIES = """\
name: demo
title: {en: Demo, ru: Проба}
population: adults
items:
  - name: trust
    topic: trust
    kind: ordinal
    label: {en: Trust, mn: Итгэл, ru: Доверие}
    answers:
      - {code: 0, label: No}
      - {code: 1, label: A bit}
      - {code: 2, label: Yes}
    headline: {codes: [2], label: trust}
  - name: age
    topic: background
    kind: number
    label: Age
    unit: years
"""
CARD = """\
wave: "{wave}"
year: {wave}
title: Demo {wave}
file: {{names: ["*{wave}*.sav"]}}
weight: w
stratum: [region, urban]
"""
HEADER = "wave,item,source_variable,source_code,source_label,code,missing,note\n"
ROWS = """\
2019,trust,Q1,"1","No",0,,
2019,trust,Q1,"2","A bit",1,,
2019,trust,Q1,"3","Yes",2,,
2019,trust,Q1,"9","Don't know",,dont_know,
2019,age,Q2,"18..110","",=,,
2019,age,Q2,"998","",,refused,
"""


def study(folder: Path, series: str = SERIES, crosswalk: str = HEADER + ROWS, **cards: str) -> Path:
    (folder / "waves").mkdir(parents=True)
    (folder / "series.yaml").write_text(series, encoding="utf-8")
    (folder / "crosswalk.csv").write_text(crosswalk, encoding="utf-8")
    for name, text in (cards or {"w2019": CARD.format(wave=2019)}).items():
        (folder / "waves" / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


def message_of(folder: Path) -> str:
    with pytest.raises(WaveError) as caught:
        open_series(folder)
    return str(caught.value)


def test_a_series_is_read_whole(tmp_path: Path) -> None:
    series = open_series(study(tmp_path / "demo", b=CARD.format(wave=2021), a=CARD.format(wave=2019)))
    assert series.name == "demo"
    assert [card.wave for card in series.waves] == ["2019", "2021"]
    assert series.waves[0].stratum == ("region", "urban")
    assert list(series.items) == ["trust", "age"]
    assert series.items["trust"].codes == (0, 1, 2)
    assert series.items["trust"].answers[0].label == {"en": "No"}  # YAML 1.2: not False
    assert series.items["trust"].base["ru"] == "все респонденты"
    assert series.crosswalk.variable("2019", "age") == "Q2"
    assert series.crosswalk.variable("2021", "age") is None
    assert series.crosswalk.asked("2019") == ("trust", "age")


def test_faults_of_all_files_come_together_with_their_lines(tmp_path: Path) -> None:
    card = CARD.format(wave=2019).replace("weight: w", "wieght: w").replace("year: 2019", "year: soon")
    series = SERIES.replace("headline: {codes: [2]", "headline: {codes: [7]")
    rows = HEADER + '2019,trust,Q1,"1","No",0,refuse,\n2019,trust,Q1,"2"\n'
    assert message_of(study(tmp_path / "demo", series, rows, w=card)) == (
        "the series 'demo' cannot be read, with 5 faults:\n"
        "  crosswalk.csv, line 2: gives both the code '0' and the missing reason 'refuse'; one must go; "
        "missing 'refuse' is no reason. Did you mean 'refused'?\n"
        "  crosswalk.csv, line 3: has 4 cells and must have 8. Quote cells that hold commas.\n"
        "  series.yaml, line 5: items.1: trust: headline code 7 is not among the answers.\n"
        "  waves/w.yaml, line 2: year: input should be a valid integer, unable to parse string as an integer, "
        "found 'soon'.\n"
        "  waves/w.yaml, line 5: wieght: unknown key. Did you mean 'weight' or 'weighting'?\n"
        "Correct the lines named, then read again."
    )


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ('2020,trust,Q1,"4","",0,,', "no card has the wave '2020'. There are: '2019'."),
        ('2019,thrust,Q1,"4","",0,,', "series.yaml has no item 'thrust'. Did you mean 'trust'?"),
        ('2019,trust,Q1,"4","",5,,', "code 5 is not among the answers of trust (0, 1, 2)."),
        ('2019,trust,Q1,"4","",=,,', "only a number can be copied ('='), and trust is ordinal. Give a code."),
        ('2019,trust,Q1,"1","No",1,,', "the code '1' of trust is mapped in line 2 already."),
        (
            '2019,trust,Q7,"4","",0,,',
            "trust comes from 'Q7' here and from 'Q1' in line 2; in one wave an item has one source variable.",
        ),
        (
            '2019,age,Q2,"100..120","",=,,',
            "the range '100..120' overlaps '18..110' in line 6.",
        ),
        ('2019,age,Q2,"20..10","",=,,', "the range '20..10' ends before it starts."),
        ('2019,trust,Q1,"4","",,,', "gives neither a code nor a missing reason; one must be there."),
        ('2019,trust,,"4","",0,,', "source_variable is empty."),
        ('2019,trust,Q1,"4","",x,,', "code 'x' must be a number, or '=' to copy the source number."),
    ],
)
def test_a_row_that_does_not_fit(tmp_path: Path, row: str, expected: str) -> None:
    text = message_of(study(tmp_path / "demo", crosswalk=HEADER + ROWS + row + "\n"))
    assert text == (
        f"the series 'demo' cannot be read, with 1 fault:\n  crosswalk.csv, line 8: {expected}\n"
        "Correct the lines named, then read again."
    )


def test_one_code_with_two_labels(tmp_path: Path) -> None:
    series = SERIES + "  - {name: other, topic: x, kind: number, label: Other}\n"
    rows = ROWS + '2019,other,Q1,"1","Yes",=,,\n2019,other,Q1,"2","A  BIT.",=,,\n'
    text = message_of(study(tmp_path / "demo", series, HEADER + rows))
    assert "line 8: the code '1' of Q1 is labelled 'Yes' here and 'No' in line 2." in text
    assert "1 fault:" in text


def test_two_cards_for_one_wave(tmp_path: Path) -> None:
    text = message_of(study(tmp_path / "demo", a=CARD.format(wave=2019), b=CARD.format(wave=2019)))
    assert "waves/b.yaml, line 1: the wave '2019' has a card already, waves/a.yaml." in text


def test_codes_stay_text_and_lines_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "crosswalk.csv"
    path.write_text(
        HEADER + '\n2019,trust,Q1,"01","two\nlines",0,,\n2019,trust,Q1,,"",,system,\n', encoding="utf-8"
    )
    crosswalk, faults = read_crosswalk(path)
    assert not faults
    assert [(rule.source_code, rule.line) for rule in crosswalk] == [("01", 3), ("", 5)]
    assert list(crosswalk.to_frame()["source_code"]) == ["01", ""]


def test_a_crosswalk_of_another_shape(tmp_path: Path) -> None:
    for text, expected in [
        (
            "wave,item\n",
            "the header must be wave, item, source_variable, source_code, source_label, code, missing, note; "
            "found 'wave, item'.",
        ),
        (HEADER + 'a,"b\n', "is not CSV: unexpected end of data. Close its quotes."),
    ]:
        path = tmp_path / "crosswalk.csv"
        path.write_text(text, encoding="utf-8")
        assert read_crosswalk(path)[1][0].what == expected
    path.write_bytes("wave,Итгэл".encode("cp1251"))
    assert read_crosswalk(path)[1][0].what == "is not UTF-8 (byte 5). Save it as CSV UTF-8."


@pytest.mark.parametrize(
    ("mark", "encoding", "end"),
    [(";", "utf-8", "\r\n"), ("\t", "utf-16", "\r\n"), (",", "utf-8-sig", "\r\n"), (";", "utf-8-sig", "\n")],
)
def test_a_crosswalk_as_spreadsheet_programs_of_several_countries_save_it(
    tmp_path: Path, mark: str, encoding: str, end: str
) -> None:
    rows = [row.split(",") for row in (HEADER + ROWS).replace('"', "").splitlines()]
    path = tmp_path / "crosswalk.csv"
    path.write_bytes(end.join(mark.join([*row, ""]) for row in rows).encode(encoding))
    plain = tmp_path / "plain" / "crosswalk.csv"
    plain.parent.mkdir()
    plain.write_text(HEADER + ROWS, encoding="utf-8")
    (found, faults), (expected, _) = read_crosswalk(path), read_crosswalk(plain)
    assert not faults
    assert found.rules == expected.rules


def test_columns_of_a_crosswalk_may_stand_in_another_order(tmp_path: Path) -> None:
    path = tmp_path / "crosswalk.csv"
    path.write_text(
        "note,code,missing,wave,item,source_variable,source_code,source_label\nn,1,,a,b,C,1,x\n", "utf-8"
    )
    (rule,), faults = read_crosswalk(path)
    assert not faults
    assert (rule.wave, rule.item, rule.variable, rule.target, rule.note) == ("a", "b", "C", 1, "n")


def test_broken_yaml_names_the_line(tmp_path: Path) -> None:
    text = message_of(study(tmp_path / "demo", a=CARD.format(wave=2019) + "weight: v\n"))
    assert 'waves/a.yaml, line 7: found duplicate key "weight". Correct the YAML there.' in text


def test_an_unknown_series_names_the_near_ones() -> None:
    with pytest.raises(WaveError, match="there is no folder and no shipped series 'sant-morol'"):
        open_series("sant-morol")


def test_dates_of_a_card() -> None:
    def card(**field: str) -> Card:
        return Card.model_validate(
            {"wave": 1, "year": 2020, "title": "", "file": {"names": "*.sav"}, "field": field}
        )

    assert card().wave == "1"
    assert card().date == 2020.5
    assert card(start="2020-04", end="2020-04").field.end == dt.date(2020, 4, 30)
    assert card(start="2021-01-01", end="2021-12-31").date == pytest.approx(2021.5)
    assert card(start="2020-12-31").date == pytest.approx(2020 + 365.5 / 366)


def test_a_row_as_it_stands_in_the_file() -> None:
    row = csv_row(
        {"wave": "r,9", "item": "a", "source_variable": "Q", "source_code": "01", "source_label": 'say "no"'}
    )
    assert row == '"r,9",a,Q,"01","say ""no""",,,'
