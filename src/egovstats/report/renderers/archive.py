"""Zip archives (DOCX) with fixed dates and order, so that the same content is the same bytes."""

from __future__ import annotations

import io
import zipfile

_EPOCH = (1980, 1, 1, 0, 0, 0)


def same_bytes(archive: bytes) -> bytes:
    """The archive packed anew: members in their order, fixed dates and permissions."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(packed, "w") as new:
        for name in old.namelist():
            info = zipfile.ZipInfo(name, date_time=_EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 3
            info.external_attr = 0o600 << 16
            new.writestr(info, old.read(name), compresslevel=6)
    return packed.getvalue()
