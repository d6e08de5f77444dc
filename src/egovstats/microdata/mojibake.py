"""Whether text was read, or had been saved, under a wrong encoding."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from egovstats.microdata.encoding import CANDIDATES, decodes, python_name, tidy_name
from egovstats.microdata.plausible import plausibility

_MOST_TEXTS = 4_000
_SHOWN = 40
_OFTEN_WRONG = ("windows-1252", "windows-1251")  # what text was taken for before it was saved again


@dataclass(frozen=True)
class Doubt:
    """Evidence that a text was read under a wrong encoding.

    Parameters
    ----------
    bad, words : int
        Words with letters beyond ASCII that do not look like words, among all such words.
    better : str
        The encoding under which they do.
    example, reads : str
        One of the texts, and what it would be.
    mendable : bool
        Passing `encoding=` reads the file right; otherwise it was saved with the damage.
    """

    bad: int
    words: int
    better: str
    example: str
    reads: str
    mendable: bool


def doubt(texts: Sequence[str], encoding: str) -> Doubt | None:
    """Look for text that was read under a wrong encoding.

    Parameters
    ----------
    texts : sequence of str
        As they were read.
    encoding : str
        What they were read as.

    Returns
    -------
    Doubt or None
        None where the words look like words, or no other reading is better.
    """
    telling = [text for text in texts if not text.isascii()][:_MOST_TEXTS]
    found = plausibility(telling)
    if found.words < 2 or (found.share >= 0.5 and (found.likely or found.familiarity == 0)):
        return None
    best: tuple[tuple[float, float], Doubt] | None = None
    for wrong, other, mendable in _readings(encoding):
        pairs = _read_again(telling, wrong, other)
        judged = plausibility([again for _, again in pairs])
        rank = (judged.share, judged.familiarity)
        if judged.words >= 2 and judged.likely and (best is None or rank > best[0]):
            text, again = max(pairs, key=lambda pair: len(pair[1][:_SHOWN]))
            best = (
                rank,
                Doubt(found.words - found.good, found.words, other, text[:_SHOWN], again[:_SHOWN], mendable),
            )
    return best[1] if best else None


def _readings(encoding: str) -> Iterator[tuple[str, str, bool]]:
    """Pairs of encodings: the one that text may wrongly have been read as, and the one it is in."""
    for other in ("utf-8", *CANDIDATES):
        if other != encoding:
            yield encoding, other, True
    for wrong in _OFTEN_WRONG:
        for other in ("utf-8", *CANDIDATES):
            if wrong not in (other, encoding):
                yield wrong, other, False


def _read_again(texts: list[str], wrong: str, other: str) -> list[tuple[str, str]]:
    """Each text with what its bytes are under another encoding; empty where most are nothing there."""
    pairs = []
    for text in texts:
        try:
            piece = _bytes_behind(text, wrong)
        except UnicodeEncodeError:
            continue  # a text that did not come from such bytes is no evidence
        again = decodes([piece], other)
        if again is not None:
            pairs.append((text, again[0]))
    return pairs if 2 * len(pairs) > len(texts) else []


def _bytes_behind(text: str, encoding: str) -> bytes:
    """Encode back; bytes that windows-1252 leaves undefined came through as control codes."""
    name = python_name(encoding)
    if tidy_name(encoding) != "windows-1252":
        return text.encode(name)
    return b"".join(sign.encode("latin-1" if "\x80" <= sign <= "\x9f" else name) for sign in text)
