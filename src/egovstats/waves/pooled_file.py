"""The pooled waves as files: data with a codebook, and the log of what became of every code."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from egovstats.errors import MissingExtraError, SourceError, WaveError
from egovstats.microdata import Codebook, Variable
from egovstats.microdata.write_created import settle_created
from egovstats.sources import write_whole
from egovstats.spreadsheets import MARK, harmless_frame
from egovstats.waves.item import Item
from egovstats.waves.words import MISSING_REASONS, in_language

if TYPE_CHECKING:
    from egovstats.waves.pooled import Waves

REASON_CODES = {reason: -991 - at for at, reason in enumerate(MISSING_REASONS)}
"""Codes of the missing reasons in a pooled file: -991 don't know, -992 refused, and so on to -996."""

FORMATS = (".csv", ".parquet", ".sav")
DESIGN_LABELS = {
    "wave": "Wave",
    "year": "Year",
    "date": "Middle of the field period, as a year",
    "weight": "Weight",
    "stratum": "Stratum, distinct by wave",
    "psu": "Sampling unit, distinct by wave",
}


def pooled_frame(waves: Waves) -> pd.DataFrame:
    """Give the pooled frame with a code for each missing reason in place of the empty cells, n rows."""
    frame = waves.frame.copy()
    for name, item in waves.items.items():
        clash = [code for code in item.codes if code in REASON_CODES.values()]
        if clash:
            raise WaveError(f"the code {clash[0]:g} of {name} stands for a missing reason in pooled files.")
        reason = waves.missing[name].astype(str).map(REASON_CODES).to_numpy(dtype=float)
        frame[name] = np.where(np.isnan(reason), frame[name].to_numpy(dtype=float), reason)
    return frame


def pooled_codebook(waves: Waves, *, language: str = "en") -> Codebook:
    """Give the codebook of the pooled frame: labels of answers and of the reasons, declared missing."""
    variables = {
        name: Variable(
            name=name,
            label=label,
            values={},
            measure="nominal" if name in ("wave", "stratum", "psu") else "scale",
            kind="text" if name in ("wave", "stratum", "psu") else "number",
        )
        for name, label in DESIGN_LABELS.items()
    }
    variables |= {name: _variable(item, language) for name, item in waves.items.items()}
    stamp = "SYNTHETIC: " if waves.synthetic else ""
    return Codebook(
        variables=variables,
        file_label=f"{stamp}{in_language(waves.series.about.title, language)}, pooled"[:64],
        weight="weight",
        notes=waves.notes,
        n=len(waves),
        format="pooled",
        synthetic=waves.synthetic,
    )


def _variable(item: Item, language: str) -> Variable:
    values: dict[int | float | str, str] = {}
    values |= {code: in_language(words, language) for code, words in item.labels.items()}
    values |= {code: reason.replace("_", " ") for reason, code in REASON_CODES.items()}
    return Variable(
        name=item.name,
        label=in_language(item.label, language),
        values=values,
        missing_ranges=((min(REASON_CODES.values()), max(REASON_CODES.values())),),
        measure={"nominal": "nominal", "ordinal": "ordinal", "number": "scale"}[item.kind],
        kind="number",
    )


def write_pooled(
    waves: Waves, path: str | Path, *, language: str = "en", force: bool = False
) -> tuple[Path, ...]:
    """Write the pooled waves with their codebook and log.

    Parameters
    ----------
    waves : Waves
    path : path
        Ends in ``.csv``, ``.parquet`` or ``.sav``. It holds respondents: keep it as the wave files are kept.
    language : str
        Of labels.
    force : bool
        Replace files that are there already.

    Returns
    -------
    tuple of Path
        The data; ``NAME.codebook.json``, which `read_microdata` takes with a CSV or Parquet file; and
        ``NAME.log.csv``.

    Raises
    ------
    WaveError
        Another ending, or an answer's code that stands for a missing reason.
    SourceError
        A file is there and `force` is off.
    MissingExtraError
        Parquet needs pyarrow (extra ``parquet``).
    """
    target = Path(path)
    if target.suffix.lower() not in FORMATS:
        raise WaveError(f"{target.name!r} must end in {', '.join(FORMATS)}, which say how to write it.")
    codebook = pooled_codebook(waves, language=language)
    book, log = (target.with_suffix(ending) for ending in (".codebook.json", ".log.csv"))
    if not force:
        for each in (target, book, log):
            _refuse(each)
    content = _bytes(pooled_frame(waves), codebook, target)
    counts = MARK + harmless_frame(waves.log).to_csv(index=False, lineterminator="\n")
    _write_all({target: content, book: codebook.to_json(), log: counts})
    return target, book, log


def _write_all(contents: Mapping[Path, str | bytes]) -> None:
    """Write files that belong together; where one fails, those that were not there before go again."""
    new: list[Path] = []
    for path, content in contents.items():
        was_there = path.exists()
        try:
            write_whole(path, content)
        except SourceError:
            for each in new:
                each.unlink(missing_ok=True)
            raise
        new += [] if was_there else [path]


def _refuse(path: Path) -> None:
    if path.exists():
        raise SourceError(f"{path.name!r} is there already. Pass force=True (--force) to replace it.")


def _bytes(frame: pd.DataFrame, codebook: Codebook, path: Path) -> bytes:
    ending = path.suffix.lower()
    if ending == ".csv":
        return harmless_frame(frame).to_csv(index=False, lineterminator="\n").encode("utf-8")
    if ending == ".parquet":
        buffer = io.BytesIO()
        try:
            frame.to_parquet(buffer, index=False)
        except ImportError:
            raise MissingExtraError("writing Parquet", "parquet") from None
        return buffer.getvalue()
    return _sav(frame, codebook)


def _sav(frame: pd.DataFrame, codebook: Codebook) -> bytes:
    import tempfile

    import pyreadstat

    labels: dict[str, dict[int | float, str]] = {
        name: {float(code): text for code, text in variable.values.items()}
        for name, variable in codebook.variables.items()
        if variable.values
    }
    ranges: Any = {
        name: [{"lo": low, "hi": high} for low, high in v.missing_ranges]
        for name, v in codebook.variables.items()
        if v.missing_ranges
    }
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pooled.sav"
        try:
            pyreadstat.write_sav(
                frame,
                str(path),
                file_label=codebook.file_label,
                column_labels=[variable.label for variable in codebook.variables.values()],
                variable_value_labels=labels,
                missing_ranges=ranges,
                variable_measure={name: v.measure for name, v in codebook.variables.items()},
            )
            settle_created(path)
            return path.read_bytes()
        except (pyreadstat.ReadstatError, OSError) as error:
            raise SourceError(
                "the pooled file cannot be made in the folder for temporary files, "
                f"{Path(folder).parent.name!r}: {str(error).splitlines()[0]}. Make room "
                "there, or set TMPDIR to another folder."
            ) from error
