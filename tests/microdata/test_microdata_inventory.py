"""The page of files read and refused is the one that its command writes now."""

from __future__ import annotations

from pathlib import Path

import file_inventory


def test_a_file_that_is_refused_has_its_reason(tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "a.csv").write_text("q,w\n1,0.5\n2,1.5\n", encoding="utf-8")
    (tmp_path / "files" / "b.sav").write_bytes(b"")
    (tmp_path / "files" / "notes.md").write_text("notes", encoding="utf-8")
    rows = list(file_inventory.rows_of(tmp_path / "files"))
    assert [row[0] for row in rows] == ["files/a.csv", "files/b.sav"]
    assert rows[0][1:4] == ["csv", "2", "2"]
    assert rows[0][-1] == "read"
    assert rows[1][-1].startswith("refused: ")
    assert all(len(row) == len(file_inventory.COLUMNS) for row in rows)


def test_the_page_is_up_to_date(root: Path, shared_data: Path) -> None:
    rows = [row for folder in file_inventory.FOLDERS for row in file_inventory.rows_of(shared_data / folder)]
    written = (root / "docs" / "file-inventory.md").read_text(encoding="utf-8")
    assert file_inventory.page(rows) == written
