"""Faults of study files: gathered first, raised together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from egovstats.errors import WaveError

MOST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong in a study file.

    Parameters
    ----------
    file : str
        The file within its study folder, such as ``"waves/2020.yaml"``.
    line : int
        Counted from 1; 0 where the fault is of the whole file.
    what : str
        A sentence: what was found, and what should be there.
    """

    file: str
    line: int
    what: str

    def __str__(self) -> str:
        place = f"{self.file}, line {self.line}" if self.line else self.file
        return f"{place}: {self.what}"


def raise_faults(
    subject: str, faults: Iterable[Fault], *, remedy: str = "Correct the lines named, then read again."
) -> None:
    """Raise one `WaveError` that lists every fault, by file and line; do nothing when there is none.

    Parameters
    ----------
    subject : str
        What cannot be read, such as ``"the series 'demo'"``.
    faults : iterable of Fault
    remedy : str
        What to do next, where the faults do not say it.
    """
    found = sorted(dict.fromkeys(faults), key=lambda fault: (fault.file, fault.line))
    if not found:
        return
    lines = [f"  {fault}" for fault in found[:MOST_SHOWN]]
    if len(found) > MOST_SHOWN:
        lines.append(f"  and {len(found) - MOST_SHOWN} more.")
    count = "1 fault" if len(found) == 1 else f"{len(found)} faults"
    raise WaveError(f"{subject} cannot be read, with {count}:\n" + "\n".join(lines) + f"\n{remedy}")
