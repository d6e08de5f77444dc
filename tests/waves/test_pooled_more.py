"""Sets of answers, names in several spellings, pooled files, missing rules, and waves that compare."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from wave_files import CARD_2019, CARD_2021, write_both, write_study, write_wave

import egovstats
from egovstats.cli import main
from egovstats.errors import SourceError, WaveError
from egovstats.microdata import Codebook, read_microdata
from egovstats.waves import SurveySeries, Waves, open_series
from egovstats.waves.comparable import reasons_apart
from egovstats.waves.pooled_file import REASON_CODES

CARDS = (CARD_2019.replace("stratum: [REG]\npsu: VILLAGE\n", ""), CARD_2021)

PROBLEMS = """\
name: demo
title: Demo
population: adults
items:
  - {name: first, topic: problems, kind: nominal, label: First problem, answers: &answers [
      {code: 1, label: Jobs}, {code: 2, label: Roads}, {code: 3, label: Smoke}]}
  - {name: second, topic: problems, kind: nominal, label: Second problem, answers: *answers}
  - {name: place, topic: background, kind: nominal, label: Place, answers: [
      {code: 1, label: Ulaanbaatar}, {code: 71, label: Bayan-Ölgii}]}
sets:
  - {name: problem, kind: ranked, label: Problem, items: [first, second]}
