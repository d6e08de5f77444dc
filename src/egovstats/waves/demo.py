"""Stand-in wave files for series whose respondents' answers are not published.

They have everything that real files have (labels in Mongolian, user-missing values and ranges, renamed
and reversed items, places that change, weights, strata, PSUs), are drawn from stated marginals with a
fixed seed, and say SYNTHETIC in their names, labels, documents and data.
"""

from __future__ import annotations

import os
import shutil
import struct
import tempfile
from collections.abc import Iterable
from pathlib import Path

from egovstats.errors import SourceError
from egovstats.microdata.write_created import settle_created
from egovstats.sources import write_whole
from egovstats.waves.demo_plan import demo_marginals, read_plan
from egovstats.waves.demo_table import Table, build_table
from egovstats.waves.series import SurveySeries, open_series

DEMO_SERIES = ("sant-maral", "bureaucracy")
"""Shipped series that have stand-in files."""

DEMO_SEED = 2023
"""Seed of the stand-in files that documentation and tests speak of."""

README = "README.txt"

_NOTES = (
    "SYNTHETIC: drawn by egovstats from stated marginals. No one was interviewed.",
    "Nothing about Mongolia can be concluded from this file.",
    "Зохиомол өгөгдөл: хэнээс ч асуугаагүй.",
    "Вымышленные данные: никого не опрашивали.",
)
_WEIGHT_AT = 76
"""Place in the header of a system file (PSPP developer's guide, "File Header Record")."""

_README_TEXT = """\
SYNTHETIC FILES / ЗОХИОМОЛ ФАЙЛУУД / ВЫМЫШЛЕННЫЕ ФАЙЛЫ

The .sav files in the folders below were made up by a computer program (egovstats demo, seed {seed}).
No one was interviewed, and nothing about Mongolia can be concluded from them. They stand in for the
files of surveys whose answers are not published, so that the way from files to a report can be tried.
Shares come from demo/marginals.csv of each study, which says which were once published and which are
invented. The two large parties are given equal shares on purpose.

Доорх хавтсанд байгаа .sav файлуудыг компьютерын програмаар зохиосон (egovstats demo, seed {seed}).
Хэнээс ч асуулга аваагүй бөгөөд эдгээрээс Монголын талаар ямар ч дүгнэлт хийж болохгүй. Өгөгдлийг нь
нийтэлдэггүй судалгааны файлын оронд тавьсан бөгөөд файлаас тайлан хүртэлх алхмыг туршиж үзэхэд зориулав.
Хувь хэмжээг судалгаа бүрийн demo/marginals.csv файлаас авсан; алийг нь хэвлэлээс авч, алийг нь зохиосныг
тэнд заасан. Хоёр том намд зориуд ижил хувь өгсөн.

Файлы .sav в папках ниже составлены программой (egovstats demo, seed {seed}). Никого не опрашивали, и
никаких выводов о Монголии из них делать нельзя. Они заменяют файлы опросов, ответы которых не
публикуются, чтобы можно было испытать путь от файлов до отчёта. Доли взяты из demo/marginals.csv каждого
исследования, где указано, какие были опубликованы, а какие выдуманы. Двум крупным партиям намеренно даны
равные доли.

{files}
"""


