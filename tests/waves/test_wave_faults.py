"""What goes wrong between a wave's file, its card and the crosswalk: the exact message, with the row to add."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest
import wave_files as made

from egovstats.errors import DataWarning, SourceError, WaveError
from egovstats.waves import open_series, read_crosswalk

HEAD = "the files of the series 'demo' cannot be read, with {}:\n"
TAIL = "\nEach line says what to do; then read again."


def message(study: Path, files: Path) -> str:
    with pytest.raises(WaveError) as caught:
        open_series(study).read(files)
    return str(caught.value)


@pytest.fixture
def study(tmp_path: Path) -> Path:
    return made.write_study(tmp_path / "demo")


@pytest.fixture
def files(tmp_path: Path) -> Path:
    return made.write_both(tmp_path / "files")


def test_every_unmapped_code_of_every_wave_in_one_error(study: Path, files: Path) -> None:
    values = {**made.VALUES, "Q1": {**made.VALUES["Q1"], 7: 'Neither "yes", nor "no"'}}
    frame = {**made.FRAME_2019, "Q1": [1.0, 2.0, 3.0, 7.0, 7.0, 8.0], "Q2": [18.0, 17.0, 998.0, 30, 30, 30]}
    made.write_wave(files / "demo_2019.sav", frame, values=values)
    made.write_wave(files / "demo_2021.sav", {**made.FRAME_2021, "B1": [0.0, None, 7.0, 7.0]})
    turn = "(a target code in place of ?: 1, 2, 3; or nothing there and a missing reason after it)"
    assert message(study, files) == (
        HEAD.format("4 faults")
        + "  wave 2019 (demo_2019.sav): Q1: code '7' ('Neither \"yes\", nor \"no\"') of 2 respondents is not mapped to "
        f"trust. Add to crosswalk.csv {turn}:\n"
        '      2019,trust,Q1,"7","Neither ""yes"", nor ""no""",?,,\n'
        "  wave 2019 (demo_2019.sav): Q1: code '8' (no label) of 1 respondent is not mapped to trust. Add to "
        f"crosswalk.csv {turn}:\n"
        '      2019,trust,Q1,"8","",?,,\n'
        "  wave 2019 (demo_2019.sav): Q2: code '17' (no label) of 1 respondent is not mapped to age. Add to "
        "crosswalk.csv (or nothing in place of = and a missing reason after it):\n"
        '      2019,age,Q2,"17","",=,,\n'
        "  wave 2021 (demo_2021.sav): B1: a system-missing value of 1 respondent is not mapped to bribe. Add to "
        "crosswalk.csv (or another missing reason in place of system):\n"
        '      2021,bribe,B1,"","",,system,' + TAIL
    )


def test_the_rows_told_are_rows_that_work(study: Path, files: Path) -> None:
    """What the error prints, pasted with the question mark filled in, mends the read."""
    made.write_wave(files / "demo_2019.sav", {**made.FRAME_2019, "Q1": [1.0, 2.0, 3.0, 8.0, 8.0, 8.0]})
    row = message(study, files).splitlines()[2].strip()
    with (study / "crosswalk.csv").open("a", encoding="utf-8") as file:
        file.write(row + "\n")
    with pytest.raises(WaveError, match="code '\\?' must be a number"):
        open_series(study)
    text = (study / "crosswalk.csv").read_text(encoding="utf-8").replace(",?,", ",2,")
    (study / "crosswalk.csv").write_text(text, encoding="utf-8")
    assert list(open_series(study).read(files).frame["trust"].iloc[:6]) == [1, 2, 3, 2, 2, 2]


def test_a_renamed_column_lists_near_names_and_labels(study: Path, files: Path) -> None:
    frame = {("GOVTR" if name == "T_GOV" else name): column for name, column in made.FRAME_2021.items()}
    labels = {**made.LABELS, "GOVTR": "Trust in the government"}
    made.write_wave(files / "demo_2021.sav", frame, labels=labels)
    assert message(study, files) == (
        HEAD.format("1 fault")
        + "  wave 2021 (demo_2021.sav): there is no column 'T_GOV', which trust is read from. "
        "Did you mean 'GOVTR'? Near by label: 'GOVTR' ('Trust in the government'). If it was renamed, put the new "
        "name into lines 11-14 of crosswalk.csv; if the wave did not ask it, take these rows out." + TAIL
    )


