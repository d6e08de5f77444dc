"""A small survey of three waves and its report, as files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyreadstat

import egovstats

SECRET = "Secret Street"
ROWS = 240


@dataclass(frozen=True)
class Study:
    """Folders of a small study."""

    report: Path
    data: Path

    def run(self, folder: Path, **options: str) -> Path:
        """Build the report and write it."""
        egovstats.build_report(self.report, data=self.data, **options).write(folder, formats=["md", "json"])
        return folder


SERIES = """\
name: town
title: {en: Town survey, mn: Хотын судалгаа, ru: Опрос города}
population: {en: Adults, mn: Насанд хүрэгчид, ru: Взрослые}
items:
  - name: trust
    topic: town
    kind: ordinal
    label: {en: Trust, mn: Итгэл, ru: Доверие}
    answers:
      - {code: 1, label: {en: none, mn: үгүй, ru: нет}}
      - {code: 2, label: {en: some, mn: зарим, ru: немного}}
      - {code: 3, label: {en: much, mn: их, ru: много}}
    headline: {codes: [2, 3], label: {en: trust, mn: итгэдэг, ru: доверяют}}
  - name: visits
    topic: town
    kind: nominal
    label: {en: Visits, mn: Айлчлал, ru: Визиты}
    answers: [{code: 1, label: {en: "yes", mn: тийм, ru: да}}, {code: 2, label: {en: "no", mn: үгүй, ru: нет}}]
    headline: {codes: [1], label: {en: visited, mn: очсон, ru: были}}
"""

REPORT = """\
name: town
title: {en: Trust in town, mn: Хотод итгэх итгэл, ru: Доверие в городе}
version: "1"
date: 2026-01-01
authors: A. Author; B. Writer
licence: https://creativecommons.org/licenses/by/4.0/
surveys:
  - id: town
    series: town
    needed: true
    groups:
      - {id: all, title: {en: All}, items: [trust, visits]}
sections:
  - kind: findings
    id: findings
    title: {en: What changed}
    findings: [{item: trust, say: [ends, trend]}, {item: visits}]
  - {kind: group, id: all, survey: town, group: all, title: {en: All}}
  - {kind: toplines, id: toplines, survey: town, title: {en: All answers}}
"""

YEARS = {"a": 2018, "b": 2020, "c": 2022}


def write_study(folder: Path, *, shuffled: bool = False, lone: bool = False) -> Study:
    """Series, report and wave files; `shuffled` breaks every connection between the columns.

    With `lone` one point of each wave is a stratum of its own.
    """
    report, data = folder / "town", folder / "waves"
    series = report / "surveys" / "town"
    (series / "waves").mkdir(parents=True)
    data.mkdir()
    (report / "report.yaml").write_text(REPORT, encoding="utf-8")
    (series / "series.yaml").write_text(SERIES, encoding="utf-8")
    rows = ["wave,item,source_variable,source_code,source_label,code,missing,note"]
    for at, (wave, year) in enumerate(YEARS.items()):
        (series / "waves" / f"{wave}.yaml").write_text(
            f'wave: {wave}\nyear: {year}\ntitle: Wave {wave}\nfile: {{names: ["*town-{wave}.sav"]}}\n'
            "stratum: [region]\npsu: point\n",
            encoding="utf-8",
        )
        labels = {1: "None", 2: "Some", 3: "Much"}
        rows += [f"{wave},trust,q1,{code},{label},{code},," for code, label in labels.items()]
        rows += [f"{wave},trust,q1,9,DK,,dont_know,", f"{wave},trust,q1,8,Refused,,refused,"]
        rows += [
            f"{wave},visits,q2,1,Yes,1,,",
            f"{wave},visits,q2,2,No,2,,",
            f'{wave},visits,q2,"",,,system,',
        ]
        _write_wave(data / f"town-{wave}.sav", at, shuffled=shuffled, lone=lone)
    (series / "crosswalk.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return Study(report, data)


def _write_wave(path: Path, at: int, *, shuffled: bool, lone: bool) -> None:
    rng = np.random.default_rng(at)
    point = np.arange(ROWS) // 12
    trust = np.clip(np.round(rng.normal(1.6 + 0.25 * at, 0.8, ROWS) + 0.2 * (point % 3)), 1, 3)
    trust[rng.choice(ROWS, 15, replace=False)] = 9
    trust[:2] = 8  # fewer than may be shown
    visits = np.where(trust == 3, 1.0, np.where(rng.random(ROWS) < 0.4, 1.0, 2.0))
    visits[rng.choice(ROWS, 20, replace=False)] = np.nan
    if shuffled:
        trust, visits = rng.permutation(trust), rng.permutation(visits)
    frame = pd.DataFrame(
        {
            "q1": trust,
            "q2": visits,
            "region": np.where(lone & (point == 0), 3.0, 1.0 + point % 2),
            "point": point + 1.0,
            "address": [f"{SECRET} {i}" for i in rng.permutation(ROWS)],
            "other": rng.normal(777_000, 1, ROWS),
        }
    )
    pyreadstat.write_sav(
        frame,
        path,
        column_labels={"q1": "Trust?", "q2": "Visits?"},
        variable_value_labels={
            "q1": {1: "None", 2: "Some", 3: "Much", 8: "Refused", 9: "DK"},
            "q2": {1: "Yes", 2: "No"},
            "region": {1: "North", 2: "South"},
        },
        missing_ranges={"q1": [8, 9]},
    )
