"""Drafts against keys that they do not know: the page of docs, and what no change may make worse."""

from __future__ import annotations

from pathlib import Path

import draft_comparison
import pytest
from wave_files import write_wave

import egovstats

pytest.importorskip("rapidfuzz", reason="drafting needs the extra 'harmonise'")

PAGE = Path(__file__).resolve().parents[2] / "docs" / "draft-comparison.md"


def test_the_page_has_what_a_demo_file_gives_now(tmp_path: Path) -> None:
    row = draft_comparison.demo_row(tmp_path)
    assert f"| {' | '.join(row)} |" in PAGE.read_text(encoding="utf-8").splitlines()
    found = dict(zip(draft_comparison.HEAD, row, strict=True))
    assert found["sure, wrong"] == found["not sure, wrong"] == found["answers wrong"] == "0"


@pytest.mark.parametrize("source", draft_comparison.SOURCES)
def test_what_is_called_sure_is_right(shared_data: Path, source: str) -> None:
    """Another seed than those of the page: of the pairs called sure at most one in twenty is wrong.

    Labels that are cut before they differ are left alone, so a source of many such finds fewer pairs.
    """
    score = draft_comparison.of_made(draft_comparison.SOURCES[source], [17])
    assert score.sure_wrong <= 0.05 * (score.sure_right + score.sure_wrong)
    assert score.sure_right + score.unsure_right >= 0.6 * score.pairs
    assert score.answers_wrong == 0


def test_keys_made_before_the_draft(shared_data: Path, tmp_path: Path) -> None:
    """The rows of the page; precision and recall over both keys."""
    rows = list(draft_comparison.blind_rows(tmp_path))
    page = PAGE.read_text(encoding="utf-8").splitlines()
    assert all(f"| {' | '.join(row)} |" in page for row in rows)
    counts = [dict(zip(draft_comparison.OUTCOMES, map(int, row[1:-1]), strict=True)) for row in rows]
    right, wrong, missed = (sum(each[what] for each in counts) for what in ("right", "wrong", "missed"))
    assert right >= 0.95 * (right + wrong)
    assert right >= 0.9 * (right + missed)
    assert sum(each["wrong and sure"] for each in counts) == 0


def _draft(folder: Path, first: dict[str, str], second: dict[str, str]) -> egovstats.Draft:
    """Draft two waves of yes-or-no questions, given by label."""
    files = [
        write_wave(
            folder / f"w_{year}.sav",
            {name: [1.0, 2.0] * 10 for name in labels},
            labels=labels,
            values={name: {1.0: "Yes", 2.0: "No"} for name in labels},
        )
        for year, labels in ((2001, first), (2003, second))
    ]
    return egovstats.draft_survey(folder / "draft", files, single=True)


def _pairs(draft: egovstats.Draft) -> set[tuple[str, ...]]:
    return {tuple(rows) for _, rows in draft.matches.groupby("item")["source_variable"] if len(rows) > 1}


STEM = "Which of these institutions have you had to pay a bribe to in the last twelve months"


def test_parts_of_a_battery_are_not_matched_for_their_question_alone(tmp_path: Path) -> None:
    first = {f"A{at}": f"{STEM} - {part}" for at, part in enumerate(("Courts", "Customs", "Land registry"))}
    second = {f"B{at}": f"{STEM} - {part}" for at, part in enumerate(("Customs", "Courts", "Traffic police"))}
    assert _pairs(_draft(tmp_path, first, second)) == {("A0", "B1"), ("A1", "B0")}


def test_labels_cut_before_they_differ_are_left_alone_and_say_so(tmp_path: Path) -> None:
    first = {f"A{at}": f"{STEM} - {part}" for at, part in enumerate(("Courts", "Customs", "Ministries"))}
    draft = _draft(tmp_path, first, {"B1": STEM})
    assert not _pairs(draft)
    near = draft.alone.set_index("source_variable")["near"]
    assert near["B1"] == "A0, A1, A2"


def test_a_beginning_that_turns_the_meaning_keeps_words_apart(tmp_path: Path) -> None:
    draft = _draft(
        tmp_path,
        {"A1": "Your employment - полный рабочий день", "A2": "Age of the house"},
        {"B1": "Your employment - неполный рабочий день", "B2": "Age of the house"},
    )
    sure = draft.matches[draft.matches["sure"]].groupby("item")["source_variable"].agg(tuple)
    assert ("A1", "B1") not in set(sure)
    assert ("A2", "B2") in set(sure)


def test_names_that_are_words_help_where_labels_cannot(tmp_path: Path) -> None:
    first = {"NOCALL_1": "Reason of an unsuccessful call", "Q7": "Trust the courts of law", "Q8": "Is it hot"}
    second = {
        "NOCALL_1": "Raison de cette visite sans succès",
        "Q7": "Confiance dans la police",
        "Q8": "Le vin",
    }
    draft = _draft(tmp_path, first, second)
    assert _pairs(draft) == {("NOCALL_1", "NOCALL_1")}
    second_wave = draft.matches[
        (draft.matches["source_variable"] == "NOCALL_1") & (draft.matches["wave"] == "2003")
    ]
    assert not second_wave["sure"].any()
