"""A store of arrays that are worth keeping, bounded in bytes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any


class Kept:
    """Values by key, up to a number of bytes; the least recently used go first, cheap ones before others.

    Parameters
    ----------
    most : int
        Bytes that all values together may take; a value larger than that is not kept.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self.held = 0
        self._cheap: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._dear: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._cheap) + len(self._dear)

    def get(self, key: Hashable) -> Any:
        """The value of a key, or None where it is not kept."""
        for values in (self._dear, self._cheap):
            found = values.get(key)
            if found is not None:
                values.move_to_end(key)
                return found[0]
        return None

    def put(self, key: Hashable, value: Any, size: int, *, cheap: bool = False) -> None:
        """Keep a value of `size` bytes; what no longer fits goes, `cheap` values (soon made again) first."""
        self._forget(key)
        if size > self.most:
            return
        (self._cheap if cheap else self._dear)[key] = (value, size)
        self.held += size
        while self.held > self.most:
            self._forget(next(iter(self._cheap or self._dear)))

    def drop(self, which: Callable[[Hashable], bool]) -> None:
        """Let go of the keys for which `which` holds."""
        for key in [key for key in (*self._cheap, *self._dear) if which(key)]:
            self._forget(key)

    def _forget(self, key: Hashable) -> None:
        for values in (self._cheap, self._dear):
            found = values.pop(key, None)
            if found is not None:
                self.held -= found[1]
