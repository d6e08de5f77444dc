"""Read every test file and write what was read and what was not to docs/file-inventory.md.

    python tools/file_inventory.py

The files lie beside the checkout, in ../shared/data. Only names of files, counts and reasons are written.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT.parent / "shared" / "data"
FOLDERS = ("files", "microdata")
# Notes about data, not data: they are read by people.
NOT_DATA = {".md", ".pdf", ".html", ".yaml", ".r"}
COLUMNS = (
    *("file", "read as", "rows", "columns", "encoding", "with labels", "with missing codes", "tagged"),
    *("weight", "sets", "warnings", "outcome"),
)


def rows_of(folder: Path) -> Iterator[list[str]]:
    """A row a file: what was read, or why it was refused.

    Parameters
    ----------
    folder : Path
        Looked through with its folders.
    """
    from egovstats.errors import EgovstatsError
    from egovstats.microdata import read_microdata

    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path.suffix.lower() in NOT_DATA or path.name == "inventory.csv":
            continue
        name = path.relative_to(folder.parent).as_posix()
        with warnings.catch_warnings(record=True) as heard:
            warnings.simplefilter("always")
            try:
                data = read_microdata(path)
            except EgovstatsError as error:
                yield [name, *[""] * (len(COLUMNS) - 2), f"refused: {error}"]
                continue
        book = data.codebook
        variables = book.variables.values()
        yield [
            name,
            book.format,
            f"{len(data.frame)}",
            f"{len(data.frame.columns)}",
            f"{book.encoding}, {book.encoding_how}",
            f"{sum(bool(each.values) for each in variables)}",
            f"{sum(bool(each.missing_codes or each.missing_ranges) for each in variables)}",
            f"{sum(bool(each.tagged_missing) for each in variables)}",
            book.weight or "",
            f"{len(book.multiple_response)}",
            f"{len(heard)}",
            "read",
        ]


def page(rows: list[list[str]]) -> str:
    """The rows as a page of Markdown."""
    read = sum(row[-1] == "read" for row in rows)
    lines = [
        "# Files read and files refused",
        "",
        "Written by `python tools/file_inventory.py` over `files` and `microdata` of `../shared/data`.",
        f"{len(rows)} files: {read} read, {len(rows) - read} refused, each with its reason.",
        "",
        f"| {' | '.join(COLUMNS)} |",
        f"|{'---|' * len(COLUMNS)}",
    ]
    lines += [
        "| " + " | ".join(" ".join(cell.replace("|", "\\|").split()) for cell in row) + " |" for row in rows
    ]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Write the page; 1 where the files are not there."""
    sys.path.insert(0, str(ROOT / "src"))
    from egovstats.sources import write_whole

    if not DATA.is_dir():
        print("the test files are not beside this checkout, so no inventory was written", file=sys.stderr)
        return 1
    rows = [row for folder in FOLDERS for row in rows_of(DATA / folder)]
    write_whole(ROOT / "docs" / "file-inventory.md", page(rows))
    print(f"wrote docs/file-inventory.md: {len(rows)} files")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
