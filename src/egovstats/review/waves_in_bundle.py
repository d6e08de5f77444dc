"""What a bundle tells of a survey: codebooks, the log of harmonising, synthetic files for the real ones."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from egovstats.microdata import probable_identifiers, read_microdata
from egovstats.report.build_data import find_folder
from egovstats.review.shares import Shares
from egovstats.review.synthetic import MOST, synthetic_wave
from egovstats.review.synthetic_files import NoStandIn, name_of_stand_in, stand_in_files
from egovstats.spreadsheets import MARK, harmless_frame
from egovstats.waves import Waves
from egovstats.waves.matching import match_files

CODEBOOKS, LOGS, SYNTHETIC = "codebooks", "harmonisation", "synthetic"
"""Folders of a bundle."""


@dataclass(slots=True)
class SurveyFiles:
    """Files about one survey, by their path in the bundle.

    Parameters
    ----------
    contents : dict of str to bytes
    columns : set of str
        Names of the columns of the wave files.
    left_out : dict of str to tuple of str
        Columns that probably identify respondents, by wave: in no codebook and no synthetic file.
    without : list of NoStandIn
        Waves without a synthetic file.
    """

    contents: dict[str, bytes] = field(default_factory=dict)
    columns: set[str] = field(default_factory=set)
    left_out: dict[str, tuple[str, ...]] = field(default_factory=dict)
    without: list[NoStandIn] = field(default_factory=list)


def survey_files(
    waves: Waves,
    data: Path,
    shares: Mapping[tuple[str, str], Shares],
    *,
    cell_below: int,
    seed: int,
    tell: Callable[[str], None],
) -> SurveyFiles:
    """Make everything that a bundle holds about the waves of one survey.

    Parameters
    ----------
    waves : Waves
        As the run has read them.
    data : Path
        Folder of the wave files; their dictionaries are read once more.
    shares : mapping
        What the run has published, by wave and item.
    cell_below : int
        Counts of fewer respondents are withheld in the log.
    seed : int
    tell : callable
    """
    series, made = waves.series, SurveyFiles()
    made.contents[f"{LOGS}/{series.name}.csv"] = log_bytes(waves.log, cell_below=cell_below)
    folder = find_folder(series, data)
    assert folder is not None  # the waves were read from it
    for found in match_files(waves.cards, folder, inner=series.name)[0]:
        card = found.card
        tell(f"synthetic respondents for {found.path.name}")
        read = read_microdata(found.path, encoding=card.encoding)
        made.columns.update(read.codebook.variables)
        hidden = set(probable_identifiers(read.codebook, read.frame)) - _used(waves, card.wave)
        if hidden:
            made.left_out[card.wave] = tuple(name for name in read.codebook.variables if name in hidden)
        book = read.codebook.only(set(read.codebook.variables) - hidden)
        made.contents[f"{CODEBOOKS}/{series.name}/{card.wave}.json"] = book.to_json().encode("utf-8")
        name = name_of_stand_in(card, series.waves, found.path.name)
        if isinstance(name, NoStandIn):
            made.without.append(name)
            continue
        drawn = synthetic_wave(series, card, book, shares, n=min(len(read.frame), MOST), seed=seed)
        for file, content in stand_in_files(drawn, name, encoding=card.encoding).items():
            made.contents[f"{SYNTHETIC}/{series.name}/{file}"] = content
    return made


def _used(waves: Waves, wave: str) -> set[str]:
    """Columns of a wave that its card or the crosswalk names: without them the report could not be run."""
    card = waves.series.card(wave)
    crosswalk = waves.series.crosswalk
    return {*card.columns, *(str(crosswalk.variable(wave, item)) for item in crosswalk.asked(wave))}


def log_bytes(log: pd.DataFrame, *, cell_below: int) -> bytes:
    """The log of harmonising as CSV, without counts of few respondents or any from which these follow.

    Parameters
    ----------
    log : pd.DataFrame
        `Waves.log`.
    cell_below : int
        Smaller counts are withheld; 0 withholds none.
    """
    shown = log.copy()
    shown["n"] = shown["n"].astype("Int64")
    shown["withheld"] = ""
    for _, rows in log.groupby(["wave", "item"], sort=False):
        at = rows.index[withheld_counts(rows["n"].to_numpy(), cell_below)]
        shown.loc[at, "n"] = pd.NA
        shown.loc[at, "withheld"] = "too few respondents, or others could be told from it"
    text = io.StringIO()
    harmless_frame(shown).to_csv(text, index=False, lineterminator="\n")
    return (MARK + text.getvalue()).encode("utf-8")


def withheld_counts(counts: np.ndarray, limit: int) -> np.ndarray:
    """Which counts of a total that is known must be withheld, (k,) of bool.

    Small ones, and the next larger until each could be as large as one that is shown: what is known of those
    that are withheld is their sum, and that none is 0.

    Examples
    --------
    >>> withheld_counts(np.array([1, 472, 0, 108]), 5).tolist()
    [True, False, False, True]
    """
    hidden = (counts > 0) & (counts < limit)
    while (hidden.any() and counts[hidden].sum() - (hidden.sum() - 1) < limit) or hidden.sum() == 1:
        rest = np.where(hidden | (counts == 0), np.inf, counts)
        if not np.isfinite(rest).any():
            break  # one count is the whole total, which is known
        hidden[np.argmin(rest)] = True
    return hidden