def test_a_column_that_is_not_there_at_all(study: Path, files: Path) -> None:
    frame = {name: column for name, column in made.FRAME_2019.items() if name != "Q2"}
    made.write_wave(files / "demo_2019.sav", frame, labels={"Q1": "Trust in government"})
    assert "there is no column 'Q2', which age is read from. There are: 'Q1', 'UR'," in message(study, files)


def test_a_missing_weight_lists_near_names(study: Path, files: Path) -> None:
    frame = {("w_ea" if name == "w" else name): column for name, column in made.FRAME_2019.items()}
    made.write_wave(files / "demo_2019.sav", frame, labels={**made.LABELS, "w_ea": "Weighting factor"})
    assert message(study, files) == (
        HEAD.format("1 fault")
        + "  wave 2019 (demo_2019.sav): there is no column 'w', which the card gives as weight. "
        "There are: 'Q1', 'Q2', 'UR', 'REG', 'VILLAGE', 'w_ea'. Near by label: 'w_ea' ('Weighting factor'). Correct "
        "the card, or null if the file is not weighted." + TAIL
    )


def test_missing_strata_units_and_weights(study: Path, files: Path) -> None:
    frame = {
        **made.FRAME_2019,
        "w": [1.0, None, -1.0, 1.0, 1.0, 1.0],
        "REG": [1.0, None, None, 1.0, 1.0, 1.0],
    }
    del frame["VILLAGE"]
    made.write_wave(files / "demo_2019.sav", frame)
    text = message(study, files)
    assert "3 faults" in text
    assert "there is no column 'VILLAGE', which the card gives as psu." in text
    assert (
        "the weight 'w' is missing for 1 respondents and negative for 1. Correct the file, or name another column in "
        "the card." in text
    )
    assert "2 respondents have no stratum in 'REG'. Give them one, or correct the card." in text


def test_a_label_that_changed_its_meaning(study: Path, files: Path) -> None:
    values = {**made.VALUES, "T_GOV": {1: "No", 2: "a  BIT!", 3: "Yes", 98: "Refused"}}
    made.write_wave(files / "demo_2021.sav", made.FRAME_2021, values=values)
    assert message(study, files) == (
        HEAD.format("2 faults")
        + "  wave 2021 (demo_2021.sav): T_GOV: code '1' of 1 respondent is 'No' in the file "
        "and 'Yes' in line 11 of crosswalk.csv (trust). If its meaning changed, correct that row; if both mean the "
        'same, make it:\n      2021,trust,T_GOV,"1","Yes",3,,scale turned; accepts label No\n'
        "  wave 2021 (demo_2021.sav): T_GOV: code '3' of 1 respondent is 'Yes' in the file and 'No' in line 13 of "
        "crosswalk.csv (trust). If its meaning changed, correct that row; if both mean the same, make it:\n"
        '      2021,trust,T_GOV,"3","No",1,,scale turned; accepts label Yes' + TAIL
    )


def test_a_label_that_the_row_accepts(study: Path, files: Path) -> None:
    values = {**made.VALUES, "T_GOV": {1: "Yes, I do", 2: "A bit", 3: "No", 98: "Refused"}}
    made.write_wave(files / "demo_2021.sav", made.FRAME_2021, values=values)
    path = study / "crosswalk.csv"
    text = path.read_text(encoding="utf-8")
    old = '2021,trust,T_GOV,"1","Yes",3,,scale turned'
    path.write_text(
        text.replace(old, old.replace("scale", '"scale') + '; accepts label Yes, I do"'), encoding="utf-8"
    )
    assert not read_crosswalk(path)[1]
    assert list(open_series(study).read(files).frame["trust"].iloc[6:9]) == [3, 2, 1]


def test_codes_that_can_never_be_found(tmp_path: Path) -> None:
    rows = made.ROWS_2019.replace('UR,"1"', 'UR,"01"') + '2019,trust,Q1,"DK","",,dont_know,\n'
    study = made.write_study(tmp_path / "demo", rows=rows, cards=[made.CARD_2019])
    made.write_wave(tmp_path / "files" / "demo_2019.sav", made.FRAME_2019)
    text = message(study, tmp_path / "files")
    assert (
        "UR: line 9 of crosswalk.csv cannot fit: the column holds numbers, so the code '01' is written '1'. Correct "
        "that row." in text
    )
    assert "Q1: line 11 of crosswalk.csv cannot fit: the column holds numbers, and 'DK' is none." in text


def test_two_files_for_one_wave(study: Path, files: Path) -> None:
    shutil.copy(files / "demo_2019.sav", files / "demo_2019 (1).SAV")
    assert message(study, files) == (
        "each wave must have one file of its own in 'files', but the wave '2019' has 2 files "
        "('demo_2019 (1).SAV', 'demo_2019.sav'). Move the others away, or narrow file.names in the cards."
    )