"""
PROBLEM_ROWS = """\
2019,first,P1,1..3,,=,,
2019,second,P2,1..3,,=,,
2019,second,P2,"","",,system,
2019,first,P1,9,"Don't know",,dont_know,
2019,place,PLACE,@places,,=,,
2019,place,PLACE,"","",,system,
"""
PLACES = """\
code,iso,en,mn,aliases
1,MN-1,Ulaanbaatar,Улаанбаатар,Ulan Bator|UB
71,MN-071,Bayan-Ölgii,Баян-Өлгий,Bayan-Ulgii
"""
TOWNS = ["UB", "ulan-bator", "Баян-Өлгий", "BAYAN OLGII", ""]


def _problems(folder: Path, *, places: str = PLACES, towns: list[str] = TOWNS) -> SurveySeries:
    rows = PROBLEM_ROWS
    for column in ("first", "second"):
        variable = "P1" if column == "first" else "P2"
        codes = "".join(f"2019,{column},{variable},{code},,{code},,\n" for code in (1, 2, 3))
        rows = rows.replace(f"2019,{column},{variable},1..3,,=,,\n", codes)
    study = write_study(
        folder / "demo",
        series=PROBLEMS,
        rows=rows,
        cards=["wave: '2019'\nyear: 2019\ntitle: T\nfile: {names: ['*2019*.sav']}\n"],
    )
    (study / "places.csv").write_text(places, encoding="utf-8")
    columns: dict[str, list[object]] = {
        "P1": [1.0, 2.0, 9.0, 9.0, 3.0],
        "P2": [2.0, None, 1.0, None, 3.0],
        "PLACE": list(towns),
    }
    write_wave(folder / "x_2019.sav", columns, labels={}, values={"P1": {9.0: "Don't know"}})
    return open_series(study)


@pytest.fixture
def waves(tmp_path: Path) -> Waves:
    return open_series(write_study(tmp_path / "demo", cards=CARDS)).read(write_both(tmp_path))


def test_a_ranked_question_becomes_mentions(tmp_path: Path) -> None:
    waves = _problems(tmp_path).read(tmp_path).spread("problem")
    assert waves.frame["problem_1"].tolist()[:3] == [1, 0, 1]
    assert waves.frame["problem_2"].tolist()[:3] == [1, 1, 0]
    # nobody but the fourth gave no answer at all, and why is that of the first column
    assert waves.missing["problem_1"].tolist() == ["", "", "", "dont_know", ""]
    log = waves.log[waves.log["item"] == "problem_1"]
    assert log["n"].sum() == 5
    found = egovstats.proportion(waves.design(), "problem_1", by="wave", answers=[1])
    assert found.estimate.tolist() == pytest.approx([0.5])
    assert waves.items["problem_1"].label["en"] == "Problem: Jobs"


def test_sets_are_checked(tmp_path: Path) -> None:
    series = _problems(tmp_path)
    with pytest.raises(WaveError, match=r"has no set 'problems'. Did you mean 'problem'\?"):
        series.read(tmp_path).spread("problems")
    with pytest.raises(WaveError, match=r"needs the item 'second', which was not read"):
        series.read(tmp_path, items=["first"]).spread("problem")
    bad = PROBLEMS.replace("items: [first, second]", "items: [first, place]")
    with pytest.raises(WaveError, match="joins first and place, whose answers differ"):
        open_series(write_study(tmp_path / "bad", series=bad, rows=""))


def test_names_in_many_spellings_find_their_place(tmp_path: Path) -> None:
    waves = _problems(tmp_path).read(tmp_path)
    assert waves.frame["place"].tolist()[:4] == [1, 1, 71, 71]
    assert waves.missing["place"].tolist() == ["", "", "", "", "system"]
    log = waves.log[waves.log["item"] == "place"]
    assert log["n"].sum() == 5
    assert set(log["source_code"]) == {*TOWNS}


def test_a_name_that_the_table_lacks_stops_the_read(tmp_path: Path) -> None:
    series = _problems(tmp_path, towns=["UB", "Atlantis", "UB", "UB", "UB"])
    with pytest.raises(
        WaveError, match=r"PLACE: code 'Atlantis' \(no label\) of 1 respondent is not mapped to place"
    ):
        series.read(tmp_path)


@pytest.mark.parametrize(
    ("places", "said"),
    [
        (
            PLACES.replace("Bayan-Ulgii", "U.B."),
            r"places.csv, line 3: 'U.B.' is a name of 1 already, and of 71 here",
        ),
        (PLACES.replace("71,", "seventy,"), r"places.csv, line 3: code 'seventy' must be a number"),
        (PLACES.replace("71,", "72,"), r"places.csv: the code 72 is not among the answers of place"),
        ("name\nUB\n", r"places.csv, line 1: the header must hold code; found 'name'."),
    ],
)
def test_faults_of_a_table_of_names(tmp_path: Path, places: str, said: str) -> None:
    with pytest.raises(WaveError, match=said):
        _problems(tmp_path, places=places)


def test_a_table_that_is_not_there_is_named(tmp_path: Path) -> None:
    study = write_study(tmp_path / "demo", rows="2019,urban,UR,@towns,,=,,\n")
    with pytest.raises(WaveError, match=r"source_code '@towns' names a table, and there is no towns.csv"):
        open_series(study)


@pytest.mark.parametrize("ending", [".csv", ".parquet", ".sav"])
def test_the_pooled_file_reads_back_with_its_codebook(waves: Waves, tmp_path: Path, ending: str) -> None:
    if ending == ".parquet":
        pytest.importorskip("pyarrow")
    data, book, log = waves.write(tmp_path / "out" / f"pooled{ending}")
    back = read_microdata(data, codebook=book if ending == ".csv" else None).frame
    assert len(back) == len(waves)
    for name in waves.items:
        missing = waves.missing[name].astype(str)
        expected = np.where(missing == "", waves.frame[name], missing.map(REASON_CODES))
        assert back[name].astype(float).tolist() == expected.tolist()
    codebook = Codebook.from_json(book.read_text(encoding="utf-8"))
    assert codebook.weight == "weight"
    assert codebook.variables["trust"].values[-991] == "dont know"
    assert pd.read_csv(log)["n"].sum() == len(waves) * len(waves.items)
    if ending == ".sav":
        assert read_microdata(data).codebook.variables["trust"].missing_ranges == ((-996.0, -991.0),)
        assert data.read_bytes()[92:109] == b"01 Jan 0000:00:00"  # no clock: same waves, same bytes
    with pytest.raises(SourceError, match="is there already"):
        waves.write(data)


def test_a_pooled_file_of_another_kind_is_refused(waves: Waves, tmp_path: Path) -> None:
    with pytest.raises(WaveError, match=r"^'pooled.docx' must end in .csv, .parquet, .sav"):
        waves.write(tmp_path / "pooled.docx")


def test_missing_rules_bound_the_estimate(waves: Waves) -> None:
    shares = {}
    for rule in ("lower", "out", "upper"):
        kept = waves.under(rule)
        found = egovstats.proportion(kept.design(), "trust", by="wave", answers=[3])
        shares[rule] = found.estimate
        assert kept.log["n"].sum() == waves.log["n"].sum()
    assert (shares["lower"] <= shares["out"]).all()
    assert (shares["out"] <= shares["upper"]).all()
    assert shares["lower"][1] == pytest.approx(1 / 4)  # one refused: 1 of 3 trust, or 1 of 4, or 2 of 4
    assert shares["upper"][1] == pytest.approx(2 / 4)


def test_a_missing_reason_can_be_an_answer(waves: Waves) -> None:
    kept = waves.under("answer", reasons="dont_know")
    found = egovstats.proportion(kept.design(), "trust", by="wave").to_frame()
    first = found[found["wave"] == "2019"].set_index("answer")["estimate"]
    assert first[REASON_CODES["dont_know"]] > 0
    assert first.sum() == pytest.approx(1)
    assert kept.items["trust"].kind == "nominal"
    assert (
        kept.notes[-1]
        == "missing rule 'answer' for dont_know; numbers have no such rule and stay as they are: age"
    )
    assert waves.items["trust"].kind == "ordinal"


def test_a_rule_for_missing_answers_changes_nothing_about_the_question(waves: Waves) -> None:
    for rule in ("out", "answer", "lower", "upper"):
        pd.testing.assert_frame_equal(waves.under(rule).comparability, waves.comparability)
        assert waves.under(rule).comparable("trust") == waves.comparable("trust")
        assert waves.under("answer").under(rule).comparable("trust") == waves.comparable("trust")
    names = [card.wave for card in waves.cards][:2]
    pd.testing.assert_frame_equal(
        waves.under("upper").only(names).comparability, waves.only(names).comparability
    )


def test_unknown_rules_are_refused(waves: Waves) -> None:
    with pytest.raises(
        WaveError, match=r"there is no rule 'upr' for missing answers. Did you mean 'upper'\?"
    ):
        waves.under("upr")
    with pytest.raises(WaveError, match="there is no missing reason 'dk'"):
        waves.under("lower", reasons=["dk"])


def test_only_comparable_waves_make_a_trend(waves: Waves) -> None:
    changed = waves.comparability.query("item == 'trust' and status == 'changed'")["aspect"].tolist()
    assert changed == ["order", "coverage", "weights"]
    assert waves.comparable("trust", aspects=["wording", "scale"]) == ("2019", "2021")
    assert waves.comparable("trust") == ("2021",)
    said = r"^no two waves of 'trust' are comparable: 2019 is left out of trust: order differs from 2021 \("
    with pytest.raises(WaveError, match=said):
        waves.design(comparable_only="trust")
    with pytest.raises(WaveError, match=r"comparable_only=True must speak of one item, and 4 were read"):
        waves.design(comparable_only=True)
    design = waves.design(comparable_only="trust", aspects=["wording", "scale"])
    assert len(design.weight) == len(waves)


def test_waves_left_out_of_a_trend_are_named_with_the_reason(waves: Waves) -> None:
    assert waves.only_comparable("trust", aspects=["mode"]).notes == waves.notes
    assert waves.comparable("age", aspects="coverage") == ("2021",)
    three = reasons_apart(
        pd.DataFrame(
            [
                ("q", "a", "b", "base", "changed", "A asked all"),
                ("q", "a", "c", "base", "changed", "A asked all"),
            ],
            columns=["item", "wave_a", "wave_b", "aspect", "status", "detail"],
        ),
        "q",
        ("b", "c"),
        ("a", "b", "c"),
    )
    assert three == ("a is left out of q: base differs from b, c (A asked all).",)


def test_a_recorded_change_keeps_a_wave_out_of_the_tunisian_trend(shared_data: Path) -> None:
    series = open_series("afrobarometer-tunisia")
    waves = series.read(
        shared_data / "microdata" / "afrobarometer-tunisia", items=["bribe_school", "region", "urban_rural"]
    )
    kept = waves.comparable("bribe_school", aspects=["base"])
    assert "r5" not in kept
    assert len(kept) > 1
    assert set(waves.only(kept).frame["wave"]) == set(kept)


def test_the_command_writes_pooled_file_and_log_that_run_nowhere(tmp_path: Path) -> None:
    write_wave(
        tmp_path / "x_2019.sav", {"UR": [1.0, 2.0]}, labels={}, values={"UR": {1.0: "=1+1", 2.0: "Rural"}}
    )
    rows = '2019,urban,UR,"1","=1+1",1,,\n2019,urban,UR,"2","Rural",2,,\n'
    card = "wave: '2019'\nyear: 2019\ntitle: T\nfile: {names: ['*2019*.sav']}\n"
    study = write_study(tmp_path / "demo", rows=rows, cards=[card])
    words = ["harmonise", str(study), "--data", str(tmp_path), "--item", "urban"]
    out, pooled = tmp_path / "log.csv", tmp_path / "pooled.csv"
    assert main([*words, "-o", str(out), "--pooled", str(pooled)]) == 0
    assert pooled.is_file()
    for file in (out, tmp_path / "pooled.log.csv"):
        text = file.read_text(encoding="utf-8-sig")
        assert "'=1+1" in text
        assert ",=1+1" not in text


def test_a_pooled_file_that_cannot_be_written_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pyreadstat

    from egovstats.waves import pooled_file

    waves = open_series(write_study(tmp_path / "demo", cards=CARDS)).read(write_both(tmp_path / "files"))
    out = tmp_path / "out"
    out.mkdir()
    write = pooled_file.write_whole

    def full(path: Path, content: str | bytes) -> None:
        if path.name.endswith(".log.csv"):
            raise SourceError("'p.log.csv' cannot be written: No space left on device.")
        write(path, content)

    with monkeypatch.context() as patch:
        patch.setattr(pooled_file, "write_whole", full)
        with pytest.raises(SourceError, match="No space left"):
            pooled_file.write_pooled(waves, out / "p.csv")
    assert not list(out.iterdir())

    def stops(*_arguments: object, **_options: object) -> None:
        raise pyreadstat.ReadstatError("Unable to write data")

    monkeypatch.setattr(pyreadstat, "write_sav", stops)
    with pytest.raises(SourceError, match=r"Unable to write data\. Make room there, or set TMPDIR"):
        pooled_file.write_pooled(waves, out / "p.sav")
    assert not list(out.iterdir())