def write_demo(
    folder: str | Path,
    *,
    seed: int = DEMO_SEED,
    series: Iterable[str | Path] = DEMO_SERIES,
    force: bool = False,
) -> tuple[Path, ...]:
    """Write stand-in SPSS files, one a wave, each series in a folder of its name.

    The same seed gives the same bytes. All files are made under a temporary name first, then moved into
    place; files of other names that lie there are left alone.

    Parameters
    ----------
    folder : path
        Where to write; made if it is not there.
    seed : int
        Not negative.
    series : iterable of str or path
        Names or folders of series that have a demo plan.
    force : bool
        Replace files of the same names.

    Returns
    -------
    tuple of Path
        The files written, ``README.txt`` last.

    Raises
    ------
    SourceError
        A file of that name is there already and `force` is off, or the folder cannot be written to.
    WaveError
        A series has no demo plan, or its plan does not fit its crosswalk.
    """
    if seed < 0:
        raise SourceError(f"a seed must be 0 or more; found {seed}. Pass another seed.")
    folder = Path(folder)
    opened = [open_series(each) for each in series]
    names = [name for each in opened for name in _file_names(each)]
    names.append(Path(README))
    _refuse_to_replace(folder, names, force=force)
    try:
        beside = folder if folder.is_dir() else folder.resolve().parent
        beside.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=beside, prefix=".demo.") as workshop:
            made = Path(workshop)
            for each in opened:
                _write_series(each, made / "new" / each.name, seed=seed)
            write_whole(made / "new" / README, _readme(names, seed=seed))
            _move_all(names, made / "new", folder, aside=made / "old")
    except OSError as error:
        raise SourceError(
            f"the stand-in files cannot be written to {folder.name!r}: {error.strerror or error}. "
            "Nothing was changed there; choose a folder that can be written to."
        ) from error
    return tuple(folder / name for name in names)


def _file_names(series: SurveySeries) -> list[Path]:
    plan = read_plan(series)
    return [Path(series.name) / plan.file.format(wave=card.wave) for card in series.waves]


def _refuse_to_replace(folder: Path, names: list[Path], *, force: bool) -> None:
    if folder.exists() and not folder.is_dir():
        raise SourceError(f"{folder.name!r} must be a folder, and is a file. Choose another name.")
    there = [name for name in names if (folder / name).exists()]
    if there and not force:
        raise SourceError(
            f"{folder.name!r} holds {len(there)} of the files already, the first {there[0].as_posix()!r}. "
            "Pass --force to replace them, or choose another folder."
        )


def _write_series(series: SurveySeries, folder: Path, *, seed: int) -> None:
    plan, marginals = read_plan(series), demo_marginals(series)
    folder.mkdir(parents=True)
    for card in series.waves:
        table = build_table(series, plan, card, marginals[marginals["wave"] == card.wave], seed=seed)
        label = f"SYNTHETIC stand-in: {plan.title} {card.wave}"
        _write_sav(table, folder / plan.file.format(wave=card.wave), label=label, weight=card.weight)


def _write_sav(table: Table, path: Path, *, label: str, weight: str | None) -> None:
    import pyreadstat

    columns = [str(name) for name in table.frame]
    pyreadstat.write_sav(
        table.frame,
        path,
        file_label=label,
        note=list(_NOTES),
        column_labels=table.labels,
        variable_value_labels=table.values,
        missing_ranges=table.missing,
        variable_measure=table.measures,
        variable_format={name: "F8.4" if name == weight else "F8.0" for name in columns},
        row_compress=True,
    )
    # every column is a number, so a column's place in the dictionary is its place in the frame
    _settle_header(path, weight=0 if weight is None else columns.index(weight) + 1)


def _settle_header(path: Path, *, weight: int) -> None:
    """Name the weight in the header, and a fixed time of creation: the same data are the same bytes."""
    with open(path, "r+b") as file:
        file.seek(_WEIGHT_AT)
        file.write(struct.pack("<i", weight))
    settle_created(path)


def _readme(names: list[Path], *, seed: int) -> str:
    files = "\n".join(name.as_posix() for name in names if name.suffix == ".sav")
    return _README_TEXT.format(seed=seed, files=files)


def _move_all(names: list[Path], source: Path, target: Path, *, aside: Path) -> None:
    """Move all files into their folder; if one cannot be moved, put everything back as it was."""
    moved: list[Path] = []
    try:
        for name in names:
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            if (target / name).exists():
                (aside / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(target / name, aside / name)
            os.replace(source / name, target / name)
            moved.append(name)
    except OSError:
        for name in moved:
            if (aside / name).exists():
                os.replace(aside / name, target / name)
            else:
                (target / name).unlink()
        raise
