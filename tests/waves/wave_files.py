"""Small studies and SPSS files that the tests of harmonising are about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd
import pyreadstat

SERIES = """\
name: demo
title: {en: Demo, mn: Жишээ, ru: Проба}
population: adults
citation: Demo 2020
notes:
  - Two waves made for a test.
items:
  - name: trust
    topic: trust
    kind: ordinal
    label: {en: Trust in the government, mn: Засгийн газарт итгэх, ru: Доверие правительству}
    question: How much do you trust the government?
    answers:
      - {code: 1, label: No}
      - {code: 2, label: A bit}
      - {code: 3, label: Yes}
    headline: {codes: [3], label: trust}
    reversed: true
  - name: bribe
    topic: red_tape
    kind: nominal
    label: Paid a bribe
    answers:
      - {code: 0, label: No}
      - {code: 1, label: Yes}
    base: those with contact
  - name: age
    topic: background
    kind: number
    label: Age
    unit: years
  - name: urban
    topic: background
    kind: nominal
    label: Urban or rural
    answers:
      - {code: 1, label: Urban}
      - {code: 2, label: Rural}
"""
HEADER = "wave,item,source_variable,source_code,source_label,code,missing,note\n"
ROWS_2019 = """\
2019,trust,Q1,"1","No",1,,
2019,trust,Q1,"2","A bit",2,,
2019,trust,Q1,"3","Yes",3,,
2019,trust,Q1,"9","Don't know",,dont_know,
2019,trust,Q1,"","",,system,
2019,age,Q2,"18..110","",=,,
2019,age,Q2,"998","Refused",,refused,
2019,urban,UR,"1","Urban",1,,
2019,urban,UR,"2","Rural",2,,
"""
ROWS_2021 = """\
2021,trust,T_GOV,"1","Yes",3,,scale turned
2021,trust,T_GOV,"2","A bit",2,,scale turned
2021,trust,T_GOV,"3","No",1,,scale turned
2021,trust,T_GOV,"98","Refused",,refused,
2021,bribe,B1,"0","No",0,,
2021,bribe,B1,"1","Yes",1,,
2021,bribe,B1,"7","No contact",,not_applicable,
2021,age,Q2,"18..110","",=,,
2021,urban,UR,"1","Urban",1,,
2021,urban,UR,"2","Rural",2,,
"""
CARD_2019 = """\
wave: "2019"
year: 2019
title: First wave
file: {names: ["*2019*.sav"]}
field: {start: 2019-03-01, end: 2019-03-31}
mode: face to face
areas: [A, B]
weight: w
stratum: [REG]
psu: VILLAGE
"""
CARD_2021 = """\
wave: "2021"
year: 2021
title: Second wave
file: {names: ["*2021*.sav"]}
areas: [A, C]
"""
FRAME_2019 = {
    "Q1": [1.0, 2.0, 3.0, 9.0, None, 3.0],
    "Q2": [18.0, 40.0, 998.0, 77.0, 30.0, 31.0],
    "UR": [1.0, 1.0, 2.0, 2.0, 1.0, 2.0],
    "REG": [1.0, 1.0, 1.0, 2.0, 2.0, 2.0],
    "VILLAGE": ["a", "a", "b", "a", "c", "c"],
    "w": [0.5, 1.5, 1.0, 1.0, 1.0, 1.0],
}
FRAME_2021 = {
    "T_GOV": [1.0, 2.0, 3.0, 98.0],
    "B1": [0.0, 1.0, 7.0, 7.0],
    "Q2": [20.0, 30.0, 40.0, 50.0],
    "UR": [1.0, 2.0, 1.0, 2.0],
}
LABELS = {"Q1": "Q1. Trust in government", "T_GOV": "Q5. Trust in government", "Q2": "Age", "w": "Weight"}
VALUES: dict[str, dict[float, str]] = {
    "Q1": {1: "No", 2: "A bit", 3: "Yes", 9: "Don't know"},
    "Q2": {998: "Refused"},
    "UR": {1: "Urban", 2: "Rural"},
    "T_GOV": {1: "Yes", 2: "A bit", 3: "No", 98: "Refused"},
    "B1": {0: "No", 1: "Yes", 7: "No contact"},
}


def write_study(
    folder: Path,
    *,
    series: str = SERIES,
    rows: str = ROWS_2019 + ROWS_2021,
    cards: Sequence[str] = (CARD_2019, CARD_2021),
) -> Path:
    (folder / "waves").mkdir(parents=True)
    (folder / "series.yaml").write_text(series, encoding="utf-8")
    (folder / "crosswalk.csv").write_text(HEADER + rows, encoding="utf-8")
    for number, text in enumerate(cards, 1):
        (folder / "waves" / f"{number}.yaml").write_text(text, encoding="utf-8")
    return folder


def write_wave(
    path: Path,
    columns: Mapping[str, Sequence[object]],
    *,
    values: Mapping[str, Mapping[float, str]] = VALUES,
    labels: Mapping[str, str] = LABELS,
    file_label: str = "",
) -> Path:
    frame = pd.DataFrame({name: pd.Series(list(column)) for name, column in columns.items()})
    path.parent.mkdir(parents=True, exist_ok=True)
    pyreadstat.write_sav(
        frame,
        str(path),
        file_label=file_label,
        column_labels=[labels.get(name, "") for name in columns],
        variable_value_labels={name: dict(values[name]) for name in columns if name in values},
    )
    return path


def write_both(folder: Path) -> Path:
    write_wave(folder / "demo_2019.sav", FRAME_2019)
    write_wave(folder / "demo_2021.sav", FRAME_2021)
    return folder
