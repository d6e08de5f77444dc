"""`read_microdata_files`: several files at once, every fault told together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from egovstats.errors import SourceError
from egovstats.microdata.codebook import Codebook
from egovstats.microdata.microdata import Microdata
from egovstats.microdata.read import read_microdata

_Choice = Mapping[str, Sequence[str]] | Sequence[str] | None


def read_microdata_files(
    paths: Iterable[str | Path],
    *,
    columns: _Choice = None,
    encoding: Mapping[str, str] | str | None = None,
    codebook: Mapping[str, Codebook | str | Path] | None = None,
    progress: bool = True,
) -> dict[str, Microdata]:
    """Read several files of respondents; each stays a table of its own.

    To pool them, with their differences settled, is what a series is for: see `open_series`.

    Parameters
    ----------
    paths : iterable of str or Path
        In any formats that `read_microdata` knows; no two of one name.
    columns : sequence of str, or mapping of file name to sequence of str, optional
        Columns to read: the same from each file, or those of each; a file not in the mapping is read whole.
    encoding : str, or mapping of file name to str, optional
        What text is read as; see `read_microdata`.
    codebook : mapping of file name to codebook, optional
        See `read_microdata`.
    progress : bool
        See `read_microdata`.

    Returns
    -------
    dict of str to Microdata
        File name to what was read, in the order of `paths`.

    Raises
    ------
    SourceError
        No file, a name twice, a name in a mapping that is no file, or files that cannot be read: all of them
        are tried, and every fault is told.

    Examples
    --------
    >>> import egovstats as eg
    >>> from pathlib import Path
    >>> waves = eg.read_microdata_files(sorted(Path("waves").glob("*.sav")))  # doctest: +SKIP
    """
    wanted = [Path(each) for each in paths]
    _check(wanted, {"columns": columns, "encoding": encoding, "codebook": codebook})
    read: dict[str, Microdata] = {}
    faults = []
    for path in wanted:
        try:
            read[path.name] = read_microdata(
                path,
                columns=columns.get(path.name) if isinstance(columns, Mapping) else columns,
                encoding=encoding.get(path.name) if isinstance(encoding, Mapping) else encoding,
                codebook=(codebook or {}).get(path.name),
                progress=progress,
            )
        except SourceError as error:
            faults.append(str(error))
    if faults:
        raise SourceError(
            f"{len(faults)} of {len(wanted)} files cannot be read. Mend each, or leave it out:\n"
            + "\n".join(f"- {each}" for each in faults)
        )
    return read


def _check(paths: list[Path], choices: Mapping[str, object]) -> None:
    if not paths:
        raise SourceError("no file is named, so there is nothing to read. Name one file at least.")
    names = [path.name for path in paths]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise SourceError(
            f"files are told apart by their names, and {twice[0]!r} is named twice. Read them one by one."
        )
    for what, choice in choices.items():
        strange = [name for name in choice if name not in names] if isinstance(choice, Mapping) else []
        if strange:
            raise SourceError(
                f"{what}= names {strange[0]!r}, which is none of the files. Write the file's name."
            )
