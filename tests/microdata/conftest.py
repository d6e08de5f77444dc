"""Files made byte by byte, for what no writer at hand makes: old encodings, weights, sets, cut ends."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import egovstats as eg
from egovstats.microdata import Codebook, MultipleResponseSet, Variable
from egovstats.sources import Source

SYSMIS = struct.unpack("<d", b"\xff\xff\xff\xff\xff\xff\xef\xff")[0]
FORMATS = {"A": 1, "F": 5, "DATE": 20, "TIME": 21, "DATETIME": 22}


@dataclass
class Column:
    """A variable of a hand-made SPSS file."""

    name: str
    label: str = ""
    width: int = 0  # 0 for numbers, else bytes of text (at most 255)
    format: str = "F"
    values: dict[float, str] = field(default_factory=dict)
    missing: Sequence[float] = ()  # up to three codes
    missing_range: tuple[float, float] | None = None

    @property
    def elements(self) -> int:
        return max(1, -(-self.width // 8))


def _padded(text: bytes, size: int) -> bytes:
    return text[:size].ljust(size)


def _rounded(data: bytes, step: int, fill: bytes = b" ") -> bytes:
    return data + fill * (-len(data) % step)


def make_sav(
    columns: Sequence[Column],
    rows: Sequence[Sequence[float | str | bytes]],
    *,
    encoding: str = "utf-8",
    charset: str | None = "UTF-8",
    code_page: int | None = 65001,
    weight: str | None = None,
    n_cases: int | None = None,
    compressed: bool = False,
    order: str = "<",
    file_label: str = "",
    long_names: dict[str, str] | None = None,
    sets: bytes = b"",
    extended_sets: bytes = b"",
) -> bytes:
    """Bytes of a .sav file; text is written in `encoding`, whatever `charset` says."""
    places: dict[str, int] = {}
    total = 0
    for each in columns:
        places[each.name] = total + 1
        total += each.elements
    out = [b"$FL2", _padded(b"@(#) SPSS DATA FILE - by hand", 60)]
    cases = len(rows) if n_cases is None else n_cases
    out.append(
        struct.pack(f"{order}5id", 2, total, int(compressed), places[weight] if weight else 0, cases, 100.0)
    )
    out += [b"01 May 20", b"10:11:12", _padded(file_label.encode(encoding), 64), b"\0" * 3]
    for each in columns:
        out.append(_variable(each, encoding, order))
    for each in columns:
        out.append(_value_labels(each, places[each.name], encoding, order))
    if code_page is not None:
        out.append(struct.pack(f"{order}12i", 7, 3, 4, 8, 20, 0, 0, -1, 1, 1, 2, code_page))
    for subtype, content in (
        (7, sets),
        (19, extended_sets),
        (13, "\t".join(f"{k}={v}" for k, v in (long_names or {}).items()).encode(encoding)),
        (20, (charset or "").encode()),
    ):
        if content:
            out.append(struct.pack(f"{order}4i", 7, subtype, 1, len(content)) + content)
    out.append(struct.pack(f"{order}2i", 999, 0))
    out.append(_data(columns, rows, encoding, compressed, order))
    return b"".join(out)


def _variable(each: Column, encoding: str, order: str) -> bytes:
    shown = each.width or 8
    code = FORMATS["A" if each.width else each.format] << 16 | min(shown, 255) << 8
    n_missing = len(each.missing) if each.missing_range is None else -2 - len(each.missing)
    out = struct.pack(f"{order}6i", 2, each.width, int(bool(each.label)), n_missing, code, code)
    out += _padded(each.name.encode("ascii"), 8)
    if each.label:
        label = each.label.encode(encoding)
        out += struct.pack(f"{order}i", len(label)) + _rounded(label, 4)
    bounds = [*(each.missing_range or ()), *each.missing]
    out += b"".join(struct.pack(f"{order}d", bound) for bound in bounds)
    more = struct.pack(f"{order}6i", 2, -1, 0, 0, code, code) + b" " * 8
    return out + more * (each.elements - 1)


def _value_labels(each: Column, place: int, encoding: str, order: str) -> bytes:
    if not each.values:
        return b""
    out = struct.pack(f"{order}2i", 3, len(each.values))
    for code, text in each.values.items():
        label = text.encode(encoding)[:120]
        value = _padded(str(code).encode(encoding), 8) if each.width else struct.pack(f"{order}d", code)
        out += value + _rounded(bytes([len(label)]) + label, 8)
    return out + struct.pack(f"{order}3i", 4, 1, place)


def _data(
    columns: Sequence[Column],
    rows: Sequence[Sequence[float | str | bytes]],
    encoding: str,
    compressed: bool,
    order: str,
) -> bytes:
    elements: list[bytes] = []
    for row in rows:
        for each, cell in zip(columns, row, strict=True):
            if each.width:
                text = cell if isinstance(cell, bytes) else str(cell).encode(encoding)
                whole = _padded(text, each.elements * 8)
                elements += [whole[k : k + 8] for k in range(0, len(whole), 8)]
            else:
                elements.append(struct.pack(f"{order}d", SYSMIS if cell != cell else cell))
    if not compressed:
        return b"".join(elements)
    out = b""
    for k in range(0, len(elements), 8):
        block = elements[k : k + 8]
        out += bytes([253] * len(block)).ljust(8, b"\0") + b"".join(block)
    return out


@pytest.fixture
def sav(tmp_path: Path) -> Callable[..., Path]:
    """Write a hand-made .sav file and give its path."""

    def write(*arguments: object, name: str = "made.sav", **options: object) -> Path:
        path = tmp_path / name
        path.write_bytes(make_sav(*arguments, **options))
        return path

    return write


@pytest.fixture
def column() -> type[Column]:
    return Column


@pytest.fixture
def data() -> eg.Microdata:
    """Made-up data with everything that a codebook can hold."""
    book = Codebook(
        variables={
            "trust": Variable(
                "trust",
                "Trust, <b>in</b> | government",
                {1: "=1+1", 2: "Итгэдэг", 8: "Мэдэхгүй", 99: ""},
                missing_codes=(8,),
                missing_ranges=((90, math.inf),),
                measure="ordinal",
                format="F2.0",
            ),
            "text": Variable("text", "In words\r\nof your own", {"a": " A "}, kind="text", width=12),
            "tags": Variable("tags", values={1: "yes"}, tagged_missing={".a": "refused", ".b": ""}),
            "phone": Variable("phone", "Phone number", kind="text", width=12),
            "w": Variable("w", "Weight", measure="scale"),
            "day": Variable("day", kind="datetime", format="DATETIME20"),
        },
        file_label="A & B <c>",
        weight="w",
        multiple_response=(MultipleResponseSet("m", "Which", ("trust", "tags"), 1, "dichotomy"),),
        notes=("A note\x0bwith a sign that XML does not have",),
        n=40,
        format="sav",
        created="2020-05-01T10:11:12",
    )
    frame = pd.DataFrame(
        {
            "trust": [1.0, 2.0, 8.0, 95.0] * 10,
            "text": ["a", "b"] * 20,
            "tags": [1.0, np.nan] * 20,
            "phone": [f"+976 99{k:06}" for k in range(40)],
            "w": np.linspace(0.5, 1.5, 40),
            "day": pd.Timestamp("2020-05-01"),
        }
    )
    tags = {"tags": pd.Series([pd.NA, ".a"] * 20, dtype="string")}
    return eg.Microdata(frame, book, Source("A & B", "microdata", file="made.sav"), tags)
