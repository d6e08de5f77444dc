"""Score drafts of survey series against keys made by hand or by construction: docs/draft-comparison.md.

    python tools/draft_comparison.py

The files lie beside the checkout, in ../shared/data. Only names of variables and counts are written.
"""

from __future__ import annotations

import csv
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
from made_series import Made, in_other_words, make_series, questions_of

if TYPE_CHECKING:
    from egovstats.waves import Draft

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT.parent / "shared" / "data"
KEYS = ROOT / "tests" / "waves" / "keys"
TUNISIA = DATA / "microdata" / "afrobarometer-tunisia"
SOURCES = {
    "Proetica 2019, Peru (Spanish)": DATA / "microdata" / "proetica-2019" / "Proetica_2019_4.sav",
    "Course on econometrics (Russian)": DATA / "files" / "wild" / "coursera_metrics_ru.sav",
    "Afrobarometer Tunisia, round 7 (English)": TUNISIA / "tun_r7_data.sav",
}
BLIND = {
    "tunisia_round_5": ("round 5 (English) to round 7 (English)", ("tun_r5_data.sav", "tun_r7_data.sav")),
    "tunisia_round_9_to_7": ("round 9 (French) to round 7 (English)", ("tun_r7_data.sav", "tun_r9_data.sav")),
}
"""Keys made by hand, from the labels alone, before any draft of the two files was looked at."""

SEEDS = (0, 1, 2)
OUTCOMES = ("right", "right and sure", "wrong", "wrong and sure", "missed", "rightly alone")
HEAD = (
    *("made from", "in both waves", "sure, right", "sure, wrong", "not sure, right", "not sure, wrong"),
    *("not found", "answers right", "answers wrong"),
)


@dataclass(frozen=True)
class Score:
    """What a draft of two waves proposes, against the key.

    Parameters
    ----------
    pairs : int
        Questions that both waves have.
    sure_right, sure_wrong, unsure_right, unsure_wrong : int
        Pairs of variables proposed as one item.
    answers_right, answers_wrong : int
        Answers of rightly matched questions that reach the same target code from both waves, or do not.
    """

    pairs: int = 0
    sure_right: int = 0
    sure_wrong: int = 0
    unsure_right: int = 0
    unsure_wrong: int = 0
    answers_right: int = 0
    answers_wrong: int = 0

    def __add__(self, other: Score) -> Score:
        return Score(*(mine + theirs for mine, theirs in zip(self.cells[:7], other.cells[:7], strict=True)))

    @property
    def cells(self) -> tuple[int, ...]:
        """The counts, then the questions that were not found."""
        counts = tuple(getattr(self, name) for name in self.__dataclass_fields__)
        return (*counts, self.pairs - self.sure_right - self.unsure_right)

    def row(self, name: str) -> list[str]:
        """A row of the table of `HEAD`."""
        pairs, sure, sure_wrong, unsure, unsure_wrong, right, wrong, gone = map(str, self.cells)
        return [name, pairs, sure, sure_wrong, unsure, unsure_wrong, gone, right, wrong]


def score(draft: Draft, made: Made) -> Score:
    """Count the proposals of a draft of two made waves."""
    counts = dict.fromkeys(Score.__dataclass_fields__, 0) | {"pairs": len(made.pairs)}
    targets = _targets(draft.folder)
    for _, rows in draft.matches.groupby("item"):
        if len(rows) < 2:
            continue
        one, two = rows["source_variable"]
        right = made.pairs.get(one) == two
        sure = "sure" if rows["sure"].iloc[1] else "unsure"
        counts[f"{sure}_{'right' if right else 'wrong'}"] += 1
        for code, new in made.codes[one].items() if right else ():
            reached = targets.get((one, code)), targets.get((two, new))
            if None not in reached:
                counts["answers_right" if reached[0] == reached[1] else "answers_wrong"] += 1
    return Score(**counts)


def _targets(folder: Path) -> dict[tuple[str, float], tuple[str, str]]:
    with open(folder / "crosswalk.csv", encoding="utf-8-sig", newline="") as file:
        return {
            (row["source_variable"], float(row["source_code"])): (row["code"], row["missing"])
            for row in csv.DictReader(file)
            if row["source_code"]
        }