def test_two_cards_for_one_file(tmp_path: Path, files: Path) -> None:
    cards = [made.CARD_2019, made.CARD_2021.replace("*2021*", "*2019*")]
    study = made.write_study(tmp_path / "demo", cards=cards)
    assert message(study, files) == (
        "each wave must have one file of its own in 'files', but the file 'demo_2019.sav' fits the cards of 2 waves "
        "('2019', '2021'). Move the others away, or narrow file.names in the cards."
    )


def test_no_file_at_all(study: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert message(study, tmp_path / "empty") == (
        "no file of a wave is in 'empty'. These names are looked for:\n"
        "  2019: *2019*.sav (First wave)\n"
        "  2021: *2021*.sav (Second wave)\n"
        "The folder holds no files. Pass the folder that holds the files, or give them one of these names."
    )
    assert message(study, tmp_path / "nowhere") == (
        "there is no folder 'nowhere', so no wave can be read. Pass the folder that holds the files."
    )


def test_a_checksum_decides_and_another_edition_is_told(tmp_path: Path, files: Path) -> None:
    from egovstats.sources import sha256_of

    checksum = sha256_of(files / "demo_2019.sav")
    card = made.CARD_2019.replace("names: [", f"sha256: {checksum}, names: [")
    study = made.write_study(tmp_path / "demo", rows=made.ROWS_2019, cards=[card])
    (files / "demo_2019.sav").rename(files / "renamed.sav")
    made.write_wave(files / "other_2019.sav", {**made.FRAME_2019, "Q1": [1.0] * 6})
    assert open_series(study).read(files).sources[0].file == "renamed.sav"
    (files / "renamed.sav").unlink()
    waves = open_series(study).read(files)
    assert waves.sources[0].file == "other_2019.sav"
    assert waves.notes[-1] == (
        "2019: other_2019.sav is not the file that the card was made for: its checksum is another."
    )


def test_a_file_cut_off_in_the_middle(study: Path, files: Path) -> None:
    rows = 400
    frame = {name: list(column) * rows for name, column in made.FRAME_2019.items()}
    whole = made.write_wave(files / "demo_2019.sav", frame).read_bytes()
    (files / "demo_2019.sav").write_bytes(whole[: len(whole) * 2 // 3])
    with pytest.raises(SourceError, match=r"demo_2019\.sav"):
        open_series(study).read(files)


def test_a_wrong_encoding_is_told_with_the_labels_it_spoils(tmp_path: Path) -> None:
    russian = {1: "Совсем не доверяю", 2: "Немного доверяю", 3: "Очень доверяю", 9: "Затрудняюсь ответить"}
    rows = made.ROWS_2019
    for english, code in (("No", 1), ("A bit", 2), ("Yes", 3), ("Don't know", 9)):
        rows = rows.replace(f'Q1,"{code}","{english}"', f'Q1,"{code}","{russian[code]}"')
    files = tmp_path / "files"
    made.write_wave(
        files / "demo_2019.sav",
        made.FRAME_2019,
        values={**made.VALUES, "Q1": russian},
        labels={"Q1": "Насколько вы доверяете правительству?"},
    )
    right = made.write_study(tmp_path / "right", rows=rows, cards=[made.CARD_2019 + "encoding: utf-8\n"])
    assert len(open_series(right).read(files)) == 6
    wrong = made.write_study(
        tmp_path / "wrong", rows=rows, cards=[made.CARD_2019 + "encoding: windows-1251\n"]
    )
    with pytest.warns(DataWarning, match=r"demo_2019\.sav: text looks misread"):
        text = message(wrong, files)
    lines = text.splitlines()
    assert "5 faults" in lines[0]
    assert lines[1].startswith("  wave 2019 (demo_2019.sav): text looks misread")
    assert lines[1].endswith("The card's encoding is the place for it.")
    assert "in the file and 'Совсем не доверяю' in line 2 of crosswalk.csv (trust)." in lines[2]


def test_no_error_shows_a_respondent(study: Path, files: Path) -> None:
    frame = pd.DataFrame(made.FRAME_2019)
    frame["Q1"] = [1.0, 2.0, 3.0, 7.0, 7.0, 7.0]
    made.write_wave(files / "demo_2019.sav", {name: list(frame[name]) for name in frame})
    text = message(study, files)
    assert "3 respondents" in text
    assert "VILLAGE" not in text
