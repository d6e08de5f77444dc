"""Which variables of several files are one question: the surest pairs first, rivals noted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from egovstats.waves.draft_asked import Asked
from egovstats.waves.draft_likeness import ENOUGH, SURE, likeness

CLOSE, TIED = 0.05, 0.01
"""How far below the score taken another may be to be a rival, and to be told from it no more."""


@dataclass(slots=True, eq=False)
class Group:
    """Variables of several waves that are one question, with the score of each but the first.

    Parameters
    ----------
    members : dict of Asked
        By wave.
    scores : dict of float
        By wave; 1 for the wave the group begins with.
    rivals : dict of str
        By wave, a variable that came near and belongs elsewhere or nowhere.
    borrowed : dict of Asked
        By wave, a variable of another question that holds this one in its "no contact" answer.
    near : tuple of str
        Variables of earlier waves that fit the first member alike, so that none was taken.
    """

    members: dict[str, Asked] = field(default_factory=dict)
    scores: dict[str, float] = field(default_factory=dict)
    rivals: dict[str, str] = field(default_factory=dict)
    borrowed: dict[str, Asked] = field(default_factory=dict)
    near: tuple[str, ...] = ()

    def sure(self, wave: str) -> bool:
        """Whether nothing speaks against the variable of a wave: a high score, and no rival."""
        return self.scores[wave] >= SURE and wave not in self.rivals


def match_variables(waves: Sequence[Sequence[Asked]]) -> list[Group]:
    """Group the variables of the waves, each in one group, at most one of a wave in each.

    Waves are added one after another; within a wave the surest pairs are taken first, and pairs below
    `ENOUGH` stay apart, as do those that nothing tells from others.
    """
    scores = likeness(waves)
    groups: list[Group] = []
    at: list[dict[int, int]] = []  # for each group, wave number -> variable number
    for number, wave in enumerate(waves):
        table = np.array([_to_group(scores, each, number) for each in at]).reshape(len(at), len(wave))
        found = _Matched.of(table)
        for column, asked in enumerate(wave):
            row = found.row_of.get(column)
            if row is None or column in found.unclear:
                near = tuple(_latest(groups[row]).name for row in found.unclear.get(column, ()))
                groups.append(Group({asked.wave: asked}, {asked.wave: 1.0}, near=near))
                at.append({number: column})
                continue
            group = groups[row]
            rival = found.rival(column)
            if rival is not None:
                other_row, other_column = rival
                near_one = wave[other_column] if other_row == row else _latest(groups[other_row])
                group.rivals[asked.wave] = near_one.name
            group.members[asked.wave] = asked
            group.scores[asked.wave] = round(float(table[row, column]), 3)
            at[row][number] = column
    return groups


def _latest(group: Group) -> Asked:
    return list(group.members.values())[-1]


def _surest_first(table: np.ndarray) -> dict[int, int]:
    """Row of each column that is matched, the highest scores first, ties in the order of the files."""
    taken: dict[int, int] = {}
    used: set[int] = set()
    rows, columns = np.nonzero(table >= ENOUGH)
    for at in np.argsort(-table[rows, columns], kind="stable"):
        row, column = int(rows[at]), int(columns[at])
        if row not in used and column not in taken:
            taken[column] = row
            used.add(row)
    return taken


def _to_group(scores: dict[tuple[int, int], np.ndarray], members: dict[int, int], number: int) -> np.ndarray:
    """Best score of each of a wave's variables with any member; the last member counts a little more."""
    last = max(members)
    return np.max(
        [scores[wave, number][row] * (1.0 if wave == last else 0.97) for wave, row in members.items()],
        axis=0,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Matched:
    """A table of scores, shape (groups, variables), and the pairs taken from it."""

    table: np.ndarray
    row_of: dict[int, int]
    column_of: dict[int, int]

    @classmethod
    def of(cls, table: np.ndarray) -> _Matched:
        taken = _surest_first(table)
        return cls(table, taken, {row: column for column, row in taken.items()})

    @property
    def unclear(self) -> dict[int, list[int]]:
        """Columns that several groups fit alike, each with these groups.

        As many variables as groups may still be told apart by their order in the files.
        """
        found = {}
        for column, row in self.row_of.items():
            in_row, in_column = self._near(column, self.table[row, column] - TIED)
            if len(in_row) != len(in_column):
                found[column] = sorted({row, *(other for other, _ in in_column)})
        return found

    def rival(self, column: int) -> tuple[int, int] | None:
        """The best cell of a matched column, or of its row, that is nearly as good; None where none is."""
        in_row, in_column = self._near(column, self.table[self.row_of[column], column] - CLOSE)
        return max([*in_row, *in_column], key=lambda cell: self.table[cell], default=None)

    def _near(self, column: int, least: float) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
        """Other cells of the row and of the column with a score from `least`.

        A variable, or a group, that is matched elsewhere clearly better than here does not count.
        """
        row = self.row_of[column]
        columns, rows = (np.nonzero(line >= least)[0] for line in (self.table[row], self.table[:, column]))
        in_row = [(row, int(each)) for each in columns if each != column]
        in_column = [(int(each), column) for each in rows if each != row]
        return (
            [cell for cell in in_row if not self._at_home(cell, (self.row_of.get(cell[1]), cell[1]))],
            [cell for cell in in_column if not self._at_home(cell, (cell[0], self.column_of.get(cell[0])))],
        )

    def _at_home(self, cell: tuple[int, int], home: tuple[int | None, int | None]) -> bool:
        row, column = home
        return row is not None and column is not None and self.table[row, column] >= self.table[cell] + CLOSE
