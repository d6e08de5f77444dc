"""Proposals of a draft: counted where a series is read, taken for settled when somebody accepts them."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ruamel.yaml import YAML

from egovstats.errors import WaveError, nearest
from egovstats.sources import write_whole
from egovstats.waves.card import Card
from egovstats.waves.crosswalk import crosswalk_file
from egovstats.waves.crosswalk_write import change_notes
from egovstats.waves.item import Item

if TYPE_CHECKING:
    from egovstats.waves.series import SurveySeries

PROPOSED = "proposed:"
ACCEPTED = "accepted:"
MOST = 5


def is_proposed(text: str) -> bool:
    """Whether a note, an assumption or another text waits for somebody to accept it."""
    return text.lstrip("' ").casefold().startswith(PROPOSED)


def refuse_proposals(series: SurveySeries, cards: Sequence[Card], items: Mapping[str, Item]) -> None:
    """Stop a read that would rest on proposals.

    Parameters
    ----------
    series : SurveySeries
    cards : sequence of Card
        Of the waves to read.
    items : mapping of Item
        To read.

    Raises
    ------
    WaveError
        Rows, items or cards that are read are proposed; it counts them, and says how to accept them.
    """
    waves = {card.wave for card in cards}
    rows = Counter(
        rule.item
        for rule in series.crosswalk
        if rule.item in items and rule.wave in waves and is_proposed(rule.note)
    )
    notes = [name for name, item in items.items() if item.note and is_proposed(item.note["en"])]
    said = Counter(card.wave for card in cards for each in card.assumptions if is_proposed(each))
    texts = [series.about.title["en"], series.about.population["en"]]
    about = sum(map(is_proposed, texts))
    if not rows and not notes and not said and not about:
        return
    counts = [
        _count(sum(rows.values()), "row", f"of the crosswalk ({_most(rows)})"),
        _count(len(notes), "item", "of series.yaml"),
        _count(sum(said.values()), "assumption", f"of the cards ({_most(said)})"),
        _count(about, "text", "about the series"),
    ]
    one = next(iter([*rows, *notes]), "NAME")
    raise WaveError(
        f"the series {series.name!r} is a draft, and nobody has accepted what it proposes: "
        + ", ".join(filter(None, counts))
        + f". Look at each, draft.md first; then take 'proposed:' out of its note, or accept with: "
        f"egovstats new accept {series.folder.name} --item {one} (--cards for cards and population). "
        "Accepted items can be read without the others: items=[...]."
    )


def _count(n: int, what: str, where: str) -> str:
    return f"{n} {what}{'' if n == 1 else 's'} {where}" if n else ""


def _most(counts: Counter[str]) -> str:
    shown = ", ".join(f"{name} {n}" for name, n in counts.most_common(MOST))
    return shown + (f" and {len(counts) - MOST} more" if len(counts) > MOST else "")


def accept_proposals(
    folder: str | Path, *, items: Iterable[str] | None = None, cards: bool | None = None
) -> dict[str, int]:
    """Take the proposals of a draft for settled.

    Parameters
    ----------
    folder : path
        A study folder; its crosswalk is CSV or Excel.
    items : iterable of str, optional
        Only these items, with their rows; all by default.
    cards : bool, optional
        Whether the cards and what is said of the series are accepted, too; by default when `items` is
        left out.

    Returns
    -------
    dict of int
        How many rows, items and assumptions were accepted: keys ``rows``, ``items``, ``cards``.

    Raises
    ------
    WaveError
        An item is not in the series, or a file has faults.
    """
    from egovstats.waves.series import open_series

    series = open_series(Path(folder))
    wanted = set(series.items) if items is None else {items} if isinstance(items, str) else set(items)
    for name in sorted(wanted - set(series.items)):
        raise WaveError(f"the series {series.name!r} has no item {name!r}. {nearest(name, series.items)}")
    everything = items is None if cards is None else cards
    done = {"rows": change_notes(crosswalk_file(series.folder), lambda row: _accepted(row, wanted))}
    done["items"] = _accept_items(series.folder / "series.yaml", wanted, about=everything)
    done["cards"] = sum(_accept_card(path) for path in _cards(series.folder)) if everything else 0
    return done


def _accepted(row: Mapping[str, str], wanted: set[str]) -> str:
    """The note of a row once it is accepted; as it is where it waits for nothing."""
    note = row["note"]
    return _settled(note, ACCEPTED + " ") if row["item"] in wanted and is_proposed(note) else note


def _settled(text: str, instead: str) -> str:
    at = text.casefold().index(PROPOSED)
    return instead + text[at + len(PROPOSED) :].strip()


def _accept_items(path: Path, wanted: set[str], *, about: bool) -> int:
    """Take the notes of accepted items out: they speak of the draft, and readers of a report see notes."""
    yaml, content = _load(path)
    n = 0
    for item in content["items"]:
        note = item.get("note")
        text = note.get("en", "") if isinstance(note, dict) else note or ""
        if item["name"] in wanted and is_proposed(text):
            del item["note"]
            n += 1
    changed = n + (sum(_settle(content, key) for key in ("title", "population")) if about else 0)
    if changed:
        _dump(yaml, content, path)
    return n


def _settle(content: Any, key: str) -> int:
    text = content.get(key)
    if isinstance(text, dict):
        return _settle(text, "en")
    if not isinstance(text, str) or not is_proposed(text):
        return 0
    content[key] = _settled(text, "")
    return 1


def _cards(folder: Path) -> list[Path]:
    return sorted((folder / "waves").glob("*.yaml"))


def _accept_card(path: Path) -> int:
    yaml, content = _load(path)
    found = content.get("assumptions") or []
    which = [at for at, text in enumerate(found) if is_proposed(str(text))]
    for at in which:
        text = _settled(str(found[at]), "")
        found[at] = f"{text[:1].upper()}{text[1:].rstrip('.')}."
    if which:
        _dump(yaml, content, path)
    return len(which)


def _load(path: Path) -> tuple[YAML, Any]:
    yaml = YAML()  # keeps comments and order
    yaml.width, yaml.allow_unicode, yaml.preserve_quotes = 4096, True, True
    return yaml, yaml.load(path.read_text(encoding="utf-8-sig"))


def _dump(yaml: YAML, content: Any, path: Path) -> None:
    text = io.StringIO()
    yaml.dump(content, text)
    write_whole(path, text.getvalue())