def of_made(source: Path, seeds: Sequence[int], *, other: Path | None = None) -> Score:
    """Score the drafts of series made from one file."""
    import egovstats

    questions = questions_of(egovstats.read_microdata(source))
    translated = None if other is None else in_other_words(other)
    found = Score()
    for seed in seeds:
        with tempfile.TemporaryDirectory() as folder:
            made = make_series(Path(folder), questions, seed=seed, other=translated)
            found += score(egovstats.draft_survey(Path(folder) / "draft", made.files, single=True), made)
    return found


def of_hand_made(matches: pd.DataFrame) -> Iterator[list[str]]:
    """A row for each item of the hand-made crosswalk of Tunisia: whether the draft has the same variables."""
    hand: dict[str, set[tuple[str, str]]] = {}
    path = ROOT / "surveys" / "afrobarometer-tunisia" / "crosswalk.csv"
    with open(path, encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            hand.setdefault(row["item"], set()).add((row["wave"], row["source_variable"]))
    drafted = {
        str(item): set(zip(rows["wave"], rows["source_variable"], strict=True))
        for item, rows in matches.groupby("item")
    }
    for item, variables in hand.items():
        best = max(drafted, key=lambda name: (len(drafted[name] & variables), -len(drafted[name])))
        gone, more = variables - drafted[best], drafted[best] - variables
        told = [f"lacks {_named(gone)}"] if gone else []
        told += [f"has {_named(more)} as well"] if more else []
        yield [item, _named(variables), best, "; ".join(told) or "the same variables"]


def _named(variables: set[tuple[str, str]]) -> str:
    return ", ".join(f"{wave} {name}" for wave, name in sorted(variables))


def of_key(matches: pd.DataFrame, name: str) -> tuple[dict[str, int], list[str]]:
    """Counts of a key made by hand, and the variables whose counterpart is not proposed or another is.

    Parameters
    ----------
    matches : pd.DataFrame
        Of a draft that has both waves.
    name : str
        Of the file of the key: its first column has variables of one wave, its second those of the other,
        or nothing. The heads are ``round_9`` for the wave ``r9``.
    """
    with open(KEYS / f"{name}.csv", encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        wave, other = (head.replace("round_", "r") for head in next(rows))
        key = dict(rows)
    found, sure = _counterparts(matches, wave, other)
    counts = dict.fromkeys(OUTCOMES, 0)
    told = []
    for variable, wanted in key.items():
        got = found.get(variable, "")
        if got == wanted:
            what = "right" if got else "rightly alone"
        else:
            what = "wrong" if got else "missed"
            told.append(f"{variable} ({got or 'none'}, not {wanted or 'none'})")
        counts[what] += 1
        if what in ("right", "wrong") and sure.get(variable):
            counts[f"{what} and sure"] += 1
    return counts, told


def _counterparts(matches: pd.DataFrame, wave: str, other: str) -> tuple[dict[str, str], dict[str, bool]]:
    """The variable of another wave that the draft joins with each of one, and whether it is sure."""
    labelled = matches[matches["how"] == "label"]
    found, sure = {}, {}
    for _, rows in labelled.groupby("item"):
        by_wave: Mapping[str, str] = dict(zip(rows["wave"], rows["source_variable"], strict=True))
        if wave in by_wave:
            found[by_wave[wave]] = by_wave.get(other, "")
            sure[by_wave[wave]] = bool(rows.loc[rows["wave"].isin([wave, other]), "sure"].all())
    return found, sure


def blind_rows(folder: Path) -> Iterator[list[str]]:
    """A row for each key that was made before the draft of its two files was looked at."""
    import egovstats

    for name, (about, files) in BLIND.items():
        draft = egovstats.draft_survey(folder / name, [TUNISIA / file for file in files], single=True)
        counts, told = of_key(draft.matches, name)
        yield [about, *(str(counts[what]) for what in OUTCOMES), ", ".join(told)]


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in Markdown."""
    lines = [" | ".join(head), " | ".join("---" for _ in head), *(" | ".join(row) for row in rows)]
    return "\n".join(f"| {line} |" for line in lines)


def demo_row(folder: Path) -> list[str]:
    """The row of a series made from a demo file, which needs nothing beside the checkout."""
    from egovstats.waves import write_demo

    files = write_demo(folder, series=("sant-maral",))
    return of_made(sorted(files)[-1], SEEDS).row("Demo file of the Politbarometer (Mongolian, SYNTHETIC)")


def page() -> str:
    """The whole page."""
    import egovstats

    with tempfile.TemporaryDirectory() as folder:
        files = sorted(TUNISIA.glob("*.sav"))
        matches = egovstats.draft_survey(Path(folder) / "tunisia", files, single=True).matches
        blind = list(blind_rows(Path(folder)))
        made = [demo_row(Path(folder) / "demo")]
    made += [of_made(path, SEEDS).row(name) for name, path in SOURCES.items()]
    russian = SOURCES["Course on econometrics (Russian)"]
    translated = of_made(russian, SEEDS, other=KEYS / "coursera_english.csv")
    made.append(translated.row("Course on econometrics, second wave in English"))
    hand = list(of_hand_made(matches))
    same = sum(row[-1] == "the same variables" for row in hand)
    counts, _ = of_key(matches, "tunisia_round_9")
    return TEXT.format(
        same=same, items=len(hand), hand=table(("item", "by hand", "item of the draft", "the draft"), hand),
        **{name.replace(" ", "_"): count for name, count in counts.items()},
        drawn=counts["right"] + counts["wrong"] + counts["missed"] + counts["rightly alone"],
        made=table(HEAD, made), seeds=len(SEEDS),
        blind=table(("key", *OUTCOMES, "not as in the key (proposed, not wanted)"), blind),
    )  # fmt: skip


TEXT = """\
# Drafts compared with keys

Written by `python tools/draft_comparison.py`. `egovstats new survey` proposes which variables of several
files are one question, and says of each proposal whether it is sure. Here its proposals stand against keys
that it does not know. A wrong proposal that is called sure is the worst outcome, since it may be accepted
unread; a question that is not found is listed as found in one wave only, and somebody adds it by hand.

## Five waves of Afrobarometer in Tunisia, against the crosswalk made by hand

The draft has the same variables for {same} of the {items} items of
`surveys/afrobarometer-tunisia/crosswalk.csv`.

{hand}

## Round 9, labelled in French, against round 8, labelled in English

Of the variables of round 9 that have answers, {drawn} were drawn at random, and their counterparts in round
8 (or that there is none) looked up by reading both lists of labels: `tests/waves/keys/tunisia_round_9.csv`.

- the counterpart is proposed: {right}, of which {right_and_sure} are called sure;
- another variable is proposed: {wrong}, of which {wrong_and_sure} are called sure;
- there is a counterpart, and none is proposed: {missed};
- there is none, and none is proposed: {rightly_alone}.

## Keys made before the draft was looked at

For two more pairs of files, variables with labelled answers were drawn at random and their counterparts
looked up by reading the labels, before a draft of the two files was made:
`tests/waves/keys/tunisia_round_5.csv` and `tunisia_round_9_to_7.csv`. The files are of the same producer as
above, whose subjects the glossary holds, so this says little about surveys on other subjects; the last table
does.

{blind}

## Series made from one file

Two waves are made from the questions of one file ({seeds} seeds each): a third of the questions are in one
wave only; the second wave has other names and numbers, labels that are cut, typed anew or partly reworded,
and answers that are re-coded or turned (`tools/made_series.py`). Labels that are cut before they differ
cannot be told apart by anyone; they are left alone. In the last row the second wave is a translation, on a
subject that the glossary does not hold.

{made}
"""


def main() -> int:
    """Write the page."""
    target = ROOT / "docs" / "draft-comparison.md"
    target.write_text(page(), encoding="utf-8", newline="\n")
    print(f"wrote {target.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
